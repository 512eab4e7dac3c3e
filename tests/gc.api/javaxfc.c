/* javaxfc.c - javaxfc.h: GC_finalize_all */
/* variants: plain verify */
/* purpose: every finalizer runs, of reachable objects too (suspension: gc-threads.c) */
#include "check.h"
#include <gc/javaxfc.h>

enum { N = 50 };

static void *volatile kept[N];
static int ran, renewed;

static void GC_CALLBACK on_end(void *obj, void *data)
{
    (void)obj;
    ran++;
    if (data != NULL && renewed++ == 0) /* one more comes up meanwhile */
        GC_register_finalizer(obj, on_end, NULL, NULL, NULL);
}

int main(void)
{
    int i;

    check_start();
    GC_INIT();
    for (i = 0; i < N; i++) {
        kept[i] = GC_malloc(32);
        GC_register_finalizer(kept[i], on_end, &ran, NULL, NULL);
    }
    GC_gcollect();
    (void)GC_invoke_finalizers();
    CHECK(ran == 0, "reachable objects are not finalized");
    GC_finalize_all();
    CHECK(ran == N + 1, "GC_finalize_all finalizes them, and what comes up meanwhile");
    GC_finalize_all();
    CHECK(ran == N + 1, "once");
    return check_done();
}
