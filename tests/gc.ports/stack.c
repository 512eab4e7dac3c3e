/* stack.c - the whole stack is scanned: main's frame, argv's level, deep recursion, alloca, structs */
/* variants: plain verify incremental */
#include "check.h"
#include <alloca.h>

struct node {
    struct node *next;
    long value;
};

static struct node *make(long value, struct node *next)
{
    struct node *p = (struct node *)GC_malloc(sizeof *p);

    p->value = value;
    p->next = next;
    GC_END_STUBBORN_CHANGE(p);
    return p;
}

/* One object per frame; collected at the bottom and on the way. */
CHECK_NOINLINE static long deep(long depth)
{
    struct node *volatile mine = make(depth, make(-depth, NULL));
    long sum;

    if (depth == 0) {
        check_collect(1);
        return 0;
    }
    if (depth % 1000 == 0) {
        int i;

        GC_gcollect();
        for (i = 0; i < 3000; i++)
            (void)make(12345, NULL);
    }
    sum = deep(depth - 1);
    EXPECT(mine->value == depth && mine->next->value == -depth && mine->next->next == NULL,
           "frame %ld lost its object", depth);
    return sum + mine->value;
}

struct many {
    struct node *p[100];
};

CHECK_NOINLINE static struct many by_value(struct many m, int i)
{
    check_collect(1);
    EXPECT(m.p[i]->value == i, "lost in an argument");
    return m;
}

CHECK_NOINLINE static void aggregates(void)
{
    struct many m;
    struct node **q = (struct node **)alloca(500 * sizeof *q);
    long i;

    for (i = 0; i < 100; i++)
        m.p[i] = make(i, NULL);
    for (i = 0; i < 500; i++)
        q[i] = make(1000 + i, NULL);
    m = by_value(m, 7);
    for (i = 0; i < 5000; i++)
        (void)make(12345, NULL);
    for (i = 0; i < 100; i++)
        EXPECT(m.p[i]->value == i, "lost in a structure");
    for (i = 0; i < 500; i++)
        EXPECT(q[i]->value == 1000 + i, "lost in alloca");
}

CHECK_NOINLINE static void bounds(void)
{
    struct GC_stack_base base, again;
    char here;
    long distance;

    memset(&base, 0, sizeof base);
    CHECK(GC_get_stack_base(&base) == GC_SUCCESS && base.mem_base != NULL, "the base is known");
    distance = (long)((char *)base.mem_base - &here);
    if (distance < 0)
        distance = -distance; /* a stack that grows up */
    CHECK(distance < (long)64 << 20, "and near");
    CHECK(GC_get_my_stackbottom(&again) != NULL && again.mem_base != NULL, "the registered base");
    distance = (long)((char *)again.mem_base - &here);
    if (distance < 0)
        distance = -distance;
    CHECK(distance < (long)64 << 20, "is near too");
}

static int base_calls;

static void *GC_CALLBACK with_base(struct GC_stack_base *sb, void *arg)
{
    base_calls += sb != NULL && sb->mem_base != NULL;
    return arg;
}

int main(int argc, char **argv)
{
    struct node *volatile in_main;

    check_start();
    GC_INIT();
    in_main = make(4711, make(argc, NULL));
    GC_reachable_here(argv);
    bounds();
    CHECK(deep(check_work(20000)) > 0 || check_work(20000) < 2, "deep recursion returns");
    VERDICT("every frame kept its object");
    aggregates();
    VERDICT("structures and alloca");
    check_collect(1);
    CHECK(in_main->value == 4711 && in_main->next->value == argc, "main's own frame");
    CHECK(GC_call_with_stack_base(with_base, &base_calls) == &base_calls && base_calls == 1,
          "GC_call_with_stack_base");
    return check_done();
}
