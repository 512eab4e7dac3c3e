/* callbacks.c - start, event, resize, stop and warn callbacks: called, in order, with the right words */
/* variants: plain verify incremental */
#include "check.h"
#include <gc/gc_mark.h>

static int starts, resizes, stops;
static GC_word last_size;
static GC_EventType events[4000];
static int n_events;

static void GC_CALLBACK on_start(void)
{
    starts++;
}

static void GC_CALLBACK on_event(GC_EventType e)
{
    int i = __atomic_fetch_add(&n_events, 1, __ATOMIC_RELAXED);

    if (i < 4000)
        events[i] = e;
}

static void GC_CALLBACK on_resize(GC_word size)
{
    resizes++;
    last_size = size;
}

static int GC_CALLBACK never(void)
{
    return 0;
}

static int GC_CALLBACK at_once(void)
{
    stops++;
    return 1;
}

static int asked, asked_until;

static int GC_CALLBACK after_some(void)
{
    return ++asked > asked_until;
}

static int count(GC_EventType e)
{
    int i, n = 0;

    for (i = 0; i < n_events && i < 4000; i++)
        n += events[i] == e;
    return n;
}

static int where(GC_EventType e)
{
    int i;

    for (i = 0; i < n_events && i < 4000; i++)
        if (events[i] == e)
            return i;
    return -1;
}

static int before(GC_EventType a, GC_EventType b)
{
    return where(a) >= 0 && where(b) >= 0 && where(a) < where(b);
}

static void event_order(void)
{
    n_events = 0;
    GC_gcollect();
    CHECK(count(GC_EVENT_START) == count(GC_EVENT_END) && count(GC_EVENT_START) >= 1,
          "start and end");
    CHECK(before(GC_EVENT_START, GC_EVENT_MARK_START)
              && before(GC_EVENT_MARK_START, GC_EVENT_MARK_END)
              && before(GC_EVENT_MARK_END, GC_EVENT_RECLAIM_START)
              && before(GC_EVENT_RECLAIM_START, GC_EVENT_RECLAIM_END)
              && before(GC_EVENT_RECLAIM_END, GC_EVENT_END),
          "phases in order");
#ifdef GC_THREADS
    CHECK(before(GC_EVENT_PRE_STOP_WORLD, GC_EVENT_POST_STOP_WORLD)
              && before(GC_EVENT_POST_STOP_WORLD, GC_EVENT_PRE_START_WORLD)
              && before(GC_EVENT_PRE_START_WORLD, GC_EVENT_POST_START_WORLD),
          "stopping and starting in order");
    CHECK(count(GC_EVENT_PRE_STOP_WORLD) == count(GC_EVENT_POST_START_WORLD),
          "every stop has its start");
#endif
}

static void *keep[400];

struct node {
    struct node *next;
    GC_word number;
};

/* The stop function ends a collection before it begins, or in the middle of marking. */
static void stopped_half_way(void)
{
    static struct node *list;
    struct node *node;
    GC_word i, no;

    for (i = 0; i < 300000; i++) {
        node = GC_NEW(struct node);
        node->next = list;
        node->number = i;
        list = node;
    }
    no = GC_get_gc_no();
    n_events = asked = asked_until = 0;
    GC_set_on_collection_event(on_event);
    CHECK(GC_try_to_collect(after_some) == 0 && asked == 1 && n_events == 0,
          "a collection that is not wanted does not begin");
    GC_set_on_collection_event(0);
    asked_until = 10;
    asked = 0;
    CHECK(GC_try_to_collect(after_some) == 0 && asked == 11 && GC_get_gc_no() == no,
          "the stop function is asked while marking goes on");
    for (i = 0; i < 300000; i++)
        *(GC_word *)GC_malloc(16) = i;
    for (node = list, i = 300000; node != NULL; node = node->next)
        EXPECT(node->number == --i, "lost by a stopped collection");
    VERDICT("what was not marked is whole");
    asked_until = 1000000;
    asked = 0;
    CHECK(GC_try_to_collect(after_some) == 1 && asked > 20 && GC_get_gc_no() > no,
          "the next one goes to its end");
    for (node = list, i = 300000; node != NULL; node = node->next)
        EXPECT(node->number == --i, "lost by the next one");
    EXPECT(i == 0, "lost by the next one");
    VERDICT("and keeps what is reachable");
    list = NULL;
}

int main(void)
{
    GC_word no;
    int i;

    check_start();
    GC_set_on_heap_resize(on_resize);
    GC_INIT();
    CHECK(GC_get_on_heap_resize() == on_resize, "the resize callback is kept");
    GC_set_start_callback(on_start);
    CHECK(GC_get_start_callback() == on_start, "the start callback is kept");
    GC_set_on_collection_event(on_event);
    CHECK(GC_get_on_collection_event() == on_event, "the event callback is kept");
    GC_gcollect();
    CHECK(starts >= 1, "the start callback is called");
    event_order();
    GC_set_on_collection_event(0);
    n_events = 0;
    GC_gcollect();
    CHECK(n_events == 0, "no events without a callback");
    GC_set_start_callback(0);
    i = starts;
    GC_gcollect();
    CHECK(starts == i, "no start callback without one");

    i = resizes;
    for (no = 0; no < 400; no++)
        keep[no] = GC_malloc(100000);
    CHECK(resizes > i, "the resize callback is called");
    CHECK(last_size >= 30000000
              && last_size <= GC_get_heap_size() + GC_get_unmapped_bytes(), "with the size of the heap");
    memset(keep, 0, sizeof keep);

    no = GC_get_gc_no();
    CHECK(GC_try_to_collect(never) != 0 && GC_get_gc_no() > no, "a collection that is let be");
    for (i = 0; i < 20000; i++)
        keep[i % 400] = GC_malloc(500);
    CHECK(GC_try_to_collect(at_once) == 0 && stops > 0, "one that is stopped");
    for (i = 0; i < 400; i++)
        EXPECT(keep[i] != NULL && GC_base(keep[i]) == keep[i]
                   && check_all_bytes(keep[i], 500, 0), "damaged by the stop");
    VERDICT("a stopped collection leaves the heap whole");
    stopped_half_way();
    GC_set_stop_func(never);
    CHECK(GC_get_stop_func() == never, "the stop function is kept");
    GC_gcollect();
    return check_done();
}
