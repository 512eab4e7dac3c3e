/* fault_none.c - memory does not fault: a walk that looks for its end finds none.
 *
 * Counterparts: fault_sigaction.c, fault_win32.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

ptr_t gci_fault_find_limit(ptr_t start, bool up, ptr_t bound)
{
    (void)up;
    (void)bound;
    return start;
}
