/* gc_mark.h - object kinds, mark descriptors and mark procedures.
 * SPDX-License-Identifier: MIT
 *
 * For runtimes that know the layout of their objects.  A mistake here makes the
 * collector reclaim live objects.  The words in brackets: see gc.h.
 */

#ifndef GC_MARK_H
#define GC_MARK_H

#include "gc.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ==== Mark procedures ==== */

/* An entry of the mark stack; opaque. */
#if defined(GC_BUILD) || defined(NOT_GCBUILD)
  struct GC_ms_entry;
#else
  struct GC_ms_entry {
      void *opaque;
  };
#endif

/* Called to find the pointers in the object at addr: it gives each to
 * GC_MARK_AND_PUSH and returns the mark stack pointer as that left it.  env is
 * the number from GC_MAKE_PROC.
 *
 * It runs with the world stopped, perhaps in several marker threads at once, so
 * it may neither lock nor allocate.  It finds no pointers that a conservative
 * search of the object would not find.  It may be called for an object on a free
 * list, all of whose words but the first are 0.  It should look at about
 * GC_PROC_BYTES bytes; with more to do it marks something and pushes itself
 * again.  One entry of the stack is free on entry.
 */
typedef struct GC_ms_entry *(*GC_mark_proc)(GC_word * /* addr */,
                                            struct GC_ms_entry * /* mark_stack_ptr */,
                                            struct GC_ms_entry * /* mark_stack_limit */,
                                            GC_word /* env */);
#define GC_PROC_BYTES 100

/* Procedures are numbered.  Numbers below GC_RESERVED_MARK_PROCS are for clients
 * whose compilers need to know them beforehand.
 */
#define GC_LOG_MAX_MARK_PROCS 6
#define GC_MAX_MARK_PROCS (1 << GC_LOG_MAX_MARK_PROCS)
#define GC_RESERVED_MARK_PROCS 8
#define GC_GCJ_RESERVED_MARK_PROC_INDEX 0

/* Register a procedure; its number.  The first: [lock]; _inner: [held]. */
GC_API unsigned GC_CALL GC_new_proc(GC_mark_proc);
GC_API unsigned GC_CALL GC_new_proc_inner(GC_mark_proc);

/* The bounds of all heap addresses, also of those the heap has yet to reach. */
GC_API void *GC_least_plausible_heap_addr;
GC_API void *GC_greatest_plausible_heap_addr;

/* If obj is an object that is not marked, mark and push it.  src is where the
 * pointer was found, for reports.  Handles a full mark stack.  Only inside a
 * mark procedure.  The macro skips the call for words outside the heap.
 */
GC_API struct GC_ms_entry *GC_CALL GC_mark_and_push(void * /* obj */,
                                                    struct GC_ms_entry * /* mark_stack_ptr */,
                                                    struct GC_ms_entry * /* mark_stack_limit */,
                                                    void ** /* src */);
#define GC_MARK_AND_PUSH(obj, msp, lim, src) \
        ((GC_word)(obj) >= (GC_word)GC_least_plausible_heap_addr \
         && (GC_word)(obj) <= (GC_word)GC_greatest_plausible_heap_addr \
         ? GC_mark_and_push(obj, msp, lim, src) : (msp))

/* ==== Mark descriptors ==== */

/* A word that tells where an object has pointers; its low bits say how.
 *
 * GC_DS_LENGTH      the whole word is the number of bytes to search from the
 *                   start, a multiple of 4
 * GC_DS_BITMAP      the other bits, from the highest down, tell for each word of
 *                   the object from the first on whether it may be a pointer
 * GC_DS_PROC        GC_MAKE_PROC(number of the procedure, env)
 * GC_DS_PER_OBJECT  the object has the descriptor: d - GC_DS_PER_OBJECT bytes from
 *                   its start; or, if that is negative, in the structure its
 *                   first word points to, at
 *                   GC_DS_PER_OBJECT - GC_INDIR_PER_OBJ_BIAS - d bytes.
 *                   In the object it has to be in the first or last two words,
 *                   which are clear whenever the collector looks.
 */
#define GC_DS_TAG_BITS 2
#define GC_DS_TAGS ((1 << GC_DS_TAG_BITS) - 1)
#define GC_DS_LENGTH 0
#define GC_DS_BITMAP 1
#define GC_DS_PROC 2
#define GC_DS_PER_OBJECT 3
#define GC_INDIR_PER_OBJ_BIAS 0x10
#define GC_MAKE_PROC(proc_index, env) \
        ((((((GC_word)(env)) << GC_LOG_MAX_MARK_PROCS) | (GC_word)(proc_index)) \
          << GC_DS_TAG_BITS) | (GC_word)GC_DS_PROC)

/* ==== Kinds ==== */

/* A free list array for GC_new_kind.  The first: [lock]; _inner: [held]. */
GC_API void **GC_CALL GC_new_free_list(void);
GC_API void **GC_CALL GC_new_free_list_inner(void);

