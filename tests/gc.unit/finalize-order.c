/* finalize-order.c - the four orders of finalization on chains, trees, cycles and self-pointers */
/* variants: plain verify stress incremental */
#include "check.h"

#define CHAINS 60
#define LENGTH 5

struct node {
    struct node *next;
    struct node *self;
    long chain, place;
    long check;
    long build; /* which build() made it */
};

typedef void (*register_fn)(void *, GC_finalization_proc, void *, GC_finalization_proc *, void **);

/* Order of runs per chain: ran[chain][i] is the place of the i-th finalizer. */
static int ran[CHAINS][LENGTH], n_ran[CHAINS];
static int damaged;
static long builds;

static void GC_CALLBACK note_run(void *obj, void *client)
{
    struct node *p = (struct node *)obj;
    long c = p->chain;

    if (p->build != builds)
        return; /* something kept it from an earlier build until now */
    if (p->check != p->chain * 1000 + p->place || client != (void *)&ran[c] || n_ran[c] >= LENGTH)
        damaged++;
    else
        ran[c][n_ran[c]++] = (int)p->place;
}

/* Places 0 .. LENGTH-1, each pointing at the next; the last points back to the
 * first when a cycle is asked for. */
CHECK_NOINLINE static void chain(long c, register_fn reg, int cycle, int self)
{
    struct node *first = NULL, *prev = NULL;
    long i;

    for (i = 0; i < LENGTH; i++) {
        struct node *p = (struct node *)GC_malloc(sizeof *p);

        p->chain = c;
        p->place = i;
        p->check = c * 1000 + i;
        p->build = builds;
        if (self)
            p->self = p;
        if (prev != NULL)
            GC_PTR_STORE_AND_DIRTY(&prev->next, p);
        else
            first = p;
        reg(p, note_run, &ran[c], NULL, NULL);
        prev = p;
    }
    if (cycle)
        GC_PTR_STORE_AND_DIRTY(&prev->next, first);
}

static void build(register_fn reg, int cycle, int self)
{
    long c;

    memset(ran, -1, sizeof ran);
    memset(n_ran, 0, sizeof n_ran);
    damaged = 0;
    builds++;
    for (c = 0; c < CHAINS; c++)
        chain(c, reg, cycle, self);
}

static int count_ran(void)
{
    int c, n = 0;

    for (c = 0; c < CHAINS; c++)
        n += n_ran[c];
    return n;
}

static void cycles(int n)
{
    while (n-- > 0) {
        check_collect(1);
        (void)GC_invoke_finalizers();
    }
}

static void in_order(const char *name)
{
    int c, i;

    for (c = 0; c < CHAINS; c++)
        for (i = 0; i < n_ran[c]; i++)
            EXPECT(ran[c][i] == i, "chain %d: finalizer %d ran for place %d", c, i, ran[c][i]);
    EXPECT(damaged == 0, "finalizers saw damaged objects");
    VERDICT(name);
}

static void once_each(const char *name)
{
    int c, i, seen;

    for (c = 0; c < CHAINS; c++) {
        for (seen = 0, i = 0; i < n_ran[c]; i++)
            seen |= 1 << ran[c][i];
        EXPECT(n_ran[c] != LENGTH || seen == (1 << LENGTH) - 1, "a finalizer ran twice");
    }
    EXPECT(damaged == 0, "finalizers saw damaged objects");
    VERDICT(name);
}

#define MOST (CHAINS * LENGTH * 9 / 10)

/* An object for when nothing reaches it any more, held by one that is finalized
 * without regard to order: the holder goes first all the same. */
static int holder_ran[CHAINS], held_ran[CHAINS], held_early;

static void GC_CALLBACK holder_run(void *obj, void *client)
{
    (void)client;
    holder_ran[((struct node *)obj)->chain]++;
}

static void GC_CALLBACK held_run(void *obj, void *client)
{
    long c = ((struct node *)obj)->chain;

    (void)client;
    held_early += holder_ran[c] == 0;
    held_ran[c]++;
}

CHECK_NOINLINE static void build_held(void)
{
    long c;

    for (c = 0; c < CHAINS; c++) {
        struct node *a = (struct node *)GC_malloc(sizeof *a);
        struct node *b = (struct node *)GC_malloc(sizeof *b);

        a->chain = b->chain = c;
        GC_PTR_STORE_AND_DIRTY(&a->next, b);
        GC_register_finalizer_no_order(a, holder_run, NULL, NULL, NULL);
        GC_register_finalizer_unreachable(b, held_run, NULL, NULL, NULL);
    }
}

static void held_by_unordered(void)
{
    int c, n = 0;

    build_held();
    cycles(5);
    for (c = 0; c < CHAINS; c++) {
        n += held_ran[c];
        EXPECT(held_ran[c] <= 1 && holder_ran[c] <= 1, "a finalizer ran twice");
    }
    VERDICT("unreachable: once each");
    CHECK(n >= CHAINS * 9 / 10, "unreachable: held objects are finalized");
    CHECK(held_early == 0, "unreachable: not before their unordered holders");
}

/* Cycles that are never finalized may be warned of. */
int main(void)
{
    check_start();
    GC_INIT();
    GC_set_warn_proc(GC_ignore_warn_proc);

    build(GC_register_finalizer, 0, 0);
    cycles(1);
    /* Only the heads of the chains: what they reach waits. */
    CHECK(count_ran() <= CHAINS, "ordered: one per chain and cycle");
    cycles(LENGTH + 2);
    CHECK(count_ran() >= MOST, "ordered: all run in time");
    in_order("ordered: holders before what they hold");

    build(GC_register_finalizer, 1, 0);
    cycles(4);
    CHECK(count_ran() == 0, "ordered: cycles are never finalized");

    build(GC_register_finalizer, 0, 1);
    cycles(4);
    CHECK(count_ran() == 0, "ordered: a self-pointer is a cycle");

    build(GC_register_finalizer_ignore_self, 0, 1);
    cycles(LENGTH + 3);
    CHECK(count_ran() >= MOST, "ignore_self: self-pointers do not count");
    in_order("ignore_self: order is kept");

    build(GC_register_finalizer_no_order, 1, 1);
    cycles(3);
    CHECK(count_ran() >= MOST, "no_order: cycles are finalized at once");
    once_each("no_order: once each");

    build(GC_register_finalizer_unreachable, 0, 0);
    cycles(LENGTH + 3);
    CHECK(count_ran() >= MOST, "unreachable: chains are finalized");
    in_order("unreachable: holders before what they hold");
    held_by_unordered();
    return check_done();
}
