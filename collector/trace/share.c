/* share.c - moving work between markers: entries of mark stacks, words to be looked up, and stretches of
 * dirty pages.
 *
 * A marker with more than it needs gives packets of its oldest entries (the roots of the largest
 * unexplored parts) to a common pool when another is hungry. Hungry markers sleep.
 *
 * [done]  Marking has ended when every marker that joined is hungry and the pool is empty. Work
 *         enters only through joined markers, the first of which brings all of it.
 *
 * [beside]  While the program runs, markers join and leave as they like: one that leaves puts what it
 *           has into the pool. Only the leader, told that all others are hungry, may say that it is over.
 *
 * [territory]  Words for the other of a pair are a hint: whoever has nothing else to do may look them up.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/marker.h"

#include <string.h>

#define PACKET_PAIRS (GCI_PACKET_WORDS / 2)

struct gci_packet {
    struct gci_packet *next;
    size_t count;
    enum holding {
        ENTRIES, /* words of a mark stack [entry] */
        HANDED,  /* words to be looked up [territory] */
        PAIRS    /* areas: stretches of dirty pages, their starts and their lengths; or deferred objects */
    } holding;
    union {
        word words[GCI_PACKET_WORDS];
        struct gci_mark_entry pairs[PACKET_PAIRS];
    } u;
};

static struct gci_lock pool_lock = GCI_LOCK_INITIALIZER;
static struct gci_condition pool_filled = GCI_CONDITION_INITIALIZER;
static struct gci_packet *full, *empty; /* pool_lock */
static unsigned markers, hungry;    /* pool_lock */
static volatile word full_count;    /* written under pool_lock */
static unsigned wishes;             /* pool_lock; who would take something, but has not joined */
static bool done;
volatile word gci_share_hungry;

static void tell_hungry_locked(void)
{
    gci_store(&gci_share_hungry, hungry + wishes);
}

void gci_share_begin(void)
{
    markers = 1; /* the one that brings the work is in before any helper can be */
    hungry = 0;
    done = false;
    gci_store(&gci_share_hungry, 0);
}

/* A helper that comes after the end finds `done` set and leaves again. */
void gci_share_join(void)
{
    gci_lock_acquire(&pool_lock);
    GCI_WRITE(markers, markers + 1);
    gci_lock_release(&pool_lock);
}

static struct gci_packet *take_empty(enum holding holding)
{
    struct gci_packet *p;

    gci_lock_acquire(&pool_lock);
    if ((p = empty) != NULL)
        empty = p->next;
    gci_lock_release(&pool_lock);
    if (p == NULL)
        p = gci_meta_alloc(sizeof *p);
    if (p != NULL) {
        p->count = 0;
        p->holding = holding;
    }
    return p;
}

static void give_empty(struct gci_packet *p)
{
    gci_lock_acquire(&pool_lock);
    p->next = empty;
    empty = p;
    gci_lock_release(&pool_lock);
}

static void add_full(struct gci_packet *p)
{
    gci_lock_acquire(&pool_lock);
    p->next = full;
    full = p;
    gci_store(&full_count, full_count + 1);
    gci_condition_signal(&pool_filled);
    gci_lock_release(&pool_lock);
}

static size_t words_of(const word *entry)
{
    return *entry != 0 ? 1 : GCI_LONG_WORDS;
}

/* The marker's oldest entries, of about so many words and one at least, move to the packet. */
static void pack(struct gci_marker *m, struct gci_packet *p, size_t words)
{
    size_t n = 0;

    if (words > GCI_PACKET_WORDS - GCI_LONG_WORDS)
        words = GCI_PACKET_WORDS - GCI_LONG_WORDS;
    do
        n += words_of(m->bottom + n);
    while (n < words);
    p->count = n;
    memcpy(p->u.words, m->bottom, n * sizeof *m->bottom);
    m->bottom += n;
}

