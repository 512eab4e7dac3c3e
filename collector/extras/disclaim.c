/* disclaim.c - kinds whose objects have a procedure called before they are reclaimed.
 *
 * The call is the sweep's (trace/sweep.c); here are the registration, the marking of what such
 * objects refer to, and GC_finalized_malloc, whose kind has a closure in each object's first word.
 *
 * [closure]  The first word of a finalized object is its closure's address with the lowest bit
 *            set. A slot that is no object reads as zero.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/extras.h"
#include "private/hooks.h"
#include "gc/gc_disclaim.h"
#include "gc/gc_inline.h"

#define CLOSURE_BIT ((word)1)

static unsigned finalized_kind; /* 0: not made yet */

static void register_locked(int kind, GC_disclaim_proc proc, int mark_from_all)
{
    if (kind < 0 || (unsigned)kind >= gci_kind_count)
        gci_abort("GC_register_disclaim_proc: %d is not a kind", kind);
    if (GCI_LAUNDERED(proc) == NULL)
        gci_abort("GC_register_disclaim_proc: the procedure for kind %d is NULL", kind);
    if (GC_find_leak)
        return;
    gci_kinds[kind].disclaim = proc;
    gci_kinds[kind].mark_from_all = mark_from_all != 0;
    gci_kinds[kind].odd = true; /* slots that are no objects read as zero: the sweep can tell */
    gci_free_set_epoch();
}

GC_API void GC_CALL GC_register_disclaim_proc(int kind, GC_disclaim_proc proc, int mark_from_all)
{
    GCI_LOCK();
    register_locked(kind, proc, mark_from_all);
    GCI_UNLOCK();
}

static int GC_CALLBACK run_closure(void *obj)
{
    word first = *(word *)obj;
    const struct GC_finalizer_closure *closure;

    if ((first & CLOSURE_BIT) == 0)
        return 0;
    closure = (const struct GC_finalizer_closure *)(first & ~CLOSURE_BIT);
    *(word *)obj = 0; /* [closure] never twice */
    closure->proc((word *)obj + 1, closure->cd);
    return 0;
}

GC_API void GC_CALL GC_init_finalized_malloc(void)
{
    gci_ensure_init();
    GC_register_displacement(sizeof(word)); /* the object, as the program sees it */
    GC_register_displacement(CLOSURE_BIT);  /* the closure, as the object holds it */
    GCI_LOCK();
    if (finalized_kind == 0) {
        unsigned kind = GC_new_kind_inner(GC_new_free_list_inner(), GC_DS_LENGTH, 1, 1);

        register_locked((int)kind, run_closure, 1);
        finalized_kind = kind;
    }
    GCI_UNLOCK();
}

GC_API void *GC_CALL GC_finalized_malloc(size_t bytes, const struct GC_finalizer_closure *closure)
{
    word *obj;

    if (finalized_kind == 0)
        gci_abort("GC_finalized_malloc: GC_init_finalized_malloc was not called");
    if (((word)closure & CLOSURE_BIT) != 0)
        gci_abort("GC_finalized_malloc: the closure at %p is not aligned", (const void *)closure);
    if (bytes > SIZE_MAX / 2)
        return gci_alloc_oom(bytes);
    obj = GC_malloc_kind(bytes + sizeof(word), (int)finalized_kind);
    if (obj == NULL)
        return NULL;
    gci_store_release(obj, (word)closure | CLOSURE_BIT);
    GC_end_stubborn_change(obj);
    GC_reachable_here(closure);
    return obj + 1;
}

/* ---- in a cycle -------------------------------------------------------------------- */

static void push_unmarked(struct gci_block *run, void *arg GCI_UNUSED)
{
    /* Slots that are no objects read as zero [odd-zero]: nothing follows from them. */
    if (gci_kinds[run->kind].mark_from_all)
        gci_mark_push_run_contents(run, false);
}

void gci_disclaim_mark_stopped(void)
{
    unsigned kind;

    for (kind = 0; kind < gci_kind_count; kind++)
        if (gci_kinds[kind].disclaim != NULL && gci_kinds[kind].mark_from_all)
            break;
    if (kind == gci_kind_count)
        return;
    gci_blocks_visit_runs(push_unmarked, NULL);
    gci_mark_drain();
}
