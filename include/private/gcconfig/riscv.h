/* riscv.h - section 2 of gcconfig.h: RISC-V, 64 and 32 bits.
 *
 * SPDX-License-Identifier: MIT
 */
#define MACH_TYPE "riscv"
#ifndef GCI_ADDRESS_BITS
# if __riscv_xlen == 64
#  define GCI_ADDRESS_BITS 47 /* Sv39 has 38, Sv48 47, Sv57 more only by hint */
# else
#  define GCI_ADDRESS_BITS 32
# endif
#endif

/* The control block ends where the thread pointer points. */
#define GCI_TLS_READ_TP(tp) __asm__("mv %0, tp" : "=r"(tp))
#define GCI_TLS_GAP 0
#ifdef __GLIBC__
# define GCI_TLS_DTV(tp) (((void **)(tp))[-2])
#else
# define GCI_TLS_DTV(tp) (((void **)(tp))[-1])
#endif
