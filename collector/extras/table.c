/* table.c - the hash table that finalizers, links and the leak finder share.
 *
 * Nodes lie in one array and name each other by index, so growing is a copy and walking all of
 * them is linear. What a node means is its owner's business (finalize.c, links.c, leak.c).
 *
 * [linked]  extras.h.
 * [load]    There are at least as many buckets as nodes: attaching never needs memory.
 *
 * Needs the allocator lock or a stopped world.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "private/extras.h"

#define FIRST_LOG 8 /* smallest table: 256 nodes and buckets */

static uint32_t bucket_of(const struct gci_table *t, word key)
{
    uint64_t h = (uint64_t)(~key >> GCI_WORD_SHIFT) * 0x9E3779B97F4A7C15u;

    return (uint32_t)(h >> (64 - t->bucket_log));
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

static size_t nodes_bytes(const struct gci_table *t, uint32_t capacity)
{
    return (size_t)capacity * t->node_bytes;
}

static void chain_all(struct gci_table *t)
{
    uint32_t i;

    for (i = 1; i < t->used; i++)
        if (gci_table_is_linked(gci_table_at(t, i)))
            chain_in(t, i);
}

/* Doubles both arrays; false when there is no memory, and nothing changed. */
static bool grow(struct gci_table *t)
{
    unsigned new_log = t->nodes == NULL ? FIRST_LOG : t->bucket_log + 1;
    uint32_t new_capacity;
    char *new_nodes;
    uint32_t *new_buckets;

    if (new_log > 31)
        return false;
    new_capacity = (uint32_t)1 << new_log;
    if ((size_t)new_capacity > SIZE_MAX / 2 / t->node_bytes)
        return false;
    new_buckets = gci_meta_map(new_capacity * sizeof *new_buckets);
    if (new_buckets == NULL)
        return false;
    new_nodes = gci_meta_map(nodes_bytes(t, new_capacity));
    if (new_nodes == NULL) {
        gci_meta_unmap(new_buckets, new_capacity * sizeof *new_buckets);
        return false;
    }
    if (t->nodes != NULL) {
        memcpy(new_nodes, t->nodes, nodes_bytes(t, t->used));
        gci_meta_unmap(t->nodes, nodes_bytes(t, t->capacity));
        gci_meta_unmap(t->buckets, ((size_t)1 << t->bucket_log) * sizeof *t->buckets);
    } else {
        t->used = 1;
    }
    t->nodes = new_nodes;
    t->buckets = new_buckets;
    t->capacity = new_capacity;
    t->bucket_log = new_log;
    chain_all(t);
    return true;
}

uint32_t gci_table_find(const struct gci_table *t, word key)
{
    uint32_t i;

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

    if (i != 0) {
        t->free_head = gci_table_at(t, i)->next;
    } else {
        if (t->used == t->capacity && !grow(t))
            return 0;
        i = t->used++;
    }
    memset(gci_table_at(t, i), 0, t->node_bytes);
    gci_table_at(t, i)->key = key;
    GCI_ASSERT((key & 1) != 0);
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

    chain_out(t, i);
    n->key &= ~(word)1;
    n->next = 0;
    t->count--;
}

void gci_table_attach(struct gci_table *t, uint32_t i)
{
    gci_table_at(t, i)->key |= 1;
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

void gci_table_trim(struct gci_table *t)
{
    struct gci_table small = *t;
    uint32_t i, capacity;

    if (t->nodes == NULL || t->bucket_log <= FIRST_LOG + 4 || t->count >= t->capacity / 8)
        return;
    small.bucket_log = FIRST_LOG;
    while (((uint32_t)1 << small.bucket_log) < t->count * 2)
        small.bucket_log++;
    capacity = (uint32_t)1 << small.bucket_log;
    small.capacity = capacity;
    small.nodes = gci_meta_map(nodes_bytes(t, capacity));
    if (small.nodes == NULL)
        return;
    small.buckets = gci_meta_map(capacity * sizeof *small.buckets);
    if (small.buckets == NULL) {
        gci_meta_unmap(small.nodes, nodes_bytes(t, capacity));
        return;
    }
    small.used = 1;
    small.free_head = 0;
    for (i = 1; i < t->used; i++) {
        const struct gci_node *n = gci_table_at(t, i);

        if (gci_table_is_linked(n)) {
            memcpy(gci_table_at(&small, small.used), n, t->node_bytes);
            chain_in(&small, small.used++);
        }
    }
    gci_meta_unmap(t->nodes, nodes_bytes(t, t->capacity));
    gci_meta_unmap(t->buckets, ((size_t)1 << t->bucket_log) * sizeof *t->buckets);
    *t = small;
}
