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
 * [list]   A chain of objects has nothing to overlap; there predicted branches shorten the wait.
 * [dole]  A marker with few entries gives some away now and then only: along a list the helpers would be
 *         woken for every cell.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/hot.h"

#define SHORT_WORDS      24 /* from here on the vector filter pays */
#define SHORT_BYTES      (SHORT_WORDS * GCI_WORD_BYTES)
#define BATCH_OBJECTS    16u
#define DOLE_ENTRIES     32                /* [dole] */
#define DOLE_OBJECTS     1024

/* Most objects: a few words, all of which may be pointers. */
GCI_INLINE bool is_short(word descr)
{
    return descr < SHORT_BYTES && (descr & GC_DS_TAGS) == GC_DS_LENGTH
           && ALIGNMENT == GCI_WORD_BYTES;
}

/* The first lines; after them the machine's own prefetcher has understood. */
GCI_INLINE void prefetch_object(ptr_t p, word descr)
{
    GCI_PREFETCH(p);
    GCI_PREFETCH(p + (descr < 128 ? descr - GCI_WORD_BYTES : 64)); /* many lie across two lines */
    if (descr > 128) {
        GCI_PREFETCH(p + 128);
        GCI_PREFETCH(p + 192);
    }
}

/* ---- the loop ------------------------------------------------------------------------- */

/* Objects on their way through the loop: the short ones first, the others from the end. */
struct batch {
    struct gci_mark_entry entries[BATCH_OBJECTS];
    unsigned shorts, others;
};

/* Takes what is on top of the stack, and has it brought into the cache. */
GCI_INLINE void fetch(struct gci_hot *h, struct gci_marker *m, struct batch *b)
{
    size_t n = (size_t)(h->top - m->bottom);

    b->shorts = b->others = 0;
    if (n > BATCH_OBJECTS)
        n = BATCH_OBJECTS;
    for (; n > 0; n--) {
        struct gci_mark_entry e = *--h->top;

        prefetch_object(e.p, e.descr);
        if (gci_likely(is_short(e.descr)) && gci_likely(!m->disguised))
            b->entries[b->shorts++] = e;
        else
            b->entries[BATCH_OBJECTS - ++b->others] = e;
    }
}

static void give_back(struct gci_marker *m, const struct batch *b)
{
    unsigned i;

    for (i = 0; i < b->shorts; i++)
        gci_marker_push(m, b->entries[i].p, b->entries[i].descr);
    for (i = 1; i <= b->others; i++)
        gci_marker_push(m, b->entries[BATCH_OBJECTS - i].p, b->entries[BATCH_OBJECTS - i].descr);
}

/* What of the short objects' words could be pointers [branch-free]. */
GCI_INLINE GCI_NO_SANITIZE size_t gather(const struct gci_hot *h, const struct batch *b, word *out)
{
    size_t n = 0;
    unsigned i;

    for (i = 0; i < b->shorts; i++) {
        const word *p = (const word *)(void *)b->entries[i].p;
        const word *end = p + b->entries[i].descr / GCI_WORD_BYTES;

        for (; p + 1 < end; p += 2) {
            word v = gci_load(p), w = gci_load(p + 1); /* [once-read] */

            out[n] = v;
            n += v - h->lo < h->span;
            out[n] = w;
            n += w - h->lo < h->span;
        }
        if (p < end) {
            out[n] = gci_load(p);
            n += out[n] - h->lo < h->span;
        }
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
        word slot, base, descr, only = 0;
        const word *p, *end;
        size_t n = 0;

        if (!gci_hot_find(h, m, w, &run, &slot, &base) || !gci_hot_claim(run, slot, h->claiming, h->own_bits))
            return 0;
        descr = run->descr;
        if (gci_unlikely(!is_short(descr))) {
            h->top->p = (ptr_t)base;
            h->top->descr = descr;
            h->top++; /* [black] */
            return 0;
        }
        p = (const word *)(void *)base;
        for (end = p + descr / GCI_WORD_BYTES; p < end; p++) {
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

GCI_INLINE GC_signed_word scan_others(struct gci_hot *h, struct gci_marker *m, const struct batch *b)
{
    GC_signed_word work = 0;
    unsigned i;

    m->top = h->top;
    for (i = 1; i <= b->others; i++) {
        struct gci_mark_entry e = b->entries[BATCH_OBJECTS - i];

        gci_marker_scan_entry(m, e.p, e.descr);
        work += (GC_signed_word)((e.descr & GC_DS_TAGS) == GC_DS_LENGTH ? e.descr / SHORT_BYTES : 1);
    }
    h->top = m->top;
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
    word found[BATCH_OBJECTS * SHORT_WORDS + 1];

    h.claiming = claiming;
    fetch(&h, m, now);
    while ((now->shorts | now->others) != 0) {
        size_t n;

        fetch(&h, m, next);
        n = gather(&h, now, found);
        if (n == 1 && (next->shorts | next->others | now->others) == 0)
            n = follow(&h, m, found, &budget);
        if (gci_likely(gci_hot_room(&h, m, n))) /* else [drop] */
            gci_hot_claim_all(&h, m, found, n);
        budget -= (GC_signed_word)now->shorts;
        if (gci_unlikely(now->others != 0))
            budget -= scan_others(&h, m, now);
        swap = now;
        now = next;
        next = swap;
        if ((now->shorts | now->others) == 0)
            fetch(&h, m, now);
        if (gci_unlikely(budget < 0)) {
            m->top = h.top;
            m->work += (word)(given - budget);
            give_back(m, now);
            return m->top == m->bottom;
        }
        if (claiming != GCI_CLAIM_ALONE && gci_unlikely(gci_load(&gci_share_hungry) != 0)
            && (h.top - m->bottom >= DOLE_ENTRIES || budget < dole_below)) { /* [dole] */
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

bool gci_marker_drain(struct gci_marker *m, GC_signed_word budget)
{
    static bool (*const drains[])(struct gci_marker *, GC_signed_word) = {
        drain_alone, drain_pair, drain_many
    };

    return drains[m->claiming](m, budget);
}

void gci_marker_drain_local(struct gci_marker *m)
{
    while (!gci_marker_drain(m, GCI_DRAIN_ALL)) {
    }
}
