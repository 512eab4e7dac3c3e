/* options.c - environment variables: each does what the manual says, and nonsense is named */
/* needs: children */
/* only: tidemark */
/* variants: plain */
#include "check.h"

#include <gc/gc_gcj.h>
#include <gc/gc_mark.h>

#if defined(__GNUC__)
# pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

struct option {
    const char *name, *value;
    int (*effect)(void);       /* in a process of its own; 0 or the number of what is wrong */
    const char *says;          /* what the output has to contain, or NULL */
};

static char log_name[100];

/* ---- effects ---- */

static int none(void) { return 0; }

static int initial_heap(void) { return GC_get_heap_size() < 5u << 20; }

static void *GC_CALLBACK no_memory(size_t n)
{
    (void)n;
    return NULL;
}

static int maximum_heap(void)
{
    void **list = NULL;
    int i;

    GC_set_oom_fn(no_memory);
    for (i = 0; i < 10000; i++) {
        void **p = GC_malloc(1000);

        if (p == NULL)
            return GC_get_heap_size() > 2u << 20;
        *p = list;
        list = p;
    }
    return 2 + (list == NULL);
}

static int divisor(void) { return GC_get_free_space_divisor() != 7; }

static int dont_gc(void)
{
    GC_word before = GC_get_gc_no();

    GC_gcollect();
    return !GC_is_disabled() || GC_get_gc_no() != before;
}

static int interior(void) { return GC_get_all_interior_pointers() != 0; }
static int find_leak(void) { return !GC_get_find_leak(); }
static int full_frequency(void) { return GC_get_full_freq() != 5; }
static int time_target(void) { return GC_get_time_limit() != 33; }
static int force_unmap(void) { return !GC_get_force_unmap_on_gcollect(); }
static int entire_heap(void) { return !GC_use_entire_heap; }

/* Short lists, held until the last is there: a stale pointer keeps little. */
static CHECK_NOINLINE void leave_free(size_t bytes)
{
    enum { CELL = 64, LIST = 6400 };
    size_t n = bytes / LIST, i, k;
    void **lists = GC_malloc_uncollectable(n * sizeof *lists);

    for (i = 0; i < n; i++)
        for (k = 0; k < LIST; k += CELL) {
            void **p = GC_malloc(CELL);

            *p = lists[i];
            lists[i] = p;
            GC_END_STUBBORN_CHANGE(p);
        }
    GC_free(lists);
}

/* Collections until memory that has become free goes back, at most 40. */
static int patience(void)
{
    int n;

    leave_free(20000000);
    for (n = 0; n < 40 && GC_get_unmapped_bytes() == 0; n++)
        check_collect(1);
    check_note("%d collections", n);
    return n;
}

static int gives_back_soon(void) { return !check_lacks("giving-back") && patience() > 10; }
static int gives_back_late(void) { return !check_lacks("giving-back") && patience() <= 10; }
static int keeps(void) { return patience() != 40; }

static struct option_vtable {
    void *unused;
    GC_word descr;
} no_pointers = {NULL, GC_DS_LENGTH};

/* An object whose descriptor names no pointer keeps one all the same. */
static int ignores_descriptors(void)
{
    static void *volatile holder;
    static void *link;
    void **p;

    GC_init_gcj_malloc(GC_GCJ_RESERVED_MARK_PROC_INDEX, NULL);
    p = GC_gcj_malloc(2 * sizeof(void *), &no_pointers);
    p[1] = GC_malloc(40);
    link = (void *)GC_HIDE_POINTER(p[1]);
    (void)GC_general_register_disappearing_link(&link, p[1]);
    holder = p;
    p = NULL;
    check_collect(3);
    GC_reachable_here(holder);
    return link == NULL;
}

/* Warnings stay on the standard error; only the log goes to the file. */
static int only_log(void)
{
    (void)remove(log_name);
    GC_enable();
    return 0;
}

/* Where there are dirty bits at all. */
static int incremental(void)
{
    int at_once = GC_is_incremental_mode();

    GC_enable_incremental();
    return at_once != GC_is_incremental_mode();
}

