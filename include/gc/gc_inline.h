/* gc_inline.h - allocation from free lists that the program keeps.
 * SPDX-License-Identifier: MIT
 *
 * For compilers that produce C and for runtimes with threads of their own.  A
 * free list array (gc_tiny_fl.h) belongs to one thread and must be reachable by
 * the collector.  The macros take an object off a list and refill the list by
 * GC_generic_malloc_many.
 *
 * Sizes are raw here: nothing is added for a pointer past the end.  Tidemark
 * needs nothing; a program that may also meet libgc asks for a byte more.
 */

#ifndef GC_INLINE_H
#define GC_INLINE_H

#include "gc.h"
#include "gc_tiny_fl.h"

/* The value is most likely this one. */
#ifndef GC_EXPECT
# if GC_GNUC_PREREQ(3, 0)
#   define GC_EXPECT(expr, outcome) __builtin_expect(expr, outcome)
# else
#   define GC_EXPECT(expr, outcome) (expr)
# endif
#endif

#ifndef GC_ASSERT
# ifdef NDEBUG
#   define GC_ASSERT(expr) ((void)0)
# else
#   include <assert.h>
#   define GC_ASSERT(expr) assert(expr)
# endif
#endif

#ifndef GC_PREFETCH_FOR_WRITE
# if GC_GNUC_PREREQ(3, 0) && !defined(GC_NO_PREFETCH_FOR_WRITE)
#   define GC_PREFETCH_FOR_WRITE(x) __builtin_prefetch((x), 1)
# else
#   define GC_PREFETCH_FOR_WRITE(x) ((void)0)
# endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The kinds of GC_malloc_atomic and GC_malloc.  [abi] */
#define GC_I_PTRFREE 0
#define GC_I_NORMAL 1

/* Store in *result a list of objects of that size (bytes, at most a block) and
 * kind, linked through their first words; all other words of objects of a
 * cleared kind are 0.  *result must be reachable.  NULL is stored if there is no
 * memory.  [allocates]
 */
GC_API void GC_CALL GC_generic_malloc_many(size_t /* bytes */, int /* kind */,
                                           void ** /* result */);

/* GC_malloc for any kind; the second skips the calling thread's caches.
 * [allocates]
 */
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_malloc_kind(size_t /* bytes */, int /* kind */);
#ifdef GC_THREADS
  GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
      GC_malloc_kind_global(size_t /* bytes */, int /* kind */);
#else
# define GC_malloc_kind_global GC_malloc_kind
#endif

/* Log the allocator's list of that kind and size.  [held] */
GC_API void GC_CALL GC_print_free_list(int /* kind */, size_t /* granules */);

/* How a list head is updated; atomic if the program has libatomic_ops. */
#if defined(GC_THREADS) && defined(AO_HAVE_store)
# define GC_FAST_M_AO_STORE(my_fl, next) AO_store((volatile AO_t *)(my_fl), (AO_t)(next))
#else
# define GC_FAST_M_AO_STORE(my_fl, next) ((void)(*(my_fl) = (next)))
#endif

/* Set result to an object of `granules` granules of `kind`.
 *
 * tiny_fl       the free list array; its words begin as 0, or as 1 if num_direct
 *               is not 0
 * num_direct    allocate about that many granules of a size by default_expr
 *               before the first list of that size is made; 0: none.  A list
 *               head from 1 to num_direct + GC_TINY_FREELISTS + 1 is a counter
 *               of them, anything above is an object.
 * default_expr  allocates an object too large for the lists, or a direct one
 * init          statement run when the object came from a list: its first word
 *               still is the link to the next
 *
 * The arguments are evaluated more than once.
 */
#define GC_FAST_MALLOC_GRANS(result, granules, tiny_fl, num_direct, kind, default_expr, init) \
    do { \
        void **gc_i_head; \
        void *gc_i_first; \
        if (GC_EXPECT((size_t)(granules) >= GC_TINY_FREELISTS, 0)) { \
            (result) = (default_expr); \
            break; \
        } \
        gc_i_head = (tiny_fl) + (granules); \
        gc_i_first = *gc_i_head; \
        if (GC_EXPECT((GC_word)gc_i_first <= (GC_word)(num_direct) + GC_TINY_FREELISTS + 1, 0)) { \
            if (gc_i_first != (void *)0 && (GC_word)gc_i_first <= (GC_word)(num_direct)) { \
                GC_FAST_M_AO_STORE(gc_i_head, \
                                   (void *)((GC_word)gc_i_first + (GC_word)(granules) + 1)); \
                (result) = (default_expr); \
                break; \
            } \
            GC_generic_malloc_many((granules) == 0 ? (size_t)GC_GRANULE_BYTES \
                                   : (size_t)GC_RAW_BYTES_FROM_INDEX(granules), \
                                   kind, gc_i_head); \
            gc_i_first = *gc_i_head; \
            if (gc_i_first == (void *)0) { \
                (result) = (*GC_get_oom_fn())((size_t)(granules) * GC_GRANULE_BYTES); \
                break; \
            } \
        } \
        { \
            void *gc_i_rest = *(void **)gc_i_first; \
            (result) = gc_i_first; \
            GC_FAST_M_AO_STORE(gc_i_head, gc_i_rest); \
            init; \
            GC_PREFETCH_FOR_WRITE(gc_i_rest); \
            if ((kind) != GC_I_PTRFREE) { \
                GC_end_stubborn_change(gc_i_head); \
                GC_reachable_here(gc_i_rest); \
            } \
            GC_ASSERT(GC_size(gc_i_first) / GC_GRANULE_BYTES + 1 > (size_t)(granules)); \
            GC_ASSERT((kind) == GC_I_PTRFREE || ((GC_word *)gc_i_first)[1] == 0); \
        } \
    } while (0)

/* Granules that n words take. */
#define GC_WORDS_TO_WHOLE_GRANULES(n) GC_WORDS_TO_GRANULES((n) + GC_GRANULE_WORDS - 1)

/* Set result to an object of n words, not bytes.  result may be NULL afterwards.
 * GC_MALLOC_WORDS also clears the first word.
 */
#define GC_MALLOC_WORDS_KIND(result, n, tiny_fl, kind, init) \
    do { \
        size_t gc_i_grans = GC_WORDS_TO_WHOLE_GRANULES((size_t)(n)); \
        GC_FAST_MALLOC_GRANS(result, gc_i_grans, tiny_fl, 0, kind, \
                             GC_malloc_kind(gc_i_grans * GC_GRANULE_BYTES, kind), init); \
    } while (0)
#define GC_MALLOC_WORDS(result, n, tiny_fl) \
    GC_MALLOC_WORDS_KIND(result, n, tiny_fl, GC_I_NORMAL, *(void **)(result) = (void *)0)
#define GC_MALLOC_ATOMIC_WORDS(result, n, tiny_fl) \
    GC_MALLOC_WORDS_KIND(result, n, tiny_fl, GC_I_PTRFREE, (void)0)

/* An object of two words with these contents. */
#define GC_CONS(result, first, second, tiny_fl) \
    do { \
        void *gc_i_car = (void *)(first); \
        void *gc_i_cdr = (void *)(second); \
        GC_MALLOC_WORDS_KIND(result, 2, tiny_fl, GC_I_NORMAL, (void)0); \
        if ((result) != 0) { \
            *(void **)(result) = gc_i_car; \
            GC_PTR_STORE_AND_DIRTY((void **)(result) + 1, gc_i_cdr); \
            GC_reachable_here(gc_i_car); \
        } \
    } while (0)

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GC_INLINE_H */
