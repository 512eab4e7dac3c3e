/* hot.h - from a word to a mark bit and an entry on the mark stack, inlined into the mark loops.
 *
 * The loops: trace/drain.c for most objects, trace/mark.c for the rest. Whatever is unusual about a
 * word (an object of several blocks, a displacement that may not count): trace/mark.c.
 *
 * [once-read] The program may store into the object that is being scanned. A word is read once: what
 *             was found within the heap's bounds is what is looked up.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_HOT_H
#define GCI_HOT_H

#include "private/marker.h"

/* What the loop keeps in registers. [hot] Never escapes: it is a local of an inlined caller; `top` goes
   back to the marker before anything is called that may push. */
struct gci_hot {
    word *top;
    word lo, span;                        /* of the heap */
    struct gci_block *const *chunks;      /* indexed by address >> GCI_CHUNK_SHIFT */
    enum gci_claiming claiming;
    word own_bits;                        /* [pair] */
    unsigned near_batches;                /* nothing is handed over in the next ones [territory] */
};

GCI_INLINE struct gci_hot gci_hot_of(struct gci_marker *m)
{
    struct gci_hot h;

    h.top = m->top;
    h.lo = gci_heap_bounds(&h.span);
    h.chunks = gci_heap.chunks - (gci_heap.window_lo >> GCI_CHUNK_SHIFT);
    h.claiming = m->claiming;
    h.own_bits = m->own_bits;
    h.near_batches = 0;
    return h;
}

/* The bit was clear and is set now. */
GCI_INLINE bool gci_hot_claim(const struct gci_block *run, word slot, enum gci_claiming claiming,
                              word own_bits)
{
    ptr_t marks = (ptr_t)&gci_run_marks(run)[slot / GCI_WORD_BITS];
    bool paired = claiming == GCI_CLAIM_PAIR || claiming == GCI_CLAIM_OWN;
    word *bits = (word *)(void *)(paired ? marks + own_bits : marks);
    word at = slot % GCI_WORD_BITS, own = gci_load(bits), all = own;

    if (claiming == GCI_CLAIM_MANY)
        return (own >> at & 1) == 0 && (gci_fetch_or(bits, (word)1 << at) >> at & 1) == 0; /* [once] */
    if (claiming == GCI_CLAIM_PAIR)
        all |= gci_load((word *)(void *)(marks + GCI_PAIR_BITS - own_bits));
    gci_store(bits, own | (word)1 << at); /* two shifts: processors that test and set a bit do without */
    return (all >> at & 1) == 0;
}

/* [room] False: no memory for that many more entries. */
GCI_INLINE bool gci_hot_room(struct gci_hot *h, struct gci_marker *m, size_t entries)
{
    bool room = true;

    if (gci_unlikely((size_t)(m->limit - h->top) < GCI_LONG_WORDS * entries)) {
        m->top = h->top;
        room = gci_marker_make_room(m, entries);
        h->top = m->top;
    }
    return room;
}

/* NULL: no such address can be in the heap. */
GCI_INLINE struct gci_block *gci_hot_block(const struct gci_hot *h, word w)
{
    struct gci_block *chunk = h->chunks[w >> GCI_CHUNK_SHIFT];

    return gci_unlikely(chunk == NULL) ? NULL : chunk + gci_block_number(w);
}

/* The slot that w, which is within the heap's bounds, leads to by one look at its block, and its base; else
   false, and what there is to do was done. The stack has room [room]. [plain] in heap.h */
GCI_INLINE bool gci_hot_find(struct gci_hot *h, struct gci_marker *m, word w, struct gci_block **found,
                             word *slot, word *base)
{
    struct gci_block *run = gci_hot_block(h, w);

    if (gci_unlikely(run == NULL))
        return false;
    if (!gci_block_plain_slot(run, w, slot, base)) {
        if (run->state != GCI_BLOCK_NONE) { /* free ones are noted: blacklist.c */
            m->top = h->top;
            gci_marker_mark_in_run(m, w);
            h->top = m->top;
        }
        return false;
    }
    *found = run;
    return w == *base || gci_likely(m->any_displacement) || gci_displacement_valid(w - *base);
}

/* The object joins the stack, which has room, if it is new and holds pointers. [black] [branch-free] */
GCI_INLINE void gci_hot_claim_push(struct gci_hot *h, const struct gci_block *run, word slot, word base)
{
    word descr = run->descr, code = gci_entry_code(descr);
    bool fresh = gci_hot_claim(run, slot, h->claiming, h->own_bits);

    if (gci_unlikely(code > GCI_SHORT_GRANULES)) {
        if (fresh)
            h->top = gci_entry_put_long(h->top, base, descr);
        return;
    }
    *h->top = base | code; /* [entry] */
    h->top += fresh & (code != 0);
}

/* w is within the heap's bounds, and the stack has room [room]. */
GCI_INLINE void gci_hot_candidate(struct gci_hot *h, struct gci_marker *m, word w)
{
    struct gci_block *run;
    word slot, base;

    if (gci_hot_find(h, m, w, &run, &slot, &base))
        gci_hot_claim_push(h, run, slot, base);
}

/* Each of them within the heap's bounds. */
GCI_INLINE void gci_hot_claim_all(struct gci_hot *h, struct gci_marker *m, const word *found, size_t n)
{
    size_t i;

    if (gci_unlikely(!gci_hot_room(h, m, n)))
        n = (size_t)(m->limit - h->top) / GCI_LONG_WORDS; /* [drop]: who makes room has noted it */
    for (i = 0; i < n; i++)
        gci_hot_candidate(h, m, found[i]);
}

/* At most GCI_FILTER_WORDS words; `found` takes as many and GCI_FILTER_SLACK more. */
GCI_INLINE void gci_hot_scan(struct gci_hot *h, struct gci_marker *m, const word *p, const word *end,
                             word *found)
{
    gci_hot_claim_all(h, m, found, gci_filter(p, end, h->lo, h->span, found)); /* [once-read] */
}

#endif /* GCI_HOT_H */
