/* randomgraph.c - marking of a graph that fits no cache:
 * randomgraph [nodes] [collections]
 *
 * Nodes of 48 bytes in random order; every one is reachable through two tree
 * edges and has two edges to anywhere.  Only the first is a root.  Then full
 * collections, nothing else.  The marker pool is started as threaded programs
 * do; GC_MARKERS in the environment sets its size.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

struct node {
    struct node *tree[2], *any[2];
    uint64_t number, check;
};

static struct node *root; /* the only way in */

static uint64_t check_of(uint64_t number)
{
    uint64_t state = number;

    return bench_random(&state) | 1;
}

/* Uncollectable memory would be scanned: the table of all nodes must be a
 * root while the graph is built and be gone before it is measured. */
BENCH_NOINLINE static void build(size_t count)
{
    struct node **table = bench_need(GC_MALLOC_UNCOLLECTABLE(count * sizeof(struct node *)));
    uint64_t seed = 42;
    size_t i, j;

    for (i = 0; i < count; i++) {
        table[i] = bench_need(GC_MALLOC(sizeof(struct node)));
    }
    for (i = count - 1; i > 0; i--) { /* shuffle */
        struct node *t = table[i];

        j = bench_below(&seed, i + 1);
        table[i] = table[j];
        table[j] = t;
    }
    for (i = 0; i < count; i++) {
        struct node *n = table[i];

        n->number = i;
        n->check = check_of(i);
        n->tree[0] = 2 * i + 1 < count ? table[2 * i + 1] : NULL;
        n->tree[1] = 2 * i + 2 < count ? table[2 * i + 2] : NULL;
        n->any[0] = table[bench_below(&seed, count)];
        n->any[1] = table[bench_below(&seed, count)];
    }
    root = table[0];
    memset(table, 0, count * sizeof(struct node *));
    GC_FREE(table);
}

/* The tree below n, all of it; depth is logarithmic. */
static uint64_t verify(const struct node *n, uint64_t *sum)
{
    uint64_t nodes = 1;

    if (n->check != check_of(n->number))
        bench_fail("node %p (number %" PRIu64 ") is damaged", (const void *)n, n->number);
    if (n->any[0]->check != check_of(n->any[0]->number)
        || n->any[1]->check != check_of(n->any[1]->number))
        bench_fail("an edge of node %" PRIu64 " leads to a damaged node", n->number);
    *sum += n->any[0]->number ^ n->any[1]->number;
    if (n->tree[0] != NULL)
        nodes += verify(n->tree[0], sum);
    if (n->tree[1] != NULL)
        nodes += verify(n->tree[1], sum);
    return nodes;
}

int main(int argc, char **argv)
{
    size_t count;
    unsigned long i, collections;
    uint64_t sum = 0, began_ns, collecting_ns;
    char extra[64];

    bench_init("randomgraph");
    count = (size_t)bench_arg(argc, argv, 1, 3000000);
    collections = bench_arg(argc, argv, 2, 3);
    if (count < 2)
        bench_fail("at least two nodes");
    GC_start_mark_threads();
    build(count);
    began_ns = bench_now_ns();
    for (i = 0; i < collections; i++)
        GC_gcollect();
    collecting_ns = bench_now_ns() - began_ns;
    if (verify(root, &sum) != count)
        bench_fail("nodes are missing");
    snprintf(extra, sizeof extra, " collect_ms=%.1f",
             (double)collecting_ns / 1e6 / (double)(collections ? collections : 1));
    bench_done(bench_mix(count, sum), extra);
    return 0;
}
