/* gc-effects.c - gc.h: what each setting does, besides being what was set */
/* variants: plain */
/* only: tidemark */
/* timeout: 120 */
/* purpose: pacing, growth, limits, giving back, signals, executable memory: each seen from outside */
#include "weak.h"
#include <gc/gc_mark.h>
#include <limits.h>

#if defined(__GNUC__)
# pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

/* Each measurement in a process of its own, which prints its numbers. */
static long measure(int (*fn)(void *))
{
    char text[1000];
    const char *at;
    int status = check_child(fn, NULL, text, sizeof text);

    at = strstr(text, "result ");
    EXPECT(check_child_ok(status) && at != NULL, "status %x: %s", (unsigned)status, text);
    return at != NULL ? strtol(at + strlen("result "), NULL, 10) : -1;
}

static int result(long n)
{
    printf("result %ld\n", n);
    return 0;
}

static void *volatile root;

/* So many bytes in a list that lives. */
CHECK_NOINLINE static void hold(long bytes)
{
    for (; bytes > 0; bytes -= 64) {
        void **p = (void **)GC_malloc(64);

        *p = root;
        GC_END_STUBBORN_CHANGE(p);
        root = p;
    }
}

/* Drops them one by one: a number that looks like a pointer, as texts in a system's libraries do on
   32 bits, keeps one object then and not all those behind it. */
CHECK_NOINLINE static void drop(void)
{
    while (root != NULL) {
        void **p = (void **)root;

        root = *p;
        *p = NULL;
    }
}

/* Allocates garbage; returns how many collections there were. */
static long churn(long bytes)
{
    GC_word no = GC_get_gc_no();

    for (; bytes > 0; bytes -= 500)
        memset(GC_malloc_atomic(500), 1, 500);
    return (long)(GC_get_gc_no() - no);
}

enum { LIVE = 8000000, CHURN = 100000000 };

static int usual(void *unused)
{
    (void)unused;
    GC_INIT();
    hold(LIVE);
    return result(churn(CHURN));
}

static int divisor(void *unused)
{
    (void)unused;
    GC_set_free_space_divisor(30);
    return usual(NULL);
}

static int least(void *unused)
{
    (void)unused;
    GC_set_min_bytes_allocd(CHURN / 4);
    return usual(NULL);
}

/* The program says that what it allocates is not for the collector. */
static int managed(void *unused)
{
    long i, n = 0;

    (void)unused;
    GC_INIT();
    hold(LIVE);
    for (i = 0; i < CHURN; i += CHURN / 400) {
        n += churn(CHURN / 400);
        GC_set_non_gc_bytes(GC_get_non_gc_bytes() + CHURN / 400);
    }
    return result(n);
}

static void test_pacing(void)
{
    long n = measure(usual), few, many;

    many = measure(divisor);
    CHECK(n > 5 && many > 2 * n, "GC_set_free_space_divisor: a larger one collects more often");
    few = measure(least);
    CHECK(few >= 1 && few <= 4, "GC_set_min_bytes_allocd: not before that many bytes");
    few = measure(managed);
    CHECK(few < n / 2, "GC_set_non_gc_bytes: what it grows by does not count");
}

/* ---- finalizers hasten collections ---- */

static int finalized;

static void GC_CALLBACK on_end(void *obj, void *data)
{
    (void)obj;
    (void)data;
    finalized++;
}

static int with_finalizers(GC_word each)
{
    GC_word no;
    int i;

    GC_INIT();
    GC_set_allocd_bytes_per_finalizer(each);
    hold(12000000);
    for (i = 0; i < 1000; i++)
        GC_register_finalizer(GC_malloc(100), on_end, NULL, NULL, NULL);
    check_collect(2);
    (void)GC_invoke_finalizers();
    no = GC_get_gc_no();
    for (i = 0; i < 150000; i++)
        GC_register_finalizer(GC_malloc(100), on_end, NULL, NULL, NULL);
    return result((long)(GC_get_gc_no() - no));
}

static int finalizers_ignored(void *unused)
{
    (void)unused;
    return with_finalizers(0);
}

static int finalizers_counted(void *unused)
{
    (void)unused;
    return with_finalizers(20000);
}

/* ---- the heap's size ---- */

static int failures;

static void *GC_CALLBACK no_memory(size_t bytes)
{
    (void)bytes;
    failures++;
    return NULL;
}

/* Collections that an allocation tries which cannot succeed. */
static int retries(GC_word most)
{
    GC_word no;

    GC_INIT();
    GC_set_warn_proc(GC_ignore_warn_proc);
    GC_set_oom_fn(no_memory);
    GC_set_max_heap_size(8000000);
    GC_set_max_retries(most);
    no = GC_get_gc_no();
    if (GC_malloc(50000000) != NULL || failures != 1)
        return 1;
    return result((long)(GC_get_gc_no() - no));
}

