/* arm.h - section 2 of gcconfig.h: 32-bit ARM.
 *
 * SPDX-License-Identifier: MIT
 */
#define MACH_TYPE "arm"

#define GCI_TLS_READ_TP(tp) ((tp) = __builtin_thread_pointer())
#define GCI_TLS_GAP (2 * sizeof(void *))
#ifdef __GLIBC__
# define GCI_TLS_DTV(tp) (((void **)(tp))[0])
#else
# define GCI_TLS_DTV(tp) (((void **)(tp))[-1])
#endif
