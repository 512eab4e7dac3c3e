/* typed.c - objects with a layout: descriptors from bitmaps, typed objects and arrays.
 *
 * What the marker does with a descriptor: trace/mark.c. Here are the two layouts it does not know
 * itself, as mark procedures: long bitmaps and arrays of elements.
 *
 * [last-word]  A typed object's descriptor is its last word; it is stored last, and 0 until then,
 *              which says "no pointers": an object is empty that long.
 * [tail]       An array has struct array_tail as its last words, the descriptor last of all.
 * [forever]    Long bitmaps are metadata and never move or go: markers read them without a lock.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "private/alloc.h"
#include "private/hooks.h"
#include "gc/gc_inline.h"

#define BITMAP_BITS (GCI_WORD_BITS - GC_DS_TAG_BITS) /* words that a GC_DS_BITMAP describes */

/* ---- the kind and the procedures ------------------------------------------------------- */

static volatile word typed_kind; /* 0: not made yet */
static unsigned bitmap_proc, array_proc;

static struct GC_ms_entry *mark_bitmap(GC_word *addr, struct GC_ms_entry *msp,
                                       struct GC_ms_entry *limit, GC_word env);
static struct GC_ms_entry *mark_array(GC_word *addr, struct GC_ms_entry *msp,
                                      struct GC_ms_entry *limit, GC_word env);

static void init(void)
{
    if (gci_likely(gci_load_acquire(&typed_kind) != 0))
        return;
    gci_ensure_init();
    GCI_LOCK();
    if (typed_kind == 0) {
        bitmap_proc = gci_kinds_new_proc(mark_bitmap);
        array_proc = gci_kinds_new_proc(mark_array);
        /* The descriptor is one word before the object's end. */
        gci_store_release(&typed_kind,
                          GC_new_kind_inner(GC_new_free_list_inner(),
                                            (0 - (word)GCI_WORD_BYTES) | GC_DS_PER_OBJECT, 1, 1));
    }
    GCI_UNLOCK();
}

/* ---- long bitmaps ------------------------------------------------------------------------ */

struct bitmap {
    const word *bits; /* lowest bit of the first word: the object's first word */
    size_t words;     /* of bits */
};

#define PAGE_BITMAPS 256u
#define PAGES        4096u
static struct bitmap *pages[PAGES];
static word bitmap_count;

/* Its number, or ~0 when there is no memory or room. */
static word keep_bitmap_locked(const word *bits, size_t nbits)
{
    size_t words = (nbits + GCI_WORD_BITS - 1) / GCI_WORD_BITS;
    struct bitmap **page = &pages[bitmap_count / PAGE_BITMAPS];
    word *copy;

    if (bitmap_count == (word)PAGES * PAGE_BITMAPS)
        return ~(word)0;
    if (*page == NULL) {
        *page = gci_meta_alloc(PAGE_BITMAPS * sizeof **page);
        if (*page == NULL)
            return ~(word)0;
    }
    copy = gci_meta_alloc(words * sizeof *copy);
    if (copy == NULL)
        return ~(word)0;
    memcpy(copy, bits, words * sizeof *copy);
    if (nbits % GCI_WORD_BITS != 0)
        copy[words - 1] &= ((word)1 << (nbits % GCI_WORD_BITS)) - 1;
    (*page)[bitmap_count % PAGE_BITMAPS].bits = copy;
    (*page)[bitmap_count % PAGE_BITMAPS].words = words;
    return bitmap_count++;
}

static GCI_NO_SANITIZE struct GC_ms_entry *mark_bitmap(GC_word *addr, struct GC_ms_entry *msp,
                                                       struct GC_ms_entry *limit, GC_word env)
{
    const struct bitmap *map;
    size_t i;

    if (env >= bitmap_count)
        return msp;
    map = &pages[env / PAGE_BITMAPS][env % PAGE_BITMAPS];
    for (i = 0; i < map->words; i++) {
        word bits = map->bits[i], *p = addr + i * GCI_WORD_BITS;

        for (; bits != 0; bits >>= 1, p++)
            if ((bits & 1) != 0)
                msp = GC_MARK_AND_PUSH((void *)*p, msp, limit, (void **)(void *)p);
    }
    return msp;
}

