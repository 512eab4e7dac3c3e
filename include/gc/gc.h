/* gc.h - the interface of the Tidemark garbage collector.
 * SPDX-License-Identifier: MIT
 *
 * Most programs need three names: GC_INIT() at the start of main, GC_MALLOC
 * where they called malloc, and GC_MALLOC_ATOMIC for objects that hold no
 * pointers.  A program with threads defines GC_THREADS before it includes this
 * file, in every translation unit, so that pthread_create and friends are
 * replaced.  Names, types and meanings are libgc's; those marked "tidemark"
 * or "since 8.3" are not in libgc 8.2.
 *
 * Other files: gc_mark.h (kinds and mark procedures), gc_typed.h (layouts),
 * gc_inline.h (free lists of the program's own), gc_gcj.h (vtable objects),
 * gc_disclaim.h (cheap clean-up), gc_backptr.h (who points here), javaxfc.h
 * (run every finalizer, suspend a thread), gc_cpp.h and gc_allocator.h (C++).
 *
 * Words used in the comments below:
 *   [lock]      takes the allocator lock, so do not call it while holding that
 *               lock or from a callback that runs under it
 *   [held]      the caller must hold the allocator lock
 *   [plain]     reads or writes one variable without any synchronization: use
 *               it before threads exist or inside GC_call_with_alloc_lock
 *   [pre-init]  works only before GC_init()
 *   [allocates] may collect, run finalizers and call GC_oom_fn; any registered
 *               thread may call it, without the allocator lock
 * A callback said to run under the lock must not call a function marked [lock]
 * or [allocates].  Nothing here may be called from a signal handler.
 * Sizes are in bytes unless the name says otherwise.
 */

#ifndef GC_H
#define GC_H

#include "gc_version.h"
#include "gc_config_macros.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ==== Basic types ==== */

/* Only for programs that still use the name. */
typedef void *GC_PTR;

/* In C++ g++ warns of long long in spite of __extension__. */
#if defined(__GNUC__) && defined(__cplusplus) && !defined(__clang__)
# pragma GCC diagnostic push
# pragma GCC diagnostic ignored "-Wlong-long"
#endif

/* Integers as wide as a pointer. */
#if defined(_WIN64) && defined(_MSC_VER)
  typedef unsigned __int64 GC_word;
  typedef __int64 GC_signed_word;
#elif defined(_WIN64)
  __extension__ typedef unsigned long long GC_word;
  __extension__ typedef long long GC_signed_word;
#else
  typedef unsigned long GC_word;
  typedef long GC_signed_word;
#endif

/* A span of time in nanoseconds; 64 bits everywhere.  (tidemark) */
#if defined(_MSC_VER)
  typedef unsigned __int64 GC_nanoseconds;
#elif defined(__GNUC__)
  __extension__ typedef unsigned long long GC_nanoseconds;
#else
  typedef unsigned long long GC_nanoseconds;
#endif

#if defined(__GNUC__) && defined(__cplusplus) && !defined(__clang__)
# pragma GCC diagnostic pop
#endif

/* What functions with an int status return.  2 has two names. */
#define GC_SUCCESS 0
#define GC_DUPLICATE 1     /* that was registered already */
#define GC_NO_THREADS 2    /* no longer returned by anything */
#define GC_NO_MEMORY 2     /* no memory to record it */
#define GC_UNIMPLEMENTED 3 /* not on this platform or in this mode */
#define GC_NOT_FOUND 4     /* no such registration */

/* ==== Versions ==== */

/* The libgc version whose interface the library has, as
 * (major << 16) | (minor << 8) | micro.  Any thread, any time.
 */
GC_API unsigned GC_CALL GC_get_version(void);

/* Tidemark's own version, such as "0.1.0".  Constant storage.  (tidemark) */
GC_API const char *GC_CALL GC_tidemark_version(void);

/* ==== Starting and ending ==== */

/* Initialize the collector; use GC_INIT() (near the end of this file), which
 * also registers what the platform needs.  Call it in the main thread.
 * Further calls do nothing.
 */
GC_API void GC_CALL GC_init(void);

/* Nonzero as soon as initialization has begun. */
GC_API int GC_CALL GC_is_init_called(void);

/* Tells that the program needs the collector no more.  It has nothing to give up before the process
 * ends: a call does nothing, and what other threads still do goes on.  Any thread.
 */
GC_API void GC_CALL GC_deinit(void);

/* fork.  Nonzero: GC_init installs handlers by pthread_atfork, so that a child
 * can allocate and collect.  -1: the program calls the three functions below
 * around each fork itself.  0: no support.  [pre-init]
 */
GC_API void GC_CALL GC_set_handle_fork(int);

/* To be called just before fork, just after it in the parent, and first of all
 * in the child.  They do nothing where handlers are installed.
 */
GC_API void GC_CALL GC_atfork_prepare(void);
GC_API void GC_CALL GC_atfork_parent(void);
GC_API void GC_CALL GC_atfork_child(void);

/* ==== Allocation ==== */

/* Each returns an object of at least that many bytes, aligned to a granule
 * (two pointers), or whatever GC_oom_fn returns (NULL by default, with ENOMEM
 * in errno).  A size of 0 gives a distinct small object.  [allocates]
 *
 * GC_malloc                cleared, searched for pointers, collected
 * GC_malloc_atomic         not cleared, never searched: for data without pointers
 * GC_malloc_uncollectable  cleared and searched, kept until GC_free: a root
 * GC_malloc_atomic_uncollectable  neither searched nor collected
 */
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL GC_malloc(size_t /* bytes */);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL GC_malloc_atomic(size_t /* bytes */);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_malloc_uncollectable(size_t /* bytes */);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_malloc_atomic_uncollectable(size_t /* bytes */);

/* For large arrays: the program keeps a pointer into the first 256 bytes while
 * it uses the object, so words that look like pointers further in are ignored
 * and the array is hard to retain by accident.  Otherwise as the two above.
 */
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_malloc_ignore_off_page(size_t /* bytes */);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_malloc_atomic_ignore_off_page(size_t /* bytes */);

/* Copies of strings, in atomic objects.  GC_strdup(NULL) is NULL; GC_strndup
 * copies at most that many bytes and always terminates.  NULL and ENOMEM when
 * there is no memory.  [allocates]
 */
GC_API GC_ATTR_MALLOC char *GC_CALL GC_strdup(const char *);
GC_API GC_ATTR_MALLOC char *GC_CALL GC_strndup(const char *, size_t /* max_bytes */)
    GC_ATTR_NONNULL(1);

/* Collected objects with a larger alignment, which must be a power of two.
 * GC_posix_memalign returns 0, EINVAL or ENOMEM and stores only on success.
 * GC_valloc aligns to a page, GC_pvalloc also rounds the size up to whole
 * pages (both since 8.3).  [allocates]
 */
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(2) void *GC_CALL
    GC_memalign(size_t /* align_bytes */, size_t /* bytes */);
GC_API int GC_CALL GC_posix_memalign(void ** /* result */, size_t /* align_bytes */,
                                     size_t /* bytes */) GC_ATTR_NONNULL(1);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL GC_valloc(size_t /* bytes */);
GC_API GC_ATTR_MALLOC void *GC_CALL GC_pvalloc(size_t /* bytes */);

/* Resize, as C's realloc: the object keeps its kind and the shorter of both
 * contents, and what is gained is cleared unless the object is atomic.  NULL as
 * the object means GC_malloc; 0 as the size frees and returns NULL.  On failure
 * the old object is untouched, except that GC_reallocf (since 8.3) frees it.
 * [allocates]
 */
GC_API void *GC_CALL GC_realloc(void * /* object */, size_t /* bytes */) GC_ATTR_ALLOC_SIZE(2);
GC_API void *GC_CALL GC_reallocf(void * /* object */, size_t /* bytes */) GC_ATTR_ALLOC_SIZE(2);

/* Free an object now.  NULL is allowed; anything but the start of a live object
 * is reported with its address.  The object should have neither a finalizer nor
 * links.  GC_freezero (since 8.3) first clears that many bytes, or the whole
 * object if it is smaller.
 */
GC_API void GC_CALL GC_free(void * /* object */);
GC_API void GC_CALL GC_freezero(void * /* object */, size_t /* clear_bytes */);

/* A list of cleared objects of that size, linked through their first words
 * (GC_NEXT), which the program must clear or overwrite; the list itself must be
 * reachable.  NULL if there is no memory.  [allocates]
 */
GC_API GC_ATTR_MALLOC void *GC_CALL GC_malloc_many(size_t /* bytes */);
#define GC_NEXT(p) (*(void **)(p))

/* libgc once had "stubborn" objects, which were rarely written.  These are
 * plain allocation and no operation now.
 */
GC_API GC_ATTR_DEPRECATED void *GC_CALL GC_malloc_stubborn(size_t);
GC_API GC_ATTR_DEPRECATED void GC_CALL GC_change_stubborn(const void *);
#define GC_MALLOC_STUBBORN(sz) GC_MALLOC(sz)
#define GC_NEW_STUBBORN(t) GC_NEW(t)
#define GC_CHANGE_STUBBORN(p) GC_change_stubborn(p)

/* Wide strings exist where the program asks for them. */
#ifdef GC_REQUIRE_WCSDUP
  GC_API GC_ATTR_MALLOC wchar_t *GC_CALL GC_wcsdup(const wchar_t *) GC_ATTR_NONNULL(1);
#endif

/* ==== Questions about an object ==== */

