/* condition.c - condition variables over the collector's locks (lock.c).
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/condition.h"

#if defined(GCI_THREADS) && !defined(GC_PTHREADS)
# define WIN32_LEAN_AND_MEAN
# include <windows.h>
#endif

#if defined(GC_PTHREADS)
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

void gci_condition_reset_after_fork(struct gci_condition *condition)
{
    (void)pthread_cond_init(&condition->cond, NULL);
}
#elif defined(GCI_THREADS)
/* One permit for each waiter that is woken. A newcomer that takes another's permit found its
   predicate false, so the other has nothing to wake up for. */
void gci_condition_wait(struct gci_condition *condition, struct gci_lock *lock)
{
    HANDLE semaphore = (HANDLE)gci_load_acquire(&condition->semaphore);

    if (semaphore == NULL) {
        semaphore = CreateSemaphoreA(NULL, 0, INT32_MAX, NULL);
        if (semaphore == NULL) { /* out of handles: look again in a while */
            gci_lock_release(lock);
            Sleep(1);
            gci_lock_acquire(lock);
            return;
        }
        gci_store_release(&condition->semaphore, (word)semaphore); /* the lock is held */
    }
    condition->waiters++;
    gci_lock_release(lock);
    (void)WaitForSingleObject(semaphore, INFINITE);
    gci_lock_acquire(lock);
}

static void wake(struct gci_condition *condition, word count)
{
    if (count == 0)
        return;
    condition->waiters -= count;
    (void)ReleaseSemaphore((HANDLE)condition->semaphore, (LONG)count, NULL);
}

void gci_condition_signal(struct gci_condition *condition)
{
    wake(condition, condition->waiters != 0);
}

void gci_condition_broadcast(struct gci_condition *condition)
{
    wake(condition, condition->waiters);
}

void gci_condition_reset_after_fork(struct gci_condition *condition)
{
    condition->waiters = 0;
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

void gci_condition_reset_after_fork(struct gci_condition *condition GCI_UNUSED)
{
}
#endif
