/* settings.c - the functions that set and get one value each, all from one table.
 *
 * The values: variables.c and settings.h.  Setters with more to do than to store live with what
 * they act on: threads (signals, fork, stack pointers) in pthread_support/, GC_set_warn_proc,
 * GC_set_abort_func and GC_set_log_fd in ground/log.c.
 *
 * [refused]  A value that would break the collector is named in a warning, or, if it is a NULL
 *            function, ends the process; the old value stays.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/ground.h"
#include "private/heap.h"
#include "private/settings.h"

struct gci_settings gci_settings = {
    .allocd_bytes_per_finalizer = 10000,
    .min_bytes_allocd = 1,
    .rate = 10,
    .max_prior_attempts = 1,
    .stop_func = gci_never_stop,
    .mprotect_vdb_allowed = 1,
    .pointer_mask = ~(word)0,
};

GC_API GC_push_other_roots_proc GC_push_other_roots; /* variables.c */

/* ---- Checks ---- */

static bool need_function(bool given, const char *setter)
{
    if (!given)
        gci_abort("%s: the function is NULL", setter);
    return true;
}

static GCI_COLD bool refuse(const char *setter, word value, const char *why)
{
    gci_warn_text("%s(%ld): %s; ignored", setter, (long)value, why);
    return false;
}

#define CHECK_ANY(setter, value) true
#define CHECK_FUNCTION(setter, value) need_function(GCI_LAUNDERED(value) != NULL, setter)
#define CHECK_POSITIVE(setter, value) \
    ((value) > 0 || refuse(setter, (word)(value), "must be greater than 0"))
#define CHECK_NOT_NEGATIVE(setter, value) \
    ((value) >= 0 || refuse(setter, (word)(value), "must not be negative"))
#define CHECK_EARLY(setter, value) \
    (!gci_is_initialized() || refuse(setter, (word)(value), "comes after GC_init"))
#define CHECK_SHIFT(setter, value) \
    ((value) < GCI_WORD_BITS || refuse(setter, (word)(value), "shifts the whole word out"))

/* ---- The table ---- */

/* PLAIN values are read and written without the lock, as gc.h says; LOCKED ones under it. */
#define BEGIN_PLAIN ((void)0)
#define END_PLAIN ((void)0)
#define BEGIN_LOCKED GCI_LOCK()
#define END_LOCKED GCI_UNLOCK()

