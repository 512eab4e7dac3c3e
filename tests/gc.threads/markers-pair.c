/* markers-pair.c - two markers share the marking of many objects, before and after incremental mode */
/* threads: required */
/* variants: plain verify nomarkers markers4 */
/* only: tidemark */
/* timeout: 120 */
#include "threads.h"

#define NODES (check_work_percent < 10 ? 100000u : 300000u)
#define EDGES 3
#define FRESH 20000u /* nodes that are new in each phase */
#define MOST  (NODES + 3 * FRESH)
#define WATCHED 1000

struct node {
    struct node *edge[EDGES];
    uint64_t number, check;
};

static struct node **nodes;
static unsigned count;
static void *weak[WATCHED];

static struct node *new_node(void)
{
    struct node *p = (struct node *)GC_malloc(sizeof *p);

    p->number = count++;
    p->check = ~p->number * 31;
    return p;
}

static void make(check_rng *r)
{
    unsigned i, k;

    nodes = (struct node **)GC_malloc(NODES * sizeof *nodes);
    for (i = 0; i < NODES; i++)
        GC_PTR_STORE_AND_DIRTY(&nodes[i], new_node());
    for (i = 0; i < NODES; i++)
        for (k = 0; k < EDGES; k++)
            GC_PTR_STORE_AND_DIRTY(&nodes[i]->edge[k], nodes[check_below(r, NODES)]);
}

/* New nodes, which old ones alone lead to, along the way from the first. */
static void insert(check_rng *r)
{
    struct node *at = nodes[0];
    unsigned i;

    for (i = 0; i < FRESH; i++) {
        struct node *p = new_node();
        unsigned k = check_below(r, EDGES);

        memcpy(p->edge, at->edge, sizeof p->edge);
        GC_END_STUBBORN_CHANGE(p);
        GC_PTR_STORE_AND_DIRTY(&at->edge[k], p);
        at = p->edge[check_below(r, EDGES)];
    }
}

/* All nodes but the first are held by edges only: what is counted was marked. */
static unsigned long count_reachable(void)
{
    unsigned char *seen = (unsigned char *)GC_malloc_atomic(MOST);
    struct node **stack = (struct node **)GC_malloc(MOST * sizeof *stack);
    unsigned long n = 0, top = 0;
    unsigned k;

    memset(seen, 0, MOST);
    GC_PTR_STORE_AND_DIRTY(&stack[top++], nodes[0]);
    seen[0] = 1;
    while (top > 0) {
        struct node *p = stack[--top];

        EXPECT(p->number < count && p->check == ~p->number * 31, "the node at %p is damaged", (void *)p);
        n++;
        for (k = 0; k < EDGES; k++)
            if (!seen[p->edge[k]->number]) {
                seen[p->edge[k]->number] = 1;
                GC_PTR_STORE_AND_DIRTY(&stack[top++], p->edge[k]);
            }
    }
    return n;
}

CHECK_NOINLINE static void watch(void)
{
    unsigned i;

    for (i = 0; i < WATCHED; i++) {
        void *p = GC_malloc(sizeof(struct node));

        weak[i] = (void *)GC_HIDE_POINTER(p);
        GC_general_register_disappearing_link(&weak[i], p);
    }
}

static unsigned cleared(void)
{
    unsigned i, n = 0;

    for (i = 0; i < WATCHED; i++)
        n += weak[i] == NULL;
    return n;
}

static void collect_some(check_rng *r, const char *when)
{
    unsigned long n;
    unsigned i;

    insert(r);
    n = count_reachable();
    for (i = 0; i < 20; i++) { /* with helpers and without, whichever is faster */
        watch();
        GC_gcollect();
        EXPECT(cleared() > WATCHED * 9 / 10, "%s: only %u of %u dropped objects were found", when,
               cleared(), WATCHED);
        if (i % 5 == 4)
            EXPECT(count_reachable() == n, "%s: the graph has changed", when);
    }
    VERDICT(when);
}

int main(void)
{
    check_rng r;

    check_start();
    check_rng_seed(&r, 2026);
    make(&r);
    memset(nodes + 1, 0, (NODES - 1) * sizeof *nodes);
    collect_some(&r, "two markers");
    GC_enable_incremental();
    collect_some(&r, "in incremental mode");
    GC_disable_incremental();
    collect_some(&r, "after incremental mode");
    return check_done();
}
