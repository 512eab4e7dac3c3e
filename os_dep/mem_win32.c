/* mem_win32.c - address space and pages by VirtualAlloc.
 *
 * Other systems: mem_mmap.c, mem_sbrk.c.
 *
 * [watched]  Reservations are made with MEM_WRITE_WATCH where the system has it, since vdb_gww.c
 *            can only ask about such memory. Plain maps (metadata) are not.
 * [whole]    Windows ends reservations as a whole only: releasing a part decommits it, and the
 *            address space comes back with the rest.
 *
 * SPDX-License-Identifier: MIT
 */
#include "mem_win32.h"

#include "private/atomics.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#ifndef MEM_WRITE_WATCH
# define MEM_WRITE_WATCH 0x200000
#endif

const char *const gci_mem_name = "win32";

#define ATTEMPTS 16

size_t gci_mem_page_bytes(void)
{
    static volatile word page_bytes; /* idempotent */
    word n = page_bytes;

    if (n == 0) {
        SYSTEM_INFO info;

        GetSystemInfo(&info);
        page_bytes = n = info.dwPageSize;
    }
    return n;
}

static void *reserve_at(void *where, size_t bytes)
{
    static volatile word watch = MEM_WRITE_WATCH; /* 0 once refused */
    void *p = VirtualAlloc(where, bytes, MEM_RESERVE | (DWORD)watch, PAGE_NOACCESS);

    if (p == NULL && watch != 0 && GetLastError() == ERROR_INVALID_PARAMETER) {
        p = VirtualAlloc(where, bytes, MEM_RESERVE, PAGE_NOACCESS);
        if (p != NULL && where == NULL)
            watch = 0; /* the place was no reason to refuse, so the flag was */
    }
    return p;
}

/* ---- large reservations: one store makes an entry visible, or takes it away ------------- */

#define LARGE_BYTES ((size_t)64 << 20)
#define LARGE_MOST 32

static struct large {
    volatile word lo; /* 0: unused */
    word hi;
} large[LARGE_MOST];
static volatile word large_busy;

static void note_large(char *p, size_t bytes)
{
    if (bytes < LARGE_BYTES)
        return;
    while (!gci_cas(&large_busy, 0, 1))
        gci_sys_yield();
    for (unsigned i = 0; i < LARGE_MOST; i++)
        if (large[i].lo == 0) {
            large[i].hi = (word)p + bytes;
            gci_store_release(&large[i].lo, (word)p);
            break;
        }
    gci_store_release(&large_busy, 0);
}

static void forget_large(const char *p)
{
    for (unsigned i = 0; i < LARGE_MOST; i++)
        if (large[i].lo == (word)p)
            gci_store_release(&large[i].lo, 0);
}

ptr_t gci_mem_past_reservation(ptr_t p)
{
    for (unsigned i = 0; i < LARGE_MOST; i++) {
        word lo = gci_load_acquire(&large[i].lo), hi = large[i].hi;

        if (lo != 0 && (word)p >= lo && (word)p < hi)
            return (ptr_t)hi;
    }
    return p;
}

/* Ends of reservations cannot be trimmed: find a place that is large enough, let go, and take
   its aligned part before somebody else does. */
static void *reserve(size_t bytes, size_t align_bytes, void *hint)
{
    size_t page = gci_mem_page_bytes();
    char *p;

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
    if (hint != NULL && (p = reserve_at(hint, bytes)) != NULL)
        return p;
    p = reserve_at(NULL, bytes);
    for (unsigned i = 0; p != NULL && ((word)p & (align_bytes - 1)) != 0 && i < ATTEMPTS; i++) {
        VirtualFree(p, 0, MEM_RELEASE);
        p = VirtualAlloc(NULL, bytes + align_bytes, MEM_RESERVE, PAGE_NOACCESS);
        if (p == NULL)
            return NULL;
        VirtualFree(p, 0, MEM_RELEASE);
        p = reserve_at((void *)gci_align_up((word)p, align_bytes), bytes);
        if (p == NULL)
            p = reserve_at(NULL, bytes);
    }
    if (p != NULL && ((word)p & (align_bytes - 1)) != 0) {
        VirtualFree(p, 0, MEM_RELEASE);
        return NULL;
    }
    return p;
}

