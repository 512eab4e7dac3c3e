/* switch.c - incremental mode is switched off and on again, between cycles and in the middle of one */
/* variants: plain vdb-uffd vdb-soft vdb-mprotect verify-uffd verify-mprotect verify-soft deny */
/* only: tidemark */
/* timeout: 120 */
#include "mover.h"

#if defined(__GNUC__) && !defined(_WIN32)
extern void GC_CALL GC_disable_incremental(void) __attribute__((weak));
#  define CAN_SWITCH (GC_disable_incremental != NULL)
#else
#  define CAN_SWITCH 1
#endif

static unsigned at; /* objects moved so far */

CHECK_NOINLINE static void move_some(unsigned n)
{
    for (; n > 0 && at < MOVER_ITEMS; n--, at++) {
        mover_step(at);
        (void)mover_move(at, mover_root.holder[at], mover_plain);
    }
}

/* off_at, on_at: after so many objects the mode goes off, and on again. */
static void round_of(unsigned off_at, unsigned on_at, int sort)
{
    mover_begin(sort);
    at = 0;
    move_some(off_at);
    GC_disable_incremental();
    EXPECT(!GC_is_incremental_mode() && GC_get_actual_vdb() == GC_VDB_NONE
               && GC_incremental_protection_needs() == GC_PROTECTS_NONE,
           "switched off, it is still on");
    move_some(on_at - off_at);
    mover_litter(500);
    GC_enable_incremental();
    (void)vdb_enter();
    move_some(MOVER_ITEMS);
    mover_end();
    mover_litter(2000);
    mover_audit("switched off and on");
    GC_gcollect();
    mover_audit("and collected");
}

#ifdef GC_THREADS
static volatile int over;

static void *busy(void *arg)
{
    void **mine = (void **)GC_malloc(4096);
    unsigned k;

    for (k = 0; !over; k++) {
        void **p = (void **)GC_malloc(32);

        p[1] = &mine[k % 512];
        GC_PTR_STORE_AND_DIRTY(&mine[k % 512], p);
        EXPECT(mine[(k * 7) % 512] == NULL
                   || ((void **)mine[(k * 7) % 512])[1] == &mine[(k * 7) % 512],
               "another thread lost an object");
        if (k % 4096 == 0)
            check_nap_ms(1);
    }
    return arg;
}
#endif

int main(void)
{
    unsigned i;
    long k, rounds;

    if (!vdb_start())
        return check_done();
    if (!CAN_SWITCH) {
        check_unsupported("this library has no GC_disable_incremental");
        return check_done();
    }
    mover_open(42);
    for (i = 0; i < MOVER_ITEMS; i++)
        mover_root.holder[i] = (void **)GC_malloc(64);
    rounds = check_work(20);
    for (k = 0; k < rounds; k++)
        round_of((unsigned)(k * 23) % 200, 200 + (unsigned)(k * 31) % 200,
                     (int)(k % MOVER_SORTS));
    VERDICT("one thread");
#ifdef GC_THREADS
    {
        pthread_t t[3];

        for (i = 0; i < 3; i++)
            if (GC_pthread_create(&t[i], NULL, busy, NULL) != 0)
                return 3;
        for (k = 0; k < rounds; k++)
            round_of((unsigned)(k * 23) % 200, 200 + (unsigned)(k * 31) % 200,
                     (int)(k % MOVER_SORTS));
        over = 1;
        for (i = 0; i < 3; i++)
            (void)GC_pthread_join(t[i], NULL);
        VERDICT("several threads");
    }
#endif
    GC_disable_incremental();
    GC_disable_incremental();
    for (k = 0; k < 100; k++) {
        GC_enable_incremental();
        GC_disable_incremental();
    }
    GC_gcollect();
    mover_audit("often");
    VERDICT("many times over");
    GC_enable_incremental();
    vdb_judge();
    return check_done();
}
