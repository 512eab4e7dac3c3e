/* pagedata.h - the page data of Solaris' /proc: which pages of which mapping were written.
 *
 * Files: os_dep/pagedata.c, which parses a buffer and so can be tested on every host; os_dep/vdb_proc.c
 * opens the file.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_PAGEDATA_H
#define GCI_PAGEDATA_H

#include "private/vdb.h"

/* The layout of proc(5) there, in the words of the calling program's ABI. A map is followed by a byte
   for each of its pages, padded to a multiple of 8. */
struct gci_pagedata_header {
    long seconds, nanoseconds;
    unsigned long maps, pages;
};
struct gci_pagedata_map {
    uintptr_t address;
    unsigned long pages;
    char name[64];
    int64_t offset_bytes __attribute__((aligned(8)));
    int flags, page_bytes, shm_id, filler;
};
#define GCI_PAGEDATA_MODIFIED 1u /* of a page's byte */

/* Calls dirty for each run of modified pages in [lo, hi), ascending if the buffer is. 0, or EINVAL
   when the buffer is no page data or is cut short: then some runs may have been told already. */
int gci_pagedata_walk(const void *buffer, size_t bytes, ptr_t lo, ptr_t hi, gci_vdb_dirty dirty,
                      void *arg);

#endif /* GCI_PAGEDATA_H */
