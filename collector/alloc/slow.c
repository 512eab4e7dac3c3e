/* slow.c - what happens when a hole has ended: the next piece, the next hole, the next run, a
 * collection, a larger heap, the out-of-memory function - in that order.
 *
 * The fast path: fast.c. Objects above the small classes: large.c.
 *
 * [nostop]   From taking a slot or hole until it is in the cache or in a register the thread is in
 *            a no-stop region; clearing happens before a hole is published.
 * [piece]    A hole is cleared a piece at a time, so that memory is in the cache when objects
 *            are made in it. As much behind it is asked for at the same time: no more than the
 *            processor can have under way at once, since it would wait for the rest; and nothing
 *            behind the hole, where another thread may write.
 * [odd-zero] In runs of odd kinds (trace.h) whatever is no object reads as zero, at every moment
 *            at which marking may begin: a false pointer leads to no garbage descriptor.
 * [parts]    The class's current run is everybody's: caches take parts of it, longer ones the more they
 *            have taken since the last stop, so that little lies idle in the hands of threads that do
 *            not come to use it. A part belongs to one cache until its last hole is used up or the
 *            world stops; no slot behind the run's cursor is in one.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/alloc.h"
#include "private/beside.h"
#include "private/hooks.h"
#include "private/settings.h"

#include <string.h>

#define PART_BYTES  1024u /* the first ones; after PARTS_ALIKE twice as long */
#define PART_LEAST  2u    /* slots */
#define PARTS_ALIKE 3
#define PARTS_MOST  (5 * PARTS_ALIKE)
#define RUN_BYTES   (4 * GCI_BLOCK_BYTES) /* of most classes, or more */

/* ---- holes --------------------------------------------------------------------- */

#define UNCLEARED_PIECES 4

/* [piece] */
GCI_INLINE void ask_for(ptr_t p, size_t bytes)
{
    const ptr_t end = p + bytes;

    for (; p < end; p += 4 * GCI_LINE_BYTES) {
        GCI_PREFETCH_WRITE(p);
        GCI_PREFETCH_WRITE(p + GCI_LINE_BYTES);
        GCI_PREFETCH_WRITE(p + 2 * GCI_LINE_BYTES);
        GCI_PREFETCH_WRITE(p + 3 * GCI_LINE_BYTES);
    }
}

/* [piece] Takes an object from the hole's rest and makes more of it ready. */
static void *next_piece(struct gci_cache *cache, struct gci_hole *hole, unsigned kind)
{
    const bool clear = gci_kinds[kind].clear && !hole->zero;
    const ptr_t p = hole->bump;
    size_t left = hole->rest_bytes, bytes = (hole->piece_more + (size_t)1) * hole->obj_bytes;
    ptr_t end;

    if (!clear)
        bytes *= UNCLEARED_PIECES;
    if (gci_unlikely(GC_find_leak))
        bytes = hole->obj_bytes; /* leak finding wants to see every object: no fast path */
    bytes = bytes < left ? bytes : left;
    end = p + bytes;
    left -= bytes;
    hole->rest_bytes = (uint32_t)left;
    if (clear) {
        memset(p, 0, bytes);
        ask_for(end, bytes < left ? bytes : left);
    }
    gci_mark_born(hole->run, p, end);
    cache->allocated_bytes += bytes;
    hole->bump = p + hole->obj_bytes;
    GCI_COMPILER_BARRIER();
    hole->end = end;
    return p;
}

/* False: its first slot is none of the part. */
static bool set_hole(struct gci_hole *hole, word first_slot, word end_slot)
{
    const ptr_t first = gci_run_object(hole->run, first_slot), end = gci_run_object(hole->run, end_slot);

    hole->bump = hole->end = first;
    hole->rest_bytes = (uint32_t)((end < hole->part_end ? end : hole->part_end) - first);
    return first < hole->part_end;
}

static bool next_hole(struct gci_hole *hole)
{
    const struct gci_block *run = hole->run;
    word first, end;

    if (run == NULL)
        return false;
    first = gci_run_slot(run, (word)hole->bump - (word)run->start);
    if (gci_sweep_find_hole(run, run->nslots, &first, &end) && set_hole(hole, first, end))
        return true;
    hole->run = NULL;
    hole->part_end = NULL;
    hole->rest_bytes = 0;
    return false;
}

