/* mark.c - the mark loop: from a word to a mark bit to the words of the object.
 *
 * Work between markers: share.c; memory of stacks: markstack.c; which words are worth a look:
 * filter.c; where marking starts: roots.c, push.c.
 *
 * [black]     The one who sets a mark bit pushes the object, at once.
 * [once]      With more than two markers the bit is set by an atomic or; who finds it clear has it.
 * [uncoll]    In uncollectable runs bits mean "allocated" and are never set here: such objects are
 *             roots and were pushed at the start.
 * [end]       A root word that points at an object's start also keeps the object that ends there
 *             (a pointer one past the end): no byte needs to be added to objects. This holds for
 *             runs in which some object fills its slot (`exact`); in others the end lies inside.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/hot.h"
#include "private/settings.h"

#include <string.h>

struct gci_marker gci_markers[GCI_MAX_MARKERS];
struct gci_marker *gci_marker_main = &gci_markers[0];

#define FEW_BYTES        128             /* not worth the filter's call */
#define OFF_PAGE_BYTES   4096            /* ignore-off-page objects: pointers beyond do not count */

/* ---- from a word to an object ------------------------------------------------- */

bool gci_marker_checks_roots;

static GCI_NOINLINE void check_marked(const struct gci_block *run, word slot)
{
    if (!gci_run_marked(run, slot))
        gci_abort("GC_VERIFY: [final] does not hold: a root leads to the object at %p (kind %u, "
                  "%lu bytes), which is not marked", (void *)gci_run_object(run, slot), run->kind,
                  (unsigned long)run->obj_bytes);
}

static void set_and_push(struct gci_marker *m, struct gci_block *run, word slot)
{
    if (GCI_PEEK(run->flags) & GCI_BLOCKF_UNCOLLECTABLE) /* [uncoll] */
        return;
    if (gci_unlikely(gci_marker_checks_roots))
        check_marked(run, slot);
    if (gci_hot_claim(run, slot, m->claiming, m->own_bits) && run->descr != 0)
        gci_marker_push(m, gci_run_object(run, slot), run->descr); /* [black] */
}

/* Words that lead to the inside of a run of several blocks, or whose displacement matters. */
GCI_NOINLINE void gci_marker_mark_in_run(struct gci_marker *m, word w)
{
    struct gci_block *run = gci_heap_run(w);
    word offset, slot, displacement;

    if (run == NULL) {
        gci_blacklist_note(w);
        return;
    }
    offset = w - (word)run->start;
    slot = gci_run_slot(run, offset);
    displacement = offset - slot * run->obj_bytes;
    if (slot >= run->nslots || displacement >= run->obj_bytes)
        return;
    if (displacement != 0 && !gci_displacement_valid(displacement))
        return;
    if ((GCI_PEEK(run->flags) & GCI_BLOCKF_IGNORE_OFF_PAGE) && displacement >= OFF_PAGE_BYTES)
        return;
    set_and_push(m, run, slot);
}

bool gci_marker_make_room(struct gci_marker *m, size_t entries)
{
    while ((size_t)(m->limit - m->top) < GCI_LONG_WORDS * entries)
        if (!gci_marker_grow(m))
            return false;
    return true;
}

/* Without room the bit is set and the entry dropped [drop]. */
GCI_INLINE void mark_one(struct gci_hot *h, struct gci_marker *m, word w)
{
    if (w - h->lo >= h->span)
        return;
    if (gci_likely(gci_hot_room(h, m, 1))) {
        gci_hot_candidate(h, m, w);
    } else {
        m->top = h->top;
        gci_marker_mark_in_run(m, w);
        h->top = m->top;
    }
}

void gci_marker_candidate(struct gci_marker *m, word w)
{
    struct gci_hot h = gci_hot_of(m);

    if (gci_unlikely(gci_marker_checks_roots)) {
        if (gci_heap_spans(w))
            gci_marker_mark_in_run(m, w);
        return;
    }
    mark_one(&h, m, w);
    m->top = h.top;
}

/* [end] The object that ends where w points. */
static void mark_ending_at(struct gci_marker *m, word w)
{
    struct gci_block *run = NULL;
    word slot;
    ptr_t base = gci_heap_object(w - 1, &run, &slot);

    if (base != NULL && run->exact && (word)base + run->obj_bytes == w
        && !(run->flags & GCI_BLOCKF_IGNORE_OFF_PAGE))
        set_and_push(m, run, slot);
}

