/* defaults.h - section 3 of gcconfig.h: what the first two sections left open.
 *
 * SPDX-License-Identifier: MIT
 */

#ifndef MACH_TYPE
# define MACH_TYPE "generic"
#endif

#ifndef CPP_WORDSZ
# define CPP_WORDSZ (__SIZEOF_POINTER__ * 8)
#endif
#if CPP_WORDSZ != 64 && CPP_WORDSZ != 32
# error "CPP_WORDSZ must be 32 or 64"
#endif
#ifndef ALIGNMENT
# define ALIGNMENT (CPP_WORDSZ / 8)
#endif
#ifndef GCI_ADDRESS_BITS
# define GCI_ADDRESS_BITS CPP_WORDSZ
#endif

/* Static data of the main program. */
#ifndef DATAEND
# if defined(GCI_OS_WIN32) || defined(GCI_OS_CYGWIN)
   /* roots_win32.c reads the image's own section table */
# else
extern int _end[];
#  define DATAEND ((ptr_t)_end)
# endif
#endif
#if !defined(DATASTART) && !defined(SEARCH_FOR_DATA_START) && defined(DATAEND)
# define SEARCH_FOR_DATA_START 1
#endif

/* Stack. */
#ifndef STACK_GRAN
# define STACK_GRAN 0x1000000
#endif
#if !defined(STACKBOTTOM) && !defined(LINUX_STACKBOTTOM) && !defined(GCI_PTHREAD_STACKBOTTOM) \
    && !defined(HEURISTIC1) && !defined(HEURISTIC2) && defined(UNIX_LIKE)
# define HEURISTIC2 1
#endif

/* Dirty bits: every page counts as written, the program says, or nothing is known. */
#ifndef DEFAULT_VDB
# define DEFAULT_VDB 1
#endif
#ifndef MANUAL_VDB
# define MANUAL_VDB 1
#endif

/* Speed. */
#ifndef PREFETCH
# define PREFETCH(x) __builtin_prefetch((x), 0, 3)
#endif
#ifndef GC_PREFETCH_FOR_WRITE
# define GC_PREFETCH_FOR_WRITE(x) __builtin_prefetch((x), 1, 3)
#endif
#ifndef CLEAR_DOUBLE
# define CLEAR_DOUBLE(x) ((void)(((GC_word *)(x))[0] = 0, ((GC_word *)(x))[1] = 0))
#endif

/* Memory.  HEAP_START and GET_MEM have no default: the system chooses the place, and the
   mem_*.c file of the row gets the memory. */

#if defined(GCI_USE_LIBATOMIC_OPS) && !defined(USE_LIBATOMIC_OPS)
# define USE_LIBATOMIC_OPS 1
#elif defined(USE_LIBATOMIC_OPS) && !defined(GCI_USE_LIBATOMIC_OPS)
# define GCI_USE_LIBATOMIC_OPS 1
#endif

/* Thread-local storage.  With blocks above the thread pointer the main program's block starts
   GCI_TLS_GAP bytes (rounded to its alignment) above thread pointer - GCI_TLS_BIAS. */
#ifndef GCI_TLS_READ_TP
# define GCI_TLS_READ_TP(tp) ((tp) = NULL) /* no block is found then */
#endif
#ifndef GCI_TLS_BIAS
# define GCI_TLS_BIAS 0
#endif
#ifndef GCI_TLS_BELOW_TP
# define GCI_TLS_BELOW_TP 0
#endif
#ifndef GCI_TLS_GAP
# define GCI_TLS_GAP 0
#endif
