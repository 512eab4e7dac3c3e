/* pauses.c - pauses are measured and exported: the longest, their sum, their mean, and what was reset */
/* variants: plain incremental markers4 nomarkers */
/* only: tidemark */
/* needs: threads */
#include "check.h"

#define LIST 150000

struct node {
    struct node *next;
    long pad[3];
};

static struct node *list;
static double began, longest, all; /* all: never reset */
static unsigned long stops;
static volatile int nested;

/* Our own clock around every stop: the events come just outside and inside of it. (As in libgc,
 * only a library with threads has them.) */
static void GC_CALLBACK on_event(GC_EventType e)
{
    if (e == GC_EVENT_PRE_STOP_WORLD) {
        nested++;
        began = check_now_s();
    } else if (e == GC_EVENT_POST_START_WORLD) {
        double took = check_now_s() - began;

        nested--;
        stops++;
        all += took;
        if (took > longest)
            longest = took;
    }
}

CHECK_NOINLINE static void build(long n)
{
    while (n-- > 0) {
        struct node *p = (struct node *)GC_malloc(sizeof *p);

        GC_PTR_STORE_AND_DIRTY(&p->next, list);
        list = p;
    }
}

static void forget(void)
{
    longest = 0;
    stops = 0;
    GC_reset_longest_pause();
}

/* The collector's clock starts after the first event and stops before the last: never more than
 * ours, and less by no more than a switch to another process may take. */
static void compare(const char *name)
{
    double theirs = (double)GC_get_longest_pause_ns() / 1e9;

    check_note("%s: %lu stops, longest %.3f ms by events, %.3f ms exported", name, stops,
               longest * 1e3, theirs * 1e3);
    EXPECT(stops > 0, "%s: no stop", name);
    EXPECT(theirs > 0 && theirs <= longest + 1e-6, "%s: %.9f s exported, %.9f s by events", name,
           theirs, longest);
    EXPECT(theirs >= longest * 0.25 - 0.02, "%s: the export misses most of %.6f s", name, longest);
    VERDICT(name);
}

#ifdef GC_THREADS
static volatile int over;

static void *busy(void *arg)
{
    while (!over) {
        int i;

        for (i = 0; i < 1000; i++)
            memset(GC_malloc(64), 1, 64);
    }
    return arg;
}
#endif

int main(void)
{
    int i;

    check_start();
    GC_INIT();
    GC_set_on_collection_event(on_event);
    GC_start_performance_measurement();
    forget();
    CHECK(GC_get_longest_pause_ns() == 0, "nothing is remembered after a reset");
    for (i = 0; i < 5; i++)
        GC_gcollect();
    compare("a small heap");
    build(check_work(LIST));
    forget();
    for (i = 0; i < 5; i++)
        GC_gcollect();
    compare("a larger heap");
    check_note("%.3f ms in all, %lu ms exported", all * 1e3, GC_get_stopped_mark_total_time());
    CHECK((double)GC_get_stopped_mark_total_time() <= all * 1e3 + 1
              && (double)GC_get_stopped_mark_total_time() >= all * 250 - 50,
          "the sum of stops");
    CHECK(GC_get_avg_stopped_mark_time_ns() > 0
              && (double)GC_get_avg_stopped_mark_time_ns() <= all * 1e9,
          "their mean");
    forget();
    for (i = 0; i < 200000; i++)
        memset(GC_malloc(64), 1, 64);
    if (stops > 0)
        compare("collections that come by themselves");
#ifdef GC_THREADS
    {
        pthread_t t[3];

        forget();
        for (i = 0; i < 3; i++)
            if (GC_pthread_create(&t[i], NULL, busy, NULL) != 0)
                return 2;
        for (i = 0; i < 10; i++)
            GC_gcollect();
        over = 1;
        for (i = 0; i < 3; i++)
            (void)GC_pthread_join(t[i], NULL);
        compare("several threads");
    }
#endif
    CHECK(nested == 0, "every stop has its two events");
    return check_done();
}