/* The start of the object that contains the address, or NULL if it is in none.
 * Objects of the debugging allocators start with their header.  An object that
 * was freed but not reused may still be found.
 */
GC_API void *GC_CALL GC_base(void * /* address */);

/* Nonzero if the address is in the heap; quicker than GC_base. */
GC_API int GC_CALL GC_is_heap_ptr(const void * /* address */);

/* Usable bytes of the object that starts there; may exceed the request. */
GC_API size_t GC_CALL GC_size(const void * /* object */) GC_ATTR_NONNULL(1);

/* Bytes that a request of so many gets, or (size_t)-1 for requests beyond the
 * table of small sizes.  After GC_init.  [plain]
 */
GC_API size_t GC_CALL GC_get_size_map_at(int /* bytes */);

/* Nonzero if objects do not grow by a byte to make room for pointers past their
 * end.  Always 1: Tidemark recognizes such pointers without.  (since 8.3)
 */
GC_API int GC_CALL GC_get_dont_add_byte_at_end(void);

/* ==== Collecting ==== */

/* Collect the whole heap with the world stopped.  Does nothing while collecting
 * is disabled.  [allocates]
 */
GC_API void GC_CALL GC_gcollect(void);

/* The same, ignoring the stop function, and then give every free block back to
 * the system.  [allocates]
 */
GC_API void GC_CALL GC_gcollect_and_unmap(void);

/* Collect unless and until stop_func, called first and then every some thousand
 * objects that are marked, under the lock and perhaps with the world stopped,
 * returns nonzero: then the work is dropped and the result is 0 (also when
 * collecting is disabled), else 1.  [allocates]
 */
typedef int (GC_CALLBACK *GC_stop_func)(void);
GC_API int GC_CALL GC_try_to_collect(GC_stop_func) GC_ATTR_NONNULL(1);

/* The stop function of GC_gcollect and of collections that allocation starts.
 * Never NULL.  [lock]
 */
GC_API void GC_CALL GC_set_stop_func(GC_stop_func) GC_ATTR_NONNULL(1);
GC_API GC_stop_func GC_CALL GC_get_stop_func(void);

/* GC_disable and GC_enable nest; while disabled nothing collects, not even an
 * explicit call.  GC_is_disabled takes no lock.  GC_finish_and_disable (since
 * 8.3) first completes a collection in progress.  [lock]
 */
GC_API void GC_CALL GC_disable(void);
GC_API void GC_CALL GC_enable(void);
GC_API int GC_CALL GC_is_disabled(void);
GC_API void GC_CALL GC_finish_and_disable(void);

/* Nonzero: allocation no longer starts collections by itself.  [lock] */
GC_API void GC_CALL GC_set_disable_automatic_collection(int);
GC_API int GC_CALL GC_get_disable_automatic_collection(void);

/* ==== Incremental collection ==== */

/* Collect mostly while the program runs, and by generations.  Needs a source of
 * dirty bits; without one collections stay stop-the-world.  Initializes the
 * collector; at any time.  Ignored with GC_find_leak, and during a collection.
 * [lock]
 */
GC_API void GC_CALL GC_enable_incremental(void);
GC_API int GC_CALL GC_is_incremental_mode(void);

/* Back to stopping the world for whole collections.  [lock]  (tidemark) */
GC_API void GC_CALL GC_disable_incremental(void);

/* Which memory the mode may write-protect, so that system calls which write
 * there fail: a sum of these.  After GC_init.
 */
GC_API int GC_CALL GC_incremental_protection_needs(void);
#define GC_PROTECTS_NONE 0
#define GC_PROTECTS_POINTER_HEAP 1 /* objects with pointers */
#define GC_PROTECTS_PTRFREE_HEAP 2 /* atomic objects */
#define GC_PROTECTS_STATIC_DATA 4  /* never so far */
#define GC_PROTECTS_STACK 8        /* never so far */

/* Sources of dirty bits, as a set: those this build can try, and the one in use
 * (GC_VDB_NONE unless the mode is on).  (since 8.3)
 */
GC_API unsigned GC_CALL GC_get_supported_vdbs(void);
GC_API unsigned GC_CALL GC_get_actual_vdb(void);
#define GC_VDB_NONE 0       /* no incremental mode */
#define GC_VDB_MPROTECT 0x1 /* write protection and a fault handler */
#define GC_VDB_MANUAL 0x2   /* the program tells, see GC_end_stubborn_change */
#define GC_VDB_DEFAULT 0x4  /* every page counts as written */
#define GC_VDB_GWW 0x8      /* Windows write watch */
#define GC_VDB_PROC 0x10    /* a /proc file of page data */
#define GC_VDB_SOFT 0x20    /* Linux soft-dirty bits */
#define GC_VDB_UFFD 0x40    /* Linux asynchronous write protection (tidemark) */

/* May the program's own barriers, or write protection with a fault handler, be
 * the source?  Defaults: no, yes.  Before incremental mode is enabled.  [plain]
 * (The second pair: since 8.3.)
 */
GC_API void GC_CALL GC_set_manual_vdb_allowed(int);
GC_API int GC_CALL GC_get_manual_vdb_allowed(void);
GC_API void GC_CALL GC_set_mprotect_vdb_allowed(int);
GC_API int GC_CALL GC_get_mprotect_vdb_allowed(void);

/* The barrier of manual mode: call it after storing pointers into the object,
 * then GC_reachable_here for each pointer stored.  Elsewhere it does nothing.
 */
GC_API void GC_CALL GC_end_stubborn_change(const void * /* object */) GC_ATTR_NONNULL(1);

/* *p = q with that barrier and q kept reachable until it is done. */
GC_API void GC_CALL GC_ptr_store_and_dirty(void * /* p */, const void * /* q */);
GC_API void GC_CALL GC_debug_ptr_store_and_dirty(void * /* p */, const void * /* q */);

/* Begin an incremental cycle now, if the mode is on.  [lock] */
GC_API void GC_CALL GC_start_incremental_collection(void);

/* Do a piece of collector work; 0 when none is left to do.  Suits idle time.
 * [allocates]
 */
GC_API int GC_CALL GC_collect_a_little(void);

/* The size of such a piece in pages, and how often a cycle may put off stopping
 * the world for the last marking.  Not 0.  [plain]
 */
GC_API void GC_CALL GC_set_rate(int /* pages */);
GC_API int GC_CALL GC_get_rate(void);
GC_API void GC_CALL GC_set_max_prior_attempts(int);
GC_API int GC_CALL GC_get_max_prior_attempts(void);

/* The pause, in milliseconds, that an incremental collection aims not to
 * exceed; no guarantee.  GC_TIME_UNLIMITED, the default: 5.  [plain]
 */
#define GC_TIME_UNLIMITED 999999
GC_API GC_ATTR_DEPRECATED unsigned long GC_time_limit;
GC_API void GC_CALL GC_set_time_limit(unsigned long /* ms */);
GC_API unsigned long GC_CALL GC_get_time_limit(void);

/* The same with a fraction of nanoseconds (below 1000000, ignored when tv_ms is
 * GC_TIME_UNLIMITED).  GC_set_time_limit leaves the fraction alone.  [plain]
 */
struct GC_timeval_s {
    unsigned long tv_ms;
    unsigned long tv_nsec;
};
GC_API void GC_CALL GC_set_time_limit_tv(struct GC_timeval_s);
GC_API struct GC_timeval_s GC_CALL GC_get_time_limit_tv(void);

/* ==== Tuning ==== */

/* Collections so far, the empty first one included.  [plain] */
GC_API GC_ATTR_DEPRECATED GC_word GC_gc_no;
GC_API GC_word GC_CALL GC_get_gc_no(void);

/* Called with the size when memory runs out; its result becomes that of the
 * allocation, so it returns NULL or a heap object, or does not return.  Never
 * NULL.  [lock]
 */
typedef void *(GC_CALLBACK *GC_oom_func)(size_t /* bytes */);
GC_API GC_ATTR_DEPRECATED GC_oom_func GC_oom_fn;
GC_API void GC_CALL GC_set_oom_fn(GC_oom_func) GC_ATTR_NONNULL(1);
GC_API GC_oom_func GC_CALL GC_get_oom_fn(void);

/* Called with the new heap size when it changes, with the world stopped and
 * under the lock.  NULL: none.  [lock]
 */
typedef void (GC_CALLBACK *GC_on_heap_resize_proc)(GC_word /* heap_bytes */);
GC_API GC_ATTR_DEPRECATED GC_on_heap_resize_proc GC_on_heap_resize;
GC_API void GC_CALL GC_set_on_heap_resize(GC_on_heap_resize_proc);
GC_API GC_on_heap_resize_proc GC_CALL GC_get_on_heap_resize(void);

/* Called, under the lock, with each region obtained from the system for the
 * heap.  NULL: none.  [lock]  (since 8.3)
 */
typedef void (GC_CALLBACK *GC_on_os_get_mem_proc)(void * /* start */, size_t /* bytes */);
GC_API void GC_CALL GC_set_on_os_get_mem(GC_on_os_get_mem_proc);
GC_API GC_on_os_get_mem_proc GC_CALL GC_get_on_os_get_mem(void);

/* Allocate at least N / divisor bytes between collections, where N is twice the
 * searched live bytes plus the atomic ones plus the roots.  A larger divisor
 * means less memory and more collecting.  Not 0.  [plain]
 */
