/* stop_signal.c - stopping threads by a signal; they answer and sleep until the epoch is over.
 *
 * When to stop and start: world.c.  Counterparts: stop_none.c and what other systems need.
 *
 * All signals are sent first; the last thread to answer wakes the stopper, once.  Where the kernel
 * has futexes the stopped threads sleep on the epoch itself and one system call restarts them all;
 * elsewhere they sleep in sigsuspend and each gets the restart signal.
 *
 * [once]       A thread answers exactly once per request: the asker sets ack_wanted, the handler
 *              clears it. A signal that comes late, twice, or from a stranger finds it clear.
 * [order]      A stop makes the epoch odd before it sets ack_wanted; a suspension sets ack_wanted
 *              before `suspended`, which a thread about to leave the handler obeys and answers.
 * [count]      unanswered = requests - answers. Handlers may answer before the requests are added,
 *              so it may be negative for a while; it reaches zero from above exactly once.
 * [registers]  The handler's frame lies beyond the interrupted frame's red zone; between the two
 *              the kernel saved all registers. gci_regs_call saves what the handler's callers hold.
 * [no-point]   The thread is not cancelled inside the handler: one that unwinds with the suspend
 *              signal blocked could not be stopped, nor could it unregister while its stopper holds
 *              the allocator lock. Every signal is blocked there, the C library's own too; hence
 *              no function that is a cancellation point may be called (some wait for that signal),
 *              and on Linux the handler sleeps by system calls. Elsewhere sigsuspend is called with
 *              cancellation disabled and deferred, enabled again under the interrupted mask.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/threads.h"

#ifdef GCI_THREADS

# include <semaphore.h>
# include <signal.h>
# include <string.h>
# include <sys/select.h>
# include <time.h>
# ifdef __linux__
#  include <sys/syscall.h>
#  include <unistd.h>
# endif

/* The kernel's numbers: its headers may be missing. Without a timeout both calls are the same. */
# define FUTEX_WAIT_PRIVATE 128
# define FUTEX_WAKE_PRIVATE 129
# if defined(__linux__) && !defined(SYS_futex) && defined(SYS_futex_time64)
#  define SYS_futex SYS_futex_time64
# endif
# if defined(__linux__) && defined(SYS_futex) && !defined(GCI_NO_FUTEX)
static const bool config_futex = true;
# else
static const bool config_futex = false;
#  undef SYS_futex
# endif

# if defined(__linux__) && defined(SYS_rt_sigsuspend) && defined(_NSIG)
static const bool config_raw_sigsuspend = true;

static void sleep_by_system_call(const sigset_t *mask)
{
    (void)syscall(SYS_rt_sigsuspend, mask, (size_t)_NSIG / 8);
}
# else
static const bool config_raw_sigsuspend = false;

static void sleep_by_system_call(const sigset_t *mask GCI_UNUSED)
{
}
# endif

/* A request that is not answered in so long is sent again; thereafter twice as long each time. */
# define FIRST_PATIENCE_MS   50
# define LAST_PATIENCE_MS    1000
# define COMPLAIN_AFTER_MS   15000

static int signal_suspend = GCI_SUSPEND_SIGNAL;
static int signal_restart = GCI_RESTART_SIGNAL;
static bool started, retry = true;
static sem_t answered;              /* posted when unanswered becomes zero */
static volatile word unanswered;    /* [count] */
static sigset_t only_restart;       /* every other signal blocked: the mask while asleep */

/* ---- sleeping: async-signal-safe ------------------------------------------------------- */

# ifdef SYS_futex
/* The kernel's futexes are 32 bits wide: the half of the word that changes. */
static int *futex_half(volatile word *w)
{
#  if CPP_WORDSZ == 64 && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return (int *)(uintptr_t)w + 1;
#  else
    return (int *)(uintptr_t)w;
#  endif
}

