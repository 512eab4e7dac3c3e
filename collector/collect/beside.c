/* beside.c - the steps of a cycle that runs beside the program. Each is taken by a thread that holds the
 * allocator lock, mostly one that came to allocate; the work in between is jobs.c's.
 *
 *   begin       full or minor (minor.c); full: mark bits are cleared meanwhile
 *   first stop  births are marked from now on; roots are pushed
 *   (marking)   helpers mark; dirty pages are read and rescanned, a bounded number of rounds
 *   final stop  dirty pages, roots, what could not be scanned before; links and finalizers are decided; too
 *               many dirty pages: the roots again, and back to marking
 *   (sweeping)  runs are settled, empty ones freed, the next threshold set
 *
 * [births]    trace.h. Between the stops objects are born marked.
 * [final]     When the final stop's marking ends, every marked object refers to marked ones: it was scanned
 *             after its page was last armed [armed], or it is on a page just read, or it was deferred.
 *             Unmarked objects are reachable from no root: roots are scanned in the stop itself.
 * [sticky]    From then on writes to marked objects are on dirty pages: that is what a minor cycle needs.
 * [debt]      Beyond the hard limit who allocates marks, or waits for marking, a slice for every so many bytes;
 *             between two slices the lock is free. Far beyond it nobody allocates before marking is done.
 * [no-loss]   A provider that failed: all marked objects are rescanned in the stop, and another one begins
 *             before the world runs on; if none does, the mode ends.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/beside.h"
#include "private/hooks.h"
#include "private/marker.h"
#include "private/settings.h"

#include <string.h>

struct gci_beside gci_beside;

#define PAGE_NS        100000u /* of help by an allocating thread, for each page of GC_set_rate */
#define LATE_ROUND     8u      /* of rescanning: it does not get less, so the program has to slow down */
#define LATE_SLICES    3u      /* as long */
#define SMALL_BYTES    ((size_t)1 << 20) /* less is marked in some tenths of a millisecond */
#define MANY_SMALL     4u /* most of what was allocated since is dead */
#define MOST_FINAL_TRIES 4u

#define FAR_BEYOND  2    /* times the hard limit: nobody allocates until marking is done */
#define SLICE_BYTES ((size_t)256 << 10) /* a slice pays for so much beyond the hard limit */

static unsigned final_tries;

/* What the final stop spends its time on, for the log. */
enum part { STOPPING, READING, ROOTS, MARKING, DECIDING, PARTS };
static uint64_t part_ns[PARTS], part_began_ns;

static void part_ends(enum part part)
{
    uint64_t now = gci_sys_now_ns();

    part_ns[part] = now - part_began_ns;
    part_began_ns = now;
}
static word worked_at_bytes; /* allocated when the last slice began */

static void set_phase(enum gci_phase phase)
{
    gci_store_release(&gci_beside.phase, (word)phase);
}

/* ---- is a step due? ------------------------------------------------------------------ */

bool gci_beside_due(word allocated_bytes)
{
    const bool done = gci_load_acquire(&gci_beside.done) != 0;

    switch (gci_load(&gci_beside.phase)) {
    case GCI_PHASE_CLEAR:
        return done || GCI_READ(gci_beside.helpers) == 0 || allocated_bytes > gci_minor_hard_bytes(allocated_bytes);
    case GCI_PHASE_MARK:
        return done || GCI_READ(gci_beside.helpers) == 0 || gci_minor_is_behind(allocated_bytes);
    case GCI_PHASE_SWEEP:
        if (!done && GCI_READ(gci_beside.helpers) == 0)
            return true;
        break;
    default:
        break;
    }
    return allocated_bytes > gci_minor_start_bytes(allocated_bytes);
}

/* ---- the first stop --------------------------------------------------------------------- */

