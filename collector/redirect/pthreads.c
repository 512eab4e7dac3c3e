/* pthreads.c - a program that knows nothing of the collector makes threads and blocks signals.
 *
 * The functions of the interface do the work: pthread_support/create.c. They call the ones here,
 * which recognise them and go on to the C library's.
 *
 * [caller]  Calls from the C library and from the collector are not the program's: marker threads
 *           stay unknown, and GC_pthread_create reaches the real pthread_create.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/redirect.h"

#ifdef GCI_THREADS

# include <pthread.h>
# include <signal.h>
# include <stdlib.h>
# if __has_include(<threads.h>)
#  include <threads.h>
# endif

/* Declares `next`, the C library's function of the name, of the type of ours. */
# define NEXT(name)                                                  \
    static __typeof__(&name) next;                                   \
    if (next == NULL)                                                \
        *(void **)(void *)&next = gci_redirect_next(#name)

GCI_INTERPOSE int pthread_create(pthread_t *id, const pthread_attr_t *attr,
                                 void *(*routine)(void *), void *arg)
{
    NEXT(pthread_create);
    return gci_redirect_is_system(GCI_CALLER()) ? next(id, attr, routine, arg)
                                                : GC_pthread_create(id, attr, routine, arg);
}

GCI_INTERPOSE int pthread_join(pthread_t id, void **result)
{
    NEXT(pthread_join);
    return gci_redirect_is_system(GCI_CALLER()) ? next(id, result) : GC_pthread_join(id, result);
}

GCI_INTERPOSE int pthread_detach(pthread_t id)
{
    static __thread bool passing __attribute__((tls_model("initial-exec")));
    int error;

    NEXT(pthread_detach);
    if (passing || gci_redirect_is_system(GCI_CALLER()))
        return next(id);
    passing = true; /* it ends by jumping here, with its caller's return address */
    error = GC_pthread_detach(id);
    passing = false;
    return error;
}

GCI_INTERPOSE void pthread_exit(void *result)
{
    NEXT(pthread_exit);
    if (!gci_redirect_is_system(GCI_CALLER()))
        GC_pthread_exit(result);
    next(result);
    __builtin_unreachable();
}

/* ---- C11's ---- */

# if __has_include(<threads.h>)


struct start {
    thrd_start_t routine;
    void *arg;
};

static void *run(void *arg)
{
    struct start start = *(struct start *)arg;

    free(arg);
    return (void *)(intptr_t)start.routine(start.arg);
}

GCI_INTERPOSE int thrd_create(thrd_t *id, thrd_start_t routine, void *arg)
{
    struct start *start = malloc(sizeof *start);
    int error;

    if (start == NULL)
        return thrd_nomem;
    *start = (struct start){ routine, arg };
    error = GC_pthread_create(id, NULL, run, start);
    if (error != 0)
        free(start);
    return error == 0 ? thrd_success : error == ENOMEM ? thrd_nomem : thrd_error;
}

# endif

/* ---- signal masks: a thread that cannot be stopped would stop everybody else ---- */

static const sigset_t *spared(int how, const sigset_t *set, sigset_t *copy)
{
    if (set == NULL || how == SIG_UNBLOCK)
        return set;
    *copy = *set;
    gci_stop_spare_signals(copy);
    return copy;
}

GCI_INTERPOSE int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    sigset_t copy;

    NEXT(pthread_sigmask);
    if (!gci_redirect_is_system(GCI_CALLER()))
        set = spared(how, set, &copy);
    return next(how, set, old);
}

GCI_INTERPOSE int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    sigset_t copy;

    NEXT(sigprocmask);
    if (!gci_redirect_is_system(GCI_CALLER()))
        set = spared(how, set, &copy);
    return next(how, set, old);
}

#endif /* GCI_THREADS */