static void futex_sleep(volatile word *w, word is)
{
    (void)syscall(SYS_futex, futex_half(w), FUTEX_WAIT_PRIVATE, (int)is, NULL, NULL, 0);
}

static void futex_wake_all(volatile word *w)
{
    (void)syscall(SYS_futex, futex_half(w), FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}
# else
static void futex_sleep(volatile word *w GCI_UNUSED, word is GCI_UNUSED)
{
}

static void futex_wake_all(volatile word *w GCI_UNUSED)
{
}
# endif

/* In the handler: until *w is not `is` any more; may return early. Signals are blocked but for
   the restart signal while it sleeps. */
static void sleep_in_handler(volatile word *w, word is)
{
    struct timespec a_while = { 0, LAST_PATIENCE_MS / 10 * 1000000L };

    if (config_futex)
        futex_sleep(w, is);
    else if (config_raw_sigsuspend)
        sleep_by_system_call(&only_restart);
    else if (retry)
        (void)pselect(0, NULL, NULL, NULL, &a_while, &only_restart);
    else
        (void)sigsuspend(&only_restart);
}

/* [claim] What keeps a blocked thread: the stopped world sleeps on the epoch, a suspension on the
   flags themselves. */
static void sleep_blocked(struct gci_thread *t, void (*sleep)(volatile word *w, word is))
{
    word epoch = gci_load_acquire(&gci_world_epoch), held = gci_load_acquire(&t->blocked);

    if ((held & GCI_BLOCKED_BY_STOP) != 0) {
        if ((epoch & 1) != 0)
            sleep(&gci_world_epoch, epoch);
    } else if ((held & GCI_BLOCKED_BY_SUSPEND) != 0) {
        sleep(&t->blocked, held);
    }
}

/* Outside the handler. */
static void sleep_anywhere(volatile word *w, word is)
{
    struct timespec a_moment = { 0, 1000000 };

    if (config_futex) {
        futex_sleep(w, is);
    } else if (w == &gci_world_epoch) {
        GCI_LOCK(); /* whoever stopped the world holds it */
        GCI_UNLOCK();
    } else {
        (void)nanosleep(&a_moment, NULL);
    }
}

void gci_stop_wait_blocked(struct gci_thread *t)
{
    int was = gci_cancel_disable();

    sleep_blocked(t, sleep_anywhere);
    gci_cancel_restore(was);
}

/* ---- the handler --------------------------------------------------------------------------- */

static void answer(struct gci_thread *t)
{
    if (gci_load_acquire(&t->ack_wanted) == 0)
        return; /* [once] */
    gci_store(&t->ack_wanted, 0);
    if (gci_fetch_add(&unanswered, (word)-1) == 1)
        (void)sem_post(&answered);
}

/* By GC_suspend_thread: a blocking region that began in the handler. */
static void rest_suspended(struct gci_thread *t)
{
    gci_store_release(&t->blocked, GCI_BLOCKED | GCI_BLOCKED_BY_SUSPEND);
    answer(t);
    while (!gci_cas(&t->blocked, GCI_BLOCKED, 0)) /* [claim] */
        sleep_blocked(t, sleep_in_handler);
}

/* It began a blocking region after it was asked: it may go on there, but not leave. */
static void hold_and_answer(struct gci_thread *t)
{
    word why = (gci_load_acquire(&gci_world_epoch) & 1) != 0 ? GCI_BLOCKED_BY_STOP : 0;

    if (gci_load_acquire(&t->suspended) != 0)
        why |= GCI_BLOCKED_BY_SUSPEND;
    if (why == 0) /* a stray signal: the reason will be told in a moment [order] */
        return;
    (void)gci_blocking_hold(t, why);
    answer(t);
}

struct stopping {
    struct gci_thread *thread;
    ptr_t alt_lo, alt_hi;
};

static void park(ptr_t hot, void *arg)
{
    struct stopping *s = arg;
    struct gci_thread *t = s->thread;
    word epoch = gci_load_acquire(&gci_world_epoch);

    gci_stack_note_hot_sigsafe(t, hot, s->alt_lo, s->alt_hi);
    gci_store(&t->parked, 1);
    gci_store_release(&t->stop_epoch, epoch);
    if ((epoch & 1) != 0) {
        answer(t);
        while (gci_load_acquire(&gci_world_epoch) == epoch)
            sleep_in_handler(&gci_world_epoch, epoch);
        gci_store(&t->stop_epoch, epoch + 1);
    }
    if (gci_load_acquire(&t->suspended) != 0)
        rest_suspended(t);
    gci_store(&t->parked, 0);
}

/* The kernel tells in the frame it made whether the handler was put on an alternate stack, or
   began while another one ran there. */
static void look_for_alternate_stack(struct stopping *s, const void *context)
{
# ifdef __linux__
    const ucontext_t *uc = context;

    if ((uc->uc_stack.ss_flags & SS_ONSTACK) != 0) {
        ptr_t here = __builtin_frame_address(0), lo = uc->uc_stack.ss_sp;

        if (here >= lo && here < lo + uc->uc_stack.ss_size) {
            s->alt_lo = lo;
            s->alt_hi = lo + uc->uc_stack.ss_size;
        }
    }
# else
    (void)s;
    (void)context;
# endif
}

/* [no-point] */
static void park_uncancelled(struct stopping *s, const void *context GCI_UNUSED)
{
# ifdef GC_NO_PTHREAD_CANCEL
    gci_regs_call(park, s);
# else
    int state, type = PTHREAD_CANCEL_DEFERRED;

    if (config_futex || config_raw_sigsuspend) {
        gci_regs_call(park, s);
        return;
    }
    state = gci_cancel_disable();
    (void)pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &type);
    gci_regs_call(park, s);
    gci_cancel_restore(state);
    if (type != PTHREAD_CANCEL_DEFERRED) {
        (void)pthread_sigmask(SIG_SETMASK, &((const ucontext_t *)context)->uc_sigmask, NULL);
        (void)pthread_setcanceltype(type, NULL);
    }
# endif
}

