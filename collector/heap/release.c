/* release.c - giving the memory of free blocks back to the system.
 *
 * Pages go back, the mapping stays: the kernel's list of mappings does not grow with the heap's
 * history. Who decides how much stays: collect/pace.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/heap.h"
#include "private/blocks.h"

/* Gives back stretches of one free run until `excess` bytes are gone: its blocks that have none of `kept`
   in their flags, which GCI_BLOCKF_DISCARDED is always part of. */
static size_t discard_run(struct gci_block *head, unsigned kept, size_t excess)
{
    struct gci_block *b = head, *first = NULL;
    word addr = (word)head->start, from = addr;
    size_t n = head->run_blocks, i, done = 0;

    for (i = 0; i <= n && (done < excess || first != NULL); i++) {
        bool goes = i < n && !(b->flags & kept) && done + (addr - from) < excess;

        if (goes && first == NULL) {
            first = b;
            from = addr;
        } else if (!goes && first != NULL) {
            size_t bytes = addr - from;

            if (gci_mem_discard((void *)from, bytes) == 0) {
                word a = from;

                while (a < addr) {
                    if (!(first->flags & GCI_BLOCKF_ZERO))
                        GCI_WRITE(gci_heap.dirty_free_bytes,
                                  gci_heap.dirty_free_bytes - GCI_BLOCK_BYTES);
                    first->flags |= GCI_BLOCKF_ZERO | GCI_BLOCKF_DISCARDED;
                    a += GCI_BLOCK_BYTES;
                    if (a < addr)
                        first = gci_next_block(first, a);
                }
                GCI_WRITE(gci_heap.discarded_bytes, gci_heap.discarded_bytes + bytes);
                done += bytes;
            } else {
                return done;
            }
            first = NULL;
        }
        if (first == NULL)
            from = addr + GCI_BLOCK_BYTES;
        addr += GCI_BLOCK_BYTES;
        if (i + 1 < n)
            b = gci_next_block(b, addr);
    }
    return done;
}

static size_t excess_over(size_t keep_bytes)
{
    if (keep_bytes == 0)
        return SIZE_MAX;
    return gci_heap.dirty_free_bytes > keep_bytes ? gci_heap.dirty_free_bytes - keep_bytes : 0;
}

size_t gci_heap_release(size_t keep_bytes)
{
    /* To keep nothing: what was never used, or cleared and not used again, goes as well. */
    const unsigned kept = keep_bytes > 0 ? GCI_BLOCKF_ZERO | GCI_BLOCKF_DISCARDED
                                         : GCI_BLOCKF_DISCARDED;
    size_t done = 0;
    unsigned bin = GCI_BINS;

    if (gci_mem_page_bytes() > GCI_BLOCK_BYTES)
        return 0;
    gci_lock_acquire(&gci_heap.lock);
    while (bin-- > 0 && excess_over(keep_bytes) > 0) {
        struct gci_block *b;

        for (b = gci_bins.first[bin]; b != NULL && excess_over(keep_bytes) > 0; b = b->next)
            done += discard_run(b, kept, excess_over(keep_bytes));
    }
    gci_lock_release(&gci_heap.lock);
    return done;
}
