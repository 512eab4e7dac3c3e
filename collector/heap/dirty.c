/* dirty.c - which pages of the heap the program wrote: choosing a provider (os_dep/vdb_*.c), asking it,
 * and what is done when it fails.
 *
 * [one-asks]    Providers are called one at a time: under dirty_lock, a leaf below the heap lock.
 * [no-loss]     A provider that fails, or could not watch new memory, has lost writes: from then on the
 *               whole heap counts as written until another reading has begun with the world stopped.
 * [denied]      GC_STRESS=deny: now and then a start or a reading fails.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/blocks.h"
#include "private/dirty.h"
#include "private/settings.h"

#include <string.h>

#define ENTRY(name) &gci_vdb_##name,
const struct gci_vdb_provider *const gci_dirty_providers[] = { GCI_VDB_PROVIDERS(ENTRY) NULL };

const struct gci_vdb_provider *gci_dirty_provider;
static struct gci_lock dirty_lock = GCI_LOCK_INITIALIZER;
static bool failed; /* [no-loss] */

/* ---- choosing --------------------------------------------------------------------- */

/* Why a provider is not even tried; NULL: it is. */
static const char *passed_over(const struct gci_vdb_provider *p, bool forced)
{
    if (p->manual && !forced && !gci_settings.manual_vdb_allowed)
        return "the program has not allowed it (GC_set_manual_vdb_allowed)";
    if (strcmp(p->name, "mprotect") == 0 && !forced && !gci_settings.mprotect_vdb_allowed)
        return "the program has forbidden it (GC_set_mprotect_vdb_allowed)";
    if (!forced && gci_options.use_getwritewatch == 0 && !p->manual
        && strcmp(p->name, "mprotect") != 0)
        return "GC_USE_GETWRITEWATCH=0 asks for write protection";
    if (strcmp(p->name, "none") == 0 && !forced)
        return "it calls every page written: stopping the world is better";
    if (!p->probe())
        return "it does not work here";
    return NULL;
}

static bool denied(void)
{
    static word calls;

    return gci_options.stress_deny && calls++ % 3 == 1;
}

/* [exempt] System calls write into buffers without pointers, mostly; which pages of them are dirty
   nobody asks. Free blocks are not exempt: they may become anything. */
static bool is_exempt(const void *page)
{
    const struct gci_block *run = gci_heap_run((word)page);

    return run != NULL && run->descr == 0;
}

void gci_dirty_fresh(const void *lo, const void *hi)
{
    const struct gci_vdb_provider *p = gci_dirty_provider;

    if (p != NULL && p->set_exempt != NULL)
        gci_dirty_note(lo, hi);
}

/* Watches every committed part of the heap. */
static int start_covering(const struct gci_vdb_provider *p)
{
    unsigned i;
    int error;

    if (p->set_executable != NULL)
        p->set_executable(gci_settings.pages_executable != 0);
    if (p->set_exempt != NULL)
        p->set_exempt(is_exempt);
    error = denied() ? ENOSYS : p->start(NULL, NULL);
    if (error != 0)
        return error;
    for (i = 0; i < gci_arena_count && error == 0; i++)
        if (gci_arenas[i].lo < gci_arenas[i].committed)
            error = p->cover(gci_arenas[i].lo, gci_arenas[i].committed);
    if (error != 0)
        p->stop();
    return error;
}

static bool is_wanted(const struct gci_vdb_provider *p, const char *name)
{
    return name == NULL || strcmp(p->name, name) == 0;
}

