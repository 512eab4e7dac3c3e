/* heap.h - blocks, the address map, size classes, runs of blocks, growing and giving back.
 *
 * Files: collector/heap/. Metadata is out of line: a wild write of the program does not hit it.
 *
 * [run]   Memory is handed out as runs: one or more adjacent blocks under one head descriptor.
 *         A run holds `nslots` objects of `obj_bytes`; a large object is a run with one slot.
 * [back]  Every block of a run but the first has back_blocks > 0, the distance to the head; heads have
 *         0. In the last block of a free run it holds the run's length.
 * [mark]  Bit s of the head's mark bits says: slot s is live (as of the last completed marking, or
 *         the present one), or, in uncollectable runs, allocated.
 * [lives] What allocation and sweeping go by is the run's live bits: its mark bits as the sweep found
 *         them after the last completed marking. In stop-the-world mode the two are one; in incremental
 *         mode live bits are memory of their own, so that marking may begin anew meanwhile.
 * [settled] A run is settled when the sweep has seen it since the last marking (sweep_epoch is
 *         gci_sweep_epoch); only then are its live bits and its SWEPT flag true.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_HEAP_H
#define GCI_HEAP_H

#include "private/threads.h"

#define GCI_BLOCK_SHIFT 14
#define GCI_BLOCK_BYTES ((size_t)1 << GCI_BLOCK_SHIFT)
#define GCI_MARK_WORDS  (GCI_BLOCK_BYTES / GCI_GRANULE_BYTES / GCI_WORD_BITS)

#if CPP_WORDSZ == 64
# define GCI_CHUNK_SHIFT 26                      /* 64 MiB of heap share one descriptor array */
# define GCI_WINDOW_SHIFT 42                     /* all arenas lie in one window of 4 TiB */
#else
# define GCI_CHUNK_SHIFT 22
# define GCI_WINDOW_SHIFT 32
#endif
#define GCI_CHUNK_BYTES  ((size_t)1 << GCI_CHUNK_SHIFT)
#define GCI_REGION_BYTES ((size_t)2 << 20) /* a huge page; regions.c */
#define GCI_SNAPSHOT_BYTES ((size_t)4096)
#define GCI_CHUNK_BLOCKS ((size_t)1 << (GCI_CHUNK_SHIFT - GCI_BLOCK_SHIFT))
#define GCI_WINDOW_CHUNKS ((size_t)1 << (GCI_WINDOW_SHIFT - GCI_CHUNK_SHIFT))

enum gci_block_state {
    GCI_BLOCK_NONE = 0,  /* not heap (yet) */
    GCI_BLOCK_FREE,      /* in a free run */
    GCI_BLOCK_USED,      /* head of a run in use */
    GCI_BLOCK_REST,      /* not the first block of a run in use [back] */
    GCI_BLOCK_TAKEN      /* between free and used: first and last block of a run just taken */
};

enum gci_block_flags {
    GCI_BLOCKF_ZERO = 1,         /* free, or the rest of a run: this block's memory reads as zero */
    GCI_BLOCKF_DISCARDED = 2,    /* free: its pages were given back */
    GCI_BLOCKF_IGNORE_OFF_PAGE = 4, /* large: only pointers into the first block keep it */
    GCI_BLOCKF_QUICK = 8,        /* as SWEPT, of a small class and one of the common kinds: alloc/free.c */
    GCI_BLOCKF_SWEPT = 16,       /* born or claimed since the last marking: unmarked slots may be
                                    new objects [swept] */
    GCI_BLOCKF_LARGE = 32,       /* one slot, any size */
    GCI_BLOCKF_UNCOLLECTABLE = 64,
    GCI_BLOCKF_DOOMED = 128      /* large, freed by the program while marking ran [no-run-dies] */
};

