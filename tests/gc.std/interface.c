/* interface.c - all headers and their macros in the oldest C and C++ there is; std.exp compiles it in
 * every dialect, with every choice a program can make by a macro, and runs it.
 *
 * No harness: that is newer C.  Each macro GC_... of a choice is looked for, and its effect.
 *
 * SPDX-License-Identifier: MIT
 */
#include <gc.h>
#include <gc/cord.h>
#include <gc/cord_pos.h>
#include <gc/ec.h>
#include <gc/gc.h>
#include <gc/gc_backptr.h>
#include <gc/gc_disclaim.h>
#include <gc/gc_fast.h>
#include <gc/gc_gcj.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>
#include <gc/gc_tiny_fl.h>
#include <gc/gc_typed.h>
#include <gc/gc_version.h>
#include <gc/javaxfc.h>
#ifdef __cplusplus
# include <gc/gc_allocator.h>
# include <gc/gc_cpp.h>
# include <vector>
#endif
#include <stdio.h>
#include <string.h>

static int bad;

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            printf("FAIL: interface.c:%d: %s\n", __LINE__, #condition); \
            bad++; \
        } \
    } while (0)

struct pair {
    struct pair *next;
    GC_word value;
};

static void *volatile root;
static int finalized;

static void GC_CALLBACK on_end(void *obj, void *data)
{
    CHECK(obj != NULL);
    ++*(int *)data;
}

/* ---- allocation ---- */

#if defined(GC_DEBUG) || defined(GC_DEBUG_REPLACEMENT)
# define WITH_HEADER 1
#else
# define WITH_HEADER 0
#endif
#ifdef GC_DEBUG
# define OTHERS_WITH_HEADER 1
#else
# define OTHERS_WITH_HEADER 0
#endif

#define HAS_HEADER(p) (GC_base(p) != (void *)(p) && GC_base(p) != NULL)

static void test_allocation(void)
{
    struct pair *p = GC_NEW(struct pair), *q = GC_NEW_UNCOLLECTABLE(struct pair);
    struct pair *r = GC_NEW_ATOMIC(struct pair);
    char *s = (char *)GC_MALLOC(10), *t = GC_STRDUP("text");
    void *a = GC_MALLOC_ATOMIC(10), *u = GC_MALLOC_ATOMIC_UNCOLLECTABLE(10);
    void *l = GC_MALLOC_IGNORE_OFF_PAGE(100000), *m = GC_MALLOC_ATOMIC_IGNORE_OFF_PAGE(100000);

    CHECK(p != NULL && p->next == NULL && p->value == 0 && q != NULL && r != NULL);
    CHECK(HAS_HEADER(s) == WITH_HEADER && HAS_HEADER(p) == WITH_HEADER);
    CHECK(HAS_HEADER(a) == OTHERS_WITH_HEADER && HAS_HEADER(q) == OTHERS_WITH_HEADER);
    CHECK(HAS_HEADER(u) == OTHERS_WITH_HEADER && l != NULL && m != NULL);
    CHECK(strcmp(t, "text") == 0 && strcmp(GC_STRNDUP("text", 2), "te") == 0);
    s = (char *)GC_REALLOC(s, 1000);
    CHECK(s != NULL && GC_size(GC_base(s)) >= 1000);
    s = (char *)GC_REALLOCF(s, 2000);
    GC_PTR_STORE_AND_DIRTY(&p->next, q);
    GC_END_STUBBORN_CHANGE(p);
    GC_reachable_here(q);
    CHECK(p->next == q);
    root = p;
#if OTHERS_WITH_HEADER == WITH_HEADER
    GC_FREE(s);
    GC_FREEZERO(t, 4);
    GC_FREE(q);
#endif
#ifdef GC_REQUIRE_WCSDUP
    CHECK(GC_WCSDUP(L"wide")[3] == L'e');
#endif
#if defined(GC_I_HIDE_POINTERS) || defined(I_HIDE_POINTERS)
    CHECK(REVEAL_POINTER(HIDE_POINTER(p)) == (void *)p);
#endif
    CHECK(GC_REVEAL_POINTER(GC_HIDE_POINTER(p)) == (void *)p);
    CHECK(GC_REVEAL_NZ_POINTER(GC_HIDE_NZ_POINTER(p)) == (void *)p);
}

