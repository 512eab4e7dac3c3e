/* stop_none.c - the stop method of a build with one thread: there is nobody to stop.
 *
 * Counterpart: stop_signal.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/threads.h"

#ifndef GCI_THREADS

void gci_stop_init(void)
{
}

void gci_stop_unblock_signals(void)
{
}

/* The only thread cannot be inside a blocking region and stop the world. */
void gci_stop_wait_blocked(struct gci_thread *t)
{
    gci_abort("a blocking region of thread %p was left while the world is stopped", (void *)t);
}

void gci_stop_threads_locked(struct gci_thread *self GCI_UNUSED)
{
}

void gci_stop_restart_locked(struct gci_thread *self GCI_UNUSED)
{
}

void gci_stop_suspend_locked(struct gci_thread *t GCI_UNUSED)
{
}

void gci_stop_resume_locked(struct gci_thread *t GCI_UNUSED)
{
}

void gci_stop_after_fork(void)
{
}

void gci_thread_obey_stop(struct gci_thread *t)
{
    t->stop_pending = 0;
}

#endif /* !GCI_THREADS */
