/* kinds.c - kinds of one's own: mark procedures, per-object descriptors, bitmaps, mark bits */
/* variants: plain verify stress incremental */
#include "check.h"
#include <gc/gc_mark.h>

#define LENGTH 3000

/* A list whose links are stored XORed with a key: only a mark procedure can
 * follow them. */
struct odd {
    GC_word key; /* nonzero once in use */
    GC_word link;
    long number;
};

static long proc_calls;

static struct GC_ms_entry *mark_odd(GC_word *addr, struct GC_ms_entry *top,
                                    struct GC_ms_entry *limit, GC_word env)
{
    struct odd *o = (struct odd *)addr;

    __atomic_add_fetch(&proc_calls, 1, __ATOMIC_RELAXED);
    if (env != 42 || o->key == 0)
        return top;
    return GC_MARK_AND_PUSH((void *)(o->link ^ o->key), top, limit, (void **)addr);
}

static struct odd *odd_head;

static struct odd *odd_next(const struct odd *o)
{
    return (struct odd *)(o->link ^ o->key);
}

static void mark_procedure(void)
{
    void **fl = GC_new_free_list();
    unsigned proc = GC_new_proc(mark_odd);
    unsigned kind = GC_new_kind(fl, GC_MAKE_PROC(proc, 42), 0, 1);
    check_rng r;
    long i;
    struct odd *o;

    CHECK(fl != NULL && kind > 2, "a new kind");
    check_rng_seed(&r, 9);
    for (i = 0; i < LENGTH; i++) {
        o = (struct odd *)GC_generic_malloc(sizeof *o, (int)kind);
        if (o == NULL || !check_all_bytes(o, sizeof *o, 0)) {
            EXPECT(0, "objects of a new kind are not cleared");
            break;
        }
        o->number = i;
        o->link = (GC_word)odd_head;
        o->key = (GC_word)check_rand(&r) | 1;
        o->link ^= o->key;
        GC_END_STUBBORN_CHANGE(o);
        odd_head = o;
    }
    EXPECT(GC_get_kind_and_size(odd_head, NULL) == (int)kind, "GC_get_kind_and_size");
    check_collect(3);
    for (i = 0; i < 3 * LENGTH; i++)
        memset(GC_malloc(sizeof *o), 0xFF, sizeof *o);
    check_collect(1);
    i = LENGTH;
    for (o = odd_head; o != NULL; o = odd_next(o))
        if (o->number != --i)
            break;
    EXPECT(o == NULL && i == 0, "the list is broken at %ld", i);
    EXPECT(proc_calls >= LENGTH, "the mark procedure was called %ld times", proc_calls);
    VERDICT("mark procedure");
    odd_head = NULL;
}

/* Descriptor in the object's first word's target (as gcj) or in the object. */
struct layout_table {
    GC_word unused, descr;
};
struct indirect {
    struct layout_table *table; /* not collected */
    void *a, *b;
};
struct direct {
    GC_word descr;
    void *a, *b;
};

static void *objects[LENGTH];
static void *weak_a[LENGTH], *weak_b[LENGTH];

CHECK_NOINLINE static void build_objects(int kind, int indirect, GC_word descr)
{
    static struct layout_table table;
    int i;

    table.descr = descr;
    for (i = 0; i < LENGTH; i++) {
        void **p, *a = GC_malloc_atomic(24), *b = GC_malloc_atomic(24);

        GC_alloc_lock();
        GC_alloc_unlock();
        p = (void **)GC_generic_malloc(3 * sizeof(void *), kind);
        if (indirect)
            p[0] = &table;
        else
            p[0] = (void *)descr;
        p[1] = a;
        p[2] = b;
        GC_END_STUBBORN_CHANGE(p);
        objects[i] = p;
        memset(a, 0x5A, 24);
        weak_a[i] = (void *)check_hide(a);
        weak_b[i] = (void *)check_hide(b);
        (void)GC_general_register_disappearing_link(&weak_a[i], a);
        (void)GC_general_register_disappearing_link(&weak_b[i], b);
    }
}

/* Bit layout: the most significant bit is the first word. */
#define FIRST_BIT ((GC_word)1 << (8 * sizeof(GC_word) - 1))

