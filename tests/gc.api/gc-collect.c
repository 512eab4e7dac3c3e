/* gc-collect.c - gc.h: starting, stopping and preventing collections; heap limits */
/* variants: plain verify incremental */
/* purpose: gcollect, try_to_collect, disable, expand_hp, max heap size, oom_fn, callbacks */
#include "weak.h"

static int stop_calls, stop_after = -1;

static int GC_CALLBACK stop(void)
{
    return stop_after >= 0 && ++stop_calls > stop_after;
}

static void test_collect(void)
{
    GC_word no = GC_get_gc_no();
    GC_stop_func old = GC_get_stop_func();

    GC_gcollect();
    CHECK(GC_get_gc_no() > no, "GC_gcollect collects");
    no = GC_get_gc_no();
    GC_gcollect_and_unmap();
    CHECK(GC_get_gc_no() > no, "GC_gcollect_and_unmap collects");
    no = GC_get_gc_no();
    CHECK(GC_try_to_collect(stop) == 1 && GC_get_gc_no() > no, "GC_try_to_collect collects");
    stop_after = 0;
    CHECK(GC_try_to_collect(stop) == 0, "GC_try_to_collect can be stopped");
    CHECK(stop_calls > 0, "by its function");
    stop_calls = 0;
    CHECK(old != NULL, "there is a stop function");
    GC_set_stop_func(stop);
    CHECK(GC_get_stop_func() == stop, "GC_get_stop_func");
    GC_gcollect();
    CHECK(stop_calls > 0, "GC_gcollect asks it");
    GC_set_stop_func(old);
    stop_after = -1;
}

static void test_disable(void)
{
    GC_word no;

    CHECK(!GC_is_disabled(), "collecting is enabled at first");
    GC_disable();
    GC_disable();
    no = GC_get_gc_no();
    GC_gcollect();
    CHECK(GC_is_disabled() && GC_get_gc_no() == no, "GC_disable prevents collections");
    CHECK(GC_try_to_collect(stop) == 0, "GC_try_to_collect reports that");
    GC_enable();
    CHECK(GC_is_disabled(), "it nests");
    GC_enable();
    GC_gcollect();
    CHECK(!GC_is_disabled() && GC_get_gc_no() > no, "GC_enable allows them again");
}

static void churn(long bytes)
{
    for (; bytes > 0; bytes -= 1000)
        memset(GC_malloc_atomic(1000), 1, 1000);
}

static void test_automatic(void)
{
    GC_word no = GC_get_gc_no();

    churn(200000000);
    CHECK(GC_get_gc_no() > no, "allocation starts collections");
    GC_set_disable_automatic_collection(1);
    CHECK(GC_get_disable_automatic_collection() == 1, "GC_get_disable_automatic_collection");
    GC_gcollect();
    no = GC_get_gc_no();
    churn(50000000);
    CHECK(GC_get_gc_no() == no, "GC_set_disable_automatic_collection prevents that");
    GC_gcollect();
    CHECK(GC_get_gc_no() > no, "but not GC_gcollect");
    GC_set_disable_automatic_collection(0);
    CHECK(GC_get_disable_automatic_collection() == 0, "and off again");
}

static GC_word resized;
static int resizes, notices;
static size_t oom_bytes;
static char spare[64];

static void GC_CALLBACK on_resize(GC_word bytes)
{
    resizes++;
    resized = bytes;
}

static void *GC_CALLBACK on_oom(size_t bytes)
{
    oom_bytes = bytes;
    return spare;
}

static void test_growth(void)
{
    GC_oom_func old = GC_get_oom_fn();
    size_t size = GC_get_heap_size();
    void *p;

    CHECK(GC_get_on_heap_resize() == 0, "no resize callback at first");
    GC_set_on_heap_resize(on_resize);
    CHECK(GC_get_on_heap_resize() == on_resize, "GC_get_on_heap_resize");
    CHECK(GC_expand_hp(40000000) == 1, "GC_expand_hp succeeds");
    CHECK(GC_get_heap_size() + GC_get_unmapped_bytes() >= size + 39000000, "and the heap is larger");
    CHECK(resizes > 0 && resized > 0, "the resize callback was told");
    GC_set_on_heap_resize(0);

    CHECK(old != NULL && GC_malloc((size_t)-1 / 2) == NULL, "an impossible size gives NULL");
    GC_set_oom_fn(on_oom);
    CHECK(GC_get_oom_fn() == on_oom, "GC_get_oom_fn");
    p = GC_malloc((size_t)-1 / 2);
    CHECK_LAUNDER(p); /* it may alias after all */
    CHECK(p == (void *)spare && oom_bytes >= (size_t)-1 / 2, "GC_oom_fn decides the result");
    GC_set_max_heap_size(GC_get_heap_size() + GC_get_unmapped_bytes() + 1000000);
    oom_bytes = 0;
    p = GC_malloc(400000000);
    CHECK_LAUNDER(p);
    CHECK(p == (void *)spare && oom_bytes >= 400000000, "GC_set_max_heap_size limits");
    CHECK(GC_malloc(100) != NULL, "small objects still fit");
    GC_set_max_heap_size(0);
    oom_bytes = 0;
    CHECK(GC_malloc(100000000) != NULL && oom_bytes == 0, "0 lifts the limit");
    GC_set_oom_fn(old);
}

static int events[GC_EVENT_THREAD_UNSUSPENDED + 1];

static void GC_CALLBACK on_event(GC_EventType e)
{
    events[e]++;
}

static void test_events(void)
{
    CHECK(GC_get_on_collection_event() == 0, "no event callback at first");
    GC_set_on_collection_event(on_event);
    CHECK(GC_get_on_collection_event() == on_event, "GC_get_on_collection_event");
    GC_gcollect();
    GC_set_on_collection_event(0);
    CHECK(events[GC_EVENT_START] > 0 && events[GC_EVENT_END] > 0, "start and end are told");
    CHECK(events[GC_EVENT_MARK_START] > 0 && events[GC_EVENT_MARK_END] > 0, "marking too");
    CHECK(events[GC_EVENT_RECLAIM_START] > 0 && events[GC_EVENT_RECLAIM_END] > 0,
          "reclaiming too");
#ifdef GC_THREADS
    CHECK(events[GC_EVENT_PRE_STOP_WORLD] > 0 && events[GC_EVENT_POST_STOP_WORLD] > 0
              && events[GC_EVENT_PRE_START_WORLD] > 0 && events[GC_EVENT_POST_START_WORLD] > 0,
          "stopping and starting the world too");
#endif
    (void)notices;
}

static void test_little(void)
{
    int i = 0;

    GC_start_incremental_collection();
    while (i < 1000000 && GC_collect_a_little())
        i++;
    CHECK(i < 1000000, "GC_collect_a_little comes to an end");
}

int main(void)
{
    check_start();
    GC_INIT();
    test_collect();
    test_disable();
    test_automatic();
    test_events();
    test_little();
    test_growth();
    return check_done();
}
