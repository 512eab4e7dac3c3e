/* finalize-demand.c - finalization on demand, the notifier, await callbacks */
/* variants: plain verify stress */
#include "check.h"

#define MANY 100

static int runs, notified, awaited, notified_early;
static int register_more;

static void GC_CALLBACK run(void *obj, void *client)
{
    (void)obj;
    (void)client;
    runs++;
}

static void GC_CALLBACK notify(void)
{
    notified++;
    if (!GC_should_invoke_finalizers())
        notified_early++;
}

static void GC_CALLBACK await(void *obj)
{
    if (obj != NULL)
        awaited++;
}

CHECK_NOINLINE static void build(void)
{
    int i;

    for (i = 0; i < MANY; i++) {
        void *p = GC_malloc(40);

        GC_register_finalizer(p, run, NULL, NULL, NULL);
    }
    (void)register_more;
}

CHECK_NOINLINE static void allocate_much(void)
{
    int i;

    for (i = 0; i < 300000; i++)
        (void)GC_malloc(100);
}

int main(void)
{
    int n;

    check_start();
    GC_set_finalize_on_demand(1);
    GC_set_finalizer_notifier(notify);
    GC_INIT();
    CHECK(GC_get_finalize_on_demand() == 1 && GC_get_finalizer_notifier() == notify,
          "the settings are kept");
    GC_set_await_finalize_proc(await);
    CHECK(GC_get_await_finalize_proc() == await, "the await callback is kept");
    CHECK(GC_should_invoke_finalizers() == 0, "nothing to do at first");
    build();
    check_collect(2);
    allocate_much();
    CHECK(runs == 0, "none runs by itself");
    CHECK(GC_should_invoke_finalizers() != 0, "there is something to do");
    CHECK(notified >= 1 && notified_early == 0, "the notifier is called when there is");
    CHECK(awaited >= MANY * 9 / 10 && awaited <= MANY, "the await callback saw each object");
    n = GC_invoke_finalizers();
    CHECK(n == runs && runs >= MANY * 9 / 10, "the count is right");
    CHECK(GC_invoke_finalizers() == 0 || runs <= MANY, "none twice");
    CHECK(GC_should_invoke_finalizers() == 0, "nothing left to do");

    GC_set_await_finalize_proc(NULL);
    GC_set_finalizer_notifier(0);
    GC_set_finalize_on_demand(0);
    runs = 0;
    build();
    check_collect(2);
    allocate_much();
    CHECK(runs >= MANY * 9 / 10, "otherwise they run during allocation");
    return check_done();
}
