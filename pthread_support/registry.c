/* registry.c - the threads the collector knows; how they come and go.
 *
 * Making threads: create.c, create_win32.c.  Noticing their end: native_*.c.  Their stacks: stacks.c.
 * The one thread of a build without threads: single.c.
 *
 * [alive]       A registered thread that is not FINISHED or VANISHED exists: its end has to take
 *               the allocator lock to leave the list, and whoever stops the world holds it.
 * [newest]      The list is newest first: a pthread_t used again finds the thread that has it now.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/threads.h"
#include "private/hooks.h"

#ifdef GCI_THREADS

# include <string.h>

# ifdef GC_PTHREADS
__thread struct gci_thread *gci_self_tls __attribute__((tls_model("initial-exec")));
/* The entry this thread left behind when it unregistered but can still be joined. */
static __thread struct gci_thread *finished_tls __attribute__((tls_model("initial-exec")));
static struct gci_thread *finished_entry(void) { return finished_tls; }
static void set_finished_entry(struct gci_thread *t) { finished_tls = t; }
# else
/* Windows' threads end with a number, no root: no entry outlives its thread. */
static struct gci_thread *finished_entry(void) { return NULL; }
static void set_finished_entry(struct gci_thread *t GCI_UNUSED) { }
# endif

int (*gci_thread_attach_hook)(struct gci_thread *);
void (*gci_thread_detach_hook)(struct gci_thread *);

/* Allocator lock. */
static struct gci_thread *threads; /* [newest] */
static struct gci_thread *spare;   /* structs of threads that are gone */
static word live_count;
static unsigned last_number;

struct gci_thread *gci_threads_first(void)
{
    return threads;
}

word gci_threads_count(void)
{
    return live_count;
}

struct gci_thread *gci_thread_lookup_locked(gci_thread_id id)
{
    struct gci_thread *t;

    for (t = threads; t != NULL; t = t->next)
        if (gci_thread_id_same(t->id, id))
            return t;
    return NULL;
}

/* ---- the list: allocator lock held ----------------------------------------------- */

static struct gci_thread *new_thread_locked(void)
{
    struct gci_thread *t = spare;
    struct gci_native *native;

    if (t == NULL)
        return gci_meta_alloc(sizeof *t);
    spare = t->next;
    native = t->native; /* stays with the entry where the port leaves it there */
    memset(t, 0, sizeof *t);
    t->native = native;
    return t;
}

void gci_thread_forget_locked(struct gci_thread *t)
{
    struct gci_thread **link = &threads;

    while (*link != NULL && *link != t)
        link = &(*link)->next;
    GCI_ASSERT(*link == t);
    *link = t->next;
    t->next = spare;
    spare = t;
}

struct gci_thread *gci_thread_hold_locked(void *value)
{
    struct gci_thread *t = new_thread_locked();

    if (t == NULL)
        return NULL;
    t->flags = GCI_THREAD_FINISHED | GCI_THREAD_JOINING; /* stale in nobody's eyes */
    t->exit_value = value;
    t->next = threads;
    threads = t;
    return t;
}

/* An entry kept for its join value whose pthread_t has been given away again was joined without
   our knowledge. One that is being joined is its joiner's. */
static void forget_stale_locked(gci_thread_id id)
{
    struct gci_thread *t, *next;

    for (t = threads; t != NULL; t = next) {
        next = t->next;
        if ((t->flags & (GCI_THREAD_FINISHED | GCI_THREAD_JOINING)) == GCI_THREAD_FINISHED
            && t != finished_entry() && gci_thread_id_same(t->id, id))
            gci_thread_forget_locked(t);
    }
}

static int attach_locked(struct gci_thread *t)
{
    int error = gci_thread_attach_hook != NULL ? gci_thread_attach_hook(t) : 0;

    if (error != 0)
        return error;
    error = gci_native_attach_locked(t);
    if (error != 0) {
        if (gci_thread_detach_hook != NULL)
            gci_thread_detach_hook(t);
        t->cache = NULL;
        return error;
    }
    live_count++;
    return 0;
}

