/* lock.c - locks that spin for a moment before they sleep; the allocator lock.
 *
 * Order of locks: ground.h.  Who may hold which while stopped: threads.h [nostop].
 *
 * [holder]  `holder` is nonzero exactly while the lock is held (from just after it is taken to
 *           just before it is given back), and names the thread: spinning, assertions and the
 *           check for a second acquisition by the same thread read it without owning the lock.
 *
 * Never called from a signal handler.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/ground.h"
#include "private/port.h"

/* Sections under the lock are short or a whole collection: either the holder is done within a
   microsecond or two or spinning is of no use. */
enum { SPIN_LIMIT = 80 };

struct gci_lock gci_allocator_lock = GCI_LOCK_INITIALIZER;

/* Something unique to the thread, had without a table: where its errno lives. */
static word thread_mark(void)
{
    return (word)(uintptr_t)&errno;
}

bool gci_lock_is_mine(const struct gci_lock *lock)
{
    return gci_load(&lock->holder) == thread_mark();
}

static GCI_COLD GCI_NORETURN void second_acquisition(const struct gci_lock *lock)
{
    gci_abort("lock %p is taken by the thread that holds it: a callback that runs under the "
              "allocator lock called a function that takes it",
              (const void *)lock);
}

#ifdef GCI_THREADS

static bool worth_spinning(void)
{
    static volatile word cpus; /* 0: not asked yet */

    if (gci_options.nprocs != 0)
        return gci_options.nprocs > 1;
    if (gci_load(&cpus) == 0)
        gci_store(&cpus, gci_sys_cpu_count());
    return gci_load(&cpus) > 1;
}

static bool try_mutex(struct gci_lock *lock)
{
    int error = pthread_mutex_trylock(&lock->mutex);

    if (error != 0 && error != EBUSY)
        gci_abort("lock %p: pthread_mutex_trylock failed, errno %d", (void *)lock, error);
    return error == 0;
}

static GCI_NOINLINE void acquire_contended(struct gci_lock *lock)
{
    int error;

    if (gci_lock_is_mine(lock))
        second_acquisition(lock);
    if (worth_spinning()) {
        for (int i = 0; i < SPIN_LIMIT; i++) {
            if (gci_load(&lock->holder) == 0 && try_mutex(lock))
                return;
            gci_cpu_relax();
        }
    }
    error = pthread_mutex_lock(&lock->mutex);
    if (error != 0)
        gci_abort("lock %p: pthread_mutex_lock failed, errno %d", (void *)lock, error);
}

void gci_lock_acquire(struct gci_lock *lock)
{
    if (!try_mutex(lock))
        acquire_contended(lock);
    gci_store(&lock->holder, thread_mark());
}

bool gci_lock_try(struct gci_lock *lock)
{
    if (!try_mutex(lock))
        return false;
    gci_store(&lock->holder, thread_mark());
    return true;
}

void gci_lock_release(struct gci_lock *lock)
{
    gci_store(&lock->holder, 0);
    (void)pthread_mutex_unlock(&lock->mutex);
}

/* The mutex may have been held by a thread that does not exist here: made anew, not unlocked. */
void gci_lock_reset_after_fork(struct gci_lock *lock)
{
    int error = pthread_mutex_init(&lock->mutex, NULL);

    if (error != 0)
        gci_abort("lock %p: pthread_mutex_init failed after fork, errno %d", (void *)lock, error);
    gci_store(&lock->holder, 0);
}

#else /* one thread: the lock only finds out who forgot to give it back */

void gci_lock_acquire(struct gci_lock *lock)
{
    if (lock->holder != 0)
        second_acquisition(lock);
    lock->holder = thread_mark();
}

bool gci_lock_try(struct gci_lock *lock)
{
    if (lock->holder != 0)
        return false;
    lock->holder = thread_mark();
    return true;
}

void gci_lock_release(struct gci_lock *lock)
{
    lock->holder = 0;
}

void gci_lock_reset_after_fork(struct gci_lock *lock)
{
    lock->holder = 0;
}

#endif
