/* gc_mark-new.c - gc_mark.h and gc_gcj.h: what libgc 8.2 does not have */
/* needs: children */
/* variants: plain verify */
/* only: tidemark */
/* purpose: pushing by descriptor, the empty-stack hook, pointer masks in a child, walking blocks */
#include "weak.h"
#include <gc/gc_gcj.h>
#include <gc/gc_mark.h>

enum { N = 40, WORDS = 6 };

static void *volatile root;

/* ---- pushing ---- */

static void **hidden; /* in memory that is no root */
static int how, emptied;
static GC_push_other_roots_proc old_push;

static void GC_CALLBACK push_descr(void)
{
    if (how == 0)
        GC_push_obj_descr(hidden, GC_DS_LENGTH | N * sizeof(void *));
    if (old_push != 0)
        old_push();
}

/* Pushes the hidden words, once in each collection. */
static GC_word pushed_in;

static struct GC_ms_entry *GC_CALLBACK on_empty(struct GC_ms_entry *msp, struct GC_ms_entry *limit)
{
    GC_word now = GC_get_gc_no() + 1;

    __atomic_fetch_add(&emptied, 1, __ATOMIC_RELAXED);
    if (__atomic_exchange_n(&pushed_in, now, __ATOMIC_ACQ_REL) == now)
        return msp;
    return how == 1 ? GC_ms_push_all(hidden, hidden + N, msp, limit)
                    : GC_ms_push_obj_descr(hidden, GC_DS_LENGTH | N * sizeof(void *), msp, limit);
}

CHECK_NOINLINE static void fill(void)
{
    int i;

    for (i = 0; i < N; i++) {
        hidden[i] = GC_malloc(40);
        weak_set(i, hidden[i]);
    }
}

static void test_pushing(void)
{
    hidden = (void **)calloc(N, sizeof(void *));
    old_push = GC_get_push_other_roots();
    GC_set_push_other_roots(push_descr);
    fill();
    CHECK(WEAK_ALL_LEFT(N), "GC_push_obj_descr");
    weak_clear();
    GC_set_push_other_roots(old_push);
    CHECK(GC_get_on_mark_stack_empty() == 0, "no hook for an empty mark stack at first");
    GC_set_on_mark_stack_empty(on_empty);
    CHECK(GC_get_on_mark_stack_empty() == on_empty, "GC_get_on_mark_stack_empty");
    for (how = 1; how <= 2; how++) {
        fill();
        CHECK(WEAK_ALL_LEFT(N) && emptied > 0, how == 1 ? "GC_ms_push_all" : "GC_ms_push_obj_descr");
        weak_clear();
    }
    GC_set_on_mark_stack_empty(0);
    fill();
    CHECK_UNSEARCHED(WEAK_NONE_LEFT(N), "the hook is gone");
    weak_clear();
    free(hidden);
}

/* ---- the program pushes stacks itself ---- */

static int own_pushes;

static void GC_CALLBACK push_stack(void *cold_end)
{
    void *frame[32];

    own_pushes++;
    __builtin_unwind_init();
    if ((char *)frame < (char *)cold_end)
        GC_push_all_eager(frame, cold_end);
    else /* the stack grows up */
        GC_push_all_eager(cold_end, frame + 32);
}

static void test_own_stack(void)
{
    void *volatile kept[8];
    int i;

    CHECK(GC_get_custom_push_regs_and_stack() == 0, "no such hook at first");
    GC_set_custom_push_regs_and_stack(push_stack);
    CHECK(GC_get_custom_push_regs_and_stack() == push_stack, "GC_get_custom_push_regs_and_stack");
    for (i = 0; i < 8; i++) {
        void *p = GC_malloc(40);

        kept[i] = p;
        weak_set(i, kept[i]);
    }
    CHECK(WEAK_ALL_LEFT(8) && own_pushes > 0, "the program's hook pushes the stack");
    GC_set_custom_push_regs_and_stack(0);
    for (i = 0; i < 8; i++)
        kept[i] = NULL;
    weak_clear();
}

