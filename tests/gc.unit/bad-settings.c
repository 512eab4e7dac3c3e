/* bad-settings.c - settings, roots and sizes that make no sense, and calls before GC_INIT */
/* only: tidemark */
/* variants: plain */
/* timeout: 120 */
#include "attempt.h"
#include <gc/gc_gcj.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>
#include <gc/gc_typed.h>
#include <gc/javaxfc.h>

#define FOREIGN attempt_with(attempt_foreign.bytes)

/* One call in a process that has just begun. */
#define TRY(id, call)       \
    static int id(void)     \
    {                       \
        GC_INIT();          \
        (void)(call);       \
        return 0;           \
    }

/* A value that is refused: a message, and the old one stays. */
#define REFUSED(name, type, value)                                                    \
    static int refused_##name(void)                                                   \
    {                                                                                 \
        type was;                                                                     \
                                                                                      \
        GC_INIT();                                                                    \
        was = GC_get_##name();                                                        \
        GC_set_##name((type)attempt_number((long)(value)));                           \
        return GC_get_##name() != was;                                                \
    }

/* ---- settings ---- */

REFUSED(free_space_divisor, GC_word, 0)
REFUSED(full_freq, int, -1)
REFUSED(min_bytes_allocd, size_t, 0)
REFUSED(rate, int, 0)
REFUSED(max_prior_attempts, int, -2)
REFUSED(pointer_shift, unsigned, 64)
REFUSED(pages_executable, int, 1)

/* No function: unknown to the compiler. */
static GC_warn_proc volatile no_warn;
static GC_stop_func volatile no_stop;
static GC_abort_func volatile no_abort;
static GC_oom_func volatile no_oom;
static GC_same_obj_print_proc_t volatile no_same;
static GC_valid_ptr_print_proc_t volatile no_ptr;

TRY(warn_null, (GC_set_warn_proc(no_warn), 0))
TRY(stop_null, (GC_set_stop_func(no_stop), 0))
TRY(abort_null, (GC_set_abort_func(no_abort), 0))
TRY(oom_null, (GC_set_oom_fn(no_oom), 0))
TRY(try_null, GC_try_to_collect(no_stop))
TRY(same_null, (GC_set_same_obj_print_proc(no_same), 0))
TRY(visible_null, (GC_set_is_visible_print_proc(no_ptr), 0))
TRY(displacement_null, (GC_set_is_valid_displacement_print_proc(no_ptr), 0))

static int enable_unasked(void)
{
    GC_INIT();
    GC_enable();
    return GC_is_disabled() != 0;
}

#ifdef CHECK_POSIX_THREADS
static int signal_nonsense(void)
{
    int was = GC_get_suspend_signal();

    GC_set_suspend_signal((int)attempt_number(100000));
    GC_INIT();
    return was > 0 && GC_get_suspend_signal() != was;
}

static int signal_uncatchable(void)
{
    GC_set_suspend_signal((int)attempt_number(SIGKILL));
    GC_INIT();
    return GC_get_suspend_signal() == SIGKILL;
}

/* Too late: the signals are in use. */
static int signal_late(void)
{
    int was;

    GC_INIT();
    was = GC_get_suspend_signal();
    GC_set_suspend_signal(SIGUSR1);
    return GC_get_suspend_signal() != was;
}
#endif

/* ---- roots ---- */

static char *low = attempt_foreign.bytes, *high = attempt_foreign.bytes + 128;

TRY(roots_reversed, (GC_add_roots(attempt_with(high), low), 0))
TRY(roots_empty, (GC_add_roots(low, low), GC_gcollect(), 0))
TRY(roots_odd, (GC_add_roots(low + 1, low + 6), GC_gcollect(), 0))
TRY(roots_unknown, (GC_remove_roots(low, high), GC_remove_roots(high, low), 0))
TRY(roots_twice, (GC_add_roots(low, high), GC_add_roots(low + 8, high + 8), GC_add_roots(low, high),
                  GC_remove_roots(low, high + 8), GC_remove_roots(low, high + 8), 0))
TRY(exclude_reversed, (GC_exclude_static_roots(attempt_with(high), low), 0))
TRY(exclude_twice, (GC_exclude_static_roots(low, high), GC_exclude_static_roots(low, high),
                    GC_exclude_static_roots(low + 16, high + 16), 0))
TRY(displacement, (GC_register_displacement((size_t)attempt_number(1000000)), 0))
TRY(debug_displacement, (GC_debug_register_displacement((size_t)attempt_number(1000000)), 0))

