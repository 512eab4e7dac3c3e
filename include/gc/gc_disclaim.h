/* gc_disclaim.h - a procedure called when an object is about to be reclaimed.
 * SPDX-License-Identifier: MIT
 *
 * Cheaper than finalizers (gc.h) for objects that all have a clean-up, since
 * nothing is registered object by object.
 */

#ifndef GC_DISCLAIM_H
#define GC_DISCLAIM_H

#include "gc.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Called under the lock for an unreachable object.  Nonzero: keep the object in
 * this collection; otherwise it must not become reachable again.
 */
typedef int (GC_CALLBACK *GC_disclaim_proc)(void * /* obj */);

/* Call the procedure for each object of that kind before it is reclaimed.  With
 * mark_from_all, all that such an object reaches outlives it, so that a chain
 * of n of them takes n collections.  GC_free does not call it, and it is not
 * called for an object of which every byte is zero: that is what free memory
 * looks like.  Nothing happens in leak-finding mode.  [lock]
 */
GC_API void GC_CALL GC_register_disclaim_proc(int /* kind */, GC_disclaim_proc,
                                              int /* mark_from_all */) GC_ATTR_NONNULL(2);

/* The clean-up of an object: proc(object, cd). */
struct GC_finalizer_closure {
    GC_finalization_proc proc;
    void *cd;
};

/* Must come before GC_finalized_malloc.  Any thread, any number of times. [lock] */
GC_API void GC_CALL GC_init_finalized_malloc(void);

/* An object as of GC_malloc with that clean-up, which runs, under the lock, as
 * it is reclaimed; the closure and all the object points to are alive then.  The
 * object starts one word after GC_base of it.  [allocates]
 */
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_finalized_malloc(size_t /* bytes */, const struct GC_finalizer_closure *)
    GC_ATTR_NONNULL(2);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GC_DISCLAIM_H */
