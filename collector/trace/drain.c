/* drain.c - the mark loop: emptying a marker's stack.
 *
 * One word: private/hot.h. Long and odd objects: mark.c. Work between markers: share.c; how many there
 * are: recruit.c.
 *
 * [batch]  Objects leave the stack a batch at a time and are prefetched; while they arrive the batch before
 *          them is scanned: its words are gathered, then what they lead to is claimed. As in the FIFO of
 *          Cher, Hosking and Vitek (2004) an object waits for its cache line, and the misses overlap.
 * [branch-free]  Whether a word is a pointer and whether its object is new cannot be predicted: what is
 *          stored is stored always, and an index moves when it counts.
 * [list]   A chain of objects has nothing to overlap; there predicted branches shorten the wait, and the
 *          next load has the pointer itself for its address, not what was worked out from it.
 * [dole]  A marker with few entries gives some away now and then only: along a list the helpers would be
 *         woken for every cell.
 * [territory]  marker.h. [near] Where few pointers lead out of a territory, as in most trees, the pair meets
 *         seldom, and nothing is handed over for some batches.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/hot.h"

#define BATCH_OBJECTS    16u
#define WORK_BYTES       (GCI_SHORT_WORDS * GCI_WORD_BYTES) /* take as long as a short object */
#define DOLE_WORDS       32                /* [dole] */
#define DOLE_OBJECTS     1024
#define GRANULE_WORDS    2
#define LEAST_HANDED     16u               /* [territory] fewer: handing over costs more than a miss */
#define NEAR_BATCHES     16u               /* [near] */
#define HANDED_AT_ONCE   (GCI_PACKET_WORDS / 2)
#define MOST_GATHERED    (BATCH_OBJECTS * GCI_SHORT_WORDS + 1)
#define MOST_FILTERED    (GCI_FILTER_WORDS + GCI_FILTER_SLACK)
#define FOUND_WORDS      (MOST_GATHERED > MOST_FILTERED ? MOST_GATHERED : MOST_FILTERED)

/* Objects on their way through the loop. */
struct batch {
    word shorts[BATCH_OBJECTS]; /* [entry] */
    struct gci_mark_entry others[BATCH_OBJECTS];
    unsigned short_count, other_count;
};

/* Has a short object brought into the cache: many lie across two lines. */
GCI_INLINE void prefetch_short(word entry)
{
    word granules = entry & GCI_LENGTH_BITS;
    const char *p = (const char *)entry;

    GCI_PREFETCH(p);
    GCI_PREFETCH(p + granules * GCI_GRANULE_BYTES - GCI_GRANULE_BYTES);
}

/* The first lines; after them the machine's own prefetcher has understood. */
GCI_INLINE void prefetch_other(const char *p)
{
    unsigned bytes;

    for (bytes = 0; bytes < 4 * GCI_LINE_BYTES; bytes += GCI_LINE_BYTES)
        GCI_PREFETCH(p + bytes);
}

/* Takes what is on top of the stack, and has it brought into the cache. */
GCI_INLINE void fetch(struct gci_hot *h, struct gci_marker *m, struct batch *b)
{
    const word *stop = (size_t)(h->top - m->bottom) > BATCH_OBJECTS ? h->top - BATCH_OBJECTS : m->bottom;
    word *top = h->top, *shorts = b->shorts;
    struct gci_mark_entry *others = b->others;

    while (top > stop) {
        word entry = *--top;

        if (gci_likely(entry != 0)) {
            prefetch_short(entry);
            *shorts++ = entry;
        } else {
            *others = gci_entry_long(top);
            prefetch_other(others->p);
            others++;
            top -= GCI_LONG_WORDS - 1;
        }
    }
    h->top = top;
    b->short_count = (unsigned)(shorts - b->shorts);
    b->other_count = (unsigned)(others - b->others);
}

GCI_INLINE bool is_empty(const struct batch *b)
{
    return (b->short_count | b->other_count) == 0;
}

static void give_back(struct gci_marker *m, const struct batch *b)
{
    unsigned i;

    for (i = 0; i < b->short_count; i++)
        if (gci_marker_make_room(m, 1)) /* else [drop] */
            *m->top++ = b->shorts[i];
    for (i = 0; i < b->other_count; i++)
        gci_marker_push(m, b->others[i].p, b->others[i].descr);
}

/* ---- the loop ------------------------------------------------------------------------- */

