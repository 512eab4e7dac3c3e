/* trace.h - kinds of objects, roots, the markers and the sweep.
 *
 * Files: collector/trace/.
 *
 * [black]  A marked object is pushed at the moment its bit is set, by whoever set it.
 * [drop]   An entry is dropped only when no memory for the mark stack can be had; the `overflowed`
 *          flag then makes mark.c rescan every marked object until nothing was dropped.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_TRACE_H
#define GCI_TRACE_H

#include "private/heap.h"
#include "gc/gc_mark.h"
#include "gc/gc_typed.h"

/* ---- kinds.c ----------------------------------------------------------------- */

enum gci_kind_number {
    GCI_KIND_PTRFREE = 0,
    GCI_KIND_NORMAL = 1,
    GCI_KIND_UNCOLLECTABLE = 2,
    GCI_KIND_AUNCOLLECTABLE = 3,
    GCI_KINDS_PREDEFINED = 4
};
/* What a run is that is born or claimed [swept]. */
GCI_INLINE uint8_t gci_run_swept_flags(unsigned kind, unsigned cls)
{
    return kind <= GCI_KIND_NORMAL && cls < gci_small_class_count ? GCI_BLOCKF_SWEPT | GCI_BLOCKF_QUICK
                                                                  : GCI_BLOCKF_SWEPT;
}
#define GCI_MAX_KINDS 32
#define GCI_MAX_MARK_PROCS 64   /* GC_MAX_MARK_PROCS of the interface (1 << GC_LOG_MAX_MARK_PROCS) */

struct gci_kind {
    word descr;           /* descriptor template */
    bool relocate;        /* add the object's size to it */
    bool clear;           /* objects are born zero-filled */
    bool uncollectable;   /* always live; [mark] bits mean allocated */
    bool odd;             /* a descriptor or mark procedure reads the object: a slot that is none must
                             read as zero [odd-zero] */
    unsigned uncollectable_twin; /* kind of the uncollectable objects of this kind, 0: none yet */
    unsigned reported;    /* the kind that GC_get_kind_and_size tells: a twin's is its original */
    bool mark_from_all;   /* disclaim: unmarked objects' referents stay until it ran */
    int (GC_CALLBACK *disclaim)(void *obj);
    void **client_free_list; /* as given to GC_new_kind; kept empty */
};
extern struct gci_kind gci_kinds[GCI_MAX_KINDS];
extern unsigned gci_kind_count;
extern GC_mark_proc gci_mark_procs[GCI_MAX_MARK_PROCS];
void gci_kinds_init(void);
extern bool gci_client_procs;           /* the program has mark procedures of its own */
extern uint64_t gci_client_proc_set;    /* a bit for each of them */
GCI_INLINE bool gci_client_proc(word number) { return (gci_client_proc_set >> number & 1) != 0; }
void gci_kinds_note_client_proc(unsigned number);
unsigned gci_kinds_new_proc(GC_mark_proc proc); /* the collector's own; allocator lock held */
/* The kind that is like this one, but uncollectable; made on demand. */
unsigned gci_kind_uncollectable(unsigned kind);
/* The mark descriptor of an object of that kind and size. */
word gci_kind_descr(unsigned kind, size_t obj_bytes);
GCI_INLINE bool gci_kind_is_ptrfree(unsigned kind)
{
    return gci_kinds[kind].descr == 0 && !gci_kinds[kind].relocate;
}

/* ---- roots.c: allocator lock held ----------------------------------------------- */

void gci_roots_add(ptr_t lo, ptr_t hi, bool temporary);
/* Before the stop: refresh what the dynamic linker loaded. */
void gci_roots_prepare(void);
/* After the stop: false -> restart the world and prepare again. */
bool gci_roots_valid_stopped(void);
/* Pushes static roots, client hooks (GC_push_other_roots), thread roots. World stopped.
   own_hot: the collecting thread's stack pointer. */
void gci_roots_push_all_stopped(ptr_t own_hot);
/* All but uncollectable objects: where those lie on dirty pages they are rescanned as others are. */
void gci_roots_push_again_stopped(ptr_t own_hot);
/* Calls visit for every static range that is scanned: loaded data and what the program added,
   without what it excluded. World stopped. */
void gci_roots_visit_static_stopped(gci_range_visitor visit, void *arg);
size_t gci_roots_scanned_bytes(void); /* stacks too; for pacing */

/* ---- mark.c, push.c, markstack.c -------------------------------------------------- */

struct gci_marker; /* mark.c */
/* The marker of the thread that collects; root pushing and extras use it. */
extern struct gci_marker *gci_marker_main;

void gci_mark_init(void);
const char *gci_filter_in_use(void); /* for the log */
/* World stopped (or with dirty bits armed): clears every mark bit of collectable runs. */
void gci_mark_clear_all(void);
void gci_mark_clear_run(struct gci_block *run);
/* Pushes a range to be scanned conservatively. Root ranges: interior pointers count always and
   a pointer to an object's start also keeps the object that ends there. */
