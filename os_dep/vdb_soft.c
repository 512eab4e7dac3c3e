/* vdb_soft.c - dirty bits by Linux's soft-dirty bits.
 *
 * Writing "4" to /proc/self/clear_refs clears a bit in every page table entry of the process and
 * write-protects it; bit 55 of a page's word in /proc/self/pagemap tells whether it was written
 * since.  A kernel built without them accepts all that and never sets a bit, so the probe looks.
 *
 * [all-at-once]  Clearing knows no ranges: reading reports all covered memory, whatever part was
 *                asked for, and only with the world stopped.
 * [forked]       The files opened by the parent keep meaning the parent: a child opens them anew
 *                and reports everything once.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"
#include "private/vdb.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SOFT_DIRTY ((uint64_t)1 << 55)
#define ENTRIES 1024 /* per read; on the stack, 8 KB */

static int pagemap = -1, clear_refs = -1;
static pid_t owner;

static void close_both(void)
{
    if (pagemap >= 0)
        (void)close(pagemap);
    if (clear_refs >= 0)
        (void)close(clear_refs);
    pagemap = clear_refs = -1;
}

static int open_both(void)
{
    int error;

    pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    clear_refs = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (pagemap >= 0 && clear_refs >= 0) {
        owner = getpid();
        return 0;
    }
    error = errno;
    close_both();
    return error;
}

static int clear_bits(void)
{
    ssize_t n;

    do {
        n = write(clear_refs, "4\n", 2);
    } while (n < 0 && errno == EINTR);
    return n == 2 ? 0 : n < 0 ? errno : EIO;
}

/* Reads the words of up to ENTRIES pages from p on; the number read, or -1. */
static long read_entries(ptr_t p, size_t pages, uint64_t *entries)
{
    uint64_t at = (uint64_t)((word)p / gci_mem_page_bytes()) * sizeof *entries;
    ssize_t n;

#ifdef __LP64__
    n = pread(pagemap, entries, pages * sizeof *entries, (off_t)at);
#else
    n = pread64(pagemap, entries, pages * sizeof *entries, (off64_t)at);
#endif
    if (n < 0)
        return errno == EINTR ? 0 : -1;
    return n == 0 ? -1 : (long)((size_t)n / sizeof *entries);
}

static int report(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, void *arg)
{
    uint64_t entries[ENTRIES];
    size_t page = gci_mem_page_bytes();
    ptr_t run = NULL; /* start of the run of dirty pages that ends at lo */

    while (lo < hi) {
        size_t pages = (size_t)(hi - lo) / page;
        long n = read_entries(lo, pages < ENTRIES ? pages : ENTRIES, entries);

        if (n < 0)
            return EIO;
        for (long i = 0; i < n; i++, lo += page) {
            if ((entries[i] & SOFT_DIRTY) != 0) {
                if (run == NULL)
                    run = lo;
            } else if (run != NULL) {
                dirty(run, lo, arg);
                run = NULL;
            }
        }
    }
    if (run != NULL)
        dirty(run, hi, arg);
    return 0;
}

static bool is_dirty(ptr_t p)
{
    uint64_t entry;

    return read_entries(p, 1, &entry) == 1 && (entry & SOFT_DIRTY) != 0;
}

static bool probe(void)
{
    int saved_errno = errno;
    size_t page = gci_mem_page_bytes();
    bool ok = false;
    ptr_t p;

    if (pagemap >= 0 && owner == getpid())
        return true; /* in use: clearing now would lose writes */
    close_both();
    p = gci_mem_map(page);
    if (p != NULL && open_both() == 0) {
        *(volatile char *)p = 1;
        ok = clear_bits() == 0 && !is_dirty(p);
        *(volatile char *)p = 2;
        ok = ok && is_dirty(p) && clear_bits() == 0 && !is_dirty(p);
    }
    close_both();
    if (p != NULL)
        gci_mem_release(p, page);
    errno = saved_errno;
    return ok;
}

static void stop(void)
{
    int saved_errno = errno;

    gci_vdb_ranges_clear();
    close_both();
    errno = saved_errno;
}

static int start(ptr_t lo, ptr_t hi)
{
    int saved_errno = errno;
    int error;

    gci_vdb_ranges_clear();
    error = open_both();
    if (error == 0)
        error = gci_vdb_ranges_add(lo, hi);
    if (error == 0)
        error = clear_bits();
    if (error != 0)
        stop();
    errno = saved_errno;
    return error;
}

static void uncover(ptr_t lo, ptr_t hi)
{
    (void)gci_vdb_ranges_remove(lo, hi);
}

static int read_and_rearm(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, void *arg)
{
    int saved_errno = errno;
    bool forked = owner != getpid();
    int error = 0;

    (void)lo; /* [all-at-once] */
    (void)hi;
    if (forked) {
        close_both();
        error = open_both();
    }
    for (size_t i = 0; i < gci_vdb_ranges_count() && error == 0; i++) {
        struct gci_vdb_range r = gci_vdb_ranges_get(i);

        if (forked)
            dirty(r.lo, r.hi, arg);
        else
            error = report(r.lo, r.hi, dirty, arg);
    }
    if (error == 0)
        error = clear_bits();
    errno = saved_errno;
    return error;
}

const struct gci_vdb_provider gci_vdb_soft = {
    .name = "soft",
    .public_flag = GC_VDB_SOFT,
    .probe = probe,
    .start = start,
    .cover = gci_vdb_ranges_add,
    .uncover = uncover,
    .read_and_rearm = read_and_rearm,
    .stop = stop
};