/* Interior pointers count whatever the settings say. Most words take the short way: mark_plain_root in push.c. */
void gci_marker_root_candidate(struct gci_marker *m, word w)
{
    struct gci_block *run = NULL;
    word slot;

    if (gci_heap_object(w, &run, &slot) != NULL
        && !((GCI_PEEK(run->flags) & GCI_BLOCKF_IGNORE_OFF_PAGE) != 0
             && w - (word)gci_run_object(run, slot) >= OFF_PAGE_BYTES))
        set_and_push(m, run, slot);
    else if (run == NULL)
        gci_blacklist_note(w);
    /* The word behind the heap is one past an end. */
    if ((w & (GCI_GRANULE_BYTES - 1)) == 0 && w - gci_heap.lo <= gci_heap.span)
        mark_ending_at(m, w);
}

/* ---- from an object to its words ------------------------------------------------ */

GCI_INLINE GCI_NO_SANITIZE void scan_long(struct gci_hot *h, struct gci_marker *m, const word *p,
                                          const word *end)
{
    word found[GCI_FILTER_WORDS + GCI_FILTER_SLACK];

    while (p < end) {
        const word *stop = end - p > GCI_FILTER_WORDS ? p + GCI_FILTER_WORDS : end;

        gci_hot_scan(h, m, p, stop, found);
        p = stop;
    }
}

/* What a word in memory means where the program stores pointers in disguise. */
GCI_INLINE word revealed(word w)
{
    return (w & gci_settings.pointer_mask) << gci_settings.pointer_shift;
}

/* Machines where pointers may lie at addresses that are no multiple of their size; and words in
   disguise. */
static GCI_NO_SANITIZE void scan_odd_words(struct gci_marker *m, ptr_t p, ptr_t end)
{
    for (; p + GCI_WORD_BYTES <= end; p += ALIGNMENT) {
        word w;

        memcpy(&w, p, sizeof w);
        gci_marker_candidate(m, revealed(w));
    }
}

/* Cold, so that its buffer is in no other function's frame. */
static GCI_NOINLINE void scan_many_words(struct gci_marker *m, const word *p, const word *end)
{
    struct gci_hot h = gci_hot_of(m);

    scan_long(&h, m, p, end);
    m->top = h.top;
}

static GCI_NO_SANITIZE void scan_few_words(struct gci_marker *m, const word *p, const word *end)
{
    struct gci_hot h = gci_hot_of(m);

    for (; p < end; p++)
        mark_one(&h, m, gci_load(p)); /* [once-read] */
    m->top = h.top;
}

/* [lo, hi) are multiples of the word. */
static void scan_words(struct gci_marker *m, ptr_t lo, ptr_t hi)
{
    if (ALIGNMENT < GCI_WORD_BYTES || gci_unlikely(m->disguised))
        scan_odd_words(m, lo, hi);
    else if (hi - lo <= FEW_BYTES)
        scan_few_words(m, (const word *)(void *)lo, (const word *)(void *)hi);
    else
        scan_many_words(m, (const word *)(void *)lo, (const word *)(void *)hi);
}

void gci_marker_scan_range(struct gci_marker *m, ptr_t lo, ptr_t hi)
{
    if (ALIGNMENT < GCI_WORD_BYTES)
        scan_odd_words(m, (ptr_t)gci_align_up((word)lo, ALIGNMENT), hi);
    else
        scan_words(m, (ptr_t)gci_align_up((word)lo, GCI_WORD_BYTES),
                   (ptr_t)gci_align_down((word)hi, GCI_WORD_BYTES));
}

static GCI_NO_SANITIZE void scan_bitmap(struct gci_marker *m, const word *p, word bits)
{
    struct gci_hot h = gci_hot_of(m);

    /* The most significant bit stands for the first word; the tag's two bits are not words. */
    for (bits &= ~(word)GC_DS_TAGS; bits != 0; bits <<= 1, p++)
        if ((bits >> (GCI_WORD_BITS - 1)) != 0)
            mark_one(&h, m, revealed(gci_load(p))); /* [once-read] */
    m->top = h.top;
}

/* The descriptor of an object that carries it: in the object, or behind its first word. 0: none yet. */
static GCI_NO_SANITIZE word carried_descr(ptr_t p, word descr)
{
    GC_signed_word offset = (GC_signed_word)(descr & ~(word)GC_DS_TAGS);
    word type;

    if ((GC_signed_word)descr >= 0)
        return *(word *)(void *)(p + offset);
    type = *(word *)(void *)p;
    if (type == 0)
        return 0;
    return *(word *)(type - (word)((GC_signed_word)descr
                                   + (GC_INDIR_PER_OBJ_BIAS - GC_DS_PER_OBJECT)));
}

