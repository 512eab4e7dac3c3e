/* shadow.h - a model of a random object graph that knows better.
 *
 * The model lives in malloc'ed memory, which the collector does not scan, and
 * keeps the addresses of objects hidden.  It knows what every object must
 * contain and what it points to, so after any number of collections an audit
 * can say: every object reachable from the model's roots is there and
 * unchanged, and those that are not reachable go away in time.
 *
 * Real pointers exist only in the root words, in other objects of the graph,
 * and for a moment in registers.
 *
 * [hidden]  entry.hidden is ~address; a walk reveals it only for an object
 *           the model proved reachable, or an uncollectable one.
 * [degree]  entry.indegree counts root words and slots that hold the object;
 *           GC_free is used only on the last reference.
 *
 * One model belongs to one thread; several models share a heap.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SHADOW_H
#define SHADOW_H

#include "shadow-model.h"
#include <gc/gc_mark.h>

static void GC_CALLBACK shadow_finalizer(void *obj, void *client)
{
    shadow_entry *e = (shadow_entry *)client;
    const GC_word *w = (const GC_word *)obj;
    size_t words = e->size / sizeof(GC_word), i;
    unsigned k;

    EXPECT(e->hidden == check_hide(obj), "a finalizer got another object");
    for (i = 0; i < words && i < 512; i++)
        if (w[i] != shadow_word(e->seed, i) && !shadow_is_slot(e, i, &k)) {
            EXPECT(0, "a finalized object of %lu bytes is damaged", (unsigned long)e->size);
            break;
        }
    __atomic_add_fetch(&e->finalized, 1, __ATOMIC_RELEASE);
}

/* ---- objects ----------------------------------------------------------- */

static void *shadow_get(shadow_model *m, int kind, size_t size)
{
    switch (kind) {
    case SHADOW_NORMAL:
        return GC_malloc(size);
    case SHADOW_ATOMIC:
        return GC_malloc_atomic(size);
    case SHADOW_UNCOLLECTABLE:
        return GC_malloc_uncollectable(size);
    case SHADOW_ATOMIC_UNCOLLECTABLE:
        return GC_malloc_atomic_uncollectable(size);
    case SHADOW_TYPED:
        return GC_malloc_explicitly_typed(size, m->typed_descr);
    case SHADOW_TYPED_ARRAY:
        return GC_calloc_explicitly_typed(size / (2 * SHADOW_SLOTS * sizeof(void *)),
                                          2 * SHADOW_SLOTS * sizeof(void *), m->typed_descr);
    case SHADOW_STUBBORN:
        return GC_MALLOC_STUBBORN(size);
    case SHADOW_IGNORE_OFF_PAGE:
        return GC_malloc_ignore_off_page(size);
    case SHADOW_ATOMIC_IGNORE_OFF_PAGE:
        return GC_malloc_atomic_ignore_off_page(size);
    case SHADOW_MEMALIGN:
        return GC_memalign((size_t)16 << check_below(&m->rng, 8), size);
    default:
        return GC_generic_malloc(size, 1);
    }
}

static size_t shadow_random_size(shadow_model *m)
{
    unsigned dice = check_below(&m->rng, 10000);
    size_t n;

    if (dice < 6500)
        n = 1 + check_below(&m->rng, 128);
    else if (dice < 9000)
        n = 1 + check_below(&m->rng, 1024);
    else if (dice < 9900)
        n = 1 + check_below(&m->rng, 10000);
    else if (dice < 9985)
        n = 1 + check_below(&m->rng, 70000);
    else if (dice < 9999)
        n = 1 + check_below(&m->rng, 600000);
    else
        n = 1 + check_below(&m->rng, 4500000);
    return n < m->max_size ? n : m->max_size;
}

