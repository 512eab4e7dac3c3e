/* mutex_win32.c - mutexes and conditions of Windows, which suspended threads do not block.
 *
 * Counterparts: mutex_posix.c, mutex_none.c.
 *
 * [kernel]  Windows' threads are suspended anywhere, also inside its own locks and waits on
 *           addresses, whose queues then stay locked in user space. So ours waits on an event, by
 *           system calls alone; and for a bounded time, since a wake-up that reached a suspended
 *           thread is lost for the others.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/mutex.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#define PATIENCE_MS 20

/* Not where its errno lives: the C library allocates that, which a marker must not do while others are
   suspended. */
word gci_mutex_self(void)
{
    return (word)GetCurrentThreadId();
}

int gci_mutex_try(struct gci_mutex *mutex)
{
    return gci_cas(&mutex->state, 0, 1) ? 0 : EBUSY;
}

/* Takes the mutex if it is free; else says that somebody waits. (Drepper 2005, "Futexes Are
   Tricky", the second mutex) */
static bool try_or_announce(struct gci_mutex *mutex)
{
    word was;

    do {
        was = gci_load(&mutex->state);
    } while (!gci_cas(&mutex->state, was, 2));
    return was == 0;
}

static HANDLE event_of(struct gci_mutex *mutex)
{
    HANDLE event = (HANDLE)gci_load_acquire(&mutex->event);

    if (event != NULL)
        return event;
    event = CreateEventA(NULL, FALSE, FALSE, NULL);
    if (event != NULL && !gci_cas(&mutex->event, 0, (word)event)) {
        CloseHandle(event);
        event = (HANDLE)gci_load_acquire(&mutex->event);
    }
    return event;
}

int gci_mutex_lock(struct gci_mutex *mutex)
{
    HANDLE event;

    if (gci_mutex_try(mutex) == 0)
        return 0;
    event = event_of(mutex);
    while (!try_or_announce(mutex)) {
        if (event != NULL)
            (void)WaitForSingleObject(event, PATIENCE_MS);
        else
            Sleep(1);
    }
    return 0;
}

void gci_mutex_unlock(struct gci_mutex *mutex)
{
    HANDLE event;

    if (gci_fetch_add(&mutex->state, (word)-1) == 1)
        return;
    gci_store_release(&mutex->state, 0);
    event = (HANDLE)gci_load_acquire(&mutex->event);
    if (event != NULL) /* else the waiter sleeps by the clock */
        (void)SetEvent(event);
}

int gci_mutex_reset(struct gci_mutex *mutex)
{
    gci_store(&mutex->state, 0);
    return 0;
}

/* One permit for each waiter that is woken. A newcomer that takes another's permit found its
   predicate false, so the other has nothing to wake up for. */
int gci_mutex_sleep(struct gci_mutex *mutex, struct gci_condition *condition)
{
    HANDLE semaphore = (HANDLE)gci_load_acquire(&condition->semaphore);

    if (semaphore == NULL) {
        semaphore = CreateSemaphoreA(NULL, 0, INT32_MAX, NULL);
        if (semaphore == NULL) { /* out of handles: look again in a while */
            gci_mutex_unlock(mutex);
            Sleep(1);
            return gci_mutex_lock(mutex);
        }
        gci_store_release(&condition->semaphore, (word)semaphore); /* the mutex is held */
    }
    condition->waiters++;
    gci_mutex_unlock(mutex);
    (void)WaitForSingleObject(semaphore, INFINITE);
    return gci_mutex_lock(mutex);
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