/* What of the short objects' words could be pointers [branch-free]. */
GCI_INLINE GCI_NO_SANITIZE size_t gather(const struct gci_hot *h, const struct batch *b, word *out)
{
    const word *entry = b->shorts, *last = entry + b->short_count;
    size_t n = 0;

    for (; entry != last; entry++) {
        word granules = *entry & GCI_LENGTH_BITS;
        const word *p = (const word *)(*entry - granules), *end = p + granules * GRANULE_WORDS;

        do {
            word v = gci_load(p), w = gci_load(p + 1); /* [once-read] */

            out[n] = v;
            n += v - h->lo < h->span;
            out[n] = w;
            n += w - h->lo < h->span;
            p += GRANULE_WORDS;
        } while (p != end);
    }
    return n;
}

/* [list] From one object to the only one it leads to, and so on, as long as it goes: here the next load
   waits for nothing but the last one, if branches are predicted. Returns the candidates left over in `found`. */
GCI_INLINE GCI_NO_SANITIZE size_t follow(struct gci_hot *h, struct gci_marker *m, word *found,
                                         GC_signed_word *budget)
{
    word w = found[0];

    while (--*budget >= 0 && gci_hot_room(h, m, 1)) {
        struct gci_block *run;
        word slot, base, code, only = 0;
        const word *p, *end;
        size_t n = 0;

        if (!gci_hot_find(h, m, w, &run, &slot, &base) || !gci_hot_claim(run, slot, h->claiming, h->own_bits))
            return 0;
        code = gci_entry_code(run->descr);
        if (gci_unlikely(code - 1 >= GCI_SHORT_GRANULES)) {
            if (code != 0)
                h->top = gci_entry_put_long(h->top, base, run->descr); /* [black] */
            return 0;
        }
        p = (const word *)(void *)base;
        if (gci_likely(w == base))
            p = (const word *)(void *)gci_opaque(w); /* known before the descriptor is [list] */
        for (end = p + code * GRANULE_WORDS; p < end; p++) {
            w = gci_load(p); /* [once-read] */
            if (w - h->lo < h->span) {
                if (only != 0)
                    found[n++] = w;
                else
                    only = w;
            }
        }
        w = only;
        if (n != 0 || only == 0) {
            found[n] = only;
            return n + (only != 0);
        }
    }
    found[0] = w;
    return 1; /* no budget, or [drop] */
}

/* [territory] Moves the other's share of the words to m->out, which has room; returns how many are left. */
GCI_INLINE size_t keep_own(const struct gci_hot *h, struct gci_marker *m, word *found, size_t n)
{
    const word others = h->own_bits == 0; /* the first of the pair has the even stretches */
    size_t i, own = 0;
    word *out = m->out;

    for (i = 0; i < n; i++) { /* [branch-free] */
        word w = found[i], handed = (w >> GCI_TERRITORY_SHIFT & 1) == others;

        *out = found[own] = w;
        out += handed;
        own += !handed;
    }
    m->out = out;
    return own;
}

/* Each of the words within the heap's bounds. */
GCI_INLINE void claim(struct gci_hot *h, struct gci_marker *m, word *found, size_t n)
{
    while (h->claiming == GCI_CLAIM_PAIR && n >= LEAST_HANDED) {
        size_t some = n < HANDED_AT_ONCE ? n : HANDED_AT_ONCE, own;

        if (h->near_batches != 0) {
            h->near_batches--;
            break;
        }
        if ((size_t)(m->out_end - m->out) < some && !gci_share_make_out(m))
            break;
        own = keep_own(h, m, found, some);
        if (own + own / 8 > some)
            h->near_batches = NEAR_BATCHES;
        h->claiming = GCI_CLAIM_OWN;
        gci_hot_claim_all(h, m, found, own);
        h->claiming = GCI_CLAIM_PAIR;
        found += some;
        n -= some;
    }
    gci_hot_claim_all(h, m, found, n);
}

/* What the other of the pair found of this one's. */
GCI_INLINE void claim_handed(struct gci_hot *h, struct gci_marker *m, word *found)
{
    size_t n = gci_share_take_handed(m, found);

    h->claiming = GCI_CLAIM_OWN;
    gci_hot_claim_all(h, m, found, n);
    h->claiming = GCI_CLAIM_PAIR;
}

