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
    struct gci_mark_entry *top;
    word lo, span;                        /* of the heap */
    struct gci_block *const *chunks;      /* indexed by address >> GCI_CHUNK_SHIFT */
    bool parallel;                        /* others mark at the same time */
};

GCI_INLINE struct gci_hot gci_hot_of(struct gci_marker *m)
{
    struct gci_hot h;

    h.top = m->top;
    h.lo = gci_heap.lo;
    h.span = gci_heap.span;
    h.chunks = gci_heap.chunks - (gci_heap.window_lo >> GCI_CHUNK_SHIFT);
    h.parallel = m->parallel;
    return h;
}

/* The bit was clear and is set now. */
GCI_INLINE bool gci_hot_claim(struct gci_block *run, word slot, bool parallel)
{
    word *bits = &gci_run_marks(run)[slot / GCI_WORD_BITS], was = gci_load(bits);
    word bit = (word)1 << (slot % GCI_WORD_BITS);

    if ((was & bit) != 0)
        return false;
    if (parallel)
        return (gci_fetch_or(bits, bit) & bit) == 0; /* [once] */
    gci_store(bits, was | bit);
    return true;
}

/* [room] False: no memory for that many more entries. */
GCI_INLINE bool gci_hot_room(struct gci_hot *h, struct gci_marker *m, size_t entries)
{
    bool room = true;

    if (gci_unlikely((size_t)(m->limit - h->top) < entries)) {
        m->top = h->top;
        room = gci_marker_make_room(m, entries);
        h->top = m->top;
    }
    return room;
}

/* w is within the heap's bounds, and the stack has room [room]. [plain] in heap.h */
GCI_INLINE void gci_hot_candidate(struct gci_hot *h, struct gci_marker *m, word w)
{
    struct gci_block *run = h->chunks[w >> GCI_CHUNK_SHIFT];
    word slot, base, plain;

    if (gci_unlikely(run == NULL))
        return;
    run += (w >> GCI_BLOCK_SHIFT) & (GCI_CHUNK_BLOCKS - 1);
    plain = __atomic_load_n(&run->plain_slots, __ATOMIC_ACQUIRE); /* [beside] */
    slot = gci_run_slot(run, w & (GCI_BLOCK_BYTES - 1));
    base = (w & ~(word)(GCI_BLOCK_BYTES - 1)) + slot * run->obj_bytes;
    if (gci_unlikely(slot >= plain)
        || (w != base && gci_unlikely(!m->any_displacement))) {
        if (run->state != GCI_BLOCK_NONE) { /* free ones are noted: blacklist.c */
            m->top = h->top;
            gci_marker_mark_in_run(m, w);
            h->top = m->top;
        }
        return;
    }
    if (gci_hot_claim(run, slot, h->parallel) && run->descr != 0) {
        h->top->p = (ptr_t)base;
        h->top->descr = run->descr;
        h->top++; /* [black] */
    }
}

#endif /* GCI_HOT_H */
