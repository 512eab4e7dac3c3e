/* blocks.c - which blocks are free, and who gets the next run.
 *
 * Free runs are kept in bins by length; a taken run is the best fit found, split at its low
 * end. Objects inside runs: trace/sweep.c. More memory from the system: grow.c.
 *
 * [touched]   Where the best fit must be split anyway, and begins with memory that was never written to
 *             or went back, a longer run that is resident is split instead, at the end that is so.
 *
 * [sorts]     In incremental mode, with a provider for which it matters, runs with pointers and those without are
 *             taken from different ends of long free runs, and where their sort is already (regions.c).
 *
 * [one-list]  A free run is in exactly one bin, the one of its length.
 * [joined]    Two free runs are never adjacent.
 * [tail]      The last block of a free run holds its length in back_blocks, the first in run_blocks.
 * [beside]    A marker that runs beside the program sees a run's facts whole or the run not at all:
 *             state and plain_slots are stored last. While it runs no run dies [no-run-dies].
 * [zero]      Each free block's ZERO flag says truly that its memory reads as zero. A block that is not the first
 *             of a run in use may have the flag too: nothing of the run's memory from there on was handed out.
 *
 * Needs the heap lock, or the world stopped. Never called from a signal handler.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/heap.h"
#include "private/blocks.h"
#include "private/dirty.h"

#include <string.h>

struct gci_bins gci_bins;

/* Lengths 1..32 have a bin each, then four bins per doubling. */
unsigned gci_bin_of(size_t n)
{
    unsigned log;

    if (n <= 32)
        return (unsigned)n - 1;
    log = (unsigned)(sizeof(long) * 8 - 1) - (unsigned)__builtin_clzl((unsigned long)n);
    log = 32 + (log - 5) * 4 + (unsigned)((n >> (log - 2)) & 3);
    return log < GCI_BINS ? log : GCI_BINS - 1;
}

static void bin_insert(struct gci_block *head)
{
    unsigned bin = gci_bin_of(head->run_blocks);

    head->prev = NULL;
    head->next = gci_bins.first[bin];
    if (head->next != NULL)
        head->next->prev = head;
    gci_bins.first[bin] = head;
    gci_bins.occupied[bin / GCI_WORD_BITS] |= (word)1 << (bin % GCI_WORD_BITS);
}

static void bin_remove(struct gci_block *head)
{
    unsigned bin = gci_bin_of(head->run_blocks);

    if (head->next != NULL)
        head->next->prev = head->prev;
    if (head->prev != NULL)
        head->prev->next = head->next;
    else if ((gci_bins.first[bin] = head->next) == NULL)
        gci_bins.occupied[bin / GCI_WORD_BITS] &= ~((word)1 << (bin % GCI_WORD_BITS));
}

/* [tail] [one-list] */
static void make_free_run(struct gci_block *head, ptr_t start, size_t n)
{
    struct gci_block *tail = gci_heap_block((word)start + ((n - 1) << GCI_BLOCK_SHIFT));

    head->start = start;
    head->run_blocks = (uint32_t)n;
    tail->back_blocks = (uint32_t)n;
    bin_insert(head);
}

/* The shortest fitting run among the first of a bin whose runs differ in length. */
#define LOOK_AT 64u
#define NEW_REGION_BLOCKS (2 * GCI_REGION_BYTES >> GCI_BLOCK_SHIFT)
static struct gci_block *best_in_bin(unsigned bin, size_t n, unsigned look_at)
{
    struct gci_block *b, *best = NULL;

    for (b = gci_bins.first[bin]; b != NULL && look_at-- > 0; b = b->next)
        if (b->run_blocks >= n && (best == NULL || b->run_blocks < best->run_blocks)) {
            best = b;
            if (b->run_blocks == n)
                break;
        }
    return best;
}

static bool is_touched(const struct gci_block *head)
{
    return (head->flags & GCI_BLOCKF_ZERO) == 0;
}