static int shadow_random_kind(shadow_model *m)
{
    unsigned dice = check_below(&m->rng, 100);

    if (dice < 45)
        return SHADOW_NORMAL;
    if (dice < 65)
        return SHADOW_ATOMIC;
    if (dice < 68)
        return m->n_uncollectable < 1000 ? SHADOW_UNCOLLECTABLE : SHADOW_NORMAL;
    if (dice < 70)
        return m->n_uncollectable < 1000 ? SHADOW_ATOMIC_UNCOLLECTABLE : SHADOW_ATOMIC;
    if (dice < 80)
        return SHADOW_TYPED;
    if (dice < 85)
        return SHADOW_TYPED_ARRAY;
    return SHADOW_STUBBORN + (int)check_below(&m->rng, SHADOW_KINDS - SHADOW_STUBBORN);
}

/* Where objects of this kind and size can hold pointers. */
static unsigned shadow_slot_count(int kind, size_t size)
{
    size_t words = size / sizeof(void *);

    if (!shadow_has_pointers(kind))
        return 0;
    if (kind == SHADOW_TYPED || kind == SHADOW_TYPED_ARRAY)
        return SHADOW_SLOTS;
    return words < SHADOW_SLOTS ? (unsigned)words : SHADOW_SLOTS;
}

static void shadow_store(void *word, void *p)
{
    GC_PTR_STORE_AND_DIRTY(word, p);
}

static void shadow_set_root(shadow_model *m, unsigned r, unsigned id)
{
    if (m->root_id[r] != SHADOW_NONE)
        m->entry[m->root_id[r]].indegree--;
    m->root_id[r] = id;
    if (id != SHADOW_NONE)
        m->entry[id].indegree++;
    m->roots[r] = id == SHADOW_NONE ? NULL : check_reveal(m->entry[id].hidden);
}

static void shadow_set_slot(shadow_model *m, unsigned holder, unsigned k, unsigned id)
{
    shadow_entry *e = &m->entry[holder];
    void **w = (void **)check_reveal(e->hidden);

    if (e->target[k] != SHADOW_NONE)
        m->entry[e->target[k]].indegree--;
    e->target[k] = id;
    if (id != SHADOW_NONE)
        m->entry[id].indegree++;
    shadow_store(w + shadow_slot_word(e->kind, e->size, k),
                 id == SHADOW_NONE ? NULL : check_reveal(m->entry[id].hidden));
}

static void shadow_release_entry(shadow_model *m, unsigned id)
{
    m->entry[id].used = 0;
    m->entry[id].next_free = m->free_list;
    m->free_list = id;
}

/* The object's pointers no longer count. */
static void shadow_unlink(shadow_model *m, unsigned id)
{
    shadow_entry *e = &m->entry[id];
    unsigned k;

    for (k = 0; k < e->slots; k++)
        if (e->target[k] != SHADOW_NONE) {
            m->entry[e->target[k]].indegree--;
            e->target[k] = SHADOW_NONE;
        }
}

/* A reachable object that can hold a pointer, or SHADOW_NONE. */
static unsigned shadow_walk(shadow_model *m)
{
    unsigned id, steps = check_below(&m->rng, 8), found = SHADOW_NONE;

    if (m->n_uncollectable > 0 && check_below(&m->rng, 16) == 0)
        id = m->uncollectable[check_below(&m->rng, m->n_uncollectable)];
    else
        id = m->root_id[check_below(&m->rng, m->n_roots)];
    while (id != SHADOW_NONE) {
        shadow_entry *e = &m->entry[id];

        found = id;
        if (steps-- == 0 || e->slots == 0)
            break;
        id = e->target[check_below(&m->rng, e->slots)];
    }
    return found;
}

static void shadow_watch_object(shadow_model *m, unsigned id, void *p)
{
    shadow_entry *e = &m->entry[id];
    unsigned dice = check_below(&m->rng, 16);

    e->watch = SHADOW_PLAIN;
    if (e->kind == SHADOW_UNCOLLECTABLE || e->kind == SHADOW_ATOMIC_UNCOLLECTABLE
        || e->kind == SHADOW_MEMALIGN)
        return;
    if (dice == 0) {
        e->link = (void *)e->hidden;
        if (GC_general_register_disappearing_link(&e->link, p) == GC_SUCCESS)
            e->watch = SHADOW_LINKED;
    } else if (dice == 1) {
        GC_register_finalizer_no_order(p, shadow_finalizer, e, NULL, NULL);
        e->watch = SHADOW_FINALIZED;
    }
}

