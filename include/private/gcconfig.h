/* gcconfig.h - the port description: compile-time facts about architecture and system.
 *
 * Three sections, always in this order:
 *   1  identify     exactly one GCI_CPU_* and one GCI_OS_*            (gcconfig/identify.h)
 *   2  facts        what is special here: gcconfig/<cpu>.h first, then gcconfig/os_<os>.h
 *                   for what all processors of that system share
 *   3  defaults     everything sections 1 and 2 left open             (gcconfig/defaults.h)
 * A later section never overrides an earlier one: each fact is guarded by #ifndef, so
 * -DSTACK_GRAN=... on the compiler's command line wins over all of them. [first-wins]
 *
 * Which files implement a mechanism is not decided here but in configure.host; nothing here
 * needs a run of a program, so cross builds are like native ones.
 *
 *   MACH_TYPE, OS_TYPE        strings naming architecture and system
 *   CPP_WORDSZ                bits of a pointer, usable in #if
 *   ALIGNMENT                 every pointer in memory lies at a multiple of this many bytes
 *   GCI_ADDRESS_BITS          user addresses are below 2 to this power
 *   DATASTART, DATAEND        static data of the main program (and DATASTART2, DATAEND2)
 *   SEARCH_FOR_DATA_START     ... found by walking down from DATAEND until memory faults
 *   STACK_GROWS_UP            the stack's cold end is its lowest address
 *   STACKBOTTOM               cold end of the main stack as an expression, or one of
 *   LINUX_STACKBOTTOM           from the C library or /proc
 *   HEURISTIC1                  an address of GC_init's frame rounded to STACK_GRAN
 *   HEURISTIC2                  walk to the cold end until memory faults
 *                             with none of them the program sets GC_stackbottom before GC_INIT
 *   STACK_GRAN                bytes, a power of two
 *   DYNAMIC_LOADING           dyn_load registers the data of libraries
 *   *_VDB                     dirty-bit mechanisms that may work (vdb.h)
 *   PREFETCH, GC_PREFETCH_FOR_WRITE, CLEAR_DOUBLE   optional speed macros
 *   HEAP_START                hint for the first mapping
 *   GET_MEM(bytes)            zeroed memory, on systems with neither mmap nor sbrk
 *   UNIX_LIKE                 getcontext, sigaction and mmap's relatives can be expected
 *   USE_LIBATOMIC_OPS         atomics.h uses libatomic_ops
 *   GCI_SUSPEND_SIGNAL, GCI_RESTART_SIGNAL   default signals of stop-the-world
 *   GCI_TLS_READ_TP, GCI_TLS_BELOW_TP, GCI_TLS_BIAS, GCI_TLS_GAP, GCI_TLS_DTV   thread-local storage ABI
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_GCCONFIG_H
#define GCI_GCCONFIG_H

/* ---- section 1: who are we? ------------------------------------------------- */
#include "private/gcconfig/identify.h"

/* ---- section 2: what is special here? --------------------------------------- */
#if defined(GCI_CPU_X86_64)
# include "private/gcconfig/x86_64.h"
#elif defined(GCI_CPU_I386)
# include "private/gcconfig/i386.h"
#elif defined(GCI_CPU_AARCH64)
# include "private/gcconfig/aarch64.h"
#elif defined(GCI_CPU_ARM)
# include "private/gcconfig/arm.h"
#elif defined(GCI_CPU_RISCV)
# include "private/gcconfig/riscv.h"
#elif defined(GCI_CPU_POWERPC)
# include "private/gcconfig/powerpc.h"
#elif defined(GCI_CPU_S390)
# include "private/gcconfig/s390.h"
#elif defined(GCI_CPU_MIPS)
# include "private/gcconfig/mips.h"
#elif defined(GCI_CPU_M68K)
# include "private/gcconfig/m68k.h"
#elif defined(GCI_CPU_ALPHA)
# include "private/gcconfig/alpha.h"
#elif defined(GCI_CPU_SPARC)
# include "private/gcconfig/sparc.h"
#elif defined(GCI_CPU_HPPA)
# include "private/gcconfig/hppa.h"
#elif defined(GCI_CPU_SH)
# include "private/gcconfig/sh.h"
#elif defined(GCI_CPU_LOONGARCH)
# include "private/gcconfig/loongarch.h"
#elif defined(GCI_CPU_WASM)
# include "private/gcconfig/wasm.h"
#endif

#if defined(GCI_OS_SIMULATED)
# include "private/gcconfig/os_simulated.h"
#elif defined(GCI_OS_LINUX)
# include "private/gcconfig/os_linux.h"
#elif defined(GCI_OS_WIN32) || defined(GCI_OS_CYGWIN)
# include "private/gcconfig/os_win32.h"
#elif defined(GCI_OS_DARWIN)
# include "private/gcconfig/os_darwin.h"
#elif defined(GCI_OS_BSD)
# include "private/gcconfig/os_bsd.h"
#elif defined(GCI_OS_SOLARIS)
# include "private/gcconfig/os_solaris.h"
#elif defined(GCI_OS_HAIKU)
# include "private/gcconfig/os_haiku.h"
#elif defined(GCI_OS_HURD)
# include "private/gcconfig/os_hurd.h"
#elif defined(GCI_OS_NONE)
# include "private/gcconfig/os_none.h"
#elif defined(GCI_OS_WASI)
# include "private/gcconfig/os_wasi.h"
#endif

/* ---- section 3: everything still open ---------------------------------------- */
#include "private/gcconfig/defaults.h"

#endif /* GCI_GCCONFIG_H */
