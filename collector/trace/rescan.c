/* rescan.c - looking again at marked objects on pages the program wrote since they were scanned.
 *
 * Which pages: heap/dirty.c. When: collect/. Who: any marker, as share.c gives stretches of them out.
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
#include "private/hot.h"

#define AT_ONCE_BYTES ((size_t)32 << 10)

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

/* What was found on a page, to be looked up all at once: the lookups of different words overlap [ahead]. */
struct finds {
    word words[GCI_SNAPSHOT_BYTES / GCI_WORD_BYTES + GCI_FILTER_SLACK];
    size_t count;
};

/* Words that changed since the snapshot. */
static GCI_NO_SANITIZE void compare(struct finds *finds, const word *p, const word *end, word *copy)
{
    size_t n = finds->count;

    for (; p + 2 <= end; p += 2, copy += 2) {
        word a = gci_load(p), b = gci_load(p + 1);

        if (gci_likely(((a ^ copy[0]) | (b ^ copy[1])) == 0))
            continue;
        if (a != copy[0])
            finds->words[n++] = copy[0] = a;
        if (b != copy[1])
            finds->words[n++] = copy[1] = b;
    }
    for (; p < end; p++, copy++) {
        word a = gci_load(p);

        if (a != *copy)
            finds->words[n++] = *copy = a;
    }
    finds->count = n;
}

static GCI_NO_SANITIZE void copy_words(const word *p, const word *end, word *copy)
{
    for (; p < end; p++)
        *copy++ = gci_load(p);
}

/* Words that changed are few: those within the heap's bounds. */
static size_t in_heap(struct finds *finds)
{
    size_t i, n = 0;
    word span, lo = gci_heap_bounds(&span);

    for (i = 0; i < finds->count; i++)
        if (finds->words[i] - lo < span)
            finds->words[n++] = finds->words[i];
    return n;
}

/* [ahead] A block's descriptor is asked for some words before its mark bits are, and these some words
   before they are needed. */
#define AHEAD 8u

static GCI_RACES void look_up(struct gci_marker *m, const struct finds *finds)
{
    struct gci_hot h = gci_hot_of(m);
    const struct gci_block *run;
    size_t i, n = finds->count;

    for (i = 0; i < n + 2 * AHEAD; i++) {
        if (i < n && (run = gci_hot_block(&h, finds->words[i])) != NULL)
            GCI_PREFETCH(run);
        if (i >= AHEAD && i - AHEAD < n) {
            word w = finds->words[i - AHEAD];

            if ((run = gci_hot_block(&h, w)) != NULL)
                GCI_PREFETCH(&gci_run_marks(run)[gci_run_slot(run, w & (GCI_BLOCK_BYTES - 1))
                                                 / GCI_WORD_BITS % GCI_MARK_WORDS]);
        }
        if (i >= 2 * AHEAD && gci_likely(gci_hot_room(&h, m, 1))) /* else [drop] */
            gci_hot_candidate(&h, m, finds->words[i - 2 * AHEAD]);
    }
    m->top = h.top;
}

/* [lo, hi) lies in one page of a run whose objects are described by their length. */
static void rescan_page(struct gci_marker *m, const struct gci_block *run, ptr_t lo, ptr_t hi)
{
    ptr_t page = (ptr_t)gci_align_down((word)lo, GCI_SNAPSHOT_BYTES), obj, from, to;
    bool fresh;
    word read[GCI_SNAPSHOT_BYTES / GCI_WORD_BYTES], *end = read; /* of words without a snapshot */
    word *copy = gci_snapshot_of(page, m->beside, &fresh);
    word slot = gci_run_slot(run, (word)(lo - run->start));
    const word bytes = gci_align_down(run->descr, GCI_WORD_BYTES);
    word span, heap_lo = gci_heap_bounds(&span);
    struct finds finds;

    finds.count = 0;
    for (; slot < run->nslots && (obj = gci_run_object(run, slot)) < hi; slot++) {
        from = obj > lo ? obj : lo;
        to = obj + bytes < hi ? obj + bytes : hi;
        if (from >= to || !gci_run_marked(run, slot))
            continue;
        if (copy != NULL && !fresh) {
            compare(&finds, (const word *)(void *)from, (const word *)(void *)to,
                    copy + (from - page) / GCI_WORD_BYTES);
            continue;
        }
        copy_words((const word *)(void *)from, (const word *)(void *)to, end);
        if (copy != NULL)
            copy_words(end, end + (to - from) / GCI_WORD_BYTES,
                       copy + (from - page) / GCI_WORD_BYTES);
        end += (to - from) / GCI_WORD_BYTES;
    }
    if (end != read)
        finds.count = gci_filter(read, end, heap_lo, span, finds.words);
    else
        finds.count = in_heap(&finds);
    look_up(m, &finds);
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
    return gci_descr_is_words(run->descr) && !m->disguised;
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

static void rescan_stretch(struct gci_marker *m, struct gci_stretch *s, ptr_t end)
{
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
}

size_t gci_rescan_some(struct gci_marker *m)
{
    struct gci_stretch *s = &m->stretch;
    ptr_t from;

    if (s->at == s->hi && !gci_share_next_area(m))
        return 0;
    from = s->at;
    rescan_stretch(m, s, (size_t)(s->hi - from) < AT_ONCE_BYTES ? s->hi : from + AT_ONCE_BYTES);
    return (size_t)(s->at - from);
}
