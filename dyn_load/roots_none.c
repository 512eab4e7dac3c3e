/* roots_none.c - static data of the main program alone, by linker symbols or by search.
 *
 * For systems without a dynamic linker, or one that tells nothing.  The linker's symbols name the
 * object they are linked into, so this is for a collector linked statically into the program.
 * Libraries' data must be registered by the program (GC_add_roots), and so must thread-local
 * variables that do not lie in the stack's mapping.
 *
 * [search-once]  The search runs into a fault and catches it, so it happens once, in the first
 *                note, when GC_init is the only one running.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

const char *const gci_roots_name = "none";

static struct {
    ptr_t lo, hi;
} range[2];
static bool taken;

static void find_main_data(void)
{
#ifdef DATAEND
    ptr_t hi = DATAEND, lo = NULL;

# ifdef DATASTART
    lo = DATASTART;
# endif
# ifdef SEARCH_FOR_DATA_START
    if ((lo == NULL || lo >= hi) && hi != NULL)
        lo = gci_fault_find_limit((ptr_t)((word)hi - 1), false, (ptr_t)gci_mem_page_bytes());
# endif
    if (lo != NULL && lo < hi) {
        range[0].lo = lo;
        range[0].hi = hi;
    }
#endif
#if defined(DATASTART2) && defined(DATAEND2)
    range[1].lo = DATASTART2;
    range[1].hi = DATAEND2;
#endif
}

int gci_roots_note(void)
{
    if (!taken) {
        find_main_data();
        taken = true;
    }
    return 0;
}

bool gci_roots_still_true_stopped(void)
{
    return taken;
}

void gci_roots_main_data(gci_roots_visitor visit, void *arg)
{
    for (unsigned i = 0; i < 2; i++) {
        ptr_t lo = (ptr_t)gci_align_up((word)range[i].lo, ALIGNMENT);

        if (lo < range[i].hi)
            visit(lo, range[i].hi, "", arg);
    }
}

void gci_roots_visit_data(gci_roots_visitor visit, void *arg)
{
    gci_roots_main_data(visit, arg);
}

void gci_roots_visit_tls(void *tp, gci_roots_visitor visit, void *arg)
{
    (void)tp;
    (void)visit;
    (void)arg;
}

void *gci_roots_thread_pointer(void)
{
    return NULL;
}
