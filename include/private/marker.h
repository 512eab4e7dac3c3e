/* marker.h - a marker's own state; shared by the files of collector/trace that mark.
 *
 * [local]   A marker's stack belongs to it alone; work moves between markers only in packets through
 *           share.c.
 *
 * [entry]   What is to be scanned takes one word on the stack if it is short and nothing but words, as most
 *           objects are: its address and, in the bits that are zero there, its length in granules. Anything
 *           else takes four: 0, descriptor, address, 0, so that the stack can be read from both ends.
 *
 * [deferred] Mark procedures of the program may read anything: they are not called while the program
 *           runs. Their objects are marked, noted, and scanned in the final stop.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_MARKER_H
#define GCI_MARKER_H

#include "private/trace.h"

/* Who else marks at the same time. [pair] Two markers set their bits without atomic operations, which
   would have every claim wait for its cache line: each has a bitmap of its own, looks into both, and in
   the end the second is merged into the first. An object may be scanned by both. The second's memory
   is that of the live bits, which are not apart in such a cycle.
   [territory] Of each stretch of the heap one of the pair is to find the lines of descriptors and mark bits in
   its cache: what it meets of the other's it hands over, unless that costs more than it saves. Hence it need
   not look into the other's bitmap for what is its own: at worst it scans something twice. */
enum gci_claiming { GCI_CLAIM_ALONE, GCI_CLAIM_PAIR, GCI_CLAIM_MANY, GCI_CLAIM_OWN };
#define GCI_PAIR_BITS GCI_LIVES_APART
#define GCI_TERRITORY_SHIFT 20 /* larger: fewer pointers lead out of it; smaller: small heaps have some */

/* [relieve] Where the world stays stopped until all is marked, what roots lead to is marked before it fills
   more than this of the stack: memory is not needed, and the cache still has it. */
#define GCI_EARLY_ENTRIES 2048

/* [entry] */
#define GCI_LONG_WORDS    4u
#define GCI_SHORT_WORDS   24 /* from here on the vector filter pays */
#define GCI_SHORT_MOST    (GCI_SHORT_WORDS * GCI_WORD_BYTES / GCI_GRANULE_BYTES - 1)
#define GCI_LENGTH_BITS   ((word)GCI_GRANULE_BYTES - 1)
#define GCI_SHORT_GRANULES (GCI_SHORT_MOST < GCI_LENGTH_BITS ? GCI_SHORT_MOST : GCI_LENGTH_BITS)

struct gci_mark_entry {
    ptr_t p;
    word descr;
};

/* Nothing but words, each at a multiple of its size: a filter may look for the pointers. */
GCI_INLINE bool gci_descr_is_words(word descr)
{
    return (descr & GC_DS_TAGS) == GC_DS_LENGTH && ALIGNMENT == GCI_WORD_BYTES;
}

/* The length in granules of what is short; 0 where there is nothing to scan; more than GCI_SHORT_GRANULES
   for anything else, whose lower bits a rotation makes the highest. */
GCI_INLINE word gci_entry_code(word descr)
{
    if (ALIGNMENT != GCI_WORD_BYTES)
        return descr != 0 ? ~(word)0 : 0;
    return descr >> GCI_GRANULE_SHIFT | descr << (GCI_WORD_BITS - GCI_GRANULE_SHIFT);
}
GCI_INLINE word *gci_entry_put_long(word *top, word p, word descr)
{
    top[0] = top[3] = 0;
    top[1] = descr;
    top[2] = p;
    return top + GCI_LONG_WORDS;
}
/* From its last word. */
GCI_INLINE struct gci_mark_entry gci_entry_long(const word *last)
{
    struct gci_mark_entry e = { (ptr_t)last[-1], last[-2] };

    return e;
}

/* A stretch of dirty pages, and how far it has been looked at (rescan.c). */
struct gci_stretch {
    ptr_t lo, hi;
    ptr_t at, to; /* the part at hand */
};

