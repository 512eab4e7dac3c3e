/* freed.h - lists of slots that the program freed, as alloc/free.c and alloc/freed.c see them.
 *
 * [freed]    A freed slot's first word is its link, hidden so that scanning the slot follows nothing;
 *            its second is a seal made of its address and the present interval's key, by which a
 *            second free is found out. Both are zeroed when the slot is handed out again.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_FREED_H
#define GCI_FREED_H

#include "private/alloc.h"

struct gci_freed {
    word link; /* complement of the next one's address */
    word seal;
};

/* Of this interval between two stops only: older seals lie about in memory that is not cleared. */
extern GCI_HIDDEN word gci_freed_key;

GCI_INLINE struct gci_freed *gci_freed_next(const struct gci_freed *slot)
{
    return (struct gci_freed *)~slot->link;
}

GCI_INLINE void gci_freed_link(struct gci_freed *slot, struct gci_freed *next)
{
    slot->link = ~(word)next;
}

GCI_INLINE word gci_freed_seal_of(const struct gci_freed *slot)
{
    return (word)slot ^ gci_freed_key;
}

GCI_INLINE bool gci_freed_is_sealed(const struct gci_freed *slot)
{
    return slot->seal == gci_freed_seal_of(slot);
}

GCI_INLINE struct gci_freed *gci_freed_take(void **list)
{
    struct gci_freed *slot = *list;

    if (slot != NULL) {
        *list = gci_freed_next(slot);
        slot->link = slot->seal = 0;
    }
    return slot;
}

GCI_INLINE void gci_freed_put(void **list, struct gci_freed *slot)
{
    slot->seal = gci_freed_seal_of(slot);
    gci_freed_link(slot, *list);
    *list = slot;
}

/* The thread's list is too long: half of it goes to the class. In the same no-stop region. */
void gci_freed_shorten(struct gci_cache *cache, struct gci_hole *hole, const struct gci_block *run);

/* To the calling thread's list of the run's kind and class; inside a no-stop region. True: it is too long. */
GCI_INLINE bool gci_freed_list(struct gci_cache *cache, struct gci_hole *hole,
                               const struct gci_block *run, struct gci_freed *slot)
{
    gci_freed_put(&hole->freed, slot);
    if (!GCI_PEEK(run->exact))
        hole->freed_inexact = true;
    cache->freed_bytes += hole->obj_bytes;
    return gci_unlikely(--hole->freed_room < 0);
}

#endif /* GCI_FREED_H */
