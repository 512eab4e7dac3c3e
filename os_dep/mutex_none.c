/* mutex_none.c - the mutex of a build without threads: it only knows whether it is held.
 *
 * Counterparts: mutex_posix.c, mutex_win32.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/mutex.h"

word gci_mutex_self(void)
{
    return 1;
}

int gci_mutex_try(struct gci_mutex *mutex)
{
    if (mutex->state != 0)
        return EBUSY;
    mutex->state = 1;
    return 0;
}

int gci_mutex_lock(struct gci_mutex *mutex)
{
    return gci_mutex_try(mutex) == 0 ? 0 : EDEADLK;
}

void gci_mutex_unlock(struct gci_mutex *mutex)
{
    mutex->state = 0;
}

int gci_mutex_reset(struct gci_mutex *mutex)
{
    mutex->state = 0;
    return 0;
}

int gci_mutex_sleep(struct gci_mutex *mutex GCI_UNUSED, struct gci_condition *condition GCI_UNUSED)
{
    return EDEADLK;
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
