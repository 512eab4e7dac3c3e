/* inline.c - one allocation, called and inlined: inline [thousand objects] [rounds]
 *
 * Cells of two words and nodes of six are allocated into a ring that keeps the last 4096, by GC_malloc,
 * by gc_fast.h, by the free lists of gc_inline.h, and by calloc with free. The ways take turns;
 * medians of their times are printed. LD_PRELOAD another malloc to compare with that one. Not
 * one of bench/run's rows: the stock library has no gc_fast.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

#include "gc/gc_fast.h"
#include "gc/gc_inline.h"

#define RING 4096
#define MAX_ROUNDS 99

struct cell {
    void *first, *second;
};

struct node {
    void *child[2];
    uint64_t number[4];
};

static void *volatile ring[RING];
static void *lists[GC_TINY_FREELISTS];

/* One loop per way and type: each is compiled as a program's own would be. */
#define WAY(name, type, allocate, drop)                                                     \
    static void name(unsigned long n)                                                       \
    {                                                                                       \
        unsigned long i;                                                                    \
                                                                                            \
        for (i = 0; i < n; i++) {                                                           \
            type *object;                                                                   \
                                                                                            \
            drop;                                                                           \
            allocate;                                                                       \
            if (object == NULL)                                                             \
                bench_fail("out of memory");                                                \
            *(unsigned long *)(void *)object = i;                                           \
            ring[i % RING] = object;                                                        \
        }                                                                                   \
    }

WAY(cells_called, struct cell, object = GC_MALLOC(sizeof *object), (void)0)
WAY(cells_inlined, struct cell, object = GC_FAST_NEW(struct cell), (void)0)
WAY(cells_listed, struct cell, GC_MALLOC_WORDS(object, 2, lists), (void)0)
WAY(cells_calloc, struct cell, object = calloc(1, sizeof *object), free(ring[i % RING]))
WAY(nodes_called, struct node, object = GC_MALLOC(sizeof *object), (void)0)
WAY(nodes_inlined, struct node, object = GC_FAST_NEW(struct node), (void)0)
WAY(nodes_listed, struct node, GC_MALLOC_WORDS(object, 6, lists), (void)0)
WAY(nodes_calloc, struct node, object = calloc(1, sizeof *object), free(ring[i % RING]))

static const struct way {
    const char *what;
    void (*run[2])(unsigned long n); /* cells, nodes */
} ways[] = {
    { "GC_malloc", { cells_called, nodes_called } },
    { "gc_fast.h", { cells_inlined, nodes_inlined } },
    { "gc_inline.h", { cells_listed, nodes_listed } },
    { "calloc, free", { cells_calloc, nodes_calloc } },
};
#define WAYS (sizeof ways / sizeof ways[0])

static uint64_t took_ns[WAYS][2][MAX_ROUNDS];

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static double median_ns(size_t way, size_t type, unsigned long rounds, unsigned long n)
{
    qsort(took_ns[way][type], rounds, sizeof(uint64_t), compare);
    return (double)took_ns[way][type][rounds / 2] / (double)n;
}

int main(int argc, char **argv)
{
    unsigned long n, rounds, r;
    size_t w, t, i;

    bench_init("inline");
    n = bench_arg(argc, argv, 1, 4000) * 1000;
    rounds = bench_arg(argc, argv, 2, 7);
    if (n == 0 || rounds < 1 || rounds > MAX_ROUNDS)
        bench_fail("rounds must be 1..%d", MAX_ROUNDS);
    for (r = 0; r < rounds; r++)
        for (w = 0; w < WAYS; w++)
            for (t = 0; t < 2; t++) {
                uint64_t began_ns;

                GC_gcollect();
                began_ns = bench_now_ns();
                ways[w].run[t](n);
                took_ns[w][t][r] = bench_now_ns() - began_ns;
                for (i = 0; i < RING; i++) {
                    if (ways[w].run[t] == cells_calloc || ways[w].run[t] == nodes_calloc)
                        free(ring[i]);
                    ring[i] = NULL;
                }
            }
    printf("ns per object, collections included; ratio to GC_malloc\n%-14s %15s %15s\n", "",
           "16 bytes", "48 bytes");
    for (w = 0; w < WAYS; w++) {
        double cell_ns = median_ns(w, 0, rounds, n), node_ns = median_ns(w, 1, rounds, n);

        printf("%-14s %8.2f %6.2f %8.2f %6.2f\n", ways[w].what, cell_ns,
               median_ns(0, 0, rounds, n) / cell_ns, node_ns, median_ns(0, 1, rounds, n) / node_ns);
    }
    bench_done(n * rounds, "");
    return 0;
}