/* A block's descriptor. The first line is all the marker reads. */
struct gci_block {
    uint32_t recip;        /* slot = (offset * recip) >> 32; 0 when there is one slot */
    uint32_t back_blocks;  /* [back] */
    uint16_t nslots;       /* 0 unless USED */
    uint16_t plain_slots;  /* nslots where an address in this very block leads to slot and object by
                              `recip` alone; 0 for every block that is not such a head [plain] */
    uint8_t state;
    uint8_t kind;
    uint8_t flags;
    uint8_t cls;           /* size class; gci_class_count: large */
    size_t obj_bytes;      /* large: the requested size, rounded up to a granule */
    word descr;            /* mark descriptor of the objects */
    ptr_t start;           /* address of the run; also of free runs' heads */
    uint32_t run_blocks;   /* length, at the head of used and free runs */
    uint16_t cursor;       /* since the last marking no free slot from here on was given to anybody */
    uint8_t exact;         /* some object's requested size is all of its slot [end] */
    uint8_t sweep_epoch;   /* [settled] */
    struct gci_block *next, *prev; /* in the list of its class, or of free runs */
} __attribute__((aligned(64)));

/* The descriptors of a chunk: what marking reads of every block first, and apart from it the mark bits,
   which only heads of runs have use for: a large object's other blocks touch one line each.
   [aligned] The array lies at a multiple of GCI_CHUNK_ARRAY_ALIGN, so that a descriptor finds its bits
   by its own address. */
struct gci_chunk {
    struct gci_block blocks[GCI_CHUNK_BLOCKS];
    word marks[GCI_CHUNK_BLOCKS][GCI_MARK_WORDS];
    word lives[GCI_CHUNK_BLOCKS][GCI_MARK_WORDS]; /* [lives] never touched in stop-the-world mode */
    uint8_t hits[GCI_CHUNK_BLOCKS]; /* blacklist.c */
    word freed[GCI_CHUNK_BLOCKS][GCI_MARK_WORDS]; /* freednote.c: only with GC_VERIFY */
    uint32_t snapshots[GCI_CHUNK_BYTES / GCI_SNAPSHOT_BYTES]; /* trace/snapshot.c */
    uint8_t pointers[GCI_CHUNK_BYTES / GCI_REGION_BYTES]; /* regions.c */
};
#define GCI_CHUNK_ARRAY_ALIGN ((size_t)1 << (CPP_WORDSZ == 64 ? 20 : 17))

/* The chunk whose array the descriptor is in [aligned]. */
GCI_INLINE struct gci_chunk *gci_chunk_of(const struct gci_block *block)
{
    return (struct gci_chunk *)((word)block & ~(word)(GCI_CHUNK_ARRAY_ALIGN - 1));
}

GCI_INLINE word *gci_run_marks(const struct gci_block *run)
{
    word chunk = (word)gci_chunk_of(run), offset = (word)run - chunk;

    return (word *)(chunk + sizeof(struct gci_block) * GCI_CHUNK_BLOCKS
                    + offset * (GCI_MARK_WORDS * sizeof(word)) / sizeof(struct gci_block));
}

GCI_INLINE word gci_run_mark_words(const struct gci_block *run)
{
    return ((word)run->nslots + GCI_WORD_BITS - 1) / GCI_WORD_BITS;
}

/* [lives] Changed only with the world stopped: 0, or the distance from a run's marks to its lives. */
extern word gci_lives_offset;
#define GCI_LIVES_APART (sizeof(word) * GCI_CHUNK_BLOCKS * GCI_MARK_WORDS)
GCI_INLINE word *gci_run_lives(const struct gci_block *run)
{
    return (word *)((word)gci_run_marks(run) + gci_lives_offset);
}
extern uint8_t gci_sweep_epoch; /* [settled] changed only with the world stopped */

struct gci_heap {
    /* read by every pointer test; lo and span cover every committed block */
    word lo, span;
    word window_lo;                       /* chunk-aligned; 0 until the first arena */
    /* under the heap lock, or world stopped */
    struct gci_lock lock;
    size_t committed_bytes;               /* GC_get_heap_size */
    size_t free_bytes;                    /* in free runs, discarded ones included */
    size_t discarded_bytes;               /* of those, given back to the system */
    size_t dirty_free_bytes;              /* of the free ones, resident: not known to be zero */
    size_t max_bytes;                     /* GC_set_max_heap_size, 0 none */
    struct gci_block *chunks[2 * GCI_WINDOW_CHUNKS]; /* [window] addrmap.c */
};
extern struct gci_heap gci_heap;

/* The bounds, of which the lower one is read first [window]. Any thread, any context. */
GCI_INLINE word gci_heap_bounds(word *span)
{
    word lo = gci_load_acquire(&gci_heap.lo);

    *span = gci_load(&gci_heap.span);
    return lo;
}

