/* ground.h - the ground floor: log and abort, options, the locks, memory for metadata.
 *
 * Files: collector/ground/log.c, options.c, lock.c, meta.c, state.c.
 * Nothing here calls a higher floor.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_GROUND_H
#define GCI_GROUND_H

#include "private/mutex.h"

/* ---- log.c ---------------------------------------------------------------- */

/* gci_log writes to the log (stderr, or GC_LOG_FILE / GC_set_log_fd). Dumps go to stdout, as
   libgc's do: GC_printf. No allocation; safe with the world stopped. gci_log only when GC_PRINT_STATS is at least `level` (1 stats, 2 verbose). */
void gci_log(int level, const char *format, ...) GCI_PRINTF(2, 3);
void gci_print(const char *format, ...) GCI_PRINTF(1, 2); /* always, to stderr: reports */
/* A message for the program's warn procedure (GC_set_warn_proc); `format` holds at most one
   conversion, which prints a word (%lu, %lx or %p). */
void gci_warn(const char *format, word arg);
/* Bad argument or broken invariant: prints, calls GC_on_abort, abort()s. */
void gci_abort(const char *format, ...) GCI_PRINTF(1, 2) GCI_NORETURN;
void gci_log_open(void); /* after the options are read */
extern int gci_log_fd;   /* the log: gci_log, GC_log_printf */
/* A warning whose whole text is made here (no conversion reaches the warn procedure). */
void gci_warn_text(const char *format, ...) GCI_PRINTF(1, 2);
/* The formatter of all of the above: d i u x X p s c %, flags - and 0, width and precision
   (also *), hh h l ll j z t. Fills buf with at most size - 1 characters and a 0; returns the
   length stored. Async-signal-safe. */
size_t gci_format(char *buf, size_t size, const char *format, ...) GCI_PRINTF(3, 4);

/* Exported by libgc though gc.h does not declare them; stdout, stderr, log. All three follow
   GC_LOG_FILE, the first two not with GC_ONLY_LOG_TO_FILE. */
GC_API void GC_printf(const char *format, ...) GCI_PRINTF(1, 2);
GC_API void GC_err_printf(const char *format, ...) GCI_PRINTF(1, 2);
GC_API void GC_log_printf(const char *format, ...) GCI_PRINTF(1, 2);
/* What gci_abort and GC_abort_on_oom call (with NULL); GC_set_abort_func. */
GC_API GC_abort_func GC_on_abort;

/* The same pointer, of which the compiler knows nothing: nonnull attributes of gc.h would drop
   the check of a bad argument. */
#define GCI_LAUNDERED(p)                                 \
    ({                                                   \
        __typeof__(p) gci_laundered = (p);               \
        __asm__ __volatile__("" : "+r"(gci_laundered));  \
        gci_laundered;                                   \
    })

