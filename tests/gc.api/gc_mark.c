/* gc_mark.c - gc_mark.h: kinds, descriptors, mark procedures, pushing, mark bits */
/* variants: plain verify incremental */
/* purpose: each function of the header for its effect */
#include "weak.h"
#include <gc/gc_mark.h>

enum { N = 40, WORDS = 6 };

static void *volatile root;
static int proc_calls, proc_wrong, starts;
static unsigned proc_kind, bitmap_kind, object_kind, indirect_kind;

/* Looks at word 2 only. */
static struct GC_ms_entry *mark_word_2(GC_word *addr, struct GC_ms_entry *msp,
                                       struct GC_ms_entry *limit, GC_word env)
{
    __atomic_fetch_add(&proc_calls, 1, __ATOMIC_RELAXED);
    if (env != 5)
        __atomic_fetch_add(&proc_wrong, 1, __ATOMIC_RELAXED);
    return GC_MARK_AND_PUSH((void *)addr[2], msp, limit, (void **)&addr[2]);
}

/* N objects of a kind, each with a watched target in one word. */
CHECK_NOINLINE static void hold(int kind, int word, GC_word descr, int descr_word)
{
    void **list = (void **)GC_malloc(N * sizeof(void *));
    static GC_word table[4];
    int i;

    for (i = 0; i < N; i++) {
        void **p, *target = GC_malloc(40);

        GC_disable(); /* the descriptor is not in the object yet */
        p = (void **)GC_generic_malloc(WORDS * sizeof(void *), kind);
        if (descr_word >= 0)
            p[descr_word] = (void *)descr;
        if (descr_word == -2) { /* through the first word */
            table[1] = descr;
            p[0] = table;
        }
        GC_PTR_STORE_AND_DIRTY(&p[word], target);
        GC_PTR_STORE_AND_DIRTY(&list[i], p);
        GC_enable();
        weak_set(i, target);
    }
    root = list;
}

static void test_kinds(void)
{
    GC_word word_2 = (GC_word)1 << (8 * sizeof(GC_word) - 3) | GC_DS_BITMAP;
    unsigned proc = GC_new_proc(mark_word_2), length_kind;

    CHECK(proc >= GC_RESERVED_MARK_PROCS && proc < GC_MAX_MARK_PROCS, "GC_new_proc");
    CHECK(GC_new_free_list() != NULL, "GC_new_free_list");
    length_kind = GC_new_kind(GC_new_free_list(), GC_DS_LENGTH, 1, 1);
    bitmap_kind = GC_new_kind(GC_new_free_list(), word_2, 0, 1);
    proc_kind = GC_new_kind(GC_new_free_list(), GC_MAKE_PROC(proc, 5), 0, 1);
    object_kind = GC_new_kind(GC_new_free_list(), GC_DS_PER_OBJECT | sizeof(GC_word), 0, 1);
    indirect_kind = GC_new_kind(GC_new_free_list(),
                                (GC_word)(-(GC_signed_word)(sizeof(GC_word)
                                                            + GC_INDIR_PER_OBJ_BIAS))
                                    | GC_DS_PER_OBJECT,
                                0, 1);
    CHECK(length_kind != bitmap_kind && bitmap_kind != proc_kind, "GC_new_kind");

    hold((int)length_kind, 4, 0, -1);
    CHECK(WEAK_ALL_LEFT(N), "a length descriptor: every word counts");
    weak_clear();
    hold((int)bitmap_kind, 2, 0, -1);
    CHECK(WEAK_ALL_LEFT(N), "a bitmap descriptor: its word counts");
    weak_clear();
    hold((int)bitmap_kind, 3, 0, -1);
    CHECK(WEAK_NONE_LEFT(N), "the others do not");
    weak_clear();
    hold((int)proc_kind, 2, 0, -1);
    CHECK(WEAK_ALL_LEFT(N) && proc_calls > 0, "a mark procedure: what it pushes counts");
    weak_clear();
    hold((int)proc_kind, 4, 0, -1);
    CHECK(WEAK_NONE_LEFT(N), "the rest does not");
    weak_clear();
    CHECK(proc_wrong == 0, "the procedure gets its env");
    hold((int)object_kind, 2, word_2, 1);
    CHECK(WEAK_ALL_LEFT(N), "a descriptor in the object: its word counts");
    weak_clear();
    hold((int)object_kind, 4, word_2, 1);
    CHECK(WEAK_NONE_LEFT(N), "the others do not, in that object");
    weak_clear();
    hold((int)indirect_kind, 2, word_2, -2);
    CHECK(WEAK_ALL_LEFT(N), "a descriptor in the vtable: its word counts");
    weak_clear();
    hold((int)indirect_kind, 4, word_2, -2);
    CHECK(WEAK_NONE_LEFT(N), "the others do not, with that vtable");
    weak_clear();
    root = NULL;
}

