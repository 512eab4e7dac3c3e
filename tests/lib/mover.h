/* mover.h - moves the only pointer to an object from a place the marker reaches late to one it
 * reached early, while marking is under way.
 *
 * Two long chains in random order take a while to mark; the objects hang at their far ends.  The
 * holders hang on root words between the two: whichever chain a marker walks first, there comes a
 * time when the holders are scanned and the other end is not.  The moves are spread over the time
 * that marking takes.  A store that the collector does not hear of loses the object, and its weak
 * link says so.  In a minor collection the chains are old and the objects young: there the store
 * into an old holder, at any time, is what counts.
 *
 *     mover_open(seed);
 *     mover_begin(sort);
 *     for (i = 0; i < MOVER_ITEMS; i++) { mover_step(i); mover_move(i, ...); }
 *     mover_end();
 *     mover_audit(...);
 *
 * [single]  An object's address is in one word the collector scans, and for a moment in a
 *           register of the mover; everywhere else it is hidden.
 * [both]    Ends and holders are found again through hidden addresses, never walked to.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef MOVER_H
#define MOVER_H

#include "vdb.h"

#define MOVER_ITEMS 512 /* objects, half of them at each chain's end */
#define MOVER_LINKS (check_work_percent < 10 ? 6000 : 40000) /* an emulator marks slowly */
#define MOVER_BYTES 48
#define MOVER_LONGEST_S 0.03 /* a round's moves are spread over no more */

struct mover_link {
    struct mover_link *next;
    void **end; /* of the last one: the words the objects hang on */
    GC_word pad[30]; /* so that a chain is larger than a cache */
};

/* Sorts of rounds. */
enum {
    MOVER_STEPS,  /* a full cycle that the program does bit by bit, helpers or not */
    MOVER_BESIDE, /* a full cycle that helpers do, and who allocates */
    MOVER_MINOR,  /* a minor one */
    MOVER_SORTS
};

/* Static, in this order: roots. */
static struct {
    struct mover_link *first;
    void **holder[MOVER_ITEMS];
    struct mover_link *second;
} mover_root;

static check_hidden mover_tail[2];          /* hidden void ** */
static check_hidden mover_item[MOVER_ITEMS];
static void *mover_weak[MOVER_ITEMS];
static int mover_moved[MOVER_ITEMS];
static check_rng mover_random;
static int mover_sort;
static double mover_began, mover_takes[MOVER_SORTS]; /* seconds */

CHECK_NOINLINE static void **mover_end_word(unsigned i)
{
    return (void **)check_reveal(mover_tail[i & 1]) + i / 2;
}

/* ---- building -------------------------------------------------------------- */

CHECK_NOINLINE static struct mover_link *mover_chain(long links, unsigned which)
{
    struct mover_link **all, *first;
    long i;

    all = (struct mover_link **)GC_malloc_uncollectable((size_t)links * sizeof *all);
    for (i = 0; i < links; i++)
        GC_PTR_STORE_AND_DIRTY(&all[i], GC_malloc(sizeof *first));
    for (i = links - 1; i > 0; i--) { /* in random order, so that marking cannot run ahead */
        long k = (long)(check_rand(&mover_random) % (uint64_t)(i + 1));
        struct mover_link *t = all[i];

        GC_PTR_STORE_AND_DIRTY(&all[i], all[k]);
        GC_PTR_STORE_AND_DIRTY(&all[k], t);
    }
    for (i = 0; i + 1 < links; i++)
        GC_PTR_STORE_AND_DIRTY(&all[i]->next, all[i + 1]);
    all[links - 1]->end = (void **)GC_malloc(MOVER_ITEMS / 2 * sizeof(void *));
    GC_END_STUBBORN_CHANGE(all[links - 1]);
    mover_tail[which] = check_hide(all[links - 1]->end);
    first = all[0];
    GC_free(all);
    return first;
}

CHECK_NOINLINE static void mover_hang(unsigned i)
{
    unsigned char *p = (unsigned char *)(i % 3 == 0 ? GC_malloc(MOVER_BYTES)
                                                    : GC_malloc_atomic(MOVER_BYTES));

    memset(p, 0, MOVER_BYTES);
    if (i % 3 == 0) /* one that holds another */
        *(void **)p = memset(GC_malloc_atomic(16), (int)(i & 0x7F), 16);
    memset(p + 16, (int)(i & 0x7F), MOVER_BYTES - 16);
    GC_END_STUBBORN_CHANGE(p);
    if (mover_weak[i] != NULL)
        (void)GC_unregister_disappearing_link(&mover_weak[i]);
    mover_item[i] = check_hide(p);
    mover_weak[i] = (void *)mover_item[i];
    mover_moved[i] = 0;
    (void)GC_general_register_disappearing_link(&mover_weak[i], p);
    GC_PTR_STORE_AND_DIRTY(mover_end_word(i), p);
}

/* ---- rounds ---------------------------------------------------------------- */

