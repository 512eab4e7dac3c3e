/* large.c - medium objects (slots of several-block runs) and large ones (a run each).
 *
 * [publish]    A large object's blocks are TAKEN until they are cleared; only then does the map
 *              say USED. A collection in between does not see them.
 * [born-live]  Large objects are born marked: the sweep that may be under way must not take them. (In
 *              incremental mode it does not come to them [swept], and they are young.)
 * [no-run-dies] While marking runs beside the program no run in use becomes free: a marker may be reading
 *              it. A large object that is freed then is doomed: the next sweep frees its run.
 * [in-place]   A large object grows into free blocks right behind it. Not while marking runs beside the program:
 *              a marker may have read how long it is.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/alloc.h"
#include "private/blocks.h"
#include "private/dirty.h"
#include "private/settings.h"

#include <string.h>

/* ---- medium ----------------------------------------------------------------------- */

/* The class's hole has a slot left. */
static bool medium_ready(const struct gci_class_runs *runs)
{
    return runs->current != NULL && runs->current->cursor < runs->hole_end;
}

void *gci_alloc_medium(unsigned kind, unsigned cls, bool *zero)
{
    struct gci_class_runs *runs = &gci_runs[kind][cls];
    void *p;

    gci_lock_acquire(&runs->lock);
    p = gci_free_take_shared_locked(runs);
    *zero = false;
    if (p == NULL && (medium_ready(runs) || gci_alloc_swept_hole_locked(runs, kind)
                      || gci_alloc_fresh_run_locked(runs, kind, cls))) {
        word slot = runs->current->cursor;

        p = gci_run_object(runs->current, slot);
        GCI_WRITE(runs->current->cursor, (uint16_t)(slot + 1));
        *zero = runs->hole_zero;
    }
    if (p != NULL && gci_mark_births)
        gci_mark_born(gci_heap_run((word)p), p, (ptr_t)p + gci_classes[cls].obj_bytes);
    gci_lock_release(&runs->lock);
    return p;
}

/* ---- large --------------------------------------------------------------------------- */

/* Of a taken run longer than needed for alignment, the parts before and behind go back. */
static struct gci_block *trim(struct gci_block *head, size_t have, size_t n, size_t align_bytes)
{
    ptr_t start = head->start;
    ptr_t aligned = (ptr_t)gci_align_up((word)start, align_bytes);
    size_t before = (size_t)(aligned - start) >> GCI_BLOCK_SHIFT, behind = have - before - n;
    struct gci_block *fit = gci_heap_block((word)aligned);

    fit->start = aligned;
    fit->run_blocks = (uint32_t)n;
    fit->state = GCI_BLOCK_TAKEN;
    gci_heap_block((word)aligned + ((n - 1) << GCI_BLOCK_SHIFT))->state = GCI_BLOCK_TAKEN;
    if (before != 0)
        gci_blocks_give_locked(head, start, before);
    if (behind != 0) {
        ptr_t rest = aligned + (n << GCI_BLOCK_SHIFT);

        gci_blocks_give_locked(gci_heap_block((word)rest), rest, behind);
    }
    return fit;
}

struct gci_block *gci_alloc_large_take(size_t bytes, size_t align_bytes, unsigned kind, unsigned flags)
{
    size_t n = gci_large_blocks(bytes), have = n;
    size_t exposed = (flags & GCI_ALLOC_IGNORE_OFF_PAGE) ? 1 : n; /* to false pointers */
    const bool pointers = !gci_kind_is_ptrfree(kind);
    struct gci_block *head;

    if (align_bytes > GCI_BLOCK_BYTES)
        have += (align_bytes >> GCI_BLOCK_SHIFT) - 1;
    gci_lock_acquire(&gci_heap.lock);
    head = gci_blacklist_take_locked(have, pointers, exposed, gci_alloc_may_grow());
    if (head == NULL && gci_alloc_may_grow() && gci_heap_grow_locked(have))
        head = gci_blocks_take_locked(have, pointers);
    if (head != NULL && have != n)
        head = trim(head, have, n, align_bytes);
    gci_lock_release(&gci_heap.lock);
    return head;
}

static void tell_dirty(ptr_t lo, ptr_t hi)
{
    gci_dirty_fresh(lo, hi);
    if (gci_dirty_wants_notes())
        gci_dirty_note(lo, hi);
}

