/* vdb_pages.c - which memory is watched, and a bit per page of it, for the vdb_*.c providers.
 *
 * Ranges serve providers that ask the system; bits those that are told (vdb_manual.c) or take
 * faults (vdb_mprotect.c).
 *
 * [sigsafe]  Bits are found by address through an open hash of chunks that only grows: a handler
 *            may read it while another thread inserts.
 * [serial]   Everything without _sigsafe in its name: one caller at a time (vdb.h).
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/atomics.h"
#include "private/port.h"
#include "private/vdb.h"

#include <string.h>

/* ---- ranges ------------------------------------------------------------------------ */

static struct gci_vdb_range *ranges;
static size_t range_count, range_room;

static int make_room(void)
{
    size_t bytes = gci_align_up((2 * range_room + 1) * sizeof *ranges, gci_mem_page_bytes());
    struct gci_vdb_range *larger;

    if (range_count < range_room)
        return 0;
    larger = gci_mem_map(bytes);
    if (larger == NULL)
        return ENOMEM;
    /* The old table is not released: a fault handler may be reading it. */
    if (ranges != NULL)
        memcpy(larger, ranges, range_count * sizeof *ranges);
    ranges = larger;
    range_room = bytes / sizeof *ranges;
    return 0;
}

int gci_vdb_ranges_add(ptr_t lo, ptr_t hi)
{
    size_t i = 0;

    if (lo >= hi)
        return 0;
    if (make_room() != 0)
        return ENOMEM;
    while (i < range_count) {
        if (ranges[i].lo <= hi && lo <= ranges[i].hi) { /* touches or overlaps: join */
            if (ranges[i].lo < lo)
                lo = ranges[i].lo;
            if (ranges[i].hi > hi)
                hi = ranges[i].hi;
            ranges[i] = ranges[--range_count];
            i = 0;
        } else {
            i++;
        }
    }
    ranges[range_count].lo = lo;
    ranges[range_count].hi = hi;
    range_count++;
    return 0;
}

int gci_vdb_ranges_remove(ptr_t lo, ptr_t hi)
{
    size_t i = 0;

    while (i < range_count) {
        struct gci_vdb_range r = ranges[i];

        if (r.hi <= lo || hi <= r.lo) {
            i++;
            continue;
        }
        if (r.lo < lo && hi < r.hi) {
            if (make_room() != 0)
                return ENOMEM;
            ranges[range_count].lo = hi;
            ranges[range_count++].hi = r.hi;
            ranges[i++].hi = lo;
        } else if (r.lo < lo) {
            ranges[i++].hi = lo;
        } else if (hi < r.hi) {
            ranges[i++].lo = hi;
        } else {
            ranges[i] = ranges[--range_count];
        }
    }
    return 0;
}

void gci_vdb_ranges_clear(void)
{
    range_count = 0;
}

size_t gci_vdb_ranges_count(void)
{
    return range_count;
}

struct gci_vdb_range gci_vdb_ranges_get(size_t index)
{
    return ranges[index];
}

/* ---- bits -------------------------------------------------------------------------- */

#define CHUNK_SHIFT 28
#define CHUNK_BYTES ((word)1 << CHUNK_SHIFT)
#define CHUNKS ((word)1 << (CPP_WORDSZ == 64 ? 13 : 5)) /* 2 TiB of heap, all of 32 bits */
#define NO_KEY 0

struct chunk {
    volatile word key;  /* address / CHUNK_BYTES + 1 */
    word *dirty;        /* set before key is published [sigsafe] */
    word *covered;
};

static struct chunk *chunks;

static word first_slot(word key)
{
    return (key * (word)0x9e3779b1u >> 7) & (CHUNKS - 1);
}

static struct chunk *find_chunk_sigsafe(word address)
{
    word key = (address >> CHUNK_SHIFT) + 1;
    word i = first_slot(key);

    if (chunks == NULL)
        return NULL;
    for (word n = 0; n < CHUNKS; n++, i = (i + 1) & (CHUNKS - 1)) {
        word found = gci_load_acquire(&chunks[i].key);

        if (found == key)
            return &chunks[i];
        if (found == NO_KEY)
            return NULL;
    }
    return NULL;
}

static word pages_per_chunk(void)
{
    return CHUNK_BYTES / gci_mem_page_bytes();
}

static struct chunk *make_chunk(word address)
{
    word key = (address >> CHUNK_SHIFT) + 1;
    word i = first_slot(key);
    struct chunk *chunk = find_chunk_sigsafe(address);
    size_t bytes = pages_per_chunk() / 8;
    char *memory;

    if (chunk != NULL)
        return chunk;
    if (chunks == NULL)
        chunks = gci_mem_map(CHUNKS * sizeof *chunks);
    if (chunks == NULL)
        return NULL;
    for (word n = 0; n < CHUNKS && chunks[i].key != NO_KEY; n++)
        i = (i + 1) & (CHUNKS - 1);
    if (chunks[i].key != NO_KEY)
        return NULL;
    memory = gci_mem_map(2 * bytes);
    if (memory == NULL)
        return NULL;
    chunks[i].dirty = (word *)(void *)memory;
    chunks[i].covered = (word *)(void *)(memory + bytes);
    gci_store_release(&chunks[i].key, key);
    return &chunks[i];
}