/* The packet's entries become the marker's, which has no areas. */
static void unpack(struct gci_marker *m, struct gci_packet *p)
{
    size_t i;

    if (p->holding == PAIRS) {
        m->areas = p;
        return;
    }
    if (p->holding == HANDED) {
        for (i = 0; i < p->count; i++)
            gci_marker_candidate(m, p->u.words[i]);
    } else if (gci_marker_make_room(m, p->count)) { /* else [drop] */
        memcpy(m->top, p->u.words, p->count * sizeof *m->top);
        m->top += p->count;
    }
    give_empty(p);
}

/* ---- words handed to the other of a pair [territory] ------------------------------------- */

#define MOST_HANDED 4u /* packets: one that is so far behind has no processor */

static struct gci_packet *handed[2]; /* pool_lock */
volatile word gci_share_handed[2];   /* written under pool_lock */

static unsigned index_in_pair(const struct gci_marker *m)
{
    return m->own_bits != 0;
}

static void hand_over(struct gci_marker *m, unsigned to)
{
    struct gci_packet *p = m->outgoing;

    p->count = (size_t)(m->out - p->u.words);
    gci_lock_acquire(&pool_lock);
    p->next = handed[to];
    handed[to] = p;
    gci_store(&gci_share_handed[to], gci_share_handed[to] + 1);
    if (hungry != 0)
        gci_condition_signal(&pool_filled);
    gci_lock_release(&pool_lock);
    m->outgoing = NULL;
    m->out = m->out_end = NULL;
}

/* The oldest entries of a deep structure are its largest parts. */
void gci_share_give(struct gci_marker *m)
{
    const unsigned other = !index_in_pair(m);
    size_t used = (size_t)(m->top - m->bottom);
    struct gci_packet *p;

    if (m->out != NULL && m->out != m->outgoing->u.words) { /* [territory] */
        if (gci_load(&gci_share_handed[other]) == 0)
            hand_over(m, other);
        return;
    }
    /* The hungry need a moment to wake: no more packets than they will want. */
    if (used == 0 || used == words_of(m->bottom) || gci_load(&full_count) >= 2 * gci_load(&gci_share_hungry)
        || (p = take_empty(ENTRIES)) == NULL)
        return;
    pack(m, p, used / 2);
    add_full(p);
}

bool gci_share_make_out(struct gci_marker *m)
{
    const unsigned other = !index_in_pair(m);

    if (m->outgoing != NULL) {
        if (gci_load(&gci_share_handed[other]) >= MOST_HANDED)
            return false;
        hand_over(m, other);
    }
    if (GCI_READ(markers) < 2 || (m->outgoing = take_empty(HANDED)) == NULL)
        return false;
    m->out = m->outgoing->u.words;
    m->out_end = m->out + GCI_PACKET_WORDS;
    return true;
}

static struct gci_packet *take_handed_locked(unsigned to)
{
    struct gci_packet *p = handed[to];

    if (p != NULL) {
        handed[to] = p->next;
        gci_store(&gci_share_handed[to], gci_share_handed[to] - 1);
    }
    return p;
}

size_t gci_share_take_handed(struct gci_marker *m, word *words)
{
    struct gci_packet *p;
    size_t n;

    gci_lock_acquire(&pool_lock);
    p = take_handed_locked(index_in_pair(m));
    gci_lock_release(&pool_lock);
    if (p == NULL)
        return 0;
    n = p->count;
    memcpy(words, p->u.words, n * sizeof *words);
    give_empty(p);
    return n;
}

/* One that has nothing else to do looks up what it would have handed over. */
static bool keep_outgoing(struct gci_marker *m)
{
    struct gci_packet *p = m->outgoing;

    if (p == NULL || m->out == p->u.words)
        return false;
    p->count = (size_t)(m->out - p->u.words);
    m->outgoing = NULL;
    m->out = m->out_end = NULL;
    unpack(m, p);
    return true;
}

/* ---- taking --------------------------------------------------------------------------------- */

