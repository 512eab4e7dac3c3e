/* gcbench.c - long-lived data under a stream of short-lived trees.
 *
 * The idea of the well-known GCBench: stretch the heap with one big tree, keep
 * a tree and a big array of numbers alive, then allocate the same number of
 * bytes again and again as trees of growing depth, built downwards (parents
 * first) and upwards (children first).        gcbench [stretch depth]
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

struct node {
    struct node *left, *right;
    int32_t depth, tag;
};

#define MIN_DEPTH 4
#define ARRAY_LENGTH 500000

static uint64_t tree_size(unsigned depth)
{
    return ((uint64_t)2 << depth) - 1;
}

static struct node *new_node(unsigned depth, int32_t tag)
{
    struct node *n = bench_need(GC_MALLOC(sizeof(struct node)));

    n->depth = (int32_t)depth;
    n->tag = tag;
    return n;
}

/* Parents first: every step stores a new object into an old one. */
static void grow_downwards(struct node *n, unsigned depth)
{
    if (depth == 0)
        return;
    n->left = new_node(depth - 1, n->tag + 1);
    n->right = new_node(depth - 1, n->tag + 2);
    grow_downwards(n->left, depth - 1);
    grow_downwards(n->right, depth - 1);
}

/* Children first: new objects point to older ones only. */
static struct node *build_upwards(unsigned depth, int32_t tag)
{
    struct node *left, *right, *n;

    if (depth == 0)
        return new_node(0, tag);
    left = build_upwards(depth - 1, tag + 1);
    right = build_upwards(depth - 1, tag + 2);
    n = new_node(depth, tag);
    n->left = left;
    n->right = right;
    return n;
}

static uint64_t check(const struct node *n, unsigned depth, int32_t tag)
{
    if (n->depth != (int32_t)depth || n->tag != tag)
        bench_fail("node %p damaged: depth %d tag %d, not %u %d", (const void *)n, n->depth, n->tag,
                   depth, tag);
    if (depth == 0)
        return 1;
    return 1 + check(n->left, depth - 1, tag + 1) + check(n->right, depth - 1, tag + 2);
}

static uint64_t check_whole(const struct node *n, unsigned depth, int32_t tag)
{
    uint64_t nodes = check(n, depth, tag);

    if (nodes != tree_size(depth))
        bench_fail("tree of depth %u has %" PRIu64 " nodes", depth, nodes);
    return nodes;
}

int main(int argc, char **argv)
{
    unsigned stretch_depth, kept_depth, depth;
    struct node *kept, *t;
    double *numbers;
    uint64_t i, rounds, work;

    bench_init("gcbench");
    stretch_depth = (unsigned)bench_arg(argc, argv, 1, 20);
    if (stretch_depth < 8 || stretch_depth > 26)
        bench_fail("depth must be 8..26");
    kept_depth = stretch_depth - 2;

    t = build_upwards(stretch_depth, 7);
    work = check_whole(t, stretch_depth, 7);
    t = NULL;

    kept = new_node(kept_depth, 1);
    grow_downwards(kept, kept_depth);
    numbers = bench_need(GC_MALLOC_ATOMIC(ARRAY_LENGTH * sizeof(double)));
    for (i = 0; i < ARRAY_LENGTH; i++)
        numbers[i] = 1.0 / (double)(i + 1);

    for (depth = MIN_DEPTH; depth <= kept_depth; depth += 2) {
        rounds = 2 * tree_size(stretch_depth) / tree_size(depth);
        for (i = 0; i < rounds; i++) {
            t = new_node(depth, (int32_t)(i & 0xFFFF));
            grow_downwards(t, depth);
            work += check_whole(t, depth, (int32_t)(i & 0xFFFF));
            t = build_upwards(depth, (int32_t)(i & 0xFFFF));
            work += check_whole(t, depth, (int32_t)(i & 0xFFFF));
        }
    }

    work += check_whole(kept, kept_depth, 1);
    for (i = 0; i < ARRAY_LENGTH; i++)
        if (numbers[i] < 1.0 / (double)(i + 1) || numbers[i] > 1.0 / (double)(i + 1))
            bench_fail("number %" PRIu64 " damaged", i);
    bench_done(work, "");
    return 0;
}