GC_API GC_ATTR_DEPRECATED GC_word GC_free_space_divisor;
GC_API void GC_CALL GC_set_free_space_divisor(GC_word);
GC_API GC_word GC_CALL GC_get_free_space_divisor(void);

/* Partial collections between two full ones, in incremental mode.  [plain] */
GC_API GC_ATTR_DEPRECATED int GC_full_freq;
GC_API void GC_CALL GC_set_full_freq(int);
GC_API int GC_CALL GC_get_full_freq(void);

/* Bytes the pacing is not to count on getting back; uncollectable allocation
 * and GC_free keep it current.  [plain]
 */
GC_API GC_ATTR_DEPRECATED GC_word GC_non_gc_bytes;
GC_API void GC_CALL GC_set_non_gc_bytes(GC_word);
GC_API GC_word GC_CALL GC_get_non_gc_bytes(void);

/* Collections to try before an allocation that cannot grow the heap fails;
 * 0 at first.  [plain]
 */
GC_API GC_ATTR_DEPRECATED GC_word GC_max_retries;
GC_API void GC_CALL GC_set_max_retries(GC_word);
GC_API GC_word GC_CALL GC_get_max_retries(void);

/* Nonzero: the heap grows only when the program asks or nothing else helps.
 * [plain]
 */
GC_API GC_ATTR_DEPRECATED int GC_dont_expand;
GC_API void GC_CALL GC_set_dont_expand(int);
GC_API int GC_CALL GC_get_dont_expand(void);

/* Nonzero: use the heap up before collecting, at the price of fragmentation. */
GC_API GC_ATTR_DEPRECATED int GC_use_entire_heap;

/* Nonzero asks for no collection in GC_init, before the program has set up its
 * roots; there is none here in any case.  [pre-init]
 */
GC_API GC_ATTR_DEPRECATED int GC_dont_precollect;
GC_API void GC_CALL GC_set_dont_precollect(int);
GC_API int GC_CALL GC_get_dont_precollect(void);

/* The counter behind GC_disable.  Assigning to it is an old habit. */
#ifdef GC_DONT_GC
  GC_API int GC_dont_gc;
#else
  GC_API GC_ATTR_DEPRECATED int GC_dont_gc;
#endif

/* Grow the heap by that many bytes now; 1, or 0 if that failed.  [lock] */
GC_API int GC_CALL GC_expand_hp(size_t /* bytes */);

/* The heap never exceeds that size; 0 means no limit, the default.  [plain] */
GC_API void GC_CALL GC_set_max_heap_size(GC_word /* bytes */);

/* No collection starts before this many bytes were allocated; not 0.  [plain] */
GC_API void GC_CALL GC_set_min_bytes_allocd(size_t /* bytes */);
GC_API size_t GC_CALL GC_get_min_bytes_allocd(void);

/* Collect rather than grow once a new finalizer comes for every so many bytes
 * allocated; 0 ignores finalizers.  [plain]
 */
GC_API void GC_CALL GC_set_allocd_bytes_per_finalizer(GC_word /* bytes */);
GC_API GC_word GC_CALL GC_get_allocd_bytes_per_finalizer(void);

/* Nonzero: GC_gcollect gives all free blocks back to the system.  [plain] */
GC_API void GC_CALL GC_set_force_unmap_on_gcollect(int);
GC_API int GC_CALL GC_get_force_unmap_on_gcollect(void);

/* Nonzero: heap memory may be executed.  The setter: [pre-init]. */
GC_API void GC_CALL GC_set_pages_executable(int);
GC_API int GC_CALL GC_get_pages_executable(void);

/* Does a pointer into the middle of an object keep it?  0 or 1; best set before
 * GC_init.  Pointers from stacks and registers may always be interior.  [lock]
 */
GC_API GC_ATTR_DEPRECATED int GC_all_interior_pointers;
GC_API void GC_CALL GC_set_all_interior_pointers(int);
GC_API int GC_CALL GC_get_all_interior_pointers(void);

/* Where interior pointers do not count, let those that many bytes into an
 * object count.  A small number; before any allocation if possible.  The second
 * is for programs that use debugging allocation.  [lock]
 */
GC_API void GC_CALL GC_register_displacement(size_t /* bytes */);
GC_API void GC_CALL GC_debug_register_displacement(size_t /* bytes */);

/* ==== Events ==== */

typedef enum {
    GC_EVENT_START,            /* a collection begins */
    GC_EVENT_MARK_START,
    GC_EVENT_MARK_END,
    GC_EVENT_RECLAIM_START,
    GC_EVENT_RECLAIM_END,
    GC_EVENT_END,              /* a collection is over */
    GC_EVENT_PRE_STOP_WORLD,
    GC_EVENT_POST_STOP_WORLD,
    GC_EVENT_PRE_START_WORLD,
    GC_EVENT_POST_START_WORLD,
    GC_EVENT_THREAD_SUSPENDED, /* these two go to the thread callback */
    GC_EVENT_THREAD_UNSUSPENDED
} GC_EventType;

/* Called at each step of a collection, under the lock and partly with the world
 * stopped: it must not block or allocate.  NULL: none.  [lock]
 */
typedef void (GC_CALLBACK *GC_on_collection_event_proc)(GC_EventType);
GC_API void GC_CALL GC_set_on_collection_event(GC_on_collection_event_proc);
GC_API GC_on_collection_event_proc GC_CALL GC_get_on_collection_event(void);

#if defined(GC_THREADS) || (defined(GC_BUILD) && defined(NN_PLATFORM_CTR))
  /* Called as each thread is stopped or let go, in the same conditions.  The
   * thread is given as a pthread_t (or what the system has) made a pointer.
   */
  typedef void (GC_CALLBACK *GC_on_thread_event_proc)(GC_EventType, void * /* thread_id */);
  GC_API void GC_CALL GC_set_on_thread_event(GC_on_thread_event_proc);
  GC_API GC_on_thread_event_proc GC_CALL GC_get_on_thread_event(void);
#endif

/* ==== Statistics ==== */

/* Bytes; the first five tear under concurrent use unless the lock is held.  None
 * of them locks, so callbacks may use them.  [plain]
 *
 * heap_size      heap in use or free, without what was given back to the system
 * free_bytes     at least so much of it is free
 * unmapped_bytes heap addresses whose memory was given back
 * bytes_since_gc allocated since the last collection
 * total_bytes    allocated ever
 * expl_freed_bytes_since_gc  freed by GC_free since the last collection
 * obtained_from_os_bytes     ever got from the system, for any purpose
 */
GC_API size_t GC_CALL GC_get_heap_size(void);
GC_API size_t GC_CALL GC_get_free_bytes(void);
GC_API size_t GC_CALL GC_get_unmapped_bytes(void);
GC_API size_t GC_CALL GC_get_bytes_since_gc(void);
GC_API size_t GC_CALL GC_get_total_bytes(void);
GC_API size_t GC_CALL GC_get_expl_freed_bytes_since_gc(void);
GC_API size_t GC_CALL GC_get_obtained_from_os_bytes(void);

/* The first five at one moment; NULL for those not wanted.  [lock] */
GC_API void GC_CALL GC_get_heap_usage_safe(GC_word * /* heap_size */, GC_word * /* free_bytes */,
                                           GC_word * /* unmapped_bytes */,
                                           GC_word * /* bytes_since_gc */,
                                           GC_word * /* total_bytes */);

/* Bytes in all blocks that hold objects.  [lock] */
GC_API size_t GC_CALL GC_get_memory_use(void);

/* Twelve words; fields are only ever added at the end. */
struct GC_prof_stats_s {
    GC_word heapsize_full;             /* heap_size + unmapped_bytes */
    GC_word free_bytes_full;           /* free_bytes + unmapped_bytes */
    GC_word unmapped_bytes;
    GC_word bytes_allocd_since_gc;
    GC_word allocd_bytes_before_gc;    /* total_bytes - bytes_allocd_since_gc */
    GC_word non_gc_bytes;              /* as GC_get_non_gc_bytes */
    GC_word gc_no;                     /* as GC_get_gc_no */
    GC_word markers_m1;                /* marker threads besides the collecting one */
    GC_word bytes_reclaimed_since_gc;  /* by sweeping, about */
    GC_word reclaimed_bytes_before_gc; /* by sweeping, up to the last collection */
    GC_word expl_freed_bytes_since_gc;
    GC_word obtained_from_os_bytes;
};

/* Fill the structure of that size; words the library does not know become all
 * ones.  Returns the bytes it does know.  The first: [lock]; the second: [held].
 */
GC_API size_t GC_CALL GC_get_prof_stats(struct GC_prof_stats_s *, size_t /* struct_bytes */);
#ifdef GC_THREADS
  GC_API size_t GC_CALL GC_get_prof_stats_unsafe(struct GC_prof_stats_s *,
                                                 size_t /* struct_bytes */);
#endif

/* Begin to add up the time that collections take; there is no end.  [plain] */
GC_API void GC_CALL GC_start_performance_measurement(void);

/* Time of full collections since then: milliseconds, and (since 8.3) the
 * nanoseconds beyond them, below 1000000.  [plain]
 */
GC_API unsigned long GC_CALL GC_get_full_gc_total_time(void);
GC_API unsigned long GC_CALL GC_get_full_gc_total_ns_frac(void);

/* Time the world was stopped for marking since then: the sum in milliseconds,
 * and the mean in nanoseconds.  [plain]  (since 8.3)
 */
GC_API unsigned long GC_CALL GC_get_stopped_mark_total_time(void);
GC_API unsigned long GC_CALL GC_get_avg_stopped_mark_time_ns(void);