static GCI_NOINLINE void scan_odd(struct gci_marker *m, ptr_t p, word descr)
{
    if ((descr & GC_DS_TAGS) == GC_DS_PER_OBJECT) {
        descr = carried_descr(p, descr);
        if (descr == 0 || (descr & GC_DS_TAGS) == GC_DS_PER_OBJECT)
            return;
    }
    switch (descr & GC_DS_TAGS) {
    case GC_DS_LENGTH:
        gci_marker_scan_entry(m, p, descr);
        break;
    case GC_DS_BITMAP:
        scan_bitmap(m, (const word *)(void *)p, descr);
        break;
    default: {
        word proc = (descr >> GC_DS_TAG_BITS) & (GCI_MAX_MARK_PROCS - 1);
        word env = descr >> (GC_DS_TAG_BITS + GC_LOG_MAX_MARK_PROCS);

        if (m->beside && gci_client_proc(proc)) {
            gci_share_defer(m, p, descr);
            break;
        }
        if (gci_mark_procs[proc] == NULL)
            gci_abort("mark procedure %lu of the object at %p was never registered",
                      (unsigned long)proc, (void *)p);
        /* The client only hands the pointers back: they name the marker. */
        (void)gci_mark_procs[proc]((GC_word *)(void *)p, (struct GC_ms_entry *)(void *)m,
                                   (struct GC_ms_entry *)(void *)(m + 1), env);
    }
    }
}

void gci_marker_scan_entry(struct gci_marker *m, ptr_t p, word descr)
{
    if ((descr & GC_DS_TAGS) != GC_DS_LENGTH) {
        scan_odd(m, p, descr);
        return;
    }
    if (descr > GCI_SPLIT_BYTES) {
        gci_marker_push(m, p + GCI_SPLIT_BYTES, descr - GCI_SPLIT_BYTES);
        descr = GCI_SPLIT_BYTES;
    }
    scan_words(m, p, p + gci_align_down(descr, GCI_WORD_BYTES));
}

/* ---- overflow: entries were dropped, but their objects are marked -------------------- */

static void rescan_run(struct gci_block *run, void *arg GCI_UNUSED)
{
    word slot;

    if (run->descr == 0)
        return;
    for (slot = 0; slot < run->nslots; slot++)
        if (gci_run_marked(run, slot)) {
            gci_marker_scan_entry(gci_marker_main, gci_run_object(run, slot), run->descr);
            gci_marker_drain_local(gci_marker_main);
        }
}

/* The program's own work list, if it has one: it may push more. */
static void drain_program(void)
{
    GC_on_mark_stack_empty_proc more = gci_settings.on_mark_stack_empty;
    struct gci_marker *m = gci_marker_main;

    do {
        gci_marker_drain_with_help();
        if (more != NULL)
            (void)more((struct GC_ms_entry *)(void *)m, (struct GC_ms_entry *)(void *)(m + 1));
    } while (m->top != m->bottom);
}

void gci_mark_drain(void)
{
    bool again;

    gci_marker_main->early = false;
    drain_program();
    do {
        unsigned i;

        for (again = false, i = 0; i < GCI_MAX_MARKERS; i++) {
            again |= gci_markers[i].overflowed;
            gci_markers[i].overflowed = false;
        }
        if (again) {
            gci_log(1, "Mark stack overflow: rescanning marked objects\n");
            gci_blocks_visit_runs(rescan_run, NULL);
        }
    } while (again);
}

void gci_mark_check_roots_stopped(ptr_t own_hot)
{
    gci_marker_checks_roots = true;
    gci_roots_push_again_stopped(own_hot);
    gci_marker_checks_roots = false;
    gci_mark_drain(); /* hooks push contents whether marked or not: already scanned */
}

void gci_mark_begin(bool world_stays)
{
    unsigned i;

    for (i = 0; i < GCI_MAX_MARKERS; i++) {
        struct gci_marker *m = &gci_markers[i];

        m->any_displacement = GC_all_interior_pointers != 0;
        m->disguised = gci_settings.pointer_mask != ~(word)0 || gci_settings.pointer_shift != 0;
        m->top = m->bottom = m->base;
        m->overflowed = false;
        gci_marker_shrink(m);
    }
    gci_marker_main->early = world_stays;
    gci_recruit_begin();
    gci_sweep_end_clearing();
}

const char *gci_filter_in_use(void)
{
    return gci_filter_name;
}

void gci_mark_init(void)
{
    gci_filter_init();
    /* Without a first stack nothing could ever be marked. */
    if (gci_marker_main->base == NULL && !gci_marker_grow(gci_marker_main))
        gci_abort("GC_init: no memory for the mark stack");
}