static word reverse_bits(const word *bits, size_t n)
{
    word descr = 0;
    size_t i;

    for (i = 0; i < n; i++)
        if (GC_get_bit(bits, i) != 0)
            descr |= (word)1 << (GCI_WORD_BITS - 1 - i);
    return descr | GC_DS_BITMAP;
}

GC_API GC_descr GC_CALL GC_make_descriptor(const GC_word *bitmap, size_t nbits)
{
    size_t ones;
    word number;

    init();
    while (nbits > 0 && GC_get_bit(bitmap, nbits - 1) == 0)
        nbits--;
    for (ones = 0; ones < nbits && GC_get_bit(bitmap, ones) != 0; ones++) { }
    if (ones == nbits || ALIGNMENT < GCI_WORD_BYTES) /* all pointers, or no word is surely none */
        return (nbits * GCI_WORD_BYTES) | GC_DS_LENGTH;
    if (nbits <= BITMAP_BITS)
        return reverse_bits(bitmap, nbits);
    GCI_LOCK();
    number = keep_bitmap_locked(bitmap, nbits);
    GCI_UNLOCK();
    if (number == ~(word)0)
        return (nbits * GCI_WORD_BYTES) | GC_DS_LENGTH;
    return GC_MAKE_PROC(bitmap_proc, number);
}

/* ---- typed objects ------------------------------------------------------------------------- */

/* Stores the descriptor where the marker looks for it. What an out-of-memory function of the program
   returned keeps its own kind. */
static void set_descr(ptr_t p, word descr)
{
    const struct gci_block *run = gci_heap_run((word)p);
    word *last;

    if (gci_unlikely(run == NULL) || gci_unlikely(run->kind != typed_kind))
        return;
    last = (word *)(void *)(p + run->obj_bytes) - 1;
    gci_store_release(last, descr);
    GC_end_stubborn_change(last);
}

static void *without_pointers(size_t bytes, unsigned flags)
{
    void *p = flags != 0 ? GC_malloc_atomic_ignore_off_page(bytes) : GC_malloc_atomic(bytes);

    if (p != NULL)
        memset(p, 0, bytes);
    return p;
}

static bool covers(word descr, size_t bytes)
{
    return (descr & GC_DS_TAGS) == GC_DS_LENGTH && descr >= gci_align_down(bytes, GCI_WORD_BYTES);
}

static void *alloc_typed(size_t bytes, GC_descr descr, unsigned flags)
{
    void *p;

    init();
    if (descr == 0)
        return without_pointers(bytes, flags);
    if (covers(descr, bytes))
        return flags != 0 ? GC_malloc_ignore_off_page(bytes) : GC_malloc(bytes);
    if (bytes > SIZE_MAX / 2)
        return gci_alloc_oom(bytes);
    p = flags != 0 ? gci_alloc(bytes + GCI_WORD_BYTES, (unsigned)typed_kind, flags)
                   : gci_alloc_of_kind(bytes + GCI_WORD_BYTES, (unsigned)typed_kind);
    if (gci_likely(p != NULL))
        set_descr(p, descr);
    return p;
}

GC_API void *GC_CALL GC_malloc_explicitly_typed(size_t bytes, GC_descr descr)
{
    return alloc_typed(bytes, descr, 0);
}

GC_API void *GC_CALL GC_malloc_explicitly_typed_ignore_off_page(size_t bytes, GC_descr descr)
{
    return alloc_typed(bytes, descr, GCI_ALLOC_IGNORE_OFF_PAGE);
}

/* ---- arrays ------------------------------------------------------------------------- */

struct array_tail {
    word n;
    word element_bytes; /* a multiple of a word */
    word element_descr;
    word descr;         /* of the whole: mark_array */
};

#define PIECE_BYTES 4096 /* scanned at once; the rest is pushed again */