GCI_INLINE bool gci_heap_spans(word addr)
{
    word span, lo = gci_heap_bounds(&span);

    return addr - lo < span;
}

/* Which one of its chunk's blocks holds addr. */
GCI_INLINE word gci_block_number(word addr)
{
    return (addr >> GCI_BLOCK_SHIFT) & (GCI_CHUNK_BLOCKS - 1);
}

/* The descriptor of the block that holds addr; NULL outside the heap's chunks. At most two
   dependent loads; any thread, any context. */
GCI_INLINE struct gci_block *gci_heap_block(word addr)
{
    struct gci_block *chunk;

    if (!gci_heap_spans(addr))
        return NULL;
    chunk = GCI_READ(gci_heap.chunks[(addr - gci_heap.window_lo) >> GCI_CHUNK_SHIFT]);
    if (chunk == NULL)
        return NULL;
    return chunk + gci_block_number(addr);
}

/* The same, but of a chunk's blocks that were never committed as well: they read as never used. */
GCI_INLINE struct gci_block *gci_heap_block_even_unused(word addr)
{
    word chunk_number = (addr - GCI_READ(gci_heap.window_lo)) >> GCI_CHUNK_SHIFT;
    struct gci_block *chunk;

    if (gci_unlikely(chunk_number >= 2 * GCI_WINDOW_CHUNKS)
        || gci_unlikely((chunk = GCI_READ(gci_heap.chunks[chunk_number])) == NULL))
        return NULL;
    return chunk + gci_block_number(addr);
}

/* From the block that holds addr to the head of its run; NULL when that is not in use. */
GCI_INLINE struct gci_block *gci_heap_head(struct gci_block *b, word addr)
{
    uint8_t state = __atomic_load_n(&b->state, __ATOMIC_ACQUIRE); /* [beside] */

    if (state == GCI_BLOCK_REST) {
        word back = b->back_blocks;

        b = gci_likely(back <= gci_block_number(addr))
                ? b - back : gci_heap_block(addr - (back << GCI_BLOCK_SHIFT));
        state = b != NULL ? __atomic_load_n(&b->state, __ATOMIC_ACQUIRE) : GCI_BLOCK_NONE;
    }
    return gci_likely(state == GCI_BLOCK_USED) ? b : NULL;
}

/* The head of the run in use that holds addr; NULL when addr is in no run in use. */
GCI_INLINE struct gci_block *gci_heap_run(word addr)
{
    struct gci_block *b = gci_heap_block(addr);

    return b != NULL ? gci_heap_head(b, addr) : NULL;
}

/* As of now, or of a moment ago. */
GCI_INLINE size_t gci_heap_in_use_bytes(void)
{
    size_t committed = GCI_READ(gci_heap.committed_bytes), unused = GCI_READ(gci_heap.free_bytes);

    return committed > unused ? committed - unused : 0;
}

GCI_INLINE word gci_run_slot(const struct gci_block *run, word offset)
{
    return (word)(((uint64_t)offset * run->recip) >> 32);
}
/* [plain] The slot that addr, an address in the block, leads to by one look at its descriptor, and the slot's
   base. False: it takes more. */
