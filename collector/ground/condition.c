/* condition.c - condition variables over the collector's locks (lock.c).
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/condition.h"

#ifdef GCI_THREADS
void gci_condition_wait(struct gci_condition *condition, struct gci_lock *lock)
{
    word holder = gci_load(&lock->holder);

    gci_store(&lock->holder, 0);
    pthread_cond_wait(&condition->cond, &lock->mutex);
    gci_store(&lock->holder, holder);
}

void gci_condition_signal(struct gci_condition *condition)
{
    pthread_cond_signal(&condition->cond);
}

void gci_condition_broadcast(struct gci_condition *condition)
{
    pthread_cond_broadcast(&condition->cond);
}
#else
/* Waiting alone would last for ever: a caller's mistake. */
void gci_condition_wait(struct gci_condition *condition GCI_UNUSED, struct gci_lock *lock GCI_UNUSED)
{
    gci_abort("gci_condition_wait: no other thread could wake this one");
}

void gci_condition_signal(struct gci_condition *condition GCI_UNUSED)
{
}

void gci_condition_broadcast(struct gci_condition *condition GCI_UNUSED)
{
}
#endif
