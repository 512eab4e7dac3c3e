/* links.c - disappearing links, short and long: cleared, kept, moved, unregistered */
/* variants: plain verify stress incremental */
#include "check.h"

#define MANY 200

static void *strong[MANY]; /* static: roots */
static void *shorts[MANY], *longs[MANY];
static int finalized;
static void *saved[MANY];

static void GC_CALLBACK resurrect(void *obj, void *client)
{
    finalized++;
    saved[(size_t)client] = obj;
}

/* fin: with a finalizer that resurrects. */
CHECK_NOINLINE static void build(int keep, int fin)
{
    size_t i;

    for (i = 0; i < MANY; i++) {
        void *p = GC_malloc(48);

        shorts[i] = (void *)check_hide(p);
        longs[i] = (void *)check_hide(p);
        EXPECT(GC_general_register_disappearing_link(&shorts[i], p) == GC_SUCCESS, "register");
        EXPECT(GC_register_long_link(&longs[i], p) == GC_SUCCESS, "register long");
        EXPECT(GC_general_register_disappearing_link(&shorts[i], p) == GC_DUPLICATE, "twice");
        EXPECT(GC_register_long_link(&longs[i], p) == GC_DUPLICATE, "long twice");
        if (keep)
            strong[i] = p;
        if (fin)
            GC_register_finalizer(p, resurrect, (void *)i, NULL, NULL);
    }
    VERDICT(keep ? "registering, kept" : fin ? "registering, finalized" : "registering");
}

static int left(void **link)
{
    int i, n = 0;

    for (i = 0; i < MANY; i++)
        n += link[i] != NULL;
    return n;
}

static int forget(void)
{
    int i, n = 0;

    for (i = 0; i < MANY; i++) {
        n += GC_unregister_disappearing_link(&shorts[i]) != 0;
        n += GC_unregister_long_link(&longs[i]) != 0;
        shorts[i] = longs[i] = NULL;
    }
    return n;
}

/* A link inside the object that dies with another, and one in a third object. */
struct holder {
    void *weak; /* hidden */
    struct holder *next;
};
static struct holder *holders;

CHECK_NOINLINE static void in_heap(void)
{
    int i, cleared = 0;
    struct holder *h;

    for (i = 0; i < MANY; i++) {
        void *p = GC_malloc(64);

        h = (struct holder *)GC_malloc_atomic(sizeof *h);
        h->weak = p; /* in pointer-free memory: need not be hidden */
        h->next = NULL;
        EXPECT(GC_general_register_disappearing_link(&h->weak, p) == GC_SUCCESS, "register");
        strong[i] = h;
        h = (struct holder *)GC_malloc(sizeof *h);
        h->weak = (void *)check_hide(p);
        EXPECT(GC_general_register_disappearing_link(&h->weak, p) == GC_SUCCESS, "register");
        h->next = holders;
        GC_END_STUBBORN_CHANGE(h);
        if (i % 2)
            holders = h; /* the others die with their links */
    }
    check_collect(3);
    for (i = 0; i < MANY; i++)
        cleared += ((struct holder *)strong[i])->weak == NULL;
    for (h = holders; h != NULL; h = h->next)
        cleared += h->weak == NULL;
    EXPECT(cleared >= (MANY + MANY / 2) * 9 / 10, "only %d of %d cleared", cleared,
           MANY + MANY / 2);
    VERDICT("links inside collected objects");
    holders = NULL;
    memset(strong, 0, sizeof strong);
}

/* GC_register_disappearing_link: the link is part of the object it is for. */
CHECK_NOINLINE static void inside(void)
{
    int i;

    for (i = 0; i < MANY; i++) {
        void **p = (void **)GC_malloc(32);

        p[1] = p;
        EXPECT(GC_register_disappearing_link(&p[1]) == GC_SUCCESS, "register");
        GC_END_STUBBORN_CHANGE(p);
        strong[i] = p;
    }
    check_collect(2);
    for (i = 0; i < MANY; i++)
        EXPECT(((void **)strong[i])[1] == strong[i], "cleared though the object lives");
    VERDICT("links to the object they are in");
    memset(strong, 0, sizeof strong);
}

static void move(void)
{
    static void *to_short[MANY], *to_long[MANY];
    int i;

    build(1, 0);
    for (i = 0; i < MANY; i++) {
        to_short[i] = shorts[i];
        to_long[i] = longs[i];
        EXPECT(GC_move_disappearing_link(&shorts[i], &to_short[i]) == GC_SUCCESS, "move");
        EXPECT(GC_move_long_link(&longs[i], &to_long[i]) == GC_SUCCESS, "move long");
        EXPECT(GC_move_disappearing_link(&shorts[i], &to_long[i]) == GC_NOT_FOUND,
               "move what is gone");
        EXPECT(GC_move_disappearing_link(&to_short[i], &to_short[i]) == GC_SUCCESS,
               "move to itself");
    }
    if (MANY > 1)
        EXPECT(GC_move_disappearing_link(&to_short[0], &to_short[1]) == GC_DUPLICATE,
               "move onto another");
    memset(strong, 0, sizeof strong);
    check_collect(2);
    CHECK(left(to_short) <= MANY / 10 && left(to_long) <= MANY / 10, "moved links are cleared");
    CHECK(left(shorts) == MANY && left(longs) == MANY, "the places they left are not");
    for (i = 0; i < MANY; i++) {
        (void)GC_unregister_disappearing_link(&to_short[i]);
        (void)GC_unregister_long_link(&to_long[i]);
    }
    VERDICT("moving");
    CHECK(forget() == 0, "nothing is registered at the old places");
}

int main(void)
{
    check_start();
    GC_INIT();

    build(1, 0);
    check_collect(3);
    CHECK(left(shorts) == MANY && left(longs) == MANY, "links to live objects stay");
    memset(strong, 0, sizeof strong);
    check_collect(2);
    CHECK(left(shorts) <= MANY / 10 && left(longs) <= MANY / 10, "links to dead objects go");
    (void)forget();

    build(0, 1);
    check_collect(1);
    CHECK(left(shorts) <= MANY / 10, "a short link goes before the finalizer");
    CHECK(left(longs) == MANY, "a long link stays until the object is gone");
    (void)GC_invoke_finalizers();
    check_collect(2);
    (void)GC_invoke_finalizers();
    CHECK(finalized >= MANY * 9 / 10, "finalizers ran");
    CHECK(left(longs) == MANY, "a long link stays while resurrected");
    memset(saved, 0, sizeof saved);
    check_collect(3);
    CHECK(left(longs) <= MANY / 10, "a long link goes in the end");
    (void)forget();

    build(1, 0);
    CHECK(forget() == 2 * MANY, "unregistering tells that there was one");
    CHECK(forget() == 0, "and that there is none");
    memset(strong, 0, sizeof strong);
    check_collect(2);
    CHECK(GC_unregister_disappearing_link(NULL) == 0, "NULL is not registered");

    in_heap();
    inside();
    move();
    return check_done();
}
