/* condition.h - waiting for something under a lock; collector/ground/condition.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_CONDITION_H
#define GCI_CONDITION_H

#include "private/ground.h"

struct gci_condition {
#if defined(GC_PTHREADS)
    pthread_cond_t cond;
#elif defined(GCI_THREADS)
    volatile word waiters, semaphore; /* handle, 0 before the first wait */
#else
    int nobody; /* one thread never waits for another */
#endif
};
#if defined(GC_PTHREADS)
# define GCI_CONDITION_INITIALIZER { PTHREAD_COND_INITIALIZER }
#elif defined(GCI_THREADS)
# define GCI_CONDITION_INITIALIZER { 0, 0 }
#else
# define GCI_CONDITION_INITIALIZER { 0 }
#endif

/* The lock is held before and after; may wake without cause.  Who signals holds it too. */
void gci_condition_wait(struct gci_condition *condition, struct gci_lock *lock);
void gci_condition_signal(struct gci_condition *condition);
void gci_condition_broadcast(struct gci_condition *condition);
/* In a fork's child: those who waited are not here. */
void gci_condition_reset_after_fork(struct gci_condition *condition);

#endif /* GCI_CONDITION_H */
