/* rescan.c - looking again at marked objects on pages the program wrote since they were scanned.
 *
 * Which pages: heap/dirty.c. When: collect/.
 *
 * [pages]   Of an object that is described by its length only the part on the page is read; of every
 *           other one all of it, once for each stretch of pages.
 * [unborn]  Unmarked slots are passed over: what is alive in them is found from elsewhere, and scanned
 *           when it is marked [black].
 *
 * Beside the program, or world stopped.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/marker.h"

/* Where pointers need not be aligned one may begin before the stretch. */
static void scan_part(struct gci_marker *m, ptr_t obj, word bytes, ptr_t lo, ptr_t hi)
{
    const word slack = ALIGNMENT < GCI_WORD_BYTES ? GCI_WORD_BYTES : 0;
    ptr_t end = obj + gci_align_down(bytes, GCI_WORD_BYTES);

    lo = lo > obj + slack ? lo - slack : obj;
    hi = hi + slack < end ? hi + slack : end;
    if (lo < hi)
        gci_marker_scan_range(m, lo, hi);
}

/* [pages] `at`: where the whole stretch begins; an object that began before it was dealt with there. */
static void rescan_object(struct gci_marker *m, const struct gci_block *run, ptr_t obj,
                          const struct gci_stretch *s)
{
    if ((run->descr & GC_DS_TAGS) == GC_DS_LENGTH)
        scan_part(m, obj, run->descr, s->at, s->to);
    else if (obj >= s->at || s->at == s->lo)
        gci_marker_scan_entry(m, obj, run->descr);
}

/* Words that changed since the snapshot. */
static GCI_NO_SANITIZE void compare(struct gci_marker *m, const word *p, const word *end, word *copy)
{
    for (; p + 2 <= end; p += 2, copy += 2) {
        word a = gci_load(p), b = gci_load(p + 1);

        if (gci_likely(((a ^ copy[0]) | (b ^ copy[1])) == 0))
            continue;
        if (a != copy[0])
            gci_marker_candidate(m, copy[0] = a);
        if (b != copy[1])
            gci_marker_candidate(m, copy[1] = b);
    }
    for (; p < end; p++, copy++) {
        word a = gci_load(p);

        if (a != *copy)
            gci_marker_candidate(m, *copy = a);
    }
}

static GCI_NO_SANITIZE void copy_words(const word *p, const word *end, word *copy)
{
    for (; p < end; p++)
        *copy++ = gci_load(p);
}

/* [lo, hi) lies in one page of a run whose objects are described by their length. */
static void rescan_page(struct gci_marker *m, const struct gci_block *run, ptr_t lo, ptr_t hi)
{
    ptr_t page = (ptr_t)gci_align_down((word)lo, GCI_SNAPSHOT_BYTES), obj, from, to;
    bool fresh;
    word *copy = gci_snapshot_of(page, m->beside, &fresh);
    word slot = gci_run_slot(run, (word)(lo - run->start));
    const word bytes = gci_align_down(run->descr, GCI_WORD_BYTES);

    for (; slot < run->nslots && (obj = gci_run_object(run, slot)) < hi; slot++) {
        from = obj > lo ? obj : lo;
        to = obj + bytes < hi ? obj + bytes : hi;
        if (from >= to || !gci_run_marked(run, slot))
            continue;
        if (copy == NULL)
            gci_marker_scan_range(m, from, to);
        else if (fresh)
            copy_words((const word *)(void *)from, (const word *)(void *)to,
                       copy + (from - page) / GCI_WORD_BYTES);
        else
            compare(m, (const word *)(void *)from, (const word *)(void *)to,
                    copy + (from - page) / GCI_WORD_BYTES);
    }
    if (copy != NULL && fresh) /* all at once, by the vector filter */
        gci_marker_scan_range(m, (ptr_t)copy, (ptr_t)copy + GCI_SNAPSHOT_BYTES);
}

static void rescan_by_pages(struct gci_marker *m, const struct gci_block *run,
                            const struct gci_stretch *s)
{
    ptr_t lo = s->at, hi;

    for (; lo < s->to; lo = hi) {
        hi = (ptr_t)gci_align_down((word)lo, GCI_SNAPSHOT_BYTES) + GCI_SNAPSHOT_BYTES;
        rescan_page(m, run, lo, hi < s->to ? hi : s->to);
    }
}

static bool is_plain(const struct gci_marker *m, const struct gci_block *run)
{
    return (run->descr & GC_DS_TAGS) == GC_DS_LENGTH && ALIGNMENT == GCI_WORD_BYTES
           && !m->disguised;
}

static void rescan_run(struct gci_marker *m, const struct gci_block *run,
                       const struct gci_stretch *s)
{
    word slot = s->at > run->start ? gci_run_slot(run, (word)(s->at - run->start)) : 0;

    for (; slot < run->nslots; slot++) {
        ptr_t obj = gci_run_object(run, slot);

        if (obj >= s->to)
            return;
        if (gci_run_marked(run, slot))
            rescan_object(m, run, obj, s);
    }
}

bool gci_rescan_stretch(struct gci_marker *m, struct gci_stretch *s, size_t bytes)
{
    ptr_t end = (size_t)(s->hi - s->at) < bytes ? s->hi : s->at + bytes;

    while (s->at < end) {
        ptr_t block_end = (ptr_t)gci_align_down((word)s->at, GCI_BLOCK_BYTES) + GCI_BLOCK_BYTES;
        const struct gci_block *run = gci_heap_run((word)s->at);

        s->to = block_end < s->hi ? block_end : s->hi;
        if (run != NULL && run->descr != 0 && is_plain(m, run))
            rescan_by_pages(m, run, s);
        else if (run != NULL && run->descr != 0)
            rescan_run(m, run, s);
        s->at = s->to;
    }
    return s->at == s->hi;
}
