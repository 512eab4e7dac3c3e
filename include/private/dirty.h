/* dirty.h - which pages of the heap were written: the provider in use, and what it said.
 *
 * Files: collector/heap/dirty.c.
 * The providers themselves: vdb.h. Who looks at the objects on dirty pages: collector/trace/rescan.c;
 * when: collector/collect/.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_DIRTY_H
#define GCI_DIRTY_H

#include "private/heap.h"
#include "private/vdb.h"

/* Page-aligned stretches of the heap, in the order reported. Metadata memory. */
struct gci_dirty_range {
    ptr_t lo, hi;
};
struct gci_dirty_set {
    struct gci_dirty_range *ranges;
    size_t count, room;
    size_t bytes;      /* in all ranges */
};

/* The provider in use; NULL: incremental mode is off. Changes with the world stopped. */
extern const struct gci_vdb_provider *gci_dirty_provider;

/* Table of this build, in the order of trying; ends with NULL. */
extern const struct gci_vdb_provider *const gci_dirty_providers[];
/* Begins to watch the whole heap with the first provider that works, or with the one named, which
   is the only one tried then; `after`: only those behind that one. Says in the log why others
   were passed over. World stopped. */
bool gci_dirty_start_stopped(const char *name, const struct gci_vdb_provider *after);
void gci_dirty_stop_stopped(void);
/* Adds what was written since the last reading and arms it again. False: the provider failed
   (gci_dirty_failed); then the set is the whole heap. Allocator lock held, or the phase of a cycle
   forbids every other reading. Unless the provider is concurrent the world is stopped. */
bool gci_dirty_read(struct gci_dirty_set *set);
/* How much a reading would find now; beyond `enough` it is not counted exactly. SIZE_MAX: not known. As with
   reading, one at a time. */
size_t gci_dirty_bytes(size_t enough);
/* A full marking comes next: until its first reading the program need not be watched. */
void gci_dirty_disarm(void);
bool gci_dirty_failed(void);
void gci_dirty_set_to_heap(struct gci_dirty_set *set);
GCI_INLINE void gci_dirty_empty(struct gci_dirty_set *set)
{
    set->count = 0;
    set->bytes = 0;
}
/* Heap lock held: before more memory is committed, and after. */
bool gci_dirty_may_grow_locked(void);
void gci_dirty_cover_locked(ptr_t lo, ptr_t hi);
/* A fresh run: what its pages were before does not hold any more [exempt]. Any thread. */
void gci_dirty_fresh(const void *lo, const void *hi);
/* The collector wrote there for the program, which does not know (manual provider). Any thread. */
void gci_dirty_note(const void *lo, const void *hi);
GCI_INLINE bool gci_dirty_wants_notes(void)
{
    const struct gci_vdb_provider *p = gci_dirty_provider;

    return gci_unlikely(p != NULL) && p->manual;
}

#endif /* GCI_DIRTY_H */
