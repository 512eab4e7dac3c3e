/* release.c - giving the memory of free blocks back to the system.
 *
 * Pages go back, the mapping stays: the kernel's list of mappings does not grow with the heap's
 * history. Who decides how much stays: collect/pace.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/heap.h"
#include "private/blocks.h"

/* Discards the dirty stretches of one free run until `excess` is gone. */
static size_t discard_run(struct gci_block *head, size_t excess)
{
    struct gci_block *b = head, *first = NULL;
    word addr = (word)head->start, from = addr;
    size_t n = head->run_blocks, i, done = 0;

    for (i = 0; i <= n && (done < excess || first != NULL); i++) {
        bool dirty = i < n && !(b->flags & GCI_BLOCKF_ZERO) && done + (addr - from) < excess;

        if (dirty && first == NULL) {
            first = b;
            from = addr;
        } else if (!dirty && first != NULL) {
            size_t bytes = addr - from;

            if (gci_mem_discard((void *)from, bytes) == 0) {
                word a = from;

                while (a < addr) {
                    first->flags |= GCI_BLOCKF_ZERO | GCI_BLOCKF_DISCARDED;
                    a += GCI_BLOCK_BYTES;
                    if (a < addr)
                        first = gci_next_block(first, a);
                }
                GCI_WRITE(gci_heap.dirty_free_bytes, gci_heap.dirty_free_bytes - bytes);
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

size_t gci_heap_release(size_t keep_bytes)
{
    size_t done = 0;
    unsigned bin = GCI_BINS;

    if (gci_mem_page_bytes() > GCI_BLOCK_BYTES)
        return 0;
    gci_lock_acquire(&gci_heap.lock);
    while (bin-- > 0 && gci_heap.dirty_free_bytes > keep_bytes) {
        struct gci_block *b;

        for (b = gci_bins.first[bin]; b != NULL && gci_heap.dirty_free_bytes > keep_bytes;
             b = b->next)
            done += discard_run(b, gci_heap.dirty_free_bytes - keep_bytes);
    }
    gci_lock_release(&gci_heap.lock);
    return done;
}
