/* base.h - the words every room speaks: types, attributes, constants of the build.
 *
 * Facts of the port: gcconfig.h.  Atomic operations: atomics.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_BASE_H
#define GCI_BASE_H

#ifdef HAVE_CONFIG_H
# include "config.h"
#endif
#ifndef _GNU_SOURCE
# define _GNU_SOURCE 1
#endif

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef GC_BUILD
# define GC_BUILD 1
#endif
#define GC_NO_THREAD_REDIRECTS 1 /* inside the library pthread_create is the system's */
#ifdef GCI_THREADS
# ifndef GC_THREADS
#  define GC_THREADS 1
# endif
#endif
#if (defined(_WIN32) || defined(__CYGWIN__)) && !defined(GCI_WITH_WINDOWS_H) /* its names stay where they are needed */
# define GC_DONT_INCL_WINDOWS_H 1
#endif
#include "gc/gc.h"

#include "private/gcconfig.h"

typedef GC_word word;   /* as wide as a pointer */
typedef char *ptr_t;    /* an address on which one does arithmetic */

#define gci_likely(x)   __builtin_expect(!!(x), 1)
#define gci_unlikely(x) __builtin_expect(!!(x), 0)
/* A variable of this library, of which compilers otherwise ask the linker where it is. */
#ifdef __ELF__
# define GCI_HIDDEN __attribute__((visibility("hidden")))
#else
# define GCI_HIDDEN
#endif
#define GCI_NOINLINE    __attribute__((noinline))
#define GCI_INLINE      static inline __attribute__((always_inline))
#define GCI_NORETURN    __attribute__((noreturn))
#define GCI_COLD        __attribute__((cold, noinline))
#define GCI_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define GCI_UNUSED      __attribute__((unused))
/* Conservative scanning reads memory that sanitizers consider poisoned. */
#if defined(__clang__) || __GNUC__ >= 8
# define GCI_NO_SANITIZE __attribute__((no_sanitize("address", "thread", "memory")))
#else
# define GCI_NO_SANITIZE
#endif
#if defined(__clang__)
# undef GCI_NO_SANITIZE
# define GCI_NO_SANITIZE __attribute__((no_sanitize("address", "thread", "memory", "undefined")))
#elif defined(__GNUC__)
# undef GCI_NO_SANITIZE
# define GCI_NO_SANITIZE __attribute__((no_sanitize("address"), no_sanitize("thread")))
#endif

#if defined(__SANITIZE_THREAD__)
# define GCI_THREAD_SANITIZER 1
#elif defined(__has_feature)
# if __has_feature(thread_sanitizer)
#  define GCI_THREAD_SANITIZER 1
# endif
#endif
#ifdef GCI_THREAD_SANITIZER
static const bool config_thread_sanitizer = true;
#else
static const bool config_thread_sanitizer = false;
#endif

/* Functions that read what the program writes meanwhile: each word once, whatever it is (rescan.c). */
#ifdef GCI_THREAD_SANITIZER
# define GCI_RACES GCI_NO_SANITIZE
#else
# define GCI_RACES
#endif

/* The same value, of which the compiler knows nothing: it stays behind the branch that it is in, and what
   depends on it waits for nothing else. */
GCI_INLINE word gci_opaque(word w)
{
    __asm__ volatile("" : "+r"(w));
    return w;
}
#define GCI_LINE_BYTES 64 /* a cache line of most processors */
#define GCI_PREFETCH(p)       __builtin_prefetch((p), 0, 3)
#define GCI_PREFETCH_WRITE(p) __builtin_prefetch((p), 1, 3)

/* Who called this function; NULL where no memory holds it. */
#if defined(GCI_CPU_WASM)
# define GCI_RETURN_ADDRESS() ((void *)0)
#else
# define GCI_RETURN_ADDRESS() __builtin_return_address(0)
#endif

/* The compiler may not move memory accesses across; the CPU may. Enough against a signal
   handler of the same thread. */
#define GCI_COMPILER_BARRIER() __asm__ __volatile__("" ::: "memory")

#define GCI_WORD_BITS  CPP_WORDSZ
#define GCI_WORD_BYTES (CPP_WORDSZ / 8)
#define GCI_WORD_SHIFT (CPP_WORDSZ == 64 ? 3 : 2)
/* Granule: the unit of object sizes; every object is aligned to it. */
#define GCI_GRANULE_BYTES (2 * GCI_WORD_BYTES)
#define GCI_GRANULE_SHIFT (CPP_WORDSZ == 64 ? 4 : 3)

/* What configure decided, as values: both branches of every test compile. */
#ifdef GCI_THREADS
static const bool config_threads = true;
#else
static const bool config_threads = false;
#endif
#ifdef PARALLEL_MARK
static const bool config_parallel_mark = true;
#else
static const bool config_parallel_mark = false;
#endif
#ifdef THREAD_LOCAL_ALLOC
static const bool config_thread_local_alloc = true;
#else
static const bool config_thread_local_alloc = false;
#endif
#ifdef USE_MUNMAP
static const bool config_munmap = true;
#else
static const bool config_munmap = false;
#endif
#ifdef GC_ASSERTIONS
static const bool config_assertions = true;
#else
static const bool config_assertions = false;
#endif
#ifdef KEEP_BACK_PTRS /* --enable-gc-debug */
static const bool config_gc_debug = true;
#else
static const bool config_gc_debug = false;
#endif
#ifdef LARGE_CONFIG
static const bool config_large = true;
#else
static const bool config_large = false;
#endif
#ifdef HANDLE_FORK
static const bool config_handle_fork = true;
#else
static const bool config_handle_fork = false;
#endif
#ifdef DYNAMIC_LOADING
static const bool config_dynamic_loading = true;
#else
static const bool config_dynamic_loading = false;
#endif

GCI_INLINE word gci_round_up(word n, word unit) { return (n + unit - 1) / unit * unit; }
GCI_INLINE word gci_align_up(word n, word pow2) { return (n + pow2 - 1) & ~(pow2 - 1); }
GCI_INLINE word gci_align_down(word n, word pow2) { return n & ~(pow2 - 1); }

#endif /* GCI_BASE_H */
