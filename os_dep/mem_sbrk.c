/* mem_sbrk.c - memory where there is no mmap: from the break, or from the port's GET_MEM.
 *
 * Other systems: mem_mmap.c, mem_win32.c.
 *
 * [always-there]  A reservation is committed memory from the start; nothing is ever given back to
 *                 the system except the top of the break.  Released ranges are handed out again.
 * [zero]          Ranges on the free list are cleared when handed out, fresh ones are zero.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/atomics.h"
#include "private/port.h"

#include <string.h>
#include <unistd.h>

#ifdef GET_MEM
const char *const gci_mem_name = "get_mem";
#else
const char *const gci_mem_name = "sbrk";
#endif

/* No page tables to ask: any power of two will do, but for the break of WebAssembly. */
#ifdef GCI_CPU_WASM
# define PAGE_BYTES ((size_t)65536)
#else
# define PAGE_BYTES ((size_t)16384)
#endif
#define RANGES 256

static struct range {
    char *lo, *hi;
} free_ranges[RANGES]; /* lo == hi: unused */
static volatile word busy;

static void lock_ranges(void)
{
    while (!gci_cas(&busy, 0, 1))
        gci_sys_yield();
}

static void unlock_ranges(void)
{
    gci_store_release(&busy, 0);
}

size_t gci_mem_page_bytes(void)
{
    return PAGE_BYTES;
}

static struct range *unused_range_locked(void)
{
    for (unsigned i = 0; i < RANGES; i++)
        if (free_ranges[i].lo == free_ranges[i].hi)
            return &free_ranges[i];
    return NULL;
}

/* Joins with neighbours; a range for which there is no room is lost until exit. */
static void put_range_locked(char *lo, char *hi)
{
    struct range *slot;

    for (unsigned i = 0; i < RANGES; i++) {
        struct range *r = &free_ranges[i];

        if (r->lo == r->hi || (r->hi != lo && r->lo != hi))
            continue;
        if (r->hi == lo)
            lo = r->lo;
        else
            hi = r->hi;
        r->lo = r->hi = NULL;
        i = (unsigned)-1; /* the longer range may touch another */
    }
    slot = unused_range_locked();
    if (slot != NULL) {
        slot->lo = lo;
        slot->hi = hi;
    }
}

static char *take_range_locked(size_t bytes, size_t align_bytes)
{
    for (unsigned i = 0; i < RANGES; i++) {
        struct range *r = &free_ranges[i];
        char *lo = r->lo, *hi = r->hi;
        char *p = (char *)gci_align_up((word)lo, align_bytes);

        if (lo == hi || p > hi || (size_t)(hi - p) < bytes)
            continue;
        r->lo = r->hi = NULL;
        if (p > lo)
            put_range_locked(lo, p);
        if (hi > p + bytes)
            put_range_locked(p + bytes, hi);
        memset(p, 0, bytes);
        return p;
    }
    return NULL;
}

static char *fresh_memory_locked(size_t bytes, size_t align_bytes)
{
#ifdef GET_MEM
    char *p = (char *)GET_MEM(bytes + align_bytes), *aligned;

    if (p == NULL)
        return NULL;
    aligned = (char *)gci_align_up((word)p, align_bytes);
    return aligned;
#else
    word now = (word)sbrk(0);
    word start = gci_align_up(now, align_bytes);
    void *got;

    if (now == (word)-1 || start < now || bytes + (start - now) > (size_t)INTPTR_MAX)
        return NULL;
    got = sbrk((intptr_t)(bytes + (start - now)));
    if (got == (void *)-1)
        return NULL;
    if ((word)got != now) {
        /* Somebody else moved the break in between: take the unlucky piece, ask again. */
        put_range_locked((char *)gci_align_up((word)got, PAGE_BYTES),
                         (char *)gci_align_down((word)got + bytes, PAGE_BYTES));
        return NULL;
    }
    return (char *)start;
#endif
}

void *gci_mem_reserve(size_t bytes, size_t align_bytes, void *hint)
{
    char *p;
    int saved_errno = errno;

    (void)hint;
    if (align_bytes < PAGE_BYTES)
        align_bytes = PAGE_BYTES;
    if (bytes == 0 || (bytes & (PAGE_BYTES - 1)) != 0 || (align_bytes & (align_bytes - 1)) != 0
        || bytes > (size_t)PTRDIFF_MAX - align_bytes)
        return NULL;
    lock_ranges();
    p = take_range_locked(bytes, align_bytes);
    if (p == NULL)
        p = fresh_memory_locked(bytes, align_bytes);
    unlock_ranges();
    errno = saved_errno;
    return p;
}

int gci_mem_commit(void *p, size_t bytes, bool executable)
{
    (void)p;
    (void)bytes;
    return executable ? ENOSYS : 0;
}

int gci_mem_discard(void *p, size_t bytes)
{
    (void)p;
    (void)bytes;
    return ENOSYS;
}

void gci_mem_release(void *p, size_t bytes)
{
    if (bytes == 0)
        return;
    lock_ranges();
    put_range_locked((char *)p, (char *)p + bytes);
    unlock_ranges();
}

void *gci_mem_map(size_t bytes)
{
    if (bytes == 0 || bytes > (size_t)PTRDIFF_MAX)
        return NULL;
    return gci_mem_reserve(gci_align_up(bytes, PAGE_BYTES), PAGE_BYTES, NULL);
}

/* A limit in name only [always-there]: a reservation as large as others make would be memory. */
size_t gci_mem_limit_bytes(void)
{
    return (size_t)PTRDIFF_MAX;
}

size_t gci_mem_used_bytes(void)
{
    return 0;
}

size_t gci_mem_data_limit_bytes(void)
{
    return SIZE_MAX;
}

size_t gci_mem_data_used_bytes(void)
{
    return 0;
}

void gci_mem_advise_huge(void *p, size_t bytes, bool yes)
{
    (void)p;
    (void)bytes;
    (void)yes;
}
