/* snapshot.c - what was read on dirty pages, so that next time only words that changed need a look.
 *
 * A page that the program writes all the time is dirty in every round and in the final stop, mostly for
 * the sake of a few words. To compare it with a copy costs a tenth of looking up every pointer on it.
 *
 * [copy]    A snapshot holds, word by word, what was scanned of marked objects, and 0 elsewhere: a word that
 *           equals it has been scanned in this cycle, or is 0.
 * [one-cycle] Snapshots are forgotten before the next marking begins.
 * [twice]   Where there are too many dirty pages, one gets a snapshot when it is dirty for the second time:
 *           those of new objects seldom are.
 * [share]   Their memory is at most a twelfth of the heap in use; pages without one are scanned whole.
 *
 * [one-page] A page is rescanned by one marker at a time: it is in one area (share.c).
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/marker.h"

#define GROUP_PAGES  ((size_t)256) /* of memory obtained at once */
#define MOST_GROUPS  4096u         /* 4 GiB of snapshots */
#define GROUP_BYTES  (GROUP_PAGES * GCI_SNAPSHOT_BYTES)

static struct gci_lock lock = GCI_LOCK_INITIALIZER;
static ptr_t groups[MOST_GROUPS];     /* filled under `lock` */
static size_t used;                   /* lock; snapshots taken: numbers 1 .. used */
static volatile word any_seen;        /* some entry of the table is not 0 */
#define SEEN UINT32_MAX
#define SHARE 12                       /* [share] */
static bool at_once;                  /* [twice] does not hold: there is enough for all */

/* The table entry for the page: the number of its snapshot, 0, or SEEN. */
static uint32_t *entry_of(word addr)
{
    return &gci_chunk_of(gci_heap_block(addr))
                ->snapshots[(addr & (GCI_CHUNK_BYTES - 1)) / GCI_SNAPSHOT_BYTES];
}

static word *memory_of(size_t number)
{
    return (word *)(void *)(groups[(number - 1) / GROUP_PAGES]
                            + (number - 1) % GROUP_PAGES * GCI_SNAPSHOT_BYTES);
}

/* Zero-filled; NULL: none is to be had [share]. */
static word *take(uint32_t *entry)
{
    size_t in_use = gci_heap_in_use_bytes(), group = used / GROUP_PAGES;

    if (group == MOST_GROUPS || used * GCI_SNAPSHOT_BYTES > in_use / SHARE)
        return NULL;
    if (groups[group] == NULL) {
        groups[group] = gci_meta_map(GROUP_BYTES);
        if (groups[group] == NULL)
            return NULL;
    }
    *entry = (uint32_t)++used;
    return memory_of(used);
}

void gci_snapshot_expect(size_t bytes)
{
    size_t share = gci_heap_in_use_bytes() / SHARE;

    at_once = gci_load(&any_seen) == 0 && bytes - bytes / 4 < share;
}

word *gci_snapshot_of(ptr_t page, bool make, bool *fresh)
{
    uint32_t *entry = entry_of((word)page);
    word *memory;

    *fresh = *entry == SEEN || *entry == 0;
    if (*entry != 0 && *entry != SEEN)
        return memory_of(*entry);
    if (!make)
        return NULL;
    gci_store(&any_seen, 1); /* [one-cycle] */
    if (*entry == 0 && !at_once) { /* [twice] */
        *entry = SEEN;
        return NULL;
    }
    gci_lock_acquire(&lock);
    memory = take(entry);
    gci_lock_release(&lock);
    return memory;
}

static void clear_table(const struct gci_block *blocks)
{
    struct gci_chunk *chunk = (struct gci_chunk *)(word)blocks;
    size_t i;

    for (i = 0; i < GCI_CHUNK_BYTES / GCI_SNAPSHOT_BYTES; i++)
        if (chunk->snapshots[i] != 0)
            chunk->snapshots[i] = 0;
}

void gci_snapshot_forget_all(void)
{
    const struct gci_block *blocks;
    size_t i;

    if (gci_load(&any_seen) == 0)
        return;
    gci_store(&any_seen, 0);
    for (i = 0; i < 2 * GCI_WINDOW_CHUNKS; i++)
        if ((blocks = GCI_READ(gci_heap.chunks[i])) != NULL)
            clear_table(blocks);
    for (i = 0; i * GROUP_PAGES < used; i++) {
        gci_meta_unmap(groups[i], GROUP_BYTES);
        groups[i] = NULL;
    }
    used = 0;
}
