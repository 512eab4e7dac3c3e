/* condition.h - waiting for something under a lock; collector/ground/condition.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_CONDITION_H
#define GCI_CONDITION_H

#include "private/ground.h"

struct gci_condition {
#ifdef GCI_THREADS
    pthread_cond_t cond;
#else
    int nobody; /* one thread never waits for another */
#endif
};
#ifdef GCI_THREADS
# define GCI_CONDITION_INITIALIZER { PTHREAD_COND_INITIALIZER }
#else
# define GCI_CONDITION_INITIALIZER { 0 }
#endif

/* The lock is held before and after; may wake without cause. */
void gci_condition_wait(struct gci_condition *condition, struct gci_lock *lock);
void gci_condition_signal(struct gci_condition *condition);
void gci_condition_broadcast(struct gci_condition *condition);

#endif /* GCI_CONDITION_H */