void *gci_mem_reserve(size_t bytes, size_t align_bytes, void *hint)
{
    char *p = reserve(bytes, align_bytes, hint);

    if (p != NULL)
        note_large(p, bytes);
    return p;
}

int gci_mem_commit(void *p, size_t bytes, bool executable)
{
    DWORD protection = executable ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;

    return VirtualAlloc(p, bytes, MEM_COMMIT, protection) != NULL ? 0 : ENOMEM;
}

/* The pages go back and come again. Another process may take their place in the paging file in
   between; it is asked for until it is there. */
int gci_mem_discard(void *p, size_t bytes)
{
    MEMORY_BASIC_INFORMATION info;
    DWORD protection = PAGE_READWRITE;
    unsigned attempt;

    if (VirtualQuery(p, &info, sizeof info) != 0 && info.Protect == PAGE_EXECUTE_READWRITE)
        protection = PAGE_EXECUTE_READWRITE;
    if (!VirtualFree(p, bytes, MEM_DECOMMIT))
        return EINVAL;
    for (attempt = 0; VirtualAlloc(p, bytes, MEM_COMMIT, protection) == NULL; attempt++) {
        if (attempt == 1000)
            return ENOMEM;
        Sleep(1 + attempt / 10);
    }
    return 0;
}

static bool is_whole_reservation(char *p, size_t bytes)
{
    MEMORY_BASIC_INFORMATION info;
    char *at = p;

    do {
        if (VirtualQuery(at, &info, sizeof info) == 0 || info.AllocationBase != p)
            return at != p && at >= p + bytes;
        at = (char *)info.BaseAddress + info.RegionSize;
    } while (at < p + bytes);
    /* Allocations are multiples of 64 KiB; what follows must be another one. */
    return VirtualQuery(at, &info, sizeof info) == 0 || info.AllocationBase != p;
}

void gci_mem_release(void *p, size_t bytes)
{
    if (bytes == 0)
        return;
    if (is_whole_reservation(p, bytes)) {
        forget_large(p);
        (void)VirtualFree(p, 0, MEM_RELEASE);
    } else {
        (void)VirtualFree(p, bytes, MEM_DECOMMIT);
    }
}

void *gci_mem_map(size_t bytes)
{
    if (bytes == 0 || bytes > (size_t)PTRDIFF_MAX)
        return NULL;
    return VirtualAlloc(NULL, gci_align_up(bytes, gci_mem_page_bytes()), MEM_RESERVE | MEM_COMMIT,
                        PAGE_READWRITE);
}

size_t gci_mem_limit_bytes(void)
{
    return SIZE_MAX;
}

size_t gci_mem_used_bytes(void)
{
    return 0;
}

/* Commit beyond the paging file is refused: what could be committed in all, and what is. */
size_t gci_mem_data_limit_bytes(void)
{
    MEMORYSTATUSEX status;

    status.dwLength = sizeof status;
    if (!GlobalMemoryStatusEx(&status) || status.ullTotalPageFile > SIZE_MAX)
        return SIZE_MAX;
    return (size_t)status.ullTotalPageFile;
}

size_t gci_mem_data_used_bytes(void)
{
    MEMORYSTATUSEX status;

    status.dwLength = sizeof status;
    if (!GlobalMemoryStatusEx(&status) || status.ullTotalPageFile > SIZE_MAX)
        return 0;
    return (size_t)(status.ullTotalPageFile - status.ullAvailPageFile);
}

void gci_mem_advise_huge(void *p, size_t bytes, bool yes)
{
    (void)p;
    (void)bytes;
    (void)yes;
}
