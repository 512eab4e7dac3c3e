/* vdb_uffd.c - dirty bits by userfaultfd's asynchronous write protection (Linux 6.7 and later).
 *
 * The kernel resolves write faults on protected pages by itself and remembers; one ioctl on
 * /proc/self/pagemap finds the written pages and protects them again.  No signal, no handler
 * thread, no mapping is split.  The kernel headers at hand may be older than the interface, so its
 * structures are spelled out here.
 *
 * [present]  Only pages that are there count: memory that was never touched, or was discarded, has
 *            nothing in it, and no page table is filled just to protect it.
 * [forked]   A child inherits neither the registration nor useful descriptors: both descriptors
 *            still mean the parent's memory. The first reading in a child registers anew and
 *            reports everything.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"
#include "private/vdb.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Linux's include/uapi/linux/userfaultfd.h in our own words. */
struct uffd_api {
    uint64_t api, features, ioctls;
};
struct uffd_range {
    uint64_t start, len;
};
struct uffd_register {
    struct uffd_range range;
    uint64_t mode, ioctls;
};
#define UFFD_API_NUMBER 0xAA
struct uffd_protect {
    struct uffd_range range;
    uint64_t mode;
};
#define UFFD_IO_PROTECT _IOWR(0xAA, 0x06, struct uffd_protect)
#define UFFD_IO_API _IOWR(0xAA, 0x3F, struct uffd_api)
#define UFFD_IO_REGISTER _IOWR(0xAA, 0x00, struct uffd_register)
#define UFFD_IO_UNREGISTER _IOR(0xAA, 0x01, struct uffd_range)
#define UFFD_MODE_WP ((uint64_t)1 << 1)
#define UFFD_WP_UNPOPULATED ((uint64_t)1 << 13)
#define UFFD_WP_ASYNC ((uint64_t)1 << 15)
#define UFFD_ONLY_USER_MODE 1

/* ... and of linux/fs.h. */
struct scan_region {
    uint64_t start, end, categories;
};
struct scan_arg {
    uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
    uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};
#define IO_SCAN _IOWR('f', 16, struct scan_arg)
#define SCAN_WP_MATCHING 1
#define SCAN_CHECK_WPASYNC 2
#define PAGE_WRITTEN 2
#define PAGE_PRESENT 8
#define PAGE_SWAPPED 16

#define REGIONS 200 /* per system call; on the stack, 4.8 KB */

static int uffd = -1, pagemap = -1;
static pid_t owner; /* [forked] */

static void close_both(void)
{
    if (uffd >= 0)
        (void)close(uffd);
    if (pagemap >= 0)
        (void)close(pagemap);
    uffd = pagemap = -1;
}

static int open_both(void)
{
#ifdef SYS_userfaultfd
    struct uffd_api api;
    int error = 0;

    uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_ONLY_USER_MODE);
    if (uffd < 0 && errno == EINVAL) /* before Linux 5.11, or not allowed */
        uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
    if (uffd < 0)
        return errno;
    memset(&api, 0, sizeof api);
    api.api = UFFD_API_NUMBER;
    api.features = UFFD_WP_ASYNC | UFFD_WP_UNPOPULATED;
    pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (pagemap < 0 || ioctl(uffd, UFFD_IO_API, &api) != 0)
        error = errno;
    else if ((api.features & UFFD_WP_ASYNC) == 0)
        error = ENOSYS;
    if (error != 0)
        close_both();
    else
        owner = getpid();
    return error;
#else
    return ENOSYS;
#endif
}

static int register_range(ptr_t lo, ptr_t hi)
{
    struct uffd_register request;

    memset(&request, 0, sizeof request);
    request.range.start = (uint64_t)(word)lo;
    request.range.len = (uint64_t)(hi - lo);
    request.mode = UFFD_MODE_WP;
    return ioctl(uffd, UFFD_IO_REGISTER, &request) == 0 ? 0 : errno;
}

