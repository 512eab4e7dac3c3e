/* fault_win32.c - where readable memory ends; here the system can simply be asked.
 *
 * Counterpart: fault_sigaction.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

static bool is_readable(const MEMORY_BASIC_INFORMATION *info)
{
    return info->State == MEM_COMMIT && (info->Protect & (PAGE_NOACCESS | PAGE_GUARD)) == 0;
}

ptr_t gci_fault_find_limit(ptr_t start, bool up, ptr_t bound)
{
    MEMORY_BASIC_INFORMATION info;
    ptr_t at = start;

    for (;;) {
        ptr_t lo, hi;

        if (VirtualQuery(at, &info, sizeof info) == 0 || !is_readable(&info))
            return up ? at : at + 1;
        lo = info.BaseAddress;
        hi = lo + info.RegionSize;
        if (up ? hi >= bound : lo <= bound)
            return bound;
        at = up ? hi : lo - 1;
    }
}