static int retries_0(void *unused)
{
    (void)unused;
    return retries(0);
}

static int retries_5(void *unused)
{
    (void)unused;
    return retries(5);
}

/* How far the heap grows while garbage is allocated. */
static int growth(void *unused)
{
    (void)unused;
    GC_INIT();
    hold(LIVE);
    GC_gcollect();
    (void)churn(CHURN);
    return result((long)((GC_get_heap_size() + GC_get_unmapped_bytes()) / 1024));
}

static int no_growth(void *unused)
{
    (void)unused;
    GC_set_dont_expand(1);
    return growth(NULL);
}

static int late_growth(void *unused)
{
    GC_set_dont_expand(1);
    GC_INIT();
    hold(LIVE);
    (void)unused;
    return result(GC_get_heap_size() >= LIVE);
}

static int entire(void *unused)
{
    (void)unused;
    GC_use_entire_heap = 1;
    GC_INIT();
    (void)GC_expand_hp(CHURN / 2);
    return result(churn(CHURN));
}

static int not_entire(void *unused)
{
    (void)unused;
    GC_INIT();
    (void)GC_expand_hp(CHURN / 2);
    return result(churn(CHURN));
}

static int unmapped(int force)
{
    GC_INIT();
    GC_set_force_unmap_on_gcollect(force);
    root = NULL;
    hold(LIVE);
    drop();
    check_collect(2);
    return result((long)(GC_get_unmapped_bytes() / 1024));
}

static int unmapped_usual(void *unused)
{
    (void)unused;
    return unmapped(0);
}

static int unmapped_all(void *unused)
{
    (void)unused;
    return unmapped(1);
}

static void test_size(void)
{
    long a, b;

    CHECK(measure(retries_0) < measure(retries_5), "GC_set_max_retries: more collections are tried");
    a = measure(growth);
    b = measure(no_growth);
    check_note("heap %ld and %ld KiB", a, b);
    CHECK(b < a, "GC_set_dont_expand: collects rather than grows");
    CHECK(measure(late_growth) == 1, "but grows when nothing else helps");
    a = measure(not_entire);
    b = measure(entire);
    check_note("%ld collections, %ld with GC_use_entire_heap", a, b);
    CHECK(b < a && b > 0, "GC_use_entire_heap: free memory is used up first");
    if (check_lacks("giving-back")) {
        check_unsupported("GC_set_force_unmap_on_gcollect: the port cannot give memory back");
    } else {
        a = measure(unmapped_usual);
        b = measure(unmapped_all);
        check_note("%ld and %ld KiB given back", a, b);
        CHECK(b > LIVE / 2 / 1024 && b > a,
              "GC_set_force_unmap_on_gcollect, and GC_get_unmapped_bytes tells");
    }
    a = measure(finalizers_ignored);
    b = measure(finalizers_counted);
    check_note("%ld collections, %ld with finalizers counted", a, b);
    CHECK(a < b, "GC_set_allocd_bytes_per_finalizer: finalizers hasten collections");
}

/* ---- incremental mode ---- */

/* Steps of the shortest of some cycles: some are full in any case. */
static int steps(int rate, int full_freq)
{
    long n, least = LONG_MAX;
    int i;

    GC_set_manual_vdb_allowed(1);
    GC_set_rate(rate);
    GC_set_full_freq(full_freq);
    GC_INIT();
    GC_enable_incremental();
    if (GC_get_actual_vdb() != GC_VDB_MANUAL)
        return result(-1);
    hold(16000000);
    GC_gcollect();
    for (i = 0; i < 20; i++) {
        GC_start_incremental_collection();
        for (n = 0; GC_collect_a_little(); n++) {
        }
        least = n < least ? n : least;
    }
    return result(least);
}

static int steps_of_1(void *unused)
{
    (void)unused;
    return steps(1, 0);
}

static int steps_of_minor(void *unused)
{
    (void)unused;
    return steps(1, 10);
}

static int steps_of_500(void *unused)
{
    (void)unused;
    return steps(500, 0);
}

static int stops, counting;

static void GC_CALLBACK on_event(GC_EventType e)
{
    stops += counting && e == GC_EVENT_PRE_STOP_WORLD;
}

/* Stops of the world in a cycle whose end finds everything written. */
static int prior(int attempts, unsigned long limit_ms)
{
    GC_set_max_prior_attempts(attempts);
    GC_set_time_limit(limit_ms);
    GC_INIT();
    GC_enable_incremental();
    if (!GC_is_incremental_mode())
        return result(-1);
    hold(16000000);
    GC_gcollect();
    GC_set_on_collection_event(on_event);
    counting = 1;
    GC_start_incremental_collection();
    while (GC_collect_a_little()) {
    }
    counting = 0;
    return result(stops);
}

static int prior_none(void *unused)
{
    (void)unused;
    return prior(0, 1);
}

