/* mips.h - section 2 of gcconfig.h: MIPS: o32, n32 and n64, both byte orders.
 *
 * SPDX-License-Identifier: MIT
 */
#define MACH_TYPE "mips"
#ifndef GCI_ADDRESS_BITS
# if __SIZEOF_POINTER__ == 8
#  define GCI_ADDRESS_BITS 48 /* 40 with the smallest pages */
# else
#  define GCI_ADDRESS_BITS 31 /* the upper half belongs to the kernel */
# endif
#endif

/* The thread pointer is 0x7000 past the end of a control block of two words: the DTV first
   with glibc, last with musl. */
#ifdef __mips64
# define GCI_TLS_READ_TP(tp) __asm__(".set push\n\t.set mips64r2\n\trdhwr %0, $29\n\t.set pop" : "=r"(tp))
#else
# define GCI_TLS_READ_TP(tp) __asm__(".set push\n\t.set mips32r2\n\trdhwr %0, $29\n\t.set pop" : "=r"(tp))
#endif
#define GCI_TLS_BIAS 0x7000
#define GCI_TLS_GAP 0
#ifdef __GLIBC__
# define GCI_TLS_DTV(tp) (((void **)((char *)(tp) - 0x7000))[-2])
#else
# define GCI_TLS_DTV(tp) (((void **)((char *)(tp) - 0x7000))[-1])
#endif
