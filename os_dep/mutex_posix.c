/* mutex_posix.c - mutexes and conditions of POSIX threads.
 *
 * Counterparts: mutex_win32.c, mutex_none.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/mutex.h"

int gci_mutex_try(struct gci_mutex *mutex)
{
    return pthread_mutex_trylock(&mutex->mutex);
}

int gci_mutex_lock(struct gci_mutex *mutex)
{
    return pthread_mutex_lock(&mutex->mutex);
}

void gci_mutex_unlock(struct gci_mutex *mutex)
{
    (void)pthread_mutex_unlock(&mutex->mutex);
}

/* Made anew, not unlocked: it may have been held by a thread that does not exist here. */
int gci_mutex_reset(struct gci_mutex *mutex)
{
    return pthread_mutex_init(&mutex->mutex, NULL);
}

int gci_mutex_sleep(struct gci_mutex *mutex, struct gci_condition *condition)
{
    return pthread_cond_wait(&condition->condition, &mutex->mutex);
}

void gci_condition_signal(struct gci_condition *condition)
{
    (void)pthread_cond_signal(&condition->condition);
}

void gci_condition_broadcast(struct gci_condition *condition)
{
    (void)pthread_cond_broadcast(&condition->condition);
}

void gci_condition_reset_after_fork(struct gci_condition *condition)
{
    (void)pthread_cond_init(&condition->condition, NULL);
}