bool gci_dirty_start_stopped(const char *name, const struct gci_vdb_provider *after)
{
    const struct gci_vdb_provider *const *at = gci_dirty_providers;
    bool known = false;

    while (after != NULL && *at != NULL && *at++ != after)
        continue;
    gci_lock_acquire(&dirty_lock);
    failed = false;
    for (; *at != NULL && gci_dirty_provider == NULL; at++) {
        const struct gci_vdb_provider *p = *at;
        const char *why;
        int error = 0;

        if (!is_wanted(p, name))
            continue;
        known = true;
        why = passed_over(p, name != NULL);
        if (why == NULL && (error = start_covering(p)) == 0)
            gci_dirty_provider = p;
        else if (why != NULL)
            gci_log(1, "Dirty bits: not %s: %s\n", p->name, why);
        else
            gci_log(1, "Dirty bits: not %s: it cannot start, errno %d\n", p->name, error);
    }
    gci_lock_release(&dirty_lock);
    if (name != NULL && !known && after == NULL)
        gci_warn_text("GC_VDB=%.40s: this build has no such source of dirty bits", name);
    if (gci_dirty_provider != NULL)
        gci_log(1, "Dirty bits: %s\n", gci_dirty_provider->name);
    return gci_dirty_provider != NULL;
}

void gci_dirty_stop_stopped(void)
{
    gci_lock_acquire(&dirty_lock);
    if (gci_dirty_provider != NULL)
        gci_dirty_provider->stop();
    gci_dirty_provider = NULL;
    failed = false;
    gci_lock_release(&dirty_lock);
}

/* ---- sets of ranges ------------------------------------------------------------------ */

/* Without memory for another range the last one grows: a page more is no mistake. */
static void add_range(ptr_t lo, ptr_t hi, void *arg)
{
    struct gci_dirty_set *set = arg;
    struct gci_dirty_range *last = set->count > 0 ? &set->ranges[set->count - 1] : NULL;

    if (set->count == set->room) {
        size_t room = set->room == 0 ? 1024 : 2 * set->room;
        struct gci_dirty_range *more = gci_meta_map(room * sizeof *more);

        if (more == NULL && last != NULL) {
            set->bytes -= (size_t)(last->hi - last->lo);
            last->lo = lo < last->lo ? lo : last->lo;
            last->hi = hi > last->hi ? hi : last->hi;
            set->bytes += (size_t)(last->hi - last->lo);
            return;
        }
        if (more == NULL)
            gci_abort("no memory to note which pages were written");
        if (set->room != 0) {
            memcpy(more, set->ranges, set->count * sizeof *more);
            gci_meta_unmap(set->ranges, set->room * sizeof *more);
        }
        set->ranges = more;
        set->room = room;
    }
    set->ranges[set->count].lo = lo;
    set->ranges[set->count++].hi = hi;
    set->bytes += (size_t)(hi - lo);
}

void gci_dirty_set_to_heap(struct gci_dirty_set *set)
{
    unsigned i;

    gci_dirty_empty(set);
    for (i = 0; i < gci_arena_count; i++)
        if (gci_arenas[i].lo < gci_arenas[i].committed)
            add_range(gci_arenas[i].lo, gci_arenas[i].committed, set);
}

/* ---- asking ---------------------------------------------------------------------------- */

static bool denied_reading(void)
{
    static word calls;

    return gci_options.stress_deny && ++calls % 16 == 0;
}

static int read_part(ptr_t lo, ptr_t hi, void *arg)
{
    return gci_dirty_provider->read_and_rearm(lo, hi, add_range, arg);
}

/* The parts of the heap that matter; until visit returns something but 0. */
static int visit_parts(int (*visit)(ptr_t lo, ptr_t hi, void *arg), void *arg)
{
    word span, from = gci_heap_bounds(&span);
    ptr_t lo = (ptr_t)from;

    return gci_dirty_provider->by_regions ? gci_regions_visit(visit, arg) /* [regions] */
                                          : visit(lo, lo + span, arg);
}

