/* side.c - the side heap: memory for the C library and the dynamic linker, freed by hand only.
 *
 * Who gets it: callers.c, family.c.
 *
 * Blocks have one header word pair before them and come in classes, four per power of two; a freed
 * block serves its class again. Regions of address space are committed from their start on.
 *
 * [side-root]  All that is committed is scanned as static data are: the C library keeps program's
 *              pointers there (thread-specific values, thread-local variables, search trees).
 * [clean]      A free block is zero but for its link, which is hidden: it keeps nothing.
 * [leaf]       The lock is taken last and nothing is called under it but the port's memory.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/redirect.h"

#include <string.h>

#define REGION_BYTES    ((size_t)1 << (CPP_WORDSZ == 64 ? 36 : 26))
#define SMALLEST_REGION ((size_t)1 << 20)
#define COMMIT_BYTES    ((size_t)256 << 10)
#define MOST_REGIONS    64
#define CLASS_LOG_STEPS 2 /* classes per power of two, as a logarithm */
#define CLASSES         ((CPP_WORDSZ - 4) << CLASS_LOG_STEPS)
#define DISCARD_BYTES   ((size_t)128 << 10) /* of a freed block from here on the pages go back */

struct header {
    word bytes;    /* of the block, behind this header; the class's size */
    word before;   /* ~bytes ^ address while in use: tells a block's start; a free one's link */
};
#define HEADER_BYTES ((size_t)2 * sizeof(word) > 16 ? 2 * sizeof(word) : 16)

static struct gci_lock lock = GCI_LOCK_INITIALIZER;
static struct region {
    ptr_t lo, next, committed, hi;
} regions[MOST_REGIONS];
static volatile word region_count;
static word free_lists[CLASSES]; /* complements of addresses of blocks; 0: none */

/* A fork's handlers run with the lock held by the thread that calls them: it may come again. */
static bool enter(void)
{
    if (gci_lock_is_mine(&lock))
        return false;
    gci_lock_acquire(&lock);
    return true;
}

static void leave(bool entered)
{
    if (entered)
        gci_lock_release(&lock);
}

static struct header *header_of(const void *p)
{
    return (struct header *)(void *)((ptr_t)(word)p - HEADER_BYTES);
}

static word used_mark(const struct header *h)
{
    return ~h->bytes ^ (word)h;
}

/* ---- classes -------------------------------------------------------------------------- */

static unsigned class_of(size_t bytes)
{
    unsigned log, step;

    if (bytes <= 64)
        return bytes == 0 ? 1 : (unsigned)((bytes + 15) / 16);
    bytes--;
    log = CPP_WORDSZ - 1 - (unsigned)__builtin_clzl(bytes);
    step = (unsigned)(bytes >> (log - CLASS_LOG_STEPS)) & ((1u << CLASS_LOG_STEPS) - 1);
    return 5 + ((log - 6) << CLASS_LOG_STEPS) + step;
}

static size_t class_bytes(unsigned cls)
{
    unsigned log, step;

    if (cls < 5)
        return 16 * (size_t)cls;
    log = ((cls - 5) >> CLASS_LOG_STEPS) + 6;
    step = (cls - 5) & ((1u << CLASS_LOG_STEPS) - 1);
    return ((size_t)1 << log) + (((size_t)step + 1) << (log - CLASS_LOG_STEPS));
}

/* ---- regions: lock held ------------------------------------------------------------------ */

static struct region *new_region(size_t least)
{
    size_t bytes = REGION_BYTES;
    struct region *r;
    ptr_t lo;

    if (region_count == MOST_REGIONS)
        return NULL;
    if (bytes < least)
        bytes = gci_align_up(least, gci_mem_page_bytes());
    while ((lo = gci_mem_reserve(bytes, gci_mem_page_bytes(), NULL)) == NULL) {
        bytes /= 2;
        if (bytes < least || bytes < SMALLEST_REGION)
            return NULL;
    }
    r = &regions[region_count];
    r->lo = r->next = r->committed = lo;
    r->hi = lo + bytes;
    gci_store_release(&region_count, region_count + 1);
    return r;
}

static bool commit(struct region *r, size_t bytes)
{
    size_t have = (size_t)(r->committed - r->next), more;

    if (bytes <= have)
        return true;
    more = gci_align_up(bytes - have, COMMIT_BYTES);
    if (more > (size_t)(r->hi - r->committed))
        more = (size_t)(r->hi - r->committed);
    if (more < bytes - have || gci_mem_commit(r->committed, more, false) != 0)
        return false;
    r->committed += more;
    return true;
}

