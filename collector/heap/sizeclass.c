/* sizeclass.c - which sizes small and medium objects come in.
 *
 * [spacing]  Up to 8 granules every granule; then steps of at most an eighth, each size a
 *            fraction of its run, so that neither rounding up nor the run's tail loses more
 *            than 12.5 percent; above 16 KiB, where objects of whole blocks would lose up to half, 22. Powers
 *            of two are classes.
 * [first]    The first run of a class is as short as can be: many sizes come once, as when a string grows.
 * [recip]    slot = (offset * recip) >> 32 is exact for every offset in a run: recip exceeds
 *            2^32 / size by less than 1, and offset * size < 2^32.
 * [remainder] In the small classes (offset * recip) mod 2^32 is below recip for the start of a slot and for no
 *            other offset of the block: a slot's number adds less than its own offset to it, an offset
 *            within the slot recip times that (Lemire, Kaser, Kurz 2019).
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/heap.h"

struct gci_class gci_classes[GCI_MAX_CLASSES];
unsigned gci_class_count;
unsigned gci_small_class_count;
uint8_t gci_class_map[GCI_MEDIUM_MAX_BYTES / GCI_GRANULE_BYTES + 1];

#define MEDIUM_RUN_BLOCKS 4

static void add_class(size_t obj_bytes, size_t run_blocks)
{
    struct gci_class *c = &gci_classes[gci_class_count++];

    GCI_ASSERT(gci_class_count <= GCI_MAX_CLASSES);
    c->obj_bytes = (uint32_t)obj_bytes;
    c->run_blocks = (uint16_t)run_blocks;
    c->nslots = (uint16_t)(run_blocks * GCI_BLOCK_BYTES / obj_bytes);
    c->recip = (uint32_t)((((uint64_t)1 << 32) + obj_bytes - 1) / obj_bytes);
}

/* The largest size above `last` that is about an eighth larger at most and divides the run well. */
static size_t next_size(size_t last, size_t run_bytes)
{
    size_t target = last + last / 8, slots = (run_bytes + target - 1) / target, size, power;

    if (gci_align_down(run_bytes / slots, GCI_GRANULE_BYTES) <= last)
        slots--; /* an eighth is less than a slot */
    size = gci_align_down(run_bytes / slots, GCI_GRANULE_BYTES);
    if (size > target + GCI_GRANULE_BYTES && run_bytes / size > 8)
        size = gci_align_down(target, GCI_GRANULE_BYTES);
    for (power = GCI_GRANULE_BYTES; power <= last;)
        power *= 2;
    return size < power ? size : power;
}

static size_t run_blocks_of(size_t last)
{
    if (last < GCI_SMALL_MAX_BYTES)
        return 1;
    return last < GCI_MEDIUM_MAX_BYTES / 4 ? MEDIUM_RUN_BLOCKS : 2 * MEDIUM_RUN_BLOCKS;
}

void gci_sizeclass_init(void)
{
    size_t size = 0, granules = 0;
    unsigned cls;

    if (gci_class_count != 0)
        return;
    while (size < 8 * GCI_GRANULE_BYTES) {
        size += GCI_GRANULE_BYTES;
        add_class(size, 1);
    }
    while (size < GCI_MEDIUM_MAX_BYTES) {
        size_t blocks = run_blocks_of(size);

        size = next_size(size, blocks * GCI_BLOCK_BYTES);
        add_class(size, blocks);
        if (size == GCI_SMALL_MAX_BYTES)
            gci_small_class_count = gci_class_count;
    }
    for (cls = 0; cls < gci_class_count; cls++)
        for (; granules * GCI_GRANULE_BYTES <= gci_classes[cls].obj_bytes; granules++)
            gci_class_map[granules] = (uint8_t)cls;
}
