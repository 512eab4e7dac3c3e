/* lock.c - locks that spin for a moment before they sleep, waiting under them; the allocator lock.
 *
 * The mutexes and conditions: os_dep/mutex_*.c.  Order of locks: ground.h.  Who may hold which while
 * stopped: threads.h [nostop].
 *
 * [holder]  `holder` is nonzero exactly while the lock is held (from just after it is taken to
 *           just before it is given back), and names the thread: spinning, assertions and the
 *           check for a second acquisition by the same thread read it without owning the lock.
 *
 * [alone]   A thread that is alone takes a lock by naming itself in `light`, without the mutex. All threads
 *           are born after that, and see it: who gets the mutex then waits until `light` is 0 again, and
 *           nobody sets it any more. Its holder clears it in giving the lock back, alone or not.
 *           Where a signal handler makes the second thread between the question and the answer, the
 *           question is asked again, and the answer taken back before anything relied on it.
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

/* [alone] The lock was free when it was asked whether the caller is alone. */
GCI_INLINE bool take_lightly(struct gci_lock *lock)
{
    if (!gci_alone() || gci_unlikely((gci_load(&lock->holder) | gci_load(&lock->light)) != 0))
        return false;
    gci_store(&lock->light, gci_mutex_self());
    GCI_COMPILER_BARRIER();
    if (gci_likely(gci_alone()))
        return true;
    gci_store_release(&lock->light, 0);
    return false;
}

/* [alone] The caller has the mutex. At most once in a thread's life, as long as a callback may last. */
static GCI_COLD void wait_for_light(struct gci_lock *lock)
{
    if (gci_lock_is_mine(lock))
        second_acquisition(lock);
    while (gci_load_acquire(&lock->light) != 0)
        gci_sys_yield();
}

void gci_lock_acquire(struct gci_lock *lock)
{
    if (take_lightly(lock)) {
        gci_store(&lock->holder, gci_load(&lock->light));
        return;
    }
    if (!try_mutex(lock))
        acquire_contended(lock);
    if (gci_unlikely(gci_load_acquire(&lock->light) != 0))
        wait_for_light(lock);
    gci_store(&lock->holder, gci_mutex_self());
}

bool gci_lock_try(struct gci_lock *lock)
{
    if (!take_lightly(lock)) {
        if (!try_mutex(lock))
            return false;
        if (gci_unlikely(gci_load_acquire(&lock->light) != 0)) {
            gci_mutex_unlock(&lock->mutex);
            return false;
        }
    }
    gci_store(&lock->holder, gci_mutex_self());
    return true;
}

/* Held by the caller. */
static bool is_light(const struct gci_lock *lock)
{
    return gci_load(&lock->light) == gci_load(&lock->holder);
}

void gci_lock_release(struct gci_lock *lock)
{
    bool light = is_light(lock);

    gci_store(&lock->holder, 0);
    if (light)
        gci_store_release(&lock->light, 0);
    else
        gci_mutex_unlock(&lock->mutex);
}

void gci_lock_reset_after_fork(struct gci_lock *lock)
{
    int error = gci_mutex_reset(&lock->mutex);

    if (error != 0)
        gci_abort("lock %p: it cannot be made anew after fork, errno %d", (void *)lock, error);
    gci_store(&lock->holder, 0);
    gci_store(&lock->light, 0);
}

void gci_condition_wait(struct gci_condition *condition, struct gci_lock *lock)
{
    word holder = gci_load(&lock->holder);
    int error;

    if (is_light(lock)) { /* without a mutex to sleep under: woken without cause */
        if (gci_alone())
            gci_abort("lock %p: no other thread could wake this one", (void *)lock);
        gci_lock_release(lock);
        gci_lock_acquire(lock);
        return;
    }
    gci_store(&lock->holder, 0);
    error = gci_mutex_sleep(&lock->mutex, condition);
    if (error != 0)
        gci_abort("lock %p: nothing can be waited for under it, errno %d", (void *)lock, error);
    gci_store(&lock->holder, holder);
}
