/* push.c - the ways into marking from outside the mark loop: root ranges, single words, mark bits, and
 * the interface's GC_push_* and GC_mark_and_push.
 *
 * The loop itself: mark.c. Which ranges are roots: roots.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/dirty.h"
#include "private/hot.h"
#include "private/settings.h"

#include <string.h>

/* ---- displacements that count when interior pointers do not --------------------- */

word gci_displacements[GCI_DISPLACEMENT_LIMIT / GCI_WORD_BITS] = { 1 }; /* 0 always counts */

GC_API void GC_CALL GC_register_displacement(size_t offset)
{
    if (offset >= GCI_DISPLACEMENT_LIMIT)
        gci_abort("GC_register_displacement: %lu is too large (limit %d)", (unsigned long)offset,
                  GCI_DISPLACEMENT_LIMIT - 1);
    (void)gci_fetch_or(&gci_displacements[offset / GCI_WORD_BITS],
                       (word)1 << (offset % GCI_WORD_BITS));
}

/* ---- ranges and words -------------------------------------------------------------- */

void gci_mark_push_root_range(ptr_t lo, ptr_t hi)
{
    gci_marker_scan_roots(gci_marker_main, lo, hi);
}

#define LOOK_AHEAD 16 /* words whose blocks are prefetched */

/* A root's object is often marked already: then nothing is stored, for which the next look at the same word
   of bits would have to wait. */
GCI_INLINE void mark_root_slot(struct gci_hot *h, const struct gci_block *run, word slot, word base)
{
    if (!gci_run_marked(run, slot))
        gci_hot_claim_push(h, run, slot, base);
}

/* The object that w leads to, and with [end] in mark.c the one that ends there; by one look at the block for
   both, as in gci_hot_find. False: not so simple. Room on the stack for two entries. */
GCI_INLINE bool mark_plain_root(struct gci_hot *h, word w)
{
    const struct gci_block *run = gci_hot_block(h, w);
    word slot, base;

    if (gci_unlikely(run == NULL) || !gci_block_plain_slot(run, w, &slot, &base))
        return false;
    mark_root_slot(h, run, slot, base);
    if (w != base)
        return true;
    if (gci_unlikely(slot == 0)) /* the other one is not in this block */
        return false;
    if (run->exact)
        mark_root_slot(h, run, slot - 1, base - run->obj_bytes);
    return true;
}

/* The words lie within the heap's bounds, or at its end. Beside the program they may change between two
   looks, but here they are copies. */
static void mark_roots(struct gci_marker *m, const word *w, size_t n)
{
    struct gci_hot h = gci_hot_of(m);
    size_t i;

    for (i = 0; i < n; i++) {
        if (i + LOOK_AHEAD < n)
            GCI_PREFETCH(gci_hot_block(&h, w[i + LOOK_AHEAD]));
        if (gci_hot_room(&h, m, 2) && gci_likely(!gci_marker_checks_roots)
            && gci_likely(mark_plain_root(&h, w[i])))
            continue;
        m->top = h.top;
        gci_marker_root_candidate(m, w[i]);
        h.top = m->top;
    }
    m->top = h.top;
}

GCI_NO_SANITIZE void gci_marker_scan_roots(struct gci_marker *m, ptr_t lo, ptr_t hi)
{
    const word heap_lo = gci_heap.lo, span = gci_heap.span + 1; /* [end]: the heap's end itself */
    word found[GCI_FILTER_WORDS + GCI_FILTER_SLACK];

    if (gci_heap.span == 0) /* no heap yet: not even its end can be meant */
        return;
    lo = (ptr_t)gci_align_up((word)lo, ALIGNMENT);
    if (ALIGNMENT < GCI_WORD_BYTES || m->disguised) {
        for (; lo + GCI_WORD_BYTES <= hi; lo += ALIGNMENT) {
            word w;

            memcpy(&w, lo, sizeof w);
            gci_marker_root_candidate(m, w);
            if (m->disguised)
                gci_marker_root_candidate(m, (w & gci_settings.pointer_mask)
                                                 << gci_settings.pointer_shift);
        }
        return;
    }
    hi = (ptr_t)gci_align_down((word)hi, GCI_WORD_BYTES);
    while (lo < hi) {
        size_t bytes = (size_t)(hi - lo), n;

        if (bytes > GCI_FILTER_WORDS * GCI_WORD_BYTES)
            bytes = GCI_FILTER_WORDS * GCI_WORD_BYTES;
        n = gci_filter((const word *)(void *)lo, (const word *)(void *)(lo + bytes), heap_lo, span,
                       found);
        mark_roots(m, found, n);
        gci_marker_relieve(m);
        lo += bytes;
    }
}

