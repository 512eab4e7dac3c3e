/* powerpc.h - section 2 of gcconfig.h: PowerPC, 32 and 64 bits, both byte orders.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(__powerpc64__)
# define MACH_TYPE "powerpc64"
# ifndef GCI_ADDRESS_BITS
#  define GCI_ADDRESS_BITS 47 /* more only by hint */
# endif
#else
# define MACH_TYPE "powerpc"
#endif

/* The thread pointer is 0x7000 past the end of the control block, whose last word is the DTV. */
#ifdef __powerpc64__
# define GCI_TLS_READ_TP(tp) __asm__("mr %0, 13" : "=r"(tp))
#else
# define GCI_TLS_READ_TP(tp) __asm__("mr %0, 2" : "=r"(tp))
#endif
#define GCI_TLS_BIAS 0x7000
#define GCI_TLS_GAP 0
#define GCI_TLS_DTV(tp) (((void **)((char *)(tp) - 0x7000))[-1])