/* The longest time the world was stopped, from the first signal sent to the last
 * thread let go, by the monotonic clock; since the start of the program or the
 * last reset.  Always measured.  Any thread.  (tidemark)
 */
GC_API GC_nanoseconds GC_CALL GC_get_longest_pause_ns(void);
GC_API void GC_CALL GC_reset_longest_pause(void);

/* ==== Roots ==== */

/* Search [low, high) for pointers at each collection; forget regions that lie
 * wholly inside; forget all.  Addresses need no alignment.  [lock]
 */
GC_API void GC_CALL GC_add_roots(void * /* low */, void * /* high */);
GC_API void GC_CALL GC_remove_roots(void * /* low */, void * /* high */);
GC_API void GC_CALL GC_clear_roots(void);

/* Never search this part of static data; forget all such parts (the latter:
 * [plain]).  [lock]
 */
GC_API void GC_CALL GC_exclude_static_roots(void * /* low */, void * /* high */);
GC_API void GC_CALL GC_clear_exclusion_table(void);

/* Register the main program's static data; for systems whose start-up does not.
 * Harmless elsewhere.  (since 8.3 on every system)
 */
GC_API void GC_CALL GC_init_global_static_roots(void);

/* Nonzero: do not search the data of shared libraries.  [pre-init] */
GC_API GC_ATTR_DEPRECATED int GC_no_dls;
GC_API void GC_CALL GC_set_no_dls(int);
GC_API int GC_CALL GC_get_no_dls(void);

/* Asked, under the lock, about each data region of a shared library; 0 leaves it
 * unsearched.  The new function replaces the old; NULL: none.  [lock]
 */
typedef int (GC_CALLBACK *GC_has_static_roots_func)(const char * /* library */,
                                                    void * /* start */, size_t /* bytes */);
GC_API void GC_CALL GC_register_has_static_roots_callback(GC_has_static_roots_func);

/* ==== Finalizers ==== */

/* When obj has become unreachable, call fn(obj, data) once, some time after a
 * collection found that, with no lock held, from within an allocation or
 * GC_invoke_finalizers.  obj is the start of an object; NULL or an address
 * outside the heap does nothing.  A new registration replaces the old one, which
 * is stored through the last two arguments unless they are NULL; fn == NULL
 * removes it.  data is kept reachable.  Nothing happens in leak-finding mode.
 * [allocates]
 *
 * register_finalizer       in order: an object reachable from another one with a
 *                          finalizer waits for that; a cycle waits forever
 * ..._ignore_self          the same, but pointers from obj to itself do not count
 * ..._no_order             at once, whatever else points to obj
 * ..._unreachable          in order, and after every unordered finalizer that can
 *                          reach obj; needs GC_java_finalization
 * The GC_debug_ forms take objects of the debugging allocators.
 */
typedef void (GC_CALLBACK *GC_finalization_proc)(void * /* obj */, void * /* data */);
GC_API void GC_CALL GC_register_finalizer(void * /* obj */, GC_finalization_proc /* fn */,
    void * /* data */, GC_finalization_proc * /* old_fn */, void ** /* old_data */)
    GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_debug_register_finalizer(void *, GC_finalization_proc, void *,
    GC_finalization_proc *, void **) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_register_finalizer_ignore_self(void *, GC_finalization_proc, void *,
    GC_finalization_proc *, void **) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_debug_register_finalizer_ignore_self(void *, GC_finalization_proc, void *,
    GC_finalization_proc *, void **) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_register_finalizer_no_order(void *, GC_finalization_proc, void *,
    GC_finalization_proc *, void **) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_debug_register_finalizer_no_order(void *, GC_finalization_proc, void *,
    GC_finalization_proc *, void **) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_register_finalizer_unreachable(void *, GC_finalization_proc, void *,
    GC_finalization_proc *, void **) GC_ATTR_NONNULL(1);
GC_API void GC_CALL GC_debug_register_finalizer_unreachable(void *, GC_finalization_proc, void *,
    GC_finalization_proc *, void **) GC_ATTR_NONNULL(1);

/* Nonzero: finalizers run only inside GC_invoke_finalizers.  [plain] */
GC_API GC_ATTR_DEPRECATED int GC_finalize_on_demand;
GC_API void GC_CALL GC_set_finalize_on_demand(int);
GC_API int GC_CALL GC_get_finalize_on_demand(void);

/* Nonzero: mark what finalizable objects reach in a pass of its own, so that
 * unordered finalization is safe.  [plain]
 */
GC_API GC_ATTR_DEPRECATED int GC_java_finalization;
GC_API void GC_CALL GC_set_java_finalization(int);
GC_API int GC_CALL GC_get_java_finalization(void);

/* With finalize_on_demand: called, without the lock, once after a collection
 * that found something to finalize.  NULL: none.  [lock]
 */
typedef void (GC_CALLBACK *GC_finalizer_notifier_proc)(void);
GC_API GC_ATTR_DEPRECATED GC_finalizer_notifier_proc GC_finalizer_notifier;
GC_API void GC_CALL GC_set_finalizer_notifier(GC_finalizer_notifier_proc);
GC_API GC_finalizer_notifier_proc GC_CALL GC_get_finalizer_notifier(void);

/* Called under the lock for each object found ready for its finalizer.  NULL:
 * none.  [lock]
 */
typedef void (GC_CALLBACK *GC_await_finalize_proc)(void * /* obj */);
GC_API void GC_CALL GC_set_await_finalize_proc(GC_await_finalize_proc);
GC_API GC_await_finalize_proc GC_CALL GC_get_await_finalize_proc(void);

/* Is a finalizer waiting to run?  [plain]  Run those that wait, and return how
 * many ran.  [allocates]
 */
GC_API int GC_CALL GC_should_invoke_finalizers(void);
GC_API int GC_CALL GC_invoke_finalizers(void);

/* How many finalizers one GC_invoke_finalizers may run; 0: all.  [lock]
 * (since 8.3)
 */
GC_API void GC_CALL GC_set_interrupt_finalizers(unsigned);
GC_API unsigned GC_CALL GC_get_interrupt_finalizers(void);

/* ==== Links that disappear ==== */

/* *link is cleared when obj becomes unreachable, before finalizers are chosen,
 * so the link does not count as a pointer if it is hidden (GC_HIDE_POINTER or an
 * atomic object).  Read it under the allocator lock, or the object may go
 * between reading and using it.  link is aligned; obj is the start of an object.
 * If link lies in the heap, it goes away with its own object.  Results:
 * GC_SUCCESS, GC_DUPLICATE (the link is known; obj replaces the old one),
 * GC_NO_MEMORY, GC_UNIMPLEMENTED in leak-finding mode.  The first form takes the
 * object that contains link.  [allocates]
 */
GC_API int GC_CALL GC_register_disappearing_link(void ** /* link */) GC_ATTR_NONNULL(1);
GC_API int GC_CALL GC_general_register_disappearing_link(void ** /* link */,
                                                         const void * /* obj */)
    GC_ATTR_NONNULL(1) GC_ATTR_NONNULL(2);

/* The same, but *link lasts until no finalizer can bring obj back. */
GC_API int GC_CALL GC_register_long_link(void ** /* link */, const void * /* obj */)
    GC_ATTR_NONNULL(1) GC_ATTR_NONNULL(2);

/* Move a registration to another address whose contents stay as they are;
 * GC_SUCCESS, GC_DUPLICATE if new_link has one, GC_NOT_FOUND if link has none.
 * link == new_link asks whether one exists.  [lock]
 */
GC_API int GC_CALL GC_move_disappearing_link(void ** /* link */, void ** /* new_link */)
    GC_ATTR_NONNULL(2);
GC_API int GC_CALL GC_move_long_link(void ** /* link */, void ** /* new_link */)
    GC_ATTR_NONNULL(2);

/* 1 if there was a registration to remove, else 0.  [lock] */
GC_API int GC_CALL GC_unregister_disappearing_link(void ** /* link */);
GC_API int GC_CALL GC_unregister_long_link(void ** /* link */);

/* A word the collector does not take for the pointer; reveal it under the lock,
 * after checking that it is still there.  The NZ pair (since 8.3) is for
 * pointers that are not NULL and keeps hidden words away from -1.
 */
typedef GC_word GC_hidden_pointer;
#define GC_HIDE_POINTER(p) (~(GC_hidden_pointer)(p))
#define GC_REVEAL_POINTER(p) ((void *)GC_HIDE_POINTER(p))
#define GC_HIDE_NZ_POINTER(p) ((GC_hidden_pointer)0 - (GC_hidden_pointer)(p))
#define GC_REVEAL_NZ_POINTER(p) ((void *)GC_HIDE_NZ_POINTER(p))
#if defined(GC_I_HIDE_POINTERS) || defined(I_HIDE_POINTERS)
# define HIDE_POINTER(p) GC_HIDE_POINTER(p)
# define REVEAL_POINTER(p) GC_REVEAL_POINTER(p)
#endif

/* ==== Toggle references ==== */

typedef enum {
    GC_TOGGLE_REF_DROP,   /* forget the object */
    GC_TOGGLE_REF_STRONG, /* keep it alive */
    GC_TOGGLE_REF_WEAK    /* watch it without keeping it alive */
} GC_ToggleRefStatus;

/* Asked about every added object at each collection, under the lock with the
 * world running.  NULL: none, and adding does nothing.  [lock]
 */
