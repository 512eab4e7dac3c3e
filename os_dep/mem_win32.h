/* mem_win32.h - what roots_win32.c wants to know of mem_win32.c: the collector's own reservations.
 *
 * Files: os_dep/mem_win32.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_MEM_WIN32_H
#define GCI_MEM_WIN32_H

#include "private/port.h"

/* The end of the large reservation that holds p, or p. Walks of the address space jump over them:
   some systems answer questions about reserved memory page by page. No lock. */
ptr_t gci_mem_past_reservation(ptr_t p);

#endif /* GCI_MEM_WIN32_H */