/* A kind of objects with that descriptor, to which the object's size is added if
 * the third argument is 1 (for GC_DS_LENGTH); new objects are cleared if the
 * fourth is.  The first: [lock]; _inner: [held].
 */
GC_API unsigned GC_CALL GC_new_kind(void ** /* free_list */, GC_word /* descriptor */,
                                    int /* add_size_to_descriptor */,
                                    int /* clear_new_objects */) GC_ATTR_NONNULL(1);
GC_API unsigned GC_CALL GC_new_kind_inner(void ** /* free_list */, GC_word /* descriptor */,
                                          int /* add_size_to_descriptor */,
                                          int /* clear_new_objects */) GC_ATTR_NONNULL(1);

/* Allocate an object of a kind: plain, with the promise of
 * GC_malloc_ignore_off_page, uncollectable.  GC_generic_or_special_malloc picks
 * what suits a kind that GC_get_kind_and_size told; typed and gcj objects cannot
 * be made so.  [allocates]  (GC_debug_generic_malloc: since 8.3)
 */
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_generic_malloc(size_t /* bytes */, int /* kind */);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_generic_malloc_ignore_off_page(size_t /* bytes */, int /* kind */);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_generic_malloc_uncollectable(size_t /* bytes */, int /* kind */);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_generic_or_special_malloc(size_t /* bytes */, int /* kind */);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_debug_generic_malloc(size_t /* bytes */, int /* kind */, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_debug_generic_or_special_malloc(size_t /* bytes */, int /* kind */, GC_EXTRA_PARAMS);

#ifdef GC_DEBUG
# define GC_GENERIC_MALLOC(sz, knd) GC_debug_generic_malloc(sz, knd, GC_EXTRAS)
# define GC_GENERIC_OR_SPECIAL_MALLOC(sz, knd) \
        GC_debug_generic_or_special_malloc(sz, knd, GC_EXTRAS)
#else
# define GC_GENERIC_MALLOC(sz, knd) GC_generic_malloc(sz, knd)
# define GC_GENERIC_OR_SPECIAL_MALLOC(sz, knd) GC_generic_or_special_malloc(sz, knd)
#endif

/* The kind of the object that starts there, and its bytes unless NULL is given. */
GC_API int GC_CALL GC_get_kind_and_size(const void * /* object */, size_t * /* bytes */)
    GC_ATTR_NONNULL(1);

/* Writes a text of less than GC_TYPE_DESCR_LEN bytes about the object, for
 * reports of debugging objects of that kind.
 */
typedef void (GC_CALLBACK *GC_describe_type_fn)(void * /* object */, char * /* text */);
#define GC_TYPE_DESCR_LEN 40
GC_API void GC_CALL GC_register_describe_type_fn(int /* kind */, GC_describe_type_fn);

/* Bytes of the header before a debugging object; and the object after it.  The
 * variable is for old programs.
 */
GC_API GC_ATTR_CONST size_t GC_CALL GC_get_debug_header_size(void);
#define GC_USR_PTR_FROM_BASE(p) ((void *)((char *)(p) + GC_get_debug_header_size()))
#ifdef GC_BUILD
  GC_API const size_t GC_debug_header_size;
#else
  GC_API GC_ATTR_DEPRECATED size_t GC_debug_header_size;
#endif

/* ==== Hooks into a collection ==== */

/* Called at the start of each full collection, under the lock; it should make no
 * GC_ call.  NULL: none.  [lock]
 */
typedef void (GC_CALLBACK *GC_start_callback_proc)(void);
GC_API void GC_CALL GC_set_start_callback(GC_start_callback_proc);
GC_API GC_start_callback_proc GC_CALL GC_get_start_callback(void);

/* Called with the world stopped to push further roots by the functions below.
 * A new procedure calls the one it replaces.  [plain]
 */
typedef void (GC_CALLBACK *GC_push_other_roots_proc)(void);
GC_API void GC_CALL GC_set_push_other_roots(GC_push_other_roots_proc);
GC_API GC_push_other_roots_proc GC_CALL GC_get_push_other_roots(void);

/* Push the words in [bottom, top): to be searched later, or at once (eager, with
 * interior pointers, as for stacks); the conditional form, only words on pages
 * written since the last collection unless all is nonzero.  Only inside such
 * procedures.
 */
GC_API void GC_CALL GC_push_all(void * /* bottom */, void * /* top */);
GC_API void GC_CALL GC_push_all_eager(void * /* bottom */, void * /* top */);
GC_API void GC_CALL GC_push_conditional(void * /* bottom */, void * /* top */, int /* all */);
GC_API void GC_CALL GC_push_finalizer_structures(void);

/* Push the part of obj that the descriptor tells, and the same two with the mark
 * stack passed along, for mark procedures.  (since 8.3)
 */
GC_API void GC_CALL GC_push_obj_descr(void * /* obj */, GC_word /* descriptor */);
GC_API struct GC_ms_entry *GC_CALL GC_ms_push_obj_descr(void * /* obj */,
                                                        GC_word /* descriptor */,
                                                        struct GC_ms_entry * /* ptr */,
                                                        struct GC_ms_entry * /* limit */);
GC_API struct GC_ms_entry *GC_CALL GC_ms_push_all(void * /* bottom */, void * /* top */,
                                                  struct GC_ms_entry * /* ptr */,
                                                  struct GC_ms_entry * /* limit */);

/* Called each time the mark stack has become empty; may push more and returns
 * the new pointer.  Pushing nothing ends marking.  NULL: none.  [lock]
 * (since 8.3)
 */
typedef struct GC_ms_entry *(GC_CALLBACK *GC_on_mark_stack_empty_proc)(
    struct GC_ms_entry * /* mark_stack_ptr */, struct GC_ms_entry * /* mark_stack_limit */);
GC_API void GC_CALL GC_set_on_mark_stack_empty(GC_on_mark_stack_empty_proc);
GC_API GC_on_mark_stack_empty_proc GC_CALL GC_get_on_mark_stack_empty(void);

/* Called, with the world stopped, instead of searching the registers and stack
 * of the collecting thread: it pushes them, or all stacks it knows, by
 * GC_push_all_eager.  cold_end is the stack base on record.  NULL: none.  [lock]
 * (since 8.3)
 */
typedef void (GC_CALLBACK *GC_push_regs_and_stack_proc)(void * /* cold_end */);
GC_API void GC_CALL GC_set_custom_push_regs_and_stack(GC_push_regs_and_stack_proc);
GC_API GC_push_regs_and_stack_proc GC_CALL GC_get_custom_push_regs_and_stack(void);

/* A word found in memory is taken for a pointer after (word & mask) << shift,
 * for programs that compress or tag pointers.  All ones and 0 at first; set
 * before the first allocation.  [plain]  (since 8.3)
 */
GC_API void GC_CALL GC_set_pointer_mask(GC_word);
GC_API GC_word GC_CALL GC_get_pointer_mask(void);
GC_API void GC_CALL GC_set_pointer_shift(unsigned /* bits */);
GC_API unsigned GC_CALL GC_get_pointer_shift(void);

/* Overwrite dead stack above this frame, so that old pointers there retain
 * nothing.  Returns its argument.
 */
GC_API void *GC_CALL GC_clear_stack(void *);

/* ==== Looking at the heap ==== */

/* The mark bit of the object that starts there.  [held] */
GC_API int GC_CALL GC_is_marked(const void * /* object */) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_clear_mark_bit(const void * /* object */) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_set_mark_bit(const void * /* object */) GC_ATTR_NONNULL(1);

/* Call the procedure for each object that is marked.  [held] */
typedef void (GC_CALLBACK *GC_reachable_object_proc)(void * /* object */, size_t /* bytes */,
                                                     void * /* data */);
GC_API void GC_CALL GC_enumerate_reachable_objects_inner(GC_reachable_object_proc,
                                                         void * /* data */) GC_ATTR_NONNULL(1);

/* Nonzero if the address is in a root region that came from a shared library. */
GC_API int GC_CALL GC_is_tmp_root(void *);

/* Log the trace entries of that collection, where tracing is compiled in.
 * The first: [lock]; _inner: [held].
 */
GC_API void GC_CALL GC_print_trace(GC_word /* gc_no */);
GC_API void GC_CALL GC_print_trace_inner(GC_word /* gc_no */);

/* A heap block, known by its address only.  All below: [held]  (since 8.3) */
struct GC_hblk_s;

/* Bytes in a heap block. */
GC_API GC_ATTR_CONST size_t GC_CALL GC_get_hblk_size(void);

/* For each region of the heap; for each block or run of blocks that holds
 * objects; for each free run, with the index of the list it is on.
 */
typedef void (GC_CALLBACK *GC_heap_section_proc)(void * /* start */, void * /* end */,
                                                 void * /* data */);
typedef void (GC_CALLBACK *GC_walk_hblk_fn)(struct GC_hblk_s *, void * /* data */);
typedef void (GC_CALLBACK *GC_walk_free_blk_fn)(struct GC_hblk_s *, int /* list */,
                                                void * /* data */);
GC_API void GC_CALL GC_foreach_heap_section_inner(GC_heap_section_proc, void * /* data */)
    GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_apply_to_all_blocks(GC_walk_hblk_fn, void * /* data */)
    GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_iterate_free_hblks(GC_walk_free_blk_fn, void * /* data */)
    GC_ATTR_NONNULL(1);

/* Marked objects in the block that starts there. */
GC_API unsigned GC_CALL GC_count_set_marks_in_hblk(const void * /* block */);

/* NULL if no false pointer is known to hit those bytes from that block on, else
 * the next block from which to try.
 */
GC_API struct GC_hblk_s *GC_CALL GC_is_black_listed(struct GC_hblk_s *, size_t /* bytes */);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GC_MARK_H */