static int roots_many(void)
{
    int i;

    GC_INIT();
    for (i = 0; i < 5000; i++) {
        char *m = (char *)malloc(64);

        GC_add_roots(m + i % 3 * 8, m + 40);
    }
    return 0;
}

/* ---- sizes ---- */

static struct {
    void *unused;
    GC_word descr;
} vtable;

#define NONE(call) EXPECT((call) == NULL, #call)

static int sizes(void)
{
    static volatile size_t most = ~(size_t)0;
    static const size_t less[] = {0, 1, sizeof(void *), 100, 4096, 1000000};
    size_t i;
    void *p = &p, *list;

    GC_INIT();
    GC_set_warn_proc(GC_ignore_warn_proc);
    GC_init_gcj_malloc(0, NULL);
    for (i = 0; i < sizeof less / sizeof *less; i++) {
        size_t n = most - less[i];

        NONE(GC_debug_malloc_atomic(n, "here", 1));
        NONE(GC_debug_malloc_uncollectable(n, "here", 1));
        NONE(GC_debug_malloc_atomic_uncollectable(n, "here", 1));
        NONE(GC_debug_malloc_ignore_off_page(n, "here", 1));
        NONE(GC_debug_malloc_replacement(n));
        NONE(GC_debug_generic_malloc(n, GC_I_NORMAL, "here", 1));
        NONE(GC_malloc_atomic_uncollectable(n));
        NONE(GC_malloc_atomic_ignore_off_page(n));
        NONE(GC_generic_malloc(n, GC_I_NORMAL));
        NONE(GC_generic_malloc_ignore_off_page(n, GC_I_NORMAL));
        NONE(GC_malloc_kind(n, GC_I_NORMAL));
        NONE(GC_malloc_many(n));
        NONE(GC_gcj_malloc(n, &vtable));
        NONE(GC_debug_gcj_malloc(n, &vtable, "here", 1));
        NONE(GC_valloc(n));
        NONE(GC_pvalloc(n));
        NONE(GC_debug_realloc(NULL, n, "here", 1));
        list = &p;
        GC_generic_malloc_many(n, GC_I_NORMAL, &list);
        EXPECT(list == NULL, "GC_generic_malloc_many");
        EXPECT(GC_expand_hp(n) == 0, "GC_expand_hp");
        EXPECT(GC_posix_memalign(&p, 64, n) == ENOMEM && p == (void *)&p, "GC_posix_memalign");
    }
    p = GC_debug_malloc(50, "here", 1);
    memset(p, 7, 50);
    NONE(GC_debug_realloc(p, most - 100, "here", 2));
    EXPECT(check_all_bytes(p, 50, 7), "a refused GC_debug_realloc destroyed the object");
    NONE(GC_memalign(0, 100));
    NONE(GC_memalign(24, 100));
    EXPECT(GC_posix_memalign(&p, 0, 8) == EINVAL && GC_posix_memalign(&p, 24, 8) == EINVAL
               && GC_posix_memalign(&p, sizeof(void *) / 2, 8) == EINVAL,
           "GC_posix_memalign with a bad alignment");
    return check_open_failures != 0;
}

/* Nothing is asked for: small, distinct, freeable objects. */
static int zero(void)
{
    void *p[12];
    size_t i, k, n = 0;

    GC_INIT();
    p[n++] = GC_malloc(0);
    p[n++] = GC_malloc_atomic(0);
    p[n++] = GC_malloc_uncollectable(0);
    p[n++] = GC_malloc_ignore_off_page(0);
    p[n++] = GC_realloc(NULL, 0);
    p[n++] = GC_memalign(64, 0);
    p[n++] = GC_valloc(0);
    p[n++] = GC_malloc_explicitly_typed(0, GC_make_descriptor(NULL, 0));
    p[n++] = GC_calloc_explicitly_typed(0, 8, GC_make_descriptor(NULL, 0));
    p[n++] = GC_calloc_explicitly_typed(8, 0, GC_make_descriptor(NULL, 0));
    p[n++] = GC_generic_malloc(0, GC_I_NORMAL);
    for (i = 0; i < n; i++) {
        EXPECT(p[i] != NULL && GC_base(p[i]) == p[i], "%lu", (unsigned long)i);
        for (k = 0; k < i; k++)
            EXPECT(p[i] != p[k], "%lu and %lu", (unsigned long)i, (unsigned long)k);
    }
    for (i = 0; i < n; i++)
        GC_free(p[i]);
    p[0] = GC_debug_malloc(0, "here", 1);
    GC_debug_free(p[0]);
    return check_open_failures != 0;
}