static int prior_some(void *unused)
{
    (void)unused;
    return prior(3, 1);
}

static int prior_in_time(void *unused)
{
    (void)unused;
    return prior(3, 60000);
}

static int provider(int protection)
{
    GC_set_mprotect_vdb_allowed(protection);
    GC_INIT();
    GC_enable_incremental();
    return result((long)GC_get_actual_vdb());
}

static int with_protection(void *unused)
{
    (void)unused;
    return provider(1);
}

static int without_protection(void *unused)
{
    (void)unused;
    return provider(0);
}

static void test_incremental(void)
{
    long few, many;

    setenv("GC_USE_GETWRITEWATCH", "0", 1); /* write protection first */
    if (measure(with_protection) != GC_VDB_MPROTECT)
        check_unsupported("GC_set_mprotect_vdb_allowed: no write protection here");
    else
        CHECK(measure(without_protection) != GC_VDB_MPROTECT, "GC_set_mprotect_vdb_allowed");
    unsetenv("GC_USE_GETWRITEWATCH");

    setenv("GC_MARKERS", "1", 1); /* no helpers */
    setenv("GC_VDB", "manual", 1); /* which works everywhere */
    few = measure(steps_of_500);
    many = measure(steps_of_1);
    check_note("%ld and %ld steps", few, many);
    if (few < 0)
        check_unsupported("GC_set_rate: no incremental mode");
    else
        CHECK(many > 5 && few * 3 < many, "GC_set_rate: how much GC_collect_a_little does");
    if (few >= 0)
        CHECK(measure(steps_of_minor) < many / 3, "GC_set_full_freq: minor cycles in between");
    setenv("GC_VDB", "none", 1); /* everything counts as written */
    few = measure(prior_none);
    many = measure(prior_some);
    check_note("%ld and %ld stops", few, many);
    if (few <= 0) /* without threads nobody is stopped */
        check_unsupported("GC_set_max_prior_attempts: no incremental mode, or no stops");
    else
        CHECK(few == 2 && many > few, "GC_set_max_prior_attempts: the last stop is put off");
    if (few > 0)
        CHECK(measure(prior_in_time) == 2, "GC_set_time_limit: not if it takes no longer");
    unsetenv("GC_VDB");
    unsetenv("GC_MARKERS");
}

/* ---- before GC_INIT ---- */

static int executable(int on)
{
    char line[400];
    unsigned long lo, hi;
    FILE *maps = fopen("/proc/self/maps", "r");
    void *p;

    GC_set_pages_executable(on);
    GC_INIT();
    p = GC_malloc(100);
    if (maps == NULL)
        return result(-1);
    while (fgets(line, sizeof line, maps) != NULL) {
        char mode[8];

        if (sscanf(line, "%lx-%lx %7s", &lo, &hi, mode) == 3 && (GC_word)p >= lo && (GC_word)p < hi)
            return result(strchr(mode, 'x') != NULL);
    }
    return result(-1);
}

static int executable_on(void *unused)
{
    (void)unused;
    return executable(1);
}

static int executable_off(void *unused)
{
    (void)unused;
    return executable(0);
}

static int says_nothing(void *unused)
{
    (void)unused;
    GC_INIT();
    GC_set_warn_proc(GC_ignore_warn_proc);
    GC_enable(); /* once too often */
    return 0;
}

static int says_something(void *unused)
{
    (void)unused;
    GC_INIT();
    GC_enable();
    return 0;
}

#ifdef CHECK_POSIX_THREADS
static int is_handled(void *unused)
{
    struct sigaction a;

    (void)unused;
    GC_set_suspend_signal(SIGUSR2);
    GC_INIT();
    GC_allow_register_threads();
    return result(sigaction(SIGUSR2, NULL, &a) == 0
                  && ((a.sa_flags & SA_SIGINFO) != 0 || a.sa_handler != SIG_DFL));
}
#endif

static void test_start(void)
{
    char text[1000];
    long on = measure(executable_on);

    if (on < 0)
        check_unsupported("GC_set_pages_executable: mappings cannot be looked at");
    else
        CHECK(on == 1 && measure(executable_off) == 0, "GC_set_pages_executable");
    (void)check_child(says_something, NULL, text, sizeof text);
    CHECK(strstr(text, "GC_enable") != NULL, "warnings are printed");
    (void)check_child(says_nothing, NULL, text, sizeof text);
    CHECK(text[0] == '\0', "but not with GC_ignore_warn_proc");
#ifdef CHECK_POSIX_THREADS
    CHECK(measure(is_handled) == 1, "GC_set_suspend_signal: that signal gets a handler");
#endif
}

int main(void)
{
    check_start();
    check_default_mode();
    test_pacing();
    test_size();
    test_incremental();
    test_start();
    VERDICT("measurements");
    return check_done();
}
