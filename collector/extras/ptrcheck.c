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

/* One past the end counts as inside. */
GC_API void *GC_CALL GC_same_obj(void *p, void *q)
{
    struct place at_p, at_q;

    gci_ensure_init();
    at_p = place_of(p);
    at_q = place_of(q);
    if (at_p.base != at_q.base && (at_p.base == NULL || q != at_p.end)
        && (at_q.base == NULL || p != at_q.end))
        GC_same_obj_print_proc(p, q);
    return p;
}

GC_API void *GC_CALL GC_pre_incr(void **p, ptrdiff_t bytes)
{
    void *before = *p, *after = GC_same_obj((ptr_t)before + bytes, before);

    if (!GC_all_interior_pointers)
        (void)GC_is_valid_displacement(after);
    return *p = after;
}

GC_API void *GC_CALL GC_post_incr(void **p, ptrdiff_t bytes)
{
    void *before = *p, *after = GC_same_obj((ptr_t)before + bytes, before);

    if (!GC_all_interior_pointers)
        (void)GC_is_valid_displacement(after);
    *p = after;
    return before;
}

GC_API void *GC_CALL GC_is_valid_displacement(void *p)
{
    struct gci_block *run;
    ptr_t base;

    gci_ensure_init();
    if (gci_heap_run((word)p) == NULL)
        return p; /* not in a part of the heap that is in use */
    base = gci_heap_object((word)p, &run, NULL);
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

/* Outside of the heap every place may be a root: the stacks and segments of other threads and
   libraries are known only while the world is stopped. */
GC_API void *GC_CALL GC_is_visible(void *p)
{
    struct gci_block *run;
    ptr_t base;

    if (((word)p & (ALIGNMENT - 1)) != 0) {
        GC_is_visible_print_proc(p);
        return p;
    }
    gci_ensure_init();
    if (gci_heap_block((word)p) == NULL)
        return p;
    base = gci_heap_object((word)p, &run, NULL);
    if (base == NULL || !searched(p, base, run->descr, 0))
        GC_is_visible_print_proc(p);
    return p;
}
