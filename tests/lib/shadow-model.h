/* shadow-model.h - what the model of shadow.h knows of an object, and what the object must contain.
 *
 * Entries describe objects; every word of an object follows from its entry: a slot holds the
 * address of another object, any other word a number that is the address of nothing.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SHADOW_MODEL_H
#define SHADOW_MODEL_H

#include "check.h"
#include <gc/gc_typed.h>

#define SHADOW_ROOTS 512 /* root words a model may use */
#define SHADOW_SLOTS 6   /* pointers an object may hold */
#define SHADOW_NONE 0xFFFFFFFFu

enum shadow_kind {
    SHADOW_NORMAL,
    SHADOW_ATOMIC,
    SHADOW_UNCOLLECTABLE,
    SHADOW_ATOMIC_UNCOLLECTABLE,
    SHADOW_TYPED,
    SHADOW_TYPED_ARRAY,
    SHADOW_STUBBORN,
    SHADOW_IGNORE_OFF_PAGE,
    SHADOW_ATOMIC_IGNORE_OFF_PAGE,
    SHADOW_MEMALIGN,
    SHADOW_KIND_CALL, /* GC_malloc_kind */
    SHADOW_KINDS
};

enum shadow_watch { SHADOW_PLAIN, SHADOW_LINKED, SHADOW_FINALIZED };

typedef struct {
    GC_word hidden;
    void *link; /* disappearing link, hidden; cleared by the collector */
    size_t size;
    uint64_t seed;
    unsigned target[SHADOW_SLOTS];
    unsigned indegree, next_free;
    unsigned mark;
    unsigned char kind, slots, watch, used;
    unsigned char finalized; /* times its finalizer ran */
} shadow_entry;

typedef struct {
    check_rng rng;
    void **roots; /* real words the collector scans */
    unsigned n_roots;
    unsigned root_id[SHADOW_ROOTS];
    shadow_entry *entry;
    unsigned n_entries, free_list, epoch;
    unsigned *queue;
    unsigned *uncollectable;
    unsigned n_uncollectable;
    size_t live_bytes, live_limit;
    size_t max_size;
    unsigned long allocated, freed, audits, buried;
    unsigned long watched_dead, watched_back; /* dead watched objects; those seen to go */
    GC_descr typed_descr;
} shadow_model;

/* Typed objects: pointers are the even words among the first 2 * SHADOW_SLOTS. */
static size_t shadow_slot_word(int kind, size_t size, unsigned i)
{
    size_t words = size / sizeof(void *);

    if (kind == SHADOW_TYPED || kind == SHADOW_TYPED_ARRAY)
        return 2 * (size_t)i;
    if (words > 64 && (i & 1)) /* spread over the object, the last word included */
        return words - 1 - (words / 2 / SHADOW_SLOTS) * (size_t)(i / 2);
    return i;
}

static int shadow_has_pointers(int kind)
{
    return kind != SHADOW_ATOMIC && kind != SHADOW_ATOMIC_UNCOLLECTABLE
           && kind != SHADOW_ATOMIC_IGNORE_OFF_PAGE;
}

/* What word i holds when it is no slot: never the address of anything. */
static GC_word shadow_word(uint64_t seed, size_t i)
{
    uint64_t x = (seed + i * 0x9E3779B97F4A7C15u) * 0xD1B54A32D192ED03u;

    if (sizeof(GC_word) == 8)
        return (GC_word)(x | 0xF000000000000000u);
    return (GC_word)(x >> 40) & 0x0FFF;
}

static unsigned char shadow_byte(uint64_t seed, size_t i)
{
    return (unsigned char)((seed >> 3) + i * 7 + 1) & 0x3F;
}

static int shadow_is_slot(const shadow_entry *e, size_t word, unsigned *which)
{
    unsigned i;

    for (i = 0; i < e->slots; i++)
        if (shadow_slot_word(e->kind, e->size, i) == word) {
            *which = i;
            return 1;
        }
    return 0;
}

CHECK_NOINLINE static void shadow_fill(const shadow_entry *e)
{
    GC_word *w = (GC_word *)check_reveal(e->hidden);
    size_t words = e->size / sizeof(GC_word), i;
    unsigned k;

    for (i = 0; i < words; i++)
        w[i] = shadow_word(e->seed, i);
    for (i = words * sizeof(GC_word); i < e->size; i++)
        ((unsigned char *)w)[i] = shadow_byte(e->seed, i);
    for (k = 0; k < e->slots; k++)
        w[shadow_slot_word(e->kind, e->size, k)] = 0;
}

/* The first words of an object, up to limit bytes, against the model's word. */
CHECK_NOINLINE static int shadow_intact(shadow_model *m, const shadow_entry *e, size_t limit,
                                        int whole)
{
    const GC_word *w = (const GC_word *)check_reveal(e->hidden);
    size_t words = limit / sizeof(GC_word), i;
    unsigned k;

    for (i = 0; i < words; i++) {
        if (!whole && i == 256 && words > 1024)
            i = words - 256; /* the middle of a large object is sampled */
        if (w[i] != shadow_word(e->seed, i) && !shadow_is_slot(e, i, &k))
            return 0;
    }
    for (k = 0; k < e->slots; k++) {
        size_t at = shadow_slot_word(e->kind, e->size, k);
        GC_word want = e->target[k] == SHADOW_NONE ? 0 : ~m->entry[e->target[k]].hidden;

        if (at < words && w[at] != want)
            return 0;
    }
    if (limit == e->size)
        for (i = words * sizeof(GC_word); i < e->size; i++)
            if (((const unsigned char *)w)[i] != shadow_byte(e->seed, i))
                return 0;
    return 1;
}

#endif /* SHADOW_MODEL_H */