/* ---- before GC_INIT ---- */

static void *under_lock(void *p)
{
    return p;
}

static int early_questions(void)
{
    struct GC_prof_stats_s s;

    EXPECT(GC_is_init_called() == 0, "GC_is_init_called");
    EXPECT(GC_base(attempt_foreign.bytes) == NULL && GC_base(NULL) == NULL, "GC_base");
    EXPECT(!GC_is_heap_ptr(attempt_foreign.bytes), "GC_is_heap_ptr");
    EXPECT(GC_get_heap_size() == 0 && GC_get_free_bytes() == 0 && GC_get_total_bytes() == 0
               && GC_get_unmapped_bytes() == 0 && GC_get_bytes_since_gc() == 0,
           "counters");
    EXPECT(GC_get_prof_stats(&s, sizeof s) == sizeof s && s.heapsize_full == 0,
           "GC_get_prof_stats");
    EXPECT(GC_get_gc_no() == 0 && !GC_is_incremental_mode(), "GC_get_gc_no");
    EXPECT(GC_unregister_disappearing_link((void **)low) == 0
               && GC_unregister_long_link((void **)low) == 0,
           "unregistering links");
    EXPECT(!GC_should_invoke_finalizers() && GC_invoke_finalizers() == 0, "finalizers");
    EXPECT(GC_collect_a_little() == 0, "GC_collect_a_little");
    GC_free(NULL);
    GC_debug_free(NULL);
    return check_open_failures != 0;
}

#define EARLY(id, condition)              \
    static int early_##id(void)           \
    {                                     \
        return (condition) ? 0 : 1;       \
    }

EARLY(malloc, GC_malloc(100) != NULL && GC_is_init_called())
EARLY(atomic, GC_malloc_atomic(100) != NULL)
EARLY(uncollectable, GC_malloc_uncollectable(100) != NULL)
EARLY(debug, GC_debug_malloc(100, "here", 1) != NULL)
EARLY(many, GC_malloc_many(32) != NULL)
EARLY(generic, GC_generic_malloc(32, GC_I_NORMAL) != NULL)
EARLY(realloc_null, GC_realloc(NULL, 100) != NULL)
EARLY(aligned, GC_memalign(4096, 10) != NULL && GC_valloc(10) != NULL)
EARLY(strdup, strcmp(GC_strdup("tide"), "tide") == 0)
EARLY(typed, GC_malloc_explicitly_typed(32, GC_make_descriptor(NULL, 0)) != NULL)
EARLY(kinds, GC_new_kind(GC_new_free_list(), GC_DS_LENGTH, 1, 1) > 0)
EARLY(lock, GC_call_with_alloc_lock(under_lock, low) == low)
EARLY(collect, (GC_gcollect(), GC_get_gc_no() > 0))
EARLY(try, GC_try_to_collect(GC_get_stop_func()) == 1)
EARLY(expand, GC_expand_hp(1000000) == 1 && GC_get_heap_size() >= 1000000)
EARLY(disable, (GC_disable(), GC_gcollect(), GC_is_disabled() && GC_get_gc_no() == 0)
                   && (GC_enable(), !GC_is_disabled()))
EARLY(roots, (GC_add_roots(low, high), GC_exclude_static_roots(high, high + 64),
              GC_remove_roots(low, high), 1))
EARLY(finalize_all, (GC_finalize_all(), 1))
EARLY(dump, (GC_dump(), 1))
EARLY(deinit, (GC_deinit(), GC_malloc(10) != NULL))

static int early_free(void)
{
    GC_free(FOREIGN);
    return 0;
}

static int early_realloc(void)
{
    attempt_foreign.align = GC_realloc(FOREIGN, 10);
    return 0;
}

static int early_size(void)
{
    return GC_size(FOREIGN) != 0;
}

static int early_link(void)
{
    return GC_general_register_disappearing_link((void **)(high), FOREIGN);
}

