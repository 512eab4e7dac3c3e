/* pace.c - when a cycle is due, and how much free memory is worth keeping.
 *
 * The rule is libgc's, with its knobs: a cycle is due when the bytes allocated since the last one
 * exceed what there is to trace, divided by GC_free_space_divisor. Pointer-free objects count
 * little, since marking them costs little; roots count, since every cycle scans them.
 *
 * [saved]   With interior pointers libgc adds a byte to every object, which makes the next granule of
 *           those that fill their slot. The threshold is what it would be with that, and the bytes
 *           saved on top: the heap gets as large as libgc's would for the same objects, not larger.
 * [idle-parts] Every thread has memory at hand that it does not come to use before the next cycle. Of more
 *           than one thread that counts as allocated, up to a sixteenth of what there is to allocate.
 * [medium]  From 3 MiB on a cycle is long enough to be felt, and some more megabytes are not: the
 *           threshold gets a bounded extra, which fades where the heap is so large that it would no
 *           longer matter.
 * [resident] Memory that is resident already is used before the next cycle: a thread that finds a hole
 *           or free blocks has no reason to collect for, before `ceiling_bytes`. While marking is dear
 *           (the bytes to be marked are a good part of those allocated in between) that is all there
 *           is, else half of the free blocks, but a quarter of the first few megabytes: a small program
 *           may need no more than them. The heap does not grow meanwhile. What is not used goes back after
 *           some cycles, so that the heap shrinks by and by.
 * [credit]  Explicitly freed bytes do not bring the next cycle nearer.
 * [floating] A cycle beside the program also keeps what died while it marked: as much, about, as was
 *           allocated meanwhile. The threshold is that of what is alive. Since the heap has the rest in it too,
 *           less may be allocated, down to half: the heap gets an eighth larger than with the world
 *           stopped, not more.
 * [managed] Nor does what GC_non_gc_bytes grows by, as uncollectable objects let it; but an eighth of
 *           all bytes counts in any case.
 * [finalizers] Where objects with finalizers die, each that is registered counts as
 *           GC_set_allocd_bytes_per_finalizer says, and a cycle comes before the heap grows.
 * [links]   A table of weak references is only as good as the last cycle: until the next one it keeps what leads
 *           to dead objects, which then counts as alive and puts the next cycle off, and so on. Where cycles clear
 *           a quarter of all disappearing links or more, one comes when there are twice as many as it left.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/beside.h"
#include "private/collect.h"
#include "private/settings.h"

struct gci_pace gci_pace = { .links_wanted = ~(word)0 };

int GC_CALLBACK gci_never_stop(void)
{
    return 0;
}

#define LEAST_BYTES ((size_t)512 << 10)
#define MEDIUM_FROM_BYTES ((size_t)3 << 20)
#define LARGE_FROM_BYTES  ((size_t)14 << 20)

/* [medium] */
static size_t extra(size_t composite)
{
    size_t most = composite < LARGE_FROM_BYTES ? composite : LARGE_FROM_BYTES;
    size_t over = MEDIUM_FROM_BYTES + composite - most;

    return most > over ? most - over : 0;
}

#define IDLE_BYTES ((size_t)64 << 10) /* a thread's */
#define IDLE_PART  16

/* [idle-parts] */
static size_t without_idle(size_t bytes)
{
    word threads = gci_threads_count();
    size_t idle = threads > 1 ? (threads - 1) * IDLE_BYTES : 0;

    return bytes - (idle < bytes / IDLE_PART ? idle : bytes / IDLE_PART);
}

static size_t threshold(size_t composite, size_t atomic, size_t roots)
{
    word divisor = GC_free_space_divisor != 0 ? GC_free_space_divisor : 1;
    size_t work = 2 * composite + extra(composite)
                  + atomic / 4 + 2 * roots, least = LEAST_BYTES;

    if (gci_settings.min_bytes_allocd > least)
        least = gci_settings.min_bytes_allocd;
    return work / divisor > least ? work / divisor : least;
}

void gci_pace_init(void)
{
    gci_pace.threshold_bytes = threshold(0, 0, 0);
    if (gci_options.initial_heap_bytes / 2 > gci_pace.threshold_bytes)
        gci_pace.threshold_bytes = gci_options.initial_heap_bytes / 2;
    gci_pace.ceiling_bytes = gci_pace.threshold_bytes;
}

#define FINALIZER_PART 8
#define GROWTH_BYTES   (4 * GCI_BLOCK_BYTES) /* with less free the next run may grow the heap */