static void *inner_forms(void *data)
{
    unsigned *out = (unsigned *)data;

    out[0] = GC_new_proc_inner(mark_word_2);
    out[1] = GC_new_kind_inner(GC_new_free_list_inner(), GC_DS_LENGTH, 1, 0);
    return data;
}

static void test_allocators(void)
{
    int kind = GC_get_kind_and_size(GC_malloc(8), NULL), i;
    int uncollectable = GC_get_kind_and_size(GC_malloc_uncollectable(8), NULL);
    size_t size = 0;
    unsigned made[2] = {0, 0};
    void *p;

    CHECK(GC_call_with_alloc_lock(inner_forms, made) == made && made[0] > 0 && made[1] > 0,
          "the _inner forms work under the lock");
    p = GC_generic_malloc(100, (int)made[1]);
    CHECK(p != NULL && GC_get_kind_and_size(p, &size) == (int)made[1] && size >= 100,
          "GC_get_kind_and_size");
    p = GC_generic_malloc_ignore_off_page(100000, kind);
    CHECK(GC_get_kind_and_size(p, &size) == kind && size >= 100000,
          "GC_generic_malloc_ignore_off_page");
    p = GC_generic_malloc_uncollectable(64, uncollectable);
    CHECK(GC_get_kind_and_size(p, NULL) == uncollectable && p != NULL,
          "GC_generic_malloc_uncollectable");
    GC_free(p);
    for (i = 0; i < 4; i++) {
        void *like = i == 0   ? GC_malloc(50)
                     : i == 1 ? GC_malloc_atomic(50)
                     : i == 2 ? GC_malloc_uncollectable(50)
                              : GC_malloc_atomic_uncollectable(50);

        kind = GC_get_kind_and_size(like, NULL);
        p = GC_GENERIC_OR_SPECIAL_MALLOC(70, kind);
        EXPECT(p != NULL && GC_get_kind_and_size(p, NULL) == kind, "kind %d", kind);
        p = GC_debug_generic_or_special_malloc(70, kind, "here", 1);
        EXPECT(p != NULL && GC_base(p) != p && GC_base(p) != NULL
                   && GC_get_kind_and_size(p, NULL) == kind,
               "debug, kind %d", kind);
    }
    VERDICT("GC_generic_or_special_malloc makes what is like another");
    CHECK(GC_get_debug_header_size() > 0 && GC_get_debug_header_size() % sizeof(void *) == 0,
          "GC_get_debug_header_size");
    p = GC_debug_malloc(20, "here", 1);
    CHECK(GC_USR_PTR_FROM_BASE(GC_base(p)) == p, "GC_USR_PTR_FROM_BASE");
    CHECK((char *)p >= (char *)GC_least_plausible_heap_addr
              && (char *)p <= (char *)GC_greatest_plausible_heap_addr,
          "the heap lies within its bounds");
    CHECK(GC_clear_stack(p) == p, "GC_clear_stack returns its argument");
}

/* ---- hooks ---- */

static void GC_CALLBACK on_start(void)
{
    starts++;
}

