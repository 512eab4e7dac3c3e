/* world.c - stopping and starting the world; suspending single threads for the program.
 *
 * How a thread is stopped: stop_signal.c, stop_win32.c, stop_mach.c (stop_none.c where there is one
 * thread only).  What of a stopped thread is a root: stacks.c.
 *
 * [epoch]  gci_world_epoch is odd from before the first thread is asked to stop until the world
 *          may run again.  It changes only under the allocator lock, which the stopper keeps
 *          throughout: nobody registers, unregisters or suspends meanwhile.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/threads.h"
#include "private/settings.h"

#ifdef GCI_THREADS
# include "gc/javaxfc.h"
#endif

volatile word gci_world_epoch;

#ifdef GCI_THREADS
static int cancel_state_before; /* of the stopper */

static void announce_locked(GC_EventType event, struct gci_thread *self)
{
    GC_on_thread_event_proc proc = gci_settings.on_thread_event;
    struct gci_thread *t;

    if (proc == NULL)
        return;
    for (t = gci_threads_first(); t != NULL; t = t->next)
        if (t != self && !gci_thread_is_out(t))
            proc(event, (void *)(uintptr_t)t->id);
}
#endif

void gci_world_stop(void)
{
    struct gci_thread *self = gci_self();

#ifdef GCI_THREADS
    /* A stopper that is cancelled would leave the world stopped for ever. */
    int was = gci_cancel_disable();

    cancel_state_before = was;
#endif
    GCI_ASSERT((gci_load(&gci_world_epoch) & 1) == 0);
    GCI_ASSERT(self == NULL || self->nostop == 0);
    gci_store(&gci_world_epoch, gci_load(&gci_world_epoch) + 1);
    gci_fence(); /* before any bit of [claim] */
    gci_stop_threads_locked(self);
    gci_state.world_stopped = true;
#ifdef GCI_THREADS
    announce_locked(GC_EVENT_THREAD_SUSPENDED, self);
#endif
}

void gci_world_start(void)
{
    struct gci_thread *self = gci_self(), *t;
#ifdef GCI_THREADS
    int was = cancel_state_before;

    announce_locked(GC_EVENT_THREAD_UNSUSPENDED, self);
#endif
    GCI_ASSERT((gci_load(&gci_world_epoch) & 1) != 0);
    gci_state.world_stopped = false;
    for (t = gci_threads_first(); t != NULL; t = t->next)
        gci_blocking_release(t, GCI_BLOCKED_BY_STOP);
    gci_store_release(&gci_world_epoch, gci_load(&gci_world_epoch) + 1);
    gci_fence();
    gci_stop_restart_locked(self);
#ifdef GCI_THREADS
    gci_thread_reap_vanished_locked();
    gci_markers_world_restarted();
    gci_cancel_restore(was);
#endif
}

bool gci_world_interrupted(void)
{
    const struct gci_thread *self = gci_self(), *t;

    for (t = gci_threads_first(); t != NULL; t = t->next)
        if (t != self && !gci_thread_is_out(t) && gci_load(&t->blocked) == 0)
            return true;
    return false;
}

/* A stopped thread's entry is complete; the caller's is completed here. */
void gci_threads_visit_roots_stopped(ptr_t own_hot, gci_range_visitor visit, void *arg)
{
    struct gci_thread *self = gci_self(), *t;

    if (self != NULL)
        gci_stack_note_hot_sigsafe(self, own_hot, NULL, NULL);
    for (t = gci_threads_first(); t != NULL; t = t->next) {
        if (t->exit_value != NULL)
            visit((ptr_t)&t->exit_value, (ptr_t)(&t->exit_value + 1), arg);
        if (!gci_thread_is_out(t))
            gci_stack_visit_stopped(t, visit, arg);
    }
}

#ifdef GCI_THREADS

/* ---- for the program ------------------------------------------------------------------ */

GC_API void GC_CALL GC_stop_world_external(void)
{
    GCI_LOCK();
    gci_world_stop();
}

GC_API void GC_CALL GC_start_world_external(void)
{
    if (!gci_state.world_stopped || !gci_lock_is_mine(&gci_allocator_lock))
        gci_abort("GC_start_world_external: thread %p has not stopped the world",
                  (void *)(uintptr_t)gci_thread_id_here());
    gci_world_start();
    GCI_UNLOCK();
}

/* The id comes from the program: the newest entry of that id, if it is alive. */
static struct gci_thread *live_thread_locked(GC_SUSPEND_THREAD_ID id)
{
    struct gci_thread *t = gci_thread_lookup_locked((gci_thread_id)(uintptr_t)id);

    return t != NULL && !gci_thread_is_out(t) ? t : NULL;
}

/* Allocator lock held before, not after: the request to resume must not come too early. */
static void rest_until_resumed(ptr_t hot, void *arg)
{
    gci_blocking_enter(arg, hot);
    (void)gci_blocking_hold(arg, GCI_BLOCKED_BY_SUSPEND);
    GCI_UNLOCK();
    gci_blocking_leave(arg);
}

GC_API void GC_CALL GC_suspend_thread(GC_SUSPEND_THREAD_ID id)
{
    struct gci_thread *t;

    GCI_LOCK();
    t = live_thread_locked(id);
    if (t != NULL && t->suspended == 0) {
        if (gci_blocking_hold(t, GCI_BLOCKED_BY_SUSPEND)) {
            gci_store(&t->suspended, 1); /* leaving its region will wait */
        } else if (t == gci_self()) {
            gci_store(&t->suspended, 1);
            gci_regs_call(rest_until_resumed, t);
            return;
        } else {
            gci_stop_suspend_locked(t); /* sets `suspended` */
        }
    }
    GCI_UNLOCK();
}

GC_API void GC_CALL GC_resume_thread(GC_SUSPEND_THREAD_ID id)
{
    struct gci_thread *t;

    GCI_LOCK();
    t = live_thread_locked(id);
    if (t != NULL && t->suspended != 0) {
        gci_store(&t->suspended, 0);
        gci_blocking_release(t, GCI_BLOCKED_BY_SUSPEND);
        gci_stop_resume_locked(t);
    }
    GCI_UNLOCK();
}

GC_API int GC_CALL GC_is_thread_suspended(GC_SUSPEND_THREAD_ID id)
{
    struct gci_thread *t;
    int answer;

    GCI_LOCK();
    t = live_thread_locked(id);
    answer = t != NULL && t->suspended != 0;
    GCI_UNLOCK();
    return answer;
}

#endif /* GCI_THREADS */
