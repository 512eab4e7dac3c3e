/* recruit.c - marking alone or with helpers, whichever is faster.
 *
 * The loop each of them runs: drain.c. What passes between them: share.c. Their threads:
 * pthread_support/markers.c.
 *
 * [wake]  Helpers are woken when a millisecond's work is done and more is left: a small heap is marked by the
 *         collecting thread alone. Where threads of the program have stopped their processors are idle: sooner.
 * [pays]  Two markers can be slower than one: where one has all the work, where every other claim waits for a
 *         line of mark bits in the other's cache, where other programs have the processors. It is
 *         measured what an object costs with and without help, and each is tried again now and then, help also
 *         when there is more to mark than it was ever tried on.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/marker.h"
#include "private/settings.h"

#include <string.h>

#define WAKE_NS       1000000u /* [wake] */
#define WAKE_SOON_NS  200000u
#define SLICE_OBJECTS 4096  /* between two looks at the clock */
#define LEAST_OBJECTS 16384 /* of which the costs are compared */
#define AREA_OBJECT_BYTES 32  /* of dirty pages: as dear as an object */

static unsigned markers_used = 1;

/* What the marker has. */
static void drain_with_areas(struct gci_marker *m)
{
    do {
        gci_marker_drain_local(m);
    } while (gci_rescan_some(m) != 0);
}

static void help(unsigned index, void *arg)
{
    struct gci_marker *m = &gci_markers[index];

    m->claiming = *(const enum gci_claiming *)arg;
    m->own_bits = index == 0 ? 0 : GCI_PAIR_BITS;
    if (index != 0)
        gci_share_join();
    do {
        drain_with_areas(m);
    } while (gci_share_take(m));
    m->claiming = GCI_CLAIM_ALONE;
}

/* ---- two bitmaps [pair] in marker.h ------------------------------------------------------- */

static bool pair_bits_used_otherwise;

static void clear_pair_bits(struct gci_block *run, void *arg GCI_UNUSED)
{
    memset((ptr_t)gci_run_marks(run) + GCI_PAIR_BITS, 0, gci_run_mark_words(run) * sizeof(word));
}

static void merge_pair_bits(struct gci_block *run, void *arg GCI_UNUSED)
{
    word *marks = gci_run_marks(run), *second = (word *)(void *)((ptr_t)marks + GCI_PAIR_BITS);
    size_t n = gci_run_mark_words(run), i;

    for (i = 0; i < n; i++)
        if (second[i] != 0) {
            marks[i] |= second[i];
            second[i] = 0;
        }
}

bool gci_mark_pair_bits_clear(const struct gci_block *run)
{
    const word *second = (const word *)(const void *)((ptr_t)gci_run_marks(run) + GCI_PAIR_BITS);
    size_t n = gci_run_mark_words(run), i;

    if (gci_lives_offset != 0 || pair_bits_used_otherwise)
        return true;
    for (i = 0; i < n && second[i] == 0; i++)
        continue;
    return i == n;
}

void gci_recruit_pair_bits_lost(void)
{
    pair_bits_used_otherwise = true;
}

/* Mark procedures of a program that did not allow it are not called by two threads at a time. */
unsigned gci_markers_wanted(void)
{
    unsigned n = config_parallel_mark ? gci_markers_available() : 1;

    if (gci_client_procs && !gci_markers_client_allows())
        n = 1;
    return n > GCI_MAX_MARKERS ? GCI_MAX_MARKERS : n;
}

void gci_mark_prepare_helpers(void)
{
    unsigned n = gci_markers_wanted();

    if (n > 1)
        gci_markers_prepare(n);
}

/* ---- does help pay? [pays] --------------------------------------------------------------- */

#define TRY_AGAIN 8u /* drains */

/* Of marking alone [false] and with help [true]. */
static struct {
    word cost;  /* picoseconds for an object, lately; 0: not tried */
    word work;  /* the most that was done so */
} sample[2];
static word last_work;