/* Returns 0 when the heap or the model is full. */
CHECK_NOINLINE static int shadow_allocate(shadow_model *m)
{
    int kind = shadow_random_kind(m);
    size_t size = shadow_random_size(m), unit = 2 * SHADOW_SLOTS * sizeof(void *);
    unsigned id = m->free_list, holder, k;
    shadow_entry *e;
    void *p;

    if (id == SHADOW_NONE)
        return 0;
    if (kind == SHADOW_TYPED && size < unit)
        size = unit;
    if (kind == SHADOW_TYPED_ARRAY)
        size = (size / unit + 1) * unit;
    p = shadow_get(m, kind, size);
    if (p == NULL)
        return 0;
    m->allocated++;
    if (shadow_has_pointers(kind) && kind != SHADOW_MEMALIGN)
        EXPECT(check_all_bytes(p, size < 65536 ? size : 65536, 0)
                   && check_all_bytes((char *)p + (size - size % 64) * 3 / 4, size / 4, 0),
               "an object of kind %d, %lu bytes is not cleared", kind, (unsigned long)size);
    e = &m->entry[id];
    m->free_list = e->next_free;
    e->hidden = check_hide(p);
    e->size = size;
    e->seed = check_rand(&m->rng);
    e->kind = (unsigned char)kind;
    e->slots = (unsigned char)shadow_slot_count(kind, size);
    e->indegree = 0;
    e->finalized = 0;
    e->link = NULL;
    e->mark = m->epoch;
    e->used = 1;
    for (k = 0; k < SHADOW_SLOTS; k++)
        e->target[k] = SHADOW_NONE;
    shadow_fill(e);
    shadow_watch_object(m, id, p);
    m->live_bytes += size;
    if (kind == SHADOW_UNCOLLECTABLE || kind == SHADOW_ATOMIC_UNCOLLECTABLE)
        m->uncollectable[m->n_uncollectable++] = id;
    holder = check_below(&m->rng, 4) ? shadow_walk(m) : SHADOW_NONE;
    if (holder != SHADOW_NONE && m->entry[holder].slots > 0)
        shadow_set_slot(m, holder, check_below(&m->rng, m->entry[holder].slots), id);
    else
        shadow_set_root(m, check_below(&m->rng, m->n_roots), id);
    GC_reachable_here(p);
    return 1;
}

CHECK_NOINLINE static void shadow_relink(shadow_model *m)
{
    unsigned a = shadow_walk(m), b = shadow_walk(m);

    if (a == SHADOW_NONE || m->entry[a].slots == 0)
        return;
    shadow_set_slot(m, a, check_below(&m->rng, m->entry[a].slots),
                    check_below(&m->rng, 4) ? b : SHADOW_NONE);
}

/* Frees or resizes an object that only one root word holds. */
CHECK_NOINLINE static void shadow_free_or_resize(shadow_model *m)
{
    unsigned r = check_below(&m->rng, m->n_roots), id = m->root_id[r], k;
    shadow_entry *e;
    size_t size, keep;
    void *p;

    if (id == SHADOW_NONE)
        return;
    e = &m->entry[id];
    if (e->indegree != 1 || e->watch != SHADOW_PLAIN || e->kind == SHADOW_MEMALIGN
        || e->kind == SHADOW_UNCOLLECTABLE || e->kind == SHADOW_ATOMIC_UNCOLLECTABLE)
        return;
    EXPECT(shadow_intact(m, e, e->size, 0), "damaged before GC_free, kind %d, %lu bytes", e->kind,
           (unsigned long)e->size);
    if (e->kind > SHADOW_ATOMIC || check_below(&m->rng, 3)) {
        p = check_reveal(e->hidden);
        shadow_set_root(m, r, SHADOW_NONE);
        shadow_unlink(m, id);
        m->live_bytes -= m->live_bytes > e->size ? e->size : m->live_bytes;
        shadow_release_entry(m, id);
        m->freed++;
        GC_free(p);
        return;
    }
    size = shadow_random_size(m);
    p = GC_realloc(check_reveal(e->hidden), size);
    if (p == NULL)
        return;
    keep = size < e->size ? size : e->size;
    m->roots[r] = p;
    e->hidden = check_hide(p);
    EXPECT(shadow_intact(m, e, keep, 0), "GC_realloc from %lu to %lu bytes lost something",
           (unsigned long)e->size, (unsigned long)size);
    shadow_unlink(m, id);
    e->size = size;
    e->slots = (unsigned char)shadow_slot_count(e->kind, size);
    for (k = 0; k < SHADOW_SLOTS; k++)
        e->target[k] = SHADOW_NONE;
    shadow_fill(e);
}