void gci_mark_push_root_range(ptr_t lo, ptr_t hi);
/* Marks the object that holds p (if any) and pushes it. */
void gci_mark_word(word p);
/* Pushes the contents of the object at base (exact), whether or not it is marked. */
void gci_mark_push_contents(ptr_t base);
/* The same for all slots of a run whose mark bit says so. */
void gci_mark_push_run_contents(struct gci_block *run, bool marked);
bool gci_mark_is_marked(const void *base);  /* false for what is not in the heap */
/* Sets the bit without pushing. */
void gci_mark_set_bit(const void *base);
void gci_mark_clear_bit(const void *base);
/* Of all slots in [lo, hi), which are whole slots of the run. */
void gci_mark_set_slots(struct gci_block *run, const void *lo, const void *hi);
void gci_mark_clear_slots(struct gci_block *run, const void *lo, const void *hi);
/* [births] While marking runs beside the program objects are born marked: their bits are set when
   their slots leave a hole or a list, before the program has them; what they hold is found on dirty
   pages. Changed with the world stopped: no-stop regions see one value. */
extern GCI_HIDDEN bool gci_mark_births;
void gci_mark_newborn(struct gci_block *run, const void *lo, const void *hi);
GCI_INLINE void gci_mark_born(struct gci_block *run, const void *lo, const void *hi)
{
    if (gci_unlikely(gci_mark_births) && !(run->flags & GCI_BLOCKF_UNCOLLECTABLE))
        gci_mark_newborn(run, lo, hi);
}
/* Marks until nothing is left, with all markers there are; handles overflow. */
void gci_mark_drain(void);
/* GC_VERIFY, after marking: pushes all roots again and aborts if one leads to an unmarked object. What
   uncollectable objects lead to is checked as in any object (extras/verify.c). */
void gci_mark_check_roots_stopped(ptr_t own_hot);
void gci_mark_prepare_helpers(void); /* world running, before a stop */
/* Uncollectable objects are roots. */
void gci_mark_push_uncollectable(void);
unsigned gci_mark_markers_used(void);
bool gci_mark_pair_bits_clear(const struct gci_block *run); /* for GC_VERIFY: as between cycles they are */
/* Resets the counters. The world stays stopped until all is marked, or not: [relieve] in marker.h. */
void gci_mark_begin(bool world_stays);

/* ---- sweep.c ------------------------------------------------------------------------ */

/* The runs of a kind and class: all of them in one list; those from `unswept` on have not been
   looked at since the last marking. [class-lock] [swept] in sweep.c. Large objects of a kind have
   an entry of their own behind the classes, at gci_class_count. */
#define GCI_FREED_BATCHES 4
struct gci_freed_batch {
    void *first;
    uint32_t count;
};
struct gci_class_runs {
    struct gci_lock lock;
    struct gci_block *first, *last;
    struct gci_block *unswept;
    struct gci_block *sweep_at;      /* where gci_sweep_all goes on */
    void *freed;                     /* medium classes: explicitly freed slots (alloc/freed.c) */
    struct gci_freed_batch batches[GCI_FREED_BATCHES]; /* small ones: handed over by threads */
    word batch_count;
    struct gci_block *current;       /* the run that is being allocated from, or NULL, */
    word hole_end;                   /*   of which a hole may lie between its cursor and here */
    bool hole_zero;                  /* the hole's memory reads as zero */
};
extern struct gci_class_runs *gci_runs[GCI_MAX_KINDS]; /* arrays of gci_class_count + 1, on demand */
/* NULL: none yet. For threads that have not allocated of the kind. */
GCI_INLINE struct gci_class_runs *gci_sweep_runs(unsigned kind)
{
    return __atomic_load_n(&gci_runs[kind], __ATOMIC_ACQUIRE);
}
bool gci_sweep_need_kind(unsigned kind); /* false: no memory */
extern struct gci_lock gci_sweep_need_lock; /* taken before class locks */

/* Class lock held: claims the next run with a hole; NULL when all are swept. */
struct gci_block *gci_sweep_claim_locked(struct gci_class_runs *runs);
/* The next maximal run of free slots at or after *first_slot, below `limit`. False: none. For who was given
   these slots, or with the class lock held. */
bool gci_sweep_find_hole(const struct gci_block *run, word limit, word *first_slot, word *end_slot);
void gci_sweep_add_run(struct gci_class_runs *runs, struct gci_block *run);    /* class lock held */
void gci_sweep_remove_run(struct gci_class_runs *runs, struct gci_block *run); /* class lock held */
/* World stopped, after marking: every run is unswept; owners are forgotten. */
void gci_sweep_restart_stopped(void);
/* World stopped, after marking was given up: no run may be swept before the next marking. */
void gci_sweep_forbid_stopped(void);
/* Settles every run, frees empty ones and unmarked large objects, calls disclaim procedures. World
   running; allocator lock held, or no cycle can begin. gci_sweep_go_on ends early (false) when
   `pause` says so, and goes on there when called again. */
void gci_sweep_all(void);
bool gci_sweep_go_on(bool (*pause)(void));
/* Clears the marks of collectable runs beside the running program, between sweep and marking. */
void gci_sweep_begin_clearing(void);
bool gci_sweep_clear_marks(bool (*pause)(void));
bool gci_sweep_is_clearing(void);       /* from then on until a marking begins */
void gci_sweep_end_clearing(void);
size_t gci_sweep_reclaimed_bytes(void); /* by the sweeps since the last cycle */
/* Adds up what is marked; world stopped after marking, or as of the last such time. */
struct gci_live {
    size_t bytes;           /* in slots of marked objects */
    size_t composite_bytes; /* of those, not pointer-free */
    size_t saved_bytes;     /* what libgc would have added to these: a granule where the slot is full */
};
extern struct gci_live gci_live;
void gci_sweep_count_live_stopped(void);
/* Instead: the coming sweep counts, and gci_live is set when it is over. */
void gci_sweep_count_live_later_stopped(void);
void gci_sweep_take_count(void);

#endif /* GCI_TRACE_H */
