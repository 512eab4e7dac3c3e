/* m68k.h - section 2 of gcconfig.h: Motorola 68000 family.
 *
 * SPDX-License-Identifier: MIT
 */
#define MACH_TYPE "m68k"
#ifndef ALIGNMENT
# define ALIGNMENT 2 /* the ABI aligns nothing to more */
#endif

extern void *__m68k_read_tp(void); /* libgcc's, by a system call */
#define GCI_TLS_READ_TP(tp) ((tp) = __m68k_read_tp())
#define GCI_TLS_BIAS 0x7000
#define GCI_TLS_GAP 0
#ifdef __GLIBC__
# define GCI_TLS_DTV(tp) (((void **)((char *)(tp) - 0x7000))[-2])
#else
# define GCI_TLS_DTV(tp) (((void **)((char *)(tp) - 0x7000))[-1])
#endif