CHECK_NOINLINE static void shadow_free_uncollectable(shadow_model *m, unsigned i)
{
    unsigned id = m->uncollectable[i];
    shadow_entry *e = &m->entry[id];
    void *p = check_reveal(e->hidden);

    if (e->indegree != 0)
        return;
    EXPECT(shadow_intact(m, e, e->size, 0), "an uncollectable object is damaged");
    shadow_unlink(m, id);
    m->uncollectable[i] = m->uncollectable[--m->n_uncollectable];
    shadow_release_entry(m, id);
    m->freed++;
    GC_free(p);
}

/* ---- audits ------------------------------------------------------------ */

static void shadow_reach(shadow_model *m, unsigned id, unsigned *n)
{
    if (id != SHADOW_NONE && m->entry[id].mark != m->epoch) {
        m->entry[id].mark = m->epoch;
        m->queue[(*n)++] = id;
    }
}

/* Marks what is reachable in the model; returns how many are in the queue. */
static unsigned shadow_mark(shadow_model *m)
{
    unsigned n = 0, done, i, k;

    m->epoch++;
    for (i = 0; i < m->n_roots; i++)
        shadow_reach(m, m->root_id[i], &n);
    for (i = 0; i < m->n_uncollectable; i++)
        shadow_reach(m, m->uncollectable[i], &n);
    for (done = 0; done < n; done++)
        for (k = 0; k < m->entry[m->queue[done]].slots; k++)
            shadow_reach(m, m->entry[m->queue[done]].target[k], &n);
    return n;
}

/* Zombies: watched objects the model knows to be dead. */
static void shadow_visit_zombie(shadow_model *m, unsigned id)
{
    shadow_entry *e = &m->entry[id];
    unsigned runs = __atomic_load_n(&e->finalized, __ATOMIC_ACQUIRE);

    EXPECT(runs <= 1, "a finalizer ran %u times", runs);
    if (e->watch == SHADOW_FINALIZED ? runs == 1
                                     : __atomic_load_n(&e->link, __ATOMIC_ACQUIRE) == NULL) {
        m->watched_back++;
        shadow_release_entry(m, id);
    }
}

/* Checks every reachable object, buries the others. */
CHECK_NOINLINE static void shadow_audit(shadow_model *m, int whole)
{
    unsigned n = shadow_mark(m), i;
    size_t live = 0;

    for (i = 0; i < n; i++) {
        shadow_entry *e = &m->entry[m->queue[i]];

        live += e->size;
        EXPECT(shadow_intact(m, e, e->size, whole), "lost or damaged: kind %d, %lu bytes, watch %d",
               e->kind, (unsigned long)e->size, e->watch);
        EXPECT(e->watch != SHADOW_LINKED || e->link == (void *)e->hidden,
               "the link to a live object was cleared");
        EXPECT(__atomic_load_n(&e->finalized, __ATOMIC_ACQUIRE) == 0,
               "the finalizer of a live object ran");
    }
    m->live_bytes = live;
    m->audits++;
    for (i = 0; i < m->n_entries; i++) {
        shadow_entry *e = &m->entry[i];

        if (e->used == 1 && e->mark != m->epoch) {
            shadow_unlink(m, i);
            m->buried++;
            if (e->watch == SHADOW_PLAIN) {
                shadow_release_entry(m, i);
            } else {
                e->used = 2;
                m->watched_dead++;
            }
        }
        if (e->used == 2)
            shadow_visit_zombie(m, i);
    }
}