static void first_mark(ptr_t own_hot, void *arg GCI_UNUSED)
{
    gci_mark_begin(false);
    if (!gci_beside.minor && gci_options.verify)
        gci_freed_forget_stopped();
    if (!gci_dirty_provider->concurrent) { /* [armed] */
        gci_dirty_empty(&gci_beside.dirty);
        if (!gci_dirty_read(&gci_beside.dirty) || !gci_beside.minor)
            gci_dirty_empty(&gci_beside.dirty);
    }
    gci_hooks.begin_births_stopped();
    if (gci_beside.minor)
        gci_roots_push_again_stopped(own_hot);
    else
        gci_roots_push_all_stopped(own_hot);
}

static void first_stop(void)
{
    gci_cycle_tell(GC_EVENT_MARK_START);
    gci_beside.need_full = true; /* until the marking is complete */
    GCI_WRITE(gci_beside.rounds, 0u);
    gci_store(&gci_beside.slowed, 0);
    final_tries = 0;
    worked_at_bytes = 0;
    gci_cycle_stop_with_true_roots();
    gci_regs_call(first_mark, NULL);
    set_phase(GCI_PHASE_MARK);
    gci_cycle_start_world();
    gci_store(&gci_beside.slices_us, 0);
    gci_minor_begin_marking();
    gci_jobs_begin_marking();
    gci_jobs_start_locked();
}

/* ---- the final stop ----------------------------------------------------------------------- */

static void mark_roots_again(ptr_t own_hot, void *arg GCI_UNUSED)
{
    gci_roots_push_again_stopped(own_hot);
}

static void final_mark(ptr_t own_hot, void *arg GCI_UNUSED)
{
    const size_t dirty_bytes = gci_beside.dirty.bytes;

    gci_share_collect_all(gci_marker_main); /* [deferred] */
    gci_roots_push_again_stopped(own_hot);
    part_ends(ROOTS);
    gci_jobs_rescan_stopped(&gci_beside.dirty);
    gci_mark_drain();
    part_ends(MARKING);
    gci_minor_note_rescan(dirty_bytes, part_ns[MARKING]);
    if (gci_hooks.marked_stopped != NULL)
        gci_hooks.marked_stopped();
    part_ends(DECIDING);
    if (gci_options.verify)
        gci_mark_check_roots_stopped(own_hot);
}

/* Too much for the time limit, and the helpers may yet do it. */
static bool another_round_first(void)
{
    return !gci_dirty_failed() && GC_time_limit != 0
           && final_tries++ < MOST_FINAL_TRIES * (unsigned)gci_settings.max_prior_attempts
           && gci_beside.dirty.bytes > GCI_FINAL_FACTOR * gci_minor_final_bytes();
}

/* [lives] Marks and live bits are one again. Holes are retired, marking is complete. */
static void end_mode_stopped(void)
{
    gci_dirty_stop_stopped();
    gci_lives_offset = 0;
    gci_hooks.epoch_changed_stopped();
    gci_recruit_pair_bits_lost();
    gci_beside.on = false;
}

/* [no-loss] */
static void replace_provider_stopped(void)
{
    const struct gci_vdb_provider *failed = gci_dirty_provider;

    gci_dirty_stop_stopped();
    if (gci_dirty_start_stopped(NULL, failed)
        || (gci_options.stress_deny && gci_dirty_start_stopped(gci_options.vdb, NULL)))
        return;
    gci_log(1, "Incremental mode ends: no source of dirty bits is left\n");
    end_mode_stopped();
}

static void account_stopped(void)
{
    gci_beside.need_full = false;
    if (gci_dirty_failed())
        replace_provider_stopped();
    gci_sweep_restart_stopped();
    GC_gc_no++;
    gci_cycle_stats.cycles++;
    gci_cycle_stats.minor_cycles += gci_beside.minor;
    gci_beside.cycle_bytes = gci_load(&gci_pace.allocated_bytes);
    gci_beside.marking_bytes = gci_beside.cycle_bytes - gci_beside.marked_from_bytes;
    if ((intptr_t)gci_beside.marking_bytes < 0)
        gci_beside.marking_bytes = 0; /* ends of holes were taken off */
    gci_beside.marking_ns = gci_sys_now_ns() - gci_beside.cycle_began_ns;
    gci_pace_reset_counts();
    if (gci_options.verify) {
        gci_sweep_count_live_stopped();
        if (gci_hooks.verify_stopped != NULL)
            gci_hooks.verify_stopped();
    }
    gci_sweep_count_live_later_stopped();
}

