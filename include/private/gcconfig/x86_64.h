/* x86_64.h - section 2 of gcconfig.h: x86-64, with 64-bit pointers or 32-bit ones (x32).
 *
 * SPDX-License-Identifier: MIT
 */
#define MACH_TYPE "x86_64"
#ifndef GCI_ADDRESS_BITS
# ifdef __ILP32__
#  define GCI_ADDRESS_BITS 32
# else
#  define GCI_ADDRESS_BITS 47 /* five-level paging gives more only to those who ask by hint */
# endif
#endif

/* Thread-local blocks lie below the thread pointer; the word after it points to the DTV. */
#ifdef __ILP32__
# define GCI_TLS_READ_TP(tp) __asm__("movl %%fs:0, %k0" : "=r"(tp))
#else
# define GCI_TLS_READ_TP(tp) __asm__("movq %%fs:0, %0" : "=r"(tp))
#endif
#define GCI_TLS_BELOW_TP 1
#define GCI_TLS_DTV(tp) (((void **)(tp))[1])
