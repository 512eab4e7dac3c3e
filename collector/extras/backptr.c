/* backptr.c - who points to this object? Found by searching when asked, not by remembering.
 *
 * With the world stopped: static data and stacks first, then marked objects. So the cost is
 * all in the question, and objects carry nothing for it; but only the marks of the last collection
 * tell which objects are live.
 *
 * [own-stack]  The frames of this file hold the object's address themselves: the asking thread's
 *              stack is searched from the caller's frame on.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "private/extras.h"
#include "private/settings.h"
#include "gc/gc_backptr.h"

#define MAX_LEVELS 200

struct search {
    word lo, hi;         /* the object sought */
    const ptr_t *known;  /* sources to pass over */
    unsigned known_count;
    GC_ref_kind kind;    /* GC_UNREFERENCED until found */
    ptr_t source;        /* root, or start of the object */
    size_t offset;       /* in that */
    ptr_t weak_source;   /* a stack slot: taken when there is nothing better */
};

static GCI_NO_SANITIZE ptr_t find_word(const struct search *s, ptr_t lo, ptr_t hi)
{
    const word step = ALIGNMENT < GCI_WORD_BYTES ? ALIGNMENT : GCI_WORD_BYTES;
    ptr_t p = (ptr_t)gci_align_up((word)lo, step);

    for (; p + GCI_WORD_BYTES <= hi; p += step) {
        word w;

        memcpy(&w, p, sizeof w);
        if (w - s->lo < s->hi - s->lo)
            return p;
    }
    return NULL;
}

static void found(struct search *s, GC_ref_kind kind, ptr_t source, size_t offset)
{
    s->kind = kind;
    s->source = source;
    s->offset = offset;
}

static void look_in_data(ptr_t lo, ptr_t hi, void *arg)
{
    struct search *s = arg;
    ptr_t p = s->kind == GC_UNREFERENCED ? find_word(s, lo, hi) : NULL;

    if (p != NULL)
        found(s, GC_REFD_FROM_ROOT, p, 0);
}

static void look_in_stack(ptr_t lo, ptr_t hi, void *arg)
{
    struct search *s = arg;

    if (s->weak_source == NULL)
        s->weak_source = find_word(s, lo, hi);
}

static bool passed_over(const struct search *s, ptr_t base)
{
    unsigned i;

    for (i = 0; i < s->known_count; i++)
        if (s->known[i] == base)
            return true;
    return base == (ptr_t)s->lo;
}

static void look_in_run(struct gci_block *run, void *arg)
{
    struct search *s = arg;
    word slot;

    if (s->kind != GC_UNREFERENCED || run->descr == 0)
        return;
    for (slot = 0; slot < run->nslots; slot++) {
        ptr_t base = gci_run_object(run, slot), p;

        if (!gci_run_marked(run, slot) || passed_over(s, base))
            continue;
        p = find_word(s, base, base + run->obj_bytes);
        if (p != NULL) {
            found(s, GC_REFD_FROM_HEAP, base, (size_t)(p - base));
            return;
        }
    }
}

/* Allocator lock held. */
static void search_locked(struct search *s, ptr_t own_hot)
{
    gci_roots_prepare();
    gci_world_stop();
    gci_roots_visit_static_stopped(look_in_data, s);
    if (s->kind == GC_UNREFERENCED)
        gci_blocks_visit_runs(look_in_run, s);
    if (s->kind == GC_UNREFERENCED) {
        gci_threads_visit_roots_stopped(own_hot, look_in_stack, s);
        if (s->weak_source != NULL)
            found(s, GC_REFD_FROM_ROOT, s->weak_source, 0);
    }
    gci_world_start();
    if (s->kind == GC_UNREFERENCED && gci_finalize_holds((ptr_t)s->lo))
        s->kind = GC_FINALIZER_REFD;
}

static bool begin(struct search *s, void *dest, const ptr_t *known, unsigned count)
{
    struct gci_block *run;
    ptr_t base = gci_heap_object((word)dest, &run, NULL);

    memset(s, 0, sizeof *s);
    if (base == NULL)
        return false;
    s->lo = (word)base;
    s->hi = (word)base + run->obj_bytes;
    s->known = known;
    s->known_count = count;
    s->kind = GC_UNREFERENCED;
    return true;
}

/* The program knows a debugging object by the address behind its header. */
static size_t header_bytes(ptr_t base)
{
    struct gci_block *run;

    if (gci_heap_object((word)base, &run, NULL) == NULL
        || gci_debug_state(base, run->obj_bytes) == GCI_DEBUG_NONE)
        return 0;
    return sizeof(struct gci_debug_header);
}

GC_API GC_ref_kind GC_CALL GC_get_back_ptr_info(void *dest, void **base, size_t *offset)
{
    struct search s;
    bool ok;

    GCI_LOCK();
    ok = begin(&s, dest, NULL, 0);
    if (ok)
        search_locked(&s, __builtin_frame_address(0)); /* [own-stack] */
    GCI_UNLOCK();
    if (!ok)
        return GC_NO_SPACE;
    if (s.kind == GC_REFD_FROM_ROOT) {
        *base = s.source;
        *offset = 0;
    } else if (s.kind == GC_REFD_FROM_HEAP) {
        size_t header = header_bytes(s.source);

        if (s.offset < header)
            header = 0; /* in the header itself: the place's name */
        *base = s.source + header;
        *offset = s.offset - header;
    }
    return s.kind;
}

