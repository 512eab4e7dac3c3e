/* extras.h - what hangs on the collector: finalizers, links, toggle refs, debugging, reports.
 *
 * Files: collector/extras/. extras.c (the hooks, in their order), table.c (the hash table below),
 * finalize.c, links.c, toggle.c, disclaim.c, verify.c, stats.c, dump.c, debug.c, debug_check.c,
 * debug_finalize.c, ptrcheck.c, backptr.c, leak.c, iterate.c.
 *
 * [order]   After marking, the world still stopped: disclaimable objects' referents are marked; leaks
 *           noted; short links to unmarked objects cleared; finalizable objects chosen and marked;
 *           toggle refs and long links to what is still unmarked cleared.
 * [hidden]  Tables hold complemented addresses in metadata memory: they are never roots.
 * [client]  No function of the program is called with the world stopped.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_EXTRAS_H
#define GCI_EXTRAS_H

#include "private/alloc.h"
#include "private/hooks.h"

/* ---- extras.c -------------------------------------------------------------- */

/* Subscribes to the hooks and registers the exit report; from GC_init, after the options are
   read and before the first collection. */
void gci_extras_init(void);

/* ---- table.c: chained hash table of small, numbered nodes -------------------------- */

/* [linked] A node in the table has the lowest bit of `key` set; a free or detached one has not.
   Keys are complemented addresses of words, so that bit is there to be used. */
struct gci_node {
    word key;
    uint32_t next;   /* index in the bucket's chain, the free list or the owner's queue; 0 ends */
    uint32_t tag;    /* the owner's */
};

#define GCI_TABLE_FIRST_LOG 8   /* nodes of the first segment; each other one doubles the table */
#define GCI_TABLE_SEGMENTS  (32 - GCI_TABLE_FIRST_LOG)

struct gci_table {
    size_t node_bytes;     /* set by the owner: sizeof of its node */
    const char *name;      /* for dumps */
    word segments[GCI_TABLE_SEGMENTS]; /* where node 0 would be, were it in that segment */
    uint32_t capacity;     /* nodes, number 0 included, which is not used */
    uint32_t used;         /* nodes 1 .. used - 1 have been handed out at least once */
    uint32_t free_head;
    uint32_t count;        /* linked nodes */
    uint32_t *buckets;     /* as many as capacity */
    unsigned bucket_log;
    uint32_t removals;     /* since the chains were last in order, by detaching in a cycle */
    bool stale;            /* chains hold detached nodes: gci_table_settle */
};

GCI_INLINE struct gci_node *gci_table_at(const struct gci_table *t, uint32_t i)
{
    unsigned log = 31u - (unsigned)__builtin_clz(i | 1u << (GCI_TABLE_FIRST_LOG - 1));

    return (struct gci_node *)(t->segments[log - (GCI_TABLE_FIRST_LOG - 1)]
                               + (word)i * t->node_bytes);
}
GCI_INLINE bool gci_table_is_linked(const struct gci_node *n) { return (n->key & 1) != 0; }
GCI_INLINE word gci_table_key(const void *address) { return ~(word)address; }
GCI_INLINE ptr_t gci_table_address(const struct gci_node *n) { return (ptr_t)~(n->key | 1); }

/* All need the allocator lock or a stopped world. Indices stay valid until gci_table_trim. */
uint32_t gci_table_find(const struct gci_table *t, word key);    /* 0: not there */
uint32_t gci_table_insert(struct gci_table *t, word key);        /* 0: no memory; key not there yet */
void gci_table_remove(struct gci_table *t, uint32_t i);          /* linked node: unlink and free */
void gci_table_detach(struct gci_table *t, uint32_t i);          /* linked node: unlink, keep */
void gci_table_attach(struct gci_table *t, uint32_t i);          /* the reverse; cannot fail */
void gci_table_rekey(struct gci_table *t, uint32_t i, word key); /* linked node, new key not there */
void gci_table_free(struct gci_table *t, uint32_t i);            /* detached node */
/* [settled] Many removals in a row leave the chains as they are; this brings them in order. Due
   before the lock is dropped, but after the world runs again; finding and inserting want it. */
void gci_table_settle(struct gci_table *t);
/* Gives memory back when most of it is unused. Moves nodes: no index may be held. */
void gci_table_trim(struct gci_table *t);

/* As gci_mark_is_marked, for what was the start of an object once: asked millions of times in a pause. */
GCI_INLINE bool gci_extras_is_marked(const void *base)
{
    const struct gci_block *run = gci_heap_run((word)base);
    word slot;

    if (gci_unlikely(run == NULL))
        return false;
    slot = gci_run_slot(run, (word)base - (word)run->start);
    return slot < run->nslots && gci_run_marked(run, slot);
}

/* ---- finalize.c -------------------------------------------------------------- */

