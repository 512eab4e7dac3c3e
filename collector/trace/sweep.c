/* sweep.c - which slots of a run are free after marking, and which runs are free altogether.
 *
 * Nothing is written into dead objects: a hole is a maximal run of unmarked slots, found by
 * looking at mark bits when an allocating thread needs it. Runs without a marked slot and large
 * objects go back to the free blocks soon after the cycle.
 *
 * [class-lock]  The list of a kind and class, its `unswept` position and the medium classes' current
 *               run belong to whoever holds the class lock; nobody does while the world is stopped.
 * [swept]       Runs before `unswept` were claimed or born since the last marking: unmarked
 *               slots in them may be new objects. Only runs from `unswept` on may be swept.
 *
 * [settled]     heap.h. A run is settled once after each marking, by the walk over all runs or by who
 *               claims it first: procedures of dead objects are called, dead slots of odd kinds cleared,
 *               live bits taken over from the mark bits. From then on marks may change.
 * [odd-zero]    alloc/slow.c. No marking begins before every run is settled.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/hooks.h"
#include "private/trace.h"

#include <string.h>

struct gci_class_runs *gci_runs[GCI_MAX_KINDS];
struct gci_lock gci_sweep_need_lock = GCI_LOCK_INITIALIZER;
static size_t reclaimed_bytes;
struct gci_live gci_live;

bool gci_sweep_need_kind(unsigned kind)
{
    struct gci_class_runs *runs;
    unsigned cls;

    if (gci_likely(gci_sweep_runs(kind) != NULL))
        return true;
    gci_lock_acquire(&gci_sweep_need_lock);
    if (gci_runs[kind] == NULL
        && (runs = gci_meta_alloc((gci_class_count + 1) * sizeof *runs)) != NULL) {
        struct gci_lock fresh = GCI_LOCK_INITIALIZER;

        for (cls = 0; cls <= gci_class_count; cls++)
            runs[cls].lock = fresh;
        gci_store_release((volatile word *)(void *)&gci_runs[kind], (word)runs);
    }
    gci_lock_release(&gci_sweep_need_lock);
    return gci_runs[kind] != NULL;
}

/* ---- lists ------------------------------------------------------------------------ */

void gci_sweep_add_run(struct gci_class_runs *runs, struct gci_block *run)
{
    run->prev = NULL;
    run->next = runs->first;
    if (run->next != NULL)
        run->next->prev = run;
    else
        runs->last = run;
    runs->first = run; /* before `unswept` [swept] */
}

void gci_sweep_remove_run(struct gci_class_runs *runs, struct gci_block *run)
{
    if (runs->unswept == run)
        runs->unswept = run->next;
    if (runs->sweep_at == run)
        runs->sweep_at = run->next;
    if (run->next != NULL)
        run->next->prev = run->prev;
    else
        runs->last = run->prev;
    if (run->prev != NULL)
        run->prev->next = run->next;
    else
        runs->first = run->next;
}

/* ---- one run ---------------------------------------------------------------------- */