static void log_cycle(size_t dirty_bytes)
{
    gci_log(1, "Collection %lu, %s, beside the program: %lu KiB allocated, %lu KiB of them during marking, "
               "%u round(s), %lu KiB dirty in the final stop, pause %lu us, %lu us in all, "
               "heap %lu KiB\n",
            (unsigned long)GC_gc_no, gci_beside.minor ? "minor" : "full",
            (unsigned long)(gci_beside.cycle_bytes >> 10),
            (unsigned long)(gci_beside.marking_bytes >> 10), gci_beside.rounds,
            (unsigned long)(dirty_bytes >> 10),
            (unsigned long)(gci_cycle_stats.last_pause_ns / 1000),
            (unsigned long)((gci_sys_now_ns() - gci_beside.cycle_began_ns) / 1000),
            (unsigned long)(gci_heap_in_use_bytes() >> 10));
    gci_log(2, "Final stop: %lu us until all had stopped, dirty pages %lu, roots %lu, marking %lu with "
               "%u marker(s), links and finalizers %lu\n",
            (unsigned long)(part_ns[STOPPING] / 1000), (unsigned long)(part_ns[READING] / 1000),
            (unsigned long)(part_ns[ROOTS] / 1000), (unsigned long)(part_ns[MARKING] / 1000),
            gci_mark_markers_used(), (unsigned long)(part_ns[DECIDING] / 1000));
}

/* True: the cycle is complete but for the sweep. */
static bool final_stop(GC_stop_func stop)
{
    size_t dirty_bytes;
    uint64_t began;

    if (stop != NULL && stop())
        return false; /* not now; it stays due */
    gci_markers_wait(); /* the last ones are leaving */
    if (gci_hooks.before_stop_locked != NULL)
        gci_hooks.before_stop_locked();
    gci_mark_prepare_helpers();
    part_began_ns = gci_sys_now_ns();
    gci_cycle_stop_with_true_roots();
    part_ends(STOPPING);
    gci_dirty_empty(&gci_beside.dirty);
    (void)gci_dirty_read(&gci_beside.dirty);
    part_ends(READING);
    dirty_bytes = gci_beside.dirty.bytes;
    if (another_round_first()) {
        gci_regs_call(mark_roots_again, NULL);
        gci_cycle_start_world();
        gci_jobs_begin_marking();
        gci_jobs_start_locked();
        return false;
    }
    gci_hooks.retire_stopped(); /* [retired] */
    gci_mark_births = false;
    began = gci_sys_now_ns();
    gci_regs_call(final_mark, NULL);
    gci_cycle_stats.total_mark_ns += gci_sys_now_ns() - began;
    gci_cycle_tell(GC_EVENT_MARK_END);
    account_stopped();
    set_phase(GCI_PHASE_SWEEP);
    gci_cycle_start_world();
    gci_dirty_empty(&gci_beside.dirty);
    gci_cycle_tell(GC_EVENT_RECLAIM_START);
    gci_jobs_start_locked();
    gci_cycle_tell(GC_EVENT_RECLAIM_END);
    if (gci_hooks.cycle_done_locked != NULL)
        gci_hooks.cycle_done_locked();
    log_cycle(dirty_bytes);
    gci_cycle_tell(GC_EVENT_END);
    return true;
}

/* ---- steps ---------------------------------------------------------------------------------- */

static void begin_cycle(void)
{
    gci_jobs_finish_sweep_locked();
    gci_beside.minor = gci_minor_choose_locked();
    gci_beside.cycle_began_ns = gci_sys_now_ns();
    gci_beside.marked_from_bytes = gci_load(&gci_pace.allocated_bytes);
    gci_cycle_tell(GC_EVENT_START);
    if (gci_settings.start_callback != NULL)
        gci_settings.start_callback();
    gci_mark_prepare_helpers();
    if (gci_beside.minor) {
        first_stop();
        return;
    }
    gci_beside.need_full = true;
    gci_sweep_begin_clearing();
    set_phase(GCI_PHASE_CLEAR);
    gci_jobs_start_locked();
}

