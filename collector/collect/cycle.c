/* cycle.c - the phases of a collection with the world stopped.
 *
 *   prepare   the dynamic linker's list is noted, client callbacks told
 *   stop      every other thread stops or is in a blocking region; holes and free lists are retired
 *   clear     mark bits of collectable runs
 *   roots     static data, stacks, registers, thread-local blocks, uncollectable objects, hooks
 *   mark      until nothing is left, with as many markers as there is work for
 *   decide    links, finalizers, toggle refs (hooks.marked_stopped)
 *   resume    every run is unswept; the world runs
 *   sweep     empty runs and dead large objects are freed, memory is given back; holes are found
 *             later by the threads that allocate
 *
 * When a cycle is due: pace.c. The cycle that runs beside the program: beside.c.
 *
 * [retired]  While marking runs no thread has a hole: every unmarked slot is dead or was never used.
 * [linker]   Between noting and the stop a library may come or go; then the world runs again and
 *            the list is noted anew, a bounded number of times.
 * [stop]     The program's stop function is asked before anything is done, and every so many objects
 *            while one marks; nothing is reclaimed by a cycle that it ends.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/beside.h"
#include "private/collect.h"
#include "private/hooks.h"
#include "private/marker.h"
#include "private/settings.h"

struct gci_cycle_stats gci_cycle_stats;

#define LINKER_TRIES 20
#define PARALLEL_BYTES ((size_t)1 << 20) /* live objects from which helpers may pay */
#define STOP_OBJECTS 4096 /* some 50 us of marking between two calls of a stop function */

void gci_cycle_tell(GC_EventType event)
{
    if (gci_settings.on_collection_event != NULL)
        gci_settings.on_collection_event(event);
}

/* ---- stopping -------------------------------------------------------------------- */

static uint64_t stopped_at_ns;

void gci_cycle_stop_world(void)
{
    if (config_threads)
        gci_cycle_tell(GC_EVENT_PRE_STOP_WORLD);
    stopped_at_ns = gci_sys_now_ns();
    gci_world_stop();
    gci_state.world_stopped = true;
    if (config_threads)
        gci_cycle_tell(GC_EVENT_POST_STOP_WORLD);
}

/* A histogram: [i] counts the pauses from 2^(i-1) to 2^i microseconds. */
static void count_pause(uint64_t ns)
{
    unsigned i = 0;

    for (ns /= 1000; ns != 0 && i < GCI_PAUSE_BUCKETS - 1; ns >>= 1)
        i++;
    gci_cycle_stats.pauses[i]++;
}

void gci_cycle_start_world(void)
{
    uint64_t pause;

    if (config_threads)
        gci_cycle_tell(GC_EVENT_PRE_START_WORLD);
    gci_state.world_stopped = false;
    gci_world_start();
    pause = gci_sys_now_ns() - stopped_at_ns;
    count_pause(pause);
    gci_cycle_stats.last_pause_ns = pause;
    gci_cycle_stats.total_pause_ns += pause;
    if (pause > gci_cycle_stats.longest_pause_ns)
        gci_cycle_stats.longest_pause_ns = pause;
    if (config_threads)
        gci_cycle_tell(GC_EVENT_POST_START_WORLD);
}

/* [linker] */
void gci_cycle_stop_with_true_roots(void)
{
    int tries;

    for (tries = 0;; tries++) {
        gci_roots_prepare();
        gci_cycle_stop_world();
        if (tries == LINKER_TRIES || gci_roots_valid_stopped())
            return;
        gci_cycle_start_world();
        gci_sys_yield();
    }
}

/* ---- marking ---------------------------------------------------------------------- */

struct marking {
    GC_stop_func stop;
    bool given_up;
};

static bool may_be_stopped(const struct marking *marking)
{
    return marking->stop != NULL && marking->stop != gci_never_stop;
}

/* [stop] Alone: who wants to end a collection wants the processor. False: the program ends it. */
static bool mark_until_stopped(GC_stop_func stop)
{
    do {
        if (stop())
            return false;
    } while (!gci_marker_drain(gci_marker_main, STOP_OBJECTS));
    return true;
}

static void mark_from(ptr_t own_hot, void *arg)
{
    struct marking *marking = arg;

    gci_cycle_tell(GC_EVENT_MARK_START);
    gci_mark_begin(!may_be_stopped(marking));
    gci_mark_clear_all();
    gci_roots_push_all_stopped(own_hot);
    if (may_be_stopped(marking) && !mark_until_stopped(marking->stop)) {
        marking->given_up = true;
        gci_mark_begin(false);
        return;
    }
    gci_mark_drain();
    if (gci_hooks.marked_stopped != NULL)
        gci_hooks.marked_stopped();
    gci_cycle_tell(GC_EVENT_MARK_END);
}