/* Returns how many short objects would have taken as long. */
GCI_INLINE GC_signed_word scan_others(struct gci_hot *h, struct gci_marker *m, const struct batch *b,
                                      word *found)
{
    GC_signed_word work = 0;
    unsigned i;

    for (i = 0; i < b->other_count; i++) {
        struct gci_mark_entry e = b->others[i];
        word bytes = e.descr < GCI_SPLIT_BYTES ? e.descr : GCI_SPLIT_BYTES;

        if (gci_likely(gci_descr_is_words(e.descr))
            && (bytes == e.descr || gci_likely(gci_hot_room(h, m, 1)))) {
            const word *p = (const word *)(void *)e.p;

            if (bytes < e.descr)
                h->top = gci_entry_put_long(h->top, (word)e.p + bytes, e.descr - bytes);
            claim(h, m, found, gci_filter(p, p + bytes / GCI_WORD_BYTES, h->lo, h->span, found));
            work += (GC_signed_word)(bytes / WORK_BYTES);
        } else {
            m->top = h->top;
            gci_marker_scan_entry(m, e.p, e.descr);
            h->top = m->top;
        }
        work++;
    }
    return work;
}

/* Until stack and batches are empty (true) or about `budget` short objects were scanned (false). */
GCI_INLINE bool drain_as(struct gci_marker *m, GC_signed_word budget,
                         enum gci_claiming claiming)
{
    struct gci_hot h = gci_hot_of(m);
    const GC_signed_word given = budget;
    GC_signed_word dole_below = budget;
    struct batch batches[2], *now = &batches[0], *next = &batches[1], *swap;
    word found[FOUND_WORDS];

    h.claiming = claiming;
    fetch(&h, m, now);
    while (!is_empty(now)) {
        size_t n;

        fetch(&h, m, next);
        n = gather(&h, now, found);
        if (n == 1 && is_empty(next) && now->other_count == 0)
            n = follow(&h, m, found, &budget);
        claim(&h, m, found, n);
        budget -= (GC_signed_word)now->short_count;
        if (gci_unlikely(now->other_count != 0))
            budget -= scan_others(&h, m, now, found);
        swap = now;
        now = next;
        next = swap;
        if (claiming == GCI_CLAIM_PAIR && gci_unlikely(gci_load(&gci_share_handed[h.own_bits != 0]) != 0))
            claim_handed(&h, m, found);
        if (is_empty(now))
            fetch(&h, m, now);
        if (gci_unlikely(budget < 0)) {
            m->top = h.top;
            m->work += (word)(given - budget);
            give_back(m, now);
            return m->top == m->bottom;
        }
        if (claiming != GCI_CLAIM_ALONE && gci_unlikely(gci_load(&gci_share_hungry) != 0)
            && (h.top - m->bottom >= DOLE_WORDS || budget < dole_below)) { /* [dole] */
            m->top = h.top;
            gci_share_give(m);
            dole_below = budget - DOLE_OBJECTS;
        }
    }
    m->work += (word)(given - budget);
    m->top = m->bottom = m->base;
    return true;
}

static bool drain_alone(struct gci_marker *m, GC_signed_word budget)
{
    return drain_as(m, budget, GCI_CLAIM_ALONE);
}

static bool drain_pair(struct gci_marker *m, GC_signed_word budget)
{
    return drain_as(m, budget, GCI_CLAIM_PAIR);
}

static GCI_RACES bool drain_many(struct gci_marker *m, GC_signed_word budget)
{
    return drain_as(m, budget, GCI_CLAIM_MANY);
}

/* Words become pointers by mask and shift: nothing is short. */
static bool drain_disguised(struct gci_marker *m, GC_signed_word budget)
{
    while (m->top != m->bottom) {
        struct gci_mark_entry e = gci_marker_pop(m);

        if (--budget < 0) {
            gci_marker_push(m, e.p, e.descr);
            return false;
        }
        m->work++;
        gci_marker_scan_entry(m, e.p, e.descr);
        if (gci_load(&gci_share_hungry) != 0)
            gci_share_give(m);
    }
    return true;
}

bool gci_marker_drain(struct gci_marker *m, GC_signed_word budget)
{
    static bool (*const drains[])(struct gci_marker *, GC_signed_word) = {
        drain_alone, drain_pair, drain_many
    };

    return gci_unlikely(m->disguised) ? drain_disguised(m, budget) : drains[m->claiming](m, budget);
}

void gci_marker_drain_local(struct gci_marker *m)
{
    while (!gci_marker_drain(m, GCI_DRAIN_ALL)) {
    }
}
