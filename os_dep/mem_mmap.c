/* mem_mmap.c - address space and pages by mmap and its relatives.
 *
 * Who decides how much and when: collector/heap.  Other systems: mem_sbrk.c, mem_win32.c.
 *
 * [one-kind]   A reservation is PROT_NONE; committing changes protection only, so that adjacent
 *              commits join to one mapping and the kernel sees few of them.
 * [no-stdio]   No malloc and no stdio: any of this may run with the world stopped.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"
#ifdef GCI_OS_LINUX
# include "private/maps.h"
#endif

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

const char *const gci_mem_name = "mmap";

#ifndef MAP_ANONYMOUS
# define MAP_ANONYMOUS MAP_ANON
#endif
#ifndef MAP_NORESERVE
# define MAP_NORESERVE 0
#endif

size_t gci_mem_page_bytes(void)
{
    static volatile word page_bytes; /* idempotent: racing threads store the same */
    word n = page_bytes;

    if (n == 0) {
        long answer = sysconf(_SC_PAGESIZE);

        page_bytes = n = answer > 0 ? (word)answer : 4096;
    }
    return n;
}

/* errno is the program's: the allocator must not disturb it on success. */
static void *map_pages(void *hint, size_t bytes, int protection, int extra_flags)
{
    int saved_errno = errno;
    void *p = mmap(hint, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | extra_flags, -1, 0);

    errno = saved_errno;
    if (p == MAP_FAILED)
        return NULL;
    if (p == NULL) {
        /* Legal for a process with vm.mmap_min_addr 0; useless to us. */
        (void)munmap(p, bytes);
        return NULL;
    }
    return p;
}

static void *reserve_anywhere(void *hint, size_t bytes)
{
    return map_pages(hint, bytes, PROT_NONE, MAP_NORESERVE);
}

/* First plainly: often the place is aligned anyway, and a limit may allow no byte more. */
void *gci_mem_reserve(size_t bytes, size_t align_bytes, void *hint)
{
    char *p, *aligned;
    size_t page = gci_mem_page_bytes();

    if (align_bytes < page)
        align_bytes = page;
    if (bytes == 0 || (bytes & (page - 1)) != 0 || (align_bytes & (align_bytes - 1)) != 0
        || bytes > (size_t)PTRDIFF_MAX - align_bytes)
        return NULL;
#ifdef HEAP_START
    if (hint == NULL)
        hint = (void *)(HEAP_START);
#endif
    hint = (void *)gci_align_down((word)hint, align_bytes);
    p = reserve_anywhere(hint, bytes);
    if (p == NULL)
        return NULL;
    if (((word)p & (align_bytes - 1)) == 0)
        return p;
    gci_mem_release(p, bytes);
    p = reserve_anywhere((void *)gci_align_down((word)p, align_bytes), bytes);
    if (p == NULL)
        return NULL;
    if (((word)p & (align_bytes - 1)) == 0)
        return p;
    gci_mem_release(p, bytes);
    /* Reserve too much, give back what sticks out. */
    p = reserve_anywhere(NULL, bytes + align_bytes - page);
    if (p == NULL)
        return NULL;
    aligned = (char *)gci_align_up((word)p, align_bytes);
    if (aligned > p)
        gci_mem_release(p, (size_t)(aligned - p));
    if (aligned - p < (ptrdiff_t)(align_bytes - page))
        gci_mem_release(aligned + bytes, align_bytes - page - (size_t)(aligned - p));
    return aligned;
}

int gci_mem_commit(void *p, size_t bytes, bool executable)
{
    int saved_errno = errno, error = 0;

    if (mprotect(p, bytes, PROT_READ | PROT_WRITE | (executable ? PROT_EXEC : 0)) != 0) {
        error = errno;
        errno = saved_errno;
    }
    return error;
}

int gci_mem_discard(void *p, size_t bytes)
{
    int saved_errno = errno, error = 0;

#if defined(GCI_OS_LINUX)
    /* Only here does MADV_DONTNEED promise zeroes. */
    while (madvise(p, bytes, MADV_DONTNEED) != 0) {
        if (errno == EAGAIN)
            continue;
        error = errno; /* EINVAL for locked pages, EPERM for sealed ones */
        break;
    }
#else
    if (mmap(p, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
        == MAP_FAILED)
        error = errno;
#endif
    errno = saved_errno;
    return error;
}

void gci_mem_release(void *p, size_t bytes)
{
    int saved_errno = errno;

    if (bytes != 0 && munmap(p, bytes) != 0) {
        /* Splitting a mapping beyond the kernel's limit of mappings: the address space is lost, the
           pages need not be. */
        (void)gci_mem_discard(p, bytes);
    }
    errno = saved_errno;
}

void *gci_mem_map(size_t bytes)
{
    if (bytes == 0 || bytes > (size_t)PTRDIFF_MAX)
        return NULL;
    return map_pages(NULL, gci_align_up(bytes, gci_mem_page_bytes()), PROT_READ | PROT_WRITE, 0);
}

static size_t limit_bytes(const struct rlimit *limit)
{
    return limit->rlim_cur == RLIM_INFINITY || limit->rlim_cur > SIZE_MAX
               ? SIZE_MAX : (size_t)limit->rlim_cur;
}

#ifdef GCI_OS_LINUX
/* Field `index` (from 0) of /proc/self/statm, in bytes; 0 if unknown. */
static size_t statm_field_bytes(unsigned index)
{
    char text[256];
    const char *s = text;
    uint64_t pages = 0;

    if (gci_maps_read_file("/proc/self/statm", text, sizeof text) <= 0)
        return 0;
    for (; index > 0; index--) {
        while (*s != '\0' && *s != ' ')
            s++;
        while (*s == ' ')
            s++;
    }
    for (; *s >= '0' && *s <= '9'; s++)
        pages = pages * 10 + (unsigned)(*s - '0');
    pages *= gci_mem_page_bytes();
    return pages > SIZE_MAX ? SIZE_MAX : (size_t)pages;
}

size_t gci_mem_used_bytes(void)
{
    return statm_field_bytes(0);
}

/* Data and stack together, as statm counts: the limit's own figure lacks the stack, so this
   errs on the safe side by its size. */
size_t gci_mem_data_used_bytes(void)
{
    return statm_field_bytes(5);
}
#else
size_t gci_mem_used_bytes(void)
{
    return 0;
}

size_t gci_mem_data_used_bytes(void)
{
    return 0;
}
#endif

size_t gci_mem_limit_bytes(void)
{
#ifdef RLIMIT_AS
    struct rlimit limit;

    if (getrlimit(RLIMIT_AS, &limit) == 0)
        return limit_bytes(&limit);
#endif
    return SIZE_MAX;
}

/* Private writable mappings count from Linux 4.7 on; elsewhere (BSD) mappings count too. */
size_t gci_mem_data_limit_bytes(void)
{
#ifdef RLIMIT_DATA
    struct rlimit limit;

    if (getrlimit(RLIMIT_DATA, &limit) == 0)
        return limit_bytes(&limit);
#endif
    return SIZE_MAX;
}

void gci_mem_advise_huge(void *p, size_t bytes, bool yes)
{
#if defined(MADV_HUGEPAGE) && defined(MADV_NOHUGEPAGE)
    int saved_errno = errno;

    (void)madvise(p, bytes, yes ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    errno = saved_errno;
#else
    (void)p;
    (void)bytes;
    (void)yes;
#endif
}