typedef GC_ToggleRefStatus (GC_CALLBACK *GC_toggleref_func)(void * /* obj */);
GC_API void GC_CALL GC_set_toggleref_func(GC_toggleref_func);
GC_API GC_toggleref_func GC_CALL GC_get_toggleref_func(void);

/* Watch obj until the callback drops it or it is collected.  GC_SUCCESS or
 * GC_NO_MEMORY.  The debug form (since 8.3) takes debugging objects.  [lock]
 */
GC_API int GC_CALL GC_toggleref_add(void * /* obj */, int /* is_strong */) GC_ATTR_NONNULL(1);
GC_API int GC_CALL GC_debug_toggleref_add(void * /* obj */, int /* is_strong */)
    GC_ATTR_NONNULL(1);

/* ==== Keeping an object to this point ==== */

/* Takes the word and does nothing, where the compiler cannot see that.  The
 * second: since 8.3.
 */
GC_API void GC_CALL GC_noop1(GC_word);
GC_API void GC_CALL GC_noop1_ptr(volatile void *);

/* The pointer is alive here, whatever the optimizer thinks. */
#if defined(__GNUC__) && !defined(__INTEL_COMPILER) && defined(__e2k__)
# define GC_reachable_here(ptr) __asm__ __volatile__(" " : : "r"(ptr) : "memory")
#elif defined(__GNUC__) && !defined(__INTEL_COMPILER)
# define GC_reachable_here(ptr) __asm__ __volatile__(" " : : "X"(ptr) : "memory")
#else
# define GC_reachable_here(ptr) GC_noop1((GC_word)(ptr))
#endif

/* ==== Messages ==== */

/* Gets each warning: a printf format with at most one argument, that word.
 * Called with or without the lock.  Never NULL.  [lock]
 */
typedef void (GC_CALLBACK *GC_warn_proc)(char * /* format */, GC_word /* arg */);
GC_API void GC_CALL GC_set_warn_proc(GC_warn_proc) GC_ATTR_NONNULL(1);
GC_API GC_warn_proc GC_CALL GC_get_warn_proc(void);

/* A warn_proc that drops warnings, unless statistics are printed. */
GC_API void GC_CALLBACK GC_ignore_warn_proc(char *, GC_word);

/* Where log lines go.  [plain] */
GC_API void GC_CALL GC_set_log_fd(int /* fd */);

/* Called before the collector ends the process: with a message before abort(),
 * with NULL before exit(1).  The default prints the message.  Never NULL.  [lock]
 */
typedef void (GC_CALLBACK *GC_abort_func)(const char * /* message */);
GC_API void GC_CALL GC_set_abort_func(GC_abort_func) GC_ATTR_NONNULL(1);
GC_API GC_abort_func GC_CALL GC_get_abort_func(void);

/* End the process because memory ran out.  Does not return. */
GC_API void GC_CALL GC_abort_on_oom(void);

/* Print the state of the heap to standard output.  GC_dump: [lock]; the others:
 * [held].  The name marks this dump; NULL means the number of the collection.
 */
GC_API void GC_CALL GC_dump(void);
GC_API void GC_CALL GC_dump_named(const char * /* name */);
GC_API void GC_CALL GC_dump_regions(void);
GC_API void GC_CALL GC_dump_finalization(void);

/* Nonzero: do not collect but report objects that became unreachable without
 * GC_free.  [pre-init]
 */
GC_API GC_ATTR_DEPRECATED int GC_find_leak;
GC_API void GC_CALL GC_set_find_leak(int);
GC_API int GC_CALL GC_get_find_leak(void);

/* Called with each object that is freed, so that memory checkers can put a
 * function of their own in its place.  (since 8.3)
 */
GC_API void GC_CALLBACK GC_free_profiler_hook(void * /* object */);

/* ==== Debugging allocation ==== */

/* What a debugging call passes along: the place of the call, and on some
 * platforms the caller's address first.
 */
#ifdef GC_ADD_CALLER
# define GC_EXTRAS GC_RETURN_ADDR, __FILE__, __LINE__
# define GC_EXTRA_PARAMS GC_word ra, const char *s, int i
#else
# define GC_EXTRAS __FILE__, __LINE__
# define GC_EXTRA_PARAMS const char *s, int i
#endif

