/* extras.c - which extra does what at which moment of a cycle, and in which order.
 *
 * The moments are collect's (hooks.h); what is done is in the other files of this room.
 *
 * [order]   extras.h.
 * [asked]   Toggle refs are asked before the world stops, once a cycle.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "private/extras.h"

static void push_roots_stopped(void)
{
    gci_toggle_push_roots_stopped();
    gci_finalize_push_roots_stopped();
}

static void marked_stopped(void)
{
    if (GC_find_leak) {
        gci_debug_check_stopped();
        gci_leak_find_stopped();
        return; /* nothing dies in this mode: neither links nor finalizers were registered */
    }
    gci_disclaim_mark_stopped();
    gci_links_clear_stopped(GCI_LINK_SHORT);
    gci_finalize_decide_stopped();
    gci_links_drop_dangling_stopped(GCI_LINK_SHORT);
    gci_toggle_clear_stopped();
    gci_links_clear_stopped(GCI_LINK_LONG);
    gci_links_drop_dangling_stopped(GCI_LINK_LONG);
    gci_debug_check_stopped(); /* now what is unmarked is dead */
}

static void cycle_done_locked(void)
{
    gci_stats_after_cycle_locked();
    gci_leak_settle_locked();
    gci_finalize_announce_locked();
    gci_links_settle_locked();
    if (gci_options.dump_regularly && GC_gc_no % gci_options.dump_interval == 0)
        GC_dump_named(NULL);
}

static void cycle_done_unlocked(void)
{
    gci_debug_report();
    gci_leak_report();
    gci_backptr_report();
    gci_finalize_run_or_notify();
}

/* GC_TRACE: what became of the object that holds the address. */
static word traced_address;

static void trace_stopped(void)
{
    struct gci_block *run;
    ptr_t base = gci_heap_object(traced_address, &run, NULL);

    if (base == NULL)
        gci_print("GC_TRACE: collection %lu: %p is in no object\n", (unsigned long)GC_gc_no,
                  (void *)traced_address);
    else
        gci_print("GC_TRACE: collection %lu: %p, object at %p of %lu bytes and kind %u: %s\n",
                  (unsigned long)GC_gc_no, (void *)traced_address, (void *)base,
                  (unsigned long)run->obj_bytes, run->kind,
                  gci_extras_is_marked(base) ? "reached" : "not reached");
}

static void verify_stopped(void)
{
    if (traced_address != 0)
        trace_stopped();
    if (gci_options.verify)
        gci_verify_stopped();
}

static void at_exit(void)
{
    if (gci_threads_at_exit())
        gci_leak_at_exit();
    gci_stats_at_exit();
}

static void read_options(void)
{
    if (gci_options.trace != NULL)
        traced_address = (word)strtoul(gci_options.trace, NULL, 16);
    if (gci_options.print_back_height)
        gci_warn_text("GC_PRINT_BACK_HEIGHT: chains of unreachable objects are not measured; "
                      "ignored");
}

void gci_extras_init(void)
{
    read_options();
    gci_hooks.before_stop_locked = gci_toggle_ask_locked;
    gci_hooks.push_roots_stopped = push_roots_stopped;
    gci_hooks.marked_stopped = marked_stopped;
    gci_hooks.cycle_done_locked = cycle_done_locked;
    gci_hooks.cycle_done_unlocked = cycle_done_unlocked;
    gci_hooks.verify_stopped = verify_stopped;
    gci_hooks.allocated = gci_leak_allocated;
    gci_hooks.freed = gci_leak_freed;
    (void)atexit(at_exit);
}
