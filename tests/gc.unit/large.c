/* large.c - large objects: cleared, kept, given back, not piled up */
/* variants: plain verify stress incremental unmap */
#include "check.h"

#define MB ((size_t)1 << 20)
#define KEEP 6

static unsigned char *keep[KEEP];
static size_t length[KEEP];

static void rotate(void)
{
    check_rng r;
    long i, n = check_work(600);

    check_rng_seed(&r, 11);
    for (i = 0; i < n; i++) {
        unsigned k = check_below(&r, KEEP);
        size_t size = 20000 + check_below(&r, i % 50 == 0 ? 12 * MB : MB);
        unsigned char *p = (unsigned char *)(i & 1 ? GC_malloc_ignore_off_page(size)
                                                   : GC_malloc(size));

        if (p == NULL) {
            EXPECT(0, "NULL for %lu bytes", (unsigned long)size);
            continue;
        }
        EXPECT(check_all_bytes(p, size, 0), "%lu bytes not cleared", (unsigned long)size);
        EXPECT(keep[k] == NULL || check_all_bytes(keep[k], length[k], (int)k + 1),
               "a kept object was overwritten");
        memset(p, (int)k + 1, size);
        keep[k] = p;
        length[k] = size;
    }
}

/* Dropping each object at once must not need memory for many of them. */
CHECK_NOINLINE static void one_at_a_time(void)
{
    volatile char *p;
    /* In a small address space words of text and code point to larger ones. */
    size_t i, size = sizeof(void *) < 8 ? 2 * MB : 16 * MB, before;

    GC_gcollect();
    before = GC_get_heap_size();
    for (i = 0; i < 64; i++) {
        p = (volatile char *)GC_malloc_atomic(size);
        p[0] = p[size - 1] = 1;
        p = NULL;
        check_wipe_stack();
    }
    check_note("heap grew from %lu to %lu", (unsigned long)before,
               (unsigned long)GC_get_heap_size());
    CHECK(GC_get_heap_size() < before + 20 * size, "dropped large objects are reused");
}

/* A large pointerful array whose far end keeps the only pointers. */
static void **table;

static void far_pointers(void)
{
    size_t n = 4 * MB / sizeof(void *), i;

    table = (void **)GC_malloc(n * sizeof *table);
    for (i = 0; i < n; i += 1021) {
        size_t *p = (size_t *)GC_malloc_atomic(sizeof *p);

        *p = i;
        GC_PTR_STORE_AND_DIRTY(&table[i], p);
    }
    check_collect(2);
    for (i = 0; i < 20000; i++)
        *(size_t *)GC_malloc_atomic(sizeof(size_t)) = ~(size_t)0;
    for (i = 0; i < n; i += 1021)
        EXPECT(*(size_t *)table[i] == i, "element %lu lost", (unsigned long)i);
    VERDICT("pointers all over a large object");
    table = NULL;
}

int main(void)
{
    check_start();
    GC_INIT();
    rotate();
    VERDICT("large objects come and go");
    memset(keep, 0, sizeof keep);
    one_at_a_time();
    far_pointers();
    return check_done();
}
