/* suspending.c - stopping threads from outside, where the system can suspend them: what all such
 * systems share.
 *
 * When to stop and start: world.c.  The system's own part: stop_win32.c, stop_mach.c.  Where threads
 * stop themselves, in a signal handler: stop_signal.c.
 *
 * [anywhere]  A suspended thread may be at any instruction of its own code or the system's, with any
 *             lock of the C library, of malloc or the loader held.  Until it is resumed the collector
 *             calls nothing that takes such a lock.
 * [together]  All threads are asked before the first is waited for.
 * [nostop]    A thread found inside a no-stop region is let go and asked to rest when it leaves it;
 *             meanwhile the stopper looks again and again.  Resting is a blocking region.
 * [in-turn]   Threads that had to be let go are asked again one by one, and each is let go or stopped
 *             for good before the next: one may be waiting for a lock that another holds inside
 *             its no-stop region.
 * [blocked]   So is a thread that was suspended after all just when it entered a blocking region.
 *
 * SPDX-License-Identifier: MIT
 */
#include "suspending.h"

#ifdef GCI_THREADS

/* Tries before the stopper sleeps between them. */
# define EAGER_TRIES 50
# define COMPLAIN_AFTER_TRIES 15000

/* ---- threads that stay away by themselves ----------------------------------------------- */

/* The gate is open while the world runs; then a thread that was suspended alone polls. */
void gci_stop_wait_blocked(struct gci_thread *t)
{
    if ((gci_load(&t->blocked) & ~(word)GCI_BLOCKED) == 0)
        return;
    gci_suspending_wait_at_gate();
    if ((gci_load(&gci_world_epoch) & 1) == 0
        && (gci_load(&t->blocked) & ~(word)GCI_BLOCKED) != 0)
        gci_suspending_nap();
}

static void rest(ptr_t hot, void *arg)
{
    struct gci_thread *t = arg;

    gci_blocking_enter(t, hot);
    while (gci_load(&t->ack_wanted) != 0 && gci_load(&t->blocked) == GCI_BLOCKED)
        gci_sys_yield();
    gci_blocking_leave(t);
}

void gci_thread_obey_stop(struct gci_thread *t)
{
    t->stop_pending = 0;
    GCI_COMPILER_BARRIER();
    if (gci_load(&t->ack_wanted) != 0 && t->blocked == 0)
        gci_regs_call(rest, t);
}

/* ---- the stopper: allocator lock held ------------------------------------------------------ */

static enum gci_suspending ask(struct gci_thread *t, word bits)
{
    return gci_blocking_hold(t, bits) ? GCI_SUSPENDING_HELD : gci_suspending_ask(t);
}

/* Of a thread that was asked: it stands still, or runs on. */
static enum gci_suspending await(struct gci_thread *t)
{
    enum gci_suspending outcome = gci_suspending_await(t);

    if (outcome != GCI_SUSPENDING_STOPPED)
        return outcome;
    if (gci_load(&t->nostop) == 0 && gci_load(&t->blocked) == 0) {
        gci_store(&t->parked, 1);
        return GCI_SUSPENDING_STOPPED;
    }
    gci_store(&t->ack_wanted, 1); /* [nostop] [blocked] */
    if (gci_load(&t->nostop) != 0)
        t->stop_pending = 1;
    gci_suspending_let_go(t);
    return GCI_SUSPENDING_BUSY;
}

static void complain(const struct gci_thread *t)
{
    gci_log(0, "thread %u (%p) cannot be stopped\n", t->number, (void *)(uintptr_t)t->id);
}

/* Takes t, of which `asked` says what asking it had, a step further; true: that was the last. */
static bool settle(struct gci_thread *t)
{
    if (t->asked == GCI_SUSPENDING_ASKED)
        t->asked = await(t);
    if (t->asked == GCI_SUSPENDING_BUSY)
        return false;
    gci_store(&t->ack_wanted, 0);
    if (t->asked == GCI_SUSPENDING_GONE)
        t->flags |= GCI_THREAD_VANISHED;
    return true;
}

static void pause_before(unsigned try)
{
    if (try <= EAGER_TRIES)
        gci_sys_yield();
    else
        gci_suspending_nap();
}

/* One round [in-turn]; true: all stand still. */
static bool settle_all(struct gci_thread *self, unsigned try)
{
    struct gci_thread *t;
    bool all = true;

    for (t = gci_threads_first(); t != NULL; t = t->next) {
        if (t == self || gci_thread_is_out(t) || gci_load(&t->parked) != 0)
            continue;
        if (t->asked == GCI_SUSPENDING_BUSY) {
            if (try == COMPLAIN_AFTER_TRIES)
                complain(t);
            t->asked = ask(t, GCI_BLOCKED_BY_STOP);
        }
        if (!settle(t))
            all = false;
    }
    return all;
}

void gci_stop_threads_locked(struct gci_thread *self)
{
    struct gci_thread *t;

    gci_suspending_gate(false);
    for (t = gci_threads_first(); t != NULL; t = t->next) /* [together] */
        if (t != self && !gci_thread_is_out(t) && gci_load(&t->parked) == 0) /* GC_suspend_thread parks too */
            t->asked = ask(t, GCI_BLOCKED_BY_STOP);
    for (unsigned try = 1; !settle_all(self, try); try++)
        pause_before(try);
}

static void let_go(struct gci_thread *t)
{
    gci_store(&t->parked, 0);
    t->regs_lo = t->regs_hi = NULL;
    gci_suspending_let_go(t);
}

void gci_stop_restart_locked(struct gci_thread *self)
{
    struct gci_thread *t;

    for (t = gci_threads_first(); t != NULL; t = t->next)
        if (t != self && !gci_thread_is_out(t) && gci_load(&t->parked) != 0 && gci_load(&t->suspended) == 0)
            let_go(t);
    gci_suspending_gate(true);
}

void gci_stop_suspend_locked(struct gci_thread *t)
{
    unsigned try = 1;

    while (t->asked = ask(t, GCI_BLOCKED_BY_SUSPEND), !settle(t)) {
        if (try == COMPLAIN_AFTER_TRIES)
            complain(t);
        pause_before(try++);
    }
    gci_store(&t->suspended, 1);
    gci_thread_reap_vanished_locked();
}

void gci_stop_resume_locked(struct gci_thread *t)
{
    if (gci_load(&t->parked) != 0)
        let_go(t);
}

/* ---- no signals are used --------------------------------------------------------------------- */

void gci_stop_unblock_signals(void)
{
}

# ifdef UNIX_LIKE
void gci_stop_spare_signals(sigset_t *set GCI_UNUSED)
{
}
# endif

GC_API void GC_CALL GC_set_suspend_signal(int sig GCI_UNUSED)
{
}

GC_API void GC_CALL GC_set_thr_restart_signal(int sig GCI_UNUSED)
{
}

GC_API int GC_CALL GC_get_suspend_signal(void)
{
    return -1;
}

GC_API int GC_CALL GC_get_thr_restart_signal(void)
{
    return -1;
}

#endif /* GCI_THREADS */
