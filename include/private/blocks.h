/* blocks.h - what the files of collector/heap share among themselves; no other floor reads it.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_BLOCKS_H
#define GCI_BLOCKS_H

#include "private/heap.h"

#define GCI_BINS      128u
#define GCI_BIN_WORDS (GCI_BINS / GCI_WORD_BITS)

struct gci_bins {
    struct gci_block *first[GCI_BINS];
    word occupied[GCI_BIN_WORDS]; /* bit b: bin b is not empty */
};
extern struct gci_bins gci_bins;
unsigned gci_bin_of(size_t blocks);

/* A reservation of address space, [lo, end); committed from `lo` upwards, never beyond `hi`.
   [apart] One block between hi and end is never used: free runs of neighbouring arenas do not join. */
struct gci_arena {
    ptr_t lo, committed, hi, end;
};
#define GCI_MAX_ARENAS 1024
extern struct gci_arena gci_arenas[GCI_MAX_ARENAS];
extern unsigned gci_arena_count;

/* The descriptor after b, whose block starts at next_addr: adjacent but at a chunk's edge. */
GCI_INLINE struct gci_block *gci_next_block(struct gci_block *b, word next_addr)
{
    if (gci_unlikely((next_addr & (GCI_CHUNK_BYTES - 1)) == 0))
        return gci_heap_block(next_addr); /* NULL behind the heap's last block */
    return b + 1;
}

#endif /* GCI_BLOCKS_H */
