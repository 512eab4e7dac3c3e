/* query.c - questions about addresses: whose object is this, how large, of which kind.
 *
 * Any thread, any time, no lock: descriptors of objects that the caller holds do not change.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/alloc.h"

GC_API void *GC_CALL GC_base(void *p)
{
    struct gci_block *block;
    word slot, base;

    if (gci_likely(gci_heap_plain_slot((word)p, &block, &slot, &base)))
        return (void *)base;
    return block == NULL ? NULL : gci_heap_object((word)p, NULL, NULL);
}

/* Anywhere in the heap, free blocks included. */
GC_API int GC_CALL GC_is_heap_ptr(const void *p)
{
    const struct gci_block *b = gci_heap_block((word)p);

    return b != NULL && b->state != GCI_BLOCK_NONE;
}

/* Also by an address inside, as in libgc: that of a debugging object is one. */
GC_API size_t GC_CALL GC_size(const void *p)
{
    struct gci_block *run;
    word slot, base;

    if (GCI_LAUNDERED(p) == NULL)
        return 0;
    if (gci_likely(gci_heap_plain_slot((word)p, &run, &slot, &base)))
        return run->obj_bytes;
    run = run != NULL ? gci_heap_head(run, (word)p) : NULL;
    if (run == NULL || (word)p - (word)run->start >= run->nslots * run->obj_bytes)
        gci_abort("GC_size: %p is not in an object", (void *)(word)p);
    return run->obj_bytes;
}

GC_API int GC_CALL GC_get_kind_and_size(const void *p, size_t *bytes)
{
    struct gci_block *run;

    if (gci_heap_object((word)p, &run, NULL) == NULL)
        gci_abort("GC_get_kind_and_size: %p is not an object of this heap", (void *)(word)p);
    if (bytes != NULL)
        *bytes = run->obj_bytes;
    return (int)gci_kinds[run->kind].reported;
}
