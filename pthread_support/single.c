/* single.c - the one thread of a build without threads: its registry and its pool of no helpers.
 *
 * Counterparts: registry.c, markers.c.  Shared with them: stacks.c, blocking.c, world.c, fork.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/threads.h"

#ifndef GCI_THREADS

struct gci_thread *gci_self_single;
int (*gci_thread_attach_hook)(struct gci_thread *);
void (*gci_thread_detach_hook)(struct gci_thread *);

static struct gci_thread the_thread;

void gci_threads_init(void)
{
    ptr_t cold;

    (void)gci_stack_find_cold(&cold);
    if (GC_stackbottom != NULL)
        cold = GC_stackbottom;
    if (cold == NULL)
        gci_abort("GC_init: the cold end of the stack is unknown; set GC_stackbottom before");
    GC_stackbottom = cold;
    gci_stack_describe(&the_thread, cold, cold);
    the_thread.flags = GCI_THREAD_MAIN;
    the_thread.number = 1;
    if (gci_thread_attach_hook != NULL && gci_thread_attach_hook(&the_thread) != 0)
        gci_abort("GC_init: no memory for the description of a thread");
    gci_self_single = &the_thread;
}

struct gci_thread *gci_threads_first(void)
{
    return gci_self_single;
}

word gci_threads_count(void)
{
    return gci_self_single != NULL ? 1 : 0;
}

/* ---- markers: the caller is all there is ------------------------------------------- */

void gci_markers_init(unsigned wanted GCI_UNUSED)
{
}

unsigned gci_markers_available(void)
{
    return 1;
}

unsigned gci_markers_prepare(unsigned count)
{
    return count > 1 ? 1 : count;
}

unsigned gci_markers_run(unsigned count, void (*fn)(unsigned index, void *arg), void *arg)
{
    if (count == 0)
        return 0;
    fn(0, arg);
    return 1;
}

unsigned gci_markers_start(unsigned count GCI_UNUSED,
                           void (*fn)(unsigned index, void *arg) GCI_UNUSED, void *arg GCI_UNUSED)
{
    return 0;
}

void gci_markers_wait(void)
{
}

bool gci_markers_client_allows(void)
{
    return false;
}

GC_API void GC_CALL GC_start_mark_threads(void)
{
}

#endif /* !GCI_THREADS */
