/* blocking.c - stretches in which a thread takes no part in collections, and back.
 *
 * Used with and without thread support.  Which stack stretches that leaves as roots: stacks.c
 * [segments].  Sleeping until the world runs again: stop_*.c.
 *
 * [blocked]  While `blocked` is set the thread counts as stopped: it is not signalled, its roots
 *            are what lies colder than stack_hot.  It clears the flag only while the world runs
 *            and nobody has suspended it ([claim], threads.h).
 * [unwind]   A cancelled or throwing callback leaves its state all the same: unwinding.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/unwinding.h"

#include "private/threads.h"

#ifndef GC_PTHREADS /* nobody cancels the only thread, or one of Windows */
# define pthread_cleanup_push(fn, arg) { void (*const cleanup_fn)(void *) = (fn); \
                                         void *const cleanup_arg = (arg)
# define pthread_cleanup_pop(run)        if (run) cleanup_fn(cleanup_arg); }
#endif

struct call {
    GC_fn_type fn;
    void *data;
    void *result;
};

void gci_blocking_leave(struct gci_thread *t)
{
    while (gci_unlikely(!gci_cas(&t->blocked, GCI_BLOCKED, 0))) /* [claim] */
        gci_stop_wait_blocked(t);
}

/* ---- GC_do_blocking ------------------------------------------------------------ */

static void leave_region(void *arg)
{
    struct gci_thread **t = arg, *blocked = *t;

    *t = NULL;
    if (blocked != NULL && gci_self() == blocked) /* not unregistered meanwhile */
        gci_blocking_leave(blocked);
}

static void leave_region_unwound(struct gci_thread **t)
{
    leave_region(t);
}

static void call_blocked(ptr_t hot, void *arg)
{
    struct call *call = arg;
    struct gci_thread *t __attribute__((cleanup(leave_region_unwound))) = gci_self();

    gci_blocking_enter(t, hot);
    pthread_cleanup_push(leave_region, &t);
    call->result = call->fn(call->data);
    pthread_cleanup_pop(1);
}

GC_API void *GC_CALL GC_do_blocking(GC_fn_type fn, void *data)
{
    struct gci_thread *t = gci_self();
    struct call call = { fn, data, NULL };

    /* Unknown to the collector, or out of its reach already: there is nothing to leave. */
    if (t == NULL || gci_load(&t->blocked) != 0)
        return fn(data);
    gci_regs_call(call_blocked, &call);
    return call.result;
}

/* ---- GC_call_with_gc_active ------------------------------------------------------ */

struct active_frame {
    struct gci_thread *thread;
    struct gci_stack_segment segment;
    ptr_t cold_before;      /* NULL unless an active thread's stack was widened */
    ptr_t regs_lo, regs_hi; /* of one that was blocked */
    bool was_blocked;
};

/* The segment goes before the flag: in between the thread counts as active on its whole stack. */
static void leave_active(void *arg)
{
    struct active_frame *f = arg;
    struct gci_thread *t = f->thread;

    f->thread = NULL;
    if (t == NULL || gci_self() != t)
        return;
    if (!f->was_blocked) {
        if (f->cold_before != NULL)
            gci_stack_set_cold(t, f->cold_before);
        return;
    }
    t->segments = f->segment.older;
    t->regs_lo = f->regs_lo;
    t->regs_hi = f->regs_hi;
    t->stack_hot = f->segment.hot;
    gci_store_release(&t->blocked, GCI_BLOCKED);
}

static void leave_active_unwound(struct active_frame *f)
{
    leave_active(f);
}

/* The frame that holds `f` is the caller's: all frames of fn are hotter. */
static GCI_NOINLINE void *call_active(struct active_frame *f, GC_fn_type fn, void *data)
{
    struct gci_thread *t = f->thread;

    if (f->was_blocked) {
        f->segment.hot = t->stack_hot;
        f->segment.older = t->segments;
        f->regs_lo = t->regs_lo;
        f->regs_hi = t->regs_hi;
        gci_blocking_leave(t);
        t->segments = &f->segment;
    }
    return fn(data);
}

GC_API void *GC_CALL GC_call_with_gc_active(GC_fn_type fn, void *data)
{
    struct active_frame f __attribute__((cleanup(leave_active_unwound))) = { 0 };
    struct gci_thread *t = gci_self();
    void *result;

    if (t == NULL)
        gci_abort("GC_call_with_gc_active(%p): the calling thread is not registered",
                  (void *)(uintptr_t)fn);
    f.was_blocked = gci_load(&t->blocked) != 0;
    if (!f.was_blocked)
        f.cold_before = gci_stack_widen(t, (ptr_t)&f);
    f.thread = t;
    pthread_cleanup_push(leave_active, &f);
    result = call_active(&f, fn, data);
    pthread_cleanup_pop(1);
    return result;
}