#define GCI_ASSERT(cond)                                                                  \
    do {                                                                                  \
        if (config_assertions && gci_unlikely(!(cond)))                                   \
            gci_abort("assertion failed at %s:%d: %s", __FILE__, __LINE__, #cond);        \
    } while (0)

/* ---- options.c ------------------------------------------------------------ */

/* One table: name, type, default, bounds, doc text. Read once by gci_options_read().
   A malformed value: a warning that names variable and value; the default stays. */
struct gci_options {
    int print_stats;              /* GC_PRINT_STATS 1, GC_PRINT_VERBOSE_STATS 2 */
    const char *log_file;         /* GC_LOG_FILE */
    size_t initial_heap_bytes;    /* GC_INITIAL_HEAP_SIZE, suffix k M G */
    size_t maximum_heap_bytes;    /* GC_MAXIMUM_HEAP_SIZE, 0 none */
    word free_space_divisor;      /* GC_FREE_SPACE_DIVISOR */
    unsigned markers;             /* GC_MARKERS: number of markers incl. the collecting thread; 0 automatic */
    unsigned nprocs;              /* GC_NPROCS: 0 ask the system */
    bool dont_gc;                 /* GC_DONT_GC */
    bool find_leak;               /* GC_FIND_LEAK */
    bool findleak_delay_free;     /* GC_FINDLEAK_DELAY_FREE */
    bool abort_on_leak;           /* GC_ABORT_ON_LEAK */
    int all_interior_pointers;    /* GC_ALL_INTERIOR_POINTERS: -1 not given */
    bool enable_incremental;      /* GC_ENABLE_INCREMENTAL */
    bool disable_incremental;     /* GC_DISABLE_INCREMENTAL */
    word pause_time_target_ms;    /* GC_PAUSE_TIME_TARGET, 0 not given */
    int full_frequency;           /* GC_FULL_FREQUENCY, -1 not given */
    bool dump_regularly;          /* GC_DUMP_REGULARLY */
    bool use_entire_heap;         /* GC_USE_ENTIRE_HEAP */
    word large_alloc_warn_interval; /* GC_LARGE_ALLOC_WARN_INTERVAL */
    int unmap_threshold;          /* GC_UNMAP_THRESHOLD: collections, -1 not given, 0 never */
    bool force_unmap_on_gcollect; /* GC_FORCE_UNMAP_ON_GCOLLECT */
    bool ignore_gcj_info;         /* GC_IGNORE_GCJ_INFO */
    int retry_signals;            /* GC_RETRY_SIGNALS: -1 not given */
    bool loop_on_abort;           /* GC_LOOP_ON_ABORT */
    word print_backtrace;         /* GC_BACKTRACES */
    bool print_back_height;       /* GC_PRINT_BACK_HEIGHT */
    const char *vdb;              /* GC_VDB=name forces a dirty-bit provider */
    bool verify;                  /* GC_VERIFY: check the whole heap after each cycle */
    bool stress_collect;          /* GC_STRESS=collect,oom,tiny,deny */
    bool stress_oom;
    bool stress_tiny;
    bool stress_deny;
    word stress_period;           /* GC_STRESS_PERIOD: every Nth allocation slow path, default 64 */
    const char *trace;            /* GC_TRACE: hex address of an object to watch */
    bool only_log_to_file;        /* GC_ONLY_LOG_TO_FILE: GC_LOG_FILE gets the log alone */
    word dump_interval;           /* GC_DUMP_INTERVAL: a dump every Nth cycle, default 1 */
    bool print_address_map;       /* GC_PRINT_ADDRESS_MAP: leak reports show the mappings */
    bool no_blacklist_warning;    /* GC_NO_BLACKLIST_WARNING: no large_alloc warnings at all */
    int use_getwritewatch;        /* GC_USE_GETWRITEWATCH: -1 not given; 0 protect pages first */
};
extern struct gci_options gci_options;
void gci_options_read(void);    /* the first call; later ones do nothing. Strings are copied. */
/* An environment variable, NULL also when the process runs with raised privileges. */
const char *gci_options_getenv(const char *name);

/* ---- lock.c --------------------------------------------------------------- */

unsigned gci_processors(void);  /* GC_NPROCS, or what the system says: asked once; at least 1 */

/* Has the process one thread, as far as that can be had for nothing? Then what others might change
   meanwhile needs no atomic operation. */
#if defined(GC_PTHREADS) && defined(__GLIBC__) && defined(__has_include)
# if __has_include(<sys/single_threaded.h>)
#  include <sys/single_threaded.h>
#  define GCI_SINGLE_THREADED __libc_single_threaded
# endif
#endif
#ifndef GCI_SINGLE_THREADED
# define GCI_SINGLE_THREADED (!config_threads)
#endif
GCI_INLINE bool gci_alone(void)
{
    return GCI_SINGLE_THREADED != 0;
}
/* Adds to a count that all threads share. */
GCI_INLINE void gci_tally(volatile word *count, word n)
{
    if (gci_alone())
        gci_store(count, gci_load(count) + n);
    else
        (void)gci_fetch_add(count, n);
}

struct gci_lock {
    struct gci_mutex mutex;
    volatile word holder; /* nonzero while held: lets assertions ask */
    volatile word light;  /* the same, of who holds it without the mutex: lock.c [alone] */
};
#define GCI_LOCK_INITIALIZER { GCI_MUTEX_INITIALIZER, 0, 0 }
/* Spins briefly, then sleeps. Not recursive. */
void gci_lock_acquire(struct gci_lock *lock);
bool gci_lock_try(struct gci_lock *lock);
void gci_lock_release(struct gci_lock *lock);
void gci_lock_reset_after_fork(struct gci_lock *lock); /* in a fork's child: free again */
bool gci_lock_is_mine(const struct gci_lock *lock);    /* held by the calling thread */
/* Waits for a signal: mutex.h. The lock is held before and after; may wake without cause. */
void gci_condition_wait(struct gci_condition *condition, struct gci_lock *lock);

/* For spin loops: tells the processor (and the other hyperthread) that this is one. */
GCI_INLINE void gci_cpu_relax(void)
{
#if defined(GCI_CPU_RELAX)
    GCI_CPU_RELAX();
#elif defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("isb" ::: "memory"); /* yield does nothing on most of them */
#else
    GCI_COMPILER_BARRIER();
#endif
}

/* The allocator lock: held by whoever collects, changes roots, threads or finalizer tables.
   Order: allocator lock -> class lock -> heap lock. [nostop-leaf] A thread inside a no-stop
   region (threads.h) never waits for the allocator lock. */
extern struct gci_lock gci_allocator_lock;
#define GCI_LOCK()   gci_lock_acquire(&gci_allocator_lock)
#define GCI_UNLOCK() gci_lock_release(&gci_allocator_lock)

/* ---- meta.c --------------------------------------------------------------- */

/* Never-freed memory for metadata, zero-filled, aligned to 64 bytes, outside every root.
   NULL when the system refuses. Any thread; takes its own leaf lock. */
void *gci_meta_alloc(size_t bytes);
/* Growable, releasable metadata (tables): whole pages from the system. */
void *gci_meta_map(size_t bytes);
void gci_meta_unmap(void *p, size_t bytes);
size_t gci_meta_bytes(void); /* held now: what was obtained less what was unmapped */
/* Around fork, with the allocator lock held: nobody else is inside meta.c meanwhile. */
void gci_meta_before_fork(void);
void gci_meta_after_fork(bool in_child);

/* ---- state.c: one struct for what is not a room's own ---------------------- */

struct gci_state {
    volatile word initialized;  /* GC_init has finished */
    bool collecting;            /* a cycle runs; under the allocator lock */
    bool world_stopped;
    word leaked;                /* reports made by leak detection */
};
extern struct gci_state gci_state;
GCI_INLINE bool gci_is_initialized(void) { return gci_load_acquire(&gci_state.initialized) != 0; }

#endif /* GCI_GROUND_H */