/* [parts] Class lock held; a hole of the current run begins at its cursor. */
static void take_part_locked(struct gci_hole *hole, struct gci_class_runs *runs)
{
    struct gci_block *run = runs->current;
    word first = run->cursor, end = runs->hole_end, part_end;
    word slots = (PART_BYTES << hole->parts / PARTS_ALIKE) / hole->obj_bytes;

    part_end = first + (slots < PART_LEAST ? PART_LEAST : slots);
    part_end = part_end < run->nslots ? part_end : run->nslots;
    GCI_WRITE(run->cursor, (uint16_t)part_end);
    hole->parts = (uint8_t)(hole->parts + (hole->parts < PARTS_MOST));
    hole->run = run;
    hole->part_end = gci_run_object(run, part_end);
    hole->zero = runs->hole_zero;
    (void)set_hole(hole, first, end);
}

bool gci_alloc_may_grow(void)
{
    return gci_alloc_forced || (!GC_dont_expand && !gci_pace_cycle_comes_first());
}

/* [first] in sizeclass.c */
static size_t fresh_run_blocks(unsigned kind, unsigned cls)
{
    return gci_runs[kind][cls].first != NULL ? gci_classes[cls].run_blocks
                                             : gci_large_blocks(gci_classes[cls].obj_bytes);
}

bool gci_alloc_fresh_run_locked(struct gci_class_runs *runs, unsigned kind, unsigned cls)
{
    const size_t n = fresh_run_blocks(kind, cls), obj_bytes = gci_classes[cls].obj_bytes;
    const bool pointers = !gci_kind_is_ptrfree(kind);
    struct gci_block *run;
    bool zero;
    unsigned flags = gci_kinds[kind].uncollectable ? GCI_BLOCKF_UNCOLLECTABLE : 0;

    gci_lock_acquire(&gci_heap.lock);
    run = gci_blacklist_take_locked(n, pointers, CPP_WORDSZ == 32 && pointers ? n : 0, false);
    if (run == NULL && gci_alloc_may_grow() && gci_heap_grow_locked(n))
        run = gci_blocks_take_locked(n, pointers);
    gci_lock_release(&gci_heap.lock);
    if (run == NULL)
        return false;
    zero = gci_blocks_all_zero(run, n);
    /* [odd-zero] And the verifier would find what lay there before, in slots that false pointers lead to. */
    if (!zero && (gci_kinds[kind].odd || (gci_options.verify && gci_lives_offset != 0))) {
        gci_blocks_clear(run, 0, n << GCI_BLOCK_SHIFT);
        zero = true;
    }
    gci_blocks_dress(run, n, kind, cls, obj_bytes, gci_kind_descr(kind, obj_bytes),
                     flags | gci_run_swept_flags(kind, cls));
    gci_sweep_add_run(runs, run);
    gci_dirty_fresh(run->start, run->start + (n << GCI_BLOCK_SHIFT));
    runs->current = run;
    runs->hole_end = run->nslots;
    runs->hole_zero = zero;
    return true;
}

bool gci_alloc_swept_hole_locked(struct gci_class_runs *runs, unsigned kind)
{
    word first;

    for (;;) {
        struct gci_block *run = runs->current;

        if (run != NULL) {
            first = run->cursor;
            if (gci_sweep_find_hole(run, run->nslots, &first, &runs->hole_end)) {
                GCI_WRITE(run->cursor, (uint16_t)first);
                return true;
            }
            GCI_WRITE(run->cursor, run->nslots);
        }
        runs->current = gci_sweep_claim_locked(runs);
        runs->hole_zero = gci_kinds[kind].odd; /* [odd-zero] */
        if (runs->current == NULL)
            return false;
    }
}

void *gci_alloc_go_on(struct gci_thread *self, size_t bytes, unsigned kind, struct gci_hole *hole)
{
    void *p = NULL;

    gci_nostop_enter(self);
    /* Not: a hole that goes on, but not for requests of its slots' full size. */
    if (gci_likely(!GC_find_leak) && (hole->end == NULL || hole->bump == hole->end)
        && (hole->rest_bytes != 0 || next_hole(hole))) {
        p = next_piece(self->cache, hole, kind);
        if (bytes == hole->obj_bytes) { /* [end] in mark.c */
            gci_alloc_note_exact(hole->run);
            hole->max_bytes = (uint32_t)bytes;
        }
    }
    gci_nostop_leave(self);
    return p != NULL ? p : gci_alloc(bytes, kind, 0);
}

/* Stress modes: is this one of the calls that take the rare path? Any thread. */
static bool stressed(bool enabled)
{
    static volatile word calls;

    return gci_unlikely(enabled) && gci_fetch_add(&calls, 1) % gci_options.stress_period == 0;
}

