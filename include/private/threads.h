/* threads.h - threads the collector knows, stopping them, and where their roots are.
 *
 * Files: pthread_support/. Below the heap: nothing here knows about objects.
 * Built without threads the same functions exist for the one thread there is
 * (pthread_support/single.c).
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_THREADS_H
#define GCI_THREADS_H

#include "private/ground.h"
#include "private/port.h"

#if defined(GCI_THREADS) && defined(UNIX_LIKE)
# include <signal.h>
#endif

#if defined(GC_PTHREADS)
typedef pthread_t gci_thread_id;
GCI_INLINE gci_thread_id gci_thread_id_here(void) { return pthread_self(); }
GCI_INLINE bool gci_thread_id_same(gci_thread_id a, gci_thread_id b) { return pthread_equal(a, b); }
#elif defined(GCI_THREADS) /* Windows' own threads */
typedef unsigned long gci_thread_id;
gci_thread_id gci_thread_id_here(void); /* native_win32.c */
GCI_INLINE bool gci_thread_id_same(gci_thread_id a, gci_thread_id b) { return a == b; }
#endif

struct gci_cache; /* alloc.h: the thread's allocation cache */
struct gci_hole;

/* A stretch of stack that GC_call_with_gc_active put above a blocked one. */
struct gci_stack_segment {
    struct gci_stack_segment *older;
    ptr_t hot;  /* hot end saved when the region below it was left */
};

enum gci_thread_flags {
    GCI_THREAD_MAIN = 1,
    GCI_THREAD_DETACHED = 2,
    GCI_THREAD_FINISHED = 4,   /* gone, kept for its join value */
    GCI_THREAD_BY_US = 8,      /* made by GC_pthread_create */
    GCI_THREAD_NO_GC = 16,     /* inside GC_disable'd creation/cleanup */
    GCI_THREAD_JOINING = 32,   /* somebody waits in GC_pthread_join: the entry stays */
    GCI_THREAD_VANISHED = 64,  /* ended without a word: no stack any more, reaped at restart */
    GCI_THREAD_KEYED = 128     /* its end will be noticed, and it unregistered */
};

/* gci_thread.blocked: zero, or GCI_BLOCKED with what keeps the thread from leaving its region. */
enum gci_thread_blocked {
    GCI_BLOCKED = 1,           /* set and cleared by the thread itself */
    GCI_BLOCKED_BY_STOP = 2,   /* the world is stopped */
    GCI_BLOCKED_BY_SUSPEND = 4 /* GC_suspend_thread */
};

struct gci_thread {
    /* hot: the allocator's fast path reads these */
    struct gci_hole *holes[2];      /* the cache's, for pointer-free and normal objects */
    struct gci_cache *cache;        /* never NULL while registered */
    word nostop;                    /* depth of no-stop regions [nostop] */
    volatile word stop_pending;     /* a stop request came inside a no-stop region */
    /* cold */
    struct gci_thread *next;        /* registry list, allocator lock */
    word flags;
    ptr_t stack_cold;               /* cold end (STACK_GROWS_UP: lowest address) */
    ptr_t stack_hot;                /* hot end while stopped or blocked */
    ptr_t stack_map_lo, stack_map_hi; /* the whole mapping if known, else NULL: holds TLS and TSD */
    ptr_t alt_lo, alt_hi;           /* GC_register_altstack */
    ptr_t norm_lo, norm_hi;         /*   its normal stack */
    void *thread_pointer;           /* gci_roots_thread_pointer() */
    volatile word blocked;          /* GCI_BLOCKED*; nonzero: counts as stopped [blocked] */
    struct gci_stack_segment *segments;
    volatile word stop_epoch;       /* last stop it acknowledged (odd: stopped) */
    volatile word suspended;        /* by GC_suspend_thread, which does not count */
    void *exit_value;               /* join result: a root until joined */
    ptr_t regs_lo, regs_hi;         /* saved context not on its stack (altstack, win32) */
    word finalizer_nested;          /* extras: GC_invoke_finalizers depth */
    unsigned number;                /* small serial, for messages */
    /* pthread_support's own */
    unsigned exit_rounds;           /* key destructor rounds seen */
    struct gci_native *native;      /* Windows, Mach: handle, saved registers */
    ptr_t stack_cold_home;          /* stack_cold as registered, whatever coroutines set later */
    volatile word ack_wanted;       /* a stop or suspension waits for this thread's answer */
    volatile word parked;           /* inside the suspend handler's wait, or suspended from outside */
    int asked;                      /* what asking it to stop had: suspending.h */
#ifdef GCI_THREADS
    gci_thread_id id;
#endif
};

