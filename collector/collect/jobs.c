/* jobs.c - the work between the steps of a cycle beside the program: clearing marks, marking, sweeping.
 *
 * It is done by helper threads (pthread_support/markers.c), or bit by bit by allocating threads where
 * there are none. Steps, and all changes of phase: beside.c.
 *
 * [leader]    The first helper leads, or whoever does a slice where there is none: only the leader rescans
 *             dirty pages and says that marking is done. Others mark what comes through the pool.
 * [armed]     Pages are armed before the first object is scanned; a page's objects are rescanned after the
 *             page was armed anew. So a marked object on a page not reported since was scanned as it is.
 * [slowed]    Where more pages are dirty than the final stop can take, the program writes to as many again while
 *             they are rescanned: from then on who allocates marks or waits. A program that does not allocate
 *             cannot be slowed down, and nothing is urgent: its pages wait for the final stop.
 * [put-down]  A paused helper leaves nothing behind: entries are in the pool, places are in static data.
 * [no-client] Helpers call no function of the program. Where kinds have disclaim procedures the thread
 *             that ended the cycle sweeps.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/beside.h"
#include "private/marker.h"

#define SLICE_OBJECTS 4096 /* marked between two looks at the clock or for a pause */
#define MOST_ROUNDS  16u
#define SOME_ROUNDS  2u
#define SLOW_ROUND   3u /* by now what is left are pages written all the time */

static bool paused(void)
{
    return gci_share_interrupted();
}

/* ---- dirty pages -------------------------------------------------------------------- */

#define AREA_LEAST_BYTES ((size_t)64 << 10) /* of dirty pages that a marker takes at once, */
#define AREA_MOST_BYTES  ((size_t)1 << 20)  /* a 64th of all of them within these bounds */

/* Whoever marks next rescans them. */
static void give_out(struct gci_marker *m, struct gci_dirty_set *set)
{
    size_t share = set->bytes / 64, i;

    share = share < AREA_LEAST_BYTES ? AREA_LEAST_BYTES : share;
    share = share > AREA_MOST_BYTES ? AREA_MOST_BYTES : gci_align_up(share, GCI_BLOCK_BYTES);
    for (i = 0; i < set->count; i++)
        gci_share_add_area(m, set->ranges[i].lo, set->ranges[i].hi, share);
    gci_share_areas_added();
    gci_dirty_empty(set);
}

void gci_jobs_rescan_stopped(struct gci_dirty_set *set)
{
    give_out(gci_marker_main, set);
}

static size_t last_bytes, before_last_bytes; /* dirty in the last rounds */
static word slices_before_us;                /* the last round */

/* [slowed] */
static bool nobody_is_slowed(void)
{
    return gci_beside.helpers != 0 && gci_load(&gci_beside.slowed) != 0
           && gci_load(&gci_beside.slices_us) == slices_before_us;
}

/* Is another round worth more than leaving the rest to the final stop? Where the program writes all the
   time the pages get no fewer after some rounds. What cannot be counted before it is read is taken to be as
   much as last time. */
static bool round_pays(void)
{
    const size_t aim = gci_minor_final_bytes(), counted = gci_dirty_bytes(GCI_FINAL_FACTOR * aim + last_bytes);
    const bool known = counted != SIZE_MAX;
    const size_t now = known ? counted : last_bytes, before = known ? last_bytes : before_last_bytes;
    const size_t little = known ? aim / 3 : aim; /* what was expected would have become less by now */

    if (gci_beside.rounds == 0 && (!known || now > little))
        return true;
    if (gci_beside.rounds >= MOST_ROUNDS || now <= little)
        return false;
    if (now >= before - before / 4 && nobody_is_slowed())
        return false;
    return gci_beside.rounds < SOME_ROUNDS || now > GCI_FINAL_FACTOR * aim || now < before - before / 4;
}

/* [slowed] In the first round of a minor cycle pages are dirty that were written to since the last cycle. */
static bool must_slow_down(void)
{
    return gci_beside.rounds >= SLOW_ROUND
           || ((gci_beside.rounds > 1 || !gci_beside.minor) && last_bytes > GCI_FINAL_FACTOR * gci_minor_final_bytes());
}

/* [leader] Everything found so far is scanned. False: marking may end. */
static bool next_round(struct gci_marker *m)
{
    if (gci_dirty_provider == NULL || !gci_dirty_provider->concurrent || gci_dirty_failed()
        || !round_pays())
        return false;
    if (!gci_dirty_read(&gci_beside.dirty)) { /* [no-loss]: the final stop rescans everything */
        gci_dirty_empty(&gci_beside.dirty);
        return false;
    }
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* gci_mark_newborn */
    GCI_WRITE(gci_beside.rounds, gci_beside.rounds + 1);
    before_last_bytes = last_bytes;
    last_bytes = gci_beside.dirty.bytes;
    slices_before_us = gci_load(&gci_beside.slices_us);
    if (must_slow_down())
        gci_store(&gci_beside.slowed, 1);
    gci_log(2, "Round %u: %lu KiB dirty\n", gci_beside.rounds, (unsigned long)(last_bytes >> 10));
    gci_snapshot_expect(gci_beside.dirty.bytes);
    give_out(m, &gci_beside.dirty);
    return true;
}