void gci_finalize_push_roots_stopped(void);
void gci_finalize_decide_stopped(void);
void gci_finalize_announce_locked(void);   /* table in order, await procedure, warnings */
void gci_finalize_run_or_notify(void);     /* no lock held */
word gci_finalize_count(void);             /* registered */
bool gci_finalize_holds(const void *obj);  /* in the queue; allocator lock held */
word gci_finalize_ready_count(void);       /* waiting to be run */

/* ---- links.c ------------------------------------------------------------------ */

enum gci_link_length { GCI_LINK_SHORT, GCI_LINK_LONG };
/* Clears links whose object is unmarked. */
void gci_links_clear_stopped(enum gci_link_length length);
/* Forgets links that lie in dead objects. */
void gci_links_drop_dangling_stopped(enum gci_link_length length);
void gci_links_settle_locked(void);
word gci_links_count(enum gci_link_length length);
void gci_links_dump(enum gci_link_length length);

/* ---- toggle.c ------------------------------------------------------------------ */

void gci_toggle_ask_locked(void);          /* world running, before it is stopped */
void gci_toggle_push_roots_stopped(void);
void gci_toggle_clear_stopped(void);

/* ---- disclaim.c ------------------------------------------------------------------ */

/* Marks what unmarked objects of mark_from_all kinds refer to. */
void gci_disclaim_mark_stopped(void);

/* ---- verify.c --------------------------------------------------------------------- */

void gci_verify_stopped(void);

/* ---- stats.c, dump.c ----------------------------------------------------------------- */

void gci_stats_after_cycle_locked(void);
void gci_stats_at_exit(void); /* the last line, with GC_PRINT_STATS */

/* ---- backptr.c ------------------------------------------------------------------------- */

void gci_backptr_report(void); /* GC_BACKTRACES; no lock held */

/* ---- debug.c, debug_check.c ------------------------------------------------------------ */

/* A debugging object: header, the program's bytes, filling up to a word, end guard, callers.
   [guards] Both guards are functions of the object's address, so a copied header is none. */
struct gci_debug_header {
    const char *file;
    word line;       /* the line; above it, from GCI_DEBUG_LINE_BITS on, the number of callers */
    word bytes;      /* as requested */
    word guard;
};
#define GCI_DEBUG_LINE_BITS  24
#define GCI_DEBUG_CALLERS    8  /* at most; return addresses, innermost first */
#define GCI_DEBUG_FILL       0xbd /* between the program's bytes and the end guard */
#define GCI_DEBUG_FREED_FILL 0xde /* a freed object, kept for a while */
extern bool gci_debug_started;
/* A debugging object whose place is told by its callers; NULL: no memory. bytes <= SIZE_MAX / 2 */
void *gci_debug_make_traced(size_t bytes, unsigned most_callers);
enum gci_debug_state {
    GCI_DEBUG_NONE,
    GCI_DEBUG_LIVE,
    GCI_DEBUG_KEPT,  /* freed by the program, filled, not given back yet */
    GCI_DEBUG_FREED  /* freed and given back: only the guard means anything */
};
/* What the header at `base` says; base is the start of an object of slot_bytes. */
enum gci_debug_state gci_debug_state(const void *base, size_t slot_bytes);
/* Are size and number of callers possible ones for the slot? */
bool gci_debug_fits(const struct gci_debug_header *h, size_t slot_bytes);
/* What is in the slot is no debugging object any more. */
void gci_debug_wipe(struct gci_debug_header *h, size_t slot_bytes);
/* The first damaged address of a debugging object, NULL when intact. */
ptr_t gci_debug_damage(ptr_t base, size_t slot_bytes);
/* As reports and dumps call it. */
const char *gci_debug_kind_name(unsigned kind);
/* Prints the prefix, address, place, size and kind of the object with that base, and its callers. */
void gci_debug_print_object(const char *prefix, ptr_t base);
/* Looks for damage in every debugging object and notes it; the report comes later. */
void gci_debug_check_stopped(void);
void gci_debug_report(void); /* no lock held */
word gci_debug_guard(const void *user, enum gci_debug_state state);
word gci_debug_end_guard(const void *user);
/* The tail behind the program's bytes: from here guard word, callers. */
GCI_INLINE word *gci_debug_tail(const struct gci_debug_header *h)
{
    return (word *)gci_align_up((word)(h + 1) + h->bytes, GCI_WORD_BYTES);
}
GCI_INLINE unsigned gci_debug_caller_count(const struct gci_debug_header *h)
{
    return (unsigned)(h->line >> GCI_DEBUG_LINE_BITS);
}
/* Return addresses of the frames outside of this library, innermost first; how many. */
unsigned gci_debug_save_callers(word *callers, unsigned count);
void gci_debug_print_callers(const word *callers, unsigned count);

/* ---- leak.c ------------------------------------------------------------------------------ */

/* hooks.allocated and freed: no lock held. */
void gci_leak_allocated(void *base);
void gci_leak_freed(void *base);
void gci_leak_find_stopped(void);
void gci_leak_settle_locked(void);
void gci_leak_report(void);  /* no lock held */
void gci_leak_at_exit(void);

#endif /* GCI_EXTRAS_H */