#if defined(GC_PTHREADS)
extern __thread struct gci_thread *gci_self_tls
    __attribute__((tls_model("initial-exec"), visibility("hidden")));
GCI_INLINE struct gci_thread *gci_self(void) { return gci_self_tls; }
GCI_INLINE void gci_self_set(struct gci_thread *t) { gci_self_tls = t; }
#elif defined(GCI_THREADS)
/* native_win32.c: the slot's place in the thread's environment block; 0: none of the near ones.
   Compilers there emulate __thread with calls and malloc. */
extern word gci_self_offset;
struct gci_thread *gci_self_far(void);
void gci_self_set(struct gci_thread *t);
GCI_INLINE word gci_environment_word(word offset)
{
    word w;

# if defined(GCI_CPU_X86_64)
    __asm__ __volatile__("movq %%gs:(%1), %0" : "=r"(w) : "r"(offset));
# elif defined(GCI_CPU_I386)
    __asm__ __volatile__("movl %%fs:(%1), %0" : "=r"(w) : "r"(offset));
# else /* aarch64 */
    __asm__ __volatile__("ldr %0, [x18, %1]" : "=r"(w) : "r"(offset));
# endif
    return w;
}
GCI_INLINE struct gci_thread *gci_self(void)
{
    word offset = gci_self_offset;

    return gci_likely(offset != 0) ? (struct gci_thread *)gci_environment_word(offset)
                                   : gci_self_far();
}
#else
extern struct gci_thread *gci_self_single;
GCI_INLINE struct gci_thread *gci_self(void) { return gci_self_single; }
#endif

/* [nostop] Inside a no-stop region the thread is not stopped: the suspend handler notes the
   request and returns; leaving the outermost region obeys it. Regions are short, take leaf locks
   only, and never allocate from the program's point of view. */
GCI_INLINE void gci_nostop_enter(struct gci_thread *t)
{
    t->nostop++;
    GCI_COMPILER_BARRIER();
}
/* The same for a fast path: the next one's load need not wait for this one's last store. Returns the depth to
   leave with. */
GCI_INLINE word gci_nostop_enter_from(struct gci_thread *t)
{
    word depth = t->nostop;

    t->nostop = depth + 1;
    GCI_COMPILER_BARRIER();
    return depth;
}
void gci_thread_obey_stop(struct gci_thread *t); /* stop.c: handles stop_pending */
/* Left; is a stop pending, which gci_nostop_obey would obey? */
GCI_INLINE bool gci_nostop_leave_asked(struct gci_thread *t)
{
    GCI_COMPILER_BARRIER();
    t->nostop--;
    GCI_COMPILER_BARRIER();
    return t->stop_pending != 0;
}
GCI_INLINE bool gci_nostop_leave_asked_to(struct gci_thread *t, word depth)
{
    GCI_COMPILER_BARRIER();
    t->nostop = depth;
    GCI_COMPILER_BARRIER();
    return t->stop_pending != 0;
}
GCI_INLINE void gci_nostop_obey(struct gci_thread *t)
{
    if (t->nostop == 0)
        gci_thread_obey_stop(t);
}
GCI_INLINE void gci_nostop_leave(struct gci_thread *t)
{
    if (gci_unlikely(gci_nostop_leave_asked(t)))
        gci_nostop_obey(t);
}

/* registry.c */
/* Registers the calling (main) thread; from GC_init, after gci_options_read(), with or without
   the allocator lock. Before `initialized` is set. */
void gci_threads_init(void);
/* Its stack is no more: nobody stops it, nothing of it is a root. */
GCI_INLINE bool gci_thread_is_out(const struct gci_thread *t)
{
    return (t->flags & (GCI_THREAD_FINISHED | GCI_THREAD_VANISHED)) != 0;
}
struct gci_thread *gci_threads_first(void);   /* the list, allocator lock held */
word gci_threads_count(void);                  /* live registered threads */
/* Hooks the registry calls when a thread comes and goes (allocator lock held): the alloc
   floor attaches and retires its cache. Set before gci_threads_init. */
extern int (*gci_thread_attach_hook)(struct gci_thread *);   /* 0 or ENOMEM */
extern void (*gci_thread_detach_hook)(struct gci_thread *);

