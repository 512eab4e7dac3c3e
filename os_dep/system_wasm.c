/* system_wasm.c - the clock, and reading memory that may not be there, in WebAssembly's one linear memory.
 *
 * Counterparts: system_posix.c, system_win32.c, system_none.c.
 *
 * [linear]  Memory is [0, memory.size pages): all of it can be read and nothing else can, so one
 *           comparison tells.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

#include <string.h>
#include <time.h>

#define WASM_PAGE_BYTES ((uint64_t)65536)

unsigned gci_sys_cpu_count(void)
{
    return 1;
}

uint64_t gci_sys_now_ns(void)
{
    struct timespec now = { 0, 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void gci_sys_yield(void)
{
}

bool gci_sys_safe_read(void *dst, const void *src, size_t bytes)
{
    if ((uint64_t)(uintptr_t)src + bytes > __builtin_wasm_memory_size(0) * WASM_PAGE_BYTES) /* [linear] */
        return false;
    memcpy(dst, src, bytes);
    return true;
}
