/* native_posix.c - what the registry and the pool of markers need of POSIX threads.
 *
 * Counterpart: native_win32.c.
 *
 * [last-round]  Thread-specific destructors run in rounds; ours re-arms itself and unregisters in
 *               the last one the system promises, so that destructors of others may use the heap. The last but
 *               one under the thread sanitizer, which ends there and knows the thread no more.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/threads.h"

#ifdef GC_PTHREADS

# include <limits.h>
# include <signal.h>

# ifndef PTHREAD_DESTRUCTOR_ITERATIONS
#  define PTHREAD_DESTRUCTOR_ITERATIONS 4
# endif

# define LAST_ROUND (PTHREAD_DESTRUCTOR_ITERATIONS - (config_thread_sanitizer ? 1 : 0))

static pthread_key_t exit_key;
static bool exit_key_made;

/* ---- [last-round] ------------------------------------------------------------------ */

static void thread_exits(void *arg)
{
    struct gci_thread *t = arg;

    if (gci_self() != t)
        return; /* unregistered in the meantime, in a destructor of the program */
    if (++t->exit_rounds < LAST_ROUND && pthread_setspecific(exit_key, t) == 0)
        return;
    gci_thread_unregister_self();
}

void gci_native_init(void)
{
    exit_key_made = pthread_key_create(&exit_key, thread_exits) == 0;
}

/* Without the key GC_pthread_create's wrapper unregisters. */
int gci_native_attach_locked(struct gci_thread *t)
{
    t->exit_rounds = 0;
    if (exit_key_made && pthread_setspecific(exit_key, t) == 0)
        t->flags |= GCI_THREAD_KEYED;
    return 0;
}

void gci_native_detach_locked(struct gci_thread *t)
{
    if ((t->flags & GCI_THREAD_KEYED) != 0 && t == gci_self())
        (void)pthread_setspecific(exit_key, NULL);
    t->flags &= ~(word)GCI_THREAD_KEYED;
}

/* ---- helpers ------------------------------------------------------------------------ */

static void *start_helper(void *arg)
{
    ((void (*)(void))(uintptr_t)arg)();
    return NULL;
}

static int create_helper(void (*run)(void), size_t stack_bytes)
{
    pthread_attr_t attr;
    pthread_t id;
    int error;

    if (pthread_attr_init(&attr) != 0)
        return ENOMEM;
    (void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    error = stack_bytes != 0 ? pthread_attr_setstacksize(&attr, stack_bytes) : 0;
    if (error == 0)
        error = pthread_create(&id, &attr, start_helper, (void *)(uintptr_t)run);
    (void)pthread_attr_destroy(&attr);
    return error;
}

int gci_native_helper(void (*run)(void), size_t stack_bytes)
{
    sigset_t all, before;
    int error;

    (void)sigfillset(&all);
    (void)sigdelset(&all, SIGSEGV); /* the sweep may write to a protected page: vdb_mprotect.c */
# ifdef SIGBUS
    (void)sigdelset(&all, SIGBUS);
# endif
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    error = create_helper(run, stack_bytes);
    /* Too small where the program has much static thread-local data: then the default size. */
    if (error == EINVAL)
        error = create_helper(run, 0);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

bool gci_native_others_ended(void)
{
    return false; /* exit leaves them running */
}

#endif /* GC_PTHREADS */
