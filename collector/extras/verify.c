/* verify.c - GC_VERIFY=1: checks the whole heap at the end of each cycle.
 *
 * The world is stopped, marking is complete, nothing has been swept yet. The first violation
 * aborts with the tag of the invariant, which is where to read on:
 *   [run] [back] [mark]   heap.h          [one-list] [joined] [tail]   heap/blocks.c
 *   [class-lock]          trace/sweep.c   [black]                      trace/mark.c
 *   [sums]                here: the heap's totals are those of its runs
 *
 * Costs about as much as a marking by one thread, and prints nothing when all is well unless
 * GC_PRINT_STATS asks for it.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "private/extras.h"
#include "private/settings.h"

#define FAIL(tag, ...)                                                           \
    do {                                                                         \
        gci_print("GC_VERIFY: " __VA_ARGS__);                                    \
        gci_print("\n");                                                         \
        gci_abort("GC_VERIFY: [" tag "] does not hold (collection %lu)",          \
                  (unsigned long)gci_cycle_stats.cycles);                        \
    } while (0)

struct totals {
    size_t used_blocks, free_blocks, discarded_blocks;
    word runs, objects, listed, live_bytes;
};
static struct totals totals;

/* ---- one run's descriptors ---------------------------------------------------------- */

static void check_numbers(const struct gci_block *run)
{
    size_t run_bytes = (size_t)run->run_blocks << GCI_BLOCK_SHIFT;

    if (((word)run->start & (GCI_BLOCK_BYTES - 1)) != 0
        || gci_heap_block((word)run->start) != run)
        FAIL("run", "run %p: starts at %p", (const void *)run, (void *)run->start);
    if (run->kind >= gci_kind_count)
        FAIL("run", "run at %p: kind %u of %u", (void *)run->start, run->kind, gci_kind_count);
    if (run->nslots == 0 || run->obj_bytes == 0 || run->obj_bytes % GCI_GRANULE_BYTES != 0
        || run->obj_bytes > run_bytes / run->nslots)
        FAIL("run", "run at %p: %u objects of %lu bytes in %lu", (void *)run->start,
             (unsigned)run->nslots,
             (unsigned long)run->obj_bytes, (unsigned long)run_bytes);
    if (run->descr != gci_kind_descr(run->kind, run->obj_bytes))
        FAIL("run", "run at %p: descriptor 0x%lx, kind %u has 0x%lx", (void *)run->start,
             (unsigned long)run->descr, run->kind,
             (unsigned long)gci_kind_descr(run->kind, run->obj_bytes));
    if (gci_kinds[run->kind].uncollectable != ((run->flags & GCI_BLOCKF_UNCOLLECTABLE) != 0))
        FAIL("run", "run at %p: kind %u and flags 0x%x disagree on who collects it",
             (void *)run->start, run->kind, run->flags);
    if (gci_run_is_large(run)) {
        if (run->nslots != 1 || run->recip != 0)
            FAIL("run", "large run at %p: %u slots", (void *)run->start, (unsigned)run->nslots);
    } else if (run->cls >= gci_class_count || gci_classes[run->cls].obj_bytes != run->obj_bytes
               || gci_class_slots(&gci_classes[run->cls], run->run_blocks) != run->nslots) {
        FAIL("run", "run at %p: class %u is not of %lu bytes", (void *)run->start, run->cls,
             (unsigned long)run->obj_bytes);
    }
}

/* Every slot's first and last byte leads to that slot. */
static void check_slots(const struct gci_block *run)
{
    word slot;

    for (slot = 0; slot < run->nslots; slot++) {
        ptr_t p = gci_run_object(run, slot);

        if (gci_heap_object((word)p, NULL, NULL) != p
            || gci_heap_object((word)p + run->obj_bytes - 1, NULL, NULL) != p)
            FAIL("run", "run at %p: slot %lu of %lu bytes is not found by its address %p",
                 (void *)run->start, (unsigned long)slot, (unsigned long)run->obj_bytes,
                 (void *)p);
    }
}

static void check_blocks(const struct gci_block *run)
{
    word i;

    for (i = 1; i < run->run_blocks; i++) {
        const struct gci_block *b = gci_heap_block((word)run->start + (i << GCI_BLOCK_SHIFT));

        if (b == NULL || b->state != GCI_BLOCK_REST || b->back_blocks != i)
            FAIL("back", "run at %p: block %lu of %u does not lead back to it",
                 (void *)run->start, (unsigned long)i, (unsigned)run->run_blocks);
    }
    if (run->back_blocks != 0)
        FAIL("back", "run at %p: its first block leads back by %u", (void *)run->start,
             (unsigned)run->back_blocks);
}