/* ---- masks ---- */

static volatile GC_word tagged[N];

CHECK_NOINLINE static void fill_tagged(GC_word tag, unsigned shift)
{
    int i;

    for (i = 0; i < N; i++) {
        void *p = GC_malloc(48);

        tagged[i] = ((GC_word)p >> shift) | tag;
        weak_set(i, p);
    }
}

static int with_mask(void *unused)
{
    GC_word mask = ~((GC_word)0xff << (8 * sizeof(GC_word) - 8));
    int bad;

    (void)unused;
    GC_set_pointer_mask(mask);
    if (GC_get_pointer_mask() != mask)
        return 1;
    GC_INIT();
    fill_tagged((GC_word)0xAB << (8 * sizeof(GC_word) - 8), 0);
    bad = !WEAK_ALL_LEFT(N);
    weak_clear();
    return bad ? 2 : 0;
}

static int with_shift(void *unused)
{
    int bad;

    (void)unused;
    GC_set_pointer_shift(3);
    if (GC_get_pointer_shift() != 3)
        return 1;
    GC_INIT();
    fill_tagged(0, 3);
    bad = !WEAK_ALL_LEFT(N);
    weak_clear();
    return bad ? 2 : 0;
}

/* ---- gcj with another offset ---- */

struct vtable {
    void *unused[3];
    GC_word descr;
};

static struct GC_ms_entry *mark_nothing(GC_word *addr, struct GC_ms_entry *msp,
                                        struct GC_ms_entry *limit, GC_word env)
{
    (void)addr;
    (void)limit;
    (void)env;
    return msp;
}

static struct vtable by_bitmap;

CHECK_NOINLINE static void hold(int word)
{
    void **list = (void **)GC_malloc(N * sizeof(void *));
    int i;

    for (i = 0; i < N; i++) {
        void **p = (void **)GC_gcj_malloc(4 * sizeof(void *), &by_bitmap);
        void *target = GC_malloc(24);

        GC_PTR_STORE_AND_DIRTY(&p[word], target);
        GC_PTR_STORE_AND_DIRTY(&list[i], p);
        weak_set(i, target);
    }
    root = list;
}

static void test_gcj(void)
{
    by_bitmap.descr = (GC_word)1 << (8 * sizeof(GC_word) - 3) | GC_DS_BITMAP;
    GC_init_gcj_malloc_mp(GC_GCJ_RESERVED_MARK_PROC_INDEX, mark_nothing,
                          offsetof(struct vtable, descr));
    hold(2);
    CHECK(WEAK_ALL_LEFT(N), "GC_init_gcj_malloc_mp: the descriptor is where it says");
    weak_clear();
    hold(3);
    CHECK(WEAK_NONE_LEFT(N), "and is heeded");
    weak_clear();
    root = NULL;
}

/* ---- walking ---- */

static size_t section_bytes;
static int blocks, free_runs, found, black;
static char *wanted;

/* Objects of a size that nobody else asks for. */
enum { OWN = 5, OWN_BYTES = 1777 };
static char *own[OWN];
static unsigned own_marks, own_expected;

static void GC_CALLBACK on_section(void *start, void *end, void *data)
{
    section_bytes += (size_t)((char *)end - (char *)start);
    found += data != NULL && (char *)data >= (char *)start && (char *)data < (char *)end;
}

static void GC_CALLBACK on_block(struct GC_hblk_s *block, void *data)
{
    blocks++;
    if ((char *)block <= wanted && wanted < (char *)block + GC_get_hblk_size())
        *(unsigned *)data = GC_count_set_marks_in_hblk(block);
    if ((char *)block <= own[0] && own[0] < (char *)block + GC_get_hblk_size()) {
        int i;

        own_marks = GC_count_set_marks_in_hblk(block);
        for (own_expected = i = 0; i < OWN; i++)
            own_expected += own[i] >= (char *)block
                            && own[i] < (char *)block + GC_get_hblk_size();
    }
}