void *gci_alloc_refill(struct gci_cache *cache, unsigned kind, unsigned cls, bool ask_pace)
{
    struct gci_hole *hole = gci_cache_hole(cache, kind, cls);
    struct gci_class_runs *runs = &gci_runs[kind][cls];
    bool found;
    void *p;

    if (hole->end != NULL && hole->bump < hole->end) { /* others than the fast path ask here */
        p = hole->bump;
        hole->bump += hole->obj_bytes;
        return p;
    }
    p = gci_free_take(cache, kind, cls);
    if (p != NULL)
        return p;
    if (hole->rest_bytes != 0 || next_hole(hole))
        return next_piece(cache, hole, kind);
    gci_cache_tell_pace(cache);
    if (ask_pace && (gci_pace_due(0) || stressed(gci_options.stress_collect)))
        return NULL;
    gci_lock_acquire(&runs->lock);
    found = gci_alloc_swept_hole_locked(runs, kind)
            || (!(ask_pace && (gci_pace_due(RUN_BYTES) || stressed(gci_options.stress_oom)))
                && gci_alloc_fresh_run_locked(runs, kind, cls));
    if (found)
        take_part_locked(hole, runs);
    gci_lock_release(&runs->lock);
    if (!found)
        return NULL;
    hole->max_bytes = (uint32_t)hole->obj_bytes - !GCI_PEEK(hole->run->exact);
    return next_piece(cache, hole, kind);
}

/* ---- one attempt --------------------------------------------------------------------- */

/* A small object from the cache. */
static void *try_small(struct gci_cache *cache, size_t bytes, unsigned kind, bool ask_pace)
{
    unsigned cls = gci_class_of(bytes);
    void *p;

    if (!gci_cache_need_kind(cache, kind))
        return NULL;
    p = gci_alloc_refill(cache, kind, cls, ask_pace);
    if (p != NULL && gci_kinds[kind].uncollectable)
        gci_mark_set_bit(p); /* [mark] before a collection can see it */
    if (p != NULL && bytes == gci_classes[cls].obj_bytes) { /* [end] in mark.c */
        gci_alloc_note_exact(gci_heap_run((word)p));
        if (gci_cache_hole(cache, kind, cls)->run == gci_heap_run((word)p))
            gci_cache_hole(cache, kind, cls)->max_bytes = (uint32_t)bytes;
    }
    return p;
}

struct request {
    size_t bytes;
    size_t filled_bytes; /* at its start, which the caller fills at once: they may be left as they are */
    unsigned kind, flags;
    bool ask_pace;   /* give up when a cycle is due */
    bool locked;     /* the allocator lock is held: no cycle can begin */
};

static void enter(const struct request *r, struct gci_thread *self)
{
    if (!r->locked && self != NULL)
        gci_nostop_enter(self);
}

static void leave(const struct request *r, struct gci_thread *self)
{
    if (!r->locked && self != NULL)
        gci_nostop_leave(self);
}

static void *try_medium(const struct request *r, struct gci_thread *self)
{
    size_t bytes = gci_classes[gci_class_of(r->bytes)].obj_bytes;
    bool zero = false, clear = gci_kinds[r->kind].clear;
    void *p;

    if (r->ask_pace && (gci_pace_due(RUN_BYTES) || stressed(gci_options.stress_collect)))
        return NULL;
    enter(r, self);
    p = gci_sweep_need_kind(r->kind) ? gci_alloc_medium(r->kind, gci_class_of(r->bytes), &zero) : NULL;
    /* The verifier would find, in an object born marked, what lay there before. */
    if (p != NULL && (gci_kinds[r->kind].uncollectable || gci_options.verify)) {
        if (clear && !zero)
            memset(p, 0, bytes);
        clear = false;
    }
    if (p != NULL && gci_kinds[r->kind].uncollectable)
        gci_mark_set_bit(p);
    leave(r, self);
    if (p == NULL)
        return NULL;
    if (r->bytes == bytes)
        gci_alloc_note_exact(gci_heap_run((word)p));
    gci_pace_allocated(bytes);
    if (clear && !zero) /* it is in a register: a stop meanwhile keeps it */
        memset((ptr_t)p + r->filled_bytes, 0, bytes - r->filled_bytes);
    return p;
}

