/* vdb_none.c - no dirty bits: every page counts as written.
 *
 * The end of every list of providers.  Who chooses it should stay with stopping the world for the
 * whole of a collection: tracing again all that was traced gains nothing.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"
#include "private/vdb.h"

static bool probe(void)
{
    return true;
}

static int start(ptr_t lo, ptr_t hi)
{
    return gci_vdb_ranges_add(lo, hi);
}

static void uncover(ptr_t lo, ptr_t hi)
{
    (void)gci_vdb_ranges_remove(lo, hi);
}

static int read_and_rearm(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, void *arg)
{
    size_t count = gci_vdb_ranges_count();

    for (size_t i = 0; i < count; i++) {
        struct gci_vdb_range r = gci_vdb_ranges_get(i);
        ptr_t a = r.lo > lo ? r.lo : lo;
        ptr_t b = r.hi < hi ? r.hi : hi;

        if (a < b)
            dirty(a, b, arg);
    }
    return 0;
}

const struct gci_vdb_provider gci_vdb_none = {
    .name = "none",
    .public_flag = GC_VDB_DEFAULT,
    .concurrent = false,
    .probe = probe,
    .start = start,
    .cover = start,
    .uncover = uncover,
    .read_and_rearm = read_and_rearm,
    .stop = gci_vdb_ranges_clear
};