/* What a thread that is about to leave the list, or already has ended, owned. */
static void detach_locked(struct gci_thread *t)
{
    if (gci_thread_detach_hook != NULL)
        gci_thread_detach_hook(t);
    gci_native_detach_locked(t);
    t->cache = NULL;
    live_count--;
}

/* `found` was filled by gci_stack_describe, which may allocate and so runs without the lock. */
static int register_locked(const struct gci_thread *found, word flags)
{
    struct gci_thread *t = finished_entry(); /* its old entry lives again */
    bool revived = t != NULL;

    forget_stale_locked(gci_thread_id_here());
    if (!revived) {
        t = new_thread_locked();
        if (t == NULL)
            return GC_NO_MEMORY;
        t->number = ++last_number;
        t->flags = flags;
        t->id = gci_thread_id_here();
    }
    t->stack_cold = found->stack_cold;
    t->stack_cold_home = found->stack_cold_home;
    t->stack_map_lo = found->stack_map_lo;
    t->stack_map_hi = found->stack_map_hi;
    t->thread_pointer = found->thread_pointer;
    if (attach_locked(t) != 0) {
        if (!revived) {
            t->next = spare;
            spare = t;
        }
        return GC_NO_MEMORY;
    }
    set_finished_entry(NULL);
    gci_self_set(t);
    if (revived) {
        t->flags &= ~(word)GCI_THREAD_FINISHED;
    } else {
        t->next = threads;
        threads = t;
    }
    return GC_SUCCESS;
}

int gci_thread_register_self(ptr_t cold, ptr_t frame, word flags)
{
    struct gci_thread found;
    int result;

    if (gci_self() != NULL)
        return GC_DUPLICATE;
    gci_stop_unblock_signals();
    gci_stack_describe(&found, cold, frame);
    GCI_LOCK();
    result = register_locked(&found, flags);
    GCI_UNLOCK();
    return result;
}

void gci_thread_unregister_self(void)
{
    struct gci_thread *t = gci_self();

    gci_stop_unblock_signals(); /* or a stopper that waits for us and we who wait for its lock... */
    GCI_LOCK();
    detach_locked(t);
    gci_self_set(NULL);
    t->segments = NULL;
    t->stack_hot = t->regs_lo = t->regs_hi = NULL;
    gci_store(&t->blocked, 0);
    gci_store(&t->suspended, 0);
    if ((t->flags & GCI_THREAD_BY_US) != 0
        && (t->flags & (GCI_THREAD_DETACHED | GCI_THREAD_JOINING)) != GCI_THREAD_DETACHED) {
        t->flags |= GCI_THREAD_FINISHED;
        set_finished_entry(t);
    } else {
        gci_thread_forget_locked(t);
    }
    GCI_UNLOCK();
}

/* [alive] does not hold for a thread that ended by a system call of its own: pthread_kill said so. */
void gci_thread_reap_vanished_locked(void)
{
    struct gci_thread *t, *next;

    for (t = threads; t != NULL; t = next) {
        next = t->next;
        if ((t->flags & GCI_THREAD_VANISHED) == 0)
            continue;
        gci_warn("Thread %lu ended without being unregistered", t->number);
        detach_locked(t);
        gci_thread_forget_locked(t);
    }
}

bool gci_thread_set_exit_value(void *value)
{
    struct gci_thread *t = gci_self() != NULL ? gci_self() : finished_entry();

    if (t == NULL || (gci_load(&t->flags) & GCI_THREAD_BY_US) == 0)
        return false;
    t->exit_value = value;
    return true;
}

/* ---- start and fork ------------------------------------------------------------------- */