/* As the functions without debug_, but the object has a header that tells where
 * it was allocated and guards that a collection or GC_debug_free checks for
 * writes out of bounds.  Objects of both families must not be mixed up.
 * [allocates]
 */
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_debug_malloc(size_t, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_debug_malloc_atomic(size_t, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_debug_malloc_uncollectable(size_t, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_debug_malloc_atomic_uncollectable(size_t, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_debug_malloc_ignore_off_page(size_t, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_debug_malloc_atomic_ignore_off_page(size_t, GC_EXTRA_PARAMS);
GC_API GC_ATTR_DEPRECATED void *GC_CALL GC_debug_malloc_stubborn(size_t, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC char *GC_CALL GC_debug_strdup(const char *, GC_EXTRA_PARAMS);
GC_API GC_ATTR_MALLOC char *GC_CALL
    GC_debug_strndup(const char *, size_t, GC_EXTRA_PARAMS) GC_ATTR_NONNULL(1);
#ifdef GC_REQUIRE_WCSDUP
  GC_API GC_ATTR_MALLOC wchar_t *GC_CALL
      GC_debug_wcsdup(const wchar_t *, GC_EXTRA_PARAMS) GC_ATTR_NONNULL(1);
#endif
GC_API void *GC_CALL GC_debug_realloc(void *, size_t, GC_EXTRA_PARAMS) GC_ATTR_ALLOC_SIZE(2);
GC_API void *GC_CALL GC_debug_reallocf(void *, size_t, GC_EXTRA_PARAMS) GC_ATTR_ALLOC_SIZE(2);
GC_API void GC_CALL GC_debug_free(void *);
GC_API void GC_CALL GC_debug_freezero(void *, size_t);
GC_API GC_ATTR_DEPRECATED void GC_CALL GC_debug_change_stubborn(const void *);
GC_API void GC_CALL GC_debug_end_stubborn_change(const void *) GC_ATTR_NONNULL(1);

/* The same without a place, fit to stand in for malloc, realloc and so on.
 * (reallocf and uncollectable: since 8.3)
 */
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL GC_debug_malloc_replacement(size_t);
GC_API GC_ATTR_MALLOC GC_ATTR_ALLOC_SIZE(1) void *GC_CALL
    GC_debug_malloc_uncollectable_replacement(size_t);
GC_API GC_ATTR_ALLOC_SIZE(2) void *GC_CALL GC_debug_realloc_replacement(void *, size_t);
GC_API GC_ATTR_ALLOC_SIZE(2) void *GC_CALL GC_debug_reallocf_replacement(void *, size_t);

/* ---- The macros programs should use: GC_DEBUG selects the family ---- */

#ifdef GC_DEBUG_REPLACEMENT
# define GC_MALLOC(sz) GC_debug_malloc_replacement(sz)
# define GC_REALLOC(old, sz) GC_debug_realloc_replacement(old, sz)
# define GC_REALLOCF(old, sz) GC_debug_reallocf_replacement(old, sz)
#elif defined(GC_DEBUG)
# define GC_MALLOC(sz) GC_debug_malloc(sz, GC_EXTRAS)
# define GC_REALLOC(old, sz) GC_debug_realloc(old, sz, GC_EXTRAS)
# define GC_REALLOCF(old, sz) GC_debug_reallocf(old, sz, GC_EXTRAS)
#else
# define GC_MALLOC(sz) GC_malloc(sz)
# define GC_REALLOC(old, sz) GC_realloc(old, sz)
# define GC_REALLOCF(old, sz) GC_reallocf(old, sz)
#endif

#ifdef GC_DEBUG
# define GC_MALLOC_ATOMIC(sz) GC_debug_malloc_atomic(sz, GC_EXTRAS)
# define GC_MALLOC_UNCOLLECTABLE(sz) GC_debug_malloc_uncollectable(sz, GC_EXTRAS)
# define GC_MALLOC_ATOMIC_UNCOLLECTABLE(sz) GC_debug_malloc_atomic_uncollectable(sz, GC_EXTRAS)
# define GC_MALLOC_IGNORE_OFF_PAGE(sz) GC_debug_malloc_ignore_off_page(sz, GC_EXTRAS)
# define GC_MALLOC_ATOMIC_IGNORE_OFF_PAGE(sz) \
        GC_debug_malloc_atomic_ignore_off_page(sz, GC_EXTRAS)
# define GC_STRDUP(s) GC_debug_strdup(s, GC_EXTRAS)
# define GC_STRNDUP(s, sz) GC_debug_strndup(s, sz, GC_EXTRAS)
# define GC_FREE(p) GC_debug_free(p)
# define GC_FREEZERO(p, clear_sz) GC_debug_freezero(p, clear_sz)
# define GC_REGISTER_FINALIZER(p, f, d, of, od) GC_debug_register_finalizer(p, f, d, of, od)
# define GC_REGISTER_FINALIZER_IGNORE_SELF(p, f, d, of, od) \
        GC_debug_register_finalizer_ignore_self(p, f, d, of, od)
# define GC_REGISTER_FINALIZER_NO_ORDER(p, f, d, of, od) \
        GC_debug_register_finalizer_no_order(p, f, d, of, od)
# define GC_REGISTER_FINALIZER_UNREACHABLE(p, f, d, of, od) \
        GC_debug_register_finalizer_unreachable(p, f, d, of, od)
# define GC_TOGGLEREF_ADD(p, is_strong) GC_debug_toggleref_add(p, is_strong)
# define GC_END_STUBBORN_CHANGE(p) GC_debug_end_stubborn_change(p)
# define GC_PTR_STORE_AND_DIRTY(p, q) GC_debug_ptr_store_and_dirty(p, q)
  /* A debugging object's address is not that of its header. */
# define GC_GENERAL_REGISTER_DISAPPEARING_LINK(link, obj) \
        GC_general_register_disappearing_link(link, GC_base((void *)(obj)))
# define GC_REGISTER_LONG_LINK(link, obj) GC_register_long_link(link, GC_base((void *)(obj)))
# define GC_REGISTER_DISPLACEMENT(n) GC_debug_register_displacement(n)
#else
# define GC_MALLOC_ATOMIC(sz) GC_malloc_atomic(sz)
# define GC_MALLOC_UNCOLLECTABLE(sz) GC_malloc_uncollectable(sz)
# define GC_MALLOC_ATOMIC_UNCOLLECTABLE(sz) GC_malloc_atomic_uncollectable(sz)
# define GC_MALLOC_IGNORE_OFF_PAGE(sz) GC_malloc_ignore_off_page(sz)
# define GC_MALLOC_ATOMIC_IGNORE_OFF_PAGE(sz) GC_malloc_atomic_ignore_off_page(sz)
# define GC_STRDUP(s) GC_strdup(s)
# define GC_STRNDUP(s, sz) GC_strndup(s, sz)
# define GC_FREE(p) GC_free(p)
# define GC_FREEZERO(p, clear_sz) GC_freezero(p, clear_sz)
# define GC_REGISTER_FINALIZER(p, f, d, of, od) GC_register_finalizer(p, f, d, of, od)
# define GC_REGISTER_FINALIZER_IGNORE_SELF(p, f, d, of, od) \
        GC_register_finalizer_ignore_self(p, f, d, of, od)
# define GC_REGISTER_FINALIZER_NO_ORDER(p, f, d, of, od) \
        GC_register_finalizer_no_order(p, f, d, of, od)
# define GC_REGISTER_FINALIZER_UNREACHABLE(p, f, d, of, od) \
        GC_register_finalizer_unreachable(p, f, d, of, od)
# define GC_TOGGLEREF_ADD(p, is_strong) GC_toggleref_add(p, is_strong)
# define GC_END_STUBBORN_CHANGE(p) GC_end_stubborn_change(p)
# define GC_PTR_STORE_AND_DIRTY(p, q) GC_ptr_store_and_dirty(p, q)
# define GC_GENERAL_REGISTER_DISAPPEARING_LINK(link, obj) \
        GC_general_register_disappearing_link(link, obj)
# define GC_REGISTER_LONG_LINK(link, obj) GC_register_long_link(link, obj)
# define GC_REGISTER_DISPLACEMENT(n) GC_register_displacement(n)
#endif /* GC_DEBUG */

#ifdef GC_REQUIRE_WCSDUP
# ifdef GC_DEBUG
#   define GC_WCSDUP(s) GC_debug_wcsdup(s, GC_EXTRAS)
# else
#   define GC_WCSDUP(s) GC_wcsdup(s)
# endif
#endif

/* Links to an object given by any pointer into it, of either family;
 * GC_NOT_FOUND if it points into none.  obj is evaluated twice.  (since 8.3)
 */
#define GC_GENERAL_REGISTER_DISAPPEARING_LINK_SAFE(link, obj) \
        (GC_base((void *)(obj)) == (void *)0 ? GC_NOT_FOUND \
         : GC_general_register_disappearing_link(link, GC_base((void *)(obj))))
#define GC_REGISTER_LONG_LINK_SAFE(link, obj) \
        (GC_base((void *)(obj)) == (void *)0 ? GC_NOT_FOUND \
         : GC_register_long_link(link, GC_base((void *)(obj))))

/* One object of type t, or NULL. */
#define GC_NEW(t) ((t *)GC_MALLOC(sizeof(t)))
#define GC_NEW_ATOMIC(t) ((t *)GC_MALLOC_ATOMIC(sizeof(t)))
#define GC_NEW_UNCOLLECTABLE(t) ((t *)GC_MALLOC_UNCOLLECTABLE(sizeof(t)))

/* ==== Checked pointer arithmetic ==== */

/* Each returns its (first) argument, or the pointer before or after it was
 * moved by that many bytes, and calls the procedure of the same name if
 *   same_obj, pre_incr, post_incr: the two pointers are not in one object
 *   is_visible: the collector would not search that location
 *   is_valid_displacement: a heap pointer to where none counts
 */
GC_API void *GC_CALL GC_same_obj(void * /* p */, void * /* q */);
GC_API void *GC_CALL GC_pre_incr(void ** /* p */, ptrdiff_t /* bytes */) GC_ATTR_NONNULL(1);
GC_API void *GC_CALL GC_post_incr(void ** /* p */, ptrdiff_t /* bytes */) GC_ATTR_NONNULL(1);
GC_API void *GC_CALL GC_is_visible(void * /* location */);
GC_API void *GC_CALL GC_is_valid_displacement(void * /* p */);

/* What is called; by default it prints and aborts.  Never NULL.  [plain]
 * (setters and getters: since 8.3)
 */
typedef void (GC_CALLBACK *GC_same_obj_print_proc_t)(void * /* p */, void * /* q */);
typedef void (GC_CALLBACK *GC_valid_ptr_print_proc_t)(void *);
GC_API void (GC_CALLBACK *GC_same_obj_print_proc)(void * /* p */, void * /* q */);
GC_API void (GC_CALLBACK *GC_is_valid_displacement_print_proc)(void *);
GC_API void (GC_CALLBACK *GC_is_visible_print_proc)(void *);
GC_API void GC_CALL GC_set_same_obj_print_proc(GC_same_obj_print_proc_t) GC_ATTR_NONNULL(1);
GC_API GC_same_obj_print_proc_t GC_CALL GC_get_same_obj_print_proc(void);
GC_API void GC_CALL GC_set_is_valid_displacement_print_proc(GC_valid_ptr_print_proc_t)
    GC_ATTR_NONNULL(1);
GC_API GC_valid_ptr_print_proc_t GC_CALL GC_get_is_valid_displacement_print_proc(void);
GC_API void GC_CALL GC_set_is_visible_print_proc(GC_valid_ptr_print_proc_t) GC_ATTR_NONNULL(1);
GC_API GC_valid_ptr_print_proc_t GC_CALL GC_get_is_visible_print_proc(void);

/* x + n, x += n, x++ and x--, checked under GC_DEBUG.  x may be evaluated more
 * than once.  The names with a 3 are how the others are made.
 */
#if defined(GC_DEBUG) && defined(__GNUC__)
# define GC_PTR_ADD3(x, n, type_of_result) ((type_of_result)GC_same_obj((x) + (n), (x)))
# define GC_PRE_INCR3(x, n, type_of_result) \
        ((type_of_result)GC_pre_incr((void **)(&(x)), \
                                     (ptrdiff_t)(n) * (ptrdiff_t)sizeof(*(x))))
# define GC_POST_INCR3(x, n, type_of_result) \
        ((type_of_result)GC_post_incr((void **)(&(x)), \
                                      (ptrdiff_t)(n) * (ptrdiff_t)sizeof(*(x))))
# define GC_PTR_ADD(x, n) GC_PTR_ADD3(x, n, __typeof__(x))
# define GC_PRE_INCR(x, n) GC_PRE_INCR3(x, n, __typeof__(x))
# define GC_POST_INCR(x) GC_POST_INCR3(x, 1, __typeof__(x))
# define GC_POST_DECR(x) GC_POST_INCR3(x, -1, __typeof__(x))
#else
# define GC_PTR_ADD(x, n) ((x) + (n))
# define GC_PRE_INCR(x, n) ((x) += (n))
# define GC_POST_INCR(x) ((x)++)
# define GC_POST_DECR(x) ((x)--)
#endif

/* *p = q, checked under GC_DEBUG; p is not on a stack. */
#ifdef GC_DEBUG
# define GC_PTR_STORE(p, q) \
        (*(void **)GC_is_visible((void *)(p)) = GC_is_valid_displacement((void *)(q)))
#else
# define GC_PTR_STORE(p, q) (*(void **)(p) = (void *)(q))
#endif

/* ==== The allocator lock ==== */

/* Not recursive.  fn runs under it; its result is returned. */
typedef void *(GC_CALLBACK *GC_fn_type)(void * /* data */);
GC_API void *GC_CALL GC_call_with_alloc_lock(GC_fn_type, void * /* data */) GC_ATTR_NONNULL(1);

/* The same for an fn that changes nothing of the collector's; several may run at
 * once.  With release nonzero, what fn wrote is visible to whoever next takes
 * the lock for writing.  (since 8.3)
 */
GC_API void *GC_CALL GC_call_with_reader_lock(GC_fn_type, void * /* data */, int /* release */)
    GC_ATTR_NONNULL(1);

/* Take and release it; between the two nothing may be called that needs it.  For
 * programs that cannot put what they do into a function.
 */
#ifdef GC_THREADS
  GC_API void GC_CALL GC_alloc_lock(void);
  GC_API void GC_CALL GC_alloc_unlock(void);
#else
# define GC_alloc_lock() ((void)0)
# define GC_alloc_unlock() ((void)0)
#endif

/* ==== Stacks ==== */

/* The cold end of a stack, and of a second register stack where there is one. */
struct GC_stack_base {
    void *mem_base;
#if defined(__ia64) || defined(__ia64__) || defined(_M_IA64) || defined(__e2k__)
    void *reg_base;
#endif
};

/* The cold end of the main stack; a program may set it before GC_init where the
 * collector cannot find it.
 */
GC_API GC_ATTR_DEPRECATED char *GC_stackbottom;

/* Call fn with a stack base that lies in this call's frame: good enough to
 * register a thread whose real stack base is unknown.
 */
typedef void *(GC_CALLBACK *GC_stack_base_func)(struct GC_stack_base *, void * /* arg */);
GC_API void *GC_CALL GC_call_with_stack_base(GC_stack_base_func, void * /* arg */)
    GC_ATTR_NONNULL(1);

/* The calling thread's stack base, from the system: GC_SUCCESS, or
 * GC_UNIMPLEMENTED where it cannot be had.
 */
GC_API int GC_CALL GC_get_stack_base(struct GC_stack_base *) GC_ATTR_NONNULL(1);

/* The calling thread's stack base as the collector has it; returns a handle of
 * the thread, not NULL.  The thread must be registered.  [lock]
 */
GC_API void *GC_CALL GC_get_my_stackbottom(struct GC_stack_base *) GC_ATTR_NONNULL(1);

/* The thread with that handle (NULL: the calling one) now runs on a stack with
 * this base.  For coroutines.  [held], or before GC_init for the main thread.
 */
GC_API void GC_CALL GC_set_stackbottom(void * /* handle */, const struct GC_stack_base *)
    GC_ATTR_NONNULL(2);

/* Called for each stopped thread, with the world stopped, to replace the stack
 * pointer at which searching its stack would begin.  thread_id is a pthread_t
 * made a pointer.  NULL: none.  [lock]  (since 8.3)
 */
typedef void (GC_CALLBACK *GC_sp_corrector_proc)(void ** /* sp */, void * /* thread_id */);
GC_API void GC_CALL GC_set_sp_corrector(GC_sp_corrector_proc);
GC_API GC_sp_corrector_proc GC_CALL GC_get_sp_corrector(void);

/* Run fn while this thread takes no part in collections: it is not stopped, and
 * the frames below this call are not searched, so fn must not touch the heap or
 * hold pointers into it, but may block.  The thread must be registered.
 */
GC_API void *GC_CALL GC_do_blocking(GC_fn_type, void * /* data */) GC_ATTR_NONNULL(1);

/* Inside GC_do_blocking: run fn as a full member again.  The two nest.  Outside,
 * it sets the stack base of the thread to this frame for the time of the call
 * if that is further out.
 */
GC_API void *GC_CALL GC_call_with_gc_active(GC_fn_type, void * /* data */) GC_ATTR_NONNULL(1);

/* ==== Threads ==== */

/* Start the marker threads now instead of with the program's first thread; also
 * for the child of a fork.  [lock]
 */
GC_API void GC_CALL GC_start_mark_threads(void);

#if defined(GC_DARWIN_THREADS) || defined(GC_WIN32_THREADS)
  /* Find threads without being told, which is less robust.  [pre-init] */
  GC_API void GC_CALL GC_use_threads_discovery(void);
#endif

#ifdef GC_THREADS
  /* Marker threads besides the collecting one.  No lock. */
  GC_API GC_ATTR_DEPRECATED int GC_parallel;
  GC_API int GC_CALL GC_get_parallel(void);

  /* How many threads mark, the collecting one included; 0: the collector
   * decides.  [pre-init]
   */
  GC_API void GC_CALL GC_set_markers_count(unsigned);

  /* The signals that stop threads and let them go; setters: [pre-init], getters:
   * constant afterwards, -1 where signals are not used.
   */
  GC_API void GC_CALL GC_set_suspend_signal(int);
  GC_API void GC_CALL GC_set_thr_restart_signal(int);
  GC_API int GC_CALL GC_get_suspend_signal(void);
  GC_API int GC_CALL GC_get_thr_restart_signal(void);

  /* Threads not created by way of this header register themselves.  First, a
   * known thread calls GC_allow_register_threads (which starts the markers);
   * then the new thread registers before it touches the heap: GC_SUCCESS or
   * GC_DUPLICATE; and it unregisters before it ends if that was GC_SUCCESS.
   * [lock]
   */
  GC_API void GC_CALL GC_allow_register_threads(void);
  GC_API int GC_CALL GC_register_my_thread(const struct GC_stack_base *) GC_ATTR_NONNULL(1);
  GC_API int GC_CALL GC_unregister_my_thread(void);
  GC_API int GC_CALL GC_thread_is_registered(void);

  /* The calling thread may run signal handlers on this alternate stack. [lock] */
  GC_API void GC_CALL GC_register_altstack(void * /* stack_start */, GC_word /* stack_bytes */,
                                           void * /* alt_start */, GC_word /* alt_bytes */);

  /* Stop every other thread, under the lock, until the second call. */
  GC_API void GC_CALL GC_stop_world_external(void);
  GC_API void GC_CALL GC_start_world_external(void);
#endif /* GC_THREADS */

#ifdef GC_PTHREADS
# ifdef __cplusplus
    } /* extern "C" */
# endif
# include "gc_pthread_redirects.h"
# ifdef __cplusplus
    extern "C" {
# endif
#endif

/* ---- Windows threads ---- */

#if !defined(GC_WINDOWS_H_INCLUDED) && defined(WINAPI)
# define GC_WINDOWS_H_INCLUDED
#endif

#if defined(GC_WIN32_THREADS) \
    && (!defined(GC_PTHREADS) || defined(GC_BUILD) || defined(GC_WINDOWS_H_INCLUDED))
# if (!defined(GC_NO_THREAD_DECLS) || defined(GC_BUILD)) && !defined(GC_DONT_INCL_WINDOWS_H)
#   ifdef __cplusplus
      } /* extern "C" */
#   endif
#   if !defined(_WIN32_WCE) && !defined(__CEGCC__)
#     include <process.h>
#   endif
#   if defined(GC_BUILD) || !defined(GC_DONT_INCLUDE_WINDOWS_H)
#     include <windows.h>
#     ifndef GC_WINDOWS_H_INCLUDED
#       define GC_WINDOWS_H_INCLUDED
#     endif
#   endif
#   ifdef __cplusplus
      extern "C" {
#   endif

    /* 32-bit MinGW programs may need the names with the underscore. */
#   ifdef GC_UNDERSCORE_STDCALL
#     define GC_CreateThread _GC_CreateThread
#     define GC_ExitThread _GC_ExitThread
#     define GC_DllMain _GC_DllMain
#   endif

#   ifndef DECLSPEC_NORETURN
#     ifdef GC_WINDOWS_H_INCLUDED
#       define DECLSPEC_NORETURN
#     else
#       define DECLSPEC_NORETURN __declspec(noreturn)
#     endif
#   endif

#   if defined(_UINTPTR_T) || defined(_UINTPTR_T_DEFINED) || defined(UINTPTR_MAX)
      typedef uintptr_t GC_uintptr_t;
#   else
      typedef GC_word GC_uintptr_t;
#   endif
#   if defined(_WIN64)
#     define GC_WIN32_SIZE_T GC_uintptr_t
#   elif defined(GC_WINDOWS_H_INCLUDED)
#     define GC_WIN32_SIZE_T DWORD
#   else
#     define GC_WIN32_SIZE_T unsigned long
#   endif

    /* Stand-ins for the system's functions of those names; they register the
     * thread.  A thread ends by returning or through these.
     */
#   ifdef GC_WINDOWS_H_INCLUDED
#     ifdef GC_INSIDE_DLL
        GC_API BOOL WINAPI GC_DllMain(HINSTANCE, ULONG /* reason */, LPVOID);
#     endif
      GC_API HANDLE WINAPI GC_CreateThread(LPSECURITY_ATTRIBUTES,
                                           GC_WIN32_SIZE_T /* stack_bytes */,
                                           LPTHREAD_START_ROUTINE, LPVOID /* arg */,
                                           DWORD /* flags */, LPDWORD /* thread_id */);
      GC_API DECLSPEC_NORETURN void WINAPI GC_ExitThread(DWORD /* code */);
#   else
#     ifdef GC_INSIDE_DLL
        GC_API int __stdcall GC_DllMain(void *, unsigned long /* reason */, void *);
#     endif
      struct _SECURITY_ATTRIBUTES;
      GC_API void *__stdcall GC_CreateThread(struct _SECURITY_ATTRIBUTES *,
                                             GC_WIN32_SIZE_T /* stack_bytes */,
                                             unsigned long (__stdcall *)(void *),
                                             void * /* arg */, unsigned long /* flags */,
                                             unsigned long * /* thread_id */);
      GC_API DECLSPEC_NORETURN void __stdcall GC_ExitThread(unsigned long /* code */);
#   endif
#   if !defined(_WIN32_WCE) && !defined(__CEGCC__)
      GC_API GC_uintptr_t GC_CALL GC_beginthreadex(void * /* security */,
                                                   unsigned /* stack_bytes */,
                                                   unsigned (__stdcall *)(void *),
                                                   void * /* arg */, unsigned /* flags */,
                                                   unsigned * /* thread_id */);
      GC_API void GC_CALL GC_endthreadex(unsigned /* code */);
#   endif
# endif /* declarations */

  /* The library has a WinMain that starts the collector, then calls the
   * program's in a registered thread.
   */
# ifdef GC_WINMAIN_REDIRECT
#   define WinMain GC_WinMain
#   ifdef __GNUC__ /* the start files ask for WinMain when the library has been searched */
      extern const int GC_has_WinMain;
      static const int *const GC_wants_WinMain __attribute__((__used__)) = &GC_has_WinMain;
#   endif
# endif

# define GC_use_DllMain GC_use_threads_discovery

# ifndef GC_NO_THREAD_REDIRECTS
#   undef CreateThread
#   define CreateThread GC_CreateThread
#   undef ExitThread
#   define ExitThread GC_ExitThread
#   undef _beginthreadex
#   define _beginthreadex GC_beginthreadex
#   undef _endthreadex
#   define _endthreadex GC_endthreadex
# endif
#endif /* GC_WIN32_THREADS */

/* Give the heap back to Windows at exit.  Exists there only. */
GC_API void GC_CALL GC_win32_free_heap(void);

/* ==== GC_INIT ==== */

/* Where the collector cannot find the program's static data by itself. */
#if defined(__CYGWIN__) || defined(__CYGWIN32__)
# if defined(__x86_64__)
    extern int __data_start__[], __data_end__[], __bss_start__[], __bss_end__[];
#   define GC_I_CYG(sym) ((GC_word)__##sym##__)
# else
    extern int _data_start__[], _data_end__[], _bss_start__[], _bss_end__[];
#   define GC_I_CYG(sym) ((GC_word)_##sym##__)
# endif
# define GC_DATASTART ((void *)(GC_I_CYG(data_start) < GC_I_CYG(bss_start) \
                                ? GC_I_CYG(data_start) : GC_I_CYG(bss_start)))
# define GC_DATAEND ((void *)(GC_I_CYG(data_end) > GC_I_CYG(bss_end) \
                              ? GC_I_CYG(data_end) : GC_I_CYG(bss_end)))
# define GC_INIT_CONF_ROOTS (GC_add_roots(GC_DATASTART, GC_DATAEND), GC_gcollect())
#elif defined(_AIX)
  extern int _data[], _end[];
# define GC_DATASTART ((void *)_data)
# define GC_DATAEND ((void *)_end)
# define GC_INIT_CONF_ROOTS GC_add_roots(GC_DATASTART, GC_DATAEND)
#elif (defined(HOST_ANDROID) || defined(__ANDROID__)) && defined(IGNORE_DYNAMIC_LOADING)
# pragma weak __dso_handle
  extern int __dso_handle[];
  GC_API void *GC_CALL GC_find_limit(void * /* start */, int /* up */);
# define GC_INIT_CONF_ROOTS \
        ((void *)__dso_handle != (void *)0 \
         ? GC_add_roots(__dso_handle, GC_find_limit(__dso_handle, 1)) : (void)0)
#else
# define GC_INIT_CONF_ROOTS ((void)0)
#endif

/* A program may choose these at compile time by defining the macro named in the
 * condition.
 */
#ifdef GC_DONT_EXPAND
# define GC_INIT_CONF_DONT_EXPAND GC_set_dont_expand(1)
#else
# define GC_INIT_CONF_DONT_EXPAND ((void)0)
#endif
#ifdef GC_FORCE_UNMAP_ON_GCOLLECT
# define GC_INIT_CONF_FORCE_UNMAP_ON_GCOLLECT GC_set_force_unmap_on_gcollect(1)
#else
# define GC_INIT_CONF_FORCE_UNMAP_ON_GCOLLECT ((void)0)
#endif
#if defined(GC_DONT_GC) /* not GC_disable, which is for after GC_init */
# define GC_INIT_CONF_MAX_RETRIES ((void)(GC_dont_gc = 1))
#elif defined(GC_MAX_RETRIES)
# define GC_INIT_CONF_MAX_RETRIES GC_set_max_retries(GC_MAX_RETRIES)
#else
# define GC_INIT_CONF_MAX_RETRIES ((void)0)
#endif
#ifdef GC_ALLOCD_BYTES_PER_FINALIZER
# define GC_INIT_CONF_ALLOCD_BYTES_PER_FINALIZER \
        GC_set_allocd_bytes_per_finalizer(GC_ALLOCD_BYTES_PER_FINALIZER)
#else
# define GC_INIT_CONF_ALLOCD_BYTES_PER_FINALIZER ((void)0)
#endif
#ifdef GC_FREE_SPACE_DIVISOR
# define GC_INIT_CONF_FREE_SPACE_DIVISOR GC_set_free_space_divisor(GC_FREE_SPACE_DIVISOR)
#else
# define GC_INIT_CONF_FREE_SPACE_DIVISOR ((void)0)
#endif
#ifdef GC_FULL_FREQ
# define GC_INIT_CONF_FULL_FREQ GC_set_full_freq(GC_FULL_FREQ)
#else
# define GC_INIT_CONF_FULL_FREQ ((void)0)
#endif
#ifdef GC_TIME_LIMIT /* ms */
# define GC_INIT_CONF_TIME_LIMIT GC_set_time_limit(GC_TIME_LIMIT)
#else
# define GC_INIT_CONF_TIME_LIMIT ((void)0)
#endif
#if defined(GC_MARKERS) && defined(GC_THREADS)
# define GC_INIT_CONF_MARKERS GC_set_markers_count(GC_MARKERS)
#else
# define GC_INIT_CONF_MARKERS ((void)0)
#endif
#if defined(GC_SIG_SUSPEND) && defined(GC_THREADS)
# define GC_INIT_CONF_SUSPEND_SIGNAL GC_set_suspend_signal(GC_SIG_SUSPEND)
#else
# define GC_INIT_CONF_SUSPEND_SIGNAL ((void)0)
#endif
#if defined(GC_SIG_THR_RESTART) && defined(GC_THREADS)
# define GC_INIT_CONF_THR_RESTART_SIGNAL GC_set_thr_restart_signal(GC_SIG_THR_RESTART)
#else
# define GC_INIT_CONF_THR_RESTART_SIGNAL ((void)0)
#endif
#ifdef GC_MAXIMUM_HEAP_SIZE /* bytes */
# define GC_INIT_CONF_MAXIMUM_HEAP_SIZE GC_set_max_heap_size(GC_MAXIMUM_HEAP_SIZE)
#else
# define GC_INIT_CONF_MAXIMUM_HEAP_SIZE ((void)0)
#endif
#ifdef GC_IGNORE_WARN
# define GC_INIT_CONF_IGNORE_WARN GC_set_warn_proc(GC_ignore_warn_proc)
#else
# define GC_INIT_CONF_IGNORE_WARN ((void)0)
#endif
#ifdef GC_INITIAL_HEAP_SIZE /* bytes */
# define GC_INIT_CONF_INITIAL_HEAP_SIZE \
        (void)(GC_get_heap_size() < (size_t)(GC_INITIAL_HEAP_SIZE) \
               && GC_expand_hp((size_t)(GC_INITIAL_HEAP_SIZE) - GC_get_heap_size()))
#else
# define GC_INIT_CONF_INITIAL_HEAP_SIZE ((void)0)
#endif

/* Call it at the start of main, in the main thread; again does no harm.  A
 * block, since programs write it with and without the semicolon.
 */
#define GC_INIT() \
        { \
            GC_INIT_CONF_DONT_EXPAND; \
            GC_INIT_CONF_FORCE_UNMAP_ON_GCOLLECT; \
            GC_INIT_CONF_MAX_RETRIES; \
            GC_INIT_CONF_ALLOCD_BYTES_PER_FINALIZER; \
            GC_INIT_CONF_FREE_SPACE_DIVISOR; \
            GC_INIT_CONF_FULL_FREQ; \
            GC_INIT_CONF_TIME_LIMIT; \
            GC_INIT_CONF_MARKERS; \
            GC_INIT_CONF_SUSPEND_SIGNAL; \
            GC_INIT_CONF_THR_RESTART_SIGNAL; \
            GC_INIT_CONF_MAXIMUM_HEAP_SIZE; \
            GC_init(); \
            GC_INIT_CONF_ROOTS; \
            GC_INIT_CONF_IGNORE_WARN; \
            GC_INIT_CONF_INITIAL_HEAP_SIZE; \
        }

/* The Amiga allocates through a wrapper of its own. */
#if defined(_AMIGA) && !defined(GC_AMIGA_MAKINGLIB)
  void *GC_amiga_realloc(void *, size_t);
  void GC_amiga_set_toany(void (*)(void));
  extern int GC_amiga_free_space_divisor_inc;
  extern void *(*GC_amiga_allocwrapper_do)(size_t, void *(GC_CALL *)(size_t));
# define GC_realloc(a, b) GC_amiga_realloc(a, b)
# define GC_malloc(a) (*GC_amiga_allocwrapper_do)(a, GC_malloc)
# define GC_malloc_atomic(a) (*GC_amiga_allocwrapper_do)(a, GC_malloc_atomic)
# define GC_malloc_uncollectable(a) (*GC_amiga_allocwrapper_do)(a, GC_malloc_uncollectable)
# define GC_malloc_atomic_uncollectable(a) \
        (*GC_amiga_allocwrapper_do)(a, GC_malloc_atomic_uncollectable)
# define GC_malloc_ignore_off_page(a) (*GC_amiga_allocwrapper_do)(a, GC_malloc_ignore_off_page)
# define GC_malloc_atomic_ignore_off_page(a) \
        (*GC_amiga_allocwrapper_do)(a, GC_malloc_atomic_ignore_off_page)
#endif

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GC_H */
