/* own-data.c - what the library stores for itself keeps no object alive */
/* needs: own-data */
/* variants: plain */
#include "weak-words.h"

/* Settings that nothing reads in this program hold the objects' addresses. */
static void set(int i, void *p)
{
    switch (i) {
    case 0: GC_set_abort_func((GC_abort_func)(uintptr_t)p); break;
    case 1: GC_set_finalizer_notifier((GC_finalizer_notifier_proc)(uintptr_t)p); break;
    case 2: GC_set_await_finalize_proc((GC_await_finalize_proc)(uintptr_t)p); break;
    default: GC_set_oom_fn((GC_oom_func)(uintptr_t)p);
    }
}

CHECK_NOINLINE static void let_library_hold(void **place)
{
    int i;

    weak_fill(place, 0, 40);
    for (i = 0; i < 4; i++)
        set(i, place[i]);
    memset(place, 0, WEAK_MANY * sizeof *place);
}

int main(void)
{
    static void *place[WEAK_MANY];
    GC_abort_func abort_func = GC_get_abort_func();
    GC_oom_func oom_fn = GC_get_oom_fn();
    int held = 0, i;

    check_start();
    GC_INIT();
    let_library_hold(place);
    check_collect(2);
    for (i = 0; i < 4; i++)
        held += weak_words[i] != NULL;
    GC_set_abort_func(abort_func);
    GC_set_oom_fn(oom_fn);
    GC_set_finalizer_notifier(0);
    GC_set_await_finalize_proc(0);
    check_note("%d objects held", held);
    CHECK(held <= 1, "settings are no roots");
    CHECK(weak_left() <= WEAK_MANY / 8, "other objects are gone too");
    return check_done();
}