static struct GC_ms_entry *mark_element(word *p, word descr, size_t bytes,
                                        struct GC_ms_entry *msp, struct GC_ms_entry *limit);

static GCI_NO_SANITIZE struct GC_ms_entry *mark_words(word *p, word *end, struct GC_ms_entry *msp,
                                                      struct GC_ms_entry *limit)
{
    for (; p < end; p++)
        msp = GC_MARK_AND_PUSH((void *)*p, msp, limit, (void **)(void *)p);
    return msp;
}

static GCI_NO_SANITIZE struct GC_ms_entry *mark_by_bits(word *p, word bits,
                                                        struct GC_ms_entry *msp,
                                                        struct GC_ms_entry *limit)
{
    for (bits &= ~(word)GC_DS_TAGS; bits != 0; bits <<= 1, p++)
        if ((bits >> (GCI_WORD_BITS - 1)) != 0)
            msp = GC_MARK_AND_PUSH((void *)*p, msp, limit, (void **)(void *)p);
    return msp;
}

/* The descriptors of elements come from the program: a length is cut to the element. */
static GCI_NO_SANITIZE struct GC_ms_entry *mark_element(word *p, word descr, size_t bytes,
                                                        struct GC_ms_entry *msp,
                                                        struct GC_ms_entry *limit)
{
    switch (descr & GC_DS_TAGS) {
    case GC_DS_LENGTH:
        bytes = descr < bytes ? descr : bytes;
        return mark_words(p, p + bytes / GCI_WORD_BYTES, msp, limit);
    case GC_DS_BITMAP:
        return mark_by_bits(p, descr, msp, limit);
    case GC_DS_PROC:
        if (gci_mark_procs[(descr >> GC_DS_TAG_BITS) & (GCI_MAX_MARK_PROCS - 1)] == NULL)
            return msp;
        return GC_ms_push_obj_descr(p, descr, msp, limit);
    default:
        return GC_ms_push_obj_descr(p, descr, msp, limit);
    }
}

/* addr is the array or, for what was pushed again, an element of it. */
static GCI_NO_SANITIZE struct GC_ms_entry *mark_array(GC_word *addr, struct GC_ms_entry *msp,
                                                      struct GC_ms_entry *limit,
                                                      GC_word env GCI_UNUSED)
{
    struct gci_block *run;
    ptr_t base = gci_heap_object((word)addr, &run, NULL);
    const struct array_tail *tail;
    word i, end, step;

    if (base == NULL || run->obj_bytes < sizeof *tail)
        return msp;
    tail = (const struct array_tail *)(void *)(base + run->obj_bytes) - 1;
    step = tail->element_bytes;
    if (step == 0 || tail->n > (run->obj_bytes - sizeof *tail) / step)
        return msp;
    i = (word)((ptr_t)addr - base) / step;
    end = i + PIECE_BYTES / step + 1;
    if (end < tail->n)
        msp = GC_ms_push_obj_descr(base + end * step, tail->descr, msp, limit);
    else
        end = tail->n;
    for (; i < end; i++)
        msp = mark_element((word *)(void *)(base + i * step), tail->element_descr, step, msp,
                           limit);
    return msp;
}

/* How an array is to be allocated, found out once: GC_calloc_prepare_explicitly_typed. */
struct GC_calloc_typed_descr_s {
    word bytes;         /* of the elements; ~0: too many */
    word descr;         /* of a typed object that does; used unless element_bytes != 0 */
    word n;
    word element_bytes; /* not 0: an array with a tail */
    word element_descr;
    word magic;
    word reserved[2];
};
#define PREPARED ((word)0x7d5caL)

_Static_assert(sizeof(struct GC_calloc_typed_descr_s)
                   == GC_CALLOC_TYPED_DESCR_WORDS * sizeof(word),
               "the structure of gc_typed.h");