static bool try_help(void)
{
    static unsigned drains;
    /* A little is not worth the processor time, unless stopped threads have left it. */
    word little = gci_world_interrupted() ? 0 : sample[false].cost / 8;
    bool pays = sample[true].cost <= sample[false].cost - little;

    if (sample[true].cost == 0 || sample[false].cost == 0)
        return sample[true].cost == 0;
    if (!pays && last_work / 2 > sample[true].work) /* the heap has grown, which makes nothing cheaper alone */
        return true;
    return ++drains % TRY_AGAIN == 0 ? !pays : pays;
}

static word work_done(void)
{
    word work = 0;
    unsigned i;

    for (i = 0; i < GCI_MAX_MARKERS; i++)
        work += gci_markers[i].work;
    return work;
}

static void note_cost(bool helped, uint64_t ns, word work)
{
    word cost, before = sample[helped].cost;

    last_work = work;
    if (work < LEAST_OBJECTS)
        return;
    cost = (word)(ns * 1000 / work) + 1;
    sample[helped].cost = before == 0 || work / 2 > sample[helped].work ? cost : before - before / 4 + cost / 4;
    if (work > sample[helped].work)
        sample[helped].work = work;
}

static void drain_with_helpers(unsigned wanted)
{
    enum gci_claiming claiming = wanted == 2 && gci_lives_offset == 0 ? GCI_CLAIM_PAIR : GCI_CLAIM_MANY;
    unsigned ran;

    if (claiming == GCI_CLAIM_PAIR && pair_bits_used_otherwise)
        gci_blocks_visit_runs(clear_pair_bits, NULL);
    gci_share_begin();
    ran = gci_markers_run(wanted, help, &claiming);
    if (claiming == GCI_CLAIM_PAIR && ran > 1)
        gci_blocks_visit_runs(merge_pair_bits, NULL);
    if (ran > markers_used)
        markers_used = ran;
}

/* All there is, unless it is more than so many objects' work: false. */
static bool drain_alone(struct gci_marker *m, GC_signed_word budget)
{
    const word before = m->work;
    size_t bytes = 0;

    do {
        GC_signed_word left = budget - (GC_signed_word)(m->work - before + bytes / AREA_OBJECT_BYTES);

        if (left < 0 || !gci_marker_drain(m, left))
            return false;
        bytes += gci_rescan_some(m);
    } while (m->areas != NULL || m->top != m->bottom || gci_share_poll(m));
    return true;
}

/* [wake] */
static bool drain_for_a_while(struct gci_marker *m)
{
    const uint64_t began = gci_sys_now_ns(), most = gci_world_interrupted() ? WAKE_SOON_NS : WAKE_NS;

    do {
        if (drain_alone(m, SLICE_OBJECTS))
            return true;
    } while (gci_sys_now_ns() - began < most);
    return false;
}

void gci_marker_drain_with_help(void)
{
    struct gci_marker *m = gci_marker_main;
    unsigned wanted = gci_markers_wanted();
    uint64_t began;
    word work;
    bool helped;

    if (wanted <= 1) {
        while (!drain_alone(m, GCI_DRAIN_ALL))
            continue;
        return;
    }
    if (drain_for_a_while(m))
        return;
    if (m->areas != NULL) { /* these do pay */
        drain_with_helpers(wanted);
        return;
    }
    helped = try_help();
    began = gci_sys_now_ns();
    work = work_done();
    if (helped)
        drain_with_helpers(wanted);
    else
        while (!drain_alone(m, GCI_DRAIN_ALL))
            continue;
    note_cost(helped, gci_sys_now_ns() - began, work_done() - work);
}

#define EARLY_OBJECTS 16384 /* one of many that scan roots does not mark all the heap alone */

void gci_marker_drain_early(struct gci_marker *m)
{
    if (m->claiming != GCI_CLAIM_ALONE) {
        (void)gci_marker_drain(m, EARLY_OBJECTS);
        return;
    }
    m->early = false; /* not inside itself */
    gci_marker_drain_with_help();
    m->early = true;
}

void gci_recruit_begin(void)
{
    markers_used = 1;
}

unsigned gci_mark_markers_used(void)
{
    return markers_used;
}
