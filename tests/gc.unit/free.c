/* free.c - GC_free: memory comes back cleared, accounts stay right, neighbours stay whole */
/* variants: plain verify stress incremental */
#include "check.h"

#define LIVE 4000

static unsigned char *live[LIVE];
static size_t length[LIVE];

/* Every object holds its index; each round frees and allocates at random. */
static void churn(void)
{
    check_rng r;
    long i, n = check_work(400000);

    check_rng_seed(&r, 3);
    for (i = 0; i < n; i++) {
        unsigned k = check_below(&r, LIVE);

        if (live[k] != NULL) {
            EXPECT(check_all_bytes(live[k], length[k], (int)(k & 0xFF)), "a neighbour was hit");
            GC_free(live[k]);
        }
        length[k] = 1 + check_below(&r, i % 512 == 0 ? 100000 : 1u << (1 + k % 12));
        live[k] = (unsigned char *)(k & 1 ? GC_malloc_atomic(length[k]) : GC_malloc(length[k]));
        if (live[k] == NULL) {
            EXPECT(0, "NULL");
            return;
        }
        if ((k & 1) == 0)
            EXPECT(check_all_bytes(live[k], length[k], 0), "%lu bytes not cleared",
                   (unsigned long)length[k]);
        memset(live[k], (int)(k & 0xFF), length[k]);
    }
}

static void accounts(void)
{
    size_t before, after, total, i;
    void *p[1000];

    GC_gcollect();
    before = GC_get_expl_freed_bytes_since_gc();
    GC_disable();
    for (i = 0; i < 1000; i++)
        p[i] = GC_malloc(100);
    total = GC_get_total_bytes();
    for (i = 0; i < 1000; i++)
        GC_free(p[i]);
    after = GC_get_expl_freed_bytes_since_gc();
    CHECK(after - before >= 100000 && after - before <= 200000, "freed bytes are counted");
    CHECK(GC_get_total_bytes() >= total, "the total does not fall");
    GC_enable();
}

/* Freeing and allocating in turn must not need new memory. */
static void reuse(void)
{
    size_t heap, i, size;

    GC_gcollect();
    GC_disable();
    for (size = 10; size < 300000; size = size * 5 / 2) {
        for (i = 0; i < 50; i++)
            GC_free(GC_malloc(size));
        heap = GC_get_heap_size();
        for (i = 0; i < 1000 + (size_t)check_work(19000); i++)
            GC_free(GC_malloc(size));
        EXPECT(GC_get_heap_size() <= heap + (size_t)1024 * 1024, "the heap grows, size %lu",
               (unsigned long)size);
    }
    GC_enable();
    VERDICT("freed memory is used again");
}

int main(void)
{
    GC_word before;
    size_t i;

    check_start();
    GC_INIT();
    GC_free(NULL);
    CHECK(1, "GC_free of NULL");
    churn();
    VERDICT("churn");
    for (i = 0; i < LIVE; i++)
        live[i] = NULL;
    accounts();
    reuse();
    before = GC_get_non_gc_bytes();
    for (i = 0; i < 1000; i++) {
        live[i] = (unsigned char *)GC_malloc_uncollectable(1 + i * 3);
        length[i] = GC_size(live[i]);
    }
    CHECK(GC_get_non_gc_bytes() >= before + 1000, "uncollectable bytes are counted");
    for (i = 0; i < 1000; i++)
        GC_free(live[i]);
    if (!check_is_stock) /* libgc's count drifts for objects above 2 KiB */
        CHECK(GC_get_non_gc_bytes() == before, "and taken back");
    return check_done();
}
