/* system_none.c - a machine without a system: one processor, no clock that is known, no protection.
 *
 * Counterparts: system_posix.c, system_win32.c.  A port that has a clock puts it here; without one
 * pauses are not measured and time limits do not bind.
 *
 * [readable]  Nothing is protected, so every read succeeds: heuristics that test addresses must not
 *             be used with it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

#include <string.h>

unsigned gci_sys_cpu_count(void)
{
    return 1;
}

/* Grows with each call, so that nobody who waits for time to pass waits for ever. */
uint64_t gci_sys_now_ns(void)
{
    static uint64_t calls;

    return ++calls;
}

void gci_sys_yield(void)
{
}

bool gci_sys_safe_read(void *dst, const void *src, size_t bytes)
{
    memcpy(dst, src, bytes);
    return true;
}
