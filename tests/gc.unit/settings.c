/* settings.c - what is set can be got; variables and functions agree; locks and switches */
/* variants: plain verify */
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif
#include "check.h"
#include <gc/gc_mark.h>

#define ROUND_TRIP(name, type, value)                               \
    do {                                                            \
        type old_ = GC_get_##name();                                \
        GC_set_##name(value);                                       \
        CHECK(GC_get_##name() == (type)(value), "GC_set_" #name);   \
        GC_set_##name(old_);                                        \
        EXPECT(GC_get_##name() == old_, "setting " #name " back"); \
    } while (0)

static int in_lock, warned, aborted;

static void *GC_CALLBACK under_lock(void *arg)
{
    in_lock++;
    return arg;
}

static void GC_CALLBACK warn(char *msg, GC_word arg)
{
    warned += msg != NULL && strlen(msg) > 0;
    (void)arg;
}

static void GC_CALLBACK on_abort(const char *msg)
{
    aborted += msg != NULL;
}

static void *GC_CALLBACK on_oom(size_t n)
{
    (void)n;
    return NULL;
}

static void switches(void)
{
    GC_word no;
    int i, was;

    CHECK(!GC_is_disabled(), "enabled at first");
    GC_disable();
    GC_disable();
    CHECK(GC_is_disabled(), "disabled");
    no = GC_get_gc_no();
    for (i = 0; i < 200000; i++)
        (void)GC_malloc(64);
    CHECK(GC_get_gc_no() == no, "no collection while disabled");
    GC_enable();
    CHECK(GC_is_disabled(), "disabling nests");
    GC_enable();
    CHECK(!GC_is_disabled(), "enabled again");
    was = GC_get_disable_automatic_collection();
    GC_set_disable_automatic_collection(1);
    CHECK(GC_get_disable_automatic_collection() == 1 && was == 0, "automatic collection");
    GC_set_disable_automatic_collection(0);
}

int main(void)
{
    struct GC_timeval_s tv;

    check_start();
    CHECK(GC_is_init_called() == 0, "not initialized by loading");
    GC_set_pages_executable(0);
    CHECK(GC_get_pages_executable() == 0, "GC_set_pages_executable");
    GC_INIT();
    GC_INIT();
    CHECK(GC_is_init_called() != 0, "initializing twice");
    ROUND_TRIP(dont_expand, int, 1);
    ROUND_TRIP(dont_precollect, int, 1);
    ROUND_TRIP(finalize_on_demand, int, 1);
    ROUND_TRIP(java_finalization, int, 1);
    ROUND_TRIP(find_leak, int, 0);
    ROUND_TRIP(full_freq, int, 7);
    ROUND_TRIP(free_space_divisor, GC_word, 5);
    ROUND_TRIP(max_retries, GC_word, 3);
    ROUND_TRIP(no_dls, int, 1);
    ROUND_TRIP(non_gc_bytes, GC_word, 12345);
    ROUND_TRIP(time_limit, unsigned long, 77);
    ROUND_TRIP(allocd_bytes_per_finalizer, GC_word, 999);
    ROUND_TRIP(min_bytes_allocd, size_t, 4096);
    ROUND_TRIP(rate, int, 3);
    ROUND_TRIP(max_prior_attempts, int, 4);
    ROUND_TRIP(force_unmap_on_gcollect, int, 1);
    ROUND_TRIP(warn_proc, GC_warn_proc, warn);
    ROUND_TRIP(abort_func, GC_abort_func, on_abort);
    ROUND_TRIP(oom_fn, GC_oom_func, on_oom);
    VERDICT("settings go back");
    tv.tv_ms = 12;
    tv.tv_nsec = 345678;
    GC_set_time_limit_tv(tv);
    CHECK(GC_get_time_limit_tv().tv_ms == 12 && GC_get_time_limit_tv().tv_nsec == 345678
              && GC_get_time_limit() == 12,
          "GC_set_time_limit_tv");
    GC_set_time_limit(GC_TIME_UNLIMITED);
    CHECK(GC_get_time_limit() == GC_TIME_UNLIMITED, "no time limit");

    GC_set_free_space_divisor(4);
    CHECK(GC_free_space_divisor == 4, "GC_free_space_divisor the variable");
    GC_free_space_divisor = 3;
    CHECK(GC_get_free_space_divisor() == 3, "and the function");
    GC_non_gc_bytes = 77;
    CHECK(GC_get_non_gc_bytes() == 77, "GC_non_gc_bytes the variable");
    GC_non_gc_bytes = 0;
    GC_max_retries = 2;
    CHECK(GC_get_max_retries() == 2, "GC_max_retries the variable");
    GC_max_retries = 0;
    GC_gcollect();
    CHECK(GC_gc_no == GC_get_gc_no(), "GC_gc_no the variable");
    CHECK(GC_all_interior_pointers == GC_get_all_interior_pointers(),
          "GC_all_interior_pointers the variable");
    GC_oom_fn = on_oom;
    CHECK(GC_get_oom_fn() == on_oom, "GC_oom_fn the variable");
    GC_dont_gc = 1;
    CHECK(GC_is_disabled(), "GC_dont_gc the variable");
    GC_dont_gc = 0;
    switches();
    CHECK(GC_call_with_alloc_lock(under_lock, &in_lock) == &in_lock && in_lock == 1,
          "GC_call_with_alloc_lock");
    CHECK(GC_get_version() == (((unsigned)GC_VERSION_MAJOR << 16)
                               | ((unsigned)GC_VERSION_MINOR << 8) | GC_VERSION_MICRO),
          "the header's version is the library's");
    CHECK(GC_clear_stack(&in_lock) == (void *)&in_lock, "GC_clear_stack returns its argument");
    GC_set_push_other_roots(NULL);
    GC_gcollect();
    CHECK(GC_get_push_other_roots() == NULL, "no function need push other roots");
    return check_done();
}
