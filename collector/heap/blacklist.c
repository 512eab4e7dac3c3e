/* blacklist.c - free blocks to which words lead that are no pointers, and keeping objects off them.
 *
 * An object placed there would be kept by such a word for as long as it stays; that is expensive
 * for large objects everywhere, and on 32-bit, where many integers look like addresses, for all.
 * (Boehm, Space efficient conservative garbage collection, 1993.)
 *
 * Who notes: the mark loop where a word turned out to lead to no object (trace/mark.c).  Who asks: allocation of
 * fresh runs (alloc/).
 *
 * [hit]   A block's byte holds the number of the marking that last hit it. A hit counts until the end
 *         of the second marking after it: words change, and a whole marking tells anew.
 * [wrap]  Numbers are bytes: every 255 markings all bytes are cleared.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/blocks.h"

#include <string.h>

static uint8_t now = 1; /* never 0 */

GCI_INLINE uint8_t *hit_of(const struct gci_block *b)
{
    struct gci_chunk *chunk = gci_chunk_of(b);

    return &chunk->hits[b - chunk->blocks];
}

void gci_blacklist_begin_stopped(void)
{
    size_t i;

    if (++now != 0)
        return;
    now = 1;
    for (i = 0; i < sizeof gci_heap.chunks / sizeof gci_heap.chunks[0]; i++) /* [wrap] */
        if (gci_heap.chunks[i] != NULL)
            memset(((struct gci_chunk *)(void *)gci_heap.chunks[i])->hits, 0, GCI_CHUNK_BLOCKS);
}

void gci_blacklist_note(word address)
{
    const struct gci_block *b = gci_heap_block(address);

    if (b != NULL && b->state == GCI_BLOCK_FREE)
        __atomic_store_n(hit_of(b), now, __ATOMIC_RELAXED);
}

static bool is_hit(const struct gci_block *b)
{
    uint8_t hit = __atomic_load_n(hit_of(b), __ATOMIC_RELAXED);

    return hit != 0 && (hit == now || hit == (uint8_t)(now - 1));
}

/* Of the blocks from the one that holds `address` on: where the last one that was hit ends; 0: none. */
word gci_blacklist_end_of_hits(word address, size_t blocks)
{
    word end = 0;

    for (address = gci_align_down(address, GCI_BLOCK_BYTES); blocks-- > 0;
         address += GCI_BLOCK_BYTES) {
        const struct gci_block *b = gci_heap_block(address);

        if (b != NULL && is_hit(b))
            end = address + GCI_BLOCK_BYTES;
    }
    return end;
}

/* ---- taking free runs: heap lock held ---------------------------------------------------- */

#define TRIES 8 /* runs put aside while others are looked at */

/* An object may grow the heap, to lie elsewhere, by no more than this part of it, or this much. */
#define GROW_PART   16
#define GROW_BLOCKS (((size_t)1 << 20) >> GCI_BLOCK_SHIFT)

static volatile word placed_bytes; /* size of the last object placed on hits, not told yet */

struct gci_block *gci_blacklist_take_locked(size_t n, bool pointers, size_t exposed, bool may_grow)
{
    struct gci_block *head = gci_blocks_take_locked(n, pointers), *aside[TRIES];
    unsigned tries = 0;

    if (head == NULL || exposed == 0
        || gci_likely(gci_blacklist_end_of_hits((word)head->start, exposed) == 0))
        return head;
    do {
        aside[tries++] = head;
        head = gci_blocks_take_locked(n, pointers);
    } while (head != NULL && tries < TRIES
             && gci_blacklist_end_of_hits((word)head->start, exposed) != 0);
    if (head == NULL && may_grow
        && (n <= GROW_BLOCKS || n <= (gci_heap.committed_bytes >> GCI_BLOCK_SHIFT) / GROW_PART)
        && gci_heap_grow_locked(n))
        head = gci_blocks_take_locked(n, pointers);
    if (head == NULL)
        head = aside[--tries];
    if (gci_blacklist_end_of_hits((word)head->start, exposed) != 0)
        gci_store(&placed_bytes, n << GCI_BLOCK_SHIFT);
    while (tries-- > 0)
        gci_blocks_give_locked(aside[tries], aside[tries]->start, n);
    return head;
}

/* ---- telling ------------------------------------------------------------------------------- */

void gci_blacklist_tell(void)
{
    static volatile word count;
    word bytes = gci_load(&placed_bytes);

    if (gci_likely(bytes == 0) || !gci_cas(&placed_bytes, bytes, 0))
        return;
    if (gci_options.large_alloc_warn_interval != 0
        && gci_fetch_add(&count, 1) % gci_options.large_alloc_warn_interval
               == gci_options.large_alloc_warn_interval - 1)
        gci_warn("Repeated allocation of large objects, now of %lu bytes, where false pointers "
                 "may keep them", bytes);
}