/* ---- marking ------------------------------------------------------------------------- */

/* Marks what the marker has. False: it was paused. */
static bool drain(struct gci_marker *m)
{
    bool empty;
    size_t bytes;

    do {
        const word before = m->work;

        empty = gci_marker_drain(m, SLICE_OBJECTS);
        bytes = empty ? gci_rescan_some(m) : 0;
        gci_minor_note_work(m->work - before, bytes);
        if (paused())
            return false;
    } while (!empty || bytes != 0);
    return true;
}

/* [leader] True when it is done, false when it was paused. */
static bool lead(struct gci_marker *m)
{
    for (;;) {
        enum gci_share_result result;

        if (!drain(m))
            return false;
        result = gci_share_take_beside(m, true);
        if (result == GCI_SHARE_END)
            return false;
        if (result == GCI_SHARE_IDLE && !next_round(m)) {
            gci_share_end();
            return true;
        }
    }
}

static void follow(struct gci_marker *m)
{
    while (drain(m) && gci_share_take_beside(m, false) == GCI_SHARE_TOOK)
        continue;
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

/* False: there is nothing to do at the moment. */
static bool mark_some(struct gci_marker *m)
{
    const word before = m->work;
    bool empty = gci_marker_drain(m, SLICE_OBJECTS);
    size_t bytes = empty ? gci_rescan_some(m) : 0;

    gci_minor_note_work(m->work - before, bytes);
    return !empty || bytes != 0 || gci_share_poll(m);
}

static void wait_for_work(void)
{
    gci_share_wish(true);
    while (!gci_share_has_work() && gci_load_acquire(&gci_beside.done) == 0 && !slice_over())
        gci_sys_yield();
    gci_share_wish(false);
}

/* By a thread that came to allocate. Where there is nothing for it to do but marking is behind, the
   thread waits: what it would do is write to more pages. It joins only to do something: the leader
   cannot end a round while others have joined. */
static void mark_slice(struct gci_marker *m, bool behind)
{
    const bool leads = gci_beside.helpers == 0;
    bool more;

    do {
        if (!leads && !gci_share_has_work()) {
            if (behind)
                wait_for_work();
            else
                gci_sys_yield();
            continue;
        }
        enter_beside(m);
        while ((more = mark_some(m)) && !slice_over())
            continue;
        if (leads && !more && !next_round(m))
            gci_store_release(&gci_beside.done, 1);
        leave_beside(m);
    } while ((leads || behind) && gci_load_acquire(&gci_beside.done) == 0 && !slice_over());
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
    if (gci_minor_next_is_full())
        gci_dirty_disarm();
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
    GCI_WRITE(gci_beside.helpers, 0);
    if (gci_load(&gci_beside.done) != 0)
        return;
    switch (gci_beside.phase) {
    case GCI_PHASE_MARK:
        gci_share_begin_beside();
        if (helpers_wanted() > 0)
            GCI_WRITE(gci_beside.helpers, gci_markers_start(helpers_wanted(), mark_job, NULL));
        break;
    case GCI_PHASE_SWEEP:
        if (sweep_calls_program()) { /* [no-client] */
            gci_jobs_finish_sweep_locked();
            break;
        } /* FALLTHRU */
    case GCI_PHASE_CLEAR:
        if (helpers_wanted() > 0)
            GCI_WRITE(gci_beside.helpers, gci_markers_start(1, other_job, NULL));
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
    gci_share_begin_beside();
    gci_snapshot_expect(gci_beside.dirty.bytes);
    give_out(gci_marker_main, &gci_beside.dirty); /* what a stop has read */
    enter_beside(gci_marker_main);
    leave_beside(gci_marker_main); /* the roots' objects go to the pool */
}

void gci_jobs_pause_locked(void)
{
    gci_share_interrupt(true);
    gci_markers_wait();
    gci_share_interrupt(false);
    GCI_WRITE(gci_beside.helpers, 0);
}

void gci_jobs_slice_locked(uint64_t ns, bool behind)
{
    slice_ends_ns = gci_sys_now_ns() + ns;
    if (gci_beside.phase == GCI_PHASE_MARK)
        mark_slice(gci_marker_main, behind);
    else if (gci_beside.helpers == 0)
        (void)clear_or_sweep(slice_over);
}

void gci_jobs_finish_sweep_locked(void)
{
    gci_jobs_pause_locked();
    if (gci_beside.phase == GCI_PHASE_SWEEP && gci_load(&gci_beside.done) == 0)
        (void)clear_or_sweep(NULL);
}