static void check_mark_bits(const struct gci_block *run)
{
    word i, bit = run->nslots % GCI_WORD_BITS;

    for (i = gci_run_mark_words(run); i < GCI_MARK_WORDS; i++)
        if (gci_run_marks(run)[i] != 0)
            FAIL("mark", "run at %p: bits beyond slot %u", (void *)run->start,
                 (unsigned)run->nslots);
    if (bit != 0 && (gci_run_marks(run)[gci_run_mark_words(run) - 1] >> bit) != 0)
        FAIL("mark", "run at %p: bits beyond slot %u", (void *)run->start, (unsigned)run->nslots);
    if (!gci_mark_pair_bits_clear(run))
        FAIL("pair", "run at %p: bits of the second marker are left", (void *)run->start);
}

static void check_run(struct gci_block *run, void *arg GCI_UNUSED)
{
    word slot;

    check_numbers(run);
    check_slots(run);
    check_blocks(run);
    check_mark_bits(run);
    for (slot = 0; slot < run->nslots; slot++)
        if (gci_run_marked(run, slot))
            totals.live_bytes += run->obj_bytes;
    totals.used_blocks += run->run_blocks;
    totals.runs++;
}

/* ---- lists ----------------------------------------------------------------------------- */

static void check_list(unsigned kind, unsigned cls)
{
    const struct gci_class_runs *runs = &gci_runs[kind][cls];
    const struct gci_block *run, *prev = NULL;
    bool unswept_found = runs->unswept == NULL;

    for (run = runs->first; run != NULL; prev = run, run = run->next) {
        if (run->prev != prev)
            FAIL("class-lock", "list of kind %u class %u: broken at the run at %p", kind, cls,
                 (void *)run->start);
        if (run->state != GCI_BLOCK_USED || run->kind != kind
            || (gci_run_is_large(run) ? gci_class_count : run->cls) != cls)
            FAIL("class-lock", "list of kind %u class %u: the run at %p is of %u, %u (state %u)",
                 kind, cls, (void *)run->start, run->kind, run->cls, run->state);
        unswept_found |= run == runs->unswept;
        if (++totals.listed > totals.runs)
            FAIL("class-lock", "list of kind %u class %u: more runs than there are", kind, cls);
    }
    if (runs->last != prev)
        FAIL("class-lock", "list of kind %u class %u: wrong end", kind, cls);
    if (!unswept_found)
        FAIL("class-lock", "list of kind %u class %u: the next run to sweep is not in it", kind,
             cls);
}

static void check_lists(void)
{
    unsigned kind, cls;

    for (kind = 0; kind < gci_kind_count; kind++)
        if (gci_runs[kind] != NULL)
            for (cls = 0; cls <= gci_class_count; cls++)
                check_list(kind, cls);
    if (totals.listed != totals.runs)
        FAIL("class-lock", "%lu runs, %lu in lists", (unsigned long)totals.runs,
             (unsigned long)totals.listed);
}

static void check_free(struct gci_block *run, void *arg GCI_UNUSED)
{
    size_t n = run->run_blocks, i;
    const struct gci_block *behind
        = gci_heap_block((word)run->start + (n << GCI_BLOCK_SHIFT));
    const struct gci_block *last
        = gci_heap_block((word)run->start + ((n - 1) << GCI_BLOCK_SHIFT));

    if (gci_heap_block((word)run->start) != run || last == NULL)
        FAIL("one-list", "free run %p starts at %p, %lu blocks", (void *)run, (void *)run->start,
             (unsigned long)n);
    if (last->back_blocks != n)
        FAIL("tail", "free run at %p: %lu blocks, its tail says %u", (void *)run->start,
             (unsigned long)n, (unsigned)last->back_blocks);
    if (behind != NULL && behind->state == GCI_BLOCK_FREE)
        FAIL("joined", "free run at %p: another follows it", (void *)run->start);
    for (i = 0; i < n; i++) {
        const struct gci_block *b = gci_heap_block((word)run->start + (i << GCI_BLOCK_SHIFT));

        if (b == NULL || b->nslots != 0 || (i > 0 && b->state == GCI_BLOCK_USED))
            FAIL("one-list", "free run at %p: block %lu is in use", (void *)run->start,
                 (unsigned long)i);
        totals.discarded_blocks += (b->flags & GCI_BLOCKF_DISCARDED) != 0;
    }
    if (run->prev != NULL ? run->prev->next != run : false)
        FAIL("one-list", "free run at %p: its list is broken", (void *)run->start);
    totals.free_blocks += n;
}

/* An object between taking and publication [publish]: its thread was stopped while clearing. */
static void count_taken(struct gci_block *run, void *arg GCI_UNUSED)
{
    totals.used_blocks += run->run_blocks;
}

