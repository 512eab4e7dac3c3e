/* free.c - explicitly freed objects.
 *
 * A small object goes to the freeing thread's list for its kind and class; when the list is
 * long, half of it is handed to the class, where any thread finds it.
 *
 * [freed]    A freed slot's first word is its link, hidden so that scanning the slot follows nothing;
 *            its second is a seal made of its address and the present interval's key, by which a
 *            second free is found out. Both are zeroed when the slot is handed out again.
 * [no-hole]  A freed slot is in no hole: if its mark is set, holes skip it; if not, it was
 *            allocated from a hole of this epoch, which the run's cursor has passed. Slots of runs
 *            not swept yet without a mark are dead to the sweep, which will find them: they are
 *            not listed. Marks of freed slots therefore stay as they are until the lists are dropped.
 * [freed-mark] In incremental mode marks are not what holes go by, and a freed slot's is cleared.
 * [odd-zero] Slots of odd kinds are zeroed and wait for the next collection: a link would be read
 *            as a descriptor.
 * [dropped]  At each stop every list is dropped: marking finds such slots unmarked, and holes them.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/alloc.h"
#include "private/hooks.h"

#include <string.h>

#define SEAL         ((word)0x5ea1f4eed0b1ec75u)
#define LIST_BYTES   ((size_t)16 << 10) /* a thread's list holds no more than this, */
#define LIST_LEAST   16u                /* or than so many */

struct freed {
    word link; /* complement of the next one's address */
    word seal;
};

static struct freed *next_of(const struct freed *slot)
{
    return (struct freed *)~slot->link;
}

static void set_next(struct freed *slot, struct freed *next)
{
    slot->link = ~(word)next;
}

/* Of this interval between two stops only: older seals lie about in memory that is not cleared. Every
   byte of the key changes, so that an old seal of which a short object overwrote a part is none. */
static word interval_key = SEAL;

static void next_interval(void)
{
    static uint64_t n;
    uint64_t x = ++n * 0x9e3779b97f4a7c15u; /* splitmix64 (Steele, Lea, Flood 2014) */

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    interval_key = (word)(x ^ x >> 31);
}

static word seal_of(const struct freed *slot)
{
    return (word)slot ^ interval_key;
}

static bool is_sealed(const struct freed *slot)
{
    return slot->seal == seal_of(slot);
}

/* ---- lists ------------------------------------------------------------------------- */

static struct freed *take(void **list)
{
    struct freed *slot = *list;

    if (slot != NULL) {
        *list = next_of(slot);
        slot->link = slot->seal = 0;
    }
    return slot;
}

static void put(void **list, struct freed *slot)
{
    slot->seal = seal_of(slot);
    set_next(slot, *list);
    *list = slot;
}

void gci_free_init_hole(struct gci_hole *hole)
{
    hole->freed_most = (uint32_t)(LIST_BYTES / hole->obj_bytes);
    if (hole->freed_most < LIST_LEAST)
        hole->freed_most = LIST_LEAST;
}

GCI_INLINE void *take_own(struct gci_hole *hole)
{
    void *p = take(&hole->freed);

    if (p != NULL && --hole->freed_count == 0)
        hole->freed_inexact = false;
    return p;
}

GCI_INLINE void put_own(struct gci_hole *hole, struct freed *slot, bool exact)
{
    put(&hole->freed, slot);
    hole->freed_count++;
    if (!exact)
        hole->freed_inexact = true;
}

void *gci_free_take_shared_locked(struct gci_class_runs *runs)
{
    return take(&runs->freed);
}

/* Half of a thread's share of what the class holds. */
static void fetch_shared(struct gci_hole *hole, struct gci_class_runs *runs)
{
    uint32_t n = hole->freed_most / 2;

    if (gci_load((volatile word *)(void *)&runs->freed) == 0)
        return;
    gci_lock_acquire(&runs->lock);
    while (n-- > 0 && runs->freed != NULL) {
        struct freed *slot = runs->freed;

        runs->freed = next_of(slot);
        put_own(hole, slot, false);
    }
    gci_lock_release(&runs->lock);
}