static void GC_CALLBACK on_free_run(struct GC_hblk_s *block, int list, void *data)
{
    free_runs += block != NULL && list >= 0 && data == (void *)&free_runs;
    black += GC_is_black_listed(block, GC_get_hblk_size()) != NULL;
}

static void *walk(void *marks)
{
    GC_foreach_heap_section_inner(on_section, wanted);
    GC_apply_to_all_blocks(on_block, marks);
    GC_iterate_free_hblks(on_free_run, &free_runs);
    return marks;
}

static void test_walking(void)
{
    unsigned marks = 0;

    int i;

    wanted = (char *)GC_malloc(64);
    for (i = 0; i < OWN; i++)
        own[i] = (char *)GC_malloc(OWN_BYTES);
    (void)GC_expand_hp(4000000);
    GC_gcollect();
    CHECK(GC_get_hblk_size() >= 4096 && (GC_get_hblk_size() & (GC_get_hblk_size() - 1)) == 0,
          "GC_get_hblk_size");
    (void)GC_call_with_alloc_lock(walk, &marks);
    CHECK(found == 1 && section_bytes >= GC_get_heap_size(), "GC_foreach_heap_section_inner");
    CHECK(blocks > 0 && marks > 0, "GC_apply_to_all_blocks and GC_count_set_marks_in_hblk");
    CHECK(own_expected > 1 && own_marks == own_expected,
          "GC_count_set_marks_in_hblk counts what is alive");
    CHECK(free_runs > 0, "GC_iterate_free_hblks");
    CHECK(black <= free_runs, "GC_is_black_listed");
    GC_reachable_here(wanted);
}

static char line[60];

static int print_trace(void *inner)
{
    if (!GC_is_init_called()) { /* a child that began anew, and has nothing but the environment */
        GC_INIT();
        while (strtol(getenv("GC_TEST_COLLECTION"), NULL, 10) > (long)GC_get_gc_no())
            GC_gcollect();
    }
    if (inner == NULL) {
        GC_print_trace(GC_get_gc_no());
    } else {
        GC_alloc_lock();
        GC_print_trace_inner(GC_get_gc_no());
        GC_alloc_unlock();
    }
    return 0;
}

int main(void)
{
    char text[400];
    int kind, size_ok;
    size_t bytes = 0;
    void *p;

    check_start();
    if (sizeof(GC_word) > 4) /* else every bit of an address may be in use */
        CHECK(check_child_ok(check_child(with_mask, NULL, NULL, 0)), "GC_set_pointer_mask");
    CHECK(check_child_ok(check_child(with_shift, NULL, NULL, 0)), "GC_set_pointer_shift");
    GC_INIT();
    CHECK(GC_get_pointer_mask() == ~(GC_word)0 && GC_get_pointer_shift() == 0,
          "by default pointers are what they are");
    test_pushing();
    test_own_stack();
    test_gcj();
    test_walking();
    kind = GC_get_kind_and_size(GC_malloc(8), NULL);
    p = GC_debug_generic_malloc(100, kind, "here", 1);
    size_ok = GC_get_kind_and_size(GC_base(p), &bytes) == kind && bytes >= 100;
    CHECK(size_ok && GC_base(p) != p, "GC_debug_generic_malloc");
    snprintf(line, sizeof line, "%lu", (unsigned long)GC_get_gc_no());
    setenv("GC_TEST_COLLECTION", line, 1);
    snprintf(line, sizeof line, "Collection %lu: live ", (unsigned long)GC_get_gc_no());
    CHECK(check_child_ok(check_child(print_trace, NULL, text, sizeof text))
              && strstr(text, line) != NULL,
          "GC_print_trace");
    CHECK(check_child_ok(check_child(print_trace, line, text, sizeof text))
              && strstr(text, line) != NULL,
          "GC_print_trace_inner");
    return check_done();
}
