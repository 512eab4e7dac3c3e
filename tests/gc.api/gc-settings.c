/* gc-settings.c - gc.h: each setting is what was set, and so is its old variable */
/* needs: children */
/* variants: plain */
/* purpose: setters, getters and deprecated variables agree; GC_INIT takes compile-time choices */
#define GC_FREE_SPACE_DIVISOR 5
#define GC_FULL_FREQ 7
#define GC_TIME_LIMIT 33
#define GC_MAX_RETRIES 2
#define GC_ALLOCD_BYTES_PER_FINALIZER 12345
#define GC_INITIAL_HEAP_SIZE 8000000
#define GC_IGNORE_WARN
#include "check.h"

#if defined(__GNUC__)
# pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

/* Sets value, reads it back, compares the variable, and puts the old value back. */
#define ROUND_TRIP(type, name, value) \
    do { \
        type round_old = GC_get_##name(); \
        GC_set_##name(value); \
        EXPECT(GC_get_##name() == (type)(value), "GC_get_" #name); \
        GC_set_##name(round_old); \
        EXPECT(GC_get_##name() == round_old, "GC_get_" #name ", put back"); \
    } while (0)
#define ROUND_TRIP_VAR(type, name, value) \
    do { \
        type round_before = GC_get_##name(); \
        EXPECT((type)GC_##name == round_before, "GC_" #name); \
        GC_set_##name(value); \
        EXPECT((type)GC_##name == (type)(value), "GC_" #name ", set"); \
        GC_set_##name(round_before); \
        ROUND_TRIP(type, name, value); \
    } while (0)

static void test_init_choices(void)
{
    CHECK(GC_get_free_space_divisor() == 5, "GC_FREE_SPACE_DIVISOR");
    CHECK(GC_get_full_freq() == 7, "GC_FULL_FREQ");
    CHECK(GC_get_time_limit() == 33, "GC_TIME_LIMIT");
    CHECK(GC_get_max_retries() == 2, "GC_MAX_RETRIES");
    CHECK(GC_get_allocd_bytes_per_finalizer() == 12345, "GC_ALLOCD_BYTES_PER_FINALIZER");
    CHECK(GC_get_warn_proc() == GC_ignore_warn_proc, "GC_IGNORE_WARN");
    CHECK(GC_get_heap_size() + GC_get_unmapped_bytes() >= 7900000, "GC_INITIAL_HEAP_SIZE");
}

static void test_round_trips(void)
{
    struct GC_timeval_s tv = {12, 345678}, back;

    ROUND_TRIP_VAR(GC_word, free_space_divisor, 9);
    ROUND_TRIP_VAR(int, full_freq, 3);
    ROUND_TRIP_VAR(GC_word, non_gc_bytes, 1000);
    ROUND_TRIP_VAR(GC_word, max_retries, 4);
    ROUND_TRIP_VAR(int, dont_expand, 1);
    ROUND_TRIP_VAR(int, dont_precollect, 1);
    ROUND_TRIP_VAR(int, no_dls, 1);
    ROUND_TRIP_VAR(int, finalize_on_demand, 1);
    ROUND_TRIP_VAR(int, java_finalization, 0);
    ROUND_TRIP_VAR(unsigned long, time_limit, GC_TIME_UNLIMITED);
    VERDICT("settings with a variable");

    ROUND_TRIP(GC_word, allocd_bytes_per_finalizer, 999);
    ROUND_TRIP(size_t, min_bytes_allocd, 4096);
    ROUND_TRIP(int, rate, 20);
    ROUND_TRIP(int, max_prior_attempts, 3);
    ROUND_TRIP(int, force_unmap_on_gcollect, 1);
    ROUND_TRIP(int, disable_automatic_collection, 1);
    VERDICT("settings without");

    GC_set_time_limit_tv(tv);
    back = GC_get_time_limit_tv();
    CHECK(back.tv_ms == 12 && back.tv_nsec == 345678, "GC_set_time_limit_tv");
    CHECK(GC_get_time_limit() == 12, "GC_get_time_limit sees its milliseconds");
    GC_set_time_limit(50);
    back = GC_get_time_limit_tv();
    CHECK(back.tv_ms == 50 && back.tv_nsec == 345678, "GC_set_time_limit leaves the rest");

    CHECK(GC_get_gc_no() == GC_gc_no, "GC_gc_no");
    CHECK(GC_get_all_interior_pointers() == GC_all_interior_pointers
              && GC_get_all_interior_pointers() == 1,
          "interior pointers count by default");
    CHECK(GC_get_find_leak() == 0 && GC_find_leak == 0, "GC_find_leak");
    CHECK(GC_get_oom_fn() == GC_oom_fn, "GC_oom_fn");
    CHECK(GC_get_on_heap_resize() == GC_on_heap_resize, "GC_on_heap_resize");
    CHECK(GC_get_finalizer_notifier() == GC_finalizer_notifier, "GC_finalizer_notifier");
    CHECK(GC_stackbottom != NULL, "GC_stackbottom");
    CHECK(GC_use_entire_heap == 0, "GC_use_entire_heap");
    GC_disable();
    CHECK(GC_dont_gc == 1 && GC_is_disabled(), "GC_disable counts in GC_dont_gc");
    GC_enable();
    CHECK(GC_dont_gc == 0, "GC_enable too");
#ifdef GC_THREADS
    CHECK(GC_get_parallel() == GC_parallel, "GC_parallel");
#endif
}

static void test_before_init(void)
{
    GC_set_pages_executable(1);
    CHECK(GC_get_pages_executable() == 1, "GC_set_pages_executable before GC_INIT");
    GC_set_pages_executable(0);
    CHECK(GC_get_manual_vdb_allowed() == 0, "manual dirty bits are off by default");
    GC_set_manual_vdb_allowed(1);
    CHECK(GC_get_manual_vdb_allowed() == 1, "GC_set_manual_vdb_allowed");
    GC_set_manual_vdb_allowed(0);
    GC_set_handle_fork(1);
#ifdef GC_THREADS
    GC_set_markers_count(1);
#endif
#ifdef CHECK_POSIX_THREADS
    GC_set_suspend_signal(SIGUSR2);
    GC_set_thr_restart_signal(SIGUSR1);
#endif
}

static volatile size_t too_many = (size_t)-1 - 100000; /* bytes, on any machine */
static char *warning;
static int warnings;

static void GC_CALLBACK on_warning(char *format, GC_word arg)
{
    (void)arg;
    warning = format;
    warnings++;
}

static void GC_CALLBACK on_abort(const char *message)
{
    printf("abort function: %s\n", message == NULL ? "NULL" : "a message");
    fflush(stdout);
}

static int abort_on_oom(void *unused)
{
    (void)unused;
    GC_set_abort_func(on_abort);
    GC_abort_on_oom();
    return 0;
}

static int dump_all(void *unused)
{
    (void)unused;
    GC_dump();
    GC_dump_named("by-this-name");
    GC_dump_regions();
    GC_dump_finalization();
    return 0;
}

static void test_messages(void)
{
    GC_warn_proc old = GC_get_warn_proc();
    static char dump[400000];
    char text[600];
    int status, n;

    GC_set_warn_proc(on_warning);
    CHECK(GC_get_warn_proc() == on_warning, "GC_get_warn_proc");
    CHECK(GC_malloc(too_many) == NULL && warnings > 0 && warning != NULL,
          "warnings go to the warn procedure");
    GC_set_warn_proc(old);
    n = warnings;
    GC_set_warn_proc(GC_ignore_warn_proc);
    CHECK(GC_malloc(too_many) == NULL && warnings == n, "GC_ignore_warn_proc drops them");

    CHECK(GC_get_abort_func() != NULL, "GC_get_abort_func");
    GC_set_abort_func(on_abort);
    CHECK(GC_get_abort_func() == on_abort, "GC_set_abort_func");
    status = check_child(abort_on_oom, NULL, text, sizeof text);
    CHECK(strstr(text, "abort function:") != NULL, "GC_abort_on_oom calls the abort function");
    CHECK(status != -1 && !check_child_ok(status), "and ends the program");

    status = check_child(dump_all, NULL, dump, sizeof dump);
    CHECK(check_child_ok(status), "the dump functions return");
    CHECK(strstr(dump, "by-this-name") != NULL, "GC_dump_named prints its name");
}

int main(void)
{
    check_start();
    test_before_init();
    GC_INIT();
#ifdef CHECK_POSIX_THREADS
    CHECK(GC_get_suspend_signal() == SIGUSR2 && GC_get_thr_restart_signal() == SIGUSR1,
          "the signals are those that were set");
#endif
#ifdef GC_THREADS
    CHECK(GC_get_parallel() == 0, "GC_set_markers_count(1): no others");
#endif
    test_init_choices();
    test_round_trips();
    test_messages();
    return check_done();
}
