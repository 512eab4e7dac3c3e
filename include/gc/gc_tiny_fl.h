/* gc_tiny_fl.h - granules, and arrays of free lists that programs keep.
 * SPDX-License-Identifier: MIT
 *
 * [abi] Compiled programs contain these numbers: they never change.
 *
 * A "tiny" free list array has GC_TINY_FREELISTS words; word i heads a list of
 * objects of i granules linked through their first words (list 0 serves requests
 * of size 0 with objects of one granule).  How it is used: gc_inline.h.
 */

#ifndef GC_TINY_FL_H
#define GC_TINY_FL_H

/* The unit of object sizes: two pointers. */
#ifndef GC_GRANULE_BYTES
# define GC_GRANULE_WORDS 2
# if defined(_WIN64) || defined(__LP64__) || defined(_LP64) || defined(__alpha__) \
     || defined(__arch64__) || defined(__powerpc64__) || defined(__s390x__) \
     || (defined(__x86_64__) && !defined(__ILP32__))
#   define GC_GRANULE_BYTES 16
# else
#   define GC_GRANULE_BYTES 8
# endif
#endif

/* Whole granules in n words, rounded down. */
#if GC_GRANULE_WORDS == 2
# define GC_WORDS_TO_GRANULES(n) ((n) >> 1)
#else
# define GC_WORDS_TO_GRANULES(n) ((n) * sizeof(void *) / GC_GRANULE_BYTES)
#endif

/* Lists up to 384 bytes where a granule has 16, up to 256 where it has 8. */
#ifndef GC_TINY_FREELISTS
# if GC_GRANULE_BYTES == 16
#   define GC_TINY_FREELISTS 25
# else
#   define GC_TINY_FREELISTS 33
# endif
#endif

/* Bytes of an object on list i. */
#define GC_RAW_BYTES_FROM_INDEX(i) ((i) * GC_GRANULE_BYTES)

#endif /* GC_TINY_FL_H */