struct gci_marker {
    word *top;                     /* behind the newest entry [entry] */
    word *limit;                   /* end of the stack's memory */
    word *bottom;                  /* oldest entry: those below were given away */
    word *base;                    /* start of the memory */
    enum gci_claiming claiming;
    word own_bits;                 /* [pair] 0, or GCI_PAIR_BITS: from a run's marks to this marker's */
    word work;                     /* objects scanned, about */
    bool overflowed;               /* [drop] */
    bool any_displacement;         /* every interior pointer counts */
    bool beside;                   /* the program runs meanwhile [deferred] */
    bool disguised;                /* words become pointers by mask and shift */
    bool early;                    /* [relieve] while roots are scanned */
    struct gci_packet *deferred;   /* being filled [deferred] */
    struct gci_packet *outgoing;   /* being filled for the other of a pair [territory] */
    word *out, *out_end;           /* its free part; both NULL without one */
    struct gci_packet *areas;      /* taken from the pool: stretches of dirty pages, not begun */
    struct gci_stretch stretch;    /* the one that was begun; at == hi: none */
    word padding[4];               /* no false sharing between neighbours in the array */
};

#define GCI_MAX_MARKERS 16
extern struct gci_marker gci_markers[GCI_MAX_MARKERS];

/* mark.c */
void gci_marker_scan_range(struct gci_marker *m, ptr_t lo, ptr_t hi); /* heap rules */
void gci_marker_candidate(struct gci_marker *m, word w);              /* heap rules */
void gci_marker_root_candidate(struct gci_marker *m, word w);
extern bool gci_marker_checks_roots; /* what roots lead to has to be marked already (GC_VERIFY) */
void gci_marker_scan_roots(struct gci_marker *m, ptr_t lo, ptr_t hi); /* root rules; push.c */
/* Scans one stack entry by its descriptor. */
void gci_marker_scan_entry(struct gci_marker *m, ptr_t p, word descr);
/* Words that lead to the inside of a run of several blocks, or whose displacement matters. */
void gci_marker_mark_in_run(struct gci_marker *m, word w);
bool gci_marker_make_room(struct gci_marker *m, size_t entries); /* [room] false: no memory */

/* drain.c */
void gci_marker_drain_local(struct gci_marker *m); /* until this marker's stack is empty */
/* The same, or about that many short objects (false). Beside the program as well. */
#define GCI_DRAIN_ALL ((GC_signed_word)(~(word)0 >> 1))
bool gci_marker_drain(struct gci_marker *m, GC_signed_word budget_objects);

/* recruit.c */
void gci_marker_drain_with_help(void);  /* all there is, with all markers that pay */
void gci_marker_drain_early(struct gci_marker *m);
/* Between two roots' words or objects: all that was pushed can be marked now. */
GCI_INLINE void gci_marker_relieve(struct gci_marker *m)
{
    if (gci_unlikely(m->top - m->bottom >= GCI_EARLY_ENTRIES) && m->early)
        gci_marker_drain_early(m);
}
unsigned gci_markers_wanted(void);      /* that may work while the world is stopped, 1 or more */
void gci_recruit_begin(void);
void gci_recruit_pair_bits_lost(void); /* live bits were apart: those of the pair are not clear */

/* rescan.c: looks at some more of the marker's areas; what is found is pushed. Returns the bytes looked
   at; 0: it has none. */
size_t gci_rescan_some(struct gci_marker *m);

/* snapshot.c: a copy of what was scanned on the page, to be compared and brought up to date; NULL:
   there is none. `fresh`: it is new, all zero. */
word *gci_snapshot_of(ptr_t page, bool make, bool *fresh);
void gci_snapshot_expect(size_t bytes); /* so much is dirty now; before it is given out */
void gci_snapshot_forget_all(void);

/* markstack.c */
bool gci_marker_grow(struct gci_marker *m);   /* false: sets overflowed */
void gci_marker_shrink(struct gci_marker *m); /* after a cycle: gives big stacks back */
GCI_INLINE void gci_marker_push(struct gci_marker *m, ptr_t p, word descr)
{
    word code = gci_entry_code(descr);

    if (gci_unlikely((size_t)(m->limit - m->top) < GCI_LONG_WORDS) && !gci_marker_grow(m))
        return;
    if (gci_likely(code - 1 < GCI_SHORT_GRANULES) && gci_likely(((word)p & GCI_LENGTH_BITS) == 0))
        *m->top++ = (word)p | code;
    else
        m->top = gci_entry_put_long(m->top, (word)p, descr);
}
GCI_INLINE struct gci_mark_entry gci_marker_pop(struct gci_marker *m)
{
    word entry = *--m->top, granules = entry & GCI_LENGTH_BITS;
    struct gci_mark_entry e = { (ptr_t)(entry - granules), granules * GCI_GRANULE_BYTES };

    if (entry == 0) {
        e = gci_entry_long(m->top);
        m->top -= GCI_LONG_WORDS - 1;
    }
    return e;
}