static void test_arithmetic(void)
{
    struct pair *p = (struct pair *)GC_malloc(4 * sizeof(struct pair)), *x = p;

    CHECK(GC_PTR_ADD(x, 1) == p + 1 && GC_PRE_INCR(x, 1) == p + 1);
    CHECK(GC_POST_INCR(x) == p + 1 && GC_POST_DECR(x) == p + 2 && x == p + 1);
    GC_PTR_STORE(&root, p);
    CHECK(root == (void *)p);
}

static void test_finalization(void)
{
    static void *link, *long_link;
    void *p = GC_MALLOC_ATOMIC(20), *old_data = &old_data;
    GC_finalization_proc old = on_end;

    GC_REGISTER_FINALIZER(p, on_end, &finalized, &old, &old_data);
    CHECK(old == 0 && old_data == NULL);
    GC_REGISTER_FINALIZER_IGNORE_SELF(p, on_end, &finalized, &old, &old_data);
    CHECK(old == on_end || OTHERS_WITH_HEADER);
    GC_REGISTER_FINALIZER_NO_ORDER(p, on_end, &finalized, &old, &old_data);
    GC_REGISTER_FINALIZER_UNREACHABLE(p, 0, NULL, &old, &old_data);
    CHECK(GC_GENERAL_REGISTER_DISAPPEARING_LINK(&link, p) == GC_SUCCESS);
    CHECK(GC_REGISTER_LONG_LINK(&long_link, p) == GC_SUCCESS);
    CHECK(GC_GENERAL_REGISTER_DISAPPEARING_LINK_SAFE(&link, p) == GC_DUPLICATE);
    CHECK(GC_REGISTER_LONG_LINK_SAFE(&long_link, &bad) == GC_NOT_FOUND);
    CHECK(GC_unregister_disappearing_link(&link) == 1 && GC_unregister_long_link(&long_link) == 1);
    CHECK(GC_TOGGLEREF_ADD(p, 1) == GC_SUCCESS);
    GC_REGISTER_DISPLACEMENT(sizeof(void *));
}

/* ---- the other headers ---- */

static struct GC_ms_entry *mark(GC_word *addr, struct GC_ms_entry *msp, struct GC_ms_entry *limit,
                                GC_word env)
{
    return env == 0 ? GC_MARK_AND_PUSH((void *)*addr, msp, limit, (void **)addr) : msp;
}

static void test_layouts(void)
{
    static void *lists[GC_TINY_FREELISTS];
    static struct {
        void *unused;
        GC_word descr;
    } vtable;
    static struct GC_finalizer_closure closure;
    GC_word map[GC_BITMAP_SIZE(struct pair)];
    GC_descr d;
    void *p;
    unsigned proc = GC_new_proc(mark);

    memset(map, 0, sizeof map);
    GC_set_bit(map, GC_WORD_OFFSET(struct pair, next));
    d = GC_make_descriptor(map, GC_WORD_LEN(struct pair));
    CHECK(GC_get_bit(map, 0) == 1);
    CHECK(GC_MALLOC_EXPLICITLY_TYPED(sizeof(struct pair), d) != NULL);
    CHECK(GC_CALLOC_EXPLICITLY_TYPED(3, sizeof(struct pair), d) != NULL);
    GC_MALLOC_WORDS(p, 4, lists);
    CHECK(p != NULL && GC_size(p) >= 4 * sizeof(void *));
    GC_MALLOC_ATOMIC_WORDS(p, 4, lists);
    GC_CONS(p, &bad, &root, lists);
    CHECK(*(void **)p == (void *)&bad);
    CHECK(GC_GENERIC_OR_SPECIAL_MALLOC(10, GC_I_NORMAL) != NULL);
    GC_init_gcj_malloc(GC_GCJ_RESERVED_MARK_PROC_INDEX, NULL);
    vtable.descr = GC_MAKE_PROC(proc, 0);
    CHECK(*(void **)GC_GCJ_MALLOC(32, &vtable) == (void *)&vtable);
    closure.proc = on_end;
    closure.cd = &finalized;
    GC_init_finalized_malloc();
    CHECK(GC_finalized_malloc(16, &closure) != NULL);
    CHECK(GC_size(GC_FAST_NEW(struct pair)) >= sizeof(struct pair));
    CHECK(GC_FAST_MALLOC_ATOMIC(10) != NULL && GC_FAST_MALLOC(100) != NULL);
    CHECK(GC_generate_random_heap_address() != NULL);
    CHECK(GC_get_version() == ((GC_VERSION_MAJOR << 16) | (GC_VERSION_MINOR << 8)
                               | GC_VERSION_MICRO));
}

