/* fork.c - a fork's child has one thread, free locks, and a heap nobody was changing.
 *
 * [quiet]   At the fork the allocator lock is held, the pool is idle, and upper floors hold their
 *           leaf locks (gci_fork_prepare_hook). The world is not stopped: fork itself takes locks
 *           of the C library that a stopped thread may hold.
 * [order]   Child: stop method, pool, locks of upper floors, threads (whose caches are retired
 *           under those locks), allocator lock.
 * [ended]   Exit functions may find themselves in the same place: Windows ends all other threads, helpers
 *           in the middle of a job too, before it calls those of a DLL. Who had the allocator lock then
 *           was changing the heap, and nothing can be done with it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/threads.h"
#include "private/hooks.h"

#if defined(GC_PTHREADS) || defined(HAVE_PTHREAD_ATFORK)
# include <pthread.h>
# define GCI_HAVE_ATFORK 1
#endif

void (*gci_fork_quiet_hook)(void);
void (*gci_fork_prepare_hook)(void);
void (*gci_fork_parent_hook)(void);
void (*gci_fork_child_hook)(void);

enum { BY_PROGRAM = -1, NONE = 0, AUTOMATIC = 1, NOT_SET = 2 };
static int mode = NOT_SET;
/* Of the thread that forks; the allocator lock guards both. */
static bool lock_was_mine; /* it forks from inside GC_call_with_alloc_lock or a world it stopped */
static int cancel_state;

static void prepare(void)
{
    bool mine = gci_lock_is_mine(&gci_allocator_lock);
#ifdef GCI_THREADS
    int was = gci_cancel_disable();

    if (!mine)
        GCI_LOCK();
    cancel_state = was;
#else
    if (!mine)
        GCI_LOCK();
#endif
    if (gci_fork_quiet_hook != NULL)
        gci_fork_quiet_hook();
    gci_markers_wait();
    lock_was_mine = mine;
    if (gci_fork_prepare_hook != NULL)
        gci_fork_prepare_hook();
}

static void finish(void)
{
    int was = cancel_state;

    if (!lock_was_mine)
        GCI_UNLOCK();
#ifdef GCI_THREADS
    gci_cancel_restore(was);
#else
    (void)was;
#endif
}

static void parent(void)
{
    if (gci_fork_parent_hook != NULL)
        gci_fork_parent_hook();
    finish();
}

static void child(void)
{
#ifdef GCI_THREADS
    gci_stop_after_fork();
    gci_markers_after_fork();
#endif
    if (gci_fork_child_hook != NULL)
        gci_fork_child_hook();
#ifdef GCI_THREADS
    gci_threads_after_fork();
#endif
#ifdef GC_PTHREADS
    gci_create_after_fork();
#endif
    gci_lock_reset_after_fork(&gci_allocator_lock);
    GCI_LOCK();
    finish();
}

bool gci_threads_at_exit(void)
{
#ifdef GCI_THREADS
    if (gci_native_others_ended()) { /* [ended] */
        if (!gci_lock_try(&gci_allocator_lock))
            return false;
        gci_markers_after_fork();
        if (gci_fork_child_hook != NULL)
            gci_fork_child_hook();
        GCI_UNLOCK();
    }
#endif
    return true;
}

void gci_fork_init(void)
{
    if (mode == NOT_SET)
        mode = config_handle_fork ? AUTOMATIC : NONE;
    if (mode != AUTOMATIC)
        return;
#ifdef GCI_HAVE_ATFORK
    int error = pthread_atfork(prepare, parent, child);

    if (error != 0)
        gci_abort("GC_init: pthread_atfork failed, errno %d", error);
#else
    mode = NONE;
#endif
}

GC_API void GC_CALL GC_set_handle_fork(int value)
{
    if (!gci_is_initialized())
        mode = value < 0 ? BY_PROGRAM : value > 0 ? AUTOMATIC : NONE;
}

GC_API void GC_CALL GC_atfork_prepare(void)
{
    gci_ensure_init();
    if (mode <= 0)
        prepare();
}

GC_API void GC_CALL GC_atfork_parent(void)
{
    if (mode <= 0)
        parent();
}

GC_API void GC_CALL GC_atfork_child(void)
{
    if (mode <= 0)
        child();
}