static void log_cycle(size_t heap_before, uint64_t mark_ns)
{
    gci_log(1, "Collection %lu: live %lu KiB, heap %lu KiB (%lu KiB before), "
               "pause %lu us, marking %lu us with %u marker(s)\n",
            (unsigned long)GC_gc_no, (unsigned long)(GCI_READ(gci_live.bytes) >> 10),
            (unsigned long)(gci_heap_in_use_bytes() >> 10),
            (unsigned long)(heap_before >> 10),
            (unsigned long)(gci_cycle_stats.last_pause_ns / 1000), (unsigned long)(mark_ns / 1000),
            gci_mark_markers_used());
}

/* The world runs again: what needs no stop. */
static void after_resume(void)
{
    size_t keep;

    gci_cycle_tell(GC_EVENT_RECLAIM_START);
    gci_sweep_all();
    keep = gci_pace_keep_free_bytes();
    if (config_munmap && gci_options.unmap_threshold != 0)
        (void)gci_heap_release(keep);
    gci_cycle_tell(GC_EVENT_RECLAIM_END);
    if (gci_hooks.cycle_done_locked != NULL)
        gci_hooks.cycle_done_locked();
}

bool gci_collect_locked(GC_stop_func stop)
{
    struct marking marking = { stop, false };
    size_t heap_before = gci_heap_in_use_bytes();
    uint64_t began, mark_ns;
    int cancel_state;

    if (gci_state.collecting)
        return false; /* a callback of the cycle asked for a cycle */
    gci_state.collecting = true;
    cancel_state = gci_cancel_disable();
    if (may_be_stopped(&marking) && stop()) { /* [stop] */
        gci_pace_put_off();
        gci_state.collecting = false;
        gci_cancel_restore(cancel_state);
        return false;
    }
    gci_beside_halt_locked();
    gci_cycle_tell(GC_EVENT_START);
    if (gci_settings.start_callback != NULL)
        gci_settings.start_callback();
    if (gci_hooks.before_stop_locked != NULL)
        gci_hooks.before_stop_locked();
    if (GCI_READ(gci_live.bytes) >= PARALLEL_BYTES)
        gci_mark_prepare_helpers(); /* threads cannot be made once the world is stopped */
    began = gci_sys_now_ns();
    gci_cycle_stop_with_true_roots();
    gci_hooks.retire_stopped(); /* [retired] */
    gci_beside_forget_stopped();
    mark_ns = gci_sys_now_ns();
    gci_regs_call(mark_from, &marking);
    mark_ns = gci_sys_now_ns() - mark_ns;
    gci_cycle_stats.total_mark_ns += mark_ns;
    if (marking.given_up) {
        gci_sweep_forbid_stopped();
        gci_pace_put_off(); /* the program did not want one now */
    } else {
        gci_beside_rebase_stopped();
        gci_sweep_restart_stopped();
        GC_gc_no++;
        gci_cycle_stats.cycles++;
        gci_sweep_count_live_stopped();
        gci_pace_after_cycle();
        if (gci_hooks.verify_stopped != NULL)
            gci_hooks.verify_stopped();
    }
    gci_cycle_start_world();
    if (!marking.given_up) {
        after_resume();
        log_cycle(heap_before, mark_ns);
    }
    if (gci_cycle_stats.measuring)
        gci_cycle_stats.full_total_ns += gci_sys_now_ns() - began;
    gci_cycle_tell(GC_EVENT_END);
    gci_state.collecting = false;
    gci_cancel_restore(cancel_state);
    return !marking.given_up;
}

bool gci_collect_if_due(void)
{
    bool ran = false;

    GCI_LOCK();
    if (gci_pace_due(SIZE_MAX))
        ran = gci_beside_step_locked(gci_settings.stop_func);
    GCI_UNLOCK();
    if (ran)
        gci_collect_epilogue();
    return ran;
}

void gci_collect_epilogue(void)
{
    if (gci_hooks.cycle_done_unlocked != NULL)
        gci_hooks.cycle_done_unlocked();
}

/* ---- the interface -------------------------------------------------------------------- */

static bool collect_now(GC_stop_func stop, bool unmap)
{
    bool ran;

    gci_ensure_init();
    GCI_LOCK();
    ran = !GC_dont_gc && gci_collect_locked(stop);
    if (ran && unmap && config_munmap)
        (void)gci_heap_release(0);
    GCI_UNLOCK();
    if (ran)
        gci_collect_epilogue();
    return ran;
}

GC_API void GC_CALL GC_gcollect(void)
{
    (void)collect_now(gci_settings.stop_func, gci_settings.force_unmap_on_gcollect != 0);
}

GC_API void GC_CALL GC_gcollect_and_unmap(void)
{
    (void)collect_now(gci_never_stop, true);
}

GC_API int GC_CALL GC_try_to_collect(GC_stop_func stop)
{
    if (GCI_LAUNDERED(stop) == NULL)
        gci_abort("GC_try_to_collect: the stop function is NULL");
    return collect_now(stop, gci_settings.force_unmap_on_gcollect != 0);
}