static uint64_t slice_ns(void)
{
    return (uint64_t)PAGE_NS * (unsigned)gci_settings.rate;
}

/* A slice, unless the phase is done. What was allocated beyond the hard limit since the last slice is paid
   for later, when the lock is free [debt]. */
static void work(void)
{
    word net = gci_pace_net_bytes(), paid = gci_minor_hard_bytes(net);
    uint64_t began;

    if (gci_load_acquire(&gci_beside.done) != 0)
        return;
    if (worked_at_bytes > paid)
        paid = worked_at_bytes;
    if (net > paid)
        gci_store(&gci_beside.debt_slices,
                  gci_beside.debt_slices + (net - paid) / SLICE_BYTES);
    worked_at_bytes = net;
    began = gci_sys_now_ns();
    do
        gci_jobs_slice_locked(slice_ns() * (GCI_READ(gci_beside.rounds) < LATE_ROUND ? 1 : LATE_SLICES),
                              gci_minor_is_behind(net));
    while (gci_load_acquire(&gci_beside.done) == 0
           && net > FAR_BEYOND * gci_minor_hard_bytes(net)); /* [debt] slices do not keep up */
    gci_store(&gci_beside.slices_us,
              gci_beside.slices_us + (word)((gci_sys_now_ns() - began) / 1000));
}

static bool is_within_limit(void)
{
    word net = gci_pace_net_bytes();

    return net <= gci_minor_hard_bytes(net);
}

static bool step(GC_stop_func stop)
{
    switch (gci_beside.phase) {
    case GCI_PHASE_CLEAR:
    case GCI_PHASE_MARK:
        work();
        if (gci_load_acquire(&gci_beside.done) == 0)
            return false;
        gci_store(&gci_beside.debt_slices, 0);
        if (gci_beside.phase == GCI_PHASE_MARK)
            return final_stop(stop);
        gci_markers_wait();
        first_stop();
        return false;
    case GCI_PHASE_SWEEP:
        if (gci_load_acquire(&gci_beside.done) == 0 && is_within_limit()) {
            gci_jobs_slice_locked(slice_ns(), false);
            return false;
        } /* FALLTHRU */
    default:
        begin_cycle();
        return false;
    }
}

/* [debt] */
void gci_beside_pay(void)
{
    bool ran = false;

    while (!ran && gci_load(&gci_beside.debt_slices) != 0) {
        GCI_LOCK();
        if (gci_beside.debt_slices != 0 && gci_beside_is_marking() && !GC_dont_gc) {
            gci_store(&gci_beside.debt_slices, gci_beside.debt_slices - 1);
            ran = gci_beside_step_locked(gci_settings.stop_func);
        } else {
            gci_store(&gci_beside.debt_slices, 0);
        }
        GCI_UNLOCK();
    }
    if (ran)
        gci_collect_epilogue();
}

/* Small heaps are collected at once, unless the point is to try this out. */
static bool is_small(void)
{
    return gci_beside.phase == GCI_PHASE_IDLE
           && GCI_READ(gci_live.bytes) < SMALL_BYTES
           && gci_load(&gci_pace.allocated_bytes) < MANY_SMALL * SMALL_BYTES
           && !gci_options.verify && !gci_options.stress_collect;
}

bool gci_beside_step_locked(GC_stop_func stop)
{
    bool completed;
    int cancel_state;

    if (!gci_beside.on || GC_find_leak || is_small())
        return gci_collect_locked(stop);
    if (gci_state.collecting)
        return false;
    gci_state.collecting = true;
    cancel_state = gci_cancel_disable();
    completed = step(stop);
    gci_cancel_restore(cancel_state);
    gci_state.collecting = false;
    return completed;
}

void gci_beside_begin_locked(void)
{
    int cancel_state;

    if (gci_state.collecting || GC_find_leak || gci_beside_is_marking())
        return;
    gci_state.collecting = true;
    cancel_state = gci_cancel_disable();
    begin_cycle();
    gci_cancel_restore(cancel_state);
    gci_state.collecting = false;
}

