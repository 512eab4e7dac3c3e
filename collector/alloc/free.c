/* free.c - explicitly freed objects: GC_free and what it checks.
 *
 * A small object goes to the freeing thread's list for its kind and class: freed.c.
 *
 * [no-hole]  A freed slot is in no hole: if its mark is set, holes skip it; if not, it was
 *            allocated from a hole of this epoch, which the run's cursor has passed. Slots of runs
 *            not swept yet without a mark are dead to the sweep, which will find them: they are
 *            not listed. Marks of freed slots therefore stay as they are until the lists are dropped.
 * [quick]    Where live bits are not apart, where none of the predefined kinds is odd, and where no program
 *            wants to hear of it, freeing a small object takes no more than a list: `quick_epoch` is the sweep's.
 *            What is left to be looked at of a run is its QUICK flag, which says that it was born or claimed
 *            since the last marking, so that its cursor tells objects from slots. Wrong beliefs about an
 *            object only lead to gci_free_named, which tells exactly.
 * [freed-mark] In incremental mode marks are not what holes go by, and a freed slot's is cleared.
 * [odd-zero] Slots of odd kinds are zeroed and wait for the next collection: a link would be read
 *            as a descriptor.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/freed.h"
#include "private/hooks.h"

#include <string.h>

#define NO_EPOCH 256 /* no run's */

static unsigned quick_epoch = NO_EPOCH; /* [quick] changed with the world stopped, or before there are runs */

/* [freed-mark] Where marks and live bits are apart a freed slot's mark goes: what is born in it next is
   young, and not kept by this one's mark. Not before the run is settled: the slot would be in a list
   and in a hole. */
static GCI_NOINLINE void unmark_apart(struct gci_block *run, const void *slot)
{
    if (gci_options.verify)
        gci_freed_note(slot, run->obj_bytes);
    if (gci_run_settled(run))
        gci_mark_clear_bit(slot);
}

GCI_INLINE void unmark(struct gci_block *run, const void *slot)
{
    if (gci_unlikely(gci_lives_offset != 0))
        unmark_apart(run, slot);
}

static void free_small(struct gci_cache *cache, struct gci_block *run, struct gci_freed *slot)
{
    struct gci_hole *hole;

    unmark(run, slot);
    if (!gci_cache_need_kind(cache, run->kind))
        return; /* no memory for a list: the next collection gets it */
    hole = gci_cache_hole(cache, run->kind, run->cls);
    if (gci_freed_list(cache, hole, run, slot))
        gci_freed_shorten(cache, hole, run);
}

static void free_medium(struct gci_block *run, struct gci_freed *slot)
{
    struct gci_class_runs *runs = &gci_runs[run->kind][run->cls];

    unmark(run, slot);
    gci_lock_acquire(&runs->lock);
    gci_freed_put(&runs->freed, slot);
    gci_lock_release(&runs->lock);
    gci_tally(&gci_pace.freed_bytes, run->obj_bytes);
}

/* In what is left of the thread's part of the run [parts]. */
GCI_INLINE bool lies_ahead(const struct gci_hole *hole, const void *p)
{
    /* Nobody predicts the two. */
    return (gci_opaque((word)p >= (word)hole->bump) & ((word)p < (word)hole->part_end)) != 0;
}

/* Slots that certainly are no objects: freed since the last collection, in a hole still to come, in
   what is left of this thread's part. */
static bool is_free_slot(const struct gci_cache *cache, const struct gci_block *run, void *p,
                         word slot)
{
    const struct gci_hole *hole;

    if (gci_run_is_large(run))
        return false;
    if (gci_freed_is_sealed(p))
        return true;
    if (slot >= GCI_PEEK(run->cursor))
        return gci_run_is_swept(run) && !gci_run_was_live(run, slot);
    if (run->cls >= gci_small_class_count || (hole = gci_cache_hole(cache, run->kind, run->cls)) == NULL)
        return false;
    return lies_ahead(hole, p) && !gci_run_was_live(run, slot);
}

static void free_object(struct gci_cache *cache, struct gci_block *run, void *p, word slot,
                        const char *function)
{
    if (gci_unlikely(is_free_slot(cache, run, p, slot)))
        gci_abort("%s: %p was freed already", function, p);
    if (gci_run_is_large(run)) {
        if (gci_unlikely((run->flags & GCI_BLOCKF_DOOMED) != 0))
            gci_abort("%s: %p was freed already", function, p);
        gci_tally(&gci_pace.freed_bytes, run->obj_bytes);
        gci_alloc_large_free(run);
        return;
    }
    if (!gci_run_occupied(run, slot))
        return; /* [no-hole] */
    if (gci_kinds[run->kind].odd) {
        if (gci_options.verify)
            gci_freed_note(p, run->obj_bytes);
        memset(p, 0, run->obj_bytes); /* [odd-zero] */
        gci_fence(); /* before anybody can take the slot */
        if (gci_kinds[run->kind].uncollectable)
            gci_mark_clear_bit(p); /* in no list: a hole may have it */
        return;
    }
    if (run->cls < gci_small_class_count)
        free_small(cache, run, p);
    else
        free_medium(run, p);
}

static void no_profiler(void *p GCI_UNUSED)
{
}

/* The program, or a library loaded before, may define it: then that one is called. */
#ifdef __ELF__
GC_API void GC_CALLBACK GC_free_profiler_hook(void *p) __attribute__((weak, alias("no_profiler")));
#else
GC_API void GC_CALLBACK GC_free_profiler_hook(void *p)
{
    no_profiler(p);
}
#endif