/* Only the object that holds p: no root word, so nothing that merely ends there. */
void gci_mark_word(word p)
{
    ptr_t base = gci_heap_object(p, NULL, NULL);

    if (base != NULL) {
        gci_marker_candidate(gci_marker_main, (word)base);
        gci_marker_relieve(gci_marker_main);
    }
}

void gci_mark_push_contents(ptr_t base)
{
    struct gci_block *run;

    base = gci_heap_object((word)base, &run, NULL); /* the program may have given a tagged pointer */
    if (base != NULL && run->descr != 0)
        gci_marker_push(gci_marker_main, base, run->descr);
}

/* ---- mark bits -------------------------------------------------------------------- */

bool gci_mark_is_marked(const void *p)
{
    struct gci_block *run;
    word slot;

    return gci_heap_object((word)p, &run, &slot) != NULL && gci_run_marked(run, slot);
}

void gci_mark_set_bit(const void *p)
{
    struct gci_block *run;
    word slot;

    if (gci_heap_object((word)p, &run, &slot) != NULL && !gci_run_marked(run, slot))
        (void)gci_fetch_or(&gci_run_marks(run)[slot / GCI_WORD_BITS], (word)1 << (slot % GCI_WORD_BITS));
}

void gci_mark_clear_bit(const void *p)
{
    struct gci_block *run;
    word slot;

    if (gci_heap_object((word)p, &run, &slot) != NULL)
        gci_fetch_and(&gci_run_marks(run)[slot / GCI_WORD_BITS],
                      ~((word)1 << (slot % GCI_WORD_BITS)));
}

bool gci_mark_births;

/* The bits of word number w that stand for slots in [first, end). */
static word mask_of(word w, word first, word end)
{
    word lo = w * GCI_WORD_BITS, mask = ~(word)0;

    if (first > lo)
        mask &= ~(word)0 << (first - lo);
    if (end < lo + GCI_WORD_BITS)
        mask &= ~(~(word)0 << (end - lo));
    return mask;
}

static void each_word(struct gci_block *run, const void *lo, const void *hi, bool set)
{
    word first = gci_run_slot(run, (word)lo - (word)run->start), w;
    word end = first + (word)((ptr_t)hi - (ptr_t)lo) / run->obj_bytes;
    word *bits = gci_run_marks(run);

    for (w = first / GCI_WORD_BITS; w * GCI_WORD_BITS < end; w++)
        if (set)
            (void)gci_fetch_or(&bits[w], mask_of(w, first, end));
        else
            gci_fetch_and(&bits[w], ~mask_of(w, first, end));
}

void gci_mark_set_slots(struct gci_block *run, const void *lo, const void *hi)
{
    each_word(run, lo, hi, true);
    if (gci_dirty_wants_notes())
        gci_dirty_note(lo, hi);
}

/* The bits are seen by whoever sees what the program stores into the objects: a rescan that read a page
   as written and passed over an object as unborn would never look at it again. */
void gci_mark_newborn(struct gci_block *run, const void *lo, const void *hi)
{
    gci_mark_set_slots(run, lo, hi);
    __atomic_thread_fence(__ATOMIC_RELEASE);
}

void gci_mark_clear_slots(struct gci_block *run, const void *lo, const void *hi)
{
    each_word(run, lo, hi, false);
}

void gci_mark_clear_run(struct gci_block *run)
{
    run->flags &= (uint8_t)~GCI_BLOCKF_SWEPT;
    if (!(run->flags & GCI_BLOCKF_UNCOLLECTABLE))
        memset(gci_run_marks(run), 0,
               gci_run_mark_words(run) * sizeof(word));
}

static void clear_run(struct gci_block *run, void *arg GCI_UNUSED)
{
    gci_mark_clear_run(run);
}

void gci_mark_clear_all(void)
{
    gci_blacklist_begin_stopped();
    gci_blocks_visit_runs(clear_run, NULL);
}

/* Neighbours that are nothing but words go as one entry: the mark stack stays short. */
void gci_mark_push_run_contents(struct gci_block *run, bool marked)
{
    bool words = run->descr == (run->obj_bytes | GC_DS_LENGTH);
    word slot, first;

    if (run->descr == 0)
        return;
    for (slot = 0; slot < run->nslots; slot++) {
        if (gci_run_marked(run, slot) != marked)
            continue;
        for (first = slot; words && slot + 1 < run->nslots; slot++)
            if (gci_run_marked(run, slot + 1) != marked)
                break;
        gci_marker_push(gci_marker_main, gci_run_object(run, first),
                        words ? (slot - first + 1) * run->obj_bytes : run->descr);
    }
    gci_marker_relieve(gci_marker_main);
}

