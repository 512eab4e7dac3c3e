/* forking.c - the leaf locks of heap, trace and alloc around a fork.
 *
 * The order of handlers, and the registry: pthread_support/fork.c.
 *
 * [still]  Between prepare and the return in parent and child every leaf lock is held by the forking
 *          thread: the child's lists are whole. What another thread had taken and not published
 *          (a hole, TAKEN blocks) is lost to the child until its next collection, or for good.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/alloc.h"
#include "private/beside.h"

static void each_class_lock(void (*action)(struct gci_lock *lock))
{
    unsigned kind, cls;

    for (kind = 0; kind < gci_kind_count; kind++)
        for (cls = 0; gci_runs[kind] != NULL && cls <= gci_class_count; cls++)
            action(&gci_runs[kind][cls].lock);
}

static void prepare(void)
{
    gci_lock_acquire(&gci_sweep_need_lock);
    each_class_lock(gci_lock_acquire);
    gci_lock_acquire(&gci_heap.lock);
    gci_meta_before_fork();
}

static void parent(void)
{
    gci_meta_after_fork(false);
    gci_lock_release(&gci_heap.lock);
    each_class_lock(gci_lock_release);
    gci_lock_release(&gci_sweep_need_lock);
    gci_beside_after_fork(false);
}

static void child(void)
{
    gci_meta_after_fork(true);
    gci_lock_reset_after_fork(&gci_heap.lock);
    each_class_lock(gci_lock_reset_after_fork);
    gci_lock_reset_after_fork(&gci_sweep_need_lock);
    gci_beside_after_fork(true);
}

void gci_alloc_fork_init(void)
{
    gci_fork_quiet_hook = gci_beside_quiet_locked;
    gci_fork_prepare_hook = prepare;
    gci_fork_parent_hook = parent;
    gci_fork_child_hook = child;
}
