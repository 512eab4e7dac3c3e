/* table.c - the hash table that finalizers, links and the leak finder share.
 *
 * Nodes have numbers and name each other by them, so walking all of them is linear; they lie in
 * segments that double the table, so growing moves no node. What a node means is its owner's
 * business (finalize.c, links.c, leak.c).
 *
 * [linked]   extras.h.
 * [near]     Neighbours in memory have neighbouring buckets: objects that are born one after the other are
 *            registered so. The folded upper bits tell objects apart that lie at multiples of a power of two.
 * [load]     There are at least as many buckets as nodes: attaching never needs memory.
 * [settled]  extras.h. When a cycle detaches many nodes, chain by chain would be a cache miss or
 *            two each with the world stopped; building all chains anew is linear and can wait.
 *
 * Needs the allocator lock or a stopped world.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "private/extras.h"

/* [near] */
static uint32_t bucket_of(const struct gci_table *t, word key)
{
    uint64_t k = ~key >> GCI_WORD_SHIFT;

    k ^= k >> t->bucket_log ^ k >> 2 * t->bucket_log;
    return (uint32_t)k & (((uint32_t)1 << t->bucket_log) - 1);
}

static void chain_in(struct gci_table *t, uint32_t i)
{
    struct gci_node *n = gci_table_at(t, i);
    uint32_t *bucket = &t->buckets[bucket_of(t, n->key)];

    n->next = *bucket;
    *bucket = i;
}

static void chain_out(struct gci_table *t, uint32_t i)
{
    struct gci_node *n = gci_table_at(t, i);
    uint32_t *link = &t->buckets[bucket_of(t, n->key)];

    while (*link != i) {
        GCI_ASSERT(*link != 0);
        link = &gci_table_at(t, *link)->next;
    }
    *link = n->next;
}

static void chain_all(struct gci_table *t)
{
    uint32_t i;

    for (i = 1; i < t->used; i++)
        if (gci_table_is_linked(gci_table_at(t, i)))
            chain_in(t, i);
}

/* ---- memory -------------------------------------------------------------------------- */

static size_t bucket_bytes(const struct gci_table *t)
{
    return sizeof(uint32_t) << t->bucket_log;
}

/* The first number and the size in bytes of a segment. */
static uint32_t segment_first(unsigned segment)
{
    return segment == 0 ? 0 : (uint32_t)1 << (segment + GCI_TABLE_FIRST_LOG - 1);
}

static size_t segment_bytes(const struct gci_table *t, unsigned segment)
{
    return ((size_t)1 << (segment == 0 ? GCI_TABLE_FIRST_LOG : segment + GCI_TABLE_FIRST_LOG - 1))
           * t->node_bytes;
}

static bool map_segment(struct gci_table *t, unsigned segment)
{
    void *p;

    if (segment >= GCI_TABLE_SEGMENTS
        || ((size_t)1 << (segment + GCI_TABLE_FIRST_LOG)) > SIZE_MAX / 2 / t->node_bytes)
        return false;
    p = gci_meta_map(segment_bytes(t, segment));
    if (p == NULL)
        return false;
    t->segments[segment] = (word)p - (word)segment_first(segment) * t->node_bytes;
    return true;
}

static unsigned segment_count(const struct gci_table *t)
{
    return t->capacity == 0 ? 0 : t->bucket_log - GCI_TABLE_FIRST_LOG + 1;
}

static void unmap_segment(struct gci_table *t, unsigned segment)
{
    gci_meta_unmap((void *)(t->segments[segment] + (word)segment_first(segment) * t->node_bytes),
                   segment_bytes(t, segment));
}

/* Doubles the table; false when there is no memory, and nothing changed. */
static bool grow(struct gci_table *t)
{
    unsigned log = t->capacity == 0 ? GCI_TABLE_FIRST_LOG : t->bucket_log + 1;
    unsigned segment = segment_count(t);
    uint32_t *buckets;

    if (log > 30)
        return false;
    buckets = gci_meta_map(sizeof *buckets << log);
    if (buckets == NULL)
        return false;
    if (!map_segment(t, segment)) {
        gci_meta_unmap(buckets, sizeof *buckets << log);
        return false;
    }
    if (t->capacity != 0)
        gci_meta_unmap(t->buckets, bucket_bytes(t));
    else
        t->used = 1;
    t->buckets = buckets;
    t->bucket_log = log;
    t->capacity = (uint32_t)1 << log;
    t->stale = false;
    chain_all(t);
    return true;
}

