/* aarch64.h - section 2 of gcconfig.h: 64-bit ARM, both byte orders.
 *
 * SPDX-License-Identifier: MIT
 */
#define MACH_TYPE "aarch64"
#ifndef GCI_ADDRESS_BITS
# ifdef __ILP32__
#  define GCI_ADDRESS_BITS 32
# else
#  define GCI_ADDRESS_BITS 48 /* 52 bits only by hint */
# endif
#endif

/* Two words at the thread pointer, blocks above them. */
#define GCI_TLS_READ_TP(tp) __asm__("mrs %0, tpidr_el0" : "=r"(tp))
#define GCI_TLS_GAP (2 * sizeof(void *))
#ifdef __GLIBC__
# define GCI_TLS_DTV(tp) (((void **)(tp))[0])
#else
# define GCI_TLS_DTV(tp) (((void **)(tp))[-1])
#endif