int main(void)
{
    static const struct attempt table[] = {
        {"GC_set_free_space_divisor", "0", refused_free_space_divisor, SAYS},
        {"GC_set_full_freq", "negative", refused_full_freq, SAYS},
        {"GC_set_min_bytes_allocd", "0", refused_min_bytes_allocd, SAYS},
        {"GC_set_rate", "0", refused_rate, SAYS},
        {"GC_set_max_prior_attempts", "negative", refused_max_prior_attempts, SAYS},
        {"GC_set_pointer_shift", "the whole word", refused_pointer_shift, SAYS},
        {"GC_set_pages_executable", "too late", refused_pages_executable, SAYS},
        {"GC_set_warn_proc", "NULL", warn_null, ABORTS},
        {"GC_set_stop_func", "NULL", stop_null, ABORTS},
        {"GC_set_abort_func", "NULL", abort_null, ABORTS},
        {"GC_set_oom_fn", "NULL", oom_null, ABORTS},
        {"GC_try_to_collect", "NULL", try_null, ABORTS},
        {"GC_set_same_obj_print_proc", "NULL", same_null, ABORTS},
        {"GC_set_is_visible_print_proc", "NULL", visible_null, ABORTS},
        {"GC_set_is_valid_displacement_print_proc", "NULL", displacement_null, ABORTS},
        {"GC_enable", "too often", enable_unasked, SAYS},
#ifdef CHECK_POSIX_THREADS
        {"GC_set_suspend_signal", "no signal", signal_nonsense, SAYS},
        {"GC_set_suspend_signal", "one that cannot be caught", signal_uncatchable, SAYS},
        {"GC_set_suspend_signal", "too late", signal_late, GIVES},
#endif
        {"GC_add_roots", "the end first", roots_reversed, ABORTS},
        {"GC_add_roots", "nothing", roots_empty, GIVES},
        {"GC_add_roots", "no whole word", roots_odd, GIVES},
        {"GC_add_roots", "the same again", roots_twice, GIVES},
        {"GC_add_roots", "5000 regions", roots_many, GIVES},
        {"GC_remove_roots", "what was never added", roots_unknown, GIVES},
        {"GC_exclude_static_roots", "the end first", exclude_reversed, ABORTS},
        {"GC_exclude_static_roots", "the same again", exclude_twice, GIVES},
        {"GC_register_displacement", "too large", displacement, ABORTS},
        {"GC_register_displacement", "too large, debugging", debug_displacement, ABORTS},
        {"allocators", "sizes that overflow", sizes, GIVES},
        {"allocators", "nothing", zero, GIVES},
        {"before GC_INIT", "questions", early_questions, GIVES},
        {"before GC_INIT", "GC_malloc", early_malloc, GIVES},
        {"before GC_INIT", "GC_malloc_atomic", early_atomic, GIVES},
        {"before GC_INIT", "GC_malloc_uncollectable", early_uncollectable, GIVES},
        {"before GC_INIT", "GC_debug_malloc", early_debug, GIVES},
        {"before GC_INIT", "GC_malloc_many", early_many, GIVES},
        {"before GC_INIT", "GC_generic_malloc", early_generic, GIVES},
        {"before GC_INIT", "GC_realloc of NULL", early_realloc_null, GIVES},
        {"before GC_INIT", "GC_memalign", early_aligned, GIVES},
        {"before GC_INIT", "GC_strdup", early_strdup, GIVES},
        {"before GC_INIT", "GC_malloc_explicitly_typed", early_typed, GIVES},
        {"before GC_INIT", "GC_new_kind", early_kinds, GIVES},
        {"before GC_INIT", "GC_call_with_alloc_lock", early_lock, GIVES},
        {"before GC_INIT", "GC_gcollect", early_collect, GIVES},
        {"before GC_INIT", "GC_try_to_collect", early_try, GIVES},
        {"before GC_INIT", "GC_expand_hp", early_expand, GIVES},
        {"before GC_INIT", "GC_disable and GC_enable", early_disable, GIVES},
        {"before GC_INIT", "roots", early_roots, GIVES},
        {"before GC_INIT", "GC_finalize_all", early_finalize_all, GIVES},
        {"before GC_INIT", "GC_dump", early_dump, GIVES},
        {"before GC_INIT", "GC_deinit", early_deinit, GIVES},
        {"GC_free", "before GC_INIT", early_free, ABORTS},
        {"GC_realloc", "before GC_INIT", early_realloc, ABORTS},
        {"GC_size", "before GC_INIT", early_size, ABORTS},
        {"GC_general_register_disappearing_link", "before GC_INIT", early_link, ABORTS},
    };

    check_start();
    ATTEMPTS(table);
    return check_done();
}