bool gci_dirty_read(struct gci_dirty_set *set)
{
    int error = EIO;

    gci_lock_acquire(&dirty_lock);
    if (!failed && gci_dirty_provider != NULL && !denied_reading())
        error = visit_parts(read_part, set);
    if (error != 0 && !failed) {
        failed = true;
        gci_log(1, "Dirty bits: %s failed, errno %d\n",
                gci_dirty_provider != NULL ? gci_dirty_provider->name : "nothing", error);
    }
    gci_lock_release(&dirty_lock);
    if (error != 0)
        gci_dirty_set_to_heap(set);
    return error == 0;
}

struct count {
    size_t bytes, enough;
};

static void count_run(ptr_t lo, ptr_t hi, void *arg)
{
    ((struct count *)arg)->bytes += (size_t)(hi - lo);
}

static bool counted_enough(void *arg)
{
    const struct count *c = arg;

    return c->bytes > c->enough;
}

static int count_part(ptr_t lo, ptr_t hi, void *arg)
{
    struct count *c = arg;

    if (gci_dirty_provider->look(lo, hi, count_run, counted_enough, c) != 0)
        c->bytes = SIZE_MAX;
    return counted_enough(c);
}

size_t gci_dirty_bytes(size_t enough)
{
    struct count c = { 0, enough };

    gci_lock_acquire(&dirty_lock);
    if (failed || gci_dirty_provider == NULL || gci_dirty_provider->look == NULL)
        c.bytes = SIZE_MAX;
    else
        (void)visit_parts(count_part, &c);
    gci_lock_release(&dirty_lock);
    return c.bytes;
}

static int disarm_part(ptr_t lo, ptr_t hi, void *arg GCI_UNUSED)
{
    gci_dirty_provider->disarm(lo, hi);
    return 0;
}

void gci_dirty_disarm(void)
{
    gci_lock_acquire(&dirty_lock);
    if (!failed && gci_dirty_provider != NULL && gci_dirty_provider->disarm != NULL)
        (void)visit_parts(disarm_part, NULL);
    gci_lock_release(&dirty_lock);
}

bool gci_dirty_failed(void)
{
    return failed;
}

bool gci_dirty_may_grow_locked(void)
{
    bool may = true;

    if (gci_dirty_provider == NULL)
        return true;
    gci_lock_acquire(&dirty_lock);
    if (gci_dirty_provider != NULL && gci_dirty_provider->may_grow != NULL)
        may = gci_dirty_provider->may_grow();
    gci_lock_release(&dirty_lock);
    return may;
}

void gci_dirty_cover_locked(ptr_t lo, ptr_t hi)
{
    int error;

    if (gci_dirty_provider == NULL)
        return;
    gci_lock_acquire(&dirty_lock);
    error = gci_dirty_provider != NULL && !failed ? gci_dirty_provider->cover(lo, hi) : 0;
    if (error != 0) {
        failed = true; /* [no-loss] */
        gci_log(1, "Dirty bits: %s cannot watch more memory, errno %d\n", gci_dirty_provider->name,
                error);
    }
    gci_lock_release(&dirty_lock);
}

/* ---- stores that are reported ------------------------------------------------------------- */

void gci_dirty_note(const void *lo, const void *hi)
{
    const struct gci_vdb_provider *p = gci_dirty_provider;
    const size_t page = gci_mem_page_bytes();
    const char *at = lo;

    if (p == NULL || p->note_write == NULL)
        return;
    for (; (word)at < (word)hi; at = (const char *)gci_align_down((word)at, page) + page)
        p->note_write(at);
}

GC_API void GC_CALL GC_end_stubborn_change(const void *p)
{
    if (gci_dirty_wants_notes())
        gci_dirty_provider->note_write(p);
    __asm__ __volatile__("" : : "r"(p) : "memory"); /* the object lives up to here */
}

GC_API void GC_CALL GC_change_stubborn(const void *p)
{
    __asm__ __volatile__("" : : "r"(p) : "memory"); /* the object lives up to here */
}

GC_API void GC_CALL GC_ptr_store_and_dirty(void *p, const void *q)
{
    *(const void **)p = q;
    GC_end_stubborn_change(p);
}
