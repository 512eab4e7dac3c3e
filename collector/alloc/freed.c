/* freed.c - where freed slots wait to be objects again.
 *
 * A thread has a list for each kind and class (struct gci_hole). When it gets long half of it is handed
 * to the class as a batch, which another thread takes whole. What freeing checks before: free.c.
 *
 * [batch]    A batch is a list with its length: nobody looks into the slots, which are in another
 *            processor's cache, before they are used. When there are too many, the last two become one.
 * [walk]     A thread walks over slots that it has just freed, never over those that came as a batch,
 *            however long that one was: `freed_room` counts from what came.
 * [dropped]  At each stop every list is dropped: marking finds such slots unmarked, and holes them.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/freed.h"

#include <string.h>

#define SEAL         ((word)0x5ea1f4eed0b1ec75u)
#define LIST_BYTES   ((size_t)2 << 10) /* a thread's list holds no more than this, */
#define LIST_LEAST   8u                /* or than so many */

word gci_freed_key = SEAL;

/* Every byte of the key changes, so that an old seal of which a short object overwrote a part is none. */
static void next_interval(void)
{
    static uint64_t n;
    uint64_t x = ++n * 0x9e3779b97f4a7c15u; /* splitmix64 (Steele, Lea, Flood 2014) */

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    gci_freed_key = (word)(x ^ x >> 31);
}

static int32_t own_room(const struct gci_hole *hole)
{
    uint32_t most = (uint32_t)(LIST_BYTES / hole->obj_bytes);

    return (int32_t)(most < LIST_LEAST ? LIST_LEAST : most);
}

void gci_free_init_hole(struct gci_hole *hole)
{
    hole->freed_room = own_room(hole);
}

/* ---- between threads ------------------------------------------------------------------ */

static void add_batch_locked(struct gci_class_runs *runs, struct gci_freed *first,
                             struct gci_freed *last, uint32_t n)
{
    struct gci_freed_batch *b;

    if (runs->batch_count == GCI_FREED_BATCHES) { /* [batch] */
        b = &runs->batches[GCI_FREED_BATCHES - 1];
        gci_freed_link(last, b->first);
        n += b->count;
    } else {
        b = &runs->batches[runs->batch_count];
        gci_store(&runs->batch_count, runs->batch_count + 1);
    }
    b->first = first;
    b->count = n;
}

/* The newer half, of a list that is not longer for what came to it. [walk] */
static void hand_over_half(struct gci_hole *hole, struct gci_class_runs *runs)
{
    uint32_t n = (uint32_t)own_room(hole) / 2, i;
    struct gci_freed *first = hole->freed, *last = first;

    for (i = 1; i < n; i++)
        last = gci_freed_next(last);
    hole->freed = gci_freed_next(last);
    hole->freed_room += (int32_t)n;
    gci_freed_link(last, NULL);
    gci_lock_acquire(&runs->lock);
    add_batch_locked(runs, first, last, n);
    gci_lock_release(&runs->lock);
}

GCI_NOINLINE void gci_freed_shorten(struct gci_cache *cache, struct gci_hole *hole,
                                    const struct gci_block *run)
{
    hand_over_half(hole, &gci_runs[run->kind][run->cls]);
    gci_cache_tell_pace(cache); /* this thread may never allocate */
}

/* The hole's list is empty. */
static void fetch_batch(struct gci_hole *hole, struct gci_class_runs *runs)
{
    if (gci_load(&runs->batch_count) == 0)
        return;
    gci_lock_acquire(&runs->lock);
    if (runs->batch_count > 0) {
        struct gci_freed_batch *b = &runs->batches[runs->batch_count - 1];

        gci_store(&runs->batch_count, runs->batch_count - 1);
        hole->freed = b->first;
        hole->freed_room = own_room(hole); /* [walk] */
        hole->freed_inexact = true; /* not known */
    }
    gci_lock_release(&runs->lock);
}

void *gci_free_take_shared_locked(struct gci_class_runs *runs)
{
    return gci_freed_take(&runs->freed);
}

/* ---- objects again ----------------------------------------------------------------------- */

/* The first and the last n granules, which may overlap. */
GCI_INLINE void clear_ends(ptr_t p, size_t bytes, unsigned n)
{
    memset(p, 0, n * GCI_GRANULE_BYTES);
    memset(p + bytes - n * GCI_GRANULE_BYTES, 0, n * GCI_GRANULE_BYTES);
}

/* A call of memset costs as much as clearing a small object, and a loop is left by a branch that nobody predicts. */
#define CLEAR_INLINE_BYTES (8 * GCI_GRANULE_BYTES)
GCI_INLINE void clear_short(void *p, size_t bytes)
{
    if (bytes > 4 * GCI_GRANULE_BYTES)
        clear_ends(p, bytes, 4);
    else if (bytes > 2 * GCI_GRANULE_BYTES)
        clear_ends(p, bytes, 2);
    else
        clear_ends(p, bytes, 1);
}

static void clear(void *p, size_t bytes)
{
    if (bytes > CLEAR_INLINE_BYTES)
        memset(p, 0, bytes);
    else if (bytes != 0)
        clear_short(p, bytes);
}

/* The list is not empty. The next one will be written to soon. */
GCI_INLINE void *take_own(struct gci_hole *hole)
{
    struct gci_freed *slot = hole->freed, *next = gci_freed_next(slot);

    GCI_PREFETCH_WRITE(next);
    hole->freed = next;
    hole->freed_room++;
    return slot;
}

/* What it was in a list by. */
GCI_INLINE void unseal(struct gci_freed *slot)
{
    slot->link = slot->seal = 0;
}