void gci_threads_init(void)
{
    bool locked_here = gci_lock_try(&gci_allocator_lock);
    ptr_t cold;
    bool is_main = gci_stack_find_cold(&cold);
    struct gci_thread found;
    int error;

    gci_stop_init();
    gci_stop_unblock_signals();
    gci_native_init();
    if (is_main && GC_stackbottom != NULL)
        cold = GC_stackbottom;
    if (cold == NULL)
        gci_abort("GC_init: the cold end of the stack is unknown; set GC_stackbottom before");
    if (is_main)
        GC_stackbottom = cold;
    gci_stack_describe(&found, cold, cold);
    error = register_locked(&found, is_main ? GCI_THREAD_MAIN : GCI_THREAD_DETACHED);
    if (error != GC_SUCCESS)
        gci_abort("GC_init: no memory for the description of a thread");
    if (locked_here)
        GCI_UNLOCK();
}

/* Allocator lock held since before the fork. Only the calling thread is left. */
void gci_threads_after_fork(void)
{
    struct gci_thread *self = gci_self(), *t, *next;

    for (t = threads; t != NULL; t = next) {
        next = t->next;
        if (t == self)
            continue;
        if ((t->flags & GCI_THREAD_FINISHED) == 0)
            detach_locked(t);
        t->next = spare;
        spare = t;
    }
    set_finished_entry(NULL);
    threads = self;
    if (self != NULL) {
        self->next = NULL;
        self->id = gci_thread_id_here();
        /* Nobody in this process can join it. */
        self->flags &= ~(word)(GCI_THREAD_BY_US | GCI_THREAD_JOINING);
        gci_store(&self->ack_wanted, 0);
        gci_store(&self->suspended, 0);
        gci_store(&self->stop_pending, 0);
        gci_blocking_release(self, GCI_BLOCKED_BY_SUSPEND);
    }
}

/* ---- public ------------------------------------------------------------------------------ */

GC_API int GC_CALL GC_thread_is_registered(void)
{
    return gci_self() != NULL;
}

GC_API void GC_CALL GC_allow_register_threads(void)
{
    gci_ensure_init();
    GC_start_mark_threads();
}

GC_API int GC_CALL GC_register_my_thread(const struct GC_stack_base *sb)
{
    const struct GC_stack_base *base = GCI_LAUNDERED(sb);
    int result;

    if (!gci_is_initialized())
        gci_abort("GC_register_my_thread(%p): the collector is not initialized",
                  (const void *)base);
    if (base == NULL || base->mem_base == NULL)
        gci_abort("GC_register_my_thread(%p): no stack base given", (const void *)base);
    gci_markers_allow();
    result = gci_thread_register_self(base->mem_base, base->mem_base, GCI_THREAD_DETACHED);
    /* The caller is not told of such a failure: what the thread allocates would be lost. */
    if (result == GC_NO_MEMORY)
        gci_abort("GC_register_my_thread(%p): no memory for the thread", (const void *)base);
    return result;
}

GC_API int GC_CALL GC_unregister_my_thread(void)
{
    struct gci_thread *t = gci_self();

    if (t == NULL)
        gci_abort("GC_unregister_my_thread: thread %p is not registered",
                  (void *)(uintptr_t)gci_thread_id_here());
    if (t->blocked != 0)
        gci_abort("GC_unregister_my_thread: thread %p is inside GC_do_blocking",
                  (void *)(uintptr_t)gci_thread_id_here());
    gci_thread_unregister_self();
    return GC_SUCCESS;
}

GC_API void GC_CALL GC_register_altstack(void *stack_start, GC_word stack_bytes, void *alt_start,
                                         GC_word alt_bytes)
{
    struct gci_thread *t = gci_self();

    if (t == NULL)
        gci_abort("GC_register_altstack(%p, %lu): the calling thread is not registered", alt_start,
                  (unsigned long)alt_bytes);
    GCI_LOCK();
    t->norm_lo = stack_start;
    t->norm_hi = stack_start != NULL ? (ptr_t)stack_start + stack_bytes : NULL;
    t->alt_lo = alt_start;
    t->alt_hi = alt_start != NULL ? (ptr_t)alt_start + alt_bytes : NULL;
    GCI_UNLOCK();
}

#endif /* GCI_THREADS */
