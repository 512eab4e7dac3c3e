/* minor.c - generations: full or minor cycle, when it begins, and what the final stop may take.
 *
 * The formula from which thresholds come: pace.c. Steps of a cycle: beside.c.
 *
 * A minor cycle keeps the marks of the last one (sticky marks: Demers, Weiser, Hayes, Boehm, Bobrow,
 * Shenker 1990): what was marked is old, and is looked at only on dirty pages.
 *
 * [early]   A cycle begins before the stop-the-world threshold by as much as was allocated during the last
 *           marking, so that the heap grows no larger than in stop-the-world mode, if that can be.
 * [yield]   After a minor cycle that freed less than half of what was allocated full ones follow: one,
 *           two, four ... up to MOST_SKIPPED, until a minor one is tried again.
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

static word minors;                /* since the last full cycle */
static unsigned skip, skip_next = 1;
static size_t full_live_bytes;     /* after the last full cycle */
static size_t live_before_bytes;
static word marking_bytes;         /* allocated during the last marking */
static word rescan_bytes_per_ms = NS_PER_MS; /* a start; then as measured */

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
    return (size_t)(gci_minor_time_limit_ns() / NS_PER_MS * rescan_bytes_per_ms / 4) + 65536;
}

void gci_minor_note_rescan(size_t bytes, uint64_t ns)
{
    word rate = ns < 10000 ? NS_PER_MS : (word)((uint64_t)bytes * NS_PER_MS / ns);

    if (bytes < 65536)
        return;
    rate = rate < 65536 ? 65536 : rate > 8 * NS_PER_MS ? 8 * NS_PER_MS : rate;
    rescan_bytes_per_ms = (3 * rescan_bytes_per_ms + rate) / 4;
}

/* ---- when --------------------------------------------------------------------------- */

word gci_minor_start_bytes(void)
{
    word whole = gci_pace.threshold_bytes, early = marking_bytes + marking_bytes / 4;

    return whole - (early < whole / 2 ? early : whole / 2); /* [early] */
}

word gci_minor_assist_bytes(void)
{
    return gci_pace.threshold_bytes;
}

word gci_minor_hard_bytes(void)
{
    return gci_pace.threshold_bytes + gci_pace.threshold_bytes / 2;
}

/* ---- which ---------------------------------------------------------------------------- */

static bool rebased;

void gci_minor_rebase(void)
{
    rebased = true;
}

bool gci_minor_choose_locked(void)
{
    if (rebased) {
        minors = 0;
        full_live_bytes = gci_live.bytes;
        rebased = false;
    }
    live_before_bytes = gci_live.bytes;
    if (gci_beside.need_full || minors >= (word)GC_full_freq)
        return false;
    if (skip > 0) {
        skip--;
        return false;
    }
    return gci_live.bytes <= full_live_bytes + full_live_bytes / 4; /* [old-garbage] */
}

void gci_minor_after_sweep(void)
{
    const size_t live = gci_live.bytes;
    const word allocated = gci_beside.cycle_bytes;

    marking_bytes = gci_beside.marking_bytes;
    if (!gci_beside.minor) {
        minors = 0;
        full_live_bytes = live;
        gci_pace_set_threshold();
        return;
    }
    minors++;
    if (live > live_before_bytes && live - live_before_bytes > allocated / 2) { /* [yield] */
        skip = skip_next;
        skip_next = skip_next < MOST_SKIPPED ? 2 * skip_next : MOST_SKIPPED;
    } else {
        skip_next = 1;
    }
}