static void on_suspend_signal(int sig GCI_UNUSED, siginfo_t *info GCI_UNUSED, void *context)
{
    struct stopping s = { gci_self(), NULL, NULL };
    int saved_errno = errno;

    if (s.thread == NULL || gci_load_acquire(&s.thread->ack_wanted) == 0)
        return; /* [once]; a signal meant for somebody else */
    if (s.thread->nostop != 0) {
        s.thread->stop_pending = 1; /* [nostop] */
        return;
    }
    if (s.thread->blocked != 0) {
        hold_and_answer(s.thread);
    } else {
        look_for_alternate_stack(&s, context);
        park_uncancelled(&s, context);
    }
    errno = saved_errno;
}

static void on_restart_signal(int sig GCI_UNUSED)
{
    /* Its arrival ends sigsuspend. */
}

/* The handler looked, and left a note; now it may do its work. */
void gci_thread_obey_stop(struct gci_thread *t)
{
    t->stop_pending = 0;
    GCI_COMPILER_BARRIER();
    if (gci_load(&t->ack_wanted) != 0)
        (void)pthread_kill(pthread_self(), signal_suspend); /* handled before this returns */
}

/* ---- the stopper: allocator lock held ----------------------------------------------------------- */

/* Sends the request (again). False: the thread does not exist any more. */
static bool ask(struct gci_thread *t)
{
    int error;

    while ((error = pthread_kill(t->id, signal_suspend)) == EAGAIN)
        gci_sys_yield();
    if (error == 0)
        return true;
    if (error != ESRCH)
        gci_abort("pthread_kill(%p, %d) failed, errno %d", (void *)(uintptr_t)t->id,
                  signal_suspend, error);
    t->flags |= GCI_THREAD_VANISHED;
    gci_store(&t->ack_wanted, 0);
    return false;
}

