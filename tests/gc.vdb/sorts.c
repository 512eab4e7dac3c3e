/* sorts.c - memory that held pointer-free objects holds pointers next, and the other way round, while cycles go on */
/* variants: plain providers vdb-manual verify-uffd verify-mprotect verify-soft deny */
#include "vdb.h"

#define PLACES 4000
#define PLAIN_BYTES 6000 /* 24 MB of them: many regions in which nothing is watched */
#define SPAN 6
#define ROUNDS 6

/* A place holds a pointer-free object, or a chain of SPAN cells whose rests are pointers as well. */
struct cell {
    struct cell *next;
    unsigned char *only; /* the only pointer to a new object */
    void *rest[122];
};

static struct cell **chain;
static unsigned char **plain, *want;
static check_rng rng;

static unsigned char *make(int n)
{
    unsigned char *p = (unsigned char *)GC_malloc_atomic(48);

    memset(p, n, 48);
    return p;
}

/* One in 50 stays, so that few regions become free as a whole. */
CHECK_NOINLINE static void fill_with_plain(void)
{
    int i;

    for (i = 0; i < PLACES; i++) {
        chain[i] = NULL;
        GC_PTR_STORE_AND_DIRTY(&plain[i], GC_malloc_atomic(PLAIN_BYTES));
        memset(plain[i], i, PLAIN_BYTES);
        want[i] = 0;
    }
    for (i = 0; i < PLACES; i++)
        if (check_below(&rng, 50) != 0)
            plain[i] = NULL;
}

CHECK_NOINLINE static void fill_with_chains(void)
{
    int i, k;

    for (i = 0; i < PLACES; i++) {
        chain[i] = NULL;
        for (k = 0; k < SPAN; k++) {
            struct cell *c = (struct cell *)GC_malloc(sizeof *c);

            c->only = make(i);
            c->next = chain[i];
            chain[i] = c;
            GC_end_stubborn_change(c);
            GC_end_stubborn_change(&chain[i]);
        }
        want[i] = (unsigned char)i;
        if (i % 16 == 0)
            (void)GC_collect_a_little();
    }
}

/* Old cells get new objects, with a cycle under way all the time. */
CHECK_NOINLINE static void write_some(int n)
{
    while (n-- > 0) {
        int i = (int)check_below(&rng, PLACES);
        struct cell *c;

        want[i] = (unsigned char)check_below(&rng, 256);
        for (c = chain[i]; c != NULL; c = c->next)
            GC_PTR_STORE_AND_DIRTY(&c->only, make(want[i]));
        if (n % 16 == 0)
            (void)GC_collect_a_little();
    }
}

static void look(const char *when)
{
    int i;

    for (i = 0; i < PLACES; i++) {
        struct cell *c = chain[i];
        int k = 0;

        for (; c != NULL; c = c->next, k++)
            EXPECT(check_all_bytes(c->only, 48, want[i]), "%s: a new object is lost, place %d", when, i);
        EXPECT(k == 0 || k == SPAN, "%s: a chain of %d, place %d", when, k, i);
        if (plain[i] != NULL)
            EXPECT(check_all_bytes(plain[i], PLAIN_BYTES, (unsigned char)i), "%s: place %d was overwritten",
                   when, i);
    }
}

int main(void)
{
    long round, rounds;
    int k;

    if (!vdb_start())
        return check_done();
    chain = (struct cell **)GC_malloc_uncollectable(PLACES * sizeof *chain);
    plain = (unsigned char **)GC_malloc_uncollectable(PLACES * sizeof *plain);
    want = (unsigned char *)GC_malloc_atomic_uncollectable(PLACES);
    rounds = check_work(ROUNDS);
    check_rng_seed(&rng, 31);
    for (round = 0; round < rounds; round++) {
        fill_with_plain();
        if (round % 2 == 0)
            GC_gcollect();
        else
            for (k = 0; k < 200000 && GC_collect_a_little(); k++) {
            }
        fill_with_chains();
        look("with chains");
        write_some(4000);
        look("after new stores");
        for (k = 0; k < 200000 && GC_collect_a_little(); k++) {
        }
        look("after a cycle");
    }
    VERDICT("objects of either sort where the other one was");
    check_note("%lu collections", (unsigned long)GC_get_gc_no());
    return check_done();
}
