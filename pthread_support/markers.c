/* markers.c - a pool of threads that help the collecting one, and sleep otherwise.
 *
 * What they do: the caller's function (collector/trace/).  How one is made: native_*.c.  The program's
 * threads: registry.c; helpers are not among them, are never stopped, and block every signal but
 * those of memory faults.
 *
 * [no-create-stopped]  Helpers are created only while the world runs and under the allocator lock:
 *                      pthread_create allocates, and a stopped thread may hold malloc's lock; and
 *                      a creator that is stopped would hold the pool's.
 * [one-job]            The pool has one job at a time; a new one waits for the old one's end.
 * [late]               A helper that has not woken up when the caller's own part returns is not
 *                      waited for: its index is withdrawn.
 * [again]              A fork's child has no helpers and makes none before the program asks.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/threads.h"
#include "private/hooks.h"
#include "private/settings.h"

#ifdef GCI_THREADS

# define MAX_MARKERS 16u
/* Mark procedures of the program run on it. */
# define HELPER_STACK_BYTES ((size_t)(CPP_WORDSZ == 64 ? 512 : 256) << 10)

static unsigned wanted = 1;      /* markers in all; constant after GC_init */
static volatile word allowed;    /* gci_markers_client_allows */
static volatile word forked;     /* [again] */
static unsigned lacking;         /* allocator lock: a stopped run would have used so many */

static struct gci_lock pool = GCI_LOCK_INITIALIZER;
static struct gci_condition job_posted = GCI_CONDITION_INITIALIZER;
static struct gci_condition job_done = GCI_CONDITION_INITIALIZER;
/* Under `pool`. */
static unsigned helpers;             /* that exist */
static bool refused;                 /* the system gave no more */
static void (*job)(unsigned index, void *arg);
static void *job_arg;
static unsigned next_index, end_index; /* indexes nobody has taken yet */
static unsigned unfinished;

static void help(void)
{
    gci_lock_acquire(&pool);
    for (;;) {
        void (*fn)(unsigned, void *);
        void *fn_arg;
        unsigned index;

        while (next_index == end_index)
            gci_condition_wait(&job_posted, &pool);
        index = next_index++;
        fn = job;
        fn_arg = job_arg;
        gci_lock_release(&pool);
        fn(index, fn_arg);
        gci_lock_acquire(&pool);
        if (--unfinished == 0)
            gci_condition_broadcast(&job_done);
    }
}

/* ---- making helpers -------------------------------------------------------------------- */

static void make_helpers_pooled(unsigned count)
{
    int error = 0;

    while (helpers < count && (error = gci_native_helper(help, HELPER_STACK_BYTES)) == 0)
        helpers++;
    if (error != 0) {
        refused = true;
        gci_log(1, "only %u marker threads: no more can be created, errno %d\n", helpers, error);
    }
}

unsigned gci_markers_prepare(unsigned count)
{
    unsigned have;

    if (count > gci_markers_available())
        count = gci_markers_available();
    if (count <= 1)
        return count;
    gci_lock_acquire(&pool);
    if (helpers + 1 < count && !refused) {
        if (gci_state.world_stopped)
            lacking = count; /* [no-create-stopped] */
        else
            make_helpers_pooled(count - 1);
    }
    have = helpers + 1;
    gci_lock_release(&pool);
    return have < count ? have : count;
}

void gci_markers_world_restarted(void)
{
    unsigned count = lacking;

    lacking = 0;
    if (count != 0)
        (void)gci_markers_prepare(count);
}

/* ---- jobs: allocator lock held by those who post them ---------------------------------------- */

static void wait_pooled(void)
{
    while (unfinished != 0)
        gci_condition_wait(&job_done, &pool);
}

static void post_pooled(unsigned count, void (*fn)(unsigned, void *), void *arg)
{
    job = fn;
    job_arg = arg;
    unfinished = count;
    next_index = 1;
    end_index = count + 1;
    if (count >= helpers)
        gci_condition_broadcast(&job_posted);
    else
        while (count-- > 0)
            gci_condition_signal(&job_posted);
}

unsigned gci_markers_run(unsigned count, void (*fn)(unsigned index, void *arg), void *arg)
{
    int was = gci_cancel_disable();

    count = gci_markers_prepare(count);
    if (count > 1) {
        gci_lock_acquire(&pool);
        wait_pooled(); /* [one-job] */
        post_pooled(count - 1, fn, arg);
        gci_lock_release(&pool);
    }
    if (count > 0)
        fn(0, arg);
    if (count > 1) {
        gci_lock_acquire(&pool);
        count -= end_index - next_index; /* [late] */
        unfinished -= end_index - next_index;
        next_index = end_index;
        wait_pooled();
        gci_lock_release(&pool);
    }
    gci_cancel_restore(was);
    return count;
}

unsigned gci_markers_start(unsigned count, void (*fn)(unsigned index, void *arg), void *arg)
{
    int was = gci_cancel_disable();

    count = gci_markers_prepare(count + 1);
    count = count > 0 ? count - 1 : 0;
    if (count > 0) {
        gci_lock_acquire(&pool);
        wait_pooled(); /* [one-job] */
        post_pooled(count, fn, arg);
        gci_lock_release(&pool);
    }
    gci_cancel_restore(was);
    return count;
}

void gci_markers_wait(void)
{
    int was = gci_cancel_disable();

    gci_lock_acquire(&pool);
    wait_pooled();
    gci_lock_release(&pool);
    gci_cancel_restore(was);
}

/* ---- how many ---------------------------------------------------------------------------------- */

void gci_markers_init(unsigned count)
{
    if (count == 0)
        count = gci_processors();
    if (count > MAX_MARKERS)
        count = MAX_MARKERS;
    wanted = config_parallel_mark ? count : 1;
    GC_parallel = (int)wanted - 1;
}

unsigned gci_markers_available(void)
{
    unsigned n;

    if (gci_load(&forked) != 0 && gci_load(&allowed) == 0)
        return 1; /* [again] */
    n = refused ? helpers + 1 : wanted;
    return n < gci_processors() ? n : gci_processors(); /* more would only wait for each other */
}

bool gci_markers_client_allows(void)
{
    return gci_load(&allowed) != 0;
}

void gci_markers_allow(void)
{
    if (gci_load(&allowed) != 0)
        return;
    gci_store(&allowed, 1);
    GC_parallel = (int)wanted - 1;
}

/* The mutex may have been held, and the conditions waited on, by threads that are not here. */
void gci_markers_after_fork(void)
{
    gci_lock_reset_after_fork(&pool);
    gci_condition_reset_after_fork(&job_posted);
    gci_condition_reset_after_fork(&job_done);
    helpers = unfinished = next_index = end_index = lacking = 0;
    refused = false;
    gci_store(&allowed, 0);
    gci_store(&forked, 1);
    GC_parallel = 0;
}

GC_API void GC_CALL GC_start_mark_threads(void)
{
    gci_ensure_init();
    gci_markers_allow();
    GCI_LOCK();
    (void)gci_markers_prepare(wanted);
    GCI_UNLOCK();
}

#endif /* GCI_THREADS */
