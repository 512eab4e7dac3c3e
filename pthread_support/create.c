/* create.c - the collector's stand-ins for pthread_create and its relatives.  GC_dlopen: collector/api/misc.c.
 *
 * The list of threads and their end: registry.c.
 *
 * [handed-over]  A new thread has registered, and holds its argument on its own scanned stack,
 *                before GC_pthread_create returns; until then the creator's frame keeps it.
 * [kept]         The result of a thread is a root in its entry from the end of its start routine
 *                until GC_pthread_join has stored it, or it is detached.
 * [unwind]       A thread that is cancelled runs finish_thread: unwinding.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/unwinding.h"

#include "private/threads.h"
#include "private/hooks.h"

#ifdef GC_PTHREADS

# include <signal.h>

struct start {
    void *(*routine)(void *);
    void *arg;
    word flags;
    bool over; /* registered, or failed; allocator lock */
    int error;
};

/* Some thread is over its start. One for all and never destroyed, so that it can be signalled when the
   lock is free again: who is woken while it is held goes to sleep once more. */
static struct gci_condition started = GCI_CONDITION_INITIALIZER;

/* The end of a thread however it comes: return, pthread_exit, cancellation. Mostly the key
   destructor unregisters later [last-round]; without a key this is the last chance. */
static void finish_thread(void *arg GCI_UNUSED)
{
    struct gci_thread *t = gci_self();

    if (t != NULL && (gci_load(&t->flags) & GCI_THREAD_KEYED) == 0)
        gci_thread_unregister_self();
}

/* [handed-over]: `start` is gone from here on. */
static void report(struct start *start, int error)
{
    GCI_LOCK();
    start->error = error;
    start->over = true;
    GCI_UNLOCK();
    gci_condition_broadcast(&started);
}

static GCI_NOINLINE void *run_thread(ptr_t frame, struct start *start)
{
    void *(*routine)(void *) = start->routine;
    void *arg = start->arg, *result;
    int error = gci_thread_register_self(NULL, frame, start->flags);

    report(start, error);
    if (error != GC_SUCCESS)
        return NULL;
    pthread_cleanup_push(finish_thread, NULL);
    result = routine(arg);
    (void)gci_thread_set_exit_value(result); /* [kept] */
    pthread_cleanup_pop(1);
    return result;
}

static void *start_thread(void *arg)
{
    void *result = run_thread(__builtin_frame_address(0), arg);

    GCI_COMPILER_BARRIER(); /* no tail call: this frame is the cold end if nothing better is known */
    return result;
}

static void wait_for(const struct start *start)
{
    int was = gci_cancel_disable(); /* pthread_create is no cancellation point */

    GCI_LOCK();
    while (!start->over)
        gci_condition_wait(&started, &gci_allocator_lock);
    GCI_UNLOCK();
    gci_cancel_restore(was);
}

GC_API int GC_pthread_create(pthread_t *id, GC_PTHREAD_CREATE_CONST pthread_attr_t *attr,
                             void *(*routine)(void *), void *arg)
{
    struct start start = { .routine = routine, .arg = arg, .flags = GCI_THREAD_BY_US };
    int state = PTHREAD_CREATE_JOINABLE, error, saved_errno = errno;

    gci_ensure_init();
    gci_markers_allow();
    if (attr != NULL && pthread_attr_getdetachstate(attr, &state) == 0
        && state == PTHREAD_CREATE_DETACHED)
        start.flags |= GCI_THREAD_DETACHED;
    error = pthread_create(id, attr, start_thread, &start);
    if (error == 0) {
        wait_for(&start);
        if (start.error != GC_SUCCESS) { /* no memory to register it: it ended at once */
            if ((start.flags & GCI_THREAD_DETACHED) == 0)
                (void)pthread_join(*id, NULL);
            error = EAGAIN;
        }
    }
    errno = saved_errno;
    return error;
}

/* Those who waited are not in the child. */
void gci_create_after_fork(void)
{
    gci_condition_reset_after_fork(&started);
}

/* ---- join and detach ------------------------------------------------------------------- */

/* A joiner that is cancelled leaves the entry to the next one. */
static void unpin(void *arg)
{
    struct gci_thread *t = arg;

    if (t == NULL)
        return;
    GCI_LOCK();
    t->flags &= ~(word)GCI_THREAD_JOINING;
    GCI_UNLOCK();
}

GC_API int GC_pthread_join(pthread_t id, void **result)
{
    struct gci_thread *t;
    int error;

    GCI_LOCK();
    t = gci_thread_lookup_locked(id);
    /* Pinned before the join: after it the id may mean another thread. */
    if (t != NULL && (t->flags & (GCI_THREAD_BY_US | GCI_THREAD_DETACHED | GCI_THREAD_JOINING))
                         != GCI_THREAD_BY_US)
        t = NULL;
    if (t != NULL)
        gci_store(&t->flags, t->flags | GCI_THREAD_JOINING);
    GCI_UNLOCK();
    pthread_cleanup_push(unpin, t);
    error = pthread_join(id, result);
    pthread_cleanup_pop(0);
    if (t == NULL)
        return error;
    GCI_LOCK();
    t->flags &= ~(word)GCI_THREAD_JOINING;
    if (error == 0 && (t->flags & GCI_THREAD_FINISHED) != 0)
        gci_thread_forget_locked(t);
    GCI_UNLOCK();
    return error;
}

GC_API int GC_pthread_detach(pthread_t id)
{
    struct gci_thread *t;

    GCI_LOCK();
    t = gci_thread_lookup_locked(id);
    /* Before the real one, after which the id may mean another thread. */
    if (t != NULL && (t->flags & GCI_THREAD_BY_US) != 0) {
        t->flags |= GCI_THREAD_DETACHED;
        if ((t->flags & (GCI_THREAD_FINISHED | GCI_THREAD_JOINING)) == GCI_THREAD_FINISHED)
            gci_thread_forget_locked(t);
    }
    GCI_UNLOCK();
    return pthread_detach(id);
}

/* ---- cancel, exit, masks ------------------------------------------------------------------ */

# ifndef GC_NO_PTHREAD_CANCEL
/* A thread that unwinds is stopped like any other, and the collector asks the dynamic linker for
   its list only while the world runs: cancellation needs nothing special. */
GC_API int GC_pthread_cancel(pthread_t id)
{
    return pthread_cancel(id);
}
# endif

# ifdef GC_HAVE_PTHREAD_EXIT
GC_API void GC_pthread_exit(void *result)
{
    (void)gci_thread_set_exit_value(result); /* [kept] */
    pthread_exit(result);
}
# endif

# ifndef GC_NO_PTHREAD_SIGMASK
GC_API int GC_pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    sigset_t ours;

    if (set != NULL && how != SIG_UNBLOCK) {
        ours = *set;
        gci_stop_spare_signals(&ours);
        set = &ours;
    }
    return pthread_sigmask(how, set, old);
}
# endif

#endif /* GC_PTHREADS */