static void per_object(int indirect, const char *name)
{
    GC_word descr = (FIRST_BIT >> 1) | GC_DS_BITMAP, where;
    unsigned kind;
    int i, kept_b = 0;

    /* negative: through the first word; else at the displacement */
    where = !indirect ? 0
                      : (GC_word)(-(GC_signed_word)GC_INDIR_PER_OBJ_BIAS
                                  - (GC_signed_word)offsetof(struct layout_table, descr));
    kind = GC_new_kind(GC_new_free_list(), where | GC_DS_PER_OBJECT, 0, 1);
    build_objects((int)kind, indirect, descr);
    check_collect(2);
    for (i = 0; i < LENGTH; i++) {
        EXPECT(weak_a[i] != NULL && check_all_bytes(((void **)objects[i])[1], 24, 0x5A),
               "%s: a pointer word lost its object", name);
        kept_b += weak_b[i] != NULL;
        (void)GC_unregister_disappearing_link(&weak_a[i]);
        (void)GC_unregister_disappearing_link(&weak_b[i]);
        objects[i] = NULL;
    }
    EXPECT(kept_b <= LENGTH / 10, "%s: %d non-pointers keep", name, kept_b);
    VERDICT(name);
}

/* A kind whose descriptor is its length. */
static void by_length(void)
{
    unsigned kind = GC_new_kind(GC_new_free_list(), GC_DS_LENGTH, 1, 1);
    void **p = (void **)GC_generic_malloc(500, (int)kind);
    size_t i, n = 500 / sizeof(void *), size = 0;

    objects[0] = p;
    for (i = 0; i < n; i++) {
        void *a = GC_malloc_atomic(24);

        memset(a, (int)i, 24);
        GC_PTR_STORE_AND_DIRTY(&p[i], a);
    }
    check_collect(1);
    for (i = 0; i < 10000; i++)
        memset(GC_malloc_atomic(24), 0xFF, 24);
    for (i = 0; i < n; i++)
        EXPECT(check_all_bytes(p[i], 24, (int)i), "lost");
    EXPECT(GC_get_kind_and_size(p, &size) == (int)kind && size >= 500, "kind and size");
    p = (void **)GC_generic_malloc_uncollectable(100, (int)kind);
    EXPECT(p == NULL || GC_size(p) >= 100, "uncollectable");
    if (p != NULL)
        GC_free(p);
    p = (void **)GC_generic_or_special_malloc(100, (int)kind);
    EXPECT(p != NULL && GC_get_kind_and_size(p, NULL) == (int)kind, "generic or special");
    p = (void **)GC_generic_malloc_ignore_off_page(100000, (int)kind);
    EXPECT(p != NULL && GC_get_kind_and_size(p, NULL) == (int)kind, "ignore off page");
    VERDICT("descriptor by length");
}

static size_t seen_bytes;
static int seen_odd, seen_target;
static void *target;

static void GC_CALLBACK visit(void *obj, size_t bytes, void *client)
{
    seen_bytes += bytes;
    seen_odd += client != &seen_bytes || obj == NULL;
    seen_target += obj == target;
}

static void *GC_CALLBACK enumerate(void *arg)
{
    GC_enumerate_reachable_objects_inner(visit, arg);
    return arg;
}

static void *GC_CALLBACK mark_bits(void *arg)
{
    int before = GC_is_marked(arg), set, cleared;

    GC_set_mark_bit(arg);
    set = GC_is_marked(arg);
    GC_clear_mark_bit(arg);
    cleared = GC_is_marked(arg);
    if (before)
        GC_set_mark_bit(arg);
    return set && !cleared ? arg : NULL;
}

int main(void)
{
    check_start();
    GC_INIT();
    mark_procedure();
    per_object(0, "descriptor in the object");
    per_object(1, "descriptor through the first word");
    by_length();
    target = GC_malloc(1000);
    GC_gcollect();
    CHECK(GC_call_with_alloc_lock(enumerate, &seen_bytes) == &seen_bytes, "lock and call");
    CHECK(seen_target == 1 && seen_odd == 0 && seen_bytes >= 1000, "reachable objects are visited");
    CHECK(GC_call_with_alloc_lock(mark_bits, target) == target, "mark bits");
    GC_gcollect();
    CHECK(GC_base(target) == target, "the heap is in order");
    return check_done();
}