GCI_INLINE bool gci_block_plain_slot(const struct gci_block *block, word addr, word *slot, word *base)
{
    word plain = __atomic_load_n(&block->plain_slots, __ATOMIC_ACQUIRE); /* [beside] */
    word offset = addr & (GCI_BLOCK_BYTES - 1);

    *slot = gci_run_slot(block, offset);
    *base = addr - offset + *slot * block->obj_bytes;
    return gci_likely(*slot < plain);
}
/* The same from any address; *block is NULL outside the heap's chunks. */
GCI_INLINE bool gci_heap_plain_slot(word addr, struct gci_block **block, word *slot, word *base)
{
    *block = gci_heap_block(addr);
    return gci_likely(*block != NULL) && gci_block_plain_slot(*block, addr, slot, base);
}
GCI_INLINE ptr_t gci_run_object(const struct gci_block *run, word slot)
{
    return run->start + slot * run->obj_bytes;
}
GCI_INLINE bool gci_run_marked(const struct gci_block *run, word slot)
{
    return (gci_load(&gci_run_marks(run)[slot / GCI_WORD_BITS]) >> (slot % GCI_WORD_BITS) & 1) != 0;
}
GCI_INLINE bool gci_run_settled(const struct gci_block *run)
{
    return __atomic_load_n(&run->sweep_epoch, __ATOMIC_ACQUIRE) == gci_sweep_epoch;
}
/* Born or claimed since the last marking [swept]. */
GCI_INLINE bool gci_run_is_swept(const struct gci_block *run)
{
    return gci_run_settled(run) && (GCI_PEEK(run->flags) & GCI_BLOCKF_SWEPT) != 0;
}
/* Is there an object in the slot, as far as marks or births say? */
GCI_INLINE bool gci_run_occupied(const struct gci_block *run, word slot)
{
    const word *bits = gci_run_marks(run);

    if (gci_run_settled(run)) {
        if ((GCI_PEEK(run->flags) & GCI_BLOCKF_SWEPT) != 0)
            return true;
        bits = gci_run_lives(run);
    }
    return (gci_load(&bits[slot / GCI_WORD_BITS]) >> (slot % GCI_WORD_BITS) & 1) != 0;
}
/* As of the last completed marking [lives]. */
GCI_INLINE bool gci_run_was_live(const struct gci_block *run, word slot)
{
    const word *bits = gci_run_settled(run) ? gci_run_lives(run) : gci_run_marks(run);

    return (gci_load(&bits[slot / GCI_WORD_BITS]) >> (slot % GCI_WORD_BITS) & 1) != 0;
}
GCI_INLINE bool gci_run_is_large(const struct gci_block *run)
{
    return (GCI_PEEK(run->flags) & GCI_BLOCKF_LARGE) != 0;
}
/* The object that holds addr, its run and slot; NULL when addr is in no slot (it may be in a
   free one: slots know only marks). One-past-the-end is not inside. */
ptr_t gci_heap_object(word addr, struct gci_block **run, word *slot);

/* ---- freednote.c: with GC_VERIFY only ------------------------------------------ */

void gci_freed_note(const void *lo, size_t bytes); /* the program freed that object; any thread */
bool gci_freed_was(word addr);                     /* since the last full marking began? */
void gci_freed_forget_stopped(void);               /* a full marking begins */

/* ---- sizeclass.c ------------------------------------------------------------ */

#define GCI_SMALL_MAX_BYTES  2048   /* up to here holes and the thread cache */
#define GCI_MEDIUM_MAX_BYTES 32768  /* up to here slots of longer runs, under the class lock */
#define GCI_MAX_CLASSES      80

struct gci_class {
    uint32_t obj_bytes;
    uint32_t recip;
    uint16_t nslots;
    uint16_t run_blocks;
};
extern struct gci_class gci_classes[GCI_MAX_CLASSES];
extern unsigned gci_class_count;        /* all */
extern unsigned gci_small_class_count;  /* those up to GCI_SMALL_MAX_BYTES come first */
extern uint8_t gci_class_map[GCI_MEDIUM_MAX_BYTES / GCI_GRANULE_BYTES + 1]; /* by granules */
void gci_sizeclass_init(void);
GCI_INLINE unsigned gci_class_of(size_t bytes) /* bytes <= GCI_MEDIUM_MAX_BYTES */
{
    return gci_class_map[(bytes + GCI_GRANULE_BYTES - 1) >> GCI_GRANULE_SHIFT];
}

/* How many objects of the class a run of that many blocks holds. */
GCI_INLINE uint16_t gci_class_slots(const struct gci_class *c, size_t blocks)
{
    return blocks == c->run_blocks ? c->nslots : (uint16_t)((blocks << GCI_BLOCK_SHIFT) / c->obj_bytes);
}

/* ---- blocks.c: heap lock held ------------------------------------------------ */

/* A free run of exactly n blocks, taken out of the free lists (best fit), state TAKEN, every
   block's ZERO flag valid; NULL when there is none without growing. `pointers`: for objects that may hold
   some. */
struct gci_block *gci_blocks_take_locked(size_t n, bool pointers);
/* As that, the blocks right behind a run in use; NULL: they are not all free. Then they are the run's. */
struct gci_block *gci_blocks_take_behind_locked(const struct gci_block *run, size_t n);
void gci_blocks_lengthen_locked(struct gci_block *head, size_t more);
/* Returns a run (in use or freshly committed) to the free lists and joins neighbours. */
void gci_blocks_give_locked(struct gci_block *head, ptr_t start, size_t n);
/* Of a run in use: no object was handed out behind the first so many bytes, and the memory there reads as
   zero [zero]. The class lock does, or the world is stopped. */
