/* drain.c - emptying the mark stack, alone or with helpers.
 *
 * One word: private/hot.h. Long and odd objects: mark.c. Work between markers: share.c.
 *
 * [wake]  Helpers are woken when a millisecond's work is done and more is left: a small heap is
 *         marked by the collecting thread alone.
 *
 * [dole]  A marker with few entries gives some away now and then only: along a list the helpers would be
 *         woken for every cell.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/hot.h"
#include "private/settings.h"

#define SHORT_WORDS      24 /* from here on the vector filter pays */
#define SHORT_BYTES      (SHORT_WORDS * GCI_WORD_BYTES)
#define CACHE_BYTES      ((size_t)2 << 20) /* heaps up to here are mostly in a near cache */
#define RECRUIT_OBJECTS  65536             /* [wake] */
#define DOLE_ENTRIES     32                /* [dole] */
#define DOLE_OBJECTS     1024

static unsigned markers_used = 1;

/* Most objects: a few words, all of which may be pointers. */
GCI_INLINE bool is_short(word descr)
{
    return descr < SHORT_BYTES && (descr & GC_DS_TAGS) == GC_DS_LENGTH
           && ALIGNMENT == GCI_WORD_BYTES;
}

/* The first lines; after them the machine's own prefetcher has understood. */
GCI_INLINE void prefetch_object(ptr_t p, word descr)
{
    GCI_PREFETCH(p);
    if (descr > 64) {
        GCI_PREFETCH(p + 64);
        if (descr > 128) {
            GCI_PREFETCH(p + 128);
            GCI_PREFETCH(p + 192);
        }
    }
}

/* ---- the loop ------------------------------------------------------------------------- */

GCI_INLINE GCI_NO_SANITIZE void scan_short(struct gci_hot *h, struct gci_marker *m, const word *p,
                                           const word *end)
{
    for (; p < end; p++) {
        word w = gci_load(p); /* [once-read] */

        if (w - h->lo < h->span)
            gci_hot_candidate(h, m, w);
    }
}

/* Until stack and FIFO are empty (true) or about `budget` short objects were scanned (false). The FIFO
   pays where objects are not in the cache anyway [fifo]. */
GCI_INLINE bool drain_as(struct gci_marker *m, GC_signed_word budget, bool parallel, bool fifo)
{
    struct gci_hot h = gci_hot_of(m);
    GC_signed_word dole_below = budget;
    unsigned count = 0, at = 0; /* entries in the FIFO, the oldest at `at - count` */
    struct gci_mark_entry cur, oldest;

    h.parallel = parallel;
    for (;;) {
        if (gci_likely(h.top != m->bottom)) {
            cur = *--h.top;
            if (fifo) {
                prefetch_object(cur.p, cur.descr);
                oldest = m->fifo[at % GCI_FIFO_ENTRIES];
                m->fifo[at++ % GCI_FIFO_ENTRIES] = cur;
                if (gci_unlikely(count < GCI_FIFO_ENTRIES)) {
                    count++;
                    continue;
                }
                cur = oldest;
            }
        } else {
            if (!fifo || count == 0)
                break;
            cur = m->fifo[(at - count--) % GCI_FIFO_ENTRIES];
        }
        if (gci_likely(is_short(cur.descr)) && gci_likely(!m->disguised)) {
            if (gci_likely(gci_hot_room(&h, m, SHORT_WORDS))) /* else [drop] */
                scan_short(&h, m, (const word *)(void *)cur.p,
                           (const word *)(void *)cur.p + cur.descr / GCI_WORD_BYTES);
        } else {
            m->top = h.top;
            gci_marker_scan_entry(m, cur.p, cur.descr);
            h.top = m->top;
            budget -= (GC_signed_word)((cur.descr & GC_DS_TAGS) == GC_DS_LENGTH
                                       ? cur.descr / SHORT_BYTES : 1);
        }
        if (gci_unlikely(--budget < 0)) {
            m->top = h.top;
            for (; count > 0; count--) {
                cur = m->fifo[(at - count) % GCI_FIFO_ENTRIES];
                gci_marker_push(m, cur.p, cur.descr);
            }
            return false;
        }
        if (parallel && gci_unlikely(gci_load(&gci_share_hungry) != 0)
            && (h.top - m->bottom >= DOLE_ENTRIES || budget < dole_below)) { /* [dole] */
            m->top = h.top;
            gci_share_give(m);
            dole_below = budget - DOLE_OBJECTS;
        }
    }
    m->top = m->bottom = m->base;
    return true;
}

static bool drain_serial_near(struct gci_marker *m, GC_signed_word budget)
{
    return drain_as(m, budget, false, false);
}

static bool drain_serial_far(struct gci_marker *m, GC_signed_word budget)
{
    return drain_as(m, budget, false, true);
}

static bool drain_parallel_near(struct gci_marker *m, GC_signed_word budget)
{
    return drain_as(m, budget, true, false);
}

static bool drain_parallel_far(struct gci_marker *m, GC_signed_word budget)
{
    return drain_as(m, budget, true, true);
}

typedef bool (*drain_function)(struct gci_marker *m, GC_signed_word budget);

static const drain_function drains[2][2] = {
    { drain_serial_near, drain_serial_far }, { drain_parallel_near, drain_parallel_far }
};

/* ---- alone, or with help --------------------------------------------------------------- */

static bool heap_exceeds_cache(void)
{
    return gci_heap.committed_bytes - gci_heap.free_bytes > CACHE_BYTES;
}

#define NO_LIMIT ((GC_signed_word)(~(word)0 >> 1))

static bool drain(struct gci_marker *m, GC_signed_word budget)
{
    return drains[m->parallel][heap_exceeds_cache()](m, budget);
}

void gci_marker_drain_local(struct gci_marker *m)
{
    while (!drain(m, NO_LIMIT)) {
    }
}

static void help(unsigned index, void *arg GCI_UNUSED)
{
    struct gci_marker *m = &gci_markers[index];

    m->parallel = true;
    if (index != 0)
        gci_share_join();
    do {
        gci_marker_drain_local(m);
    } while (gci_share_take(m));
    m->parallel = false;
}

/* Mark procedures of a program that did not allow it are not called by two threads at a time. */
static unsigned markers_wanted(void)
{
    static unsigned processors;
    unsigned n = config_parallel_mark ? gci_markers_available() : 1;

    if (processors == 0)
        processors = gci_options.nprocs != 0 ? gci_options.nprocs : gci_sys_cpu_count();
    n = n < processors ? n : processors; /* more would only wait for each other */

    if (gci_client_procs && !gci_markers_client_allows())
        n = 1;
    return n > GCI_MAX_MARKERS ? GCI_MAX_MARKERS : n;
}

void gci_mark_prepare_helpers(void)
{
    unsigned n = markers_wanted();

    if (n > 1)
        gci_markers_prepare(n);
}

bool gci_marker_drain_beside(struct gci_marker *m, word budget)
{
    return drains[1][1](m, (GC_signed_word)budget);
}

void gci_marker_drain_with_help(void)
{
    struct gci_marker *m = gci_marker_main;
    unsigned wanted = markers_wanted(), ran;

    if (wanted <= 1) {
        gci_marker_drain_local(m);
        return;
    }
    if (drain(m, RECRUIT_OBJECTS)) /* [wake] */
        return;
    gci_share_begin();
    ran = gci_markers_run(wanted, help, NULL);
    if (ran > markers_used)
        markers_used = ran;
}

void gci_drain_begin(void)
{
    markers_used = 1;
}

unsigned gci_mark_markers_used(void)
{
    return markers_used;
}
