/* lock.c - locks that spin for a moment before they sleep; the allocator lock.
 *
 * Order of locks: ground.h.  Who may hold which while stopped: threads.h [nostop].
 *
 * [holder]  `holder` is nonzero exactly while the lock is held (from just after it is taken to
 *           just before it is given back), and names the thread: spinning, assertions and the
 *           check for a second acquisition by the same thread read it without owning the lock.
 *
 * [kernel]  Windows' threads are suspended anywhere, also inside its own locks and waits on
 *           addresses, whose queues then stay locked in user space. So ours waits on an event, by
 *           system calls alone; and for a bounded time, since a wake-up that reached a suspended
 *           thread is lost for the others.
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

#if defined(GCI_THREADS) && !defined(GC_PTHREADS)
# define WIN32_LEAN_AND_MEAN
# include <windows.h>
#endif

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

/* Something unique to the thread, had without a table: where its errno lives; but Windows' C library
   allocates that, which a marker must not do while others are suspended. */
static word thread_mark(void)
{
#ifdef GCI_OS_WIN32
    return (word)gci_roots_thread_pointer();
#else
    return (word)(uintptr_t)&errno;
#endif
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
    return gci_processors() > 1;
}

# ifdef GC_PTHREADS

static bool try_mutex(struct gci_lock *lock)
{
    int error = pthread_mutex_trylock(&lock->mutex);

    if (error != 0 && error != EBUSY)
        gci_abort("lock %p: pthread_mutex_trylock failed, errno %d", (void *)lock, error);
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
    error = pthread_mutex_lock(&lock->mutex);
    if (error != 0)
        gci_abort("lock %p: pthread_mutex_lock failed, errno %d", (void *)lock, error);
}

static void release_mutex(struct gci_lock *lock)
{
    (void)pthread_mutex_unlock(&lock->mutex);
}

static void make_mutex_anew(struct gci_lock *lock)
{
    int error = pthread_mutex_init(&lock->mutex, NULL);

    if (error != 0)
        gci_abort("lock %p: pthread_mutex_init failed after fork, errno %d", (void *)lock, error);
}

# else /* [kernel] */

enum { PATIENCE_MS = 20 };

static bool try_mutex(struct gci_lock *lock)
{
    return gci_cas(&lock->state, 0, 1);
}

/* Takes the lock if it is free; else says that somebody waits. (Drepper 2005, "Futexes Are
   Tricky", the second mutex) */
static bool try_or_announce(struct gci_lock *lock)
{
    word was;

    do {
        was = gci_load(&lock->state);
    } while (!gci_cas(&lock->state, was, 2));
    return was == 0;
}

static HANDLE event_of(struct gci_lock *lock)
{
    HANDLE event = (HANDLE)gci_load_acquire(&lock->event);

    if (event != NULL)
        return event;
    event = CreateEventA(NULL, FALSE, FALSE, NULL);
    if (event != NULL && !gci_cas(&lock->event, 0, (word)event)) {
        CloseHandle(event);
        event = (HANDLE)gci_load_acquire(&lock->event);
    }
    return event;
}

static void wait_for_mutex(struct gci_lock *lock)
{
    HANDLE event = event_of(lock);

    while (!try_or_announce(lock)) {
        if (event != NULL)
            (void)WaitForSingleObject(event, PATIENCE_MS);
        else
            Sleep(1);
    }
}

static void release_mutex(struct gci_lock *lock)
{
    HANDLE event;

    if (gci_fetch_add(&lock->state, (word)-1) == 1)
        return;
    gci_store_release(&lock->state, 0);
    event = (HANDLE)gci_load_acquire(&lock->event);
    if (event != NULL) /* else the waiter sleeps by the clock */
        (void)SetEvent(event);
}

static void make_mutex_anew(struct gci_lock *lock)
{
    gci_store(&lock->state, 0);
}

# endif

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
    release_mutex(lock);
}

/* The mutex may have been held by a thread that does not exist here: made anew, not unlocked. */
void gci_lock_reset_after_fork(struct gci_lock *lock)
{
    make_mutex_anew(lock);
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