/* The first bin from that one on which holds a run; GCI_BINS: none. */
static unsigned next_bin(unsigned bin)
{
    unsigned w;

    for (w = bin / GCI_WORD_BITS; w < GCI_BIN_WORDS; w++) {
        word bits = gci_bins.occupied[w];

        if (w == bin / GCI_WORD_BITS)
            bits &= ~(word)0 << (bin % GCI_WORD_BITS);
        if (bits != 0)
            return w * GCI_WORD_BITS + (unsigned)__builtin_ctzll(bits);
    }
    return GCI_BINS;
}

static bool ends_touched(const struct gci_block *head)
{
    return is_touched(gci_heap_block((word)head->start + (((size_t)head->run_blocks - 1) << GCI_BLOCK_SHIFT)));
}

/* [touched] One from that bin on, the first that begins or ends so; NULL: not among those looked at. */
static struct gci_block *touched_from(unsigned bin, bool *at_end)
{
    unsigned look_at = LOOK_AT;
    struct gci_block *b;

    for (; look_at > 0 && (bin = next_bin(bin)) < GCI_BINS; bin++)
        for (b = gci_bins.first[bin]; b != NULL && look_at > 0; b = b->next, look_at--) {
            *at_end = !is_touched(b);
            if (!*at_end || ends_touched(b))
                return b;
        }
    return NULL;
}

static struct gci_block *find_fit(size_t n, bool *at_end)
{
    unsigned own_bin = gci_bin_of(n), bin;
    struct gci_block *b = best_in_bin(own_bin, n, LOOK_AT), *touched;

    *at_end = false;
    if (b != NULL)
        return b;
    bin = next_bin(own_bin + 1);
    if (bin == GCI_BINS)
        return best_in_bin(own_bin, n, ~0u); /* rather than growing: all of them */
    b = best_in_bin(bin, n, LOOK_AT);
    if (is_touched(b) || gci_heap.dirty_free_bytes >> GCI_BLOCK_SHIFT < n)
        return b;
    touched = touched_from(bin, at_end);
    *at_end = *at_end && touched != NULL;
    return touched != NULL ? touched : b;
}

/* ---- [sorts] */

static bool sorting(void)
{
    return gci_dirty_provider != NULL && gci_dirty_provider->by_regions;
}

/* Of a free run that is longer than needed: is the part at its end the better one? */
static bool better_end(const struct gci_block *head, bool pointers)
{
    const word last = (word)head->start + ((size_t)head->run_blocks << GCI_BLOCK_SHIFT) - 1;

    return gci_region_has_pointers((word)head->start) != pointers
           && (pointers || !gci_region_has_pointers(last));
}

/* The free run has n blocks of the sort at one end, or so many that a new region may be begun. Without pointers
   memory never touched is no better than what is best otherwise. */
static bool suits(const struct gci_block *head, size_t n, bool pointers)
{
    const word last = (word)head->start + ((size_t)head->run_blocks << GCI_BLOCK_SHIFT) - 1;

    if (head->run_blocks < n || (!pointers && !is_touched(head)))
        return false;
    return gci_region_has_pointers((word)head->start) == pointers || gci_region_has_pointers(last) == pointers
           || (pointers && head->run_blocks >= NEW_REGION_BLOCKS);
}

static struct gci_block *find_sorted(size_t n, bool pointers)
{
    unsigned bin, look_at = LOOK_AT;

    for (bin = next_bin(gci_bin_of(n)); bin < GCI_BINS && look_at > 0; bin = next_bin(bin + 1)) {
        struct gci_block *b = gci_bins.first[bin];
        unsigned of_bin = LOOK_AT / 4;

        for (; b != NULL && of_bin > 0 && look_at > 0; b = b->next, of_bin--, look_at--)
            if (suits(b, n, pointers))
                return b;
    }
    return NULL;
}

static struct gci_block *take_part(struct gci_block *head, size_t n, bool at_end)
{
    struct gci_block *b;
    size_t length = head->run_blocks, i;
    word addr;

