/* iterate.c - walks over the heap that the program may ask for: objects, blocks, regions.
 *
 * Runs and free runs are enumerated by heap/blocks.c; this hands them on in the interface's terms.
 * A "block" of the interface is a run here: one or more blocks with objects of one size.
 *
 * Needs the allocator lock.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/extras.h"
#include "private/blocks.h"

/* ---- objects ----------------------------------------------------------------------- */

struct object_walk {
    GC_reachable_object_proc visit;
    void *data;
};

static void visit_marked(struct gci_block *run, void *arg)
{
    const struct object_walk *walk = arg;
    word slot;

    for (slot = 0; slot < run->nslots; slot++)
        if (gci_run_was_live(run, slot))
            walk->visit(gci_run_object(run, slot), run->obj_bytes, walk->data);
}

GC_API void GC_CALL GC_enumerate_reachable_objects_inner(GC_reachable_object_proc visit,
                                                         void *data)
{
    struct object_walk walk = { visit, data };

    gci_blocks_visit_runs(visit_marked, &walk);
}

GC_API unsigned GC_CALL GC_count_set_marks_in_hblk(const void *block)
{
    const struct gci_block *run = gci_heap_run((word)block);
    unsigned n = 0;
    word slot;

    if (run == NULL || run->start != block)
        gci_abort("GC_count_set_marks_in_hblk: no block in use starts at %p", (void *)(word)block);
    for (slot = 0; slot < run->nslots; slot++)
        n += gci_run_was_live(run, slot);
    return n;
}

/* ---- blocks -------------------------------------------------------------------------- */

GC_API size_t GC_CALL GC_get_hblk_size(void) { return GCI_BLOCK_BYTES; }

struct block_walk {
    GC_walk_hblk_fn visit;
    GC_walk_free_blk_fn visit_free;
    void *data;
};

static void visit_block(struct gci_block *run, void *arg)
{
    const struct block_walk *walk = arg;

    walk->visit((struct GC_hblk_s *)(void *)run->start, walk->data);
}

GC_API void GC_CALL GC_apply_to_all_blocks(GC_walk_hblk_fn visit, void *data)
{
    struct block_walk walk = { visit, NULL, data };

    gci_blocks_visit_runs(visit_block, &walk);
}

static void visit_free_block(struct gci_block *run, void *arg)
{
    const struct block_walk *walk = arg;

    walk->visit_free((struct GC_hblk_s *)(void *)run->start, (int)gci_bin_of(run->run_blocks),
                     walk->data);
}

GC_API void GC_CALL GC_iterate_free_hblks(GC_walk_free_blk_fn visit, void *data)
{
    struct block_walk walk = { NULL, visit, data };

    gci_blocks_visit_free(visit_free_block, &walk);
}

/* NULL: it is not; otherwise the first address behind it at which it may be worth asking again. */
GC_API struct GC_hblk_s *GC_CALL GC_is_black_listed(struct GC_hblk_s *block, size_t bytes)
{
    word lo = gci_align_down((word)block, GCI_BLOCK_BYTES), hi = (word)block + bytes;

    if (hi < lo || hi - lo > gci_heap.span + GCI_BLOCK_BYTES)
        hi = lo + gci_heap.span; /* a size that overflows, or more than there is */
    return (struct GC_hblk_s *)gci_blacklist_end_of_hits(
        lo, (hi - lo + GCI_BLOCK_BYTES - 1) >> GCI_BLOCK_SHIFT);
}

/* ---- regions --------------------------------------------------------------------------- */

GC_API void GC_CALL GC_foreach_heap_section_inner(GC_heap_section_proc visit, void *data)
{
    const struct gci_arena *arena;

    for (arena = gci_arenas; arena < gci_arenas + gci_arena_count; arena++)
        if (arena->lo < arena->committed)
            visit(arena->lo, arena->committed, data);
}
