/* finalize-java.c - Java finalization: what a finalizable object holds stays until it ran */
/* variants: plain verify stress */
#include "check.h"

#define MANY 100

struct thing {
    struct thing *inner;
    long check;
};

static int outer_runs, inner_runs, damaged;

static void GC_CALLBACK outer(void *obj, void *client)
{
    struct thing *t = (struct thing *)obj;

    (void)client;
    outer_runs++;
    if (t->check != 0x1234 || t->inner == NULL || t->inner->check != 0x5678)
        damaged++;
}

static void GC_CALLBACK inner(void *obj, void *client)
{
    (void)client;
    inner_runs++;
    if (((struct thing *)obj)->check != 0x5678)
        damaged++;
}

CHECK_NOINLINE static void build(void)
{
    int i;

    for (i = 0; i < MANY; i++) {
        struct thing *a = (struct thing *)GC_malloc(sizeof *a);
        struct thing *b = (struct thing *)GC_malloc(sizeof *b);

        a->check = 0x1234;
        b->check = 0x5678;
        a->inner = b;
        b->inner = a; /* a cycle, which Java finalization does not mind */
        GC_END_STUBBORN_CHANGE(a);
        GC_END_STUBBORN_CHANGE(b);
        GC_register_finalizer_no_order(a, outer, NULL, NULL, NULL);
        GC_register_finalizer_no_order(b, inner, NULL, NULL, NULL);
    }
}

int main(void)
{
    int i;

    check_start();
    GC_set_java_finalization(1);
    GC_INIT();
    CHECK(GC_get_java_finalization() == 1, "the setting is kept");
    build();
    for (i = 0; i < 4; i++) {
        check_collect(1);
        (void)GC_invoke_finalizers();
    }
    CHECK(outer_runs >= MANY * 9 / 10 && outer_runs <= MANY, "holders are finalized");
    CHECK(inner_runs >= MANY * 9 / 10 && inner_runs <= MANY, "held ones are finalized");
    CHECK(damaged == 0, "finalizers see whole objects");
    return check_done();
}