static void deadline_in(struct timespec *deadline, long ms)
{
    (void)clock_gettime(CLOCK_REALTIME, deadline);
    deadline->tv_sec += ms / 1000;
    deadline->tv_nsec += ms % 1000 * 1000000;
    if (deadline->tv_nsec >= 1000000000) {
        deadline->tv_nsec -= 1000000000;
        deadline->tv_sec++;
    }
}

/* Whoever has not answered is asked again; a thread that missed its restart wakes up too. False
   when the last of them turned out to be gone: then nobody posts. */
static bool ask_again(bool complain)
{
    struct gci_thread *t;
    bool post_comes = true;

    for (t = gci_threads_first(); t != NULL; t = t->next) {
        if (gci_thread_is_out(t) || gci_load(&t->ack_wanted) == 0)
            continue;
        if (complain)
            gci_log(0, "thread %u (%p) does not answer signal %d; is it blocked there?\n",
                    t->number, (void *)(uintptr_t)t->id, signal_suspend);
        if (!config_futex && gci_load(&t->parked) != 0)
            (void)pthread_kill(t->id, signal_restart);
        if (!ask(t) && gci_fetch_add(&unanswered, (word)-1) == 1)
            post_comes = false;
    }
    return post_comes;
}

/* `asked` requests are on their way. [count]: if any is open when they are added, one post comes,
   and it is consumed here. */
static void wait_for_answers(word asked)
{
    long patience_ms = FIRST_PATIENCE_MS, waited_ms = 0;
    struct timespec deadline;

    if ((intptr_t)(gci_fetch_add(&unanswered, asked) + asked) <= 0)
        return;
    for (unsigned spins = 0; spins < 200 && gci_load_acquire(&unanswered) != 0; spins++)
        gci_cpu_relax();
    for (;;) {
        if (!retry) {
            if (sem_wait(&answered) == 0)
                return;
            continue; /* a signal of the program's */
        }
        deadline_in(&deadline, patience_ms);
        if (sem_timedwait(&answered, &deadline) == 0)
            return;
        if (errno != ETIMEDOUT)
            continue;
        waited_ms += patience_ms;
        if (!ask_again(waited_ms >= COMPLAIN_AFTER_MS
                       && waited_ms - patience_ms < COMPLAIN_AFTER_MS))
            return;
        patience_ms = patience_ms * 2 > LAST_PATIENCE_MS ? LAST_PATIENCE_MS : patience_ms * 2;
    }
}

void gci_stop_threads_locked(struct gci_thread *self)
{
    int saved_errno = errno;
    struct gci_thread *t;
    word asked = 0;

    for (t = gci_threads_first(); t != NULL; t = t->next) {
        if (t == self || gci_thread_is_out(t) || gci_blocking_hold(t, GCI_BLOCKED_BY_STOP))
            continue;
        gci_store_release(&t->ack_wanted, 1);
        if (ask(t))
            asked++;
    }
    if (asked != 0)
        wait_for_answers(asked);
    errno = saved_errno;
}

void gci_stop_restart_locked(struct gci_thread *self)
{
    int saved_errno = errno;
    struct gci_thread *t;

    if (config_futex)
        futex_wake_all(&gci_world_epoch);
    else
        for (t = gci_threads_first(); t != NULL; t = t->next)
            if (t != self && !gci_thread_is_out(t) && gci_load_acquire(&t->parked) != 0)
                (void)pthread_kill(t->id, signal_restart);
    errno = saved_errno;
}

void gci_stop_suspend_locked(struct gci_thread *t)
{
    int saved_errno = errno, cancel_state = gci_cancel_disable();

    gci_store_release(&t->ack_wanted, 1);
    gci_store_release(&t->suspended, 1); /* [order] */
    if (ask(t))
        wait_for_answers(1);
    gci_thread_reap_vanished_locked();
    gci_cancel_restore(cancel_state);
    errno = saved_errno;
}

