/* grow-during.c - objects that grow in place while marking begins leave no stale memory */
/* threads: required */
/* variants: plain providers */
/* timeout: 120 */
/* purpose: memory that was taken for a growth and given back is as clear as any when it is used */
#include "vdb.h"
#include "threads.h"

#define GROWERS 3
#define LEAST   33000u

static volatile int over;
static unsigned long rounds;

/* Every byte of every object is written, so that what is not cleared shows. */
static int clear_then_full(unsigned char *p, size_t from, size_t to)
{
    size_t i;

    for (i = from; i < to; i++)
        if (p[i] != 0)
            return 0;
    memset(p + from, 0xA5, to - from);
    return 1;
}

static void *grows(void *seed)
{
    check_rng rng;
    unsigned long k;

    check_rng_seed(&rng, (unsigned)(size_t)seed + 1);
    for (k = 0; k < rounds; k++) {
        size_t bytes = LEAST + check_below(&rng, 40000), more = bytes;
        unsigned char *p = (unsigned char *)GC_malloc(bytes), *q;
        int step;

        EXPECT(clear_then_full(p, 0, bytes), "a new object of %lu bytes is not clear", (unsigned long)bytes);
        for (step = 0; step < 4; step++) {
            more += 1 + check_below(&rng, 30000);
            p = (unsigned char *)GC_realloc(p, more);
            EXPECT(clear_then_full(p, bytes, more), "what grew to %lu bytes is not clear", (unsigned long)more);
            bytes = more;
        }
        q = (unsigned char *)GC_malloc(1 + check_below(&rng, 30000));
        EXPECT(clear_then_full(q, 0, GC_size(q) - 1), "a new object of %lu bytes is not clear",
               (unsigned long)GC_size(q));
        if (check_below(&rng, 4) != 0)
            GC_free(p);
        vdb_did();
    }
    return NULL;
}

static void *drive(void *unused)
{
    while (!over) {
        if (vdb_enter())
            __atomic_add_fetch(&vdb_inside, 1, __ATOMIC_RELAXED);
        (void)GC_collect_a_little();
    }
    return unused;
}

int main(void)
{
    pthread_t grower[GROWERS], driver;
    size_t k;

    if (!vdb_start())
        return check_done();
    GC_allow_register_threads();
    rounds = check_work(4000);
    EXPECT(GC_pthread_create(&driver, NULL, drive, NULL) == 0, "cannot create");
    for (k = 0; k < GROWERS; k++)
        EXPECT(GC_pthread_create(&grower[k], NULL, grows, (void *)k) == 0, "cannot create");
    for (k = 0; k < GROWERS; k++)
        EXPECT(GC_pthread_join(grower[k], NULL) == 0, "cannot join");
    over = 1;
    EXPECT(GC_pthread_join(driver, NULL) == 0, "cannot join");
    VERDICT("what grows is clear, and what is new");
    vdb_judge();
    return check_done();
}