/* ---- chains ------------------------------------------------------------------------- */

static void print_chain(void *p, ptr_t own_hot)
{
    ptr_t known[MAX_LEVELS];
    unsigned level = 0;
    struct search s;
    ptr_t base;

    GCI_LOCK();
    base = gci_heap_object((word)p, NULL, NULL);
    GCI_UNLOCK();
    if (base == NULL) {
        gci_print("Address %p is in no object\n", p);
        return;
    }
    gci_debug_print_object("From ", base);
    while (level < MAX_LEVELS) {
        known[level++] = base;
        GCI_LOCK();
        (void)begin(&s, base, known, level);
        search_locked(&s, own_hot);
        GCI_UNLOCK();
        gci_print("Reachable via %u levels of pointers from ", level - 1);
        switch (s.kind) {
        case GC_REFD_FROM_ROOT:
            gci_print("root at %p\n\n", (void *)s.source);
            return;
        case GC_FINALIZER_REFD:
            gci_print("list of finalizable objects\n\n");
            return;
        case GC_REFD_FROM_HEAP:
            gci_print("offset %lu in\n", (unsigned long)s.offset);
            gci_debug_print_object("  ", s.source);
            base = s.source;
            break;
        default:
            gci_print("nowhere: registers or nothing\n\n");
            return;
        }
    }
    gci_print("More than %d levels\n\n", MAX_LEVELS);
}

GC_API void GC_CALL GC_print_backtrace(void *p) { print_chain(p, __builtin_frame_address(0)); }

/* ---- random addresses ------------------------------------------------------------------ */

static word random_word(void)
{
    static volatile word state = 0x2545f491;
    word x = gci_load(&state);

    x ^= x << 13;
    x ^= x >> (GCI_WORD_BITS == 64 ? 7 : 17);
    x ^= x << (GCI_WORD_BITS == 64 ? 17 : 5);
    gci_store(&state, x);
    return x;
}

/* In a committed block; NULL while the heap is empty. */
static void *random_heap_address_locked(void)
{
    while (gci_heap.committed_bytes != 0) {
        word p = gci_heap.lo + random_word() % gci_heap.span;
        const struct gci_block *b = gci_heap_block(p);

        if (b != NULL && b->state != GCI_BLOCK_NONE)
            return (void *)p;
    }
    return NULL;
}

GC_API void *GC_CALL GC_generate_random_heap_address(void)
{
    void *p;

    GCI_LOCK();
    p = random_heap_address_locked();
    GCI_UNLOCK();
    return p;
}

struct pick {
    word countdown;
    ptr_t object;
    size_t bytes;
};

static void count_marked(struct gci_block *run, void *arg)
{
    struct pick *pick = arg;
    word slot;

    for (slot = 0; slot < run->nslots; slot++)
        if (gci_run_marked(run, slot) && pick->countdown-- == 0) {
            pick->object = gci_run_object(run, slot);
            pick->bytes = run->obj_bytes;
        }
}

/* A few tries by address, which favour large objects; else any marked object, counted out. */
static void *random_valid_address_locked(void)
{
    struct pick pick = { ~(word)0, NULL, 0 };
    unsigned tries;

    for (tries = 0; tries < 1000; tries++) {
        void *p = random_heap_address_locked();
        ptr_t base = gci_heap_object((word)p, NULL, NULL);

        if (base != NULL && gci_mark_is_marked(base))
            return p;
    }
    gci_blocks_visit_runs(count_marked, &pick);
    if (pick.countdown == ~(word)0)
        return NULL; /* nothing is marked */
    pick.countdown = random_word() % (~(word)0 - pick.countdown);
    gci_blocks_visit_runs(count_marked, &pick);
    return pick.object == NULL ? NULL : pick.object + random_word() % pick.bytes;
}

GC_API void *GC_CALL GC_generate_random_valid_address(void)
{
    void *p;

    GCI_LOCK();
    p = random_valid_address_locked();
    GCI_UNLOCK();
    return p;
}

static void print_random_chain(void *here)
{
    void *p = GC_generate_random_valid_address();

    if (p == NULL) {
        gci_print("Cannot generate a backtrace: nothing is live\n");
        return;
    }
    gci_print("\n***Chosen address %p in object\n", p);
    print_chain(p, here);
}

GC_API void GC_CALL GC_generate_random_backtrace(void)
{
    if (GC_try_to_collect(gci_never_stop) == 0)
        gci_print("Cannot generate a backtrace: collection is disabled\n");
    else
        print_random_chain(__builtin_frame_address(0));
}

void gci_backptr_report(void)
{
    word i;

    for (i = 0; i < gci_options.print_backtrace; i++)
        print_random_chain(__builtin_frame_address(0));
}