static int asks_nobody(void)
{
    GC_enable_incremental();
    return (GC_get_actual_vdb() & (GC_VDB_UFFD | GC_VDB_SOFT | GC_VDB_GWW | GC_VDB_PROC)) != 0;
}

static int one_marker(void)
{
#ifdef GC_THREADS
    return GC_get_parallel() != 0;
#else
    return 0;
#endif
}

static int collect_twice(void)
{
    void *p = GC_malloc(10);

    GC_gcollect();
    GC_gcollect();
    GC_reachable_here(p);
    return 0;
}

static CHECK_NOINLINE void leak_some(void)
{
    volatile char *p = NULL;
    int i;

    for (i = 0; i < 20; i++) {
        p = GC_malloc(100);
        p[0] = 1;
    }
    p = NULL;
    (void)p;
}

static int leak(void)
{
    leak_some();
    check_collect(2);
    return 0;
}

static int in_log(void)
{
    char text[4000] = "";
    FILE *f;

    GC_enable(); /* once too often: a warning */
    f = fopen(log_name, "r");
    if (f == NULL)
        return 1;
    if (fread(text, 1, sizeof text - 1, f) == 0)
        text[0] = 0;
    fclose(f);
    remove(log_name);
    return strstr(text, "GC_enable") == NULL ? 2 : 0;
}

static int stays_default(void)
{
    return GC_get_free_space_divisor() != 3 || GC_get_full_freq() != 19 || GC_is_disabled();
}

static const struct option options[] = {
    { "GC_INITIAL_HEAP_SIZE", "5M", initial_heap, NULL },
    { "GC_MAXIMUM_HEAP_SIZE", "2048k", maximum_heap, NULL },
    { "GC_FREE_SPACE_DIVISOR", "7", divisor, NULL },
    { "GC_DONT_GC", "1", dont_gc, NULL },
    { "GC_ALL_INTERIOR_POINTERS", "0", interior, NULL },
    { "GC_FIND_LEAK", "1", find_leak, NULL },
    { "GC_FULL_FREQUENCY", "5", full_frequency, NULL },
    { "GC_PAUSE_TIME_TARGET", "33", time_target, NULL },
    { "GC_FORCE_UNMAP_ON_GCOLLECT", "1", force_unmap, NULL },
    { "GC_USE_ENTIRE_HEAP", "1", entire_heap, NULL },
    { "GC_MARKERS", "1", one_marker, NULL },
    { "GC_NPROCS", "1", one_marker, NULL },
    { "GC_UNMAP_THRESHOLD", "0", keeps, NULL },
    { "GC_UNMAP_THRESHOLD", "2", gives_back_soon, NULL },
    { "GC_UNMAP_THRESHOLD", "25", gives_back_late, NULL },
    { "GC_IGNORE_GCJ_INFO", "1", ignores_descriptors, NULL },
    { "GC_ENABLE_INCREMENTAL", "1", incremental, NULL },
    { "GC_USE_GETWRITEWATCH", "0", asks_nobody, NULL },
    { "GC_PRINT_STATS", "1", collect_twice, "Collection 2: live" },
    { "GC_PRINT_VERBOSE_STATS", "1", collect_twice, "Collection 2: live" },
    { "GC_DUMP_REGULARLY", "1", collect_twice, "GC Dump collection #2" },
    { "GC_DUMP_REGULARLY", "1", none, "GC Dump collection #0" },
    { "GC_BACKTRACES", "1", collect_twice, "Chosen address" },
    { "GC_TRACE", "0x10", collect_twice, "GC_TRACE: collection 2: 0x10 is in no object" },
    { "GC_PRINT_BACK_HEIGHT", "1", none, "GC_PRINT_BACK_HEIGHT" },
    { "GC_LOG_FILE", log_name, in_log, NULL },
    /* nonsense */
    { "GC_INITIAL_HEAP_SIZE", "5X", stays_default, "GC_INITIAL_HEAP_SIZE=\"5X\"" },
    { "GC_MAXIMUM_HEAP_SIZE", "lots", stays_default, "GC_MAXIMUM_HEAP_SIZE=\"lots\"" },
    { "GC_FREE_SPACE_DIVISOR", "0", stays_default, "GC_FREE_SPACE_DIVISOR=\"0\"" },
    { "GC_FREE_SPACE_DIVISOR", "-1", stays_default, "GC_FREE_SPACE_DIVISOR=\"-1\"" },
    { "GC_FULL_FREQUENCY", "often", stays_default, "GC_FULL_FREQUENCY=\"often\"" },
    { "GC_PAUSE_TIME_TARGET", "1e3", stays_default, "GC_PAUSE_TIME_TARGET=\"1e3\"" },
    { "GC_MARKERS", "many", stays_default, "GC_MARKERS=\"many\"" },
    { "GC_NPROCS", "0", stays_default, "GC_NPROCS=\"0\"" },
    { "GC_UNMAP_THRESHOLD", "99999999999999999999", stays_default, "GC_UNMAP_THRESHOLD=\"9" },
    { "GC_LARGE_ALLOC_WARN_INTERVAL", "x", stays_default, "GC_LARGE_ALLOC_WARN_INTERVAL=\"x\"" },
    { "GC_DUMP_INTERVAL", "", stays_default, "GC_DUMP_INTERVAL=\"\"" },
    { "GC_BACKTRACES", "yes", stays_default, "GC_BACKTRACES=\"yes\"" },
    { "GC_TRACE", "here", stays_default, "GC_TRACE=\"here\"" },
    { "GC_LOG_FILE", "", stays_default, "GC_LOG_FILE=\"\"" },
    { "GC_STRESS", "collect,sleep", stays_default, "GC_STRESS=\"collect,sleep\"" },
    { "GC_STRESS_PERIOD", "0", stays_default, "GC_STRESS_PERIOD=\"0\"" },
};

