/* minor.c - generations: full or minor cycle, when it begins, and what the final stop may take.
 *
 * The formula from which thresholds come: pace.c. Steps of a cycle: beside.c.
 *
 * A minor cycle keeps the marks of the last one (sticky marks: Demers, Weiser, Hayes, Boehm, Bobrow,
 * Shenker 1990): what was marked is old, and is looked at only on dirty pages.
 *
 * [early]   A cycle begins so much before the stop-the-world threshold that it ends a little beyond it. How
 *           much is allocated during marking the last one told: what would have been, had allocating
 *           threads not marked. Not before a quarter of it: a helper that has the time costs the
 *           program less than marking by its own threads.
 * [yield]   After a minor cycle that freed less than half of what was allocated full ones follow: one,
 *           two, four ... up to MOST_SKIPPED, until a minor one is tried again.
 * [pay]     Marking is to be done a little beyond the threshold. Work is counted; what it will come to is taken
 *           from the last cycle of the same sort. Where the part of it that is done falls behind the
 *           part of the allocation that was expected meanwhile, allocating threads mark.
 * [old-garbage] What minor cycles let grow is bounded: beyond a quarter more than after the last full cycle
 *           the next one is full.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/beside.h"
#include "private/settings.h"

#define NS_PER_MS        1000000u
#define DEFAULT_LIMIT_MS 5u
#define MOST_SKIPPED     16u
#define SOONEST_PART     4  /* of the threshold after which a cycle may begin */
#define LATE_PART        16 /* of the threshold by which marking may end beyond it */

static word minors;                /* since the last full cycle */
static unsigned skip, skip_next = 1;
static size_t full_live_bytes;     /* after the last full cycle */
static size_t live_before_bytes;
static word marking_bytes;         /* allocated during the last marking */
static word rescan_bytes_per_ms = 2 * NS_PER_MS; /* a start; then as measured, in final stops */

uint64_t gci_minor_time_limit_ns(void)
{
    unsigned long ms = GC_time_limit;

    if (ms >= GC_TIME_UNLIMITED)
        return (uint64_t)DEFAULT_LIMIT_MS * NS_PER_MS;
    return ms == 0 && gci_settings.time_limit_nsec == 0
               ? NS_PER_MS
               : (uint64_t)ms * NS_PER_MS + gci_settings.time_limit_nsec;
}

size_t gci_minor_final_bytes(void)
{
    return (size_t)(gci_minor_time_limit_ns() * rescan_bytes_per_ms / NS_PER_MS / 2) + 65536;
}

void gci_minor_note_rescan(size_t bytes, uint64_t ns)
{
    word rate = ns < 10000 ? NS_PER_MS : (word)((uint64_t)bytes * NS_PER_MS / ns);

    if (bytes < 262144)
        return;
    rate = rate < 65536 ? 65536 : rate > 16 * NS_PER_MS ? 16 * NS_PER_MS : rate;
    rescan_bytes_per_ms = (3 * rescan_bytes_per_ms + rate) / 4;
}

/* ---- how far marking is [pay] --------------------------------------------------------- */

#define PAGE_WORK_BYTES   32  /* of dirty pages: as much work as an object */
#define OBJECT_WORK_BYTES 64  /* of objects: a guess where nothing was measured yet */

static volatile word work;            /* in objects; helpers and allocating threads */
static word full_work, minor_work;    /* of the last cycles, 0: none yet */
static word expected_work;
static word from_bytes, until_bytes;  /* of allocation, in which it is to be done */

void gci_minor_note_work(word objects, size_t dirty_bytes)
{
    (void)gci_fetch_add(&work, objects + dirty_bytes / PAGE_WORK_BYTES);
}

void gci_minor_begin_marking(void)
{
    word net = gci_pace_net_bytes(), live = GCI_READ(gci_live.composite_bytes) / OBJECT_WORK_BYTES, expected;
    word whole = gci_pace_room_bytes(net), until = whole + whole / LATE_PART;

    gci_store(&work, 0);
    expected = gci_beside.minor ? minor_work : full_work;
    if (expected == 0)
        expected = gci_beside.minor ? net / OBJECT_WORK_BYTES : live;
    if (until < net + net / 8 + 65536)
        until = net + net / 8 + 65536;
    gci_store(&expected_work, expected);
    gci_store(&from_bytes, net);
    gci_store(&until_bytes, until);
}

bool gci_minor_is_behind(word net)
{
    word done = gci_load(&work), expected = gci_load(&expected_work), from = gci_load(&from_bytes);
    word budget = gci_load(&until_bytes) - from, used;

    if (expected < done + done / 8)
        expected = done + done / 8; /* it is not over, so more is to come */
    if (gci_load(&gci_beside.slowed) != 0)
        return true;
    if (net <= from)
        return false;
    used = net - from;
    return used >= budget
           || (double)used * (double)expected > ((double)done + (double)expected / 8) * (double)budget;
}

/* ---- when --------------------------------------------------------------------------- */

word gci_minor_start_bytes(word net)
{
    word whole = gci_pace_room_bytes(net), until = whole + whole / LATE_PART;
    word marking = gci_load(&marking_bytes), early = marking + marking / 4;

    if (early < whole / LATE_PART)
        return whole;
    return early < until - whole / SOONEST_PART ? until - early : whole / SOONEST_PART;
}

word gci_minor_hard_bytes(word net)
{
    word whole = gci_pace_room_bytes(net);

    return whole + whole / 2;
}

/* ---- which ---------------------------------------------------------------------------- */

static bool rebased, next_is_full;

static void decide_next(void)
{
    next_is_full = minors >= (word)GCI_READ(GC_full_freq) || skip > 0
                   || GCI_READ(gci_live.bytes) > full_live_bytes + full_live_bytes / 4; /* [old-garbage] */
    skip -= skip > 0;
}

bool gci_minor_next_is_full(void)
{
    return next_is_full || GC_full_freq <= 0;
}

void gci_minor_rebase(void)
{
    rebased = true;
}

bool gci_minor_choose_locked(void)
{
    if (rebased) {
        minors = 0;
        full_live_bytes = GCI_READ(gci_live.bytes);
        rebased = false;
        decide_next();
    }
    live_before_bytes = GCI_READ(gci_live.bytes);
    return !gci_beside.need_full && !next_is_full && GC_full_freq > 0;
}

/* [early] */
static word unhindered_bytes(void)
{
    uint64_t whole = gci_beside.marking_ns + 1, helped = gci_load(&gci_beside.slices_us) * 1000u;

    if (helped > whole - whole / 8)
        helped = whole - whole / 8;
    return (word)((double)gci_beside.marking_bytes * (double)whole / (double)(whole - helped));
}

void gci_minor_after_sweep(void)
{
    const size_t live = GCI_READ(gci_live.bytes);
    const word allocated = gci_beside.cycle_bytes;

    gci_store(&marking_bytes, unhindered_bytes());
    *(gci_beside.minor ? &minor_work : &full_work) = gci_load(&work);
    if (!gci_beside.minor) {
        minors = 0;
        full_live_bytes = live;
        gci_pace_set_threshold(gci_beside.marking_bytes);
        decide_next();
        return;
    }
    gci_pace_forget_finalizers();
    gci_pace_keep_to_room();
    minors++;
    if (live > live_before_bytes && live - live_before_bytes > allocated / 2) { /* [yield] */
        skip = skip_next;
        skip_next = skip_next < MOST_SKIPPED ? 2 * skip_next : MOST_SKIPPED;
    } else {
        skip_next = 1;
    }
    decide_next();
}
