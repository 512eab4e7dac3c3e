/* bigheap.c - a large live heap under threads that store at random:
 *             bigheap [MB] [threads] [rounds]
 *
 * Nodes of six words, each with a small object of its own in every word.  A thread owns a part of
 * the nodes; three of four operations put a new object in place of one, the others exchange two
 * objects of different nodes.  A round has as many operations as there are objects.  The latency of
 * every operation is taken by the clock: what the collector says of itself is printed beside it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

#define WORDS 6

struct leaf {
    uint64_t node, check; /* check: node number, mixed with the thread's */
    struct leaf *self;
    uint64_t rest[3];
};

struct node {
    struct leaf *word[WORDS];
    uint64_t number, unused;
};

static struct node **nodes;
static size_t node_count, rounds;
static struct bench_times latency[BENCH_MAX_THREADS];

static BENCH_NOINLINE struct leaf *make_leaf(uint64_t number)
{
    struct leaf *l = bench_need(GC_MALLOC(sizeof(struct leaf)));

    l->node = number;
    l->check = number * 3 + 1;
    l->self = l;
    return l;
}

static void check_leaf(const struct leaf *l)
{
    if (l->self != l || l->check != l->node * 3 + 1 || l->node >= node_count)
        bench_fail("object %p is damaged", (const void *)l);
}

static void operate(uint64_t *seed, size_t first, size_t count)
{
    size_t a = first + bench_below(seed, count), b = first + bench_below(seed, count);
    unsigned i = (unsigned)bench_below(seed, WORDS);
    struct leaf *x = nodes[a]->word[i], *y;

    check_leaf(x);
    if (a & 3) {
        GC_PTR_STORE_AND_DIRTY(&nodes[a]->word[i], make_leaf(x->node));
    } else {
        y = nodes[b]->word[i];
        GC_PTR_STORE_AND_DIRTY(&nodes[b]->word[i], x);
        GC_PTR_STORE_AND_DIRTY(&nodes[a]->word[i], y);
    }
}

static void *mutate(void *arg)
{
    struct bench_thread *t = arg;
    struct bench_times *times = &latency[t->number];
    size_t count = node_count / t->count, first = t->number * count, i, n;
    uint64_t seed = 100 + t->number, before, now = bench_now_ns();

    n = count * WORDS * rounds;
    for (i = 0; i < n; i++) {
        before = now;
        operate(&seed, first, count);
        now = bench_now_ns();
        bench_times_add(times, now - before);
    }
    t->work = seed;
    return NULL;
}

int main(int argc, char **argv)
{
    uint64_t work;
    unsigned threads, t;
    size_t i, k;
    char text[1000], pauses[500], operations[500];

    bench_init("bigheap");
    node_count = bench_arg(argc, argv, 1, 250) * 1048576
                 / (sizeof(struct node) + WORDS * sizeof(struct leaf));
    threads = (unsigned)bench_arg(argc, argv, 2, 4);
    rounds = bench_arg(argc, argv, 3, 4);
    nodes = bench_need(GC_MALLOC_IGNORE_OFF_PAGE(node_count * sizeof *nodes));
    for (i = 0; i < node_count; i++) {
        struct node *n = bench_need(GC_MALLOC(sizeof(struct node)));

        n->number = i;
        for (k = 0; k < WORDS; k++)
            n->word[k] = make_leaf(i);
        GC_END_STUBBORN_CHANGE(n);
        GC_PTR_STORE_AND_DIRTY(&nodes[i], n);
    }
    bench_pauses_forget(); /* those of building */
    work = bench_run_threads(threads, mutate);
    for (t = 1; t < threads; t++)
        bench_times_merge(&latency[0], &latency[t]);
    bench_times_print(&bench_pause_times, "stop", pauses, sizeof pauses);
    bench_times_print(&latency[0], "op", operations, sizeof operations);
    snprintf(text, sizeof text, "%s%s", pauses, operations);
    for (i = 0; i < node_count; i++) {
        if (nodes[i]->number != i)
            bench_fail("node %p is damaged", (void *)nodes[i]);
        for (k = 0; k < WORDS; k++) {
            check_leaf(nodes[i]->word[k]);
            work = bench_mix(work, nodes[i]->word[k]->node);
        }
    }
    bench_done(work, text);
    return 0;
}
