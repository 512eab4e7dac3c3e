/* sparc.h - section 2 of gcconfig.h: SPARC, 32 and 64 bits.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(__arch64__) || defined(__sparcv9)
# define MACH_TYPE "sparc64"
# ifndef GCI_ADDRESS_BITS
#  define GCI_ADDRESS_BITS 64 /* mappings lie on both sides of the hole in the middle */
# endif
#else
# define MACH_TYPE "sparc"
#endif

/* Register windows: only the unwinder's builtin (which flushes them) or a trap puts the
   registers of the callers in memory; getcontext does not.  See configure.host. */

#define GCI_TLS_READ_TP(tp) __asm__("mov %%g7, %0" : "=r"(tp))
#define GCI_TLS_BELOW_TP 1
#define GCI_TLS_DTV(tp) (((void **)(tp))[1])
