/* vdb.h - dirty bits: which heap pages the program wrote since we last asked.
 *
 * Files: os_dep/vdb_*.c, one provider each; vdb_pages.c, the bitmap that some of them share.
 * Who chooses one and what is done with the answer: collector/heap and collector/collect.
 * A provider is a port: it returns facts and errno values, never logs, locks or reads options.
 *
 * [may-lie-up]  A provider may call a page written that was not, never the other way round.
 * [covered]     Only covered memory is watched.  Covered memory is committed, readable, writable,
 *               and stays so: committing it again or changing its protection blinds a provider.
 *               Discarding it (gci_mem_discard) is allowed; release it only when uncovered.
 * [serial]      All operations but note_write are called one at a time (allocator lock).
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_VDB_H
#define GCI_VDB_H

#include "private/base.h"

/* [lo, hi) was written; page aligned; arg is the caller's. */
typedef void (*gci_vdb_dirty)(ptr_t lo, ptr_t hi, void *arg);

struct gci_vdb_provider {
    const char *name;     /* as GC_VDB=name has it */
    unsigned public_flag; /* GC_VDB_* of gc.h, for GC_get_actual_vdb */
    /* Reading and arming again is one step for each page, so it may be done while the program
       runs. Otherwise read_and_rearm needs the world stopped. */
    bool concurrent;
    /* Pages that read_and_rearm was never asked for cost nothing, and are reported when it is asked for
       them at last. */
    bool by_regions;
    /* The program itself tells (note_write): use it only if GC_set_manual_vdb_allowed says so. */
    bool manual;
    /* Does it work here and now? Tries it out on a page of its own; leaves nothing behind. */
    bool (*probe)(void);
    /* Begins to watch [lo, hi), which may be empty. 0, or an errno value: then nothing is watched
       and the next provider may be tried. Every page counts as unwritten afterwards, save what
       [may-lie-up] allows. The world is stopped, or no other thread writes to the heap. */
    int (*start)(ptr_t lo, ptr_t hi);
    /* Also watch [lo, hi): the heap grew. Pages touched later will be reported. 0 or an errno
       value: the range is then not watched, and the caller treats it as written for ever. */
    int (*cover)(ptr_t lo, ptr_t hi);
    /* [lo, hi) is about to be released, or need not be watched any more. */
    void (*uncover)(ptr_t lo, ptr_t hi);
    /* Calls dirty for runs of pages of [lo, hi) written since the last call (or start), ascending
       within a range, and arms them again. Covered pages outside [lo, hi) may be reported too.
       0, or an errno value: then the caller takes everything as written, calls stop, and goes on
       without dirty bits. In a forked child the first call reports everything. */
    int (*read_and_rearm)(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, void *arg);
    /* NULL, or: reports as read_and_rearm would and arms nothing; the program may run. Ends when it finds
       `enough` true. 0, or an errno value: what was written is not known. */
    int (*look)(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, bool (*enough)(void *arg), void *arg);
    /* NULL, or: pages of [lo, hi) are not armed any more, so that the next reading reports them. */
    void (*disarm)(ptr_t lo, ptr_t hi);
    /* Ends watching; all covered memory is plainly writable again. */
    void (*stop)(void);
    /* NULL, or: the program is about to write, or wrote, to the page of p (GC_dirty, and before
       system calls that write to the heap). Any thread, signal handlers too. */
    void (*note_write)(const void *p);
    /* NULL, or: whether system calls may write to the page is worth more than knowing whether it was
       written: pages for which `exempt` says so are reported but not armed, until note_write was
       called for them and they are exempt no longer. Before start; NULL: none is. */
    void (*set_exempt)(bool (*exempt)(const void *page));
    /* NULL, or: asked before more memory is committed; false: it must not be. */
    bool (*may_grow)(void);
    /* NULL, or: heap pages are executable. Before start. */
    void (*set_executable)(bool yes);
};

extern const struct gci_vdb_provider gci_vdb_none, gci_vdb_manual, gci_vdb_uffd, gci_vdb_soft,
    gci_vdb_mprotect, gci_vdb_gww, gci_vdb_proc;

/* GCI_VDB_PROVIDERS(P) applies P to the provider names in the order of trying, as configure read it
   in the row (configure.host).  To make a table:
     #define ENTRY(name) &gci_vdb_##name,
     static const struct gci_vdb_provider *const providers[] = { GCI_VDB_PROVIDERS(ENTRY) NULL };
   Without configure, the facts of gcconfig.h say. */
#ifndef GCI_VDB_PROVIDERS
# ifdef GWW_VDB
#  define GCI_VDB_LIST_GWW(P) P(gww)
# else
#  define GCI_VDB_LIST_GWW(P)
# endif
# ifdef UFFDWP_VDB
#  define GCI_VDB_LIST_UFFD(P) P(uffd)
# else
#  define GCI_VDB_LIST_UFFD(P)
# endif
# ifdef SOFT_VDB
#  define GCI_VDB_LIST_SOFT(P) P(soft)
# else
#  define GCI_VDB_LIST_SOFT(P)
# endif
# ifdef MPROTECT_VDB
#  define GCI_VDB_LIST_MPROTECT(P) P(mprotect)
# else
#  define GCI_VDB_LIST_MPROTECT(P)
# endif
# ifdef PROC_VDB
#  define GCI_VDB_LIST_PROC(P) P(proc)
# else
#  define GCI_VDB_LIST_PROC(P)
# endif
# define GCI_VDB_PROVIDERS(P)                                                             \
    GCI_VDB_LIST_GWW(P) GCI_VDB_LIST_PROC(P) GCI_VDB_LIST_UFFD(P) GCI_VDB_LIST_SOFT(P)   \
    GCI_VDB_LIST_MPROTECT(P) P(manual) P(none)
#endif

/* ---- vdb_pages.c: for providers ------------------------------------------------- */

/* Covered ranges, in no order; joined when adjacent. */
struct gci_vdb_range {
    ptr_t lo, hi;
};
/* 0 or ENOMEM. */
int gci_vdb_ranges_add(ptr_t lo, ptr_t hi);
int gci_vdb_ranges_remove(ptr_t lo, ptr_t hi); /* may split: ENOMEM, then it stays covered */
void gci_vdb_ranges_clear(void);
size_t gci_vdb_ranges_count(void);
struct gci_vdb_range gci_vdb_ranges_get(size_t index);

/* A bit per page of covered memory. */
int gci_vdb_bits_cover(ptr_t lo, ptr_t hi);       /* makes room; 0 or ENOMEM */
bool gci_vdb_bits_set_sigsafe(ptr_t lo, ptr_t hi); /* false: some page has no bit */
void gci_vdb_bits_uncover(ptr_t lo, ptr_t hi);
/* Calls dirty for each run of set bits in the covered ranges within [lo, hi) and clears them. */
void gci_vdb_bits_take(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, void *arg);
bool gci_vdb_bits_is_covered_sigsafe(const void *p);

#endif /* GCI_VDB_H */
