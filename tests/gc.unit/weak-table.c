/* weak-table.c - tables of weak references do not outgrow what is alive */
/* variants: plain */
#include "check.h"

#define PLACES (1u << 17)
#define ALIVE  5000u

static GC_word places[PLACES]; /* 0: free, or cleared */
static void *alive[ALIVE];

struct node {
    struct node *left, *right;
};

static struct node *tree(int depth)
{
    struct node *n = GC_NEW(struct node);

    if (depth > 0) {
        n->left = tree(depth - 1);
        n->right = tree(depth - 1);
    }
    return n;
}

static unsigned in_use(void)
{
    unsigned i, n = 0;

    for (i = 0; i < PLACES; i++)
        n += places[i] != 0;
    return n;
}

static void intern(unsigned n, unsigned *most)
{
    static unsigned at;
    unsigned i, now;

    for (i = 0; i < n; i++) {
        void *p = GC_MALLOC_ATOMIC(96);
        unsigned tries = PLACES;

        alive[i % ALIVE] = p;
        while (places[at] != 0 && tries-- > 0)
            at = (at + 1) % PLACES;
        EXPECT(places[at] == 0, "%u references at a time", PLACES);
        places[at] = GC_HIDE_POINTER(p);
        EXPECT(GC_general_register_disappearing_link((void **)&places[at], p) == GC_SUCCESS,
               "place %u cannot be registered", at);
        if (i % 512 == 0) {
            now = in_use();
            *most = now > *most ? now : *most;
        }
    }
}

/* Objects are referred to weakly and live for a while. So much else is alive that the heap would have room for
   many more that are dead. */
static void intern_many(void)
{
    struct node *volatile other = tree(17);
    unsigned most = 0;

    intern(4 * ALIVE, &most);
    GC_gcollect(); /* it sees that most of them die */
    most = 0;
    intern((unsigned)check_work(200000), &most);
    EXPECT(other != NULL, "the tree is gone");
    EXPECT(most <= 7 * ALIVE, "%u references at a time", most);
    VERDICT("weak references to dead objects do not pile up");
}

int main(void)
{
    check_start();
    GC_INIT();
    intern_many();
    return check_done();
}
