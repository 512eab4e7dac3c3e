/* malloc-many.c - lists of objects, the free lists of gc_inline.h, GC_CONS */
/* variants: plain verify stress incremental */
#include "check.h"
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>

static void *free_list[GC_TINY_FREELISTS];        /* pointerful */
static void *atomic_free_list[GC_TINY_FREELISTS]; /* pointer-free */
static void *chain;
static void **pairs;
static void *many_list; /* result word of GC_generic_malloc_many: a root */

/* Every object of a list is cleared but for its link, apart from the others,
 * and stays usable. */
static void lists(size_t size)
{
    int rounds = 30, i;
    size_t n = 0;

    for (i = 0; i < rounds; i++) {
        void *p = GC_malloc_many(size);

        EXPECT(p != NULL, "GC_malloc_many(%lu) gave NULL", (unsigned long)size);
        while (p != NULL) {
            void *next = GC_NEXT(p);

            EXPECT(size <= sizeof(void *)
                       || check_all_bytes((char *)p + sizeof(void *), size - sizeof(void *), 0),
                   "GC_malloc_many(%lu) is not cleared", (unsigned long)size);
            EXPECT(GC_base(p) == p && GC_size(p) >= size, "size %lu", (unsigned long)size);
            memset(p, 0xDD, size);
            if (size >= 3 * sizeof(void *)) {
                ((void **)p)[0] = chain; /* all are kept, numbered */
                ((GC_word *)p)[1] = (GC_word)n;
                GC_END_STUBBORN_CHANGE(p);
                chain = p;
            }
            n++;
            p = next;
            many_list = next; /* the rest is kept by this root */
        }
        if (i % 8 == 3)
            GC_gcollect();
    }
    if (size >= 3 * sizeof(void *)) {
        void *p;

        check_collect(1);
        for (p = chain; p != NULL; p = GC_NEXT(p)) {
            n--;
            EXPECT(((GC_word *)p)[1] == (GC_word)n
                       && check_all_bytes((char *)p + 2 * sizeof(void *),
                                          size - 2 * sizeof(void *), 0xDD),
                   "an object of %lu bytes was overwritten", (unsigned long)size);
        }
        EXPECT(n == 0, "objects are missing");
    }
    chain = NULL;
}

static void conses(void)
{
    long i, n = check_work(300000);
    void *p;

    for (i = 0; i < n; i++) {
        GC_CONS(p, (void *)(i << 1 | 1), pairs, free_list);
        EXPECT(p != NULL && ((void **)p)[0] == (void *)(i << 1 | 1), "GC_CONS");
        pairs = (void **)p;
    }
    check_collect(1);
    for (; pairs != NULL; pairs = (void **)pairs[1]) {
        if (pairs[0] != (void *)(--i << 1 | 1))
            break;
    }
    EXPECT(pairs == NULL && i == 0, "the list breaks at %ld", i);
    pairs = NULL;
    VERDICT("GC_CONS");
}

/* Objects on a client's free list survive collections and are still free.  A list
 * of pointer-free objects is not followed by the collector: its owner has to
 * push every element. */
static GC_push_other_roots_proc others;

static void GC_CALLBACK push_lists(void)
{
    static void *element;
    int i;

    for (i = 0; i < GC_TINY_FREELISTS; i++)
        for (element = atomic_free_list[i]; element != NULL; element = GC_NEXT(element))
            GC_push_all_eager(&element, &element + 1);
    if (others != 0)
        others();
}

static void inline_lists(void)
{
    static void **keep[2000];
    long i, round;

    for (round = 0; round < check_work(100); round++) {
        for (i = 0; i < 2000; i++) {
            void *p, *q;
            int words = 2 + (int)(i % 30);

            GC_MALLOC_WORDS(p, words, free_list);
            GC_MALLOC_ATOMIC_WORDS(q, words, atomic_free_list);
            EXPECT(p != NULL && check_all_bytes(p, (size_t)words * sizeof(void *), 0),
                   "GC_MALLOC_WORDS is not cleared");
            EXPECT(q != NULL && GC_base(q) == q, "GC_MALLOC_ATOMIC_WORDS");
            memset(q, 0xEE, (size_t)words * sizeof(void *));
            ((void **)p)[0] = q;
            ((GC_word *)p)[1] = (GC_word)i;
            GC_END_STUBBORN_CHANGE(p);
            keep[i] = (void **)p;
            if (i % 700 == 11)
                GC_gcollect();
        }
        for (i = 0; i < 2000; i++)
            EXPECT((GC_word)keep[i][1] == (GC_word)i
                       && check_all_bytes(keep[i][0], (size_t)(2 + i % 30) * sizeof(void *), 0xEE),
                   "an object from a client's free list is lost");
    }
    VERDICT("client free lists");
}

/* GC_generic_malloc_many for kinds 0 and 1 and for one of our own. */
static void generic(void)
{
    int own = (int)GC_new_kind(GC_new_free_list(), GC_DS_LENGTH, 1, 1), k;

    for (k = 0; k < 3; k++) {
        int kind = k < 2 ? k : own;
        int n = 0;

        GC_generic_malloc_many(64, kind, &many_list);
        EXPECT(many_list != NULL, "kind %d", kind);
        while (many_list != NULL) {
            void *p = many_list;

            many_list = GC_NEXT(p);
            EXPECT(GC_get_kind_and_size(p, NULL) == kind && GC_size(p) >= 64, "kind %d", kind);
            EXPECT(kind == 0 || check_all_bytes((char *)p + sizeof(void *), 64 - sizeof(void *), 0),
                   "kind %d is not cleared", kind);
            n++;
        }
        EXPECT(n >= 1, "an empty list");
        GC_generic_malloc_many(300000, kind, &many_list);
        EXPECT(many_list != NULL && GC_NEXT(many_list) == NULL && GC_size(many_list) >= 300000,
               "a large object makes a list of one");
        many_list = NULL;
    }
    VERDICT("GC_generic_malloc_many");
    for (k = 0; k < 3; k++)
        EXPECT(GC_get_kind_and_size(GC_malloc_kind(40, k < 2 ? k : own), NULL)
                   == (k < 2 ? k : own), "GC_malloc_kind");
    VERDICT("GC_malloc_kind");
}

int main(void)
{
    size_t size;

    check_start();
    if (check_is_stock) /* else libgc does not scan the last word */
        GC_set_all_interior_pointers(0);
    GC_INIT();
    for (size = 1; size < 3000; size = size < 130 ? size + 9 : size * 3 / 2)
        lists(size);
    VERDICT("GC_malloc_many");
    conses();
    others = GC_get_push_other_roots();
    GC_set_push_other_roots(push_lists);
    inline_lists();
    generic();
    return check_done();
}