GCI_INLINE bool has_profiler(void)
{
    void (GC_CALLBACK *hook)(void *) = GC_free_profiler_hook;

    return GCI_LAUNDERED(hook) != no_profiler;
}

bool gci_free_is_known(const struct gci_block *run, const void *p)
{
    return gci_run_is_large(run) ? (run->flags & GCI_BLOCKF_DOOMED) != 0 : gci_freed_is_sealed(p);
}

void gci_free_named(void *p, const char *function)
{
    struct gci_thread *self = gci_cache_owner();
    struct gci_block *run;
    ptr_t base;
    word slot;

    if (p == NULL)
        return;
    if (has_profiler())
        GC_free_profiler_hook(p);
    base = gci_heap_object((word)p, &run, &slot);
    if (gci_unlikely(base == NULL))
        gci_abort("%s: %p is not an object of this heap", function, p);
    if (gci_unlikely(base != p))
        gci_abort("%s: %p lies inside the object at %p", function, p, (void *)base);
    if (gci_kinds[run->kind].uncollectable)
        gci_tally(&GC_non_gc_bytes, (word)0 - run->obj_bytes);
    if (gci_unlikely(GC_find_leak) && gci_hooks.freed != NULL)
        gci_hooks.freed(p);
    if (gci_likely(self != NULL)) {
        gci_nostop_enter(self);
        free_object(self->cache, run, p, slot, function);
        gci_nostop_leave(self);
    } else {
        GCI_LOCK();
        free_object(&gci_cache_global, run, p, slot, function);
        GCI_UNLOCK();
    }
}

/* [quick] */
void gci_free_set_epoch(void)
{
    bool quick = gci_lives_offset == 0 && !has_profiler();
    unsigned kind;

    for (kind = 0; kind < GCI_KINDS_PREDEFINED; kind++)
        quick = quick && !gci_kinds[kind].odd;
    quick_epoch = quick ? gci_sweep_epoch : NO_EPOCH;
}

/* [quick] Of a run that is not, what is marked is an object in all certainty; others may be objects as well. */
static GCI_NOINLINE void free_marked(void *p, struct gci_thread *self, struct gci_block *run)
{
    word offset = (word)p & (GCI_BLOCK_BYTES - 1), slot;
    struct gci_hole *hole;

    if (gci_likely(run != NULL) && gci_likely(self != NULL) && gci_likely(run->cls < gci_small_class_count)
        && gci_likely(__atomic_load_n(&run->sweep_epoch, __ATOMIC_ACQUIRE) == quick_epoch)
        && gci_likely((slot = gci_run_slot(run, offset)) < run->nslots)
        && gci_likely(slot * run->obj_bytes == offset) && gci_likely(run->kind < GCI_KINDS_PREDEFINED)
        && gci_likely((hole = gci_hole_of(self, run->kind, run->cls)) != NULL)
        && gci_likely(gci_run_marked(run, slot)) && gci_likely(!gci_freed_is_sealed(p))
        && gci_likely(!GC_find_leak)) {
        gci_nostop_enter(self);
        if (gci_freed_list(self->cache, hole, run, p))
            gci_freed_shorten(self->cache, hole, run);
        gci_nostop_leave(self);
        if (run->kind > GCI_KIND_NORMAL) /* uncollectable */
            gci_tally(&GC_non_gc_bytes, (word)0 - hole->obj_bytes);
        return;
    }
    gci_free_named(p, "GC_free");
}

/* [quick] The address is an object's in all certainty: its run's cursor has passed it, it does not lie ahead of the
   thread, and it is in no list. */
GCI_INLINE bool is_quick(const struct gci_hole *hole, const struct gci_block *run, void *p)
{
    uint64_t product = (uint64_t)((word)p & (GCI_BLOCK_BYTES - 1)) * run->recip;

    return gci_likely((product >> 32) < GCI_PEEK(run->cursor))
           && gci_likely((uint32_t)product < run->recip) /* [remainder] */
           && gci_likely(!lies_ahead(hole, p)) && gci_likely(!gci_freed_is_sealed(p))
           && gci_likely(!GC_find_leak);
}

static GCI_NOINLINE void shorten_and_leave(struct gci_thread *self, struct gci_hole *hole,
                                           const struct gci_block *run)
{
    gci_freed_shorten(self->cache, hole, run);
    gci_nostop_leave(self);
}

static GCI_NOINLINE void leave_and_free(void *p, struct gci_thread *self, struct gci_block *run)
{
    gci_nostop_leave(self);
    free_marked(p, self, run);
}

/* Small objects of the common kinds; everything unusual is for the others. Without a frame: each call is the last
   thing done. */
GC_API void GC_CALL GC_free(void *p)
{
    struct gci_thread *self = gci_cache_owner();
    struct gci_block *run = gci_heap_block_even_unused((word)p);
    struct gci_hole *hole;
    word depth;

    if (gci_unlikely(run == NULL) || gci_unlikely(self == NULL)
        || gci_unlikely((GCI_PEEK(run->flags) & GCI_BLOCKF_QUICK) == 0)
        || gci_unlikely(GCI_PEEK(run->sweep_epoch) != quick_epoch)) {
        free_marked(p, self, run);
        return;
    }
    hole = &self->holes[run->kind][run->cls];
    depth = gci_nostop_enter_from(self);
    if (gci_unlikely(!is_quick(hole, run, p)))
        leave_and_free(p, self, run);
    else if (gci_unlikely(gci_freed_list(self->cache, hole, run, p)))
        shorten_and_leave(self, hole, run);
    else if (gci_unlikely(gci_nostop_leave_asked_to(self, depth)))
        gci_nostop_obey(self);
}
