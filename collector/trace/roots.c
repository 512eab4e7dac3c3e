/* roots.c - where marking starts: static data, what the program named, threads, hooks.
 *
 * What is loaded: dyn_load/. Stacks and thread-local blocks: pthread_support/world.c.
 *
 * [main-data]  The main program's data are roots unless GC_clear_roots was called while GC_no_dls
 *              was set: then only what the program names.
 *
 * [own]        The collector's own data are no roots: as a shared library its segment is left out;
 *              of an archive the linker tells where its sections are, and elsewhere those
 *              variables are left out that hold heap addresses.
 *
 * Needs the allocator lock, and for pushing the stopped world.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/blocks.h"
#include "private/hooks.h"
#include "private/marker.h"
#include "private/settings.h"

struct range {
    ptr_t lo, hi;
};
struct table {
    struct range *ranges;
    size_t count, room;
};
static struct table added, excluded;
static bool cleared;
static size_t scanned_bytes; /* of the static roots and the threads', when they were scanned last */
static GC_has_static_roots_func has_static_roots;

static void table_add(struct table *t, ptr_t lo, ptr_t hi, const char *function)
{
    size_t i;

    for (i = 0; i < t->count; i++)
        if (lo <= t->ranges[i].hi && t->ranges[i].lo <= hi) { /* touching ranges become one */
            lo = lo < t->ranges[i].lo ? lo : t->ranges[i].lo;
            hi = hi > t->ranges[i].hi ? hi : t->ranges[i].hi;
            t->ranges[i--] = t->ranges[--t->count];
        }
    if (t->count == t->room) {
        size_t room = t->room == 0 ? 256 : 2 * t->room;
        struct range *fresh = gci_meta_map(room * sizeof *fresh);

        if (fresh == NULL)
            gci_abort("%s: no memory for the table of roots (%lu entries)", function,
                      (unsigned long)room);
        for (i = 0; i < t->count; i++)
            fresh[i] = t->ranges[i];
        if (t->room != 0)
            gci_meta_unmap(t->ranges, t->room * sizeof *fresh);
        t->ranges = fresh;
        t->room = room;
    }
    t->ranges[t->count].lo = lo;
    t->ranges[t->count++].hi = hi;
}

/* [own] configure found that the archive's sections can be renamed so (Makefile.am). Objects outside
   of it were not: then the linker makes no such symbol. */
#if defined(GCI_OWN_SECTIONS) && !defined(PIC)
extern char __start_gci_data[] __attribute__((weak)), __stop_gci_data[] __attribute__((weak));
extern char __start_gci_bss[] __attribute__((weak)), __stop_gci_bss[] __attribute__((weak));
# define OWN_SECTIONS { (ptr_t)__start_gci_data, (ptr_t)__stop_gci_data }, \
                      { (ptr_t)__start_gci_bss, (ptr_t)__stop_gci_bss },
#else
# define OWN_SECTIONS
#endif

static const struct range own[] = {
    OWN_SECTIONS
    { (ptr_t)&gci_heap, (ptr_t)(&gci_heap + 1) },
    { (ptr_t)gci_arenas, (ptr_t)(gci_arenas + GCI_MAX_ARENAS) },
    { (ptr_t)gci_markers, (ptr_t)(gci_markers + GCI_MAX_MARKERS) },
    { gci_arrays, gci_arrays + GCI_ARRAYS_BYTES },
};

/* The first excluded stretch of [lo, stop) shortens it to what lies before; *next is where that ends. */
static void cut(const struct range *ranges, size_t count, ptr_t lo, ptr_t *stop, ptr_t *next)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const struct range *x = &ranges[i];

        if (x->hi > lo && x->lo < *stop) {
            *stop = x->lo > lo ? x->lo : lo;
            *next = x->hi;
        }
    }
}

struct visitor {
    gci_range_visitor visit;
    void *arg;
};

/* Shows [lo, hi) without the excluded parts. */
static void visit_without_excluded(const struct visitor *v, ptr_t lo, ptr_t hi)
{
    while (lo < hi) {
        ptr_t stop = hi, next = hi;

        cut(own, sizeof own / sizeof own[0], lo, &stop, &next);
        cut(excluded.ranges, excluded.count, lo, &stop, &next);
        if (lo < stop)
            v->visit(lo, stop, v->arg);
        lo = next > lo ? next : hi;
    }
}