/* Bitmap of an array of at most BITMAP_BITS words, from that of an element; 0 if it has none. */
static word repeat_descr(word descr, word n, word element_bytes)
{
    word words = element_bytes / GCI_WORD_BYTES, element, whole = 0, i;

    if (n * words > BITMAP_BITS)
        return 0;
    if ((descr & GC_DS_TAGS) == GC_DS_BITMAP) {
        element = descr & ~(word)GC_DS_TAGS;
    } else if ((descr & GC_DS_TAGS) == GC_DS_LENGTH) {
        word ones = (descr + GCI_WORD_BYTES - 1) / GCI_WORD_BYTES; /* 1 .. BITMAP_BITS */

        element = ~(word)0 << (GCI_WORD_BITS - ones);
    } else {
        return 0;
    }
    for (i = 0; i < n; i++)
        whole |= element >> (i * words);
    return (whole & ~(word)GC_DS_TAGS) | GC_DS_BITMAP;
}

static void prepare(struct GC_calloc_typed_descr_s *d, size_t n, size_t element_bytes,
                    GC_descr descr)
{
    memset(d, 0, sizeof *d);
    d->magic = PREPARED;
    d->n = n;
    if (element_bytes != 0 && n > SIZE_MAX / 2 / element_bytes) {
        d->bytes = ~(word)0;
        return;
    }
    d->bytes = n * element_bytes;
    if (descr == 0 || n == 1) {
        d->descr = descr;
        return;
    }
    d->descr = gci_align_up(d->bytes, GCI_WORD_BYTES) | GC_DS_LENGTH; /* search it whole */
    if (covers(descr, element_bytes) || element_bytes % GCI_WORD_BYTES != 0 || n == 0)
        return;
    if (repeat_descr(descr, n, element_bytes) != 0) {
        d->descr = repeat_descr(descr, n, element_bytes);
        return;
    }
    d->element_bytes = element_bytes;
    d->element_descr = descr;
}

static void *alloc_array(const struct GC_calloc_typed_descr_s *d)
{
    ptr_t p = gci_alloc_of_kind(d->bytes + sizeof(struct array_tail), (unsigned)typed_kind);
    struct array_tail *tail;
    struct gci_block *run = gci_heap_run((word)p);

    if (p == NULL || run == NULL || run->kind != typed_kind)
        return p;
    tail = (struct array_tail *)(void *)(p + run->obj_bytes) - 1;
    tail->n = d->n;
    tail->element_bytes = d->element_bytes;
    tail->element_descr = d->element_descr;
    gci_store_release(&tail->descr, GC_MAKE_PROC(array_proc, 0)); /* [last-word] */
    GC_end_stubborn_change(tail);
    GC_end_stubborn_change(&tail->descr);
    return p;
}

static void *alloc_prepared(const struct GC_calloc_typed_descr_s *d)
{
    if (d->bytes == ~(word)0)
        return gci_alloc_oom(SIZE_MAX);
    return d->element_bytes != 0 ? alloc_array(d) : alloc_typed(d->bytes, d->descr, 0);
}

GC_API int GC_CALL GC_calloc_prepare_explicitly_typed(struct GC_calloc_typed_descr_s *d,
                                                      size_t struct_bytes, size_t n,
                                                      size_t element_bytes, GC_descr descr)
{
    if (struct_bytes < sizeof *d)
        gci_abort("GC_calloc_prepare_explicitly_typed: %lu bytes at %p are not enough",
                  (unsigned long)struct_bytes, (void *)d);
    init();
    prepare(d, n, element_bytes, descr);
    return 1;
}

GC_API void *GC_CALL GC_calloc_do_explicitly_typed(const struct GC_calloc_typed_descr_s *d,
                                                   size_t struct_bytes)
{
    if (struct_bytes < sizeof *d || d->magic != PREPARED)
        gci_abort("GC_calloc_do_explicitly_typed: what is at %p was not prepared", (const void *)d);
    return alloc_prepared(d);
}

GC_API void *GC_CALL GC_calloc_explicitly_typed(size_t n, size_t element_bytes, GC_descr descr)
{
    struct GC_calloc_typed_descr_s d;

    init();
    prepare(&d, n, element_bytes, descr);
    return alloc_prepared(&d);
}