static void unregister_range(ptr_t lo, ptr_t hi)
{
    struct uffd_range range = { (uint64_t)(word)lo, (uint64_t)(hi - lo) };

    (void)ioctl(uffd, UFFD_IO_UNREGISTER, &range);
}

/* Finds written pages of [lo, hi), with SCAN_WP_MATCHING protects them again in the same step, and reports
   them. Reports that find `enough` true are the last ones; NULL: all are wanted. */
static int scan_as(uint64_t flags, ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, bool (*enough)(void *arg), void *arg)
{
    struct scan_region regions[REGIONS];
    struct scan_arg request;
    uint64_t at = (uint64_t)(word)lo, end = (uint64_t)(word)hi;

    memset(&request, 0, sizeof request);
    request.size = sizeof request;
    request.flags = flags | SCAN_CHECK_WPASYNC;
    request.end = end;
    request.vec = (uint64_t)(word)regions;
    request.vec_len = REGIONS;
    request.category_mask = PAGE_WRITTEN;
    request.category_anyof_mask = PAGE_PRESENT | PAGE_SWAPPED; /* [present] */
    request.return_mask = PAGE_WRITTEN;
    while (at < end && (enough == NULL || !enough(arg))) {
        long count;

        request.start = at;
        request.walk_end = 0;
        count = ioctl(pagemap, IO_SCAN, &request);
        if (count < 0) {
            if (errno == EINTR || errno == EAGAIN)
                continue;
            return errno;
        }
        for (long i = 0; i < count && dirty != NULL; i++)
            dirty((ptr_t)(word)regions[i].start, (ptr_t)(word)regions[i].end, arg);
        if (request.walk_end <= at)
            return EIO;
        at = request.walk_end;
    }
    return 0;
}

static int scan(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, void *arg)
{
    return scan_as(SCAN_WP_MATCHING, lo, hi, dirty, NULL, arg);
}

static bool probe_page(ptr_t p, size_t page);

static bool probe(void)
{
    int saved_errno = errno;
    size_t page = gci_mem_page_bytes();
    ptr_t p;
    bool ok = false;

    if (uffd >= 0 && owner == getpid())
        return true; /* in use */
    close_both();
    if (open_both() == 0) {
        p = gci_mem_map(2 * page);
        if (p != NULL) {
            ok = probe_page(p, page);
            gci_mem_release(p, 2 * page);
        }
        close_both();
    }
    errno = saved_errno;
    return ok;
}

static void count_bytes(ptr_t lo, ptr_t hi, void *arg)
{
    *(size_t *)arg += (size_t)(hi - lo);
}

/* Emulators and sandboxes accept calls and do nothing: only a page that becomes clean and dirty
   again is proof. */
static bool probe_page(ptr_t p, size_t page)
{
    size_t bytes = 0;

    *(volatile char *)p = 1;
    if (register_range(p, p + 2 * page) != 0)
        return false;
    if (scan(p, p + 2 * page, count_bytes, &bytes) != 0 || bytes == 0)
        return false;
    bytes = 0;
    if (scan(p, p + 2 * page, count_bytes, &bytes) != 0 || bytes != 0)
        return false;
    *(volatile char *)p = 2;
    if (scan(p, p + 2 * page, count_bytes, &bytes) != 0 || bytes < page)
        return false;
    bytes = 0;
    p[page] = 3; /* never touched before */
    return scan(p, p + 2 * page, count_bytes, &bytes) == 0 && bytes >= page;
}

static int cover(ptr_t lo, ptr_t hi)
{
    int saved_errno = errno;
    int error = 0;

    if (lo < hi) {
        error = register_range(lo, hi);
        if (error == 0 && gci_vdb_ranges_add(lo, hi) != 0) {
            unregister_range(lo, hi);
            error = ENOMEM;
        }
    }
    errno = saved_errno;
    return error;
}