/* ---- whole collections in between ------------------------------------------------------------- */

/* Who hears of beginnings hears of ends. */
static void tell_given_up(void)
{
    if (gci_beside.phase == GCI_PHASE_MARK)
        gci_cycle_tell(GC_EVENT_MARK_END);
    if (gci_beside_is_marking())
        gci_cycle_tell(GC_EVENT_END);
}

/* A mode that ended by itself leaves its sweep behind. */
static bool is_active(void)
{
    return gci_beside.on || gci_beside.phase != GCI_PHASE_IDLE;
}

void gci_beside_halt_locked(void)
{
    if (!is_active())
        return;
    gci_jobs_pause_locked();
    tell_given_up();
    if (gci_beside.phase == GCI_PHASE_SWEEP)
        gci_jobs_finish_sweep_locked(); /* [odd-zero] */
}

void gci_beside_forget_stopped(void)
{
    if (!is_active())
        return;
    gci_mark_births = false;
    gci_share_drop_all();
    gci_snapshot_forget_all();
    gci_dirty_empty(&gci_beside.dirty);
    gci_beside.need_full = true;
    set_phase(GCI_PHASE_IDLE);
}

void gci_beside_rebase_stopped(void)
{
    if (!gci_beside.on)
        return;
    if (gci_options.verify)
        gci_freed_forget_stopped();
    gci_minor_rebase();
    gci_dirty_empty(&gci_beside.dirty);
    if (!gci_dirty_read(&gci_beside.dirty))
        replace_provider_stopped();
    gci_dirty_empty(&gci_beside.dirty);
    gci_beside.need_full = false;
}

/* ---- fork ---------------------------------------------------------------------------------------- */

void gci_beside_quiet_locked(void)
{
    if (is_active())
        gci_jobs_pause_locked();
}

void gci_beside_after_fork(bool in_child)
{
    if (!is_active())
        return;
    if (!in_child) {
        if (gci_beside.phase != GCI_PHASE_IDLE)
            gci_jobs_resume_locked();
        return;
    }
    GCI_WRITE(gci_beside.helpers, 0u);
    gci_beside.need_full = true;
    if (gci_beside.phase == GCI_PHASE_SWEEP)
        return; /* who allocates goes on with it */
    tell_given_up();
    gci_beside_forget_stopped();
}

/* ---- switching the mode ----------------------------------------------------------------------------- */

static void copy_marks(struct gci_block *run, void *arg GCI_UNUSED)
{
    memcpy((char *)gci_run_marks(run) + GCI_LIVES_APART, gci_run_marks(run),
           GCI_MARK_WORDS * sizeof(word));
}

/* Marks of uncollectable runs say what is allocated, in either mode. */
static void copy_lives(struct gci_block *run, void *arg GCI_UNUSED)
{
    if (!(run->flags & GCI_BLOCKF_UNCOLLECTABLE))
        memcpy(gci_run_marks(run), gci_run_lives(run), GCI_MARK_WORDS * sizeof(word));
}

bool gci_beside_enable_locked(void)
{
    if (!gci_beside.on)
        gci_beside_halt_locked();
    gci_cycle_stop_world();
    if (!gci_beside.on && gci_dirty_start_stopped(gci_options.vdb, NULL)) {
        gci_blocks_visit_runs(copy_marks, NULL); /* [lives] */
        gci_lives_offset = GCI_LIVES_APART;
        gci_hooks.epoch_changed_stopped();
        gci_beside.need_full = true;
        gci_store(&gci_beside.done, 0);
        set_phase(GCI_PHASE_IDLE);
        gci_beside.on = true;
    }
    gci_cycle_start_world();
    return gci_beside.on;
}

void gci_beside_disable_locked(void)
{
    if (!gci_beside.on)
        return;
    gci_beside_halt_locked();
    gci_cycle_stop_world();
    gci_hooks.retire_stopped();
    gci_beside_forget_stopped();
    gci_blocks_visit_runs(copy_lives, NULL);
    end_mode_stopped();
    gci_cycle_start_world();
}
