/* stop_win32.c - stopping threads by SuspendThread; their registers come from GetThreadContext.
 *
 * When to stop and start: world.c.  Counterparts: stop_signal.c, stop_mach.c.
 *
 * [anywhere]  A suspended thread may be at any instruction of its own code or the system's, with any
 *             lock of the C library, the process heap or the loader held.  Until it is resumed the
 *             collector calls nothing that takes such a lock.
 * [asks]      SuspendThread returns before the thread stands still; GetThreadContext waits for it.
 * [nostop]    A thread found inside a no-stop region is let go and asked to rest when it leaves it;
 *             meanwhile the stopper looks again and again.  Resting is a blocking region.
 * [blocked]   So is a thread that was suspended after all just when it entered a blocking region.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/threads.h"

#ifdef GCI_THREADS

# include "native_win32.h"

/* Tries before the stopper sleeps between them. */
# define EAGER_TRIES 50
# define COMPLAIN_AFTER_TRIES 15000

static volatile word wake_event; /* handle: set while threads may look whether they may go on */

void gci_stop_init(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);

    if (event == NULL)
        gci_abort("GC_init: CreateEvent failed, error %lu", (unsigned long)GetLastError());
    gci_store_release(&wake_event, (word)event);
}

void gci_stop_unblock_signals(void)
{
}

/* ---- threads that stay away by themselves ----------------------------------------------- */

/* The event is reset by the next stop; who comes between looks at `blocked` and sleeps a moment. */
void gci_stop_wait_blocked(struct gci_thread *t)
{
    if ((gci_load(&t->blocked) & ~(word)GCI_BLOCKED) == 0)
        return;
    if (WaitForSingleObject((HANDLE)gci_load_acquire(&wake_event), 10) == WAIT_OBJECT_0
        && (gci_load(&t->blocked) & ~(word)GCI_BLOCKED) != 0)
        Sleep(1); /* a suspended thread while the world runs */
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

static ptr_t hot_end(const CONTEXT *context)
{
# if defined(GCI_CPU_X86_64)
    return (ptr_t)context->Rsp;
# elif defined(GCI_CPU_I386)
    return (ptr_t)context->Esp;
# else
    return (ptr_t)context->Sp;
# endif
}

/* A 32-bit process on 64-bit Windows: inside a system call or an exception the registers may be old
   ones, so the whole stack counts. */
static bool is_stale(const CONTEXT *context)
{
# if defined(GCI_CPU_I386)
    return (context->ContextFlags & 0x8000000) != 0      /* CONTEXT_EXCEPTION_ACTIVE */
           || (context->ContextFlags & 0x10000000) != 0; /* CONTEXT_SERVICE_ACTIVE */
# else
    (void)context;
    return false;
# endif
}

static void note_registers(struct gci_thread *t)
{
    struct gci_native *n = t->native;

    t->stack_hot = hot_end(&n->context);
    if (is_stale(&n->context) && t->stack_map_lo != NULL)
        t->stack_hot = gci_stack_lowest_readable(t->stack_map_lo, t->stack_cold_home);
    t->regs_lo = (ptr_t)&n->context;
    t->regs_hi = (ptr_t)(&n->context + 1);
}

static enum gci_outcome ask(struct gci_thread *t, word bits)
{
    if (gci_blocking_hold(t, bits))
        return GCI_HELD;
    if (SuspendThread(t->native->handle) != (DWORD)-1)
        return GCI_ASKED;
    return WaitForSingleObject(t->native->handle, 0) == WAIT_OBJECT_0 ? GCI_GONE : GCI_BUSY;
}

/* Of a thread that was asked: it stands still, or runs on. */
static enum gci_outcome await(struct gci_thread *t)
{
    struct gci_native *n = t->native;

# if defined(GCI_CPU_I386)
    n->context.ContextFlags = CONTEXT_FULL | 0x40000000; /* CONTEXT_EXCEPTION_REQUEST */
# else
    n->context.ContextFlags = CONTEXT_FULL;
# endif
    if (!GetThreadContext(n->handle, &n->context)) { /* [asks] */
        (void)ResumeThread(n->handle);
        return WaitForSingleObject(n->handle, 0) == WAIT_OBJECT_0 ? GCI_GONE : GCI_BUSY;
    }
    if (t->nostop != 0 || gci_load(&t->blocked) != 0) { /* [nostop] [blocked] */
        gci_store(&t->ack_wanted, 1);
        if (t->nostop != 0)
            t->stop_pending = 1;
        (void)ResumeThread(n->handle);
        return GCI_BUSY;
    }
    note_registers(t);
    n->suspended = true;
    return GCI_STOPPED;
}

static void complain(const struct gci_thread *t)
{
    gci_log(0, "thread %u (id %lu) cannot be stopped\n", t->number, (unsigned long)t->id);
}

/* `outcome` is what asking it the first time had. */
static void finish_stop(struct gci_thread *t, word bits, enum gci_outcome outcome)
{
    for (unsigned tries = 1;; tries++) {
        if (outcome == GCI_ASKED)
            outcome = await(t);
        if (outcome != GCI_BUSY)
            break;
        if (tries == COMPLAIN_AFTER_TRIES)
            complain(t);
        if (tries <= EAGER_TRIES)
            gci_sys_yield();
        else
            Sleep(1);
        outcome = ask(t, bits);
    }
    gci_store(&t->ack_wanted, 0);
    if (outcome == GCI_GONE)
        t->flags |= GCI_THREAD_VANISHED;
}

static bool is_out(const struct gci_thread *t)
{
    return (t->flags & (GCI_THREAD_FINISHED | GCI_THREAD_VANISHED)) != 0;
}

/* All are asked before the first is waited for. */
void gci_stop_threads_locked(struct gci_thread *self)
{
    struct gci_thread *t;

    (void)ResetEvent((HANDLE)wake_event);
    for (t = gci_threads_first(); t != NULL; t = t->next)
        if (t != self && !is_out(t) && !t->native->suspended) /* GC_suspend_thread */
            t->native->outcome = ask(t, GCI_BLOCKED_BY_STOP);
    for (t = gci_threads_first(); t != NULL; t = t->next)
        if (t != self && !is_out(t) && !t->native->suspended)
            finish_stop(t, GCI_BLOCKED_BY_STOP, t->native->outcome);
}

static void let_go(struct gci_thread *t)
{
    t->native->suspended = false;
    t->regs_lo = t->regs_hi = NULL;
    (void)ResumeThread(t->native->handle);
}

void gci_stop_restart_locked(struct gci_thread *self)
{
    struct gci_thread *t;

    for (t = gci_threads_first(); t != NULL; t = t->next)
        if (t != self && !is_out(t) && t->native->suspended && t->suspended == 0)
            let_go(t);
    (void)SetEvent((HANDLE)wake_event);
}

void gci_stop_suspend_locked(struct gci_thread *t)
{
    finish_stop(t, GCI_BLOCKED_BY_SUSPEND, ask(t, GCI_BLOCKED_BY_SUSPEND));
    gci_store(&t->suspended, 1);
    gci_thread_reap_vanished_locked();
}

void gci_stop_resume_locked(struct gci_thread *t)
{
    if (t->native->suspended)
        let_go(t);
    (void)SetEvent((HANDLE)wake_event);
}

void gci_stop_after_fork(void)
{
}

/* ---- no signals are used --------------------------------------------------------------------- */

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
