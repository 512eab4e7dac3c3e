/* incremental.c - incremental collection is accepted, bounded steps make progress, nothing is lost */
/* variants: plain verify stress */
#include "check.h"

struct node {
    struct node *left, *right;
    long value;
};

static struct node *tree;
static struct node *volatile swap[1000];

CHECK_NOINLINE static struct node *grow(int depth, long value)
{
    struct node *p = (struct node *)GC_malloc(sizeof *p);

    p->value = value;
    if (depth > 0) {
        GC_PTR_STORE_AND_DIRTY(&p->left, grow(depth - 1, value * 2));
        GC_PTR_STORE_AND_DIRTY(&p->right, grow(depth - 1, value * 2 + 1));
    }
    return p;
}

static int whole(const struct node *p, int depth, long value)
{
    if (p == NULL || p->value != value)
        return 0;
    if (depth == 0)
        return p->left == NULL && p->right == NULL;
    return whole(p->left, depth - 1, value * 2) && whole(p->right, depth - 1, value * 2 + 1);
}

/* Moves subtrees about while a collection is under way: between old objects,
 * and through static words and new objects. */
CHECK_NOINLINE static void shuffle(check_rng *r, long steps)
{
    long i;

    for (i = 0; i < steps; i++) {
        struct node *p = tree, *fresh, *t;
        int d = (int)check_below(r, 10);

        while (d-- > 0 && p->left != NULL)
            p = check_below(r, 2) ? p->left : p->right;
        if (p->left == NULL)
            continue;
        fresh = (struct node *)GC_malloc(sizeof *fresh);
        fresh->value = p->left->value;
        fresh->left = p->left->left;
        fresh->right = p->left->right;
        GC_END_STUBBORN_CHANGE(fresh);
        t = p->left;
        GC_PTR_STORE_AND_DIRTY(&p->left, fresh);
        t->left = t->right = NULL; /* only the new one holds them now */
        swap[check_below(r, 1000)] = t;
        if (i % 64 == 0)
            (void)GC_collect_a_little();
    }
}

int main(void)
{
    check_rng r;
    int i, depth = 15;
    long steps;

    check_start();
    check_default_mode();
    GC_set_time_limit(5);
    GC_INIT();
    CHECK(!GC_is_incremental_mode(), "not incremental at first");
    GC_enable_incremental();
    check_note("incremental mode %d, protection needs %d", GC_is_incremental_mode(),
               GC_incremental_protection_needs());
    CHECK((GC_incremental_protection_needs() & ~15) == 0, "protection needs are flags");
    check_rng_seed(&r, 8);
    tree = grow(depth, 1);
    steps = check_work(400000);
    for (i = 0; i < 10; i++) {
        GC_start_incremental_collection();
        shuffle(&r, steps / 10);
        EXPECT(whole(tree, depth, 1), "the tree is damaged");
    }
    VERDICT("a tree that changes during collections");
    for (i = 0; i < 1000000 && GC_collect_a_little(); i++) {
    }
    CHECK(i < 1000000, "small steps come to an end");
    GC_gcollect();
    CHECK(whole(tree, depth, 1), "a full collection in incremental mode");
    GC_set_full_freq(1);
    shuffle(&r, steps / 10);
    CHECK(whole(tree, depth, 1), "full collections often");
    GC_set_time_limit(GC_TIME_UNLIMITED);
    shuffle(&r, steps / 10);
    CHECK(whole(tree, depth, 1), "no time limit");
    GC_disable();
    shuffle(&r, 1000);
    GC_enable();
    CHECK(whole(tree, depth, 1), "disabled and enabled");
    return check_done();
}