/* ---- nodes ------------------------------------------------------------------------------ */

uint32_t gci_table_find(const struct gci_table *t, word key)
{
    uint32_t i;

    GCI_ASSERT(!t->stale);
    if (t->count == 0)
        return 0;
    for (i = t->buckets[bucket_of(t, key)]; i != 0; i = gci_table_at(t, i)->next)
        if (gci_table_at(t, i)->key == key)
            return i;
    return 0;
}

uint32_t gci_table_insert(struct gci_table *t, word key)
{
    uint32_t i = t->free_head;

    GCI_ASSERT(!t->stale && (key & 1) != 0);
    if (i != 0) {
        t->free_head = gci_table_at(t, i)->next;
    } else {
        if (t->used == t->capacity && !grow(t))
            return 0;
        i = t->used++;
    }
    memset(gci_table_at(t, i), 0, t->node_bytes);
    gci_table_at(t, i)->key = key;
    chain_in(t, i);
    t->count++;
    return i;
}

void gci_table_free(struct gci_table *t, uint32_t i)
{
    struct gci_node *n = gci_table_at(t, i);

    memset(n, 0, t->node_bytes);
    n->next = t->free_head;
    t->free_head = i;
}

void gci_table_detach(struct gci_table *t, uint32_t i)
{
    struct gci_node *n = gci_table_at(t, i);

    if (!t->stale && gci_state.world_stopped && ++t->removals > 64 + t->count / 32)
        t->stale = true; /* [settled] */
    if (!t->stale)
        chain_out(t, i);
    n->key &= ~(word)1;
    n->next = 0;
    t->count--;
}

void gci_table_attach(struct gci_table *t, uint32_t i)
{
    gci_table_at(t, i)->key |= 1;
    if (!t->stale)
        chain_in(t, i);
    t->count++;
}

void gci_table_remove(struct gci_table *t, uint32_t i)
{
    gci_table_detach(t, i);
    gci_table_free(t, i);
}

void gci_table_rekey(struct gci_table *t, uint32_t i, word key)
{
    chain_out(t, i);
    gci_table_at(t, i)->key = key;
    chain_in(t, i);
}

void gci_table_settle(struct gci_table *t)
{
    t->removals = 0;
    if (!t->stale)
        return;
    t->stale = false;
    memset(t->buckets, 0, bucket_bytes(t));
    chain_all(t);
}

/* Maps what a table of that size needs; on failure nothing stays mapped. */
static bool map_small(struct gci_table *t, unsigned log)
{
    unsigned segment;

    t->bucket_log = log;
    t->capacity = (uint32_t)1 << log;
    t->buckets = gci_meta_map(bucket_bytes(t));
    if (t->buckets == NULL)
        return false;
    for (segment = 0; segment < segment_count(t); segment++)
        if (!map_segment(t, segment)) {
            while (segment-- > 0)
                unmap_segment(t, segment);
            gci_meta_unmap(t->buckets, bucket_bytes(t));
            return false;
        }
    return true;
}

void gci_table_trim(struct gci_table *t)
{
    struct gci_table small = *t;
    unsigned log = GCI_TABLE_FIRST_LOG, segment;
    uint32_t i;

    if (t->capacity <= 16u << GCI_TABLE_FIRST_LOG || t->count >= t->capacity / 8)
        return;
    while (((uint32_t)1 << log) < t->count * 2)
        log++;
    if (!map_small(&small, log))
        return;
    small.used = 1;
    small.free_head = 0;
    small.stale = false;
    for (i = 1; i < t->used; i++) {
        const struct gci_node *n = gci_table_at(t, i);

        if (gci_table_is_linked(n)) {
            memcpy(gci_table_at(&small, small.used), n, t->node_bytes);
            chain_in(&small, small.used++);
        }
    }
    for (segment = 0; segment < segment_count(t); segment++)
        unmap_segment(t, segment);
    gci_meta_unmap(t->buckets, bucket_bytes(t));
    *t = small;
}
