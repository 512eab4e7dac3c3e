/* mman.h - fresh pages and their protection as POSIX has it, over Windows' own functions.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TEST_MMAN_H
#define TEST_MMAN_H

#include <windows.h>

#define PROT_NONE 0
#define PROT_READ 1
#define PROT_WRITE 2
#define MAP_PRIVATE 1
#define MAP_ANONYMOUS 2
#define MAP_FAILED ((void *)-1)

static __inline__ void *mmap(void *where, size_t bytes, int protection, int flags, int file, long offset)
{
    void *p = VirtualAlloc(where, bytes, MEM_RESERVE | MEM_COMMIT,
                           protection == PROT_NONE   ? PAGE_NOACCESS
                           : protection == PROT_READ ? PAGE_READONLY
                                                     : PAGE_READWRITE);

    (void)flags;
    (void)file;
    (void)offset;
    return p != NULL ? p : MAP_FAILED;
}

static __inline__ int munmap(void *p, size_t bytes)
{
    (void)bytes;
    return VirtualFree(p, 0, MEM_RELEASE) ? 0 : -1;
}

#endif /* TEST_MMAN_H */