static bool loaded_data_counts(ptr_t lo, ptr_t hi, const char *name)
{
    if (GC_no_dls && (cleared || name[0] != '\0'))
        return false; /* [main-data] */
    return has_static_roots == NULL || name[0] == '\0'
           || has_static_roots(name, lo, (size_t)(hi - lo)) != 0;
}

static bool is_in(ptr_t p, ptr_t lo, ptr_t hi)
{
    return p >= lo && p < hi;
}

static void visit_loaded(ptr_t lo, ptr_t hi, const char *name, void *arg)
{
    /* One is zero at first and one is not: some systems tell of two segments. */
    bool is_own = name[0] != '\0' && (is_in((ptr_t)&gci_heap, lo, hi)
                                      || is_in((ptr_t)&gci_settings, lo, hi));

    if (!is_own && loaded_data_counts(lo, hi, name))
        visit_without_excluded(arg, lo, hi);
}

void gci_roots_visit_static_stopped(gci_range_visitor visit, void *arg)
{
    struct visitor v = { visit, arg };
    size_t i;

    for (i = 0; i < added.count; i++)
        visit_without_excluded(&v, added.ranges[i].lo, added.ranges[i].hi);
    gci_roots_visit_data(visit_loaded, &v);
    if (gci_hooks.visit_more_roots_stopped != NULL)
        gci_hooks.visit_more_roots_stopped(visit, arg);
}

/* ---- scanning them, with help where there are many ------------------------------------- */

#define MOST_NOTED     1024u
#define PART_BYTES     ((size_t)64 << 10) /* what a marker takes at once */
#define PARALLEL_BYTES ((size_t)8 << 20)  /* about a millisecond's work */

static struct range noted[MOST_NOTED];
static size_t noted_count, noted_bytes;
static struct gci_lock noted_lock = GCI_LOCK_INITIALIZER;

/* The next part of what was noted; false: there is none. */
static bool take_part(struct range *part)
{
    struct range *last;

    gci_lock_acquire(&noted_lock);
    while (noted_count > 0 && noted[noted_count - 1].lo == noted[noted_count - 1].hi)
        noted_count--;
    if (noted_count > 0) {
        last = &noted[noted_count - 1];
        *part = *last;
        if ((size_t)(part->hi - part->lo) > PART_BYTES && ALIGNMENT == GCI_WORD_BYTES)
            part->hi = part->lo + PART_BYTES;
        last->lo = part->hi;
    }
    gci_lock_release(&noted_lock);
    return part->lo != part->hi;
}

static void scan_job(unsigned index, void *arg GCI_UNUSED)
{
    struct gci_marker *m = &gci_markers[index];
    struct range part = { NULL, NULL };

    m->claiming = GCI_CLAIM_MANY;
    GCI_WRITE(m->early, GCI_READ(gci_marker_main->early)); /* itself among others */
    gci_share_join();
    while (take_part(&part)) {
        gci_marker_scan_roots(m, part.lo, part.hi);
        part.hi = part.lo;
    }
    gci_share_leave(m);
    m->claiming = GCI_CLAIM_ALONE;
}

static void scan_noted(void)
{
    size_t i;

    if (noted_bytes >= PARALLEL_BYTES && gci_markers_wanted() > 1) {
        (void)gci_markers_run(gci_markers_wanted(), scan_job, NULL);
        while (gci_share_poll(gci_marker_main))
            continue; /* what was found is the main marker's */
    }
    for (i = 0; i < noted_count; i++)
        gci_mark_push_root_range(noted[i].lo, noted[i].hi);
    noted_count = noted_bytes = 0;
}

static void note(ptr_t lo, ptr_t hi)
{
    lo = (ptr_t)gci_align_up((word)lo, ALIGNMENT);
    if (lo >= hi)
        return;
    if (noted_count == MOST_NOTED)
        scan_noted();
    noted[noted_count].lo = lo;
    noted[noted_count++].hi = hi;
    noted_bytes += (size_t)(hi - lo);
}

static void push_range(ptr_t lo, ptr_t hi, void *arg GCI_UNUSED)
{
    scanned_bytes += (size_t)(hi - lo);
    note(lo, hi);
}

void gci_roots_prepare(void)
{
    (void)gci_roots_note(); /* with an error the notes before stay */
}

bool gci_roots_valid_stopped(void)
{
    return gci_roots_still_true_stopped();
}