void *gci_free_take(struct gci_cache *cache, unsigned kind, unsigned cls)
{
    struct gci_hole *hole = gci_cache_hole(cache, kind, cls);
    void *p;

    if (hole->freed == NULL)
        fetch_batch(hole, &gci_runs[kind][cls]);
    if (hole->freed == NULL)
        return NULL;
    p = take_own(hole);
    unseal(p);
    if (gci_unlikely(gci_mark_births))
        gci_mark_born(gci_heap_run((word)p), p, (ptr_t)p + hole->obj_bytes);
    cache->allocated_bytes += hole->obj_bytes;
    if (gci_kinds[kind].clear)
        clear(p, hole->obj_bytes);
    return p;
}

/* [resume] A stop waits until the slot is in a register. */
static GCI_NOINLINE void *obey_stop_with(struct gci_thread *self, void *p, size_t clear_bytes)
{
    gci_nostop_obey(self);
    clear(p, clear_bytes);
    return p;
}

static GCI_NOINLINE void *alloc_after_stop(struct gci_thread *self, size_t bytes, unsigned kind)
{
    if (self->stop_pending != 0)
        gci_nostop_obey(self);
    return gci_alloc(bytes, kind, 0);
}

/* [end] in mark.c: an object that fills a slot of some run, exact or not. */
static GCI_NOINLINE void *reuse_whole(struct gci_thread *self, size_t bytes, unsigned kind,
                                      struct gci_hole *hole)
{
    void *p = NULL;

    gci_nostop_enter(self);
    if (gci_likely(hole->freed != NULL) && gci_likely(!gci_mark_births)) {
        p = take_own(hole);
        unseal(p);
        gci_alloc_note_exact(gci_heap_block((word)p));
        self->cache->allocated_bytes += bytes;
        if (hole->freed == NULL)
            hole->freed_inexact = false;
    }
    gci_nostop_leave(self);
    if (gci_unlikely(p == NULL))
        return gci_alloc(bytes, kind, 0);
    if (kind != GCI_KIND_PTRFREE)
        clear(p, bytes);
    return p;
}

/* Without a frame: each call is the last thing done. */
GCI_INLINE void *reuse(struct gci_thread *self, size_t bytes, unsigned kind, struct gci_hole *hole)
{
    const size_t obj_bytes = hole->obj_bytes, clear_bytes = kind == GCI_KIND_PTRFREE ? 0 : obj_bytes;
    word depth;
    void *p;

    if (gci_unlikely(GC_find_leak))
        return gci_alloc(bytes, kind, 0);
    if (gci_unlikely(bytes >= obj_bytes) && hole->freed_inexact)
        return reuse_whole(self, bytes, kind, hole);
    depth = gci_nostop_enter_from(self);
    if (gci_unlikely(hole->freed == NULL) || gci_unlikely(gci_mark_births)) { /* they change in stops only */
        (void)gci_nostop_leave_asked_to(self, depth);
        return alloc_after_stop(self, bytes, kind);
    }
    p = take_own(hole);
    if (kind == GCI_KIND_PTRFREE)
        unseal(p);
    self->cache->allocated_bytes += obj_bytes;
    if (gci_unlikely(gci_nostop_leave_asked_to(self, depth)))
        return obey_stop_with(self, p, clear_bytes);
    if (kind == GCI_KIND_PTRFREE)
        return p;
    if (obj_bytes > CLEAR_INLINE_BYTES)
        return memset(p, 0, obj_bytes);
    clear_short(p, obj_bytes);
    return p;
}

void *gci_free_reuse(struct gci_thread *self, size_t bytes, struct gci_hole *hole)
{
    return reuse(self, bytes, GCI_KIND_NORMAL, hole);
}

void *gci_free_reuse_atomic(struct gci_thread *self, size_t bytes, struct gci_hole *hole)
{
    return reuse(self, bytes, GCI_KIND_PTRFREE, hole);
}

/* ---- dropping ----------------------------------------------------------------------- */

/* [dropped] Bits of uncollectable runs mean "allocated" and are cleared by nobody else. */
static void unmark_list(const struct gci_freed *slot)
{
    for (; slot != NULL; slot = gci_freed_next(slot))
        gci_mark_clear_bit(slot);
}

void gci_free_drop_cache_stopped(struct gci_cache *cache)
{
    unsigned kind, cls;

    for (kind = 0; kind < gci_kind_count; kind++)
        for (cls = 0; cache->kinds[kind] != NULL && cls < gci_small_class_count; cls++) {
            struct gci_hole *hole = &cache->kinds[kind][cls];

            if (hole->freed == NULL)
                continue;
            if (gci_kinds[kind].uncollectable)
                unmark_list(hole->freed);
            hole->freed = NULL;
            hole->freed_inexact = false;
            gci_free_init_hole(hole);
        }
}

static void drop_shared(struct gci_class_runs *runs, bool uncollectable)
{
    word i;

    if (uncollectable) {
        unmark_list(runs->freed);
        for (i = 0; i < runs->batch_count; i++)
            unmark_list(runs->batches[i].first);
    }
    runs->freed = NULL;
    runs->batch_count = 0;
}

void gci_free_drop_shared_stopped(void)
{
    unsigned kind, cls;

    next_interval();
    for (kind = 0; kind < gci_kind_count; kind++)
        for (cls = 0; gci_runs[kind] != NULL && cls < gci_class_count; cls++)
            drop_shared(&gci_runs[kind][cls], gci_kinds[kind].uncollectable);
}