/* GC_INIT has not been called in the parent: each child makes its own collector. */
static int run_option(void *arg)
{
    const struct option *o = arg;

    setenv(o->name, o->value, 1);
    GC_INIT();
    return o->effect();
}

static int run_leak(void *arg)
{
    setenv("GC_FIND_LEAK", "1", 1);
    if (arg != NULL)
        setenv(arg, "1", 1);
    GC_INIT();
    return leak();
}

/* Collections while 3 MB are allocated: 100 and so many, since some systems end with 3 at abort. */
static int run_stress(void *period)
{
    int i;

    setenv("GC_STRESS", "collect", 1);
    setenv("GC_STRESS_PERIOD", period, 1);
    GC_INIT();
    for (i = 0; i < 3000; i++)
        memset(GC_malloc(1000), 1, 1000);
    return 100 + (GC_get_gc_no() < 100 ? (int)GC_get_gc_no() : 100);
}

/* Writes to an object after it was freed. */
static int run_late_write(void *arg)
{
    char *p;

    setenv("GC_FIND_LEAK", "1", 1);
    if (arg != NULL)
        setenv("GC_FINDLEAK_DELAY_FREE", "1", 1);
    GC_INIT();
    p = GC_debug_malloc(100, "here", 1);
    GC_debug_free(p);
    CHECK_LAUNDER(p);
    memset(p + 50, 'x', 8);
    check_collect(1);
    return 0;
}

static int run_only_log(void *arg)
{
    setenv("GC_LOG_FILE", log_name, 1);
    if (arg != NULL)
        setenv("GC_ONLY_LOG_TO_FILE", "1", 1);
    GC_INIT();
    return only_log();
}

/* GC_DISABLE_INCREMENTAL is stronger. */
static int run_disabled(void *arg)
{
    (void)arg;
    setenv("GC_ENABLE_INCREMENTAL", "1", 1);
    setenv("GC_DISABLE_INCREMENTAL", "1", 1);
    GC_INIT();
    GC_enable_incremental();
    return GC_is_incremental_mode();
}

