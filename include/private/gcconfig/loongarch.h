/* loongarch.h - section 2 of gcconfig.h: LoongArch.
 *
 * SPDX-License-Identifier: MIT
 */
#define MACH_TYPE "loongarch"
#ifndef GCI_ADDRESS_BITS
# if __SIZEOF_POINTER__ == 8
#  define GCI_ADDRESS_BITS 47
# else
#  define GCI_ADDRESS_BITS 32
# endif
#endif

#define GCI_TLS_READ_TP(tp) __asm__("move %0, $tp" : "=r"(tp))
#define GCI_TLS_GAP 0
#ifdef __GLIBC__
# define GCI_TLS_DTV(tp) (((void **)(tp))[-2])
#else
# define GCI_TLS_DTV(tp) (((void **)(tp))[-1])
#endif