/* A few words at a time: a call of memset costs as much as clearing a small object. */
static void clear(void *p, size_t bytes)
{
    word *w = p;

    if (bytes > 16 * GCI_WORD_BYTES) {
        memset(p, 0, bytes);
        return;
    }
    for (; bytes != 0; bytes -= GCI_GRANULE_BYTES, w += 2) {
        w[0] = 0;
        GCI_COMPILER_BARRIER(); /* no memset */
        w[1] = 0;
    }
}

void *gci_free_take(struct gci_cache *cache, unsigned kind, unsigned cls)
{
    struct gci_hole *hole = gci_cache_hole(cache, kind, cls);
    void *p;

    if (hole->freed == NULL)
        fetch_shared(hole, &gci_runs[kind][cls]);
    p = take_own(hole);
    if (p == NULL)
        return NULL;
    if (gci_unlikely(gci_mark_births))
        gci_mark_born(gci_heap_run((word)p), p, (ptr_t)p + hole->obj_bytes);
    cache->allocated_bytes += hole->obj_bytes;
    if (gci_kinds[kind].clear)
        clear(p, hole->obj_bytes);
    return p;
}

void *gci_free_reuse(struct gci_thread *self, size_t bytes, unsigned kind, unsigned cls)
{
    struct gci_hole *hole = gci_cache_hole(self->cache, kind, cls);
    void *p = NULL;

    if (gci_likely(!GC_find_leak) && (bytes < hole->obj_bytes || !hole->freed_inexact)) {
        gci_nostop_enter(self);
        if (gci_likely(!gci_mark_births)) { /* it changes in stops only */
            p = take_own(hole);
            self->cache->allocated_bytes += hole->obj_bytes;
        }
        gci_nostop_leave(self);
    }
    if (gci_unlikely(p == NULL))
        return gci_alloc(bytes, kind, 0);
    if (gci_kinds[kind].clear) /* it is in a register: a stop meanwhile keeps it */
        clear(p, hole->obj_bytes);
    return p;
}

static void hand_over_half(struct gci_hole *hole, struct gci_class_runs *runs)
{
    uint32_t n = hole->freed_count / 2;
    struct freed *first = hole->freed, *last = first;

    hole->freed_count -= n;
    for (; --n > 0;)
        last = next_of(last);
    hole->freed = next_of(last);
    gci_lock_acquire(&runs->lock);
    set_next(last, runs->freed);
    runs->freed = first;
    gci_lock_release(&runs->lock);
}

static GCI_NOINLINE void shorten(struct gci_cache *cache, struct gci_hole *hole,
                                 const struct gci_block *run)
{
    hand_over_half(hole, &gci_runs[run->kind][run->cls]);
    gci_cache_tell_pace(cache); /* this thread may never allocate */
}

GCI_INLINE void list_freed(struct gci_cache *cache, struct gci_hole *hole,
                           const struct gci_block *run, struct freed *slot)
{
    put_own(hole, slot, run->exact != 0);
    cache->freed_bytes += run->obj_bytes;
    if (gci_unlikely(hole->freed_count > hole->freed_most))
        shorten(cache, hole, run);
}

/* ---- dropping ----------------------------------------------------------------------- */

/* [dropped] Bits of uncollectable runs mean "allocated" and are cleared by nobody else. */
static void unmark_list(const struct freed *slot)
{
    for (; slot != NULL; slot = next_of(slot))
        gci_mark_clear_bit(slot);
}