/* Calls fn for the part of [lo, hi) in each chunk: page numbers [first, last) in the chunk.
   Returns false as soon as fn does, or when a chunk is missing. */
typedef bool (*part_visitor)(struct chunk *chunk, word base, word first, word last, void *arg);

static bool for_parts(ptr_t lo, ptr_t hi, bool skip_missing, part_visitor fn, void *arg)
{
    word page = gci_mem_page_bytes();
    word a = (word)lo, end = (word)hi;

    while (a < end) {
        word base = gci_align_down(a, CHUNK_BYTES);
        word limit = base + CHUNK_BYTES - 1 < end - 1 ? base + CHUNK_BYTES : end;
        struct chunk *chunk = find_chunk_sigsafe(a);

        if (chunk == NULL ? !skip_missing
                          : !fn(chunk, base, (a - base) / page, (limit - base + page - 1) / page,
                                arg))
            return false;
        if (limit == 0) /* the end of the address space */
            break;
        a = limit;
    }
    return true;
}

/* The bits of word number w that stand for pages in [first, last). */
static word mask_of(word w, word first, word last)
{
    word lo = w * GCI_WORD_BITS;
    word mask = ~(word)0;

    if (first > lo)
        mask &= ~(word)0 << (first - lo);
    if (last < lo + GCI_WORD_BITS)
        mask &= ~(~(word)0 << (last - lo));
    return mask;
}

static bool set_covered(struct chunk *chunk, word base, word first, word last, void *arg)
{
    bool yes = arg != NULL;

    (void)base;
    for (word w = first / GCI_WORD_BITS; w * GCI_WORD_BITS < last; w++) {
        word mask = mask_of(w, first, last);

        if (yes) {
            (void)gci_fetch_or(&chunk->covered[w], mask);
        } else {
            gci_fetch_and(&chunk->covered[w], ~mask);
            gci_fetch_and(&chunk->dirty[w], ~mask);
        }
    }
    return true;
}

int gci_vdb_bits_cover(ptr_t lo, ptr_t hi)
{
    for (word a = (word)lo; a < (word)hi; a = gci_align_down(a, CHUNK_BYTES) + CHUNK_BYTES) {
        if (make_chunk(a) == NULL)
            return ENOMEM;
        if (gci_align_down(a, CHUNK_BYTES) + CHUNK_BYTES == 0)
            break;
    }
    (void)for_parts(lo, hi, false, set_covered, chunks);
    return 0;
}

void gci_vdb_bits_uncover(ptr_t lo, ptr_t hi)
{
    (void)for_parts(lo, hi, true, set_covered, NULL);
}

static bool set_dirty(struct chunk *chunk, word base, word first, word last, void *arg)
{
    bool all = true;

    (void)base;
    (void)arg;
    for (word w = first / GCI_WORD_BITS; w * GCI_WORD_BITS < last; w++) {
        word mask = mask_of(w, first, last);
        word covered = gci_load(&chunk->covered[w]) & mask;

        if (covered != mask)
            all = false;
        (void)gci_fetch_or(&chunk->dirty[w], covered);
    }
    return all;
}

bool gci_vdb_bits_set_sigsafe(ptr_t lo, ptr_t hi)
{
    return for_parts(lo, hi, false, set_dirty, NULL);
}

bool gci_vdb_bits_is_covered_sigsafe(const void *p)
{
    struct chunk *chunk = find_chunk_sigsafe((word)p);
    word n = ((word)p & (CHUNK_BYTES - 1)) / gci_mem_page_bytes();

    return chunk != NULL
           && (gci_load(&chunk->covered[n / GCI_WORD_BITS]) >> (n % GCI_WORD_BITS) & 1) != 0;
}

struct taking {
    word lo, hi; /* the run so far; lo == hi: none */
    gci_vdb_dirty dirty;
    void *arg;
};

static void end_run(struct taking *t)
{
    if (t->lo != t->hi)
        t->dirty((ptr_t)t->lo, (ptr_t)t->hi, t->arg);
    t->lo = t->hi = 0;
}

static bool take_bits(struct chunk *chunk, word base, word first, word last, void *arg)
{
    struct taking *t = arg;
    word page = gci_mem_page_bytes();

    for (word w = first / GCI_WORD_BITS; w * GCI_WORD_BITS < last; w++) {
        word bits = gci_load(&chunk->dirty[w]) & mask_of(w, first, last);

        if (bits == 0)
            continue;
        gci_fetch_and(&chunk->dirty[w], ~bits);
        for (unsigned bit = 0; bit < GCI_WORD_BITS; bit++) {
            word a = base + (w * GCI_WORD_BITS + bit) * page;

            if ((bits >> bit & 1) == 0)
                continue;
            if (t->lo == t->hi || t->hi != a) {
                end_run(t);
                t->lo = a;
            }
            t->hi = a + page;
        }
    }
    return true;
}

void gci_vdb_bits_take(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, void *arg)
{
    struct taking t = { 0, 0, dirty, arg };

    for (size_t i = 0; i < range_count; i++) {
        ptr_t a = ranges[i].lo > lo ? ranges[i].lo : lo;
        ptr_t b = ranges[i].hi < hi ? ranges[i].hi : hi;

        if (a < b)
            (void)for_parts(a, b, true, take_bits, &t);
        end_run(&t);
    }
}
