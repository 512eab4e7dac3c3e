/* ptrcheck.c - checked pointer arithmetic: GC_same_obj and its relatives.
 *
 * A failed check calls the procedure the program can set (api/variables.c has the defaults).
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/extras.h"
#include "private/hooks.h"
#include "private/marker.h"

struct place {
    ptr_t base, end; /* the object that holds a pointer; NULL: none */
};

static struct place place_of(void *p)
{
    struct place place = { NULL, NULL };
    struct gci_block *run;

    place.base = gci_heap_object((word)p, &run, NULL);
    if (place.base != NULL)
        place.end = place.base + run->obj_bytes;
    return place;
}

/* One past the end counts as inside. There another object may begin [end]: then p, which was made
   from q, may be either; but of two starts of objects q is none's end. */
GC_API void *GC_CALL GC_same_obj(void *p, void *q)
{
    struct place at_p, at_q;

    gci_ensure_init();
    at_q = place_of(q);
    if (at_q.base != NULL && (ptr_t)p >= at_q.base && (ptr_t)p <= at_q.end)
        return p;
    at_p = place_of(p);
    if (at_p.base != at_q.base
        && (at_p.base == NULL || q != at_p.end || (p == at_p.base && q == at_q.base)))
        GC_same_obj_print_proc(p, q);
    return p;
}

static void *moved(void *before, ptrdiff_t bytes)
{
    void *after = GC_same_obj((ptr_t)before + bytes, before);

    if (!GC_all_interior_pointers)
        (void)GC_is_valid_displacement(after);
    return after;
}

GC_API void *GC_CALL GC_pre_incr(void **p, ptrdiff_t bytes)
{
    return *p = moved(*p, bytes);
}

GC_API void *GC_CALL GC_post_incr(void **p, ptrdiff_t bytes)
{
    void *before = *p;

    *p = moved(before, bytes);
    return before;
}

GC_API void *GC_CALL GC_is_valid_displacement(void *p)
{
    struct gci_block *run;
    ptr_t base;

    gci_ensure_init();
    base = gci_heap_object((word)p, &run, NULL);
    if (base == NULL && gci_heap_run((word)p) == NULL)
        return p; /* not in a part of the heap that is in use */
    if (base == NULL || !gci_displacement_valid((word)((ptr_t)p - base))
        || ((run->flags & GCI_BLOCKF_IGNORE_OFF_PAGE) != 0
            && (word)((ptr_t)p - base) >= GCI_BLOCK_BYTES))
        GC_is_valid_displacement_print_proc(p);
    return p;
}

/* Does the collector look for pointers in the word at p, which is in the object at base? */
static bool searched(ptr_t p, ptr_t base, word descr, unsigned depth)
{
    word offset = (word)(p - base);
    GC_signed_word displacement;

    switch (descr & GC_DS_TAGS) {
    case GC_DS_LENGTH:
        return offset + GCI_WORD_BYTES <= descr;
    case GC_DS_BITMAP:
        offset /= GCI_WORD_BYTES;
        return offset < GCI_WORD_BITS - GC_DS_TAG_BITS
               && (descr >> (GCI_WORD_BITS - 1 - offset) & 1) != 0;
    case GC_DS_PROC:
        return true; /* it alone knows */
    default:
        displacement = (GC_signed_word)(descr & ~(word)GC_DS_TAGS);
        if (displacement < 0 || depth > 0)
            return true;
        return searched(p, base, *(word *)(void *)(base + displacement), depth + 1);
    }
}

/* ---- places outside of the heap ---------------------------------------------------- */

struct inquiry {
    ptr_t p;
    bool inside;
};

static void look_in_range(ptr_t lo, ptr_t hi, void *arg)
{
    struct inquiry *inquiry = arg;

    inquiry->inside |= inquiry->p >= lo && inquiry->p < hi;
}

/* What is cheap comes first: the calling thread's stack, static data as of the last collection,
   static data as of now; and only then, for what is nowhere or on another stack, the world stops. */
static bool is_root_locked(ptr_t p, ptr_t own_hot)
{
    struct inquiry inquiry = { p, false };
    const struct gci_thread *self = gci_self();

    if (self != NULL && self->stack_map_lo != NULL && p >= self->stack_map_lo
        && p < self->stack_map_hi)
        return true;
    gci_roots_visit_static_stopped(look_in_range, &inquiry);
    if (!inquiry.inside) {
        gci_roots_prepare();
        gci_roots_visit_static_stopped(look_in_range, &inquiry);
    }
    if (!inquiry.inside && !gci_state.world_stopped) {
        gci_world_stop();
        gci_threads_visit_roots_stopped(own_hot, look_in_range, &inquiry);
        gci_world_start();
    }
    return inquiry.inside;
}

static bool is_root(ptr_t p, ptr_t own_hot)
{
    bool locked = gci_lock_is_mine(&gci_allocator_lock), answer;

    if (!locked)
        GCI_LOCK();
    answer = is_root_locked(p, own_hot);
    if (!locked)
        GCI_UNLOCK();
    return answer;
}

GC_API void *GC_CALL GC_is_visible(void *p)
{
    struct gci_block *run;
    bool seen;
    ptr_t base;

    gci_ensure_init();
    if (p == NULL)
        return NULL;
    if (((word)p & (ALIGNMENT - 1)) != 0) {
        seen = false;
    } else if (gci_heap_block((word)p) == NULL) {
        seen = is_root(p, __builtin_frame_address(0));
    } else {
        base = gci_heap_object((word)p, &run, NULL);
        seen = base != NULL && searched(p, base, run->descr, 0);
    }
    if (!seen)
        GC_is_visible_print_proc(p);
    return p;
}