/* world.c / stop_*.c: allocator lock held */
void gci_world_stop(void);   /* on return every other registered thread is stopped or blocked */
void gci_world_start(void);
bool gci_world_interrupted(void); /* while it is stopped: some other thread would run, were it not */
/* Calls visit(lo, hi) for every stack stretch, saved register set, thread-local block, join
   value of every thread; `own_hot` is the caller's hot end. World stopped. */
typedef void (*gci_range_visitor)(ptr_t lo, ptr_t hi, void *arg);
void gci_threads_visit_roots_stopped(ptr_t own_hot, gci_range_visitor visit, void *arg);

/* markers.c: a pool of sleeping threads that help the collecting one. */
void gci_markers_init(unsigned wanted);  /* total incl. the collecting thread; threads start lazily */
unsigned gci_markers_available(void);    /* helpers + 1 */
/* How many of `count` markers (caller included) gci_markers_run would use now. Starts missing
   helpers while the world runs; never while it is stopped [no-create-stopped]: a stopped thread
   may hold malloc's lock, and pthread_create allocates. Call it before the stop when the heap
   deserves helpers; a run that lacked some makes the next restart start them. */
unsigned gci_markers_prepare(unsigned count);
/* Runs fn(index, arg) on up to gci_markers_prepare(count) threads (index 0 in the caller), returns
   when all that began are done, and how many there were. A helper that has not begun when index 0
   is done never does. All signals are blocked in helpers. */
unsigned gci_markers_run(unsigned count, void (*fn)(unsigned index, void *arg), void *arg);
/* Runs fn(1..n, arg) on up to `count` helpers without waiting (background work) and returns n;
   0: none could be had, nothing runs. gci_markers_wait joins; gci_markers_run waits for it. */
unsigned gci_markers_start(unsigned count, void (*fn)(unsigned index, void *arg), void *arg);
void gci_markers_wait(void);
/* The program has said that mark procedures may run in parallel (GC_start_mark_threads,
   GC_allow_register_threads, or it made a thread). A fork's child must say so again; until
   then it has no helpers. */
bool gci_markers_client_allows(void);

/* fork.c */
void gci_fork_init(void); /* pthread_atfork handlers unless GC_set_handle_fork(0) */
/* First of all, allocator lock held: helpers put down their work, which may be long. May stay NULL. */
extern void (*gci_fork_quiet_hook)(void);
/* Before fork, allocator lock held: upper floors take their leaf locks in order, so that no other
   thread is in the middle of a change; after it, in the parent: give them back. May stay NULL. */
extern void (*gci_fork_prepare_hook)(void);
extern void (*gci_fork_parent_hook)(void);
/* In the child, before the detach hook is called for each thread that is no more (those cut
   inside a no-stop region have nostop != 0): upper floors reset their leaf locks. */
extern void (*gci_fork_child_hook)(void);
/* From exit functions. False: they can do nothing with the heap any more [ended]. */
bool gci_threads_at_exit(void);

/* ---- between the files of pthread_support/ ------------------------------------ */

/* stacks.c: both builds */
/* Where the thread's stack is hot now; finds out whether `hot` lies on an alternate stack.
   alt_lo, alt_hi: that stack if already known, else NULL. Async-signal-safe. */
void gci_stack_note_hot_sigsafe(struct gci_thread *t, ptr_t hot, ptr_t alt_lo, ptr_t alt_hi);
/* Fills in cold end, home, mapping and thread pointer of the calling thread, which is not the main
   one if cold is NULL: then the cold end is the mapping's, or `frame` if that is unknown. */
void gci_stack_describe(struct gci_thread *t, ptr_t cold, ptr_t frame);
ptr_t gci_stack_cold_end(const struct gci_thread *t); /* as the program last set it */
bool gci_stack_find_cold(ptr_t *cold); /* of the calling thread, NULL: unknown; is it the main one? */
void gci_stack_set_cold(struct gci_thread *t, ptr_t cold);
/* The stack is said to begin no hotter than `here`; the cold end as it was, NULL if unchanged. */
ptr_t gci_stack_widen(struct gci_thread *t, ptr_t here);
void gci_stack_visit_stopped(struct gci_thread *t, gci_range_visitor visit, void *arg);

/* blocking.c and stop_*.c. [claim] A thread leaves its region by changing `blocked` from exactly
   GCI_BLOCKED to 0 in one step; whoever stops it adds a bit in one step, or finds 0 and sends a
   signal. So the two always agree on whether it runs. */