/* Lets marking go on for a moment.  What allocates also takes the steps that are due. */
static void mover_wait(void)
{
    if (mover_sort == MOVER_STEPS) {
        (void)GC_collect_a_little();
    } else {
        check_nap_us(30);
        (void)GC_malloc_atomic(3000);
    }
}

/* Hangs fresh objects on the ends, and begins a cycle. */
CHECK_UNUSED static void mover_begin(int sort)
{
    unsigned i;

    mover_sort = sort;
    GC_set_full_freq(sort == MOVER_MINOR ? 1000000 : 0);
    if (sort == MOVER_MINOR)
        GC_gcollect(); /* all but the objects are old */
    for (i = 0; i < MOVER_ITEMS; i++)
        mover_hang(i);
    check_wipe_stack();
    if (sort != MOVER_MINOR) {
        GC_gcollect();
        (void)vdb_enter();
    }
    mover_began = check_now_s();
}

/* Waits until the time of object i has come, or marking is over. */
CHECK_UNUSED static void mover_pace(unsigned i)
{
    double when = mover_takes[mover_sort] * i / MOVER_ITEMS;

    while (vdb_marking && check_now_s() - mover_began < when)
        mover_wait();
}

/* Before object i is moved. */
CHECK_UNUSED static void mover_step(unsigned i)
{
    if (mover_sort == MOVER_MINOR && i == MOVER_ITEMS / 2)
        (void)vdb_enter();
    mover_pace(i);
}

CHECK_UNUSED static void mover_end(void)
{
    vdb_leave();
    if (mover_sort == MOVER_MINOR) {
        (void)vdb_enter();
        vdb_leave();
    }
}

/* The program's own holders, in mover_root.holder, are its business. */
CHECK_UNUSED static void mover_open(uint64_t seed)
{
    int sort, k;

    check_rng_seed(&mover_random, seed);
    mover_root.first = mover_chain(MOVER_LINKS, 0);
    mover_root.second = mover_chain(MOVER_LINKS, 1);
    check_wipe_stack();
    if (!vdb_at_work())
        return;
    for (sort = 0; sort < MOVER_MINOR; sort++)
        for (k = 0; k < 3; k++) { /* how long marking takes: the shortest time */
            double took;

            mover_begin(sort);
            while (vdb_marking && check_now_s() - mover_began < MOVER_LONGEST_S)
                mover_wait();
            took = check_now_s() - mover_began;
            if (k == 0 || took < mover_takes[sort])
                mover_takes[sort] = took;
            vdb_leave();
        }
    check_note("marking takes %.2f ms bit by bit, %.2f ms beside the program",
               mover_takes[MOVER_STEPS] * 1e3, mover_takes[MOVER_BESIDE] * 1e3);
}

/* ---- moving ---------------------------------------------------------------- */

/* Stores the pointer; 0, or the errno of a call that may fail: then it did not. */
typedef int (*mover_route)(void **where, void *what);

/* Moves object i to *where and wipes the old place.  Returns the route's answer. */
CHECK_UNUSED CHECK_NOINLINE static int mover_move(unsigned i, void **where, mover_route put)
{
    void **from = mover_end_word(i);
    int failed = put(where, *from);

    if (failed == 0) {
        GC_PTR_STORE_AND_DIRTY(from, NULL);
        mover_moved[i] = 1;
        vdb_did();
    }
    return failed;
}

CHECK_UNUSED CHECK_NOINLINE static int mover_plain(void **where, void *what)
{
    GC_PTR_STORE_AND_DIRTY(where, what);
    return 0;
}

/* Garbage overwrites what was reclaimed by mistake. */
CHECK_UNUSED CHECK_NOINLINE static void mover_litter(long n)
{
    while (n-- > 0)
        memset(GC_malloc_atomic(n & 1 ? MOVER_BYTES : 16), 0xEE, n & 1 ? MOVER_BYTES : 16);
}

CHECK_NOINLINE static int mover_whole(unsigned i)
{
    const unsigned char *p = (const unsigned char *)check_reveal(mover_item[i]);

    return mover_weak[i] == (void *)mover_item[i]
           && check_all_bytes(p + 16, MOVER_BYTES - 16, (int)(i & 0x7F))
           && (i % 3 != 0 || check_all_bytes(*(void *const *)p, 16, (int)(i & 0x7F)));
}

/* Every object is there; holder i's word is where the program put it. */
CHECK_UNUSED static void mover_audit(const char *what)
{
    unsigned i, lost = 0;

    for (i = 0; i < MOVER_ITEMS; i++)
        lost += !mover_whole(i);
    EXPECT(lost == 0, "%s: %u of %d objects are lost", what, lost, MOVER_ITEMS);
}

/* Forgets the objects: the words that hold them are zeroed by the program.  */
CHECK_UNUSED static void mover_forget(void)
{
    unsigned i;

    for (i = 0; i < MOVER_ITEMS; i++) {
        if (mover_weak[i] != NULL)
            (void)GC_unregister_disappearing_link(&mover_weak[i]);
        mover_weak[i] = NULL;
        GC_PTR_STORE_AND_DIRTY(mover_end_word(i), NULL);
    }
}

#endif /* MOVER_H */
