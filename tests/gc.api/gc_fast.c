/* gc_fast.c - gc_fast.h: allocation inlined into the program */
/* variants: plain verify stress incremental */
/* purpose: what is allocated inline is clear, of its kind and size, and lives and dies like any object */
#include "weak.h"
#include <gc/gc_fast.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>

struct cell {
    struct cell *next;
    size_t value;
};

struct big {
    void *words[100];
};

static void *volatile root;

static void test_constant_sizes(void)
{
    long i, n = check_work(20000);

    for (i = 0; i < n; i++) {
        struct cell *c = GC_FAST_NEW(struct cell);
        struct big *b = GC_FAST_NEW(struct big);
        char *odd = (char *)GC_FAST_MALLOC(37), *text = (char *)GC_FAST_MALLOC_ATOMIC(21);

        EXPECT(c != NULL && b != NULL && odd != NULL && text != NULL, "NULL");
        EXPECT(check_all_bytes(c, sizeof *c, 0) && check_all_bytes(b, sizeof *b, 0)
                   && check_all_bytes(odd, 37, 0),
               "not clear");
        EXPECT(GC_base(c) == c && GC_base(odd) == odd && GC_base(text) == text, "not a base");
        EXPECT(GC_size(c) >= sizeof *c && GC_size(odd) >= 37 && GC_size(text) >= 21, "too small");
        memset(c, 0x55, sizeof *c);
        memset(b, 0x66, sizeof *b);
        memset(odd, 0x77, 37);
        memset(text, 0x88, 21);
    }
    VERDICT("constant sizes");
    CHECK(GC_get_kind_and_size(GC_FAST_NEW(struct cell), NULL) == GC_I_NORMAL
              && GC_get_kind_and_size(GC_FAST_NEW_ATOMIC(struct cell), NULL) == GC_I_PTRFREE,
          "the two kinds");
}

static void test_all_sizes(void)
{
    size_t n, huge = (size_t)-1;
    int i;

    for (i = 0; i < 20; i++)
        for (n = 0; n < 2 * GC_FAST_MAX_BYTES; n++) {
            char *p = (char *)GC_fast_malloc(n), *q = (char *)GC_fast_malloc_atomic(n);

            EXPECT(p != NULL && q != NULL && p != q, "%lu bytes", (unsigned long)n);
            EXPECT(GC_size(p) >= n && GC_size(q) >= n, "GC_size of %lu bytes", (unsigned long)n);
            EXPECT(check_all_bytes(p, n, 0), "%lu bytes not clear", (unsigned long)n);
            memset(p, 0xEE, n);
            memset(q, 0xEE, n);
        }
    VERDICT("all sizes");
    CHECK_LAUNDER(huge);
    CHECK(GC_fast_malloc(huge) == NULL && GC_fast_malloc_atomic(huge / 2) == NULL,
          "sizes that cannot be had");
}

static void *GC_CALLBACK no_memory(size_t bytes)
{
    (void)bytes;
    return NULL;
}

/* A long list over many collections; no cell is handed out twice. */
static void test_list(void)
{
    struct cell *volatile list = NULL, *c;
    size_t i, n = (size_t)check_work(200000), length = 0;

    for (i = 0; i < n; i++) {
        c = GC_FAST_NEW(struct cell);
        c->value = i;
        c->next = list;
        GC_end_stubborn_change(c);
        list = c;
        if (i % (n / 5 + 1) == 0)
            GC_gcollect();
        (void)GC_FAST_MALLOC(24);
    }
    for (c = list; c != NULL; c = c->next)
        EXPECT(c->value == n - 1 - length++, "cell %lu is damaged", (unsigned long)length);
    CHECK(length == n, "a list alive over collections");
    VERDICT("its cells");
}

CHECK_NOINLINE static void make_watched(void **keep)
{
    int i;

    for (i = 0; i < 32; i++) {
        struct cell *c = GC_FAST_NEW(struct cell);

        if (keep != NULL)
            keep[i] = c;
        weak_set(i, c);
    }
}

static void test_death(void)
{
    void **keep = (void **)GC_malloc(32 * sizeof(void *));

    root = keep;
    make_watched(keep);
    GC_end_stubborn_change(keep);
    CHECK(WEAK_ALL_LEFT(32), "reachable ones stay");
    weak_clear();
    root = NULL;
    keep = NULL;
    CHECK_LAUNDER(keep);
    check_wipe_stack();
    make_watched(NULL);
    check_wipe_stack();
    CHECK(WEAK_NONE_LEFT(32), "unreachable ones go");
    weak_clear();
}

/* Only a pointer one past the end, of an object that fills its slot. */
CHECK_NOINLINE static char *end_of_one(void)
{
    char *p = (char *)GC_FAST_MALLOC(2 * GC_GRANULE_BYTES);

    weak_set(0, p);
    return p + 2 * GC_GRANULE_BYTES;
}

static void test_end(void)
{
    char *volatile end = end_of_one();

    check_wipe_stack();
    CHECK(weak_left(1) == 1 && end != NULL, "kept by a pointer one past its end");
    end = NULL;
    weak_clear();
}

/* Freed slots are used again, not beside the hole for ever. */
static void test_free(void)
{
    long i, n = check_work(100000);
    size_t before;
    void *volatile p;

    GC_gcollect();
    before = GC_get_heap_size();
    for (i = 0; i < n; i++) {
        p = GC_FAST_NEW(struct cell);
        EXPECT(check_all_bytes(p, sizeof(struct cell), 0), "a freed slot is not clear again");
        memset(p, 0x99, sizeof(struct cell));
        GC_free(p);
    }
    VERDICT("freed at once");
    CHECK(GC_get_heap_size() <= before + ((size_t)1 << 20), "the heap does not grow by that");
}

int main(void)
{
    check_start();
    GC_INIT();
    GC_set_oom_fn(no_memory);
    test_constant_sizes();
    test_all_sizes();
    test_list();
    test_death();
    test_end();
    test_free();
#ifdef GC_FAST_INLINE
    CHECK(GC_fast_holes != NULL && GC_fast_holes->hole[1][1] != NULL, "there is a table");
#else
    check_note("calls only: no inline allocation with this compiler");
#endif
    return check_done();
}
