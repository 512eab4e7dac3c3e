/* debug_finalize.c - finalizers of debugging objects.
 *
 * The program knows an object by the address behind the header, the table by that of the header.
 * A closure in the heap, the client data of the real registration, holds the program's procedure
 * and data. Real registrations: finalize.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/extras.h"

struct closure {
    GC_finalization_proc fn;
    void *cd;
};

typedef void(GC_CALL *registrar)(void *, GC_finalization_proc, void *, GC_finalization_proc *,
                                 void **);

static void GC_CALLBACK run_closure(void *base, void *data)
{
    const struct closure *c = data;

    c->fn((ptr_t)base + sizeof(struct gci_debug_header), c->cd);
}

static void tell_old(void *obj, GC_finalization_proc old_fn, void *old_cd,
                     GC_finalization_proc *ofn, void **ocd)
{
    const struct closure *old = NULL;

    if (old_fn == run_closure)
        old = old_cd;
    else if (old_fn != NULL)
        gci_print("Debuggable object at %p had a non-debug finalizer\n", obj);
    if (ofn != NULL)
        *ofn = old != NULL ? old->fn : NULL;
    if (ocd != NULL)
        *ocd = old != NULL ? old->cd : NULL;
}

static void enroll(const char *function, registrar do_register, void *obj,
                   GC_finalization_proc fn, void *cd, GC_finalization_proc *ofn, void **ocd)
{
    GC_finalization_proc old_fn = run_closure; /* unchanged when there is no memory */
    void *old_cd = NULL;
    struct closure *c = NULL;
    ptr_t base = gci_heap_object((word)obj, NULL, NULL);

    if (base == NULL) {
        tell_old(obj, NULL, NULL, ofn, ocd);
        return;
    }
    if ((ptr_t)obj - base != (ptrdiff_t)sizeof(struct gci_debug_header))
        gci_warn_text("%s called with non-base-pointer %p", function, obj);
    if (GC_find_leak)
        return;
    if (fn != NULL) {
        c = GC_malloc(sizeof *c);
        if (c == NULL)
            return;
        c->fn = fn;
        c->cd = cd;
        GC_end_stubborn_change(c);
    }
    do_register(base, fn != NULL ? run_closure : NULL, c, &old_fn, &old_cd);
    if (old_fn != run_closure || old_cd != NULL)
        tell_old(obj, old_fn, old_cd, ofn, ocd);
    GC_reachable_here(cd);
}

GC_API void GC_CALL GC_debug_register_finalizer(void *obj, GC_finalization_proc fn, void *cd,
                                                GC_finalization_proc *ofn, void **ocd)
{
    enroll("GC_debug_register_finalizer", GC_register_finalizer, obj, fn, cd, ofn, ocd);
}

GC_API void GC_CALL GC_debug_register_finalizer_ignore_self(void *obj, GC_finalization_proc fn,
                                                            void *cd, GC_finalization_proc *ofn,
                                                            void **ocd)
{
    enroll("GC_debug_register_finalizer_ignore_self", GC_register_finalizer_ignore_self, obj, fn,
           cd, ofn, ocd);
}

GC_API void GC_CALL GC_debug_register_finalizer_no_order(void *obj, GC_finalization_proc fn,
                                                         void *cd, GC_finalization_proc *ofn,
                                                         void **ocd)
{
    enroll("GC_debug_register_finalizer_no_order", GC_register_finalizer_no_order, obj, fn, cd,
           ofn, ocd);
}

GC_API void GC_CALL GC_debug_register_finalizer_unreachable(void *obj, GC_finalization_proc fn,
                                                            void *cd, GC_finalization_proc *ofn,
                                                            void **ocd)
{
    enroll("GC_debug_register_finalizer_unreachable", GC_register_finalizer_unreachable, obj, fn,
           cd, ofn, ocd);
}