void gci_stop_resume_locked(struct gci_thread *t)
{
    int saved_errno = errno;

    if (config_futex)
        futex_wake_all(&t->blocked);
    else if (gci_load_acquire(&t->parked) != 0)
        (void)pthread_kill(t->id, signal_restart);
    errno = saved_errno;
}

/* ---- set up ----------------------------------------------------------------------------------------- */

static void install(int sig, struct sigaction *action)
{
    struct sigaction before;

    if (sigaction(sig, action, &before) != 0)
        gci_abort("GC_init: signal %d cannot be used to stop or restart threads, errno %d", sig,
                  errno);
    if ((before.sa_flags & SA_SIGINFO) != 0
        || (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN))
        gci_log(1, "a handler the program had for signal %d is replaced\n", sig);
}

void gci_stop_init(void)
{
    struct sigaction action = { 0 };

    if (started)
        return;
    started = true;
    retry = gci_options.retry_signals != 0;
    if (!config_futex && signal_suspend == signal_restart)
        gci_abort("GC_init: threads would be stopped and restarted by the same signal %d",
                  signal_suspend);
    if (sem_init(&answered, 0, 0) != 0)
        gci_abort("GC_init: sem_init failed, errno %d", errno);
    /* Not sigfillset, which leaves out what the C library cancels threads by. [no-point] */
    memset(&only_restart, 0xff, sizeof only_restart);
    (void)sigdelset(&only_restart, signal_restart);
    /* While stopped a thread runs no handler of the program's, but its own faults must be told:
       dirty bits by page protection, debuggers, abort. */
    memset(&action.sa_mask, 0xff, sizeof action.sa_mask);
    (void)sigdelset(&action.sa_mask, SIGSEGV);
    (void)sigdelset(&action.sa_mask, SIGBUS);
    (void)sigdelset(&action.sa_mask, SIGILL);
    (void)sigdelset(&action.sa_mask, SIGFPE);
    (void)sigdelset(&action.sa_mask, SIGTRAP);
    (void)sigdelset(&action.sa_mask, SIGABRT);
    action.sa_flags = SA_RESTART | SA_SIGINFO;
    action.sa_sigaction = on_suspend_signal;
    install(signal_suspend, &action);
    if (config_futex) /* the other signal stays the program's */
        return;
    action.sa_flags = SA_RESTART;
    action.sa_handler = on_restart_signal;
    install(signal_restart, &action);
}

void gci_stop_unblock_signals(void)
{
    sigset_t ours;

    (void)sigemptyset(&ours);
    (void)sigaddset(&ours, signal_suspend);
    if (!config_futex)
        (void)sigaddset(&ours, signal_restart);
    (void)pthread_sigmask(SIG_UNBLOCK, &ours, NULL);
}

void gci_stop_spare_signals(sigset_t *set)
{
    (void)sigdelset(set, signal_suspend);
    if (!config_futex)
        (void)sigdelset(set, signal_restart);
}

void gci_stop_after_fork(void)
{
    (void)sem_init(&answered, 0, 0);
    gci_store(&unanswered, 0);
}

static void set_signal(int *which, int sig, const char *function)
{
    sigset_t any;

    if (started)
        return;
    (void)sigemptyset(&any);
    if (sigaddset(&any, sig) != 0 || sig == SIGKILL || sig == SIGSTOP) {
        gci_warn_text("%s(%d): no signal that could be caught; %d stays", function, sig, *which);
        return;
    }
    *which = sig;
}

GC_API void GC_CALL GC_set_suspend_signal(int sig)
{
    set_signal(&signal_suspend, sig, "GC_set_suspend_signal");
}

GC_API void GC_CALL GC_set_thr_restart_signal(int sig)
{
    set_signal(&signal_restart, sig, "GC_set_thr_restart_signal");
}

GC_API int GC_CALL GC_get_suspend_signal(void)
{
    return signal_suspend;
}

GC_API int GC_CALL GC_get_thr_restart_signal(void)
{
    return signal_restart;
}

#endif /* GCI_THREADS */
