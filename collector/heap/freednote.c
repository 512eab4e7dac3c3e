/* freednote.c - what the program freed itself since the last full marking began; with GC_VERIFY only.
 *
 * A pointer to a freed object that stays behind in a marked one is no root of anything: where marking does
 * not come to see it again (minor cycles, marked already) what lies there now may rightly be unmarked. The
 * verifier asks here before it calls that a violation.
 *
 * Dead objects are cleared in this mode (trace/sweep.c): nothing that a false pointer brings back to life
 * has stale pointers in it.
 *
 * [granule-bits] A bit per granule, in an array of the chunk's, by address: the run may be another by now.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/blocks.h"

#include <stddef.h>
#include <string.h>

static word *bits_of(word addr)
{
    const struct gci_block *block = gci_heap_block(addr);

    return block == NULL ? NULL
                         : (word *)((word)gci_run_marks(block) + offsetof(struct gci_chunk, freed)
                                    - offsetof(struct gci_chunk, marks));
}

static word granule_in_block(word addr)
{
    return (addr & (GCI_BLOCK_BYTES - 1)) / GCI_GRANULE_BYTES;
}

void gci_freed_note(const void *lo, size_t bytes)
{
    word addr = (word)lo, end = addr + bytes;

    for (; addr < end; addr += GCI_GRANULE_BYTES) {
        word n = granule_in_block(addr), *bits = bits_of(addr);

        (void)gci_fetch_or(&bits[n / GCI_WORD_BITS], (word)1 << (n % GCI_WORD_BITS));
    }
}

bool gci_freed_was(word addr)
{
    const word *bits = bits_of(addr);
    word n = granule_in_block(addr);

    return bits != NULL && (bits[n / GCI_WORD_BITS] >> (n % GCI_WORD_BITS) & 1) != 0;
}

/* What lay in blocks that are free now cannot be found again by the marking that begins; slots of
   uncollectable runs it finds and does not mark ([uncoll] in trace/mark.c), so their runs may go. */
void gci_freed_forget_stopped(void)
{
    const struct gci_arena *arena;
    const struct gci_block *run;
    ptr_t p;

    for (arena = gci_arenas; arena < gci_arenas + gci_arena_count; arena++)
        for (p = arena->lo; p < arena->committed; p += GCI_BLOCK_BYTES)
            if ((run = gci_heap_run((word)p)) != NULL && !(run->flags & GCI_BLOCKF_UNCOLLECTABLE))
                memset(bits_of((word)p), 0, GCI_MARK_WORDS * sizeof(word));
}
