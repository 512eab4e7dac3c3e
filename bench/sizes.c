/* sizes.c - what one object costs by its size: sizes [kind] [megabytes]
 *
 * For sizes from 16 bytes to 64 KiB, four to each doubling, objects of kind 0 (pointer-free) or 1
 * (cleared, scanned) are allocated into a ring of about 2 MB, so that collections belong to
 * the cost, and then as many as make up 16 MB are kept: what the heap holds more than they asked for
 * is lost. One line each: "@size bytes=... ns=... lost=...". Under callgrind there is also a dump per
 * size, labelled with it, of allocations with collections switched off. Tables and pictures: sweep.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"
#include "counting.h"

#define RING_BYTES ((size_t)2 << 20)
#define KEPT_BYTES ((size_t)16 << 20)
#define COUNTED_BYTES ((size_t)1 << 20)
#define LEAST_OBJECTS 500
#define PAGE_BYTES 4096

static void **ring;
static unsigned long kind;

static char *new_object(size_t bytes)
{
    return bench_need(kind == 0 ? GC_MALLOC_ATOMIC(bytes) : GC_MALLOC(bytes));
}

/* Every page and the last byte: an untouched page costs nothing. */
static void touch(char *object, size_t bytes)
{
    size_t i;

    for (i = 0; i < bytes; i += PAGE_BYTES)
        object[i] = 1;
    object[bytes - 1] = 1;
}

static double time_ns(size_t bytes, size_t total_bytes)
{
    size_t n = total_bytes / bytes, in_ring = RING_BYTES / bytes, i;
    uint64_t began_ns;

    if (n < LEAST_OBJECTS)
        n = LEAST_OBJECTS;
    began_ns = bench_now_ns();
    for (i = 0; i < n; i++) {
        char *object = new_object(bytes);

        touch(object, bytes);
        ring[i % in_ring] = object;
    }
    began_ns = bench_now_ns() - began_ns;
    memset(ring, 0, in_ring * sizeof *ring);
    return (double)began_ns / (double)n;
}

static size_t used_bytes(void)
{
    GC_gcollect();
    return GC_get_heap_size() - GC_get_free_bytes();
}

static double lost_bytes(size_t bytes)
{
    size_t n = KEPT_BYTES / bytes, i, before;
    void **kept = bench_need(GC_MALLOC_IGNORE_OFF_PAGE(n * sizeof *kept));
    double lost;

    before = used_bytes();
    for (i = 0; i < n; i++)
        kept[i] = new_object(bytes);
    lost = ((double)used_bytes() - (double)before) / (double)n - (double)bytes;
    for (i = 0; i < n; i++)
        if (kept[i] == NULL || GC_size(kept[i]) < bytes)
            bench_fail("object %zu of %zu bytes is lost", i, bytes);
    GC_FREE(kept);
    GC_gcollect();
    return lost;
}

static void count(size_t bytes)
{
    size_t n = COUNTED_BYTES / bytes, i;
    char label[32];

    GC_gcollect();
    GC_disable();
    COUNT_BEGIN();
    for (i = 0; i < n; i++)
        ring[0] = new_object(bytes);
    snprintf(label, sizeof label, "%zu", bytes);
    COUNT_END(label);
    GC_enable();
    printf("@count %zu %zu\n", bytes, n);
}

static void one_size(size_t bytes, size_t total_bytes)
{
    if (COUNT_RUNNING()) {
        count(bytes);
        return;
    }
    printf("@size bytes=%zu ns=%.2f lost=%.2f\n", bytes, time_ns(bytes, total_bytes),
           lost_bytes(bytes));
}

int main(int argc, char **argv)
{
    size_t total_bytes, doubling, quarter, bytes, done = 0;

    bench_init("sizes");
    kind = bench_arg(argc, argv, 1, 1);
    total_bytes = (size_t)bench_arg(argc, argv, 2, 64) << 20;
    if (kind > 1)
        bench_fail("kind must be 0 or 1");
    ring = bench_need(GC_MALLOC(RING_BYTES / 16 * sizeof *ring));
    for (doubling = 16; doubling <= 65536; doubling *= 2)
        for (quarter = 0; quarter < 4 && doubling + quarter * doubling / 4 <= 65536; quarter++) {
            bytes = doubling + quarter * doubling / 4;
            one_size(bytes, total_bytes);
            done++;
        }
    bench_done(done, "");
    return 0;
}
