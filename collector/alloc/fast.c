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
        unsigned cls = gci_class_of(bytes);
        struct gci_hole *hole = &self->holes[kind][cls];
        ptr_t p = hole->bump, next = p + hole->obj_bytes;

        GCI_COMPILER_BARRIER(); /* [resume] a stop in between leaves no end */

        if (gci_unlikely(hole->freed != NULL)) /* likely still in the processor's cache */
            return gci_free_reuse(self, bytes, kind, hole);
        if (gci_likely((word)next <= (word)hole->end) && gci_likely(bytes <= hole->max_bytes)) {
            hole->bump = next; /* [resume] */
            return p;
        }
        return gci_alloc_go_on(self, bytes, kind, cls);
    }
    return gci_alloc(bytes, kind, 0);
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
                                                               : gci_alloc(bytes, (unsigned)kind, 0);
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
    return gci_alloc(bytes, GCI_KIND_UNCOLLECTABLE, 0);
}

GC_API void *GC_CALL GC_malloc_atomic_uncollectable(size_t bytes)
{
    return gci_alloc(bytes, GCI_KIND_AUNCOLLECTABLE, 0);
}

GC_API void *GC_CALL GC_generic_malloc_uncollectable(size_t bytes, int kind)
{
    gci_ensure_init();
    if (kind < 0 || (unsigned)kind >= gci_kind_count)
        gci_abort("GC_generic_malloc_uncollectable: there is no kind %d", kind);
    return gci_alloc(bytes, gci_kind_uncollectable((unsigned)kind), 0);
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
