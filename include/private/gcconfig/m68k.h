/* m68k.h - section 2 of gcconfig.h: Motorola 68000 family.
 *
 * SPDX-License-Identifier: MIT
 */
#define MACH_TYPE "m68k"
#ifndef ALIGNMENT
# define ALIGNMENT 2 /* the ABI aligns nothing to more */
#endif

#define GCI_TLS_BIAS 0x7000
#define GCI_TLS_GAP 0
#ifdef __GLIBC__
# define GCI_TLS_DTV(tp) (((void **)((char *)(tp) - 0x7000))[-2])
#else
# define GCI_TLS_DTV(tp) (((void **)((char *)(tp) - 0x7000))[-1])
#endif
