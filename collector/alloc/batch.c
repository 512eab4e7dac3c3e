/* batch.c - many objects of one size at once, linked through their first words: what gc_inline.h's
 * and a program's own free lists are filled from.
 *
 * [batch]  Every object of the list is ordinary and cleared but for its link. The list keeps
 *          itself alive from its first object on, as the program's pointer to that one does.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/alloc.h"
#include "private/hooks.h"

#define BATCH_BYTES 4096

/* The rest of the hole's ready piece, after its first object p, as a list. */
static void link_piece(struct gci_cache *cache, unsigned kind, unsigned cls, void *p, size_t asked)
{
    struct gci_hole *hole = gci_cache_hole(cache, kind, cls);
    size_t bytes = hole->obj_bytes, most = BATCH_BYTES / bytes;
    void **last = p;

    if (asked == bytes) {
        gci_alloc_note_exact(gci_heap_run((word)p));
        if (hole->run != NULL)
            gci_alloc_note_exact(hole->run);
    }
    while (--most > 0 && hole->end != NULL && hole->bump < hole->end) {
        void **next = (void **)(void *)hole->bump;

        hole->bump += bytes;
        *last = next;
        last = next;
    }
    *last = NULL;
}

GC_API void GC_CALL GC_generic_malloc_many(size_t bytes, int kind_number, void **result)
{
    unsigned kind = (unsigned)kind_number;
    struct gci_thread *self;
    void *p = NULL;

    gci_ensure_init();
    self = gci_cache_owner();
    if (kind >= gci_kind_count)
        gci_abort("GC_generic_malloc_many: there is no kind %d", kind_number);
    if (self != NULL && bytes <= GCI_SMALL_MAX_BYTES && !gci_kinds[kind].uncollectable
        && !GC_find_leak) {
        unsigned cls = gci_class_of(bytes);

        gci_nostop_enter(self);
        if (gci_cache_need_kind(self->cache, kind)
            && (p = gci_alloc_refill(self->cache, kind, cls, true)) != NULL)
            link_piece(self->cache, kind, cls, p, bytes);
        gci_nostop_leave(self);
    }
    if (p == NULL) {
        p = gci_alloc(bytes, kind, GCI_ALLOC_NO_OOM_FN);
        if (p != NULL)
            *(void **)p = NULL;
    }
    *result = p;
}

GC_API void *GC_CALL GC_malloc_many(size_t bytes)
{
    void *result;

    GC_generic_malloc_many(bytes, GCI_KIND_NORMAL, &result);
    return result != NULL ? result : gci_alloc_oom(bytes);
}
