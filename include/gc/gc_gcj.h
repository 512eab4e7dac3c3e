/* gc_gcj.h - objects whose first word points to a vtable with their descriptor.
 * SPDX-License-Identifier: MIT
 *
 * Made for Java compilers, good for any runtime that builds objects so.  The
 * mark descriptor (gc_mark.h) is in the vtable, at an offset which is not 0 and
 * inside the smallest object, so that objects on free lists can be marked.
 */

#ifndef GC_GCJ_H
#define GC_GCJ_H

#include "gc.h"
#include "gc_mark.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes from the start of the vtable to the descriptor, unless the program says
 * otherwise.
 */
#define GC_GCJ_MARK_DESCR_OFFSET sizeof(GC_word)

/* Must come before the allocators below.  mp_index and mp are the number (usually
 * GC_GCJ_RESERVED_MARK_PROC_INDEX) and address of the mark procedure; it also
 * serves every object of the debugging form, with an env of 1.  A second call
 * does nothing.  In the older function mp is a procedure made a void pointer.
 * [lock]  (_mp: since 8.3)
 */
GC_API void GC_CALL GC_init_gcj_malloc(int /* mp_index */, void * /* mp */);
GC_API void GC_CALL GC_init_gcj_malloc_mp(unsigned /* mp_index */, GC_mark_proc /* mp */,
                                          size_t /* descr_offset_bytes */);

/* A cleared object with the vtable in its first word; the last with the promise
 * of GC_malloc_ignore_off_page.  Never seen by the collector without its vtable.
 * [allocates]
 */
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_gcj_malloc(size_t /* bytes */, void * /* vtable */);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_debug_gcj_malloc(size_t /* bytes */, void * /* vtable */, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_gcj_malloc_ignore_off_page(size_t /* bytes */, void * /* vtable */);

/* The kinds of such objects, for reports. */
GC_API int GC_gcj_kind;
GC_API int GC_gcj_debug_kind;

#ifdef GC_DEBUG
# define GC_GCJ_MALLOC(s, d) GC_debug_gcj_malloc(s, d, GC_EXTRAS)
# define GC_GCJ_MALLOC_IGNORE_OFF_PAGE(s, d) GC_debug_gcj_malloc(s, d, GC_EXTRAS)
#else
# define GC_GCJ_MALLOC(s, d) GC_gcj_malloc(s, d)
# define GC_GCJ_MALLOC_IGNORE_OFF_PAGE(s, d) GC_gcj_malloc_ignore_off_page(s, d)
#endif

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GC_GCJ_H */
