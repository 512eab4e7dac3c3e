/* gc_fast.h - the allocator's own fast path, inlined into the program.
 * SPDX-License-Identifier: MIT
 *
 * Tidemark only: a program compiled with this header does not start with libgc.
 *
 * GC_fast_malloc and GC_fast_malloc_atomic do what GC_malloc and
 * GC_malloc_atomic do, in every thread, with every size; an object of either is
 * like any other.  Up to GC_FAST_MAX_BYTES they take the next slot of the calling
 * thread's hole by a few instructions of the program's own; anything else is a
 * call.  Worth it where sizes are constants and allocation is hot.  Where the
 * compiler or the system lacks what is needed (GC_FAST_INLINE is undefined) they
 * are calls always.
 *
 * [abi] Compiled programs contain the layout of the structures below: it never
 * changes.  Programs do not touch them.
 */

#ifndef GC_FAST_H
#define GC_FAST_H

#include "gc.h"
#include "gc_tiny_fl.h"

#if GC_GNUC_PREREQ(4, 0) && defined(__ELF__) && !defined(__OpenBSD__) && !defined(__ANDROID__) \
    && (defined(__cplusplus) || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L))
# define GC_FAST_INLINE
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Largest size that is ever served inline. */
#define GC_FAST_GRANULES 32
#define GC_FAST_MAX_BYTES (GC_FAST_GRANULES * GC_GRANULE_BYTES)

/* What the inline part calls when it has no slot: an object of kind 0
 * (pointer-free) or 1, as by GC_malloc_kind.  [allocates]
 */
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL GC_fast_miss(size_t /* bytes */,
                                                                       int /* kind */);

#ifdef GC_FAST_INLINE

/* Cleared slots that belong to one thread: [bump, end).  The collector, with the thread stopped
 * anywhere, may set both to NULL: bump must be read before end, and each read anew.  */
struct GC_fast_hole {
    char *volatile bump;
    char *volatile end;
    volatile size_t slot_bytes;
    volatile unsigned max_bytes; /* larger requests are no business of this hole */
};

/* By kind and granules, rounded up. */
struct GC_fast_table {
    struct GC_fast_hole *hole[2][GC_FAST_GRANULES + 1];
};

/* The calling thread's; of a thread the collector does not know a table of empty holes. */
__extension__ extern __thread const struct GC_fast_table *GC_fast_holes
    __attribute__((__tls_model__("initial-exec"), __visibility__("default")));

__attribute__((__always_inline__, __malloc__)) GC_ATTR_ALLOC_SIZE(1)
static __inline__ void *GC_fast_malloc_kind(size_t bytes, int kind)
{
    if (bytes <= GC_FAST_MAX_BYTES) {
        struct GC_fast_hole *hole
            = GC_fast_holes->hole[kind][(bytes + GC_GRANULE_BYTES - 1) / GC_GRANULE_BYTES];
        char *object = hole->bump;
        char *next = object + hole->slot_bytes;

        /* The object's own address stays somewhere the collector looks, whatever the compiler
           makes of next. */
        __asm__ __volatile__("" : "+r"(next) : "r"(object));
        if (__builtin_expect((GC_word)next <= (GC_word)hole->end && bytes <= hole->max_bytes, 1)) {
            hole->bump = next;
            return object;
        }
    }
    return GC_fast_miss(bytes, kind);
}

#else
# define GC_fast_malloc_kind(bytes, kind) GC_fast_miss(bytes, kind)
#endif /* GC_FAST_INLINE */

/* The kind is a constant: 0 or 1. */
#define GC_fast_malloc(bytes) GC_fast_malloc_kind(bytes, 1)
#define GC_fast_malloc_atomic(bytes) GC_fast_malloc_kind(bytes, 0)

/* As GC_MALLOC and GC_NEW: with GC_DEBUG the debugging allocator. */
#ifdef GC_DEBUG
# define GC_FAST_MALLOC(bytes) GC_MALLOC(bytes)
# define GC_FAST_MALLOC_ATOMIC(bytes) GC_MALLOC_ATOMIC(bytes)
#else
# define GC_FAST_MALLOC(bytes) GC_fast_malloc(bytes)
# define GC_FAST_MALLOC_ATOMIC(bytes) GC_fast_malloc_atomic(bytes)
#endif
#define GC_FAST_NEW(type) ((type *)GC_FAST_MALLOC(sizeof(type)))
#define GC_FAST_NEW_ATOMIC(type) ((type *)GC_FAST_MALLOC_ATOMIC(sizeof(type)))

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GC_FAST_H */