GCI_INLINE void gci_blocking_enter(struct gci_thread *t, ptr_t hot)
{
    gci_stack_note_hot_sigsafe(t, hot, NULL, NULL);
    gci_store_release(&t->blocked, GCI_BLOCKED);
}
/* Adds or takes away bits of a blocked thread; false: it is not blocked. */
GCI_INLINE bool gci_blocking_hold(struct gci_thread *t, word bits)
{
    word was;

    do {
        was = gci_load(&t->blocked);
        if (was == 0)
            return false;
    } while (!gci_cas(&t->blocked, was, was | bits));
    return true;
}
GCI_INLINE void gci_blocking_release(struct gci_thread *t, word bits)
{
    word was;

    do {
        was = gci_load(&t->blocked);
    } while ((was & bits) != 0 && !gci_cas(&t->blocked, was, was & ~bits));
}
void gci_blocking_leave(struct gci_thread *t);

/* world.c: odd while the world is being stopped or is stopped [epoch] */
extern volatile word gci_world_epoch;

/* stop_*.c: the method. Allocator lock held but for the first three. */
void gci_stop_init(void);                              /* handlers; once */
void gci_stop_unblock_signals(void);                   /* in the calling thread */
#if defined(GCI_THREADS) && defined(UNIX_LIKE)
void gci_stop_spare_signals(sigset_t *set);            /* takes ours out of a set to be blocked */
#endif
/* Sleeps while something but GCI_BLOCKED keeps the calling thread blocked; may return early. */
void gci_stop_wait_blocked(struct gci_thread *t);
void gci_stop_threads_locked(struct gci_thread *self); /* epoch is odd: all others but self */
void gci_stop_restart_locked(struct gci_thread *self); /* epoch is even again: let them go */
void gci_stop_suspend_locked(struct gci_thread *t);    /* not blocked: sets t->suspended, waits */
void gci_stop_resume_locked(struct gci_thread *t);     /* it may leave its region again */
void gci_stop_after_fork(void);

#ifdef GCI_THREADS
/* native_posix.c, native_win32.c: what the registry and the pool need of the system's threads. */
void gci_native_init(void);                            /* from GC_init */
/* The calling thread joins the list; sees to its being unregistered when it ends. 0 or ENOMEM. */
int gci_native_attach_locked(struct gci_thread *t);
/* It leaves the list, or has ended without a word. */
void gci_native_detach_locked(struct gci_thread *t);
/* A thread that the collector never stops, with no signal but faults. 0 or an errno value. */
int gci_native_helper(void (*run)(void), size_t stack_bytes);
/* At exit: has the system ended all threads but this one, wherever they were? */
bool gci_native_others_ended(void);
/* create.c, of builds with POSIX threads */
void gci_create_after_fork(void);
/* registry.c */
struct gci_thread *gci_thread_lookup_locked(gci_thread_id id); /* newest, finished or not; NULL */
/* GC_SUCCESS, GC_DUPLICATE, GC_NO_MEMORY; cold and frame as for gci_stack_describe. */
int gci_thread_register_self(ptr_t cold, ptr_t frame, word flags);
void gci_thread_unregister_self(void);
void gci_thread_forget_locked(struct gci_thread *t);       /* unlinks and recycles */
/* An entry of no thread, whose exit_value is a root until it is forgotten; NULL: no memory. */
struct gci_thread *gci_thread_hold_locked(void *value);
void gci_thread_reap_vanished_locked(void);
bool gci_thread_set_exit_value(void *value);               /* of the calling thread */
void gci_threads_after_fork(void);
/* markers.c */
void gci_markers_allow(void);
void gci_markers_world_restarted(void);
void gci_markers_after_fork(void);
#endif /* GCI_THREADS */

/* Cancellation must not unwind out of the collector: between these two it stays pending. */
GCI_INLINE int gci_cancel_disable(void)
{
#if !defined(GC_PTHREADS) || defined(GC_NO_PTHREAD_CANCEL)
    return 0;
#else
    int was = 0;

    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &was);
    return was;
#endif
}
GCI_INLINE void gci_cancel_restore(int was)
{
#if !defined(GC_PTHREADS) || defined(GC_NO_PTHREAD_CANCEL)
    (void)was;
#else
    (void)pthread_setcancelstate(was, NULL);
#endif
}

#endif /* GCI_THREADS_H */
