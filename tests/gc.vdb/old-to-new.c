/* old-to-new.c - the only pointer to a new object, written into an old one of any sort */
/* variants: plain providers vdb-manual verify-uffd verify-mprotect verify-soft deny */
#include "vdb.h"
#include <gc/gc_typed.h>

#define OLD 2000
#define ROUNDS 40

/* Old objects of several sizes and sorts, each with words that are rewritten. */
static void **old[OLD];
static size_t words[OLD];
static int sort_of[OLD];
static check_rng rng;

/* What each word's object must contain; malloc'ed. */
static unsigned char *want[OLD];

static void *make(int n)
{
    void *p = check_below(&rng, 2) ? GC_malloc_atomic(32) : GC_malloc(32);

    memset(p, n, 32);
    return p;
}

static void build(void)
{
    GC_word bits[1] = {1};
    GC_descr d = GC_make_descriptor(bits, 1);
    int i;

    for (i = 0; i < OLD; i++) {
        words[i] = 1 + check_below(&rng, i % 100 == 0 ? 60000 : i % 10 == 0 ? 600 : 20);
        sort_of[i] = i % 5;
        switch (sort_of[i]) {
        case 0:
            old[i] = (void **)GC_malloc_uncollectable(words[i] * sizeof(void *));
            break;
        case 1:
            old[i] = (void **)GC_malloc_ignore_off_page(words[i] * sizeof(void *));
            break;
        case 2:
            old[i] = (void **)GC_calloc_explicitly_typed(words[i], sizeof(void *), d);
            break;
        default:
            old[i] = (void **)GC_malloc(words[i] * sizeof(void *));
        }
        want[i] = (unsigned char *)calloc(words[i], 1);
    }
}

/* Writes pointers to new objects, leaving a collection under way in between. */
CHECK_NOINLINE static void write_some(int n)
{
    while (n-- > 0) {
        unsigned i = check_below(&rng, OLD);
        size_t w = check_below(&rng, (unsigned)words[i]);

        want[i][w] = (unsigned char)(1 + check_below(&rng, 250));
        GC_PTR_STORE_AND_DIRTY(&old[i][w], make(want[i][w]));
        if (n % 64 == 0)
            (void)GC_collect_a_little();
    }
}

static void look(const char *when)
{
    size_t w;
    int i;

    for (i = 0; i < OLD; i++)
        for (w = 0; w < words[i]; w++)
            if (want[i][w] == 0)
                EXPECT(old[i][w] == NULL, "%s: a word was overwritten, sort %d", when, sort_of[i]);
            else
                EXPECT(check_all_bytes(old[i][w], 32, want[i][w]),
                       "%s: a new object is lost, sort %d, %lu words", when, sort_of[i],
                       (unsigned long)words[i]);
}

int main(void)
{
    long round, rounds;

    if (!vdb_start())
        return check_done();
    rounds = check_work(ROUNDS);
    check_rng_seed(&rng, 12);
    build();
    GC_gcollect();
    GC_gcollect();
    for (round = 0; round < rounds; round++) {
        int k;

        write_some(3000);
        if (round % 4 == 0)
            GC_gcollect();
        else if (round % 4 == 1)
            GC_start_incremental_collection();
        else
            for (k = 0; k < 200000 && GC_collect_a_little(); k++) {
            }
        for (k = 0; k < 20000; k++) /* and lets minor collections come by themselves */
            memset(GC_malloc_atomic(32), 0xFF, 32);
        look("after a round");
    }
    VERDICT("old objects keep new ones");
    check_note("%lu collections", (unsigned long)GC_get_gc_no());
    return check_done();
}