static void test_cords(void)
{
    CORD x = CORD_cat(CORD_chars('a', 1000), "end");
    CORD_pos pos;
    CORD_ec ec;
    size_t n = 0;

    CORD_FOR(pos, x) {
        n += CORD_pos_fetch(pos) != 0;
    }
    CHECK(n == 1003 && CORD_len(x) == 1003 && CORD_cmp(x, CORD_substr(x, 0, 1003)) == 0);
    CORD_ec_init(ec);
    for (n = 0; n < 300; n++)
        CORD_ec_append(ec, 'x');
    CHECK(CORD_len(CORD_ec_to_cord(ec)) == 300);
}

#ifdef __cplusplus
class Object : public gc {
public:
    Object() : value(7) {}
    int value;
};

class Cleaned : public gc_cleanup {
public:
    virtual ~Cleaned() { ++finalized; }
};

static void test_cplusplus()
{
    std::vector<int, gc_allocator<int> > numbers(100, 3);
    std::vector<void *, traceable_allocator<void *> > pointers(10);
    Object *object = new Object;
    int *array = new (GC) int[10], *atomic = new (PointerFreeGC) int[10];

    pointers[3] = object;
    CHECK(numbers[99] == 3 && object->value == 7 && GC_base(object) != NULL);
    CHECK(GC_base(array) != NULL && GC_base(atomic) != NULL && GC_base(&numbers[0]) != NULL);
    delete new Cleaned;
    CHECK(finalized > 0);
}
#endif

/* ---- threads ---- */

#ifdef GC_PTHREADS
static void *body(void *known)
{
    *(int *)known = GC_thread_is_registered();
    return GC_thread_is_registered() ? GC_MALLOC(100) : NULL;
}

static void *locked(void *data)
{
    return data;
}

static void test_threads(void)
{
    pthread_t t;
    void *result = NULL;
    int known = -1;

    CHECK(pthread_create(&t, NULL, body, &known) == 0 && pthread_join(t, &result) == 0);
# if defined(GC_NO_THREAD_REDIRECTS) && !defined(ALL_THREADS_KNOWN)
    CHECK(known == 0);
# else
    CHECK(known == 1 && result != NULL);
# endif
    known = -1;
    CHECK(GC_pthread_create(&t, NULL, body, &known) == 0 && GC_pthread_join(t, &result) == 0);
    CHECK(known == 1 && result != NULL);
    CHECK(GC_call_with_alloc_lock(locked, &t) == (void *)&t);
    GC_alloc_lock();
    GC_alloc_unlock();
# ifdef GC_MARKERS
    CHECK(GC_get_parallel() < GC_MARKERS);
# endif
}
#else
static void test_threads(void)
{
    GC_alloc_lock();
    GC_alloc_unlock();
}
#endif

int main(void)
{
    GC_INIT();
    GC_INIT()
#ifdef GC_FREE_SPACE_DIVISOR
    CHECK(GC_get_free_space_divisor() == GC_FREE_SPACE_DIVISOR);
#endif
#ifdef GC_DONT_EXPAND
    CHECK(GC_get_dont_expand() == 1);
#endif
#ifdef GC_FORCE_UNMAP_ON_GCOLLECT
    CHECK(GC_get_force_unmap_on_gcollect() == 1);
#endif
#ifdef GC_IGNORE_WARN
    CHECK(GC_get_warn_proc() == GC_ignore_warn_proc);
#endif
#ifdef GC_INITIAL_HEAP_SIZE
    CHECK(GC_get_heap_size() >= GC_INITIAL_HEAP_SIZE);
#endif
    test_allocation();
    test_arithmetic();
    test_finalization();
    test_layouts();
    test_cords();
#ifdef __cplusplus
    test_cplusplus();
#endif
    test_threads();
    GC_gcollect();
#ifdef GC_DONT_GC
    CHECK(GC_is_disabled() && GC_get_gc_no() == 0);
#else
    CHECK(GC_get_gc_no() > 0);
#endif
    if (bad == 0)
        printf("DONE: as it should be\n");
    return bad;
}
