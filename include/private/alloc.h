/* alloc.h - allocation: holes per thread, the slow path, large objects, freeing.
 *
 * Files: collector/alloc/. fast.c (GC_malloc and friends), cache.c (a thread's holes and free
 * lists), slow.c (the next hole, the next run, a collection, out of memory), large.c (medium and
 * large objects), free.c, freed.c (lists of freed slots), batch.c (GC_generic_malloc_many), resize.c (realloc, strdup, memalign),
 * typed.c, gcj.c, inline.c (what programs inline).
 *
 * [hole]    [bump, end) of a cache's hole is unmarked, cleared when its kind says so, and belongs to
 *           that cache alone. The world's stop retires every hole: bump and end become NULL.
 * [resume]  A thread stopped between reading and writing bump writes a stale bump later; end is
 *           then NULL, so the next allocation goes the slow way; the object it took is in a register.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_ALLOC_H
#define GCI_ALLOC_H

#include "private/collect.h"

#include "gc/gc_fast.h"

struct gci_hole {
    /* down to max_bytes as in struct GC_fast_hole (inline.c) */
    ptr_t bump, end;
    size_t obj_bytes;         /* never 0: the fast path of an empty hole fails on end == NULL */
    uint32_t max_bytes;       /* the fast path serves requests up to here: the whole slot only in
                                 runs that are known as `exact` */
    bool zero : 1;            /* the rest of the hole reads as zero already */
    bool freed_inexact : 1;   /* some freed slot is in a run that is not */
    uint8_t piece_more : 6;   /* slots but the first of what is cleared at once [piece] in slow.c */
    uint8_t parts;            /* taken since the last stop [parts] in slow.c */
    ptr_t part_end;           /* where the present one ends; NULL: there is none */
    struct gci_block *run;    /* of the part; or NULL */
    uint32_t rest_bytes;      /* the hole goes on behind `end`; cleared piece by piece */
    int32_t freed_room;       /* so many more are worth keeping [walk] in freed.c */
    void *freed;              /* explicitly freed slots: links hidden (free.c) */
};

struct gci_cache {
    struct gci_hole *kinds[GCI_MAX_KINDS]; /* arrays of gci_small_class_count holes, on demand;
                                              PTRFREE and NORMAL always */
    struct gci_cache *next;   /* list of all caches, or of spare ones (allocator lock) */
    word allocated_bytes;     /* not yet told to gci_pace */
    word freed_bytes;
    bool in_use;
#ifdef GC_FAST_INLINE
    struct GC_fast_table fast; /* inline.c */
#endif
};

/* The cache of threads not registered: used under the allocator lock. */
extern struct gci_cache gci_cache_global;
extern struct gci_cache *gci_cache_list;
void gci_cache_init(void);
struct gci_cache *gci_cache_new(void);          /* allocator lock held; NULL: no memory */
void gci_cache_retire(struct gci_cache *cache); /* its owner inside a no-stop region, or world stopped */
void gci_cache_retire_all_stopped(void);
bool gci_cache_make_kind(struct gci_cache *cache, unsigned kind);
void gci_cache_tell_pace(struct gci_cache *cache);
/* The thread whose cache an allocation may use without a lock; NULL: the global cache, under the
   allocator lock (threads not registered, --disable-thread-local-alloc). */
GCI_INLINE struct gci_thread *gci_cache_owner(void)
{
    return config_thread_local_alloc || !config_threads ? gci_self() : NULL;
}
GCI_INLINE bool gci_cache_need_kind(struct gci_cache *cache, unsigned kind)
{
    return gci_likely(cache->kinds[kind] != NULL) || gci_cache_make_kind(cache, kind);
}
/* The cache's hole of a kind and a small class; NULL: it has none of that kind yet. */
GCI_INLINE struct gci_hole *gci_cache_hole(const struct gci_cache *cache, word kind, word cls)
{
    struct gci_hole *holes = cache->kinds[kind];

    return gci_likely(holes != NULL) ? &holes[cls] : NULL;
}
/* The same of the calling thread's cache: those of the two common kinds exist, and are a load nearer. */
GCI_INLINE struct gci_hole *gci_hole_of(const struct gci_thread *self, word kind, word cls)
{
    if (gci_unlikely(kind > GCI_KIND_NORMAL))
        return gci_cache_hole(self->cache, kind, cls);
    if (self->holes[kind] == NULL)
        __builtin_unreachable();
    return &self->holes[kind][cls];
}

/* The next slot of a hole of the calling thread; false: there is none, or none that serves so many bytes. */
GCI_INLINE bool gci_hole_take(struct gci_hole *hole, size_t bytes, void **taken)
{
    ptr_t p = hole->bump, next = p + hole->obj_bytes;

    GCI_COMPILER_BARRIER(); /* [resume] a stop in between leaves no end */
    if (gci_likely((word)next <= (word)hole->end) && gci_likely(bytes <= hole->max_bytes)) {
        hole->bump = next; /* [resume] */
        *taken = p;
        return true;
    }
    return false;
}

