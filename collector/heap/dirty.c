/* dirty.c - stores into the heap that the program reports.
 *
 * Where marking runs beside the program, which pages were written since comes from a provider
 * (os_dep/vdb_*.c) or from these calls.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/heap.h"

/* Stop-the-world marking needs no news of stores; a concurrent phase will read them here. */
GC_API void GC_CALL GC_end_stubborn_change(const void *p)
{
    __asm__ __volatile__("" : : "r"(p) : "memory"); /* the object lives up to here */
}

GC_API void GC_CALL GC_change_stubborn(const void *p)
{
    __asm__ __volatile__("" : : "r"(p) : "memory"); /* the object lives up to here */
}

GC_API void GC_CALL GC_ptr_store_and_dirty(void *p, const void *q)
{
    *(const void **)p = q;
    GC_end_stubborn_change(p);
}