void gci_free_drop_cache_stopped(struct gci_cache *cache)
{
    unsigned kind, cls;

    for (kind = 0; kind < gci_kind_count; kind++)
        for (cls = 0; cache->kinds[kind] != NULL && cls < gci_small_class_count; cls++) {
            struct gci_hole *hole = &cache->kinds[kind][cls];

            if (gci_kinds[kind].uncollectable)
                unmark_list(hole->freed);
            hole->freed = NULL;
            hole->freed_count = 0;
            hole->freed_inexact = false;
        }
}

void gci_free_drop_shared_stopped(void)
{
    unsigned kind, cls;

    next_interval();
    for (kind = 0; kind < gci_kind_count; kind++)
        for (cls = 0; gci_runs[kind] != NULL && cls < gci_class_count; cls++) {
            if (gci_kinds[kind].uncollectable)
                unmark_list(gci_runs[kind][cls].freed);
            gci_runs[kind][cls].freed = NULL;
        }
}

/* ---- freeing -------------------------------------------------------------------------- */

/* [freed-mark] Where marks and live bits are apart a freed slot's mark goes: what is born in it next is
   young, and not kept by this one's mark. Not before the run is settled: the slot would be in a list
   and in a hole. */
static GCI_NOINLINE void unmark_apart(struct gci_block *run, const void *slot)
{
    if (gci_options.verify)
        gci_freed_note(slot, run->obj_bytes);
    if (gci_run_settled(run))
        gci_mark_clear_bit(slot);
}

GCI_INLINE void unmark(struct gci_block *run, const void *slot)
{
    if (gci_unlikely(gci_lives_offset != 0))
        unmark_apart(run, slot);
}

static void free_small(struct gci_cache *cache, struct gci_block *run, struct freed *slot)
{
    unmark(run, slot);
    if (!gci_cache_need_kind(cache, run->kind))
        return; /* no memory for a list: the next collection gets it */
    list_freed(cache, gci_cache_hole(cache, run->kind, run->cls), run, slot);
}

static void free_medium(struct gci_block *run, struct freed *slot)
{
    struct gci_class_runs *runs = &gci_runs[run->kind][run->cls];

    unmark(run, slot);
    gci_lock_acquire(&runs->lock);
    put(&runs->freed, slot);
    gci_lock_release(&runs->lock);
    (void)gci_fetch_add(&gci_pace.freed_bytes, run->obj_bytes);
}

/* Slots that certainly are no objects: freed since the last collection, in a hole still to come, in
   what is left of this thread's hole. */
static bool is_free_slot(const struct gci_cache *cache, const struct gci_block *run, void *p,
                         word slot)
{
    const struct gci_hole *hole;

    if (gci_run_is_large(run))
        return false;
    if (is_sealed(p))
        return true;
    if (gci_run_is_swept(run) && slot >= run->cursor && !gci_run_was_live(run, slot))
        return true;
    if (run->cls >= gci_small_class_count || cache->kinds[run->kind] == NULL)
        return false;
    hole = &cache->kinds[run->kind][run->cls];
    return (ptr_t)p >= hole->bump && (ptr_t)p < hole->hole_end;
}

static void free_object(struct gci_cache *cache, struct gci_block *run, void *p, word slot,
                        const char *function)
{
    if (gci_unlikely(is_free_slot(cache, run, p, slot)))
        gci_abort("%s: %p was freed already", function, p);
    if (gci_run_is_large(run)) {
        if (gci_unlikely((run->flags & GCI_BLOCKF_DOOMED) != 0))
            gci_abort("%s: %p was freed already", function, p);
        (void)gci_fetch_add(&gci_pace.freed_bytes, run->obj_bytes);
        gci_alloc_large_free(run);
        return;
    }
    if (!gci_run_occupied(run, slot))
        return; /* [no-hole] */
    if (gci_kinds[run->kind].odd) {
        if (gci_options.verify)
            gci_freed_note(p, run->obj_bytes);
        memset(p, 0, run->obj_bytes); /* [odd-zero] */
        gci_fence(); /* before anybody can take the slot */
        if (gci_kinds[run->kind].uncollectable)
            gci_mark_clear_bit(p); /* in no list: a hole may have it */
        return;
    }
    if (run->cls < gci_small_class_count)
        free_small(cache, run, p);
    else
        free_medium(run, p);
}

