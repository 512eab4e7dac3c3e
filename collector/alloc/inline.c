/* inline.c - holes that programs take slots from by code of their own (gc/gc_fast.h).
 *
 * A program sees the first fields of the very holes that the fast path uses: there is nothing to
 * hand over and nothing to take back. Whatever ends holes (a stop, a thread's end, a fork) ends
 * them for the program too. How holes are filled: slow.c.
 *
 * [table]  GC_fast_holes points at empty_table, or at the table of the cache the thread has now. Only
 *          the thread itself changes it: on a miss, and when it leaves the registry.
 *
 * The program's code does not look for freed slots: it comes to them when the piece ends.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/alloc.h"
#include "private/hooks.h"

#include "gc/gc_inline.h"

#include <stddef.h>

#ifdef GC_FAST_INLINE

# define SAME(ours, theirs) \
    (offsetof(struct gci_hole, ours) == offsetof(struct GC_fast_hole, theirs) \
     && sizeof(((struct gci_hole *)0)->ours) == sizeof(((struct GC_fast_hole *)0)->theirs))
_Static_assert(SAME(bump, bump) && SAME(end, end) && SAME(obj_bytes, slot_bytes)
                   && SAME(max_bytes, max_bytes),
               "gc_fast.h describes another hole");

static struct GC_fast_hole empty_hole; /* never written: end is NULL */

# define EMPTY   &empty_hole
# define EMPTY_4 EMPTY, EMPTY, EMPTY, EMPTY
# define EMPTY_32 EMPTY_4, EMPTY_4, EMPTY_4, EMPTY_4, EMPTY_4, EMPTY_4, EMPTY_4, EMPTY_4
_Static_assert(GC_FAST_GRANULES == 32, "empty_table has another length");
static const struct GC_fast_table empty_table
    = { { { EMPTY_32, EMPTY }, { EMPTY_32, EMPTY } } };

__thread const struct GC_fast_table *GC_fast_holes
    __attribute__((tls_model("initial-exec"), visibility("default"))) = &empty_table;

/* [table] */
static void show_holes(struct gci_cache *cache)
{
    unsigned kind, granules;

    for (kind = GCI_KIND_PTRFREE; kind <= GCI_KIND_NORMAL; kind++)
        for (granules = 0; granules <= GC_FAST_GRANULES; granules++)
            cache->fast.hole[kind][granules]
                = (struct GC_fast_hole *)(void *)gci_cache_hole(cache, kind,
                                                                gci_class_map[granules]);
    GC_fast_holes = &cache->fast;
}

void gci_inline_hide_holes(void)
{
    GC_fast_holes = &empty_table;
}

static void on_miss(void)
{
    struct gci_thread *self = gci_cache_owner();

    if (gci_unlikely(self != NULL && GC_fast_holes != &self->cache->fast))
        show_holes(self->cache);
}

#else

void gci_inline_hide_holes(void)
{
}

static void on_miss(void)
{
}

#endif

GC_API void *GC_CALL GC_fast_miss(size_t bytes, int kind)
{
    void *p = GC_malloc_kind(bytes, kind);

    on_miss();
    return p;
}
