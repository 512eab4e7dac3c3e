/* toggleref.c - toggle references: strong, weak, dropped, and changing sides */
/* variants: plain verify stress */
#include "check.h"

#define MANY 100

struct thing {
    int id, native; /* native: the peer's interest */
    struct thing *friend;
};

static GC_ToggleRefStatus state[MANY];
static void *weak[MANY];
static int calls, damaged;

static GC_ToggleRefStatus GC_CALLBACK decide(void *obj)
{
    struct thing *t = (struct thing *)obj;

    calls++;
    if (t->id < 0 || t->id >= MANY || t->native != t->id * 3) {
        damaged++;
        return GC_TOGGLE_REF_DROP;
    }
    return state[t->id];
}

CHECK_NOINLINE static void build(int strong)
{
    int i;

    calls = damaged = 0;
    for (i = 0; i < MANY; i++) {
        struct thing *t = (struct thing *)GC_malloc(sizeof *t);

        t->id = i;
        t->native = i * 3;
        t->friend = (struct thing *)GC_malloc(sizeof *t);
        t->friend->id = i;
        GC_END_STUBBORN_CHANGE(t);
        weak[i] = (void *)check_hide(t);
        (void)GC_general_register_disappearing_link(&weak[i], t);
        EXPECT(GC_toggleref_add(t, strong) == GC_SUCCESS, "add");
        state[i] = strong ? GC_TOGGLE_REF_STRONG : GC_TOGGLE_REF_WEAK;
    }
}

static int left(void)
{
    int i, n = 0;

    for (i = 0; i < MANY; i++)
        n += weak[i] != NULL;
    return n;
}

static void set_all(GC_ToggleRefStatus s)
{
    int i;

    for (i = 0; i < MANY; i++)
        state[i] = s;
}

static int friends(void)
{
    int i, n = 0;

    for (i = 0; i < MANY; i++)
        if (weak[i] != NULL)
            n += ((struct thing *)check_reveal((GC_word)weak[i]))->friend->id == i;
    return n;
}

static void forget(void)
{
    int i;

    for (i = 0; i < MANY; i++) {
        (void)GC_unregister_disappearing_link(&weak[i]);
        weak[i] = NULL;
    }
}

int main(void)
{
    check_start();
    GC_INIT();
    GC_set_toggleref_func(decide);
    CHECK(GC_get_toggleref_func() == decide, "the callback is kept");

    build(1);
    check_collect(3);
    CHECK(calls >= MANY && damaged == 0, "the callback sees whole objects");
    CHECK(left() == MANY && friends() == MANY, "strong references keep");
    set_all(GC_TOGGLE_REF_WEAK);
    check_collect(3);
    CHECK(left() <= MANY / 10, "turned weak, they go");
    forget();

    build(0);
    check_collect(3);
    CHECK(left() <= MANY / 10, "weak references do not keep");
    forget();

    build(1);
    set_all(GC_TOGGLE_REF_DROP);
    check_collect(1);
    calls = 0;
    check_collect(2);
    CHECK(left() <= MANY / 10, "dropped ones go");
    CHECK(calls <= MANY / 10, "and are not asked about again");
    CHECK(damaged == 0, "all were whole");
    forget();

    build(0);
    set_all(GC_TOGGLE_REF_STRONG);
    check_collect(3);
    CHECK(left() == MANY && friends() == MANY, "turned strong, they stay");
    set_all(GC_TOGGLE_REF_DROP);
    check_collect(3);
    CHECK(left() <= MANY / 10, "and go in the end");
    VERDICT("registering");
    return check_done();
}
