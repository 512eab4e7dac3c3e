/* jobs.c - the work between the steps of a cycle beside the program: clearing marks, marking, sweeping.
 *
 * It is done by helper threads (pthread_support/markers.c), or bit by bit by allocating threads where
 * there are none. Steps, and all changes of phase: beside.c.
 *
 * [leader]    The first helper leads, or whoever does a slice where there is none: only the leader rescans
 *             dirty pages and says that marking is done. Others mark what comes through the pool.
 * [armed]     Pages are armed before the first object is scanned; a page's objects are rescanned after the
 *             page was armed anew. So a marked object on a page not reported since was scanned as it is.
 * [put-down]  A paused helper leaves nothing behind: entries are in the pool, places are in static data.
 * [no-client] Helpers call no function of the program. Where kinds have disclaim procedures the thread
 *             that ended the cycle sweeps.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/beside.h"
#include "private/marker.h"

#define SLICE_OBJECTS 4096u /* marked between two looks at the clock or for a pause */
#define RESCAN_BYTES ((size_t)32 << 10)
#define MOST_ROUNDS  16u

static bool paused(void)
{
    return gci_share_interrupted();
}

/* ---- dirty pages: the leader's ----------------------------------------------------- */

static struct gci_stretch stretch;
static size_t next_range;      /* of gci_beside.dirty; the stretch at hand is that before it */
static bool in_stretch;
static size_t last_bytes;      /* of the last round and the one before */
static size_t before_last_bytes;
static uint64_t round_began_ns;

static void rewind_dirty(void)
{
    next_range = 0;
    in_stretch = false;
    round_began_ns = gci_sys_now_ns();
}

/* Pushes what the next pages of the set lead to; false: there are no more. */
static bool rescan_some(struct gci_marker *m)
{
    if (!in_stretch) {
        if (next_range == gci_beside.dirty.count)
            return false;
        stretch.lo = stretch.at = gci_beside.dirty.ranges[next_range].lo;
        stretch.hi = gci_beside.dirty.ranges[next_range++].hi;
    }
    in_stretch = !gci_rescan_stretch(m, &stretch, RESCAN_BYTES);
    return true;
}

/* Is another round worth more than leaving the rest to the final stop? */
static bool round_pays(void)
{
    if (gci_beside.rounds == 0)
        return true;
    if (gci_beside.rounds >= MOST_ROUNDS || last_bytes <= gci_minor_final_bytes())
        return false;
    return true;
}

/* Everything found so far is scanned. False: marking may end. */
static bool next_round(void)
{
    if (gci_beside.dirty.bytes != 0)
        gci_minor_note_rescan(gci_beside.dirty.bytes, gci_sys_now_ns() - round_began_ns);
    gci_dirty_empty(&gci_beside.dirty);
    rewind_dirty();
    if (gci_dirty_provider == NULL || !gci_dirty_provider->concurrent || gci_dirty_failed()
        || !round_pays())
        return false;
    if (!gci_dirty_read(&gci_beside.dirty)) { /* [no-loss]: the final stop rescans everything */
        gci_dirty_empty(&gci_beside.dirty);
        return false;
    }
    gci_beside.rounds++;
    before_last_bytes = last_bytes;
    last_bytes = gci_beside.dirty.bytes;
    gci_log(2, "Round %u: %lu KiB dirty\n", gci_beside.rounds, (unsigned long)(last_bytes >> 10));
    return true;
}

void gci_jobs_rescan_stopped(struct gci_dirty_set *set)
{
    struct gci_marker *m = gci_marker_main;
    size_t i;

    for (i = 0; i < set->count; i++) {
        struct gci_stretch s = { set->ranges[i].lo, set->ranges[i].hi, set->ranges[i].lo, NULL };

        while (!gci_rescan_stretch(m, &s, RESCAN_BYTES))
            gci_marker_drain_local(m);
    }
}

/* ---- marking ------------------------------------------------------------------------- */

/* [leader] True when it is done, false when it was paused. */
static bool lead(struct gci_marker *m)
{
    for (;;) {
        enum gci_share_result result;

        while (!gci_marker_drain_beside(m, SLICE_OBJECTS))
            if (paused())
                return false;
        if (paused())
            return false;
        if (rescan_some(m))
            continue;
        result = gci_share_take_beside(m, true);
        if (result == GCI_SHARE_END)
            return false;
        if (result == GCI_SHARE_IDLE && !next_round()) {
            gci_share_end();
            return true;
        }
    }
}

static void follow(struct gci_marker *m)
{
    do {
        while (!gci_marker_drain_beside(m, SLICE_OBJECTS))
            if (paused())
                return;
    } while (gci_share_take_beside(m, false) == GCI_SHARE_TOOK);
}

static void enter_beside(struct gci_marker *m)
{
    m->claiming = GCI_CLAIM_MANY;
    m->beside = true;
    gci_share_join();
}

