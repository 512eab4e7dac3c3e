/* hppa.h - section 2 of gcconfig.h: PA-RISC.
 *
 * SPDX-License-Identifier: MIT
 */
#define MACH_TYPE "hppa"
#ifndef STACK_GROWS_UP
# define STACK_GROWS_UP 1
#endif

#define GCI_TLS_READ_TP(tp) __asm__("mfctl %%cr27, %0" : "=r"(tp))
#define GCI_TLS_GAP (2 * sizeof(void *))
#define GCI_TLS_DTV(tp) (((void **)(tp))[0])
