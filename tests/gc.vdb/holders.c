/* holders.c - the only pointer to an object, moved during marking into memory of every sort */
/* variants: plain providers vdb-manual verify-uffd verify-mprotect verify-soft stress-uffd stress-mprotect deny */
/* timeout: 120 */
#include "mover.h"
#include <gc/gc_gcj.h>
#include <gc/gc_mark.h>
#include <gc/gc_typed.h>

#define WORDS 40 /* of a holder; word 5 is the one used */

static GC_descr every_fifth; /* typed: words 0, 5, 10 .. */
static unsigned proc_kind, object_kind;

/* ---- mark procedures ----------------------------------------------------------- */

static struct GC_ms_entry *GC_CALLBACK mark_hidden_words(GC_word *addr, struct GC_ms_entry *ptr,
                                                         struct GC_ms_entry *limit, GC_word env)
{
    (void)env;
    if (addr[1] == 0x4D41524B) /* a free slot has no such word */
        ptr = GC_MARK_AND_PUSH((void *)addr[5], ptr, limit, (void **)&addr[5]);
    return ptr;
}

static struct GC_ms_entry *GC_CALLBACK mark_gcj(GC_word *addr, struct GC_ms_entry *ptr,
                                                struct GC_ms_entry *limit, GC_word env)
{
    (void)env;
    return GC_MARK_AND_PUSH((void *)addr[5], ptr, limit, (void **)&addr[5]);
}

static struct {
    GC_word unused;
    GC_word descriptor;
} gcj_length = {0, WORDS * sizeof(void *)}, gcj_proc = {0, 0};

/* ---- the sorts of holders -------------------------------------------------------- */

static void **get_normal(void) { return (void **)GC_malloc(WORDS * sizeof(void *)); }
static void **get_large(void) { return (void **)GC_malloc(90000); }
static void **get_off_page(void) { return (void **)GC_malloc_ignore_off_page(30000); }
static void **get_uncollectable(void)
{
    return (void **)GC_malloc_uncollectable(WORDS * sizeof(void *));
}
static void **get_typed(void)
{
    return (void **)GC_malloc_explicitly_typed(WORDS * sizeof(void *), every_fifth);
}
static void **get_typed_array(void)
{
    return (void **)GC_calloc_explicitly_typed(3, WORDS * sizeof(void *), every_fifth);
}
static void **get_aligned(void) { return (void **)GC_memalign(512, WORDS * sizeof(void *)); }
static void **get_debug(void)
{
    return (void **)GC_debug_malloc(WORDS * sizeof(void *), GC_EXTRAS);
}
static void **get_proc(void)
{
    GC_word *p = (GC_word *)GC_generic_malloc(WORDS * sizeof(void *), (int)proc_kind);

    p[1] = 0x4D41524B;
    GC_END_STUBBORN_CHANGE(p);
    return (void **)p;
}
static void **get_per_object(void) /* the descriptor is the object's first word */
{
    GC_word *p = (GC_word *)GC_generic_malloc(WORDS * sizeof(void *), (int)object_kind);

    p[0] = WORDS * sizeof(void *);
    GC_END_STUBBORN_CHANGE(p);
    return (void **)p;
}
static void **get_gcj(void)
{
#if !defined(_WIN32)
    return (void **)GC_gcj_malloc(WORDS * sizeof(void *), &gcj_length);
#else
    return get_normal();
#endif
}
static void **get_gcj_proc(void)
{
#if !defined(_WIN32)
    return (void **)GC_gcj_malloc(WORDS * sizeof(void *), &gcj_proc);
#else
    return get_normal();
#endif
}

/* Static data, static data of its own with GC_add_roots, a thread's stack: no dirty bits there,
 * all of it is read again at the end. */
static void *static_words[MOVER_ITEMS][8];
static unsigned next_static;
static char *added_roots;

static void **get_static(void) { return static_words[next_static++ % MOVER_ITEMS]; }
static void **get_added(void)
{
    return (void **)(added_roots + (next_static++ % MOVER_ITEMS) * 64);
}

static const struct {
    const char *name;
    void **(*get)(void);
} sorts[] = {
    {"a small object", get_normal},
    {"a large object", get_large},
    {"a large object, interior pointers ignored", get_off_page},
    {"an uncollectable object", get_uncollectable},
    {"a typed object", get_typed},
    {"an array of typed objects", get_typed_array},
    {"an aligned object", get_aligned},
    {"a debugging object", get_debug},
    {"an object with a mark procedure", get_proc},
    {"an object that has its descriptor inside", get_per_object},
    {"an object with a gcj descriptor", get_gcj},
    {"an object with the gcj mark procedure", get_gcj_proc},
    {"static data", get_static},
    {"added roots", get_added},
};

static void set_up(void)
{
    GC_word bits[1] = {0};
    unsigned i;

    for (i = 0; i < WORDS; i += 5)
        GC_set_bit(bits, i);
    every_fifth = GC_make_descriptor(bits, WORDS);
    proc_kind = GC_new_kind(GC_new_free_list(), GC_MAKE_PROC(GC_new_proc(mark_hidden_words), 0),
                            0, 1);
    object_kind = GC_new_kind(GC_new_free_list(), GC_DS_PER_OBJECT, 0, 1);
#if !defined(_WIN32)
    GC_init_gcj_malloc((int)GC_GCJ_RESERVED_MARK_PROC_INDEX, (void *)mark_gcj);
    gcj_proc.descriptor = GC_MAKE_PROC(GC_GCJ_RESERVED_MARK_PROC_INDEX, 0);
#endif
    added_roots = (char *)calloc(MOVER_ITEMS, 64);
    GC_add_roots(added_roots, added_roots + (size_t)MOVER_ITEMS * 64);
}

CHECK_NOINLINE static void make_holders(void **(*get)(void))
{
    unsigned i;

    next_static = 0;
    for (i = 0; i < MOVER_ITEMS; i++)
        mover_root.holder[i] = get();
}

static void empty_holders(int uncollectable)
{
    unsigned i;

    for (i = 0; i < MOVER_ITEMS; i++) {
        GC_PTR_STORE_AND_DIRTY(&mover_root.holder[i][5], NULL);
        if (uncollectable)
            GC_free(mover_root.holder[i]);
        mover_root.holder[i] = NULL;
    }
}

static void round_of(size_t sort, int how)
{
    const char *name = sorts[sort].name;
    unsigned i;

    make_holders(sorts[sort].get);
    mover_begin(how);
    for (i = 0; i < MOVER_ITEMS; i++) {
        mover_step(i);
        (void)mover_move(i, mover_root.holder[i] + 5, mover_plain);
    }
    mover_end();
    mover_audit(name);
    mover_litter(3000);
    for (i = 0; i < MOVER_ITEMS; i++)
        EXPECT(mover_root.holder[i][5] == check_reveal(mover_item[i]), "%s: a word was lost", name);
    mover_audit(name);
    mover_forget();
    empty_holders(sorts[sort].get == get_uncollectable);
}

int main(void)
{
    size_t s;
    long k, rounds;

    if (!vdb_start())
        return check_done();
    set_up();
    mover_open(32);
    rounds = check_work(8);
    for (s = 0; s < sizeof sorts / sizeof *sorts; s++) {
        for (k = 0; k < rounds; k++)
            round_of(s, (int)(k % MOVER_SORTS));
        VERDICT(sorts[s].name);
    }
    vdb_judge();
    return check_done();
}