    bin_remove(head);
    if (length > n && at_end) {
        ptr_t start = head->start, part = start + ((length - n) << GCI_BLOCK_SHIFT);

        make_free_run(head, start, length - n);
        head = gci_heap_block((word)part);
        head->start = part;
        head->run_blocks = (uint32_t)n;
    } else if (length > n) {
        ptr_t rest = head->start + (n << GCI_BLOCK_SHIFT);

        make_free_run(gci_heap_block((word)rest), rest, length - n);
        head->run_blocks = (uint32_t)n;
    }
    addr = (word)head->start;
    for (i = 0, b = head; i < n; i++, b = gci_next_block(b, addr)) {
        addr += GCI_BLOCK_BYTES;
        if (!(b->flags & GCI_BLOCKF_ZERO))
            GCI_WRITE(gci_heap.dirty_free_bytes, gci_heap.dirty_free_bytes - GCI_BLOCK_BYTES);
        if (b->flags & GCI_BLOCKF_DISCARDED)
            GCI_WRITE(gci_heap.discarded_bytes, gci_heap.discarded_bytes - GCI_BLOCK_BYTES);
    }
    GCI_WRITE(gci_heap.free_bytes, gci_heap.free_bytes - (n << GCI_BLOCK_SHIFT));
    /* Neighbours that become free must not join it. */
    GCI_WRITE(gci_heap_block(addr - GCI_BLOCK_BYTES)->state, GCI_BLOCK_TAKEN);
    GCI_WRITE(head->state, GCI_BLOCK_TAKEN);
    head->back_blocks = 0;
    return head;
}

struct gci_block *gci_blocks_take_locked(size_t n, bool pointers)
{
    const bool sorted = gci_unlikely(sorting());
    struct gci_block *head = sorted ? find_sorted(n, pointers) : NULL;
    bool at_end = false;

    if (head == NULL)
        head = find_fit(n, &at_end);
    if (head == NULL)
        return NULL;
    return take_part(head, n, sorted ? better_end(head, pointers) : at_end);
}

struct gci_block *gci_blocks_take_behind_locked(const struct gci_block *run, size_t n)
{
    struct gci_block *b = gci_heap_block((word)run->start + ((word)run->run_blocks << GCI_BLOCK_SHIFT));

    return b != NULL && b->state == GCI_BLOCK_FREE && b->run_blocks >= n ? take_part(b, n, false) : NULL;
}

/* Every block of the run becomes a free one: dirty if it was in use, zero if fresh. */
static void mark_blocks_free(struct gci_block *head, ptr_t start, size_t n)
{
    struct gci_block *b = head;
    word addr = (word)start;
    size_t i;

    for (i = 0; i < n; i++, b = gci_next_block(b, addr)) {
        bool fresh = b->state == GCI_BLOCK_NONE
                     || (b->state != GCI_BLOCK_USED && (b->flags & GCI_BLOCKF_ZERO) != 0);

        addr += GCI_BLOCK_BYTES;
        b->flags = fresh ? GCI_BLOCKF_ZERO | (b->flags & GCI_BLOCKF_DISCARDED) : 0;
        if (!fresh)
            GCI_WRITE(gci_heap.dirty_free_bytes, gci_heap.dirty_free_bytes + GCI_BLOCK_BYTES);
        if (b->flags & GCI_BLOCKF_DISCARDED)
            GCI_WRITE(gci_heap.discarded_bytes, gci_heap.discarded_bytes + GCI_BLOCK_BYTES);
        b->back_blocks = 0;
        b->nslots = b->plain_slots = 0;
        GCI_WRITE(b->state, GCI_BLOCK_FREE);
    }
}

