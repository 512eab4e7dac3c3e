/* hooks.h - the few calls that go up: a lower floor announces, an upper floor has subscribed.
 *
 * Every pointer is set once by the room that owns the function, during GC_init, before a second
 * thread can collect; NULL means nobody listens.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_HOOKS_H
#define GCI_HOOKS_H

#include "private/ground.h"

struct gci_hooks {
    /* collect -> extras, world still running, allocator lock held: toggle refs are asked here. */
    void (*before_stop_locked)(void);
    /* collect -> alloc, world stopped: every thread's holes and free lists end [retired]. */
    void (*retire_stopped)(void);
    /* collect -> alloc, world stopped: from now on objects are born marked [births]. */
    void (*begin_births_stopped)(void);
    /* trace, collect -> alloc, world stopped: the sweep's epoch or the place of live bits has changed. */
    void (*epoch_changed_stopped)(void);
    /* collect -> extras, world stopped, marking drained: disappearing links, finalizers, toggle refs.
       May mark and drain. */
    void (*marked_stopped)(void);
    /* collect -> extras, before roots are pushed: toggle refs that turn strong etc. */
    void (*push_roots_stopped)(void);
    /* trace -> redirect: static data that neither the linker nor the program named. */
    void (*visit_more_roots_stopped)(void (*visit)(char *lo, char *hi, void *arg), void *arg);
    /* collect -> extras, world running again, allocator lock held: leak reports, verification, dumps. */
    void (*cycle_done_locked)(void);
    /* collect -> extras, world stopped, everything of the cycle done: GC_VERIFY */
    void (*verify_stopped)(void);
    /* collect -> extras, lock dropped: run finalizers, notify. */
    void (*cycle_done_unlocked)(void);
    /* alloc -> extras, only while GC_find_leak: an object was handed out or explicitly freed. */
    void (*allocated)(void *base);
    void (*freed)(void *base);
    /* alloc -> api: GC_init on the first allocation. */
    void (*first_use)(void);
};
extern struct gci_hooks gci_hooks; /* api/init.c */

/* Public functions below the api floor begin with this: the first one makes the collector. */
GCI_INLINE void gci_ensure_init(void)
{
    if (gci_unlikely(!gci_is_initialized()))
        gci_hooks.first_use();
}

#endif /* GCI_HOOKS_H */