#ifndef _WIN32
static int run_loop(void *arg)
{
    setenv("GC_LOOP_ON_ABORT", "1", 1);
    GC_INIT();
    signal(SIGALRM, SIG_DFL); /* not the watchdog */
    alarm(1);                 /* what ends it */
    GC_free(arg);
    return 1;
}
#endif

static int run_interval(void *arg)
{
    (void)arg;
    setenv("GC_DUMP_REGULARLY", "1", 1);
    setenv("GC_DUMP_INTERVAL", "2", 1);
    GC_INIT();
    return collect_twice();
}

int main(void)
{
    static char text[1 << 20], often[] = "1", seldom[] = "50000";
    size_t i;
    int status;

    /* First of all: a child that is the program run anew looks for it too. */
    snprintf(log_name, sizeof log_name, "/tmp/gc-options-%ld.log", (long)getpid());
    setenv("GC_TEST_LOG", log_name, 0);
    snprintf(log_name, sizeof log_name, "%s", getenv("GC_TEST_LOG"));
    check_start();
    check_default_mode();
    for (i = 0; i < sizeof options / sizeof options[0]; i++) {
        const struct option *o = &options[i];
        char name[100];

#ifdef _WIN32
        if (o->value[0] == 0) {
            check_unsupported("a variable that is set is never empty here");
            continue;
        }
#endif
        status = check_child(run_option, (void *)(uintptr_t)o, text, sizeof text);
        snprintf(name, sizeof name, "%s=%s", o->name, o->value == log_name ? "file" : o->value);
        EXPECT(check_child_ok(status), "status %x", (unsigned)status);
        EXPECT(o->says == NULL || strstr(text, o->says) != NULL, "says: %.500s", text);
        VERDICT(name);
    }
    status = check_child(run_interval, NULL, text, sizeof text);
    CHECK(check_child_ok(status) && strstr(text, "collection #2") != NULL
              && strstr(text, "collection #1") == NULL, "GC_DUMP_INTERVAL=2");
    status = check_child(run_leak, NULL, text, sizeof text);
    CHECK(check_child_ok(status) && strstr(text, "leaked objects") != NULL, "GC_FIND_LEAK reports");
    status = check_child(run_stress, often, text, sizeof text);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) >= 150, "GC_STRESS=collect, GC_STRESS_PERIOD=1");
    status = check_child(run_stress, seldom, text, sizeof text);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) < 150, "GC_STRESS_PERIOD=50000");
    (void)check_child(run_late_write, NULL, text, sizeof text);
    CHECK(strstr(text, "here") == NULL, "a write to what was freed goes unnoticed");
    (void)check_child(run_late_write, (void *)(uintptr_t)"", text, sizeof text);
    CHECK(strstr(text, "here") != NULL || strstr(text, "smashed") != NULL,
          "GC_FINDLEAK_DELAY_FREE finds it");
    (void)check_child(run_only_log, NULL, text, sizeof text);
    CHECK(strstr(text, "GC_enable") == NULL, "GC_LOG_FILE takes warnings, too");
    (void)check_child(run_only_log, (void *)(uintptr_t)"", text, sizeof text);
    CHECK(strstr(text, "GC_enable") != NULL, "GC_ONLY_LOG_TO_FILE leaves them where they were");
    CHECK(check_child_ok(check_child(run_disabled, NULL, text, sizeof text)),
          "GC_DISABLE_INCREMENTAL");
#ifndef _WIN32
    status = check_child(run_loop, log_name, text, sizeof text);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM, "GC_LOOP_ON_ABORT");
#endif
    status = check_child(run_leak, (void *)(uintptr_t)"GC_PRINT_ADDRESS_MAP", text, sizeof text);
    CHECK(check_child_ok(status) && strstr(text, "Address map") != NULL, "GC_PRINT_ADDRESS_MAP");
    status = check_child(run_leak, (void *)(uintptr_t)"GC_ABORT_ON_LEAK", text, sizeof text);
    CHECK(!check_child_ok(status) && strstr(text, "objects leaked") != NULL, "GC_ABORT_ON_LEAK");
    return check_done();
}