void gci_blocks_give_locked(struct gci_block *head, ptr_t start, size_t n)
{
    const word lo = (word)start, hi = lo + (n << GCI_BLOCK_SHIFT);
    struct gci_block *other;

    mark_blocks_free(head, start, n);
    GCI_WRITE(gci_heap.free_bytes, gci_heap.free_bytes + (n << GCI_BLOCK_SHIFT));
    /* [joined] */
    other = gci_heap_block((word)start + (n << GCI_BLOCK_SHIFT));
    if (other != NULL && other->state == GCI_BLOCK_FREE) {
        bin_remove(other);
        n += other->run_blocks;
    }
    other = gci_heap_block((word)start - GCI_BLOCK_BYTES);
    if (other != NULL && other->state == GCI_BLOCK_FREE) {
        size_t before = other->back_blocks;

        start -= before << GCI_BLOCK_SHIFT;
        head = gci_heap_block((word)start);
        bin_remove(head);
        n += before;
    }
    make_free_run(head, start, n);
    if (n >= GCI_REGION_BYTES >> GCI_BLOCK_SHIFT) /* else no whole region is free */
        gci_regions_forget_locked(start, n, lo, hi);
}

/* Blocks number `from` to n - 1 of a run are no heads. */
static void make_rest(struct gci_block *head, size_t from, size_t n)
{
    word addr = (word)head->start + (from << GCI_BLOCK_SHIFT);
    struct gci_block *b = gci_heap_block(addr);

    for (; from < n; from++, b = gci_next_block(b, addr)) {
        addr += GCI_BLOCK_BYTES;
        b->flags = 0;
        b->nslots = b->plain_slots = 0;
        b->back_blocks = (uint32_t)from; /* [back] */
        __atomic_store_n(&b->state, (uint8_t)GCI_BLOCK_REST, __ATOMIC_RELEASE); /* [beside] */
    }
}

void gci_blocks_set_zero_from(struct gci_block *run, size_t from_bytes)
{
    size_t from = (from_bytes + GCI_BLOCK_BYTES - 1) >> GCI_BLOCK_SHIFT, i;
    word addr = (word)run->start + GCI_BLOCK_BYTES;
    struct gci_block *b = run->run_blocks > 1 ? gci_heap_block(addr) : NULL;

    for (i = 1; i < run->run_blocks; i++, b = gci_next_block(b, addr)) {
        addr += GCI_BLOCK_BYTES;
        GCI_WRITE(b->flags, (uint8_t)(i >= from ? GCI_BLOCKF_ZERO : 0));
    }
}

void gci_blocks_lengthen_locked(struct gci_block *head, size_t more)
{
    size_t n = head->run_blocks + more;

    if (head->descr != 0)
        gci_regions_note(head, head->run_blocks, n);
    make_rest(head, head->run_blocks, n);
    head->run_blocks = (uint32_t)n;
}

void gci_blocks_dress(struct gci_block *head, size_t n, unsigned kind, unsigned cls,
                      size_t obj_bytes, word descr, unsigned flags)
{
    const bool large = (flags & GCI_BLOCKF_LARGE) != 0;
    const struct gci_class *c = large ? NULL : &gci_classes[cls];

    head->recip = large ? 0 : c->recip;
    head->nslots = large ? 1 : gci_class_slots(c, n);
    head->exact = 0;
    head->obj_bytes = obj_bytes;
    head->kind = (uint8_t)kind;
    head->cls = (uint8_t)cls;
    head->run_blocks = (uint32_t)n;
    head->cursor = 0;
    head->next = head->prev = NULL;
    head->descr = descr;
    head->flags = (uint8_t)flags;
    head->sweep_epoch = gci_sweep_epoch; /* [settled] nothing in it is old */
    memset(gci_run_marks(head), 0, GCI_MARK_WORDS * sizeof(word));
    if (gci_lives_offset != 0)
        memset(gci_run_lives(head), 0, GCI_MARK_WORDS * sizeof(word));
    make_rest(head, 1, n);
    head->back_blocks = 0;
    if (descr != 0)
        gci_regions_note(head, 0, n);
    __atomic_store_n(&head->state, (uint8_t)GCI_BLOCK_USED, __ATOMIC_RELEASE); /* [beside] */
    /* [plain] Large objects are longer than a block: any address in this one is inside. */
    __atomic_store_n(&head->plain_slots,
                     (uint16_t)(flags & (GCI_BLOCKF_IGNORE_OFF_PAGE | GCI_BLOCKF_UNCOLLECTABLE)
                                    ? 0 : head->nslots),
                     __ATOMIC_RELEASE);
}

