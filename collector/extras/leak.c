/* leak.c - GC_find_leak: objects that became unreachable without being freed.
 *
 * The alloc floor tells of every object made and freed while leaks are looked for; what is known
 * and unmarked after marking has leaked. It is kept, reported when no lock is held, and freed.
 *
 * [noted]  A node of the table is an object that was made and not freed; a detached node waits to
 *          be reported.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/extras.h"
#include "private/maps.h"

struct made {
    struct gci_node node; /* key: the object; next: in the list of leaks, when detached */
};

static struct gci_table table = { .node_bytes = sizeof(struct made), .name = "objects" };
static volatile word leaks_head;
static uint32_t leaks_tail;

void gci_leak_allocated(void *base)
{
    bool noted;

    if (!GC_find_leak || base == NULL)
        return;
    GCI_LOCK();
    noted = gci_table_find(&table, gci_table_key(base)) != 0
            || gci_table_insert(&table, gci_table_key(base)) != 0;
    GCI_UNLOCK();
    if (!noted)
        gci_warn("No memory to watch the object at %p for leaks", (word)base);
    GC_reachable_here(base);
}

void gci_leak_freed(void *base)
{
    uint32_t i;

    GCI_LOCK();
    i = gci_table_find(&table, gci_table_key(base));
    if (i != 0)
        gci_table_remove(&table, i);
    GCI_UNLOCK();
}

void gci_leak_find_stopped(void)
{
    uint32_t i;

    for (i = 1; i < table.used; i++) {
        struct gci_node *n = gci_table_at(&table, i);
        ptr_t base = gci_table_address(n);

        if (!gci_table_is_linked(n) || gci_extras_is_marked(base))
            continue;
        gci_table_detach(&table, i);
        if (leaks_head == 0)
            gci_store(&leaks_head, i);
        else
            gci_table_at(&table, leaks_tail)->next = i;
        leaks_tail = i;
    }
    /* Kept until they are reported; not followed: what only they refer to leaked too. */
    for (i = (uint32_t)leaks_head; i != 0; i = gci_table_at(&table, i)->next)
        gci_mark_set_bit(gci_table_address(gci_table_at(&table, i)));
}

void gci_leak_settle_locked(void) { gci_table_settle(&table); }

static ptr_t take_leak(void)
{
    ptr_t base = NULL;
    uint32_t i;

    GCI_LOCK();
    i = (uint32_t)leaks_head;
    if (i != 0) {
        base = gci_table_address(gci_table_at(&table, i));
        gci_store(&leaks_head, gci_table_at(&table, i)->next);
        gci_table_free(&table, i);
    }
    GCI_UNLOCK();
    return base;
}

/* Freed by GC_debug_free but kept, with GC_FINDLEAK_DELAY_FREE: no leak. */
static bool was_freed(ptr_t base)
{
    return gci_debug_state(base, gci_heap_run((word)base)->obj_bytes) == GCI_DEBUG_KEPT;
}

#ifdef GCI_OS_LINUX
static bool print_mapping(const struct gci_map *m, void *arg GCI_UNUSED)
{
    gci_print("%0*lx-%0*lx %c%c%c%c %.*s\n", 2 * GCI_WORD_BYTES, (unsigned long)m->lo,
              2 * GCI_WORD_BYTES, (unsigned long)m->hi, m->read ? 'r' : '-', m->write ? 'w' : '-',
              m->exec ? 'x' : '-', m->shared ? 's' : 'p', (int)m->path_bytes, m->path);
    return true;
}
#endif

static void print_address_map(void)
{
    gci_print("Address map:\n");
#ifdef GCI_OS_LINUX
    if (gci_maps_walk(print_mapping, NULL) == 0)
        return;
#endif
    gci_print("unknown\n");
}

static word count_leaks(void)
{
    word n = 0, i;

    GCI_LOCK();
    for (i = leaks_head; i != 0; i = gci_table_at(&table, (uint32_t)i)->next)
        n += !was_freed(gci_table_address(gci_table_at(&table, (uint32_t)i)));
    GCI_UNLOCK();
    return n;
}

void gci_leak_report(void)
{
    word found = 0, expected = gci_load(&leaks_head) != 0 ? count_leaks() : 0;
    size_t slot_bytes;
    ptr_t base;

    if (expected != 0)
        gci_print("Found %lu leaked objects:\n", (unsigned long)expected);
    while (gci_load(&leaks_head) != 0 && (base = take_leak()) != NULL) {
        if (!was_freed(base)) {
            gci_debug_print_object(gci_kind_is_ptrfree(gci_heap_run((word)base)->kind)
                                       ? "Leaked atomic "
                                       : "Leaked composite ",
                                   base);
            found++;
        }
        slot_bytes = gci_heap_run((word)base)->obj_bytes;
        if (gci_debug_state(base, slot_bytes) != GCI_DEBUG_NONE) /* else it may be shorter than a header */
            gci_debug_wipe((struct gci_debug_header *)(void *)base, slot_bytes);
        gci_free_named(base, "leak report");
    }
    if (found == 0)
        return;
    (void)gci_fetch_add(&gci_state.leaked, found);
    gci_log(1, "%lu objects leaked, %lu so far\n", (unsigned long)found,
            (unsigned long)gci_state.leaked);
    if (gci_options.print_address_map)
        print_address_map();
    if (gci_options.abort_on_leak)
        gci_abort("%lu objects leaked", (unsigned long)found);
}

void gci_leak_at_exit(void)
{
    if (GC_find_leak && !GC_dont_gc)
        GC_gcollect();
}