word gci_pace_net_bytes(void)
{
    word allocated = gci_load(&gci_pace.allocated_bytes);
    word freed = gci_load(&gci_pace.freed_bytes);
    word managed = gci_load(&GC_non_gc_bytes) - gci_load(&gci_pace.non_gc_before_bytes);

    if ((intptr_t)managed > 0) /* [managed] */
        freed += managed < allocated - allocated / 8 ? managed : allocated - allocated / 8;
    return allocated - (freed < allocated ? freed : allocated); /* [credit] */
}

/* [finalizers] */
static bool finalizers_due(word net)
{
    return GCI_READ(gci_pace.finalized_lately) != 0 && gci_load(&gci_pace.finalizer_credit_bytes) > net
           && net > gci_load(&gci_pace.threshold_bytes) / FINALIZER_PART && GCI_READ(gci_heap.free_bytes) < GROWTH_BYTES;
}

#define LINKS_FROM 4096 /* fewer are not worth a cycle */
#define LINKS_PART 8

void gci_pace_links_left(word left, word cleared)
{
    GCI_WRITE(gci_pace.links, left);
    GCI_WRITE(gci_pace.links_wanted, cleared >= left / 3 && cleared != 0 ? 2 * left + LINKS_FROM : ~(word)0);
}

/* [links] */
static bool links_due(word net)
{
    return GCI_READ(gci_pace.links) > GCI_READ(gci_pace.links_wanted)
           && net > gci_load(&gci_pace.threshold_bytes) / LINKS_PART;
}

bool gci_pace_due(size_t fresh_bytes)
{
    word net = gci_pace_net_bytes();

    if (GC_dont_gc || gci_settings.disable_automatic_collection)
        return false;
    if (gci_beside.on)
        return gci_beside_due(net) || (gci_beside_is_at_rest() && (finalizers_due(net) || links_due(net)));
    if (GC_use_entire_heap && GCI_READ(gci_heap.free_bytes) > GCI_READ(gci_heap.committed_bytes) / 4)
        return false; /* fragments alone do not put a cycle off */
    return net > gci_load(&gci_pace.ceiling_bytes)
           || (net > gci_load(&gci_pace.threshold_bytes) && GCI_READ(gci_heap.dirty_free_bytes) < fresh_bytes) /* [resident] */
           || finalizers_due(net) || links_due(net);
}

/* [resident] Free memory may be there, but none that fits. Beside the program cycles have their own time. */
bool gci_pace_cycle_comes_first(void)
{
    return !gci_beside.on && gci_pace_due(SIZE_MAX);
}

word gci_pace_room_bytes(word net)
{
    word whole = gci_load(&gci_pace.threshold_bytes), most = gci_load(&gci_pace.ceiling_bytes);
    word resident = net + GCI_READ(gci_heap.dirty_free_bytes);

    most = most < resident ? most : resident;
    return whole < most ? whole + (most - whole) / 2 : whole;
}

static size_t formula_bytes; /* the threshold without [resident] */

/* What stayed free and resident all the time, which may go back. [hysteresis] */
static struct {
    uint64_t since_ns;   /* when memory went back last */
    unsigned cycles;     /* since then */
    size_t least_unused; /* of free blocks before a cycle */
    size_t least_excess; /* of them after it, beyond what is worth keeping */
} idle = { 0, 0, SIZE_MAX, SIZE_MAX };

/* Before blocks of dead objects become free. */
void gci_pace_reset_counts(void)
{
    if (gci_heap.dirty_free_bytes < idle.least_unused)
        idle.least_unused = gci_heap.dirty_free_bytes;
    gci_pace.allocated_before_bytes += gci_pace.allocated_bytes;
    gci_pace.freed_total_bytes += gci_pace.freed_bytes;
    gci_store(&gci_pace.non_gc_before_bytes, gci_load(&GC_non_gc_bytes));
    gci_store(&gci_pace.allocated_bytes, 0);
    gci_store(&gci_pace.freed_bytes, 0);
}

void gci_pace_after_cycle(void)
{
    gci_pace_reset_counts();
    gci_pace_set_threshold(0);
}

void gci_pace_forget_finalizers(void)
{
    gci_store(&gci_pace.finalizer_credit_bytes, 0);
    if (gci_pace.finalized_lately != 0)
        GCI_WRITE(gci_pace.finalized_lately, gci_pace.finalized_lately - 1);
}

#define FLOATING_PART 8

static size_t room_bytes; /* that the heap may take until the next threshold is set [floating] */

