/* sh.h - section 2 of gcconfig.h: Hitachi SH.
 *
 * SPDX-License-Identifier: MIT
 */
#define MACH_TYPE "sh"

#define GCI_TLS_READ_TP(tp) __asm__("stc gbr, %0" : "=r"(tp))
#define GCI_TLS_GAP (2 * sizeof(void *))
#ifdef __GLIBC__
# define GCI_TLS_DTV(tp) (((void **)(tp))[0])
#else
# define GCI_TLS_DTV(tp) (((void **)(tp))[-1])
#endif
