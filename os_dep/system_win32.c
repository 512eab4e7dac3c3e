/* system_win32.c - processors, clock, yielding, and reading memory that may not be there.
 *
 * Counterpart: system_posix.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

unsigned gci_sys_cpu_count(void)
{
    DWORD_PTR ours = 0, all = 0;
    unsigned count = 0;

    if (GetProcessAffinityMask(GetCurrentProcess(), &ours, &all))
        for (; ours != 0; ours &= ours - 1)
            count++;
    if (count == 0) { /* more than one group of processors */
        SYSTEM_INFO info;

        GetSystemInfo(&info);
        count = (unsigned)info.dwNumberOfProcessors;
    }
    return count == 0 ? 1 : count;
}

uint64_t gci_sys_now_ns(void)
{
    LARGE_INTEGER ticks, per_second;
    uint64_t seconds, rest;

    (void)QueryPerformanceFrequency(&per_second);
    (void)QueryPerformanceCounter(&ticks);
    seconds = (uint64_t)ticks.QuadPart / (uint64_t)per_second.QuadPart;
    rest = (uint64_t)ticks.QuadPart % (uint64_t)per_second.QuadPart;
    return seconds * 1000000000u + rest * 1000000000u / (uint64_t)per_second.QuadPart;
}

void gci_sys_yield(void)
{
    (void)SwitchToThread();
}

static bool is_readable(const void *p, size_t bytes)
{
    MEMORY_BASIC_INFORMATION info;
    const char *at = p, *end = at + bytes;

    while (at < end) {
        if (VirtualQuery(at, &info, sizeof info) == 0 || info.State != MEM_COMMIT
            || (info.Protect & (PAGE_NOACCESS | PAGE_GUARD)) != 0)
            return false;
        at = (const char *)info.BaseAddress + info.RegionSize;
    }
    return true;
}

/* Asked first, since Wine's server reads protected pages too; read by the system nevertheless,
   since pages may go in between. */
bool gci_sys_safe_read(void *dst, const void *src, size_t bytes)
{
    SIZE_T got = 0;

    if (bytes == 0)
        return true;
    if ((uintptr_t)src + bytes < (uintptr_t)src)
        return false;
    return is_readable(src, bytes)
           && ReadProcessMemory(GetCurrentProcess(), src, dst, bytes, &got)
           && got == bytes;
}