static void shadow_drop_half(shadow_model *m)
{
    unsigned i;

    for (i = 0; i < m->n_roots; i++)
        if (check_below(&m->rng, 2))
            shadow_set_root(m, i, SHADOW_NONE);
    for (i = m->n_uncollectable; i-- > 0;)
        if (check_below(&m->rng, 2))
            shadow_free_uncollectable(m, i);
}

/* ---- a model's life ---------------------------------------------------- */

/* roots: n words that the collector scans and nobody else writes. */
static int shadow_open(shadow_model *m, void **roots, unsigned n, unsigned objects,
                       size_t live_limit, uint64_t seed)
{
    GC_word bits[1] = {0};
    unsigned i;

    memset(m, 0, sizeof *m);
    check_rng_seed(&m->rng, seed);
    m->roots = roots;
    m->n_roots = n < SHADOW_ROOTS ? n : SHADOW_ROOTS;
    m->live_limit = live_limit;
    m->max_size = live_limit / 4;
    m->n_entries = objects;
    m->entry = (shadow_entry *)calloc(objects, sizeof *m->entry);
    m->queue = (unsigned *)malloc(objects * sizeof *m->queue);
    m->uncollectable = (unsigned *)malloc(2048 * sizeof *m->uncollectable);
    if (m->entry == NULL || m->queue == NULL || m->uncollectable == NULL)
        return 0;
    m->free_list = SHADOW_NONE;
    for (i = objects; i-- > 0;)
        shadow_release_entry(m, i);
    for (i = 0; i < m->n_roots; i++) {
        m->root_id[i] = SHADOW_NONE;
        m->roots[i] = NULL;
    }
    for (i = 0; i < SHADOW_SLOTS; i++)
        GC_set_bit(bits, 2 * i);
    m->typed_descr = GC_make_descriptor(bits, 2 * SHADOW_SLOTS);
    return 1;
}

/* Does so many random operations, auditing now and then. */
CHECK_NOINLINE static void shadow_run(shadow_model *m, long operations)
{
    while (operations-- > 0) {
        unsigned dice = check_below(&m->rng, 100);

        if (dice < 55) {
            if (!shadow_allocate(m)) {
                shadow_audit(m, 0);
                shadow_drop_half(m);
                shadow_audit(m, 0);
            }
        } else if (dice < 80) {
            shadow_relink(m);
        } else if (dice < 94) {
            shadow_free_or_resize(m);
        } else if (dice < 97) {
            shadow_set_root(m, check_below(&m->rng, m->n_roots), SHADOW_NONE);
        } else if (m->n_uncollectable > 0) {
            shadow_free_uncollectable(m, check_below(&m->rng, m->n_uncollectable));
        }
        if (m->live_bytes > m->live_limit) {
            shadow_audit(m, 0);
            if (m->live_bytes > m->live_limit / 2)
                shadow_drop_half(m);
        }
    }
}

/* Lets everything go and waits for it; afterwards watched_back can be
 * compared with watched_dead. */
CHECK_UNUSED CHECK_NOINLINE static void shadow_let_go(shadow_model *m)
{
    unsigned i, round;

    for (i = 0; i < m->n_roots; i++)
        shadow_set_root(m, i, SHADOW_NONE);
    for (round = 0; round < 2; round++) {
        shadow_audit(m, 1);
        for (i = m->n_uncollectable; i-- > 0;) {
            m->entry[m->uncollectable[i]].indegree = 0;
            shadow_free_uncollectable(m, i);
        }
    }
    for (round = 0; round < 4; round++) {
        check_collect(1);
        (void)GC_invoke_finalizers();
        shadow_audit(m, 1);
    }
}

/* Frees the model; false when it cannot be, since objects the collector still
 * holds have finalizers or links in it. */
CHECK_UNUSED static int shadow_close(shadow_model *m)
{
    int clean = m->watched_back == m->watched_dead;

    if (clean) {
        free(m->entry);
        free(m->queue);
        free(m->uncollectable);
    }
    return clean;
}

#endif /* SHADOW_H */
