/* vdb_manual.c - the program says what it writes: GC_end_stubborn_change and its relatives.
 *
 * Chosen only when GC_set_manual_vdb_allowed permits it, since a program that does not tell loses
 * objects.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"
#include "private/vdb.h"

static bool probe(void)
{
    return true;
}

static int begin(ptr_t lo, ptr_t hi)
{
    int error = gci_vdb_bits_cover(lo, hi);

    return error != 0 ? error : gci_vdb_ranges_add(lo, hi);
}

static int cover(ptr_t lo, ptr_t hi)
{
    int error = begin(lo, hi);

    if (error == 0)
        (void)gci_vdb_bits_set_sigsafe(lo, hi);
    return error;
}

static void uncover(ptr_t lo, ptr_t hi)
{
    gci_vdb_bits_uncover(lo, hi);
    (void)gci_vdb_ranges_remove(lo, hi);
}

static int read_and_rearm(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, void *arg)
{
    gci_vdb_bits_take(lo, hi, dirty, arg);
    return 0;
}

static void stop(void)
{
    while (gci_vdb_ranges_count() != 0) {
        struct gci_vdb_range r = gci_vdb_ranges_get(0);

        uncover(r.lo, r.hi);
    }
}

static void note_write(const void *p)
{
    ptr_t page = (ptr_t)gci_align_down((word)p, gci_mem_page_bytes());

    (void)gci_vdb_bits_set_sigsafe(page, page + gci_mem_page_bytes());
}

const struct gci_vdb_provider gci_vdb_manual = {
    .name = "manual",
    .public_flag = GC_VDB_MANUAL,
    .concurrent = true,
    .manual = true,
    .probe = probe,
    .start = begin,
    .cover = cover,
    .uncover = uncover,
    .read_and_rearm = read_and_rearm,
    .stop = stop,
    .note_write = note_write
};