static void **other_roots;
static GC_push_other_roots_proc old_push;
static int how;

static void GC_CALLBACK push_mine(void)
{
    switch (how) {
    case 0: GC_push_all(other_roots, other_roots + N); break;
    case 1: GC_push_all_eager(other_roots, other_roots + N); break;
    case 2: GC_push_conditional(other_roots, other_roots + N, 1); break;
    default: break;
    }
    GC_push_finalizer_structures(); /* once more: does no harm */
    if (old_push != 0)
        old_push();
}

static int finalized;

static void GC_CALLBACK on_end(void *obj, void *data)
{
    finalized += obj != NULL && data == (void *)&finalized;
}

CHECK_NOINLINE static void make_finalizable(void)
{
    int i;

    for (i = 0; i < N; i++)
        GC_register_finalizer(GC_malloc(40), on_end, &finalized, NULL, NULL);
}

CHECK_NOINLINE static void fill_other(void)
{
    int i;

    for (i = 0; i < N; i++) {
        other_roots[i] = GC_malloc(40);
        weak_set(i, other_roots[i]);
    }
}

static void test_hooks(void)
{
    static const char *const names[] = {"GC_push_all", "GC_push_all_eager", "GC_push_conditional"};

    CHECK(GC_get_start_callback() == 0, "no start callback at first");
    GC_set_start_callback(on_start);
    CHECK(GC_get_start_callback() == on_start, "GC_get_start_callback");
    GC_gcollect();
    GC_set_start_callback(0);
    CHECK(starts > 0, "the start callback is called");

    other_roots = (void **)calloc(N, sizeof(void *)); /* not searched by itself */
    old_push = GC_get_push_other_roots();
    GC_set_push_other_roots(push_mine);
    CHECK(GC_get_push_other_roots() == push_mine, "GC_get_push_other_roots");
    for (how = 0; how < 3; how++) {
        fill_other();
        CHECK(WEAK_ALL_LEFT(N), names[how]);
        weak_clear();
    }
    fill_other();
    CHECK_UNSEARCHED(WEAK_NONE_LEFT(N), "what is not pushed is no root");
    weak_clear();
    make_finalizable();
    check_collect(2);
    (void)GC_invoke_finalizers();
    CHECK(finalized >= N - N / 8, "GC_push_finalizer_structures keeps no finalizable object");
    GC_set_push_other_roots(old_push);
    free(other_roots);
}

/* ---- mark bits ---- */

static size_t seen_bytes;
static int seen_it;

static void GC_CALLBACK on_reachable(void *object, size_t bytes, void *data)
{
    seen_bytes += bytes;
    seen_it += object == data;
}

static void *bits(void *p)
{
    EXPECT(GC_is_marked(p) == 1, "not marked after a collection");
    GC_enumerate_reachable_objects_inner(on_reachable, p);
    GC_clear_mark_bit(p);
    EXPECT(GC_is_marked(p) == 0, "GC_clear_mark_bit");
    GC_set_mark_bit(p);
    EXPECT(GC_is_marked(p) == 1, "GC_set_mark_bit");
    return p;
}

int main(void)
{
    check_start();
    GC_INIT();
    test_kinds();
    test_allocators();
    test_hooks();
    root = GC_malloc(100);
    GC_gcollect();
    (void)GC_call_with_alloc_lock(bits, root);
    VERDICT("GC_is_marked, GC_clear_mark_bit and GC_set_mark_bit");
    CHECK(seen_it == 1 && seen_bytes >= 100, "GC_enumerate_reachable_objects_inner");
    CHECK(!GC_is_tmp_root(GC_malloc(8)), "GC_is_tmp_root: the heap is none");
    if (check_lacks("library-roots") || check_is_stock)
        check_unsupported("GC_is_tmp_root: no roots but those that were added");
    else
        CHECK(GC_is_tmp_root(stdin), "GC_is_tmp_root: what the C library has is");
    return check_done();
}