static void push_threads(ptr_t own_hot)
{
    GC_push_regs_and_stack_proc push = gci_settings.push_regs_and_stack;
    struct gci_thread *self = gci_self();
    ptr_t cold = self != NULL ? gci_stack_cold_end(self) : NULL;

    if (push != NULL && cold != NULL) {
        gci_threads_visit_roots_stopped(cold, push_range, NULL); /* nothing of its own stack */
        push(cold);
    } else {
        gci_threads_visit_roots_stopped(own_hot, push_range, NULL);
    }
}

void gci_roots_push_all_stopped(ptr_t own_hot)
{
    gci_mark_push_uncollectable();
    gci_roots_push_again_stopped(own_hot);
}

void gci_roots_push_again_stopped(ptr_t own_hot)
{
    scanned_bytes = 0;
    gci_roots_visit_static_stopped(push_range, NULL);
    push_threads(own_hot);
    scan_noted();
    if (gci_hooks.push_roots_stopped != NULL)
        gci_hooks.push_roots_stopped();
    if (GC_push_other_roots != NULL)
        GC_push_other_roots();
}

size_t gci_roots_scanned_bytes(void)
{
    return scanned_bytes;
}

void gci_roots_add(ptr_t lo, ptr_t hi, bool temporary GCI_UNUSED)
{
    lo = (ptr_t)gci_align_up((word)lo, ALIGNMENT);
    hi = (ptr_t)gci_align_down((word)hi, ALIGNMENT);
    if (lo < hi)
        table_add(&added, lo, hi, "GC_add_roots");
}

/* ---- the interface ------------------------------------------------------------------- */

GC_API void GC_CALL GC_add_roots(void *lo, void *hi_plus_1)
{
    gci_ensure_init();
    if ((word)lo > (word)hi_plus_1)
        gci_abort("GC_add_roots: %p lies behind %p", lo, hi_plus_1);
    GCI_LOCK();
    gci_roots_add(lo, hi_plus_1, false);
    GCI_UNLOCK();
}

GC_API void GC_CALL GC_remove_roots(void *lo, void *hi_plus_1)
{
    size_t i;

    GCI_LOCK();
    for (i = 0; i < added.count; i++)
        if (added.ranges[i].lo >= (ptr_t)lo && added.ranges[i].hi <= (ptr_t)hi_plus_1)
            added.ranges[i--] = added.ranges[--added.count];
    GCI_UNLOCK();
}

GC_API void GC_CALL GC_clear_roots(void)
{
    gci_ensure_init();
    GCI_LOCK();
    added.count = 0;
    cleared = true;
    scanned_bytes = 0;
    GCI_UNLOCK();
}

GC_API void GC_CALL GC_exclude_static_roots(void *lo, void *hi_plus_1)
{
    ptr_t low = (ptr_t)gci_align_down((word)lo, GCI_WORD_BYTES);
    ptr_t high = (ptr_t)gci_align_up((word)hi_plus_1, GCI_WORD_BYTES);

    if (lo == hi_plus_1)
        return;
    if ((word)lo > (word)hi_plus_1)
        gci_abort("GC_exclude_static_roots: %p lies behind %p", lo, hi_plus_1);
    GCI_LOCK();
    table_add(&excluded, low, high, "GC_exclude_static_roots");
    GCI_UNLOCK();
}

GC_API void GC_CALL GC_clear_exclusion_table(void)
{
    GCI_LOCK();
    excluded.count = 0;
    GCI_UNLOCK();
}

GC_API void GC_CALL GC_register_has_static_roots_callback(GC_has_static_roots_func callback)
{
    has_static_roots = callback;
}

struct inquiry {
    ptr_t p;
    bool inside;
};

static void inside_loaded(ptr_t lo, ptr_t hi, const char *name, void *arg)
{
    struct inquiry *inquiry = arg;

    inquiry->inside |= inquiry->p >= lo && inquiry->p < hi && loaded_data_counts(lo, hi, name);
}

GC_API int GC_CALL GC_is_tmp_root(void *p)
{
    struct inquiry inquiry = { p, false };

    gci_roots_visit_data(inside_loaded, &inquiry);
    return inquiry.inside;
}

GC_API void GC_CALL GC_init_global_static_roots(void)
{
    gci_ensure_init();
    GCI_LOCK();
    gci_roots_prepare();
    GCI_UNLOCK();
}
