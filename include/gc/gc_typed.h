/* gc_typed.h - objects whose pointers are where a bitmap says.
 * SPDX-License-Identifier: MIT
 *
 * Worth the trouble only for many objects with few pointers or with words that
 * look like pointers.  A descriptor is made once for each type:
 *
 *     GC_word map[GC_BITMAP_SIZE(struct node)] = {0};
 *     GC_set_bit(map, GC_WORD_OFFSET(struct node, next));
 *     node_descr = GC_make_descriptor(map, GC_WORD_LEN(struct node));
 */

#ifndef GC_TYPED_H
#define GC_TYPED_H

#include "gc.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bit 0 of word 0 stands for the first word of the object. */
typedef GC_word *GC_bitmap;
#define GC_WORDSZ (8 * sizeof(GC_word))
#define GC_get_bit(bm, index) (((bm)[(index) / GC_WORDSZ] >> ((index) % GC_WORDSZ)) & 1)
#define GC_set_bit(bm, index) \
        ((bm)[(index) / GC_WORDSZ] |= (GC_word)1 << ((index) % GC_WORDSZ))

/* Where a field is, how long a type is (words), how long its bitmap (words). */
#define GC_WORD_OFFSET(t, f) (offsetof(t, f) / sizeof(GC_word))
#define GC_WORD_LEN(t) (sizeof(t) / sizeof(GC_word))
#define GC_BITMAP_SIZE(t) ((GC_WORD_LEN(t) + GC_WORDSZ - 1) / GC_WORDSZ)

typedef GC_word GC_descr;

/* The descriptor of objects of at least that many words, with no pointers beyond
 * them.  Takes memory that is never returned; when there is none, a descriptor
 * that searches more.  [allocates]
 */
GC_API GC_descr GC_CALL GC_make_descriptor(const GC_word * /* bitmap */, size_t /* words */);

/* A cleared object with that layout, no shorter than the descriptor's words.  It
 * must not be given to GC_realloc.  [allocates]
 */
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_malloc_explicitly_typed(size_t /* bytes */, GC_descr);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_malloc_explicitly_typed_ignore_off_page(size_t /* bytes */, GC_descr);

/* A cleared array of n elements with that layout each.  The size of an element
 * is a multiple of the alignment of pointers.  [allocates]
 */
GC_API GC_ATTR_MALLOC GC_ATTR_CALLOC_SIZE(1, 2) void *GC_CALL
    GC_calloc_explicitly_typed(size_t /* n */, size_t /* element_bytes */, GC_descr);

/* The same in two steps, so that many arrays of one shape are quick to make: 1
 * if the first succeeded, 0 for lack of memory.  The structure is the program's,
 * it keeps it reachable if it is to be used later, and both steps get its size.
 * (since 8.3)
 */
#define GC_CALLOC_TYPED_DESCR_WORDS 8
#ifdef GC_BUILD
  struct GC_calloc_typed_descr_s;
#else
  struct GC_calloc_typed_descr_s {
      GC_word opaque[GC_CALLOC_TYPED_DESCR_WORDS];
  };
#endif
GC_API int GC_CALL GC_calloc_prepare_explicitly_typed(struct GC_calloc_typed_descr_s *,
                                                      size_t /* struct_bytes */, size_t /* n */,
                                                      size_t /* element_bytes */, GC_descr);
GC_API GC_ATTR_MALLOC void *GC_CALL
    GC_calloc_do_explicitly_typed(const struct GC_calloc_typed_descr_s *,
                                  size_t /* struct_bytes */);

/* There is no debugging form: under GC_DEBUG objects are searched whole. */
#ifdef GC_DEBUG
# define GC_MALLOC_EXPLICITLY_TYPED(bytes, d) ((void)(d), GC_MALLOC(bytes))
# define GC_MALLOC_EXPLICITLY_TYPED_IGNORE_OFF_PAGE(bytes, d) GC_MALLOC_EXPLICITLY_TYPED(bytes, d)
# define GC_CALLOC_EXPLICITLY_TYPED(n, bytes, d) \
        ((void)(d), GC_MALLOC((size_t)(n) != 0 && (size_t)-1 / (size_t)(n) < (size_t)(bytes) \
                              ? (size_t)-1 : (size_t)(n) * (size_t)(bytes)))
#else
# define GC_MALLOC_EXPLICITLY_TYPED(bytes, d) GC_malloc_explicitly_typed(bytes, d)
# define GC_MALLOC_EXPLICITLY_TYPED_IGNORE_OFF_PAGE(bytes, d) \
        GC_malloc_explicitly_typed_ignore_off_page(bytes, d)
# define GC_CALLOC_EXPLICITLY_TYPED(n, bytes, d) GC_calloc_explicitly_typed(n, bytes, d)
#endif

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GC_TYPED_H */
