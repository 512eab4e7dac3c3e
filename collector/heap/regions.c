/* regions.c - which parts of the heap may hold pointers.
 *
 * In incremental mode only these are asked for dirty pages, and armed. Where no object has pointers the
 * program writes without a fault, and the kernel's huge pages stay whole. That blocks for one and the other
 * lie apart is blocks.c's work; what a reading is: dirty.c.
 *
 * [regions]   Every block that holds pointers is in a region that says so: before the run is seen as in use, and
 *             until the whole region is free. A page of other regions is not armed, or nothing was armed
 *             since it was written to: the first reading after the region says so reports it.
 *
 * Flags are bytes, set by any thread, cleared under the heap lock where no run is.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/heap.h"

static uint8_t *flag_of(word addr)
{
    struct gci_block *blocks = GCI_READ(gci_heap.chunks[(addr - gci_heap.window_lo) >> GCI_CHUNK_SHIFT]);
    struct gci_chunk *chunk = (struct gci_chunk *)(void *)blocks;

    return chunk == NULL ? NULL : &chunk->pointers[(addr & (GCI_CHUNK_BYTES - 1)) / GCI_REGION_BYTES];
}

void gci_regions_note_all(const struct gci_block *run, size_t from, size_t n)
{
    word addr = (word)run->start + (from << GCI_BLOCK_SHIFT);
    const word end = (word)run->start + (n << GCI_BLOCK_SHIFT);

    for (; addr < end; addr = gci_align_down(addr, GCI_REGION_BYTES) + GCI_REGION_BYTES)
        gci_region_set(flag_of(addr));
}

bool gci_region_has_pointers(word addr)
{
    return GCI_READ(*flag_of(addr)) != 0;
}

void gci_regions_forget_locked(ptr_t start, size_t n, word lo, word hi)
{
    const word end = (word)start + (n << GCI_BLOCK_SHIFT);

    for (lo = gci_align_down(lo, GCI_REGION_BYTES); lo < hi; lo += GCI_REGION_BYTES)
        if (lo >= (word)start && lo + GCI_REGION_BYTES <= end)
            GCI_WRITE(*flag_of(lo), (uint8_t)0);
}

int gci_regions_visit(int (*visit)(ptr_t lo, ptr_t hi, void *arg), void *arg)
{
    word span, lo = gci_heap_bounds(&span), end = lo + span, from = 0, next;
    int error = 0;

    for (; lo < end && error == 0; lo = next) {
        const uint8_t *flag = flag_of(lo);
        const bool yes = flag != NULL && GCI_READ(*flag) != 0;

        next = flag == NULL ? gci_align_down(lo, GCI_CHUNK_BYTES) + GCI_CHUNK_BYTES
                            : gci_align_down(lo, GCI_REGION_BYTES) + GCI_REGION_BYTES;
        if (yes && from == 0)
            from = lo;
        if (from != 0 && !yes) {
            error = visit((ptr_t)from, (ptr_t)lo, arg);
            from = 0;
        }
    }
    return from != 0 && error == 0 ? visit((ptr_t)from, (ptr_t)end, arg) : error;
}