static size_t less_part(size_t bytes, size_t part, size_t whole)
{
    return whole == 0 ? bytes : bytes - (size_t)((double)bytes * ((double)part / (double)whole));
}

void gci_pace_keep_to_room(void)
{
    size_t left = room_bytes > gci_live.bytes ? room_bytes - gci_live.bytes : 0;

    left = left < formula_bytes / 2 ? formula_bytes / 2 : left;
    left = left < formula_bytes ? left : formula_bytes;
    gci_store(&gci_pace.threshold_bytes, left);
    gci_store(&gci_pace.ceiling_bytes, left);
}

void gci_pace_set_threshold(size_t floating_bytes)
{
    const size_t live = gci_live.bytes;
    const size_t floating = floating_bytes < live / 2 ? floating_bytes : live / 2;
    size_t saved = GC_all_interior_pointers ? gci_live.saved_bytes : 0; /* [saved] */
    size_t composite = less_part(gci_live.composite_bytes + saved, floating, live);
    size_t atomic = less_part(live - gci_live.composite_bytes, floating, live);

    gci_pace_forget_finalizers();
    formula_bytes = without_idle(threshold(composite, atomic, gci_roots_scanned_bytes())
                                 + less_part(saved, floating, live));
    room_bytes = live - floating + formula_bytes;
    room_bytes += room_bytes / FLOATING_PART;
    gci_pace_keep_to_room();
}

void gci_pace_expect(word bytes)
{
    gci_store(&gci_pace.threshold_bytes, gci_pace.threshold_bytes + bytes);
    gci_store(&gci_pace.ceiling_bytes, gci_pace.ceiling_bytes + bytes);
}

void gci_pace_put_off(void)
{
    word until = gci_load(&gci_pace.allocated_bytes) + formula_bytes / 4 + LEAST_BYTES;

    gci_store(&gci_pace.threshold_bytes, until);
    if (gci_pace.ceiling_bytes < until)
        gci_store(&gci_pace.ceiling_bytes, until);
}

/* [hysteresis] What has been free and resident for some cycles, and some time where these are short, and was still
   free at their ends, goes back to the system; what would be faulted in again soon stays. A heap that suddenly is mostly free
   goes back at once. */
#ifdef MUNMAP_THRESHOLD
# define PATIENCE_CYCLES MUNMAP_THRESHOLD
#else
# define PATIENCE_CYCLES 8
#endif
#define PATIENCE_NS     100000000u
#define PATIENCE_BYTES  ((size_t)16 << 20)
#define MOSTLY_FREE     6 /* times what is used and what the next cycle wants */
#define FEW_BYTES       ((size_t)8 << 20)
#define DEAR            4 /* bytes allocated between cycles for one marked */

size_t gci_pace_keep_free_bytes(void)
{
    const uint64_t now_ns = gci_sys_now_ns();
    size_t keep = formula_bytes + formula_bytes / 4 + ((size_t)1 << 20);
    size_t dirty = GCI_READ(gci_heap.dirty_free_bytes), used = gci_heap_in_use_bytes();
    size_t holes = used > gci_live.bytes ? used - gci_live.bytes : 0;
    size_t few = dirty < FEW_BYTES ? dirty : FEW_BYTES, half = (dirty - few / 2) / 2;
    size_t excess, left;

    if (dirty > MOSTLY_FREE * (keep + used) + PATIENCE_BYTES)
        return keep;
    /* [resident] */
    left = DEAR * gci_live.composite_bytes;
    left = left < dirty + holes ? left : dirty + holes;
    left = left > half ? left : half;
    if (left > gci_pace.ceiling_bytes)
        gci_store(&gci_pace.ceiling_bytes, left);
    if (gci_pace.ceiling_bytes > keep + holes)
        keep = gci_pace.ceiling_bytes - holes;
    excess = dirty > keep ? dirty - keep : 0;
    if (excess < idle.least_excess)
        idle.least_excess = excess;
    if (++idle.cycles < (gci_options.unmap_threshold > 0 ? (unsigned)gci_options.unmap_threshold
                                                         : PATIENCE_CYCLES)
        || (gci_options.unmap_threshold <= 0 && now_ns - idle.since_ns < PATIENCE_NS))
        return SIZE_MAX;
    excess = idle.least_excess < idle.least_unused ? idle.least_excess : idle.least_unused;
    idle.least_excess = idle.least_unused = SIZE_MAX;
    idle.cycles = 0;
    idle.since_ns = now_ns;
    return dirty - excess;
}
