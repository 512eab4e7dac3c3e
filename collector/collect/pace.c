/* pace.c - when a cycle is due, and how much free memory is worth keeping.
 *
 * The rule is libgc's, with its knobs: a cycle is due when the bytes allocated since the last one
 * exceed what there is to trace, divided by GC_free_space_divisor. Pointer-free objects count
 * little, since marking them costs little; roots count, since every cycle scans them.
 *
 * [credit]  Explicitly freed bytes do not bring the next cycle nearer.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/collect.h"
#include "private/settings.h"

struct gci_pace gci_pace;

int GC_CALLBACK gci_never_stop(void)
{
    return 0;
}

#define LEAST_BYTES ((size_t)256 << 10)

static size_t threshold(size_t composite, size_t atomic, size_t roots)
{
    word divisor = GC_free_space_divisor != 0 ? GC_free_space_divisor : 1;
    size_t work = 2 * composite + atomic / 4 + 2 * roots, least = LEAST_BYTES;

    if (gci_settings.min_bytes_allocd > least)
        least = gci_settings.min_bytes_allocd;
    return work / divisor > least ? work / divisor : least;
}

void gci_pace_init(void)
{
    gci_pace.threshold_bytes = threshold(0, 0, 0);
    if (gci_options.initial_heap_bytes / 2 > gci_pace.threshold_bytes)
        gci_pace.threshold_bytes = gci_options.initial_heap_bytes / 2;
}

bool gci_pace_due(void)
{
    word allocated = gci_load(&gci_pace.allocated_bytes);
    word freed = gci_load(&gci_pace.freed_bytes);

    if (GC_dont_gc || gci_settings.disable_automatic_collection)
        return false;
    if (GC_use_entire_heap && gci_heap.free_bytes > 0)
        return false;
    freed = freed < allocated ? freed : allocated; /* [credit] */
    return allocated - freed > gci_pace.threshold_bytes;
}

void gci_pace_after_cycle(void)
{
    size_t composite = gci_live.composite_bytes, atomic = gci_live.bytes - composite;

    gci_pace.allocated_before_bytes += gci_pace.allocated_bytes;
    gci_pace.freed_total_bytes += gci_pace.freed_bytes;
    gci_store(&gci_pace.allocated_bytes, 0);
    gci_store(&gci_pace.freed_bytes, 0);
    gci_pace.threshold_bytes = threshold(composite, atomic, gci_roots_static_bytes());
}

/* What the program will want before the next cycle and holes will not give. */
size_t gci_pace_keep_free_bytes(void)
{
    return gci_pace.threshold_bytes + gci_pace.threshold_bytes / 4 + ((size_t)1 << 20);
}
