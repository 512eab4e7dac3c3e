/* mutex.h - what a port owes the collector for waiting: a mutex, and conditions under it.
 *
 * Files: os_dep/mutex_*.c, chosen by configure from the sort of threads. Contracts as in port.h: errno
 * values, no messages. The collector's locks, made of these: ground.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_MUTEX_H
#define GCI_MUTEX_H

#include "private/atomics.h"

#if defined(GC_PTHREADS)
# include <pthread.h>
struct gci_mutex {
    pthread_mutex_t mutex;
};
struct gci_condition {
    pthread_cond_t condition;
};
# define GCI_MUTEX_INITIALIZER     { PTHREAD_MUTEX_INITIALIZER }
# define GCI_CONDITION_INITIALIZER { PTHREAD_COND_INITIALIZER }
/* Something unique to the calling thread, never 0, had without a table and without allocating: where
   its errno lives. */
GCI_INLINE word gci_mutex_self(void) { return (word)(uintptr_t)&errno; }
#else /* Windows' own threads, or one thread, which never waits */
struct gci_mutex {
    volatile word state; /* 0 free, 1 held, 2 held and perhaps waited for */
    volatile word event; /* handle, 0 before the first wait */
};
struct gci_condition {
    volatile word waiters, semaphore; /* handle, 0 before the first wait */
};
# define GCI_MUTEX_INITIALIZER     { 0, 0 }
# define GCI_CONDITION_INITIALIZER { 0, 0 }
word gci_mutex_self(void);
#endif

int gci_mutex_try(struct gci_mutex *mutex);  /* 0: taken; EBUSY, or what is wrong */
int gci_mutex_lock(struct gci_mutex *mutex); /* sleeps until it is taken; else what is wrong */
void gci_mutex_unlock(struct gci_mutex *mutex);
int gci_mutex_reset(struct gci_mutex *mutex); /* in a fork's child: free, whoever had it. 0 or what is wrong */

/* The mutex is held before and after; may wake without cause. EDEADLK: nobody could wake the caller. */
int gci_mutex_sleep(struct gci_mutex *mutex, struct gci_condition *condition);
/* Wakes one, or all, of those who sleep. Who changes what they wait for holds the mutex meanwhile; on
   Windows also now. */
void gci_condition_signal(struct gci_condition *condition);
void gci_condition_broadcast(struct gci_condition *condition);
/* In a fork's child: those who waited are not here. */
void gci_condition_reset_after_fork(struct gci_condition *condition);

#endif /* GCI_MUTEX_H */