static void stop(void)
{
    int saved_errno = errno;

    if (uffd >= 0 && owner == getpid()) {
        for (size_t i = 0; i < gci_vdb_ranges_count(); i++)
            unregister_range(gci_vdb_ranges_get(i).lo, gci_vdb_ranges_get(i).hi);
    }
    gci_vdb_ranges_clear();
    close_both();
    errno = saved_errno;
}

static int start(ptr_t lo, ptr_t hi)
{
    int saved_errno = errno;
    int error = open_both();

    gci_vdb_ranges_clear();
    if (error == 0 && (error = cover(lo, hi)) == 0 && lo < hi)
        error = scan(lo, hi, NULL, NULL);
    if (error != 0)
        stop();
    errno = saved_errno;
    return error;
}

static void uncover(ptr_t lo, ptr_t hi)
{
    int saved_errno = errno;

    if (owner == getpid())
        unregister_range(lo, hi);
    (void)gci_vdb_ranges_remove(lo, hi);
    errno = saved_errno;
}

/* [forked] Everything counts as written; what can be watched again is. */
static int start_in_child(gci_vdb_dirty dirty, void *arg)
{
    int error;

    close_both();
    error = open_both();
    for (size_t i = 0; i < gci_vdb_ranges_count() && error == 0; i++) {
        struct gci_vdb_range r = gci_vdb_ranges_get(i);

        error = register_range(r.lo, r.hi);
        if (error == 0)
            error = scan(r.lo, r.hi, NULL, NULL);
        dirty(r.lo, r.hi, arg);
    }
    return error;
}

/* Calls visit for the covered parts of [lo, hi) until it returns an error. */
static int for_covered(ptr_t lo, ptr_t hi, int (*visit)(ptr_t lo, ptr_t hi, void *arg), void *arg)
{
    int error = 0;

    for (size_t i = 0; i < gci_vdb_ranges_count() && error == 0; i++) {
        struct gci_vdb_range r = gci_vdb_ranges_get(i);
        ptr_t a = r.lo > lo ? r.lo : lo;
        ptr_t b = r.hi < hi ? r.hi : hi;

        if (a < b)
            error = visit(a, b, arg);
    }
    return error;
}

struct reading {
    uint64_t flags;
    gci_vdb_dirty dirty;
    bool (*enough)(void *arg);
    void *arg;
};

static int read_part(ptr_t lo, ptr_t hi, void *arg)
{
    const struct reading *r = arg;

    return scan_as(r->flags, lo, hi, r->dirty, r->enough, r->arg);
}

static int read_and_rearm(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, void *arg)
{
    struct reading reading = { SCAN_WP_MATCHING, dirty, NULL, arg };
    int saved_errno = errno;
    int error = owner != getpid() ? start_in_child(dirty, arg) : for_covered(lo, hi, read_part, &reading);

    errno = saved_errno;
    return error;
}

static int look(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, bool (*enough)(void *arg), void *arg)
{
    struct reading reading = { 0, dirty, enough, arg };
    int saved_errno = errno;
    int error = owner != getpid() ? EPERM : for_covered(lo, hi, read_part, &reading);

    errno = saved_errno;
    return error;
}

static int disarm_part(ptr_t lo, ptr_t hi, void *arg GCI_UNUSED)
{
    struct uffd_protect request = { { (uint64_t)(word)lo, (uint64_t)(hi - lo) }, 0 };

    return ioctl(uffd, UFFD_IO_PROTECT, &request) == 0 ? 0 : errno; /* then they stay armed */
}

static void disarm(ptr_t lo, ptr_t hi)
{
    int saved_errno = errno;

    if (owner == getpid())
        (void)for_covered(lo, hi, disarm_part, NULL);
    errno = saved_errno;
}

const struct gci_vdb_provider gci_vdb_uffd = {
    .name = "uffd",
    .public_flag = GC_VDB_UFFD,
    .concurrent = true,
    .by_regions = true,
    .probe = probe,
    .start = start,
    .cover = cover,
    .uncover = uncover,
    .read_and_rearm = read_and_rearm,
    .look = look,
    .disarm = disarm,
    .stop = stop
};
