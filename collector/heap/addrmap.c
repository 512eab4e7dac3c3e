/* addrmap.c - from an address to its block's descriptor.
 *
 * A table over one window of the address space has a pointer per chunk (64 MiB; 4 MiB on 32-bit) to
 * an array of block descriptors, dense in a chunk. Lookup itself is inline in heap.h. Where the
 * chunks' memory comes from: grow.c.
 *
 * [window]  Every arena lies in [window_lo, window_lo + window). The table is twice as long, since
 *           `lo` and `span` are two words: a reader between the two stores sees a range that
 *           reaches past the window, where the table says NULL.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/heap.h"

word gci_lives_offset;
uint8_t gci_sweep_epoch;
struct gci_heap gci_heap = { .lock = GCI_LOCK_INITIALIZER };

ptr_t gci_heap_object(word addr, struct gci_block **run_out, word *slot_out)
{
    struct gci_block *run;
    word offset, slot, base;

    if (!gci_heap_plain_slot(addr, &run, &slot, &base)) {
        if (run == NULL || (run = gci_heap_head(run, addr)) == NULL)
            return NULL;
        offset = addr - (word)run->start;
        slot = gci_run_slot(run, offset);
        if (slot >= run->nslots || offset - slot * run->obj_bytes >= run->obj_bytes)
            return NULL;
        base = (word)gci_run_object(run, slot);
    }
    if (run_out != NULL)
        *run_out = run;
    if (slot_out != NULL)
        *slot_out = slot;
    return (ptr_t)base;
}