static void no_profiler(void *p GCI_UNUSED)
{
}

/* The program, or a library loaded before, may define it: then that one is called. */
#ifdef __ELF__
GC_API void GC_CALLBACK GC_free_profiler_hook(void *p) __attribute__((weak, alias("no_profiler")));
#else
GC_API void GC_CALLBACK GC_free_profiler_hook(void *p)
{
    no_profiler(p);
}
#endif

GCI_INLINE bool has_profiler(void)
{
    void (GC_CALLBACK *hook)(void *) = GC_free_profiler_hook;

    return GCI_LAUNDERED(hook) != no_profiler;
}

bool gci_free_is_sealed(const void *p)
{
    struct gci_block *run;

    return p != NULL && gci_heap_object((word)p, &run, NULL) == p && !gci_run_is_large(run)
           && is_sealed(p);
}

void gci_free_named(void *p, const char *function)
{
    struct gci_thread *self = gci_cache_owner();
    struct gci_block *run;
    ptr_t base;
    word slot;

    if (p == NULL)
        return;
    if (has_profiler())
        GC_free_profiler_hook(p);
    base = gci_heap_object((word)p, &run, &slot);
    if (gci_unlikely(base == NULL))
        gci_abort("%s: %p is not an object of this heap", function, p);
    if (gci_unlikely(base != p))
        gci_abort("%s: %p lies inside the object at %p", function, p, (void *)base);
    if (gci_kinds[run->kind].uncollectable)
        (void)gci_fetch_add(&GC_non_gc_bytes, (word)0 - run->obj_bytes);
    if (gci_unlikely(GC_find_leak) && gci_hooks.freed != NULL)
        gci_hooks.freed(p);
    if (gci_likely(self != NULL)) {
        gci_nostop_enter(self);
        free_object(self->cache, run, p, slot, function);
        gci_nostop_leave(self);
    } else {
        GCI_LOCK();
        free_object(&gci_cache_global, run, p, slot, function);
        GCI_UNLOCK();
    }
}

/* An object in all certainty: the run's cursor has passed it, and it is not in the thread's own hole,
   nor in the list. Others may be objects as well. */
GCI_INLINE bool certain(const struct gci_hole *hole, const struct gci_block *run, void *p, word slot)
{
    return gci_likely(slot < run->cursor) && gci_likely(gci_run_is_swept(run))
           && gci_likely((word)p - (word)hole->bump >= (word)(hole->hole_end - hole->bump))
           && gci_likely(!is_sealed(p));
}

/* Small objects of the two common kinds by their own thread; everything unusual is gci_free_named's. */
GC_API void GC_CALL GC_free(void *p)
{
    struct gci_thread *self = gci_cache_owner();
    struct gci_block *run = gci_heap_block((word)p);
    word offset = (word)p & (GCI_BLOCK_BYTES - 1), slot;
    struct gci_hole *hole;

    if (gci_likely(run != NULL) && gci_likely(self != NULL)
        && gci_likely((slot = gci_run_slot(run, offset)) < run->plain_slots)
        && gci_likely(slot * run->obj_bytes == offset)
        && gci_likely(run->cls < gci_small_class_count) && gci_likely(run->kind <= GCI_KIND_NORMAL)
        && certain(hole = &self->holes[run->kind][run->cls], run, p, slot)
        && !gci_kinds[run->kind].odd && gci_likely(gci_lives_offset == 0)
        && gci_likely(!GC_find_leak) && gci_likely(!has_profiler())) {
        gci_nostop_enter(self);
        list_freed(self->cache, hole, run, p);
        gci_nostop_leave(self);
        return;
    }
    gci_free_named(p, "GC_free");
}