bool gci_blocks_all_zero(struct gci_block *head, size_t n)
{
    struct gci_block *b = head;
    word addr = (word)head->start;
    size_t i;

    for (i = 0; i < n; i++, b = gci_next_block(b, addr)) {
        addr += GCI_BLOCK_BYTES;
        if (!(b->flags & GCI_BLOCKF_ZERO))
            return false;
    }
    return true;
}

void gci_blocks_clear(struct gci_block *head, size_t from, size_t bytes)
{
    word addr = (word)head->start, end = addr + bytes, first = addr + from;
    struct gci_block *b;

    addr = gci_align_down(first, GCI_BLOCK_BYTES);
    b = gci_heap_block(addr);
    while (addr < end) {
        word next = addr + GCI_BLOCK_BYTES;

        if (!(b->flags & GCI_BLOCKF_ZERO)) {
            word lo = addr > first ? addr : first;

            memset((void *)lo, 0, (next < end ? next : end) - lo);
            if (lo == addr && next <= end) /* all of it: the run may be given back unused */
                b->flags |= GCI_BLOCKF_ZERO;
        }
        addr = next;
        if (addr < end)
            b = gci_next_block(b, addr);
    }
}

static void visit_all(unsigned state, void (*fn)(struct gci_block *run, void *arg), void *arg)
{
    const struct gci_arena *arena;

    for (arena = gci_arenas; arena < gci_arenas + gci_arena_count; arena++) {
        ptr_t p = arena->lo;

        while (p < arena->committed) {
            struct gci_block *b = gci_heap_block((word)p);
            size_t n = b->run_blocks;

            GCI_ASSERT(b->state != GCI_BLOCK_NONE && b->state != GCI_BLOCK_REST);
            GCI_ASSERT(n != 0);
            p += n << GCI_BLOCK_SHIFT;
            if (b->state == state)
                fn(b, arg);
        }
    }
}

/* Beside other threads the heap lock keeps the runs where they are; fn does not allocate then. */
static void visit(unsigned state, void (*fn)(struct gci_block *run, void *arg), void *arg)
{
    struct gci_thread *self = gci_self();
    const bool lock = !gci_state.world_stopped && gci_threads_count() > 1
                      && !gci_lock_is_mine(&gci_heap.lock);

    if (lock && self != NULL)
        gci_nostop_enter(self); /* who waits for the lock cannot be stopped */
    if (lock)
        gci_lock_acquire(&gci_heap.lock);
    visit_all(state, fn, arg);
    if (lock)
        gci_lock_release(&gci_heap.lock);
    if (lock && self != NULL)
        gci_nostop_leave(self);
}

void gci_blocks_visit_runs(void (*fn)(struct gci_block *run, void *arg), void *arg)
{
    visit(GCI_BLOCK_USED, fn, arg);
}

void gci_blocks_visit_taken(void (*fn)(struct gci_block *run, void *arg), void *arg)
{
    visit(GCI_BLOCK_TAKEN, fn, arg);
}

void gci_blocks_visit_free(void (*fn)(struct gci_block *run, void *arg), void *arg)
{
    visit(GCI_BLOCK_FREE, fn, arg);
}

size_t gci_blocks_largest_free(void)
{
    unsigned bin = GCI_BINS;
    size_t largest = 0;

    while (bin-- > 0 && largest == 0) {
        const struct gci_block *b;

        for (b = gci_bins.first[bin]; b != NULL; b = b->next)
            if (b->run_blocks > largest)
                largest = b->run_blocks;
    }
    return largest << GCI_BLOCK_SHIFT;
}
