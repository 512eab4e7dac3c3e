/* i386.h - section 2 of gcconfig.h: 32-bit x86.
 *
 * SPDX-License-Identifier: MIT
 */
#define MACH_TYPE "i386"

#define GCI_TLS_READ_TP(tp) __asm__("movl %%gs:0, %0" : "=r"(tp))
#define GCI_TLS_BELOW_TP 1
#define GCI_TLS_DTV(tp) (((void **)(tp))[1])