static ptr_t carve(size_t bytes)
{
    struct region *r = region_count != 0 ? &regions[region_count - 1] : NULL;
    ptr_t p;

    if (r == NULL || (size_t)(r->hi - r->next) < bytes)
        r = new_region(bytes);
    if (r == NULL || !commit(r, bytes))
        return NULL;
    p = r->next;
    r->next += bytes;
    return p;
}

/* ---- blocks --------------------------------------------------------------------------------- */

static void *take_locked(size_t bytes)
{
    unsigned cls = class_of(bytes);
    struct header *h;
    ptr_t p;

    bytes = class_bytes(cls);
    if (free_lists[cls] != 0) {
        h = (struct header *)~free_lists[cls];
        free_lists[cls] = h->before;
    } else {
        p = carve(HEADER_BYTES + bytes);
        if (p == NULL)
            return NULL;
        h = (struct header *)(void *)p;
        h->bytes = bytes;
    }
    h->before = used_mark(h);
    return (ptr_t)h + HEADER_BYTES;
}

/* A block of its own for an alignment above the usual: cut out of a longer one, with a header of its
   own that says how far back the real one is. */
struct aligned_header {
    word back;  /* bytes to the block's start, | 1 */
    word mark;  /* ~back ^ address */
};

static struct header *find_header(const void *p, const char *function)
{
    struct header *h = header_of(p);
    const struct aligned_header *a = (const struct aligned_header *)(const void *)h;

    if (((word)p & 15) == 0 && (a->back & 1) != 0 && a->mark == (~a->back ^ (word)a))
        h = header_of((ptr_t)(word)p - (a->back & ~(word)1));
    if (((word)p & 15) != 0 || h->before != used_mark(h))
        gci_abort("%s: %p is not memory in use", function, p);
    return h;
}

void *gci_side_alloc(size_t bytes, size_t align_bytes)
{
    size_t more = align_bytes > 16 ? align_bytes + HEADER_BYTES : 0;
    struct aligned_header *a;
    bool entered;
    ptr_t p, aligned;

    if (bytes > (size_t)PTRDIFF_MAX / 2 || more > (size_t)PTRDIFF_MAX / 2)
        return NULL;
    entered = enter();
    p = take_locked(bytes + more);
    leave(entered);
    if (p == NULL || more == 0)
        return p;
    aligned = (ptr_t)gci_align_up((word)p, align_bytes);
    if (aligned == p)
        return p;
    a = (struct aligned_header *)(void *)header_of(aligned);
    a->back = (word)(aligned - p) | 1;
    a->mark = ~a->back ^ (word)a;
    return aligned;
}

void gci_side_free(void *p, const char *function)
{
    struct header *h = find_header(p, function);
    ptr_t start = (ptr_t)h + HEADER_BYTES, page;
    bool entered = enter();

    h->before = 0; /* no longer in use, while it is cleared: a second free is found out */
    leave(entered);
    page = (ptr_t)gci_align_up((word)start, gci_mem_page_bytes());
    if (h->bytes < DISCARD_BYTES
        || gci_mem_discard(page, gci_align_down(h->bytes - (word)(page - start),
                                                gci_mem_page_bytes())) != 0) {
        memset(start, 0, h->bytes); /* [clean] */
    } else {
        ptr_t behind = (ptr_t)gci_align_down((word)start + h->bytes, gci_mem_page_bytes());

        memset(start, 0, (size_t)(page - start));
        memset(behind, 0, (size_t)(start + h->bytes - behind));
    }
    entered = enter();
    h->before = free_lists[class_of(h->bytes)];
    free_lists[class_of(h->bytes)] = ~(word)h;
    leave(entered);
}

size_t gci_side_usable_bytes(const void *p, const char *function)
{
    const struct header *h = find_header(p, function);

    return h->bytes - (size_t)((const char *)p - ((const char *)h + HEADER_BYTES));
}

bool gci_side_owns(const void *p)
{
    word i, n = gci_load_acquire(&region_count);

    for (i = 0; i < n; i++)
        if ((ptr_t)(word)p >= regions[i].lo && (ptr_t)(word)p < regions[i].hi)
            return true;
    return false;
}

/* [side-root] A thread that was stopped under the lock may have carved and not cleared anything:
   what is committed reads as zero there. */
void gci_side_visit_stopped(gci_range_visitor visit, void *arg)
{
    word i;

    for (i = 0; i < region_count; i++)
        if (regions[i].next > regions[i].lo)
            visit(regions[i].lo, regions[i].next, arg);
}

void gci_side_before_fork(void)
{
    gci_lock_acquire(&lock);
}

void gci_side_after_fork(bool in_child)
{
    if (in_child)
        gci_lock_reset_after_fork(&lock);
    else
        gci_lock_release(&lock);
}
