/* bintrees.c - binary trees of many depths: bintrees [depth] [threads]
 *
 * One long-lived tree while very many short-lived ones of depth 4, 6, ... are
 * built and counted; the threads share the short-lived ones evenly.
 * With BENCH_MALLOC the same program on calloc and free (bintrees-malloc), to
 * be compared with malloc libraries.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

struct node {
    struct node *left, *right;
};

#define MIN_DEPTH 4

static unsigned max_depth;

#ifdef BENCH_MALLOC
static const char program_name[] = "bintrees-malloc";

static inline struct node *new_node(void)
{
    return bench_need(calloc(1, sizeof(struct node)));
}

static void drop_tree(struct node *t)
{
    if (t->left != NULL) {
        drop_tree(t->left);
        drop_tree(t->right);
    }
    free(t);
}
#else
static const char program_name[] = "bintrees";

static inline struct node *new_node(void)
{
    return bench_need(GC_MALLOC(sizeof(struct node)));
}

static void drop_tree(struct node *t)
{
    (void)t;
}
#endif

static struct node *make_tree(unsigned depth)
{
    struct node *t = new_node();

    if (depth > 0) {
        t->left = make_tree(depth - 1);
        t->right = make_tree(depth - 1);
    }
    return t;
}

static uint64_t count_nodes(const struct node *t)
{
    if (t->left == NULL) {
        if (t->right != NULL)
            bench_fail("node %p has one child", (const void *)t);
        return 1;
    }
    return 1 + count_nodes(t->left) + count_nodes(t->right);
}

static uint64_t check_tree(const struct node *t, unsigned depth)
{
    uint64_t expected = ((uint64_t)2 << depth) - 1, nodes = count_nodes(t);

    if (nodes != expected)
        bench_fail("tree of depth %u has %" PRIu64 " nodes, not %" PRIu64, depth, nodes, expected);
    return nodes;
}

static void *worker(void *arg)
{
    struct bench_thread *self = arg;
    unsigned depth;
    uint64_t i, count;

    for (depth = MIN_DEPTH; depth <= max_depth; depth += 2) {
        count = (uint64_t)1 << (max_depth - depth + MIN_DEPTH);
        for (i = self->number; i < count; i += self->count) {
            struct node *t = make_tree(depth);

            self->work += check_tree(t, depth);
            drop_tree(t);
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct node *stretch, *kept;
    unsigned threads;
    uint64_t work;

    bench_init(program_name);
    max_depth = (unsigned)bench_arg(argc, argv, 1, 18);
    threads = (unsigned)bench_arg(argc, argv, 2, 1);
    if (max_depth < MIN_DEPTH + 2 || max_depth > 28)
        bench_fail("depth must be 6..28");

    stretch = make_tree(max_depth + 1);
    work = check_tree(stretch, max_depth + 1);
    drop_tree(stretch);
    stretch = NULL;

    kept = make_tree(max_depth);
    work += bench_run_threads(threads, worker);
    work += check_tree(kept, max_depth);
    drop_tree(kept);
    bench_done(work, "");
    return 0;
}
