/* shadow-threads-vdb.c - eight models of random graphs in as many threads beside cycles, by every provider */
/* threads: required */
/* variants: plain providers verify-uffd verify-mprotect verify-soft stress-uffd stress-mprotect deny */
/* timeout: 180 */
#include "shadow-threads.h"
#include "vdb.h"

static volatile int over;

/* One more thread begins cycles, goes on with them, or asks for a whole collection. */
static void *drive(void *unused)
{
    check_rng rng;
    int k;

    check_rng_seed(&rng, 77);
    while (!over) {
        switch (check_below(&rng, 8)) {
        case 0:
            GC_gcollect();
            break;
        case 1:
        case 2:
            for (k = 0; k < 10; k++)
                (void)GC_collect_a_little();
            break;
        default:
            if (vdb_enter())
                __atomic_add_fetch(&vdb_inside, 1, __ATOMIC_RELAXED);
            for (k = 0; k < 50; k++) {
                memset(GC_malloc(64), 1, 64);
                vdb_did();
            }
        }
        check_nap_ms((int)check_below(&rng, 8));
    }
    return unused;
}

int main(void)
{
    pthread_t driver;
    int k;

    if (!vdb_start())
        return check_done();
    GC_allow_register_threads();
    if (GC_pthread_create(&driver, NULL, drive, NULL) != 0)
        return 2;
    shadow_generations((unsigned)check_work(8), check_work(20000));
    for (k = 0; k < 500 && vdb_at_work() && vdb_inside == 0; k++)
        check_nap_ms(10); /* the driver has not had a turn yet */
    over = 1;
    (void)GC_pthread_join(driver, NULL);
    vdb_judge();
    return check_done();
}