/* Not the builtin: without a machine flag that is a call (Wilkes, Wheeler, Gill 1957). */
static word ones(uint64_t w)
{
    w -= w >> 1 & 0x5555555555555555u;
    w = (w & 0x3333333333333333u) + (w >> 2 & 0x3333333333333333u);
    w = (w + (w >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (word)(w * 0x0101010101010101u >> 56);
}

static word count_slots(const struct gci_block *run, const word *set)
{
    word i, n = 0;

    for (i = 0; i < gci_run_mark_words(run); i++)
        n += ones(gci_load(&set[i]));
    return n;
}

/* First slot at or after `from` whose bit in the set is `value`; nslots if there is none. */
GCI_INLINE word find_slot(const struct gci_block *run, const word *set, word from, bool value)
{
    word i = from / GCI_WORD_BITS, flip = value ? 0 : ~(word)0, bits;

    if (from >= run->nslots)
        return run->nslots;
    bits = (gci_load(&set[i]) ^ flip) & (~(word)0 << (from % GCI_WORD_BITS));
    while (bits == 0) {
        if (++i >= gci_run_mark_words(run))
            return run->nslots;
        bits = gci_load(&set[i]) ^ flip;
    }
    from = i * GCI_WORD_BITS + (word)__builtin_ctzll(bits);
    return from < run->nslots ? from : run->nslots;
}

bool gci_sweep_find_hole(const struct gci_block *run, word limit, word *first_slot, word *end_slot)
{
    const word *lives = gci_run_lives(run);
    word end;

    *first_slot = find_slot(run, lives, *first_slot, false);
    if (*first_slot >= limit)
        return false;
    end = find_slot(run, lives, *first_slot, true);
    *end_slot = end < limit ? end : limit;
    return true;
}

/* [odd-zero] in alloc/slow.c: disclaim kinds are odd, so a slot that reads as zero was never used,
   was freed, or was told of already. A large run is in use or does not exist. */
static bool is_object(const struct gci_block *run, const ptr_t p)
{
    const word *w = (const word *)(void *)p, *end = (const word *)(void *)(p + run->obj_bytes);

    if (gci_run_is_large(run))
        return true;
    while (w < end)
        if (*w++ != 0)
            return true;
    return false;
}

/* Calls the kind's disclaim procedure for every object that is about to go. */
static void announce_dead(struct gci_block *run)
{
    const struct gci_kind *kind = &gci_kinds[run->kind];
    const word *marks = gci_run_marks(run);
    word slot;

    if (kind->disclaim == NULL)
        return;
    for (slot = find_slot(run, marks, 0, false); slot < run->nslots;
         slot = find_slot(run, marks, slot + 1, false)) {
        ptr_t p = gci_run_object(run, slot);

        if (!is_object(run, p))
            continue;
        if (kind->disclaim(p) != 0)
            gci_mark_set_bit(p);
        else
            memset(p, 0, gci_run_is_large(run) ? GCI_GRANULE_BYTES : run->obj_bytes);
    }
}

/* [odd-zero] in alloc/slow.c. Uncollectable ones were zeroed when they were freed. */
static void clear_dead(struct gci_block *run)
{
    const word *marks = gci_run_marks(run);
    word slot, end;

    for (slot = find_slot(run, marks, 0, false); slot < run->nslots;
         slot = find_slot(run, marks, end, false)) {
        end = find_slot(run, marks, slot, true);
        memset(gci_run_object(run, slot), 0, (end - slot) * run->obj_bytes);
    }
}

/* What the sweep after a concurrent marking finds live, by several threads. */
static bool counting;
static volatile word counted_bytes, counted_composite_bytes, counted_saved_bytes;

static void count(const struct gci_block *run)
{
    size_t slots = count_slots(run, gci_run_marks(run)), bytes = slots * run->obj_bytes;

    (void)gci_fetch_add(&counted_bytes, bytes);
    if (run->descr != 0) {
        (void)gci_fetch_add(&counted_composite_bytes, bytes);
        (void)gci_fetch_add(&counted_saved_bytes, GCI_PEEK(run->exact) ? slots * GCI_GRANULE_BYTES : 0);
    }
}

/* [settled] Class lock held. A run without objects is left as it is where it `dies_empty`: its blocks
   are cleared before they are a run of an odd kind again. */
static void settle(struct gci_block *run, bool dies_empty)
{
    const struct gci_kind *kind = &gci_kinds[run->kind];

    if (gci_run_settled(run))
        return;
    announce_dead(run);
    /* Or the verifier would find stale pointers in what a false pointer brought back: freednote.c. */
    if ((kind->odd || (gci_options.verify && gci_lives_offset != 0)) && kind->disclaim == NULL
        && !gci_run_is_large(run)
        && !(dies_empty && find_slot(run, gci_run_marks(run), 0, true) >= run->nslots))
        clear_dead(run);
    if (counting)
        count(run);
    if (gci_lives_offset != 0)
        memcpy(gci_run_lives(run), gci_run_marks(run), gci_run_mark_words(run) * sizeof(word));
    GCI_WRITE(run->flags, (uint8_t)(run->flags & ~(GCI_BLOCKF_SWEPT | GCI_BLOCKF_QUICK)));
    __atomic_store_n(&run->sweep_epoch, gci_sweep_epoch, __ATOMIC_RELEASE);
}

static void set_swept(struct gci_block *run)
{
    GCI_WRITE(run->flags, run->flags | gci_run_swept_flags(run->kind, run->cls));
}

static void free_run(struct gci_class_runs *runs, struct gci_block *run)
{
    size_t n = run->run_blocks;

    gci_sweep_remove_run(runs, run);
    gci_lock_acquire(&gci_heap.lock);
    gci_blocks_give_locked(run, run->start, n);
    gci_lock_release(&gci_heap.lock);
}

struct gci_block *gci_sweep_claim_locked(struct gci_class_runs *runs)
{
    struct gci_block *run;

    while ((run = runs->unswept) != NULL) {
        runs->unswept = run->next;
        settle(run, false);
        if (find_slot(run, gci_run_lives(run), 0, false) >= run->nslots) {
            GCI_WRITE(run->cursor, run->nslots);
            set_swept(run); /* gci_sweep_all must not go on from here [swept] */
            continue;
        }
        GCI_WRITE(run->cursor, 0);
        set_swept(run);
        gci_blocks_set_zero_from(run, (size_t)run->run_blocks << GCI_BLOCK_SHIFT); /* none */
        return run;
    }
    return NULL;
}

static void count_live(struct gci_block *run, void *arg GCI_UNUSED)
{
    size_t slots = count_slots(run, gci_run_marks(run)), bytes = slots * run->obj_bytes;

    gci_live.bytes += bytes;
    if (run->descr != 0) {
        gci_live.composite_bytes += bytes;
        gci_live.saved_bytes += run->exact ? slots * GCI_GRANULE_BYTES : 0;
    }
}

void gci_sweep_count_live_stopped(void)
{
    gci_live = (struct gci_live){ 0, 0, 0 };
    gci_blocks_visit_runs(count_live, NULL);
}

/* ---- the whole heap ------------------------------------------------------------------ */

/* Where the walk over all runs goes on. */
static struct {
    unsigned kind, cls;
} walk;

static void walk_from_start(void)
{
    unsigned kind, cls;

    walk.kind = walk.cls = 0;
    for (kind = 0; kind < gci_kind_count; kind++)
        for (cls = 0; gci_runs[kind] != NULL && cls <= gci_class_count; cls++)
            gci_runs[kind][cls].sweep_at = NULL;
}

/* What is left of a class's last hole, if nobody has written there: the blocks are as good as never used
   when the run is free. */
static void note_untouched(const struct gci_class_runs *runs)
{
    struct gci_block *run = runs->current;

    if (runs->hole_zero && runs->hole_end == run->nslots)
        gci_blocks_set_zero_from(run, run->cursor * run->obj_bytes);
}

/* Every owner is forgotten; the sweep begins with the first run, or not at all. */
static void restart(bool sweep)
{
    unsigned kind, cls;

    for (kind = 0; kind < gci_kind_count; kind++)
        for (cls = 0; gci_runs[kind] != NULL && cls <= gci_class_count; cls++) {
            struct gci_class_runs *runs = &gci_runs[kind][cls];

            runs->unswept = sweep ? runs->first : NULL;
            if (runs->current != NULL) {
                note_untouched(runs);
                runs->current = NULL;
            }
        }
    walk_from_start();
    gci_sweep_epoch = (uint8_t)(gci_sweep_epoch + sweep); /* [settled] no run is */
    gci_hooks.epoch_changed_stopped();
    reclaimed_bytes = 0;
}

void gci_sweep_restart_stopped(void)
{
    restart(true);
}

/* Bits are clear that belong to live objects: none may be taken for dead. */
void gci_sweep_forbid_stopped(void)
{
    restart(false);
}

void gci_sweep_count_live_later_stopped(void)
{
    counted_bytes = counted_composite_bytes = counted_saved_bytes = 0;
    counting = true;
}

void gci_sweep_take_count(void)
{
    if (counting) {
        GCI_WRITE(gci_live.bytes, (size_t)gci_load(&counted_bytes));
        GCI_WRITE(gci_live.composite_bytes, (size_t)gci_load(&counted_composite_bytes));
        GCI_WRITE(gci_live.saved_bytes, (size_t)gci_load(&counted_saved_bytes));
    }
    counting = false;
}

/* The next runs of the class under one holding of its lock, so that an allocating thread waits for
   some runs, not for all. Returns the first one not looked at, NULL at the end. */
typedef struct gci_block *(*batch_fn)(struct gci_class_runs *runs, struct gci_block *run,
                                      unsigned runs_at_once);
#define RUNS_AT_ONCE 64u

/* Of one class, from sweep_at or, without one, from the start on; false: paused. */
static bool walk_class(struct gci_class_runs *runs, batch_fn batch, bool from_first,
                       bool (*pause)(void))
{
    struct gci_thread *self = gci_self();
    struct gci_block *run;

    do {
        if (pause != NULL && pause())
            return false;
        if (self != NULL)
            gci_nostop_enter(self);
        gci_lock_acquire(&runs->lock);
        run = runs->sweep_at;
        if (from_first) {
            run = run == NULL ? runs->first : run;
        } else if (run == NULL || gci_run_is_swept(run)) {
            run = runs->unswept; /* allocation overtook */
        }
        run = batch(runs, run, RUNS_AT_ONCE);
        runs->sweep_at = run;
        gci_lock_release(&runs->lock);
        if (self != NULL)
            gci_nostop_leave(self);
    } while (run != NULL);
    return true;
}

static bool walk_all(batch_fn batch, bool from_first, bool (*pause)(void))
{
    struct gci_class_runs *runs;

    for (; walk.kind < GCI_READ(gci_kind_count); walk.kind++, walk.cls = 0)
        for (runs = gci_sweep_runs(walk.kind); runs != NULL && walk.cls <= gci_class_count; walk.cls++)
            if (!walk_class(&runs[walk.cls], batch, from_first, pause))
                return false;
    return true;
}

static struct gci_block *sweep_batch(struct gci_class_runs *runs, struct gci_block *run,
                                     unsigned runs_at_once)
{
    struct gci_block *next;

    for (; run != NULL && runs_at_once-- > 0; run = next) {
        bool doomed = (run->flags & GCI_BLOCKF_DOOMED) != 0;

        next = run->next;
        if (!doomed)
            settle(run, true);
        if (doomed || count_slots(run, gci_run_lives(run)) == 0) {
            GCI_WRITE(reclaimed_bytes, reclaimed_bytes + ((size_t)run->run_blocks << GCI_BLOCK_SHIFT));
            free_run(runs, run);
        }
    }
    return run;
}

bool gci_sweep_go_on(bool (*pause)(void))
{
    return walk_all(sweep_batch, false, pause);
}

void gci_sweep_all(void)
{
    (void)gci_sweep_go_on(NULL);
}

/* Marks are nobody's between sweep and marking [lives]. */
static struct gci_block *clear_batch(struct gci_class_runs *runs GCI_UNUSED, struct gci_block *run,
                                     unsigned runs_at_once)
{
    if (run != NULL && (GCI_PEEK(run->flags) & GCI_BLOCKF_UNCOLLECTABLE) != 0)
        return NULL;
    for (; run != NULL && runs_at_once-- > 0; run = run->next)
        memset(gci_run_marks(run), 0, gci_run_mark_words(run) * sizeof(word));
    return run;
}

static bool clearing;

bool gci_sweep_is_clearing(void)
{
    return __atomic_load_n(&clearing, __ATOMIC_RELAXED);
}

void gci_sweep_end_clearing(void)
{
    __atomic_store_n(&clearing, false, __ATOMIC_RELAXED);
}

void gci_sweep_begin_clearing(void)
{
    __atomic_store_n(&clearing, true, __ATOMIC_RELAXED);
    walk_from_start();
}

bool gci_sweep_clear_marks(bool (*pause)(void))
{
    return walk_all(clear_batch, true, pause);
}

size_t gci_sweep_reclaimed_bytes(void)
{
    return GCI_READ(reclaimed_bytes);
}
