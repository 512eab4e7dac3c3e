/* cache.c - a thread's cache: one hole and one list of freed slots per kind and small class.
 *
 * Filling holes: slow.c. Freed slots: free.c.
 *
 * [caches]  Every cache ever made is in gci_cache_list; one whose thread has gone waits there for
 *           the next thread. Caches are metadata: no root, never freed.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/alloc.h"
#include "private/hooks.h"

struct gci_cache gci_cache_global;
struct gci_cache *gci_cache_list;

#define PIECE_SLOTS 8u /* [piece] in slow.c: some slots, */
#define PIECE_LEAST 1024u
#define PIECE_MOST  4096u
#define PIECE_MORE  63u /* what its field holds */

static uint8_t piece_more(size_t obj_bytes)
{
    size_t bytes = PIECE_SLOTS * obj_bytes, more;

    bytes = bytes > PIECE_LEAST ? bytes : PIECE_LEAST;
    bytes = bytes < PIECE_MOST ? bytes : PIECE_MOST;
    more = bytes / obj_bytes - 1;
    return (uint8_t)(more < PIECE_MORE ? more : PIECE_MORE);
}

bool gci_cache_make_kind(struct gci_cache *cache, unsigned kind)
{
    struct gci_hole *holes;
    unsigned cls;

    if (!gci_sweep_need_kind(kind)
        || (holes = gci_meta_alloc(gci_small_class_count * sizeof *holes)) == NULL)
        return false;
    for (cls = 0; cls < gci_small_class_count; cls++) {
        holes[cls].obj_bytes = gci_classes[cls].obj_bytes;
        holes[cls].max_bytes = gci_classes[cls].obj_bytes - 1;
        holes[cls].piece_more = piece_more(gci_classes[cls].obj_bytes);
        gci_free_init_hole(&holes[cls]);
    }
    GCI_COMPILER_BARRIER();
    cache->kinds[kind] = holes;
    return true;
}

static bool furnish(struct gci_cache *cache)
{
    return gci_cache_need_kind(cache, GCI_KIND_PTRFREE)
           && gci_cache_need_kind(cache, GCI_KIND_NORMAL);
}

struct gci_cache *gci_cache_new(void)
{
    struct gci_cache *cache;

    for (cache = gci_cache_list; cache != NULL; cache = cache->next)
        if (!cache->in_use) {
            cache->in_use = true;
            return cache;
        }
    cache = gci_meta_alloc(sizeof *cache);
    if (cache == NULL || !furnish(cache))
        return NULL;
    cache->in_use = true;
    cache->next = gci_cache_list;
    gci_cache_list = cache;
    return cache;
}

void gci_cache_tell_pace(struct gci_cache *cache)
{
    if (cache->allocated_bytes != 0)
        gci_pace_allocated(cache->allocated_bytes);
    if (cache->freed_bytes != 0)
        gci_tally(&gci_pace.freed_bytes, cache->freed_bytes);
    cache->allocated_bytes = cache->freed_bytes = 0;
}

/* Ends a hole: what was not handed out is not counted as allocated. */
static void retire_hole(struct gci_cache *cache, struct gci_hole *hole)
{
    if (hole->end != NULL) {
        size_t unused = (size_t)(hole->end - hole->bump);

        if (unused <= cache->allocated_bytes)
            cache->allocated_bytes -= unused;
        if (gci_mark_births && hole->bump < hole->end
            && !(hole->run->flags & GCI_BLOCKF_UNCOLLECTABLE)) {
            gci_mark_clear_slots(hole->run, hole->bump, hole->end); /* never born */
            if (gci_options.verify) /* stale pointers may lead there */
                gci_freed_note(hole->bump, unused);
        }
    }
    hole->end = NULL;
    GCI_COMPILER_BARRIER();
    hole->bump = hole->part_end = NULL;
    hole->rest_bytes = 0;
    hole->run = NULL;
    hole->zero = false;
    hole->parts = 0;
}

void gci_cache_retire(struct gci_cache *cache)
{
    unsigned kind, cls;

    for (kind = 0; kind < gci_kind_count; kind++)
        for (cls = 0; cache->kinds[kind] != NULL && cls < gci_small_class_count; cls++)
            retire_hole(cache, &cache->kinds[kind][cls]);
    gci_cache_tell_pace(cache);
}

void gci_cache_retire_all_stopped(void)
{
    struct gci_cache *cache;

    for (cache = gci_cache_list; cache != NULL; cache = cache->next) {
        gci_cache_retire(cache);
        gci_free_drop_cache_stopped(cache);
    }
    gci_free_drop_shared_stopped();
}

/* [births] What is ready in the holes counts as born from now on. */
static void begin_births_stopped(void)
{
    struct gci_cache *cache;
    unsigned kind, cls;

    gci_mark_births = true;
    for (cache = gci_cache_list; cache != NULL; cache = cache->next)
        for (kind = 0; kind < gci_kind_count; kind++)
            for (cls = 0; cache->kinds[kind] != NULL && cls < gci_small_class_count; cls++) {
                const struct gci_hole *hole = &cache->kinds[kind][cls];

                if (hole->end != NULL && hole->bump < hole->end)
                    gci_mark_born(hole->run, hole->bump, hole->end);
            }
}

/* ---- threads come and go: allocator lock held ----------------------------------- */

static int attach(struct gci_thread *thread)
{
    if (thread->cache == NULL)
        thread->cache = gci_cache_new();
    if (thread->cache == NULL)
        return ENOMEM;
    thread->holes[GCI_KIND_PTRFREE] = thread->cache->kinds[GCI_KIND_PTRFREE];
    thread->holes[GCI_KIND_NORMAL] = thread->cache->kinds[GCI_KIND_NORMAL];
    return 0;
}

/* The rest of its holes is free again after the next marking; its freed slots serve the cache's
   next thread. In a fork's child the threads that are no more come here too. */
static void detach(struct gci_thread *thread)
{
    struct gci_cache *cache = thread->cache;

    if (cache == NULL)
        return;
    thread->cache = NULL;
    if (thread == gci_self())
        gci_inline_hide_holes();
    gci_cache_retire(cache);
    if (thread->nostop != 0) /* cut by a fork: a list's count may be wrong */
        gci_free_drop_cache_stopped(cache);
    cache->in_use = false;
}

void gci_cache_init(void)
{
    gci_thread_attach_hook = attach;
    gci_thread_detach_hook = detach;
    gci_hooks.retire_stopped = gci_cache_retire_all_stopped;
    gci_hooks.begin_births_stopped = begin_births_stopped;
    gci_hooks.epoch_changed_stopped = gci_free_set_epoch;
    gci_free_set_epoch();
    if (!furnish(&gci_cache_global))
        gci_abort("GC_init: no memory for metadata");
    gci_cache_global.in_use = true;
    gci_cache_global.next = gci_cache_list;
    gci_cache_list = &gci_cache_global;
}