void gci_alloc_large_publish(struct gci_block *head, size_t bytes, unsigned kind, unsigned flags)
{
    struct gci_class_runs *runs = &gci_runs[kind][gci_class_count];
    unsigned block_flags = GCI_BLOCKF_LARGE | GCI_BLOCKF_SWEPT;

    if (flags & GCI_ALLOC_IGNORE_OFF_PAGE)
        block_flags |= GCI_BLOCKF_IGNORE_OFF_PAGE;
    if (gci_kinds[kind].uncollectable)
        block_flags |= GCI_BLOCKF_UNCOLLECTABLE;
    gci_lock_acquire(&runs->lock);
    gci_blocks_dress(head, gci_large_blocks(bytes), kind, gci_class_count, bytes,
                     gci_kind_descr(kind, bytes), block_flags);
    if (gci_lives_offset == 0 || gci_mark_births || gci_kinds[kind].uncollectable)
        gci_store(&gci_run_marks(head)[0], 1); /* [born-live] [births] */
    tell_dirty(head->start, head->start + bytes);
    gci_sweep_add_run(runs, head);
    gci_lock_release(&runs->lock);
    __atomic_thread_fence(__ATOMIC_RELEASE); /* as in gci_mark_newborn */
}

void gci_alloc_large_free(struct gci_block *run)
{
    struct gci_class_runs *runs = &gci_runs[run->kind][gci_class_count];

    if (gci_options.verify)
        gci_freed_note(run->start, run->obj_bytes);
    gci_lock_acquire(&runs->lock);
    if (gci_mark_births) {
        GCI_WRITE(run->flags, run->flags | GCI_BLOCKF_DOOMED); /* [no-run-dies] */
        gci_mark_clear_bit(run->start);
        gci_lock_release(&runs->lock);
        return;
    }
    gci_sweep_remove_run(runs, run);
    gci_lock_release(&runs->lock);
    gci_lock_acquire(&gci_heap.lock);
    gci_blocks_give_locked(run, run->start, run->run_blocks);
    gci_lock_release(&gci_heap.lock);
}

/* ---- growing [in-place] ---------------------------------------------------------------------- */

/* Blocks for `more` behind the run; NULL: none are free there, or false pointers lead to them. */
static struct gci_block *take_behind(struct gci_block *run, size_t more)
{
    struct gci_block *b;
    ptr_t end = run->start + ((size_t)run->run_blocks << GCI_BLOCK_SHIFT);

    gci_lock_acquire(&gci_heap.lock);
    b = !(run->flags & GCI_BLOCKF_IGNORE_OFF_PAGE) && gci_blacklist_end_of_hits((word)end, more) != 0
            ? NULL : gci_blocks_take_behind_locked(run, more);
    gci_lock_release(&gci_heap.lock);
    return b;
}

static void clear_between(ptr_t lo, ptr_t hi)
{
    if (lo < hi)
        memset(lo, 0, (size_t)(hi - lo));
}

/* False: marking has begun meanwhile, and `taken`, if any, is free again. */
static bool publish_growth(struct gci_block *run, struct gci_block *taken, size_t more, size_t bytes)
{
    struct gci_class_runs *runs = &gci_runs[run->kind][gci_class_count];
    ptr_t old_end = run->start + run->obj_bytes;
    bool done;

    gci_lock_acquire(&runs->lock);
    gci_lock_acquire(&gci_heap.lock);
    done = !gci_mark_births;
    if (done) {
        if (taken != NULL)
            gci_blocks_lengthen_locked(run, more);
        run->obj_bytes = bytes;
        run->descr = gci_kind_descr(run->kind, bytes);
    } else if (taken != NULL) {
        gci_blocks_give_locked(taken, run->start + ((size_t)run->run_blocks << GCI_BLOCK_SHIFT), more);
    }
    gci_lock_release(&gci_heap.lock);
    gci_lock_release(&runs->lock);
    if (done)
        tell_dirty(old_end, run->start + bytes);
    return done;
}

bool gci_alloc_large_grow(struct gci_block *run, size_t requested_bytes)
{
    struct gci_thread *self = gci_cache_owner();
    size_t bytes = gci_align_up(requested_bytes, GCI_GRANULE_BYTES), more;
    size_t old = run->obj_bytes, have = (size_t)run->run_blocks << GCI_BLOCK_SHIFT;
    struct gci_block *taken = NULL;
    bool done;

    if (self == NULL || run->kind > GCI_KIND_NORMAL || gci_mark_births) /* of others a descriptor may depend on the length */
        return false;
    more = gci_large_blocks(bytes) - run->run_blocks;
    if (more != 0) {
        gci_nostop_enter(self);
        taken = take_behind(run, more);
        gci_nostop_leave(self);
        if (taken == NULL)
            return false;
    }
    if (gci_kinds[run->kind].clear) { /* [publish] */
        clear_between(run->start + old, run->start + (bytes < have ? bytes : have));
        if (taken != NULL)
            gci_blocks_clear(taken, 0, bytes - have);
    }
    gci_nostop_enter(self);
    done = publish_growth(run, taken, more, bytes);
    if (done)
        run->exact = requested_bytes == bytes;
    gci_nostop_leave(self);
    if (done)
        gci_pace_allocated(bytes - old);
    return done;
}
