/* lock.c - locks that spin for a moment before they sleep, waiting under them; the allocator lock.
 *
 * The mutexes and conditions: os_dep/mutex_*.c.  Order of locks: ground.h.  Who may hold which while
 * stopped: threads.h [nostop].
 *
 * [holder]  `holder` is nonzero exactly while the lock is held (from just after it is taken to
 *           just before it is given back), and names the thread: spinning, assertions and the
 *           check for a second acquisition by the same thread read it without owning the lock.
 *
 * [alone]   As long as the process has one thread nobody holds a lock but the caller, and the C library's
 *           mutex needs no atomic operation, while trying it does.
 * [sanitized] The thread sanitizer puts off signals while a thread waits for a mutex, so that it would not
 *           answer who stops the world and holds the mutex: under it, waiting is asking again and again.
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

unsigned gci_processors(void)
{
    static volatile word processors; /* 0: not asked yet */

    if (gci_options.nprocs != 0)
        return gci_options.nprocs;
    if (gci_load(&processors) == 0)
        gci_store(&processors, gci_sys_cpu_count());
    return (unsigned)gci_load(&processors);
}

bool gci_lock_is_mine(const struct gci_lock *lock)
{
    return gci_load(&lock->holder) == gci_mutex_self();
}

static GCI_COLD GCI_NORETURN void second_acquisition(const struct gci_lock *lock)
{
    gci_abort("lock %p is taken by the thread that holds it: a callback that runs under the "
              "allocator lock called a function that takes it",
              (const void *)lock);
}

static bool worth_spinning(void)
{
    return gci_processors() > 1;
}

static bool try_mutex(struct gci_lock *lock)
{
    int error = gci_mutex_try(&lock->mutex);

    if (error != 0 && error != EBUSY)
        gci_abort("lock %p: it cannot be tried, errno %d", (void *)lock, error);
    return error == 0;
}

static void wait_for_mutex(struct gci_lock *lock)
{
    int error;

    while (config_thread_sanitizer) { /* [sanitized] */
        if (try_mutex(lock))
            return;
        gci_sys_yield();
    }
    error = gci_mutex_lock(&lock->mutex);
    if (error != 0)
        gci_abort("lock %p: it cannot be waited for, errno %d", (void *)lock, error);
}

static GCI_NOINLINE void acquire_contended(struct gci_lock *lock)
{
    if (gci_lock_is_mine(lock))
        second_acquisition(lock);
    if (worth_spinning()) {
        for (int i = 0; i < SPIN_LIMIT; i++) {
            if (gci_load(&lock->holder) == 0 && try_mutex(lock))
                return;
            gci_cpu_relax();
        }
    }
    wait_for_mutex(lock);
}

void gci_lock_acquire(struct gci_lock *lock)
{
    if (gci_alone() && gci_likely(gci_load(&lock->holder) == 0)) /* [alone] */
        wait_for_mutex(lock);
    else if (!try_mutex(lock))
        acquire_contended(lock);
    gci_store(&lock->holder, gci_mutex_self());
}

bool gci_lock_try(struct gci_lock *lock)
{
    if (!try_mutex(lock))
        return false;
    gci_store(&lock->holder, gci_mutex_self());
    return true;
}

void gci_lock_release(struct gci_lock *lock)
{
    gci_store(&lock->holder, 0);
    gci_mutex_unlock(&lock->mutex);
}

void gci_lock_reset_after_fork(struct gci_lock *lock)
{
    int error = gci_mutex_reset(&lock->mutex);

    if (error != 0)
        gci_abort("lock %p: it cannot be made anew after fork, errno %d", (void *)lock, error);
    gci_store(&lock->holder, 0);
}

void gci_condition_wait(struct gci_condition *condition, struct gci_lock *lock)
{
    word holder = gci_load(&lock->holder);
    int error;

    gci_store(&lock->holder, 0);
    error = gci_mutex_sleep(&lock->mutex, condition);
    if (error != 0)
        gci_abort("lock %p: nothing can be waited for under it, errno %d", (void *)lock, error);
    gci_store(&lock->holder, holder);
}