static struct gci_packet *take_full_locked(void)
{
    struct gci_packet *p = full;

    if (p != NULL) {
        full = p->next;
        gci_store(&full_count, full_count - 1);
    }
    return p;
}

static struct gci_packet *take_any_locked(void)
{
    struct gci_packet *p = take_full_locked();

    if (p == NULL && (p = take_handed_locked(0)) == NULL)
        p = take_handed_locked(1);
    return p;
}

bool gci_share_take(struct gci_marker *m)
{
    struct gci_packet *p;
    bool waiting = false;

    if (keep_outgoing(m))
        return true;
    gci_lock_acquire(&pool_lock);
    while ((p = take_any_locked()) == NULL && !done) {
        if (!waiting) {
            waiting = true;
            hungry++;
            tell_hungry_locked();
            if (hungry == markers) { /* [done] */
                done = true;
                gci_condition_broadcast(&pool_filled);
                break;
            }
        }
        gci_condition_wait(&pool_filled, &pool_lock);
    }
    if (p != NULL && waiting) {
        hungry--;
        tell_hungry_locked();
    }
    gci_lock_release(&pool_lock);
    if (p == NULL)
        return false;
    unpack(m, p);
    return true;
}

/* ---- beside the program ------------------------------------------------------------ */

static bool interrupted;               /* pool_lock */
static struct gci_packet *deferred;    /* pool_lock */

void gci_share_begin_beside(void)
{
    markers = hungry = 0;
    done = false;
    gci_store(&gci_share_hungry, 0);
}

/* ---- areas -------------------------------------------------------------------------- */

static struct gci_packet *filling;
static size_t filling_bytes;

static void put_area(struct gci_packet *p, ptr_t lo, ptr_t hi)
{
    p->u.pairs[p->count].p = lo;
    p->u.pairs[p->count++].descr = (word)(hi - lo);
}

void gci_share_areas_added(void)
{
    if (filling == NULL)
        return;
    add_full(filling);
    filling = NULL;
}

void gci_share_add_area(struct gci_marker *m, ptr_t lo, ptr_t hi, size_t share_bytes)
{
    while (lo < hi) {
        size_t bytes = (size_t)(hi - lo);

        if (filling == NULL) {
            filling = take_empty(PAIRS);
            filling_bytes = 0;
            if (filling == NULL) {
                m->overflowed = true; /* [drop] */
                return;
            }
        }
        if (bytes > share_bytes)
            bytes = share_bytes;
        put_area(filling, lo, lo + bytes);
        lo += bytes;
        filling_bytes += bytes;
        if (filling->count == PACKET_PAIRS || filling_bytes >= share_bytes)
            gci_share_areas_added();
    }
}

/* The packet stays the marker's until the last of it was looked at: what is put down goes into it. */
bool gci_share_next_area(struct gci_marker *m)
{
    struct gci_packet *p = m->areas;

    if (p == NULL)
        return false;
    if (p->count == 0) {
        m->areas = NULL;
        give_empty(p);
        return false;
    }
    p->count--;
    m->stretch.lo = m->stretch.at = p->u.pairs[p->count].p;
    m->stretch.hi = m->stretch.lo + p->u.pairs[p->count].descr;
    return true;
}

/* ---- coming and going ------------------------------------------------------------------ */

static void put_all(struct gci_marker *m)
{
    while (m->top != m->bottom) {
        struct gci_packet *p = take_empty(ENTRIES);

        if (p == NULL) {
            m->overflowed = true; /* [drop] */
            break;
        }
        pack(m, p, (size_t)(m->top - m->bottom));
        add_full(p);
    }
    m->top = m->bottom = m->base;
    if (m->areas != NULL) {
        if (m->stretch.at != m->stretch.hi)
            put_area(m->areas, m->stretch.at, m->stretch.hi);
        add_full(m->areas);
        m->areas = NULL;
        m->stretch.at = m->stretch.hi;
    }
}