void gci_blocks_set_zero_from(struct gci_block *run, size_t from_bytes);
/* Makes n taken blocks a run in use; fills the head. */
void gci_blocks_dress(struct gci_block *head, size_t n, unsigned kind, unsigned cls,
                      size_t obj_bytes, word descr, unsigned flags);
/* Of a taken run not dressed yet: do all n blocks read as zero? */
bool gci_blocks_all_zero(struct gci_block *head, size_t n);
/* Clears the first `bytes` of a taken run, but for blocks that are zero already. */
void gci_blocks_clear(struct gci_block *head, size_t from, size_t bytes); /* [from, bytes) of its memory */
/* Calls visit for every run in use (world stopped, or for reports with the allocator lock held). */
void gci_blocks_visit_runs(void (*visit)(struct gci_block *run, void *arg), void *arg);
void gci_blocks_visit_taken(void (*visit)(struct gci_block *run, void *arg), void *arg);
void gci_blocks_visit_free(void (*visit)(struct gci_block *run, void *arg), void *arg);
size_t gci_blocks_largest_free(void);

/* ---- blacklist.c ------------------------------------------------------------------ */

void gci_blacklist_begin_stopped(void); /* a whole marking begins */
void gci_blacklist_note(word address);  /* a word led here, and here is no object. Any marker. */
word gci_blacklist_end_of_hits(word address, size_t blocks);
/* As gci_blocks_take_locked; the first `exposed` blocks better be none that false pointers hit. */
struct gci_block *gci_blacklist_take_locked(size_t n, bool pointers, size_t exposed, bool may_grow);
void gci_blacklist_tell(void); /* no lock held, in no no-stop region: warns now and then */

/* ---- regions.c ---------------------------------------------------------------- */

GCI_INLINE void gci_region_set(uint8_t *flag)
{
    if (GCI_READ(*flag) == 0) /* or a line that all threads read is written all the time */
        GCI_WRITE(*flag, (uint8_t)1);
}
void gci_regions_note_all(const struct gci_block *run, size_t from, size_t n);
/* Blocks `from` to n - 1 of a run are about to hold pointers. Any thread. */
GCI_INLINE void gci_regions_note(const struct gci_block *run, size_t from, size_t n)
{
    const word start = (word)run->start & (GCI_CHUNK_BYTES - 1);

    if (gci_likely((start & (GCI_REGION_BYTES - 1)) + (n << GCI_BLOCK_SHIFT) <= GCI_REGION_BYTES))
        gci_region_set(&gci_chunk_of(run)->pointers[start / GCI_REGION_BYTES]);
    else
        gci_regions_note_all(run, from, n);
}
bool gci_region_has_pointers(word addr); /* an address of the heap */
/* Heap lock held: [start, + n blocks) is one free run, of which the part [lo, hi) has become free just now. */
void gci_regions_forget_locked(ptr_t start, size_t n, word lo, word hi);
/* Calls visit for every stretch of regions with pointers, ascending. 0, or what visit returned first. */
int gci_regions_visit(int (*visit)(ptr_t lo, ptr_t hi, void *arg), void *arg);

/* ---- grow.c: heap lock held --------------------------------------------------- */

int gci_heap_init(void);                       /* first reservation */
/* Commits at least n more blocks and gives them to the free lists; false when the maximum, a limit
   of the process or the system forbids. */
bool gci_heap_grow_locked(size_t n);
/* The same, in addition to the free blocks there are. */
bool gci_heap_expand_locked(size_t n);
extern void (*gci_heap_resized_hook)(word new_bytes); /* GC_on_heap_resize; set by api */

/* ---- release.c: allocator lock held, world running ----------------------------- */

/* Gives pages of free runs back so that at most keep_bytes of resident free blocks remain; with 0
   free blocks that were never used count as given back too.
   Returns bytes given back. Takes the heap lock in slices. */
size_t gci_heap_release(size_t keep_bytes);

#endif /* GCI_HEAP_H */