#define SETTER(sync, check, type, name, place)               \
    GC_API void GC_CALL GC_set_##name(type value)            \
    {                                                        \
        if (!CHECK_##check("GC_set_" #name, value))          \
            return;                                          \
        BEGIN_##sync;                                        \
        GCI_WRITE(place, value);                             \
        END_##sync;                                          \
    }
#define GETTER(sync, type, name, place)      \
    GC_API type GC_CALL GC_get_##name(void)  \
    {                                        \
        type value;                          \
        BEGIN_##sync;                        \
        value = GCI_READ(place);             \
        END_##sync;                          \
        return value;                        \
    }
#define SETTING(sync, check, type, name, place) \
    SETTER(sync, check, type, name, place)      \
    GETTER(sync, type, name, place)

/* numbers: pacing */
SETTING(PLAIN, POSITIVE, GC_word, free_space_divisor, GC_free_space_divisor)
SETTING(PLAIN, NOT_NEGATIVE, int, full_freq, GC_full_freq)
SETTING(PLAIN, ANY, GC_word, non_gc_bytes, GC_non_gc_bytes)
SETTING(PLAIN, ANY, GC_word, max_retries, GC_max_retries)
SETTING(PLAIN, ANY, int, dont_expand, GC_dont_expand)
SETTING(PLAIN, ANY, int, dont_precollect, GC_dont_precollect)
SETTER(PLAIN, ANY, GC_word, max_heap_size, gci_heap.max_bytes)
SETTING(PLAIN, POSITIVE, size_t, min_bytes_allocd, gci_settings.min_bytes_allocd)
SETTING(PLAIN, ANY, GC_word, allocd_bytes_per_finalizer, gci_settings.allocd_bytes_per_finalizer)
SETTING(PLAIN, POSITIVE, int, rate, gci_settings.rate)
SETTING(PLAIN, NOT_NEGATIVE, int, max_prior_attempts, gci_settings.max_prior_attempts)
SETTING(LOCKED, ANY, int, disable_automatic_collection, gci_settings.disable_automatic_collection)
SETTING(PLAIN, ANY, unsigned long, time_limit, GC_time_limit)
GETTER(PLAIN, GC_word, gc_no, GC_gc_no)

/* numbers: modes */
SETTING(PLAIN, ANY, int, find_leak, GC_find_leak)
SETTING(PLAIN, ANY, int, finalize_on_demand, GC_finalize_on_demand)
SETTING(PLAIN, ANY, int, java_finalization, GC_java_finalization)
SETTING(LOCKED, ANY, unsigned, interrupt_finalizers, gci_settings.interrupt_finalizers)
SETTING(PLAIN, ANY, int, no_dls, GC_no_dls)
SETTING(PLAIN, ANY, int, force_unmap_on_gcollect, gci_settings.force_unmap_on_gcollect)
SETTING(PLAIN, EARLY, int, pages_executable, gci_settings.pages_executable)
SETTING(PLAIN, ANY, int, manual_vdb_allowed, gci_settings.manual_vdb_allowed)
SETTING(PLAIN, ANY, int, mprotect_vdb_allowed, gci_settings.mprotect_vdb_allowed)
SETTING(PLAIN, ANY, GC_word, pointer_mask, gci_settings.pointer_mask)
SETTING(PLAIN, SHIFT, unsigned, pointer_shift, gci_settings.pointer_shift)
GETTER(PLAIN, int, all_interior_pointers, GC_all_interior_pointers)
#ifdef GC_THREADS
SETTER(PLAIN, ANY, unsigned, markers_count, gci_settings.markers_count)
GETTER(PLAIN, int, parallel, GC_parallel)
#endif

/* functions that are always there */
SETTING(LOCKED, FUNCTION, GC_oom_func, oom_fn, GC_oom_fn)
SETTING(LOCKED, FUNCTION, GC_stop_func, stop_func, gci_settings.stop_func)
SETTING(PLAIN, FUNCTION, GC_same_obj_print_proc_t, same_obj_print_proc, GC_same_obj_print_proc)
SETTING(PLAIN, FUNCTION, GC_valid_ptr_print_proc_t, is_valid_displacement_print_proc,
        GC_is_valid_displacement_print_proc)
SETTING(PLAIN, FUNCTION, GC_valid_ptr_print_proc_t, is_visible_print_proc,
        GC_is_visible_print_proc)

/* functions that may be NULL */
SETTING(PLAIN, ANY, GC_push_other_roots_proc, push_other_roots, GC_push_other_roots)
SETTING(LOCKED, ANY, GC_on_heap_resize_proc, on_heap_resize, GC_on_heap_resize)
SETTING(LOCKED, ANY, GC_on_os_get_mem_proc, on_os_get_mem, gci_settings.on_os_get_mem)
SETTING(LOCKED, ANY, GC_start_callback_proc, start_callback, gci_settings.start_callback)
SETTING(LOCKED, ANY, GC_on_collection_event_proc, on_collection_event,
        gci_settings.on_collection_event)
#ifdef GC_THREADS
SETTING(LOCKED, ANY, GC_on_thread_event_proc, on_thread_event, gci_settings.on_thread_event)
#endif
SETTING(LOCKED, ANY, GC_on_mark_stack_empty_proc, on_mark_stack_empty,
        gci_settings.on_mark_stack_empty)
SETTING(LOCKED, ANY, GC_push_regs_and_stack_proc, custom_push_regs_and_stack,
        gci_settings.push_regs_and_stack)
SETTING(LOCKED, ANY, GC_finalizer_notifier_proc, finalizer_notifier, GC_finalizer_notifier)
SETTING(LOCKED, ANY, GC_await_finalize_proc, await_finalize_proc, gci_settings.await_finalize)
SETTING(LOCKED, ANY, GC_toggleref_func, toggleref_func, gci_settings.toggleref)

/* ---- Those with a form of their own ---- */

GC_API void GC_CALL GC_set_all_interior_pointers(int value)
{
    GCI_LOCK();
    GC_all_interior_pointers = value != 0;
    GCI_UNLOCK();
}

GC_API void GC_CALL GC_set_time_limit_tv(struct GC_timeval_s limit)
{
    if (limit.tv_ms != GC_TIME_UNLIMITED && limit.tv_nsec >= 1000000) {
        (void)refuse("GC_set_time_limit_tv", limit.tv_nsec, "nanoseconds of 1 ms or more");
        return;
    }
    GC_time_limit = limit.tv_ms;
    if (limit.tv_ms != GC_TIME_UNLIMITED)
        gci_settings.time_limit_nsec = limit.tv_nsec;
}

GC_API struct GC_timeval_s GC_CALL GC_get_time_limit_tv(void)
{
    return (struct GC_timeval_s){ GC_time_limit, gci_settings.time_limit_nsec };
}

/* Sizes never get a byte more for pointers past the end. */
GC_API int GC_CALL GC_get_dont_add_byte_at_end(void)
{
    return 1;
}

GC_API size_t GC_CALL GC_get_debug_header_size(void)
{
    return GCI_DEBUG_HEADER_BYTES;
}

/* ---- GC_init ---- */

static void heap_resized(word new_bytes)
{
    GC_on_heap_resize_proc notify = GC_on_heap_resize; /* once: settings.h [live] */

    if (notify != NULL)
        notify(new_bytes);
}

void gci_settings_init(void)
{
    const struct gci_options *o = &gci_options;

    if (o->maximum_heap_bytes != 0)
        gci_heap.max_bytes = o->maximum_heap_bytes;
    if (o->free_space_divisor != 0)
        GC_free_space_divisor = o->free_space_divisor;
    if (o->full_frequency >= 0)
        GC_full_freq = o->full_frequency;
    if (o->pause_time_target_ms != 0)
        GC_time_limit = (unsigned long)o->pause_time_target_ms;
    if (o->all_interior_pointers >= 0)
        GC_all_interior_pointers = o->all_interior_pointers;
    if (o->dont_gc)
        GC_dont_gc = 1;
    if (o->find_leak)
        GC_find_leak = 1;
    if (o->use_entire_heap)
        GC_use_entire_heap = 1;
    if (o->force_unmap_on_gcollect)
        gci_settings.force_unmap_on_gcollect = 1;
    if (o->markers != 0)
        gci_settings.markers_count = o->markers;
    /* The program may have assigned to the variables. */
    if (GC_free_space_divisor == 0)
        GC_free_space_divisor = 1;
    gci_heap_resized_hook = heap_resized;
}
