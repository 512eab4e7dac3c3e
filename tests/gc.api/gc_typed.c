/* gc_typed.c - gc_typed.h: bitmaps, descriptors and the objects made with them */
/* variants: plain verify incremental */
/* purpose: only words of the bitmap keep what they point to, in short, long and array objects */
#include "weak.h"
#include <gc/gc_typed.h>

enum { N = 40 };

struct node {
    GC_word number;
    struct node *next;
    GC_word more[3];
    void *data;
};

struct big {
    void *words[200];
};

static void *volatile root;
static volatile size_t too_many = (size_t)-1 / 4;

static void none_left(const char *name)
{
    if (check_words_are_aligned())
        CHECK(WEAK_NONE_LEFT(N), name);
    else
        printf("UNSUPPORTED: %s: pointers may lie between words here\n", name);
}

static void test_bitmaps(void)
{
    GC_word map[2] = {0, 0};

    GC_set_bit(map, 3);
    GC_set_bit(map, GC_WORDSZ + 1);
    CHECK(map[0] == 8 && map[1] == 2, "GC_set_bit");
    CHECK(GC_get_bit(map, 3) == 1 && GC_get_bit(map, 4) == 0 && GC_get_bit(map, GC_WORDSZ + 1) == 1,
          "GC_get_bit");
    CHECK(GC_WORD_OFFSET(struct node, data) == 5 && GC_WORD_LEN(struct node) == 6
              && GC_BITMAP_SIZE(struct node) == 1
              && GC_BITMAP_SIZE(struct big) == (200 + GC_WORDSZ - 1) / GC_WORDSZ,
          "offsets and lengths in words");
}

/* N objects of `words` words made by way `how`, a target in the given word. */
CHECK_NOINLINE static void hold(GC_descr d, int how, size_t words, size_t at)
{
    void **list = (void **)GC_malloc(N * sizeof(void *));
    int i;

    for (i = 0; i < N; i++) {
        size_t bytes = words * sizeof(void *);
        void **p, *target = GC_malloc(40);

        p = (void **)(how == 0   ? GC_MALLOC_EXPLICITLY_TYPED(bytes, d)
                      : how == 1 ? GC_malloc_explicitly_typed_ignore_off_page(bytes, d)
                                 : GC_CALLOC_EXPLICITLY_TYPED(7, bytes, d));
        EXPECT(p != NULL && check_all_bytes(p, bytes, 0), "not clear");
        GC_PTR_STORE_AND_DIRTY(&p[at], target);
        GC_PTR_STORE_AND_DIRTY(&list[i], p);
        weak_set(i, target);
    }
    root = list;
}

static void test_objects(void)
{
    GC_word map[GC_BITMAP_SIZE(struct node)] = {0}, large[GC_BITMAP_SIZE(struct big)] = {0};
    GC_descr d, large_d;
    size_t words = GC_WORD_LEN(struct node);
    int how;
    static const char *const kept[] = {"GC_malloc_explicitly_typed keeps by its bitmap",
                                       "GC_malloc_explicitly_typed_ignore_off_page does",
                                       "GC_calloc_explicitly_typed does in the first element"};
    static const char *const lost[] = {"and only by that", "and only so",
                                       "and only there, in an element"};

    GC_set_bit(map, GC_WORD_OFFSET(struct node, next));
    GC_set_bit(map, GC_WORD_OFFSET(struct node, data));
    d = GC_make_descriptor(map, words);
    for (how = 0; how < 3; how++) {
        hold(d, how, words, GC_WORD_OFFSET(struct node, data));
        CHECK(WEAK_ALL_LEFT(N), kept[how]);
        weak_clear();
        hold(d, how, words, GC_WORD_OFFSET(struct node, more));
        none_left(lost[how]);
        weak_clear();
    }
    hold(d, 2, words, 6 * words + GC_WORD_OFFSET(struct node, next));
    CHECK(WEAK_ALL_LEFT(N), "the last element of an array too");
    weak_clear();
    hold(d, 2, words, 6 * words + GC_WORD_OFFSET(struct node, number));
    none_left("and only by its bitmap");
    weak_clear();

    GC_set_bit(large, 190);
    large_d = GC_make_descriptor(large, 200);
    hold(large_d, 0, 200, 190);
    CHECK(WEAK_ALL_LEFT(N), "a long bitmap keeps");
    weak_clear();
    hold(large_d, 0, 200, 189);
    none_left("by its bits");
    weak_clear();
    CHECK(GC_calloc_explicitly_typed(too_many, 100, d) == NULL,
          "an array larger than memory is refused");
    root = NULL;
}

int main(void)
{
    check_start();
    GC_INIT();
    GC_set_warn_proc(GC_ignore_warn_proc);
    test_bitmaps();
    test_objects();
    return check_done();
}
