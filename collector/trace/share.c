/* share.c - moving work between markers.
 *
 * A marker with more than it needs gives packets of its oldest entries (the roots of the largest
 * unexplored parts) to a common pool when another is hungry. Hungry markers sleep.
 *
 * [done]  Marking has ended when every marker that joined is hungry and the pool is empty. Work
 *         enters only through joined markers, the first of which brings all of it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/marker.h"
#include "private/condition.h"

#include <string.h>

#define PACKET_ENTRIES 256u
#define WORTH_GIVING   2u /* the oldest entries of a deep structure are its largest parts */

struct packet {
    struct packet *next;
    size_t count;
    struct gci_mark_entry entries[PACKET_ENTRIES];
};

static struct gci_lock pool_lock = GCI_LOCK_INITIALIZER;
static struct gci_condition pool_filled = GCI_CONDITION_INITIALIZER;
static struct packet *full, *empty; /* pool_lock */
static unsigned markers, hungry;    /* pool_lock */
static volatile word full_count;    /* written under pool_lock */
static bool done;
volatile word gci_share_hungry;

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
    markers++;
    gci_lock_release(&pool_lock);
}

static struct packet *take_empty(void)
{
    struct packet *p;

    gci_lock_acquire(&pool_lock);
    if ((p = empty) != NULL)
        empty = p->next;
    gci_lock_release(&pool_lock);
    return p != NULL ? p : gci_meta_alloc(sizeof *p);
}

void gci_share_give(struct gci_marker *m)
{
    size_t used = (size_t)(m->top - m->bottom), n = used / 2;
    struct packet *p;

    /* The hungry need a moment to wake: no more packets than they will want. */
    if (used < WORTH_GIVING || gci_load(&full_count) >= 2 * gci_load(&gci_share_hungry)
        || (p = take_empty()) == NULL)
        return;
    n = n > PACKET_ENTRIES ? PACKET_ENTRIES : n;
    p->count = n;
    memcpy(p->entries, m->bottom, n * sizeof *m->bottom);
    m->bottom += n;
    gci_lock_acquire(&pool_lock);
    p->next = full;
    full = p;
    gci_store(&full_count, full_count + 1);
    gci_condition_signal(&pool_filled);
    gci_lock_release(&pool_lock);
}

bool gci_share_take(struct gci_marker *m)
{
    struct packet *p;
    bool waiting = false;

    gci_lock_acquire(&pool_lock);
    while ((p = full) == NULL && !done) {
        if (!waiting) {
            waiting = true;
            hungry++;
            gci_store(&gci_share_hungry, hungry);
            if (hungry == markers) { /* [done] */
                done = true;
                gci_condition_broadcast(&pool_filled);
                break;
            }
        }
        gci_condition_wait(&pool_filled, &pool_lock);
    }
    if (p != NULL) {
        full = p->next;
        gci_store(&full_count, full_count - 1);
        if (waiting)
            gci_store(&gci_share_hungry, --hungry);
    }
    gci_lock_release(&pool_lock);
    if (p == NULL)
        return false;
    while ((size_t)(m->limit - m->top) < p->count)
        if (!gci_marker_grow(m)) {
            p->count = (size_t)(m->limit - m->top); /* [drop] */
            break;
        }
    memcpy(m->top, p->entries, p->count * sizeof *m->top);
    m->top += p->count;
    gci_lock_acquire(&pool_lock);
    p->next = empty;
    empty = p;
    gci_lock_release(&pool_lock);
    return true;
}
