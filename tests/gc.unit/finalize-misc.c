/* finalize-misc.c - resurrection, registering again, finalizers that allocate, register and collect */
/* variants: plain verify stress incremental */
#include "check.h"
#include <gc/javaxfc.h>

#define MANY 200

struct thing {
    long id, check;
    struct thing *friend;
};

static int runs[MANY], other_runs[MANY], last_runs[MANY];
static struct thing *saved[MANY];
static int damaged;

static int good(const struct thing *t)
{
    return t->id >= 0 && t->id < MANY && t->check == t->id * 77 + 5
           && (t->friend == NULL || t->friend->check == t->friend->id * 77 + 5);
}

static struct thing *make(long id)
{
    struct thing *t = (struct thing *)GC_malloc(sizeof *t);

    t->id = id;
    t->check = id * 77 + 5;
    return t;
}

static void GC_CALLBACK count(void *obj, void *client)
{
    struct thing *t = (struct thing *)obj;

    if (!good(t))
        damaged++;
    else
        ((int *)client)[t->id]++;
}

/* For objects of the last part: some of the others may still be about. */
static void GC_CALLBACK count_last(void *obj, void *client)
{
    (void)client;
    count(obj, last_runs);
}

static void GC_CALLBACK resurrect(void *obj, void *client)
{
    count(obj, client);
    saved[((struct thing *)obj)->id] = (struct thing *)obj;
}

static void GC_CALLBACK again(void *obj, void *client)
{
    count(obj, client);
    if (runs[((struct thing *)obj)->id] < 3)
        GC_register_finalizer(obj, again, client, NULL, NULL);
}

static void GC_CALLBACK busy(void *obj, void *client)
{
    int i;

    count(obj, client);
    for (i = 0; i < 20; i++) {
        struct thing *t = make(((struct thing *)obj)->id);

        t->friend = make(t->id);
        GC_END_STUBBORN_CHANGE(t);
        if (i == 0)
            GC_register_finalizer(t, count, other_runs, NULL, NULL);
    }
    if (((struct thing *)obj)->id % 50 == 0)
        GC_gcollect();
}

CHECK_NOINLINE static void build(GC_finalization_proc fn, int with_friend)
{
    long i;

    memset(runs, 0, sizeof runs);
    memset(other_runs, 0, sizeof other_runs);
    damaged = 0;
    for (i = 0; i < MANY; i++) {
        struct thing *t = make(i);

        if (with_friend)
            GC_PTR_STORE_AND_DIRTY(&t->friend, make((i + 1) % MANY));
        GC_register_finalizer(t, fn, runs, NULL, NULL);
    }
}

static void cycles(int n)
{
    while (n-- > 0) {
        check_collect(1);
        (void)GC_invoke_finalizers();
    }
}

static int sum(const int *a)
{
    int i, n = 0;

    for (i = 0; i < MANY; i++)
        n += a[i];
    return n;
}

CHECK_NOINLINE static void old_values(void)
{
    struct thing *t = make(1);
    GC_finalization_proc fn = NULL;
    void *data = NULL;

    GC_register_finalizer(t, count, runs, &fn, &data);
    CHECK(fn == NULL && data == NULL, "there was none before");
    GC_register_finalizer(t, resurrect, other_runs, &fn, &data);
    CHECK(fn == count && data == (void *)runs, "the replaced one is told");
    GC_register_finalizer(t, NULL, NULL, &fn, &data);
    CHECK(fn == resurrect && data == (void *)other_runs, "the removed one is told");
    GC_register_finalizer(t, NULL, NULL, &fn, &data);
    CHECK(fn == NULL, "none after removal");
}

/* Only objects of the heap can have one; others are ignored. */
static void not_heap(void)
{
    static long outside[4];
    GC_finalization_proc fn = count;
    void *data = runs;

    GC_register_finalizer(outside, count, runs, &fn, &data);
    CHECK(1, "a static object is ignored");
}

int main(void)
{
    int i, n;

    check_start();
    GC_INIT();

    build(count, 1);
    cycles(3);
    CHECK(sum(runs) >= MANY * 9 / 10 && sum(runs) <= MANY, "finalizers run");
    cycles(2);
    for (i = 0; i < MANY; i++)
        EXPECT(runs[i] <= 1, "finalizer %d ran %d times", i, runs[i]);
    EXPECT(damaged == 0, "%d damaged objects", damaged);
    VERDICT("once, with the object and its friends whole");

    build(resurrect, 1);
    cycles(4);
    CHECK(sum(runs) >= MANY * 9 / 10, "resurrecting finalizers run");
    for (n = 0, i = 0; i < MANY; i++) {
        EXPECT(runs[i] <= 1, "ran again while resurrected");
        if (saved[i] != NULL) {
            n++;
            EXPECT(good(saved[i]) && saved[i]->id == i, "a resurrected object is damaged");
        }
    }
    EXPECT(n == sum(runs), "resurrected objects are missing");
    VERDICT("resurrected objects live on");
    memset(saved, 0, sizeof saved);
    cycles(2);

    build(again, 0);
    cycles(8);
    CHECK(sum(runs) >= 3 * MANY * 9 / 10 && sum(runs) <= 3 * MANY,
          "finalizers that register again run again");

    build(busy, 1);
    cycles(5);
    CHECK(sum(runs) >= MANY * 9 / 10, "finalizers that allocate run");
    CHECK(sum(other_runs) >= sum(runs) * 8 / 10 && sum(other_runs) <= sum(runs),
          "those registered by finalizers run");
    CHECK(damaged == 0, "all saw whole objects");

    old_values();
    not_heap();

    build(count_last, 0);
    GC_finalize_all();
    CHECK(sum(last_runs) == MANY, "GC_finalize_all runs all");
    CHECK(damaged == 0, "and with whole objects");
    cycles(2);
    CHECK(sum(last_runs) == MANY, "and none twice");
    return check_done();
}
