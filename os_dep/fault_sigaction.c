/* fault_sigaction.c - finds out where memory ends by running into it.
 *
 * Used by GC_init for heuristics only (stackbase_heuristic.c, roots_none.c).  Reading memory that
 * may vanish at any time: gci_sys_safe_read.  Write faults of dirty bits: vdb_mprotect.c.
 *
 * [one-walk]  One thread walks at a time, and no other thread handles SIGSEGV meanwhile.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>

static sigjmp_buf escape;
static struct sigaction old_segv, old_bus;

static void on_fault(int signal_number)
{
    (void)signal_number;
    siglongjmp(escape, 1);
}

static void catch_faults(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_fault;
    (void)sigemptyset(&action.sa_mask);
    action.sa_flags = SA_NODEFER;
    (void)sigaction(SIGSEGV, &action, &old_segv);
    (void)sigaction(SIGBUS, &action, &old_bus);
}

static void restore_handlers(void)
{
    (void)sigaction(SIGSEGV, &old_segv, NULL);
    (void)sigaction(SIGBUS, &old_bus, NULL);
}

GCI_NO_SANITIZE ptr_t gci_fault_find_limit(ptr_t start, bool up, ptr_t bound)
{
    const word page = 4096; /* none is shorter; a step shorter than a page costs time only */
    /* The first address of the page last found readable; survives the jump. */
    volatile word reached = gci_align_down((word)start, page);
    const volatile word last = (word)bound; /* survives it too */

    catch_faults();
    if (sigsetjmp(escape, 1) == 0) {
        for (;;) {
            word next = up ? reached + page : reached - page;

            if (up ? (next >= last || next < reached) : (next < last || next > reached))
                break;
            (void)*(volatile char *)next;
            reached = next;
        }
    }
    restore_handlers();
    if (!up)
        return (ptr_t)(reached < last ? last : reached);
    return (ptr_t)(reached + page > last || reached + page < reached ? last : reached + page);
}