static void check_sums(void)
{
    if (totals.free_blocks << GCI_BLOCK_SHIFT != gci_heap.free_bytes)
        FAIL("sums", "%lu bytes in free runs, the heap says %lu",
             (unsigned long)(totals.free_blocks << GCI_BLOCK_SHIFT),
             (unsigned long)gci_heap.free_bytes);
    if ((totals.free_blocks + totals.used_blocks) << GCI_BLOCK_SHIFT != gci_heap.committed_bytes)
        FAIL("sums", "%lu blocks free and %lu in use, the heap has %lu bytes",
             (unsigned long)totals.free_blocks, (unsigned long)totals.used_blocks,
             (unsigned long)gci_heap.committed_bytes);
    if (totals.live_bytes != gci_live.bytes)
        FAIL("sums", "%lu bytes in marked objects, the sweep counted %lu",
             (unsigned long)totals.live_bytes, (unsigned long)gci_live.bytes);
    if (gci_heap.discarded_bytes > gci_heap.free_bytes)
        FAIL("sums", "%lu bytes given back of %lu free", (unsigned long)gci_heap.discarded_bytes,
             (unsigned long)gci_heap.free_bytes);
}

/* ---- [black] ------------------------------------------------------------------------------ */

/* Would the marker have followed this word for certain? Where it depends on displacements or
   on the ignore-off-page promise, no. */
static void check_word(word w, ptr_t owner, ptr_t place)
{
    struct gci_block *run;
    word slot;
    ptr_t target = gci_heap_object(w, &run, &slot);

    if (target == NULL || gci_run_marked(run, slot))
        return;
    if ((word)target != w
        && (!GC_all_interior_pointers || (run->flags & GCI_BLOCKF_IGNORE_OFF_PAGE) != 0))
        return;
    if ((run->flags & GCI_BLOCKF_UNCOLLECTABLE) != 0)
        return; /* freed explicitly */
    if (gci_freed_was(w))
        return; /* so was this, or what was here before */
    FAIL("black", "the object at %p (kind %u) is marked, but not %p (kind %u, %lu bytes), to which "
         "its word at %p points", (void *)owner, gci_heap_run((word)owner)->kind,
         (void *)target, run->kind, (unsigned long)run->obj_bytes, (void *)place);
}

static GCI_NO_SANITIZE void check_length(ptr_t obj, word bytes)
{
    const word step = ALIGNMENT < GCI_WORD_BYTES ? ALIGNMENT : GCI_WORD_BYTES;
    ptr_t p = obj, end = obj + gci_align_down(bytes, GCI_WORD_BYTES);

    for (; p + GCI_WORD_BYTES <= end; p += step) {
        word w;

        memcpy(&w, p, sizeof w);
        if (w - gci_heap.lo < gci_heap.span)
            check_word(w, obj, p);
    }
}

static GCI_NO_SANITIZE void check_bitmap(ptr_t obj, word bits)
{
    ptr_t p = obj;

    for (bits &= ~(word)GC_DS_TAGS; bits != 0; bits <<= 1, p += GCI_WORD_BYTES)
        if ((bits >> (GCI_WORD_BITS - 1)) != 0)
            check_word(*(word *)(void *)p, obj, p);
}

static void check_objects(struct gci_block *run, void *arg GCI_UNUSED)
{
    word slot;

    if (run->descr == 0)
        return;
    for (slot = 0; slot < run->nslots; slot++) {
        ptr_t obj = gci_run_object(run, slot);

        if (!gci_run_marked(run, slot))
            continue;
        totals.objects++;
        if ((run->descr & GC_DS_TAGS) == GC_DS_LENGTH)
            check_length(obj, run->descr <= run->obj_bytes ? run->descr : run->obj_bytes);
        else if ((run->descr & GC_DS_TAGS) == GC_DS_BITMAP)
            check_bitmap(obj, run->descr);
    }
}

void gci_verify_stopped(void)
{
    memset(&totals, 0, sizeof totals);
    gci_blocks_visit_runs(check_run, NULL);
    gci_blocks_visit_free(check_free, NULL);
    gci_blocks_visit_taken(count_taken, NULL);
    check_lists();
    check_sums();
    /* Leaked objects are kept without being followed; masked words are not addresses. */
    if (!GC_find_leak && gci_settings.pointer_mask == ~(word)0 && gci_settings.pointer_shift == 0)
        gci_blocks_visit_runs(check_objects, NULL);
    gci_log(1, "GC_VERIFY: %lu runs, %lu objects with pointers, all well\n",
            (unsigned long)totals.runs, (unsigned long)totals.objects);
}
