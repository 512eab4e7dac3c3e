/* vdb_gww.c - dirty bits by Windows' write watch.
 *
 * Works on memory reserved with MEM_WRITE_WATCH, as mem_win32.c does.  Asking and resetting is one
 * step, so the program may run meanwhile.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"
#include "private/vdb.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#define ADDRESSES 512 /* per call; on the stack */

struct run {
    ptr_t lo, hi; /* lo == hi: none */
    gci_vdb_dirty dirty;
    void *arg;
};

static void end_run(struct run *run)
{
    if (run->lo != run->hi && run->dirty != NULL)
        run->dirty(run->lo, run->hi, run->arg);
    run->lo = run->hi = NULL;
}

static int scan(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, void *arg)
{
    struct run run = { NULL, NULL, dirty, arg };

    while (lo < hi) {
        void *addresses[ADDRESSES];
        ULONG_PTR count = ADDRESSES;
        ULONG page = 0;

        if (GetWriteWatch(WRITE_WATCH_FLAG_RESET, lo, (SIZE_T)(hi - lo), addresses, &count, &page)
            != 0)
            return EINVAL;
        for (ULONG_PTR i = 0; i < count; i++) {
            if (run.hi != (ptr_t)addresses[i] || run.lo == run.hi) {
                end_run(&run);
                run.lo = addresses[i];
            }
            run.hi = (ptr_t)addresses[i] + page;
        }
        if (count < ADDRESSES)
            break;
        lo = (ptr_t)addresses[count - 1] + page;
    }
    end_run(&run);
    return 0;
}

static void count_bytes(ptr_t lo, ptr_t hi, void *arg)
{
    *(size_t *)arg += (size_t)(hi - lo);
}

static bool probe(void)
{
    size_t page = gci_mem_page_bytes(), bytes = 0;
    ptr_t p = gci_mem_reserve(page, page, NULL);
    bool ok = false;

    if (p == NULL)
        return false;
    if (gci_mem_commit(p, page, false) == 0) {
        *(volatile char *)p = 1;
        ok = scan(p, p + page, count_bytes, &bytes) == 0 && bytes == page;
        ok = ok && scan(p, p + page, count_bytes, &bytes) == 0 && bytes == page;
    }
    gci_mem_release(p, page);
    return ok;
}

static int start(ptr_t lo, ptr_t hi)
{
    int error;

    gci_vdb_ranges_clear();
    error = lo < hi ? scan(lo, hi, NULL, NULL) : 0;
    return error != 0 ? error : gci_vdb_ranges_add(lo, hi);
}

static void uncover(ptr_t lo, ptr_t hi)
{
    (void)gci_vdb_ranges_remove(lo, hi);
}

/* Ranges of neighbouring reservations may have been joined, and the system answers for one
   reservation at a time. */
static int scan_by_reservation(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, void *arg)
{
    int error = 0;

    while (lo < hi && error == 0) {
        MEMORY_BASIC_INFORMATION info;
        ptr_t end = lo;
        void *base;

        if (VirtualQuery(lo, &info, sizeof info) == 0)
            return EINVAL;
        base = info.AllocationBase;
        while (end < hi && VirtualQuery(end, &info, sizeof info) != 0
               && info.AllocationBase == base)
            end = (ptr_t)info.BaseAddress + info.RegionSize;
        if (end > hi)
            end = hi;
        if (end == lo)
            return EINVAL;
        error = scan(lo, end, dirty, arg);
        lo = end;
    }
    return error;
}

static int read_and_rearm(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, void *arg)
{
    int error = 0;

    for (size_t i = 0; i < gci_vdb_ranges_count() && error == 0; i++) {
        struct gci_vdb_range r = gci_vdb_ranges_get(i);
        ptr_t a = r.lo > lo ? r.lo : lo;
        ptr_t b = r.hi < hi ? r.hi : hi;

        if (a < b)
            error = scan_by_reservation(a, b, dirty, arg);
    }
    return error;
}

const struct gci_vdb_provider gci_vdb_gww = {
    .name = "gww",
    .public_flag = GC_VDB_GWW,
    .concurrent = true,
    .probe = probe,
    .start = start,
    .cover = gci_vdb_ranges_add,
    .uncover = uncover,
    .read_and_rearm = read_and_rearm,
    .stop = gci_vdb_ranges_clear
};
