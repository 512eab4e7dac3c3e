/* fast.c - GC_malloc and its family: the path that almost every allocation takes.
 *
 * Load, add, compare, store: an object is the next slot of the thread's hole [hole], unless the
 * program has freed one of that size. Everything else: slow.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/alloc.h"
#include "private/hooks.h"

GCI_INLINE void *alloc(size_t bytes, unsigned kind)
{
    struct gci_thread *self = gci_cache_owner();

    if (gci_likely(bytes <= GCI_SMALL_MAX_BYTES) && gci_likely(self != NULL)) {
        struct gci_hole *hole = gci_hole_of(self, kind, gci_class_of(bytes));
        void *p;

        if (gci_unlikely(hole->freed != NULL)) /* likely still in the processor's cache */
            return kind == GCI_KIND_PTRFREE ? gci_free_reuse_atomic(self, bytes, hole)
                                            : gci_free_reuse(self, bytes, hole);
        return gci_likely(gci_hole_take(hole, bytes, &p)) ? p : gci_alloc_go_on(self, bytes, kind, hole);
    }
    return gci_alloc(bytes, kind, 0);
}

/* Where a request of any kind may be served; NULL: it is no matter of a hole, or there is none yet. */
GCI_INLINE struct gci_hole *hole_for(const struct gci_thread *self, size_t bytes, unsigned kind, unsigned *cls)
{
    if (gci_unlikely(self == NULL) || gci_unlikely(bytes > GCI_SMALL_MAX_BYTES)
        || gci_unlikely(kind >= GCI_MAX_KINDS))
        return NULL;
    *cls = gci_class_of(bytes);
    return gci_cache_hole(self->cache, kind, *cls);
}

void *gci_alloc_of_kind(size_t bytes, unsigned kind)
{
    struct gci_thread *self = gci_cache_owner();
    unsigned cls;
    struct gci_hole *hole = hole_for(self, bytes, kind, &cls);
    void *p;

    if (gci_unlikely(hole == NULL) || gci_unlikely(gci_kinds[kind].uncollectable)
        || gci_unlikely(hole->freed != NULL))
        return gci_alloc(bytes, kind, 0);
    return gci_likely(gci_hole_take(hole, bytes, &p)) ? p : gci_alloc_go_on(self, bytes, kind, hole);
}

static void *alloc_uncollectable(size_t bytes, unsigned kind)
{
    struct gci_thread *self = gci_cache_owner();
    unsigned cls;
    struct gci_hole *hole = hole_for(self, bytes, kind, &cls);
    void *p = NULL;

    if (gci_likely(hole != NULL) && gci_likely(!GC_find_leak)) {
        gci_nostop_enter(self);
        if (hole->freed != NULL)
            p = gci_free_take(self->cache, kind, cls);
        else
            (void)gci_hole_take(hole, bytes, &p);
        if (p != NULL) {
            gci_mark_set_bit(p); /* [mark] before a collection can see it */
            if (bytes == hole->obj_bytes)
                gci_alloc_note_exact(gci_heap_run((word)p));
        }
        gci_nostop_leave(self);
    }
    if (p == NULL)
        return gci_alloc(bytes, kind, 0);
    gci_tally(&GC_non_gc_bytes, hole->obj_bytes);
    return p;
}

GC_API void *GC_CALL GC_malloc(size_t bytes)
{
    return alloc(bytes, GCI_KIND_NORMAL);
}

GC_API void *GC_CALL GC_malloc_atomic(size_t bytes)
{
    return alloc(bytes, GCI_KIND_PTRFREE);
}

GC_API void *GC_CALL GC_malloc_kind(size_t bytes, int kind)
{
    return kind == GCI_KIND_NORMAL || kind == GCI_KIND_PTRFREE ? alloc(bytes, (unsigned)kind)
                                                               : gci_alloc_of_kind(bytes, (unsigned)kind);
}

GC_API void *GC_CALL GC_malloc_kind_global(size_t bytes, int kind)
{
    return GC_malloc_kind(bytes, kind);
}

GC_API void *GC_CALL GC_generic_malloc(size_t bytes, int kind)
{
    return GC_malloc_kind(bytes, kind);
}

GC_API void *GC_CALL GC_malloc_stubborn(size_t bytes)
{
    return alloc(bytes, GCI_KIND_NORMAL);
}

GC_API void *GC_CALL GC_malloc_uncollectable(size_t bytes)
{
    return alloc_uncollectable(bytes, GCI_KIND_UNCOLLECTABLE);
}

GC_API void *GC_CALL GC_malloc_atomic_uncollectable(size_t bytes)
{
    return alloc_uncollectable(bytes, GCI_KIND_AUNCOLLECTABLE);
}

GC_API void *GC_CALL GC_generic_malloc_uncollectable(size_t bytes, int kind)
{
    gci_ensure_init();
    if (kind < 0 || (unsigned)kind >= gci_kind_count)
        gci_abort("GC_generic_malloc_uncollectable: there is no kind %d", kind);
    return alloc_uncollectable(bytes, gci_kind_uncollectable((unsigned)kind));
}

GC_API void *GC_CALL GC_malloc_ignore_off_page(size_t bytes)
{
    return gci_alloc(bytes, GCI_KIND_NORMAL, GCI_ALLOC_IGNORE_OFF_PAGE);
}

GC_API void *GC_CALL GC_malloc_atomic_ignore_off_page(size_t bytes)
{
    return gci_alloc(bytes, GCI_KIND_PTRFREE, GCI_ALLOC_IGNORE_OFF_PAGE);
}

GC_API void *GC_CALL GC_generic_malloc_ignore_off_page(size_t bytes, int kind)
{
    return gci_alloc(bytes, (unsigned)kind, GCI_ALLOC_IGNORE_OFF_PAGE);
}

GC_API void *GC_CALL GC_generic_or_special_malloc(size_t bytes, int kind)
{
    return GC_malloc_kind(bytes, kind);
}