/* fast.c: as GC_malloc_kind, but for kinds beside the two common ones. */
void *gci_alloc_of_kind(size_t bytes, unsigned kind);

/* inline.c: the calling thread's program shall find no more slots by itself. */
void gci_inline_hide_holes(void);

/* ---- slow.c ------------------------------------------------------------------- */

enum { GCI_ALLOC_IGNORE_OFF_PAGE = 1, GCI_ALLOC_NO_OOM_FN = 2 };
/* An object of any size and kind; what the out-of-memory function returned when there is no
   memory. Any thread, registered or not, without the allocator lock: it takes that. */
void *gci_alloc(size_t bytes, unsigned kind, unsigned flags);
/* As that; the caller fills the first bytes at once. */
void *gci_alloc_to_fill(size_t bytes, unsigned kind, size_t filled_bytes);
void *gci_alloc_oom(size_t bytes); /* calls GC_oom_fn */
/* Notes that the object at p fills its slot. Any thread. */
GCI_INLINE void gci_alloc_note_exact(struct gci_block *run)
{
    if (!GCI_PEEK(run->exact))
        GCI_WRITE(run->exact, 1);
}
/* The fast path's next step: the rest of the hole or of its run, or gci_alloc. */
void *gci_alloc_go_on(struct gci_thread *self, size_t bytes, unsigned kind, struct gci_hole *hole);
/* Inside a no-stop region (or with the lock, for the global cache): makes the hole non-empty or
   returns a freed slot. NULL when a fresh run is needed and cannot be had, or a cycle is due and
   may_wait is set. */
void *gci_alloc_refill(struct gci_cache *cache, unsigned kind, unsigned cls, bool ask_pace);
/* Makes a hole the class's: from the current run's cursor to hole_end. Of the current run or the next one
   that was swept; class lock held. False: there is none. */
bool gci_alloc_swept_hole_locked(struct gci_class_runs *runs, unsigned kind);
/* The same of a fresh run. False: the heap cannot grow. */
bool gci_alloc_fresh_run_locked(struct gci_class_runs *runs, unsigned kind, unsigned cls);
/* May the heap grow without a collection before it (GC_dont_expand, [resident] in pace.c)? */
bool gci_alloc_may_grow(void);
extern bool gci_alloc_forced; /* under the allocator lock: a collection has not helped */

/* ---- large.c: inside a no-stop region or with the allocator lock ------------------- */

void *gci_alloc_medium(unsigned kind, unsigned cls, bool *zero);
/* TAKEN blocks for an object; the caller clears, then dresses and publishes it. */
struct gci_block *gci_alloc_large_take(size_t bytes, size_t align_bytes, unsigned kind, unsigned flags);
void gci_alloc_large_publish(struct gci_block *head, size_t bytes, unsigned kind, unsigned flags);
void gci_alloc_large_free(struct gci_block *run);
/* The object grows where it is; false: it cannot. Outside no-stop regions. [in-place] */
bool gci_alloc_large_grow(struct gci_block *run, size_t requested_bytes);
GCI_INLINE size_t gci_large_blocks(size_t bytes)
{
    return (bytes + GCI_BLOCK_BYTES - 1) >> GCI_BLOCK_SHIFT;
}

void gci_alloc_fork_init(void); /* forking.c */

/* ---- free.c -------------------------------------------------------------------------- */

void gci_free_named(void *p, const char *function); /* messages name the function */
/* Was the object freed since the last collection? */
bool gci_free_is_known(const struct gci_block *run, const void *p);
/* [quick] in free.c: after the sweep's epoch, the mode, or one of the common kinds has changed; world
   stopped, or the allocator lock held. */
void gci_free_set_epoch(void);
/* Fills in the limits of a class's list. */
void gci_free_init_hole(struct gci_hole *hole);
/* An object of a common kind in a slot that the program freed, or the slow way. Holes of the calling thread. */
void *gci_free_reuse(struct gci_thread *self, size_t bytes, struct gci_hole *hole);
void *gci_free_reuse_atomic(struct gci_thread *self, size_t bytes, struct gci_hole *hole);
/* A slot the program freed, from this cache or handed over by others; NULL if none. Not cleared
   but for the words that linked it. Same context as gci_alloc_refill. */
void *gci_free_take(struct gci_cache *cache, unsigned kind, unsigned cls);
void *gci_free_take_shared_locked(struct gci_class_runs *runs); /* class lock held */
void gci_free_drop_cache_stopped(struct gci_cache *cache);
void gci_free_drop_shared_stopped(void);

#endif /* GCI_ALLOC_H */
