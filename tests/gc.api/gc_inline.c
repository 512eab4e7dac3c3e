/* gc_inline.c - gc_inline.h and gc_tiny_fl.h: free lists of the program's own */
/* needs: children */
/* variants: plain verify incremental */
/* purpose: every macro of the header gives whole, clear, live objects of its kind */
#include "weak.h"
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>

static void *lists[GC_TINY_FREELISTS], *atomic_lists[GC_TINY_FREELISTS], *counted[GC_TINY_FREELISTS];
static void *volatile root;

struct cell {
    struct cell *first, *second;
};

static void test_constants(void)
{
    CHECK(GC_GRANULE_BYTES == 2 * sizeof(void *) && GC_GRANULE_WORDS == 2, "granules");
    CHECK(GC_TINY_FREELISTS == (sizeof(void *) == 8 ? 25 : 33), "GC_TINY_FREELISTS");
    CHECK(GC_RAW_BYTES_FROM_INDEX(3) == 3 * GC_GRANULE_BYTES && GC_WORDS_TO_GRANULES(6) == 3
              && GC_WORDS_TO_WHOLE_GRANULES(5) == 3,
          "conversions");
    CHECK(GC_get_kind_and_size(GC_malloc(8), NULL) == GC_I_NORMAL
              && GC_get_kind_and_size(GC_malloc_atomic(8), NULL) == GC_I_PTRFREE,
          "the two kinds");
}

static void test_words(void)
{
    size_t n, i;
    void **p, *previous = NULL;

    for (i = 0; i < 500; i++) {
        for (n = 1; n < 80; n += 7) {
            GC_MALLOC_WORDS(p, n, lists);
            EXPECT(p != NULL && GC_size(p) >= n * sizeof(void *), "%lu words", (unsigned long)n);
            EXPECT(check_all_bytes(p, n * sizeof(void *), 0), "%lu words not clear",
                   (unsigned long)n);
            EXPECT(GC_get_kind_and_size(p, NULL) == GC_I_NORMAL, "kind of %lu", (unsigned long)n);
            memset(p, 0, n * sizeof(void *));
            EXPECT((void *)p != previous, "the same object twice");
            previous = p;
            GC_MALLOC_ATOMIC_WORDS(p, n, atomic_lists);
            EXPECT(p != NULL && GC_get_kind_and_size(p, NULL) == GC_I_PTRFREE, "atomic, %lu words",
                   (unsigned long)n);
            memset(p, 0xAA, n * sizeof(void *));
        }
    }
    VERDICT("GC_MALLOC_WORDS and GC_MALLOC_ATOMIC_WORDS");
    GC_MALLOC_WORDS(p, 5000, lists);
    CHECK(p != NULL && GC_size(p) >= 5000 * sizeof(void *), "objects too large for the lists");
}

/* A list and a tree, both made of cells, alive over collections. */
static void test_cons(void)
{
    struct cell *list = NULL, *c;
    long i, n = check_work(100000), length = 0;

    for (i = 0; i < n; i++) {
        GC_CONS(c, i, list, lists);
        root = list = c;
        if (i % 10000 == 0)
            GC_gcollect();
    }
    for (c = list, i = n - 1; c != NULL && length < n; c = c->second, i--, length++) {
        EXPECT((long)(GC_word)c->first == i, "cell %ld", i);
    }
    EXPECT(c == NULL && length == n, "%ld cells of %ld", length, n);
    VERDICT("GC_CONS builds a list that collections keep");
    root = NULL;
}

static int directs;

static void *direct(size_t bytes)
{
    directs++;
    return GC_malloc(bytes);
}

static void test_num_direct(void)
{
    void *p;
    int i;

    for (i = 0; i < GC_TINY_FREELISTS; i++)
        counted[i] = (void *)1;
    for (i = 0; i < 100; i++) {
        GC_FAST_MALLOC_GRANS(p, 3, counted, 12, GC_I_NORMAL, direct(3 * GC_GRANULE_BYTES),
                             *(void **)p = NULL);
        EXPECT(p != NULL && check_all_bytes(p, 3 * GC_GRANULE_BYTES, 0), "object %d", i);
    }
    VERDICT("GC_FAST_MALLOC_GRANS");
    CHECK(directs == 3, "the first num_direct granules come from default_expr");
    GC_FAST_MALLOC_GRANS(p, 0, lists, 0, GC_I_NORMAL, NULL, *(void **)p = NULL);
    CHECK(p != NULL && GC_size(p) >= 1, "0 granules give an object");
}

static void test_functions(void)
{
    void *list = NULL, *next, *p;
    int n = 0;

    GC_generic_malloc_many(64, GC_I_NORMAL, &list);
    for (; list != NULL; list = next, n++) {
        next = GC_NEXT(list);
        EXPECT(check_all_bytes((void **)list + 1, 64 - sizeof(void *), 0), "object %d", n);
        GC_NEXT(list) = NULL;
    }
    EXPECT(n > 0, "an empty list");
    VERDICT("GC_generic_malloc_many");
    p = GC_malloc_kind(100, GC_I_NORMAL);
    CHECK(GC_get_kind_and_size(p, NULL) == GC_I_NORMAL && check_all_bytes(p, 100, 0),
          "GC_malloc_kind");
    p = GC_malloc_kind(100, GC_I_PTRFREE);
    CHECK(GC_get_kind_and_size(p, NULL) == GC_I_PTRFREE, "GC_malloc_kind, atomic");
    p = GC_malloc_kind_global(100, GC_I_NORMAL);
    CHECK(GC_get_kind_and_size(p, NULL) == GC_I_NORMAL && check_all_bytes(p, 100, 0),
          "GC_malloc_kind_global");
    p = GC_malloc_kind(100000, GC_I_NORMAL);
    CHECK(GC_size(p) >= 100000, "GC_malloc_kind, large");
}

enum { SPARSE = 20000 };
static void *sparse[SPARSE];

static int print_list(void *unused)
{
    (void)unused;
    while (sparse[0] == NULL) { /* once; a child may have begun anew */
        int i;

        GC_INIT();
        for (i = 0; i < SPARSE; i++)
            sparse[i] = GC_malloc(2 * GC_GRANULE_BYTES);
        for (i = 0; i < SPARSE; i++)
            if (i % 16 != 0)
                sparse[i] = NULL;
    }
    check_collect(2);
    GC_print_free_list(GC_I_NORMAL, 2);
    return 0;
}

int main(void)
{
    static char text[1000];

    check_start();
    GC_INIT();
    test_constants();
    test_words();
    if (!check_is_stock) /* libgc does not search the last word of such objects */
        test_cons();
    test_num_direct();
    test_functions();
    CHECK(check_child_ok(check_child(print_list, NULL, text, sizeof text)),
          "GC_print_free_list returns");
    CHECK(strstr(text, "0x") != NULL, "and has printed addresses");
    return check_done();
}
