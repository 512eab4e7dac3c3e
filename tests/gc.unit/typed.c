/* typed.c - typed objects: short and long bitmaps, arrays; what is no pointer does not keep */
/* variants: plain verify stress incremental */
#include "check.h"
#include <gc/gc_typed.h>

#define ROUNDS 40
#define WORDS 400 /* the longest layout here */

static void **object;
static void *weak[WORDS * 4];
static size_t word_of[WORDS * 4];

/* A cleared object of so many bytes with descriptor d: fills every word with a
 * pointer to its own small object and looks which survive. */
CHECK_NOINLINE static void fill(size_t words)
{
    size_t i;

    for (i = 0; i < words; i++) {
        void *p = GC_malloc_atomic(16);

        memset(p, (int)i, 16);
        word_of[i] = i;
        weak[i] = (void *)check_hide(p);
        (void)GC_general_register_disappearing_link(&weak[i], p);
        GC_PTR_STORE_AND_DIRTY(&object[i], p);
    }
}

static void forget(size_t words)
{
    size_t i;

    for (i = 0; i < words; i++)
        (void)GC_unregister_disappearing_link(&weak[i]);
}

/* bits: layout of an element of unit words; n elements in object. */
static void judge(const GC_word *bits, size_t meaningful, size_t unit, size_t n, const char *name)
{
    size_t i, kept = 0, dead = 0;

    EXPECT(object != NULL && check_all_bytes(object, unit * n * sizeof(void *), 0),
           "%s: not cleared", name);
    if (object == NULL)
        return;
    fill(unit * n);
    check_collect(2);
    for (i = 0; i < unit * n; i++) {
        size_t w = i % unit;

        if (w < meaningful && GC_get_bit(bits, w)) {
            EXPECT(weak[i] != NULL && check_all_bytes(object[i], 16, (int)(i & 0xFF)),
                   "%s: word %lu lost its object", name, (unsigned long)i);
        } else {
            kept += weak[i] != NULL;
            dead++;
        }
    }
    EXPECT(!check_words_are_aligned() || kept <= dead / 10 + 1,
           "%s: %lu of %lu non-pointers keep", name, (unsigned long)kept, (unsigned long)dead);
    forget(unit * n);
    object = NULL;
}

static void layout(check_rng *r, size_t words, unsigned density, const char *name)
{
    GC_word bits[(WORDS + GC_WORDSZ - 1) / GC_WORDSZ];
    GC_descr d;
    size_t i, n;

    memset(bits, 0, sizeof bits);
    for (i = 0; i < words; i++)
        if (check_below(r, 100) < density)
            GC_set_bit(bits, i);
    d = GC_make_descriptor(bits, words);
    object = (void **)GC_malloc_explicitly_typed(words * sizeof(void *), d);
    judge(bits, words, words, 1, name);
    object = (void **)GC_malloc_explicitly_typed_ignore_off_page(words * sizeof(void *), d);
    judge(bits, words, words, 1, name);
    /* larger than its layout: the rest holds no pointers */
    object = (void **)GC_malloc_explicitly_typed((words + 30) * sizeof(void *), d);
    judge(bits, words, words + 30, 1, name);
    n = 1 + check_below(r, (unsigned)(WORDS * 4 / words) - 1);
    object = (void **)GC_calloc_explicitly_typed(n, words * sizeof(void *), d);
    judge(bits, words, words, n, name);
}

/* Pointers hidden in words that are no pointers, with the typed object deep in
 * a structure: a list threaded through the one pointer word. */
struct item {
    GC_word decoy;
    struct item *next;
    GC_word number;
};

static struct item *list;

static void threaded(void)
{
    GC_word bits[1] = {0};
    GC_descr d;
    struct item *p;
    long i, n = check_work(100000);

    GC_set_bit(bits, GC_WORD_OFFSET(struct item, next));
    d = GC_make_descriptor(bits, GC_WORD_LEN(struct item));
    for (i = 0; i < n; i++) {
        p = (struct item *)GC_malloc_explicitly_typed(sizeof *p, d);
        p->decoy = (GC_word)(void *)p + sizeof(void *);
        p->number = (GC_word)i;
        p->next = list;
        GC_END_STUBBORN_CHANGE(p);
        list = p;
    }
    check_collect(1);
    for (p = list; p != NULL; p = p->next)
        EXPECT(p->number == (GC_word)--i && p->decoy == (GC_word)(void *)p + sizeof(void *),
               "item lost");
    EXPECT(i == 0, "%ld items lost", i);
    VERDICT("a long typed list");
    list = NULL;
}

int main(void)
{
    check_rng r;
    int i;

    check_start();
    GC_INIT();
    check_rng_seed(&r, 5);
    for (i = 0; i < ROUNDS; i++) {
        layout(&r, 2 + check_below(&r, 20), 40, "short");
        if (i == 0)
            VERDICT("short layouts");
        if (i % 4 == 0) {
            layout(&r, 60 + check_below(&r, 8), 40, "about a word");
            layout(&r, 100 + check_below(&r, 300), 30, "long");
            layout(&r, 2 + check_below(&r, 100), 100, "all pointers");
            layout(&r, 2 + check_below(&r, 100), 0, "no pointers");
            if (i == 0)
                VERDICT("long layouts");
        }
        if (i > 0 && i * 100 > ROUNDS * check_work_percent)
            break;
    }
    VERDICT("many layouts");
    threaded();
    return check_done();
}