static void *try_large(const struct request *r, struct gci_thread *self)
{
    size_t bytes = gci_align_up(r->bytes, GCI_GRANULE_BYTES);
    struct gci_block *head;
    void *p;

    if (r->ask_pace
        && (gci_pace_due(bytes < SIZE_MAX / 4 ? 4 * bytes : SIZE_MAX) /* fragments serve few */
            || stressed(gci_options.stress_collect)))
        return NULL;
    if (r->ask_pace && stressed(gci_options.stress_oom))
        return NULL;
    enter(r, self);
    head = gci_sweep_need_kind(r->kind) ? gci_alloc_large_take(bytes, GCI_BLOCK_BYTES, r->kind, r->flags) : NULL;
    leave(r, self);
    if (head == NULL)
        return NULL;
    if (!r->locked)
        gci_blacklist_tell();
    p = head->start;
    if (gci_kinds[r->kind].clear)
        gci_blocks_clear(head, r->filled_bytes, bytes); /* nobody's yet: may take its time */
    enter(r, self);
    gci_alloc_large_publish(head, bytes, r->kind, r->flags);
    head->exact = r->bytes == bytes;
    leave(r, self);
    gci_pace_allocated(bytes);
    return p;
}

static void *attempt(const struct request *r)
{
    struct gci_thread *self = gci_cache_owner();
    void *p;

    if (r->bytes > GCI_MEDIUM_MAX_BYTES)
        return try_large(r, self);
    if (r->bytes > GCI_SMALL_MAX_BYTES)
        return try_medium(r, self);
    enter(r, self);
    p = try_small(self != NULL ? self->cache : &gci_cache_global, r->bytes, r->kind, r->ask_pace);
    leave(r, self);
    return p;
}

/* ---- until there is an object or no hope ---------------------------------------------- */

bool gci_alloc_forced;

static void *collect_and_attempt_locked(struct request *r)
{
    unsigned tries;
    void *p = NULL;

    r->ask_pace = false;
    for (tries = 0; p == NULL; tries++) {
        if (tries > 0 || gci_pace_due(SIZE_MAX) || gci_options.stress_collect || gci_options.stress_oom) {
            if ((tries > 0 && tries - 1 > GC_max_retries) || (tries > 0 && GC_dont_gc))
                break;
            if (!GC_dont_gc)
                (void)(tries == 0 ? gci_beside_step_locked(gci_settings.stop_func)
                                  : gci_collect_locked(gci_never_stop));
        }
        gci_alloc_forced = tries > 0 || GC_dont_gc;
        p = attempt(r);
        gci_alloc_forced = false;
    }
    return p;
}

void *gci_alloc_oom(size_t bytes)
{
    GC_oom_func oom = GC_oom_fn;

    gci_warn("Out of memory: no %lu bytes to be had", bytes);
    errno = ENOMEM;
    return oom != NULL ? oom(bytes) : NULL;
}

static void *serve(struct request *r)
{
    const size_t bytes = r->bytes;
    const unsigned kind = r->kind;
    struct gci_thread *self;
    bool collected = false;
    word cycles = 0;
    void *p = NULL;

    gci_ensure_init();
    if (gci_unlikely(kind >= __atomic_load_n(&gci_kind_count, __ATOMIC_ACQUIRE)))
        gci_abort("GC_generic_malloc: there is no kind %u", kind);
    self = gci_cache_owner();
    if (bytes <= (size_t)PTRDIFF_MAX - GCI_BLOCK_BYTES) {
        if (gci_likely(self != NULL))
            p = attempt(r);
        if (p == NULL) {
            GCI_LOCK();
            cycles = GC_gc_no;
            r->locked = true;
            p = attempt(r);
            if (p == NULL)
                p = collect_and_attempt_locked(r);
            collected = cycles != GC_gc_no;
            GCI_UNLOCK();
        }
    }
    if (collected)
        gci_collect_epilogue();
    if (gci_unlikely(gci_load(&gci_beside.debt_slices) != 0))
        gci_beside_pay();
    if (gci_unlikely(p == NULL))
        return (r->flags & GCI_ALLOC_NO_OOM_FN) ? NULL : gci_alloc_oom(bytes);
    if (gci_kinds[kind].uncollectable)
        gci_tally(&GC_non_gc_bytes, gci_heap_run((word)p)->obj_bytes);
    if (gci_unlikely(GC_find_leak) && gci_hooks.allocated != NULL)
        gci_hooks.allocated(p);
    return p;
}

void *gci_alloc(size_t bytes, unsigned kind, unsigned flags)
{
    struct request r = { .bytes = bytes, .kind = kind, .flags = flags, .ask_pace = true };

    return serve(&r);
}

/* What lay there before may be seen by a marking meanwhile, as pointers that are none; freed objects
   that they lead to are what GC_VERIFY looks for. */
void *gci_alloc_to_fill(size_t bytes, unsigned kind, size_t filled_bytes)
{
    struct request r = { .bytes = bytes, .kind = kind, .ask_pace = true };

    if (kind == GCI_KIND_NORMAL && !gci_options.verify)
        r.filled_bytes = filled_bytes;
    return serve(&r);
}