void gci_mark_push_uncollectable(void)
{
    unsigned kind, cls;

    for (kind = 0; kind < gci_kind_count; kind++) {
        if (!gci_kinds[kind].uncollectable || gci_runs[kind] == NULL)
            continue;
        for (cls = 0; cls <= gci_class_count; cls++) {
            struct gci_block *run;

            for (run = gci_runs[kind][cls].first; run != NULL; run = run->next)
                gci_mark_push_run_contents(run, true);
        }
    }
}

/* ---- the interface ------------------------------------------------------------------- */

static struct gci_marker *marker_of(struct GC_ms_entry *msp)
{
    ptr_t p = (ptr_t)msp;

    return p >= (ptr_t)gci_markers && p < (ptr_t)(gci_markers + GCI_MAX_MARKERS)
               ? (struct gci_marker *)(void *)p
               : gci_marker_main;
}

GC_API struct GC_ms_entry *GC_CALL GC_mark_and_push(void *obj, struct GC_ms_entry *msp,
                                                    struct GC_ms_entry *limit GCI_UNUSED,
                                                    void **src GCI_UNUSED)
{
    gci_marker_candidate(marker_of(msp), (word)obj);
    return msp;
}

GC_API struct GC_ms_entry *GC_CALL GC_ms_push_all(void *bottom, void *top, struct GC_ms_entry *msp,
                                                  struct GC_ms_entry *limit GCI_UNUSED)
{
    gci_marker_scan_range(marker_of(msp), bottom, top);
    return msp;
}

GC_API struct GC_ms_entry *GC_CALL GC_ms_push_obj_descr(void *obj, GC_word descr,
                                                        struct GC_ms_entry *msp,
                                                        struct GC_ms_entry *limit GCI_UNUSED)
{
    if (descr != 0)
        gci_marker_push(marker_of(msp), obj, descr);
    return msp;
}

GC_API void GC_CALL GC_push_obj_descr(void *obj, GC_word descr)
{
    (void)GC_ms_push_obj_descr(obj, descr, NULL, NULL);
}

GC_API void GC_CALL GC_push_all(void *bottom, void *top)
{
    gci_mark_push_root_range(bottom, top);
}

GC_API void GC_CALL GC_push_all_eager(void *bottom, void *top)
{
    gci_mark_push_root_range(bottom, top);
}

/* Which pages are dirty matters only between collections of the generational mode: until it
   knows better every page may be. */
GC_API void GC_CALL GC_push_conditional(void *bottom, void *top, int all GCI_UNUSED)
{
    gci_mark_push_root_range(bottom, top);
}

static void must_be_base(const void *p, const char *function)
{
    if (gci_heap_object((word)p, NULL, NULL) != p)
        gci_abort("%s: %p is not the start of an object", function, (void *)(word)p);
}

GC_API int GC_CALL GC_is_marked(const void *p)
{
    must_be_base(p, "GC_is_marked");
    return gci_mark_is_marked(p);
}

/* Marked without having been scanned: in incremental mode the object is made to look written, or what
   it refers to would be lost when a marking is under way. */
static void have_scanned(const void *p)
{
    const size_t page = gci_mem_page_bytes();
    const char *at = p, *end = at + gci_heap_run((word)p)->obj_bytes;

    for (; (word)at < (word)end; at = (const char *)gci_align_down((word)at, page) + page) {
        volatile word *w = (volatile word *)(word)at;
        word is = gci_load(w);

        (void)gci_cas(w, is, is); /* a write, and another thread's is kept */
    }
    if (gci_dirty_wants_notes())
        gci_dirty_note(p, end);
}

/* [lives] A mark that is set while marks are cleared would be taken for one of the marking to come, and what
   the object refers to be lost; and the object is alive without it. */
static bool wants_mark(void)
{
    return gci_lives_offset == 0 || !gci_sweep_is_clearing();
}

/* No stop, and so no change of phase, between the question and the bit. */
GC_API void GC_CALL GC_set_mark_bit(const void *p)
{
    struct gci_thread *self = gci_self();

    must_be_base(p, "GC_set_mark_bit");
    if (self != NULL)
        gci_nostop_enter(self);
    if (wants_mark()) {
        gci_mark_set_bit(p);
        if (gci_lives_offset != 0)
            have_scanned(p);
    }
    if (self != NULL)
        gci_nostop_leave(self);
}

GC_API void GC_CALL GC_clear_mark_bit(const void *p)
{
    must_be_base(p, "GC_clear_mark_bit");
    gci_mark_clear_bit(p);
}