/* share.c: packets of work between markers */
extern volatile word gci_share_hungry;      /* markers waiting for work */
void gci_share_begin(void);
void gci_share_join(void);
void gci_share_give(struct gci_marker *m);  /* gives the older half away if worth it */
bool gci_share_take(struct gci_marker *m);  /* waits; false when all markers are out of work */
/* [territory] Words within the heap's bounds, for the other of a pair. */
#define GCI_PACKET_WORDS 256u
extern volatile word gci_share_handed[2];   /* packets that wait for each of them */
bool gci_share_make_out(struct gci_marker *m); /* m->out is all free; false: the other is too far behind */
/* What was handed to this one; returns how many words, at most GCI_PACKET_WORDS. */
size_t gci_share_take_handed(struct gci_marker *m, word *words);
/* Areas: stretches of dirty pages that whoever takes them rescans. Added by one thread at a time, some
   `share_bytes` to a packet; gci_share_areas_added after the last one. */
void gci_share_add_area(struct gci_marker *m, ptr_t lo, ptr_t hi, size_t share_bytes);
void gci_share_areas_added(void);
bool gci_share_next_area(struct gci_marker *m); /* becomes m->stretch; false: none is left of m's */

/* share.c, beside the program: markers come and go, and what they have not done stays in the pool. */
enum gci_share_result { GCI_SHARE_TOOK, GCI_SHARE_IDLE, GCI_SHARE_END };
void gci_share_begin_beside(void);
void gci_share_leave(struct gci_marker *m);      /* all its entries go to the pool */
bool gci_share_poll(struct gci_marker *m);       /* as take, without waiting */
/* Waits for work. IDLE, for the leader only: all others wait too and there is none. END: interrupted
   or ended. */
enum gci_share_result gci_share_take_beside(struct gci_marker *m, bool leader);
void gci_share_end(void);                        /* the leader: no more work will come */
void gci_share_interrupt(bool on);               /* whoever waits returns, and nobody waits any more */
bool gci_share_interrupted(void);
bool gci_share_has_work(void);                   /* something is in the pool: a hint */
void gci_share_wish(bool on);                    /* one that has not joined would take something */
void gci_share_collect_all(struct gci_marker *m); /* the pool's and all deferred entries; no others mark */
void gci_share_drop_all(void);                   /* marking was given up */
/* [deferred] The object's mark procedure is the program's: it is called with the world stopped. */
void gci_share_defer(struct gci_marker *m, ptr_t p, word descr);

/* filter.c: the words of [p, end) that lie in [lo, lo+span), copied to out in order; returns how many.
   At most GCI_FILTER_WORDS words are given. */
#define GCI_FILTER_WORDS 512
#define GCI_FILTER_SLACK 8 /* words of `out` behind the result that may be overwritten */
#define GCI_SPLIT_BYTES (GCI_FILTER_WORDS * GCI_WORD_BYTES) /* longer objects are scanned in pieces */
extern size_t (*gci_filter)(const word *p, const word *end, word lo, word span, word *out);
extern const char *gci_filter_name;
void gci_filter_init(void);

/* push.c: displacements into objects that count as pointers when interior pointers do not. A bit each. */
#define GCI_DISPLACEMENT_LIMIT 16384
extern word gci_displacements[GCI_DISPLACEMENT_LIMIT / GCI_WORD_BITS];
GCI_INLINE bool gci_displacement_valid(word d)
{
    return GC_all_interior_pointers
           || (d < GCI_DISPLACEMENT_LIMIT
               && (GCI_READ(gci_displacements[d / GCI_WORD_BITS]) >> (d % GCI_WORD_BITS) & 1) != 0);
}

#endif /* GCI_MARKER_H */
