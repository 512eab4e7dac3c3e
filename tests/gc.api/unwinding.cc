/* unwinding.cc - exceptions leave callbacks of GC_do_blocking and GC_call_with_gc_active */
/* variants: plain verify incremental */
/* purpose: the thread takes part in collections, or does not, as before the call */
#include "check.h"
#include <gc.h>
#include "deep.h"

enum { ROUNDS = 200, DEPTH = 30 };

static bool active()
{
    return deep_holds(DEPTH, deep_collect) != 0;
}

static void *GC_CALLBACK throws(void *)
{
    throw 7;
}

static void *GC_CALLBACK collects_and_throws(void *)
{
    if (!active())
        throw 8;
    throw 7;
}

static void *GC_CALLBACK active_throws(void *)
{
    return GC_call_with_gc_active(collects_and_throws, 0);
}

/* The exception ends the inner call only. */
static void *GC_CALLBACK active_caught(void *)
{
    try {
        GC_call_with_gc_active(collects_and_throws, 0);
    } catch (int n) {
        return GC_call_with_gc_active(throws, 0); /* aborts unless blocked again */
    }
    return 0;
}

static void after(void *(*GC_CALLBACK call)(GC_fn_type, void *), GC_fn_type fn, const char *name)
{
    int caught = 0, wrong = 0;

    for (int i = 0; i < ROUNDS; i++) {
        node *volatile kept = list_cons(i, NULL);

        try {
            call(fn, 0);
        } catch (int n) {
            caught += n == 7;
        }
        wrong += !active() || kept->value != i;
    }
    CHECK(caught == ROUNDS, name);
    CHECK(wrong == 0, name);
}

static void *blocking(GC_fn_type fn, void *data)
{
    return GC_do_blocking(fn, data);
}

static void *with_active(GC_fn_type fn, void *data)
{
    return GC_call_with_gc_active(fn, data);
}

int main()
{
    check_start();
    GC_INIT();
    after(blocking, throws, "thrown in GC_do_blocking");
    after(with_active, collects_and_throws, "thrown in GC_call_with_gc_active");
    after(blocking, active_throws, "thrown through both");
    after(blocking, active_caught, "thrown through both, twice");
    return check_done();
}
