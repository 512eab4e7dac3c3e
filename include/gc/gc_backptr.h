/* gc_backptr.h - what keeps this object alive?
 * SPDX-License-Identifier: MIT
 *
 * For profiling and for hunting leaks, right after GC_gcollect().  Only objects
 * of the debugging allocators (gc.h) remember who pointed to them.
 */

#ifndef GC_BACKPTR_H
#define GC_BACKPTR_H

#include "gc.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    GC_UNREFERENCED,   /* nothing is known */
    GC_NO_SPACE,       /* not a debugging object */
    GC_REFD_FROM_ROOT, /* the root at *base */
    GC_REFD_FROM_REG,  /* a root without address: a register */
    GC_REFD_FROM_HEAP, /* the object *base, at *offset */
    GC_FINALIZER_REFD  /* kept for its finalizer */
} GC_ref_kind;

/* What the collector reached the object by last; dest is any address in it.
 * *base and *offset (bytes) are set for roots, with offset 0, and heap objects.
 */
GC_API GC_ref_kind GC_CALL GC_get_back_ptr_info(void * /* dest */, void ** /* base */,
                                                size_t * /* offset */) GC_ATTR_NONNULL(1);

/* A random address in the heap, and one inside a marked object. */
GC_API void *GC_CALL GC_generate_random_heap_address(void);
GC_API void *GC_CALL GC_generate_random_valid_address(void);

/* Log the chain from an address up to a root; collect first, then do so for a
 * random object.
 */
GC_API void GC_CALL GC_print_backtrace(void * /* address */) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_generate_random_backtrace(void);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GC_BACKPTR_H */
