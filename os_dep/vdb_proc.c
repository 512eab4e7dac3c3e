/* vdb_proc.c - dirty bits by the page data of /proc (Solaris, illumos).
 *
 * Opening /proc/self/pagedata starts the kernel's bookkeeping for the process; each read tells of all
 * pages and clears their bits, in one step.  What is read: pagedata.c.
 *
 * Written without such a system at hand; see configure.host.  Elsewhere the file does not exist and
 * the probe says no.
 *
 * [all-at-once]  A read clears every bit, so all covered memory is reported, whatever part was asked
 *                for.
 * [grows]        Too small a buffer is E2BIG, and nothing was cleared: a larger one is tried.
 * [forked]       The file opened by the parent keeps meaning the parent: a child opens its own and
 *                reports everything once.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/pagedata.h"
#include "private/port.h"

#include <fcntl.h>
#include <unistd.h>

#define FIRST_BYTES ((size_t)256 << 10)
#define MOST_BYTES  ((size_t)1 << 30)

static int file = -1;
static pid_t owner;
static char *buffer;
static size_t buffer_bytes;

static int open_file(void)
{
    if (file >= 0)
        (void)close(file);
    file = open("/proc/self/pagedata", O_RDONLY | O_CLOEXEC);
    owner = getpid();
    return file >= 0 ? 0 : errno;
}

static void close_file(void)
{
    if (file >= 0)
        (void)close(file);
    file = -1;
}

/* [grows] Contents need not survive. */
static int grow_buffer(void)
{
    size_t bytes = buffer_bytes == 0 ? FIRST_BYTES : 2 * buffer_bytes;
    char *larger;

    if (bytes > MOST_BYTES)
        return ENOMEM;
    bytes = gci_align_up(bytes, gci_mem_page_bytes());
    larger = gci_mem_map(bytes);
    if (larger == NULL)
        return ENOMEM;
    if (buffer != NULL)
        gci_mem_release(buffer, buffer_bytes);
    buffer = larger;
    buffer_bytes = bytes;
    return 0;
}

static int read_all(size_t *bytes)
{
    for (;;) {
        ssize_t got;
        int error = buffer == NULL ? grow_buffer() : 0;

        if (error != 0)
            return error;
        got = pread(file, buffer, buffer_bytes, 0);
        if (got > 0) {
            *bytes = (size_t)got;
            return 0;
        }
        if (got == 0)
            return EIO;
        if (errno == E2BIG) {
            error = grow_buffer();
            if (error != 0)
                return error;
        } else if (errno != EINTR) {
            return errno;
        }
    }
}

static void count_bytes(ptr_t lo, ptr_t hi, void *arg)
{
    *(size_t *)arg += (size_t)(hi - lo);
}

/* Does a write show, once? */
static bool tells_writes(ptr_t p, size_t page)
{
    size_t bytes, seen = 0, again = 0;

    if (read_all(&bytes) != 0)
        return false;
    *(volatile char *)p = 1;
    return read_all(&bytes) == 0
           && gci_pagedata_walk(buffer, bytes, p, p + page, count_bytes, &seen) == 0
           && read_all(&bytes) == 0
           && gci_pagedata_walk(buffer, bytes, p, p + page, count_bytes, &again) == 0
           && seen == page && again == 0;
}

static bool probe(void)
{
    size_t page = gci_mem_page_bytes();
    ptr_t p;
    bool ok;

    if (open_file() != 0)
        return false;
    p = gci_mem_map(page);
    ok = p != NULL && tells_writes(p, page);
    if (p != NULL)
        gci_mem_release(p, page);
    close_file();
    return ok;
}

static int start(ptr_t lo, ptr_t hi)
{
    size_t bytes;
    int error = open_file();

    gci_vdb_ranges_clear();
    if (error == 0)
        error = read_all(&bytes);
    if (error == 0)
        error = gci_vdb_ranges_add(lo, hi);
    if (error != 0)
        close_file();
    return error;
}

static void uncover(ptr_t lo, ptr_t hi)
{
    (void)gci_vdb_ranges_remove(lo, hi);
}

static void report_everything(gci_vdb_dirty dirty, void *arg)
{
    for (size_t i = 0; i < gci_vdb_ranges_count(); i++) {
        struct gci_vdb_range r = gci_vdb_ranges_get(i);

        if (r.lo < r.hi)
            dirty(r.lo, r.hi, arg);
    }
}

static int read_and_rearm(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, void *arg)
{
    bool forked = getpid() != owner;
    size_t bytes;
    int error = forked ? open_file() : 0;

    (void)lo; /* [all-at-once] */
    (void)hi;
    if (error == 0)
        error = read_all(&bytes);
    if (error == 0 && forked) {
        report_everything(dirty, arg);
        return 0;
    }
    for (size_t i = 0; i < gci_vdb_ranges_count() && error == 0; i++) {
        struct gci_vdb_range r = gci_vdb_ranges_get(i);

        error = gci_pagedata_walk(buffer, bytes, r.lo, r.hi, dirty, arg);
    }
    return error;
}

static void stop(void)
{
    close_file();
    gci_vdb_ranges_clear();
    if (buffer != NULL)
        gci_mem_release(buffer, buffer_bytes);
    buffer = NULL;
    buffer_bytes = 0;
}

const struct gci_vdb_provider gci_vdb_proc = {
    .name = "proc",
    .public_flag = GC_VDB_PROC,
    .concurrent = true,
    .probe = probe,
    .start = start,
    .cover = gci_vdb_ranges_add,
    .uncover = uncover,
    .read_and_rearm = read_and_rearm,
    .stop = stop
};