void gci_share_leave(struct gci_marker *m)
{
    put_all(m);
    gci_lock_acquire(&pool_lock);
    markers--;
    gci_condition_broadcast(&pool_filled); /* the leader may be the only one left */
    gci_lock_release(&pool_lock);
}

bool gci_share_poll(struct gci_marker *m)
{
    struct gci_packet *p;

    gci_lock_acquire(&pool_lock);
    p = take_full_locked();
    gci_lock_release(&pool_lock);
    if (p != NULL)
        unpack(m, p);
    return p != NULL;
}

enum gci_share_result gci_share_take_beside(struct gci_marker *m, bool leader)
{
    enum gci_share_result result = GCI_SHARE_TOOK;
    struct gci_packet *p;

    gci_lock_acquire(&pool_lock);
    hungry++;
    tell_hungry_locked();
    if (!leader)
        gci_condition_broadcast(&pool_filled); /* the leader counts the hungry */
    while ((p = interrupted || done ? NULL : take_full_locked()) == NULL) {
        if (interrupted || done)
            result = GCI_SHARE_END;
        else if (leader && hungry == markers)
            result = GCI_SHARE_IDLE;
        if (result != GCI_SHARE_TOOK)
            break;
        gci_condition_wait(&pool_filled, &pool_lock);
    }
    hungry--;
    tell_hungry_locked();
    gci_lock_release(&pool_lock);
    if (p != NULL)
        unpack(m, p);
    return result;
}

void gci_share_end(void)
{
    gci_lock_acquire(&pool_lock);
    done = true;
    gci_condition_broadcast(&pool_filled);
    gci_lock_release(&pool_lock);
}

void gci_share_interrupt(bool on)
{
    gci_lock_acquire(&pool_lock);
    GCI_WRITE(interrupted, on);
    gci_condition_broadcast(&pool_filled);
    gci_lock_release(&pool_lock);
}

bool gci_share_interrupted(void)
{
    return GCI_READ(interrupted);
}

bool gci_share_has_work(void)
{
    return gci_load(&full_count) != 0;
}

void gci_share_wish(bool on)
{
    gci_lock_acquire(&pool_lock);
    wishes = on;
    tell_hungry_locked();
    gci_lock_release(&pool_lock);
}

void gci_share_defer(struct gci_marker *m, ptr_t p, word descr)
{
    struct gci_packet *packet = m->deferred;

    if (packet == NULL || packet->count == PACKET_PAIRS) {
        packet = take_empty(PAIRS);
        if (packet == NULL) {
            m->overflowed = true; /* [drop] */
            return;
        }
        gci_lock_acquire(&pool_lock);
        packet->next = deferred;
        deferred = packet;
        gci_lock_release(&pool_lock);
        m->deferred = packet;
    }
    packet->u.pairs[packet->count].p = p;
    packet->u.pairs[packet->count++].descr = descr;
}

static void forget_deferred(void)
{
    unsigned i;

    for (i = 0; i < GCI_MAX_MARKERS; i++)
        gci_markers[i].deferred = NULL;
    deferred = NULL;
}

void gci_share_collect_all(struct gci_marker *m)
{
    struct gci_packet *p = deferred, *next;

    forget_deferred();
    for (; p != NULL; p = next) {
        size_t i;

        next = p->next;
        for (i = 0; i < p->count; i++)
            gci_marker_push(m, p->u.pairs[i].p, p->u.pairs[i].descr);
        give_empty(p);
    }
    while (m->areas == NULL && gci_share_poll(m))
        continue;
}

void gci_share_drop_all(void)
{
    struct gci_packet *p = deferred, *next;

    forget_deferred();
    gci_share_areas_added();
    gci_lock_acquire(&pool_lock);
    for (; p != NULL; p = next) {
        next = p->next;
        p->next = empty;
        empty = p;
    }
    while ((p = take_full_locked()) != NULL) {
        p->next = empty;
        empty = p;
    }
    gci_lock_release(&pool_lock);
}
