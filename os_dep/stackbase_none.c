/* stackbase_none.c - nobody tells where the stack begins: the program sets GC_stackbottom first.
 *
 * Or the port defines STACKBOTTOM in its section of gcconfig.h.  With memory protection and signals:
 * stackbase_heuristic.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

void *gci_stack_main_base(void)
{
#ifdef STACKBOTTOM
    return (void *)(STACKBOTTOM);
#else
    return NULL;
#endif
}

bool gci_stack_of_this_thread(void **lo, void **hi)
{
    (void)lo;
    (void)hi;
    return false;
}

void *gci_stack_lowest_readable(void *lo, void *cold)
{
    (void)cold;
    return lo;
}