static void leave_beside(struct gci_marker *m)
{
    gci_share_leave(m); /* [put-down] */
    m->claiming = GCI_CLAIM_ALONE;
    m->beside = false;
}

static void mark_job(unsigned index, void *arg GCI_UNUSED)
{
    struct gci_marker *m = &gci_markers[index];
    bool done = false;

    enter_beside(m);
    if (index == 1)
        done = lead(m);
    else
        follow(m);
    leave_beside(m);
    if (done)
        gci_store_release(&gci_beside.done, 1);
}

static uint64_t slice_ends_ns;

static bool slice_over(void)
{
    return gci_sys_now_ns() >= slice_ends_ns;
}

static void mark_slice(struct gci_marker *m)
{
    const bool leads = gci_beside.helpers == 0;

    enter_beside(m);
    do {
        if (!gci_marker_drain_beside(m, SLICE_OBJECTS) || (leads && rescan_some(m))
            || gci_share_poll(m))
            continue;
        if (!leads)
            break;
        if (!next_round()) {
            gci_store_release(&gci_beside.done, 1);
            break;
        }
    } while (!slice_over());
    leave_beside(m);
}

/* ---- clearing and sweeping --------------------------------------------------------------- */

/* [armed] What was written before a full marking begins does not matter. */
static bool clear(bool (*pause)(void))
{
    if (!gci_sweep_clear_marks(pause))
        return false;
    if (gci_dirty_provider != NULL && gci_dirty_provider->concurrent) {
        (void)gci_dirty_read(&gci_beside.dirty);
        gci_dirty_empty(&gci_beside.dirty);
    }
    return true;
}

static bool sweep(bool (*pause)(void))
{
    gci_snapshot_forget_all();
    if (!gci_sweep_go_on(pause))
        return false;
    gci_sweep_take_count();
    gci_minor_after_sweep();
    if (config_munmap && gci_options.unmap_threshold != 0)
        (void)gci_heap_release(gci_pace_keep_free_bytes());
    return true;
}

static bool clear_or_sweep(bool (*pause)(void))
{
    bool done = gci_beside.phase == GCI_PHASE_CLEAR ? clear(pause) : sweep(pause);

    if (done)
        gci_store_release(&gci_beside.done, 1);
    return done;
}

static void other_job(unsigned index GCI_UNUSED, void *arg GCI_UNUSED)
{
    (void)clear_or_sweep(paused);
}

static bool sweep_calls_program(void)
{
    unsigned kind;

    for (kind = 0; kind < gci_kind_count; kind++)
        if (gci_kinds[kind].disclaim != NULL)
            return true;
    return false;
}

/* ---- starting and pausing: allocator lock held ---------------------------------------------- */

/* Half of the processors, at least one helper. */
static unsigned helpers_wanted(void)
{
    unsigned n = gci_markers_available();

    return n <= 1 ? 0 : n < 4 ? 1 : n / 2;
}

void gci_jobs_resume_locked(void)
{
    gci_beside.helpers = 0;
    if (gci_load(&gci_beside.done) != 0)
        return;
    switch (gci_beside.phase) {
    case GCI_PHASE_MARK:
        gci_share_begin_beside();
        if (helpers_wanted() > 0)
            gci_beside.helpers = gci_markers_start(helpers_wanted(), mark_job, NULL);
        break;
    case GCI_PHASE_SWEEP:
        if (sweep_calls_program()) { /* [no-client] */
            gci_jobs_finish_sweep_locked();
            break;
        } /* FALLTHRU */
    case GCI_PHASE_CLEAR:
        if (helpers_wanted() > 0)
            gci_beside.helpers = gci_markers_start(1, other_job, NULL);
        break;
    default:
        break;
    }
}

void gci_jobs_start_locked(void)
{
    gci_store(&gci_beside.done, 0);
    gci_jobs_resume_locked();
}

void gci_jobs_begin_marking(void)
{
    last_bytes = before_last_bytes = 0;
    rewind_dirty();
    gci_share_begin_beside();
    enter_beside(gci_marker_main);
    leave_beside(gci_marker_main); /* the roots' objects go to the pool */
}

void gci_jobs_pause_locked(void)
{
    gci_share_interrupt(true);
    gci_markers_wait();
    gci_share_interrupt(false);
    gci_beside.helpers = 0;
}

void gci_jobs_slice_locked(uint64_t ns)
{
    slice_ends_ns = gci_sys_now_ns() + ns;
    if (gci_beside.phase == GCI_PHASE_MARK)
        mark_slice(gci_marker_main);
    else if (gci_beside.helpers == 0)
        (void)clear_or_sweep(slice_over);
}

void gci_jobs_finish_sweep_locked(void)
{
    gci_jobs_pause_locked();
    if (gci_beside.phase == GCI_PHASE_SWEEP && gci_load(&gci_beside.done) == 0)
        (void)clear_or_sweep(NULL);
}
