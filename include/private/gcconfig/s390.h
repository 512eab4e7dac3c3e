/* s390.h - section 2 of gcconfig.h: S/390 and z/Architecture.
 *
 * SPDX-License-Identifier: MIT
 */
#ifdef __s390x__
# define MACH_TYPE "s390x"
# ifndef GCI_ADDRESS_BITS
#  define GCI_ADDRESS_BITS 53 /* the kernel adds page table levels as addresses need them */
# endif
#else
# define MACH_TYPE "s390"
# ifndef GCI_ADDRESS_BITS
#  define GCI_ADDRESS_BITS 31
# endif
#endif

#define GCI_TLS_READ_TP(tp) ((tp) = __builtin_thread_pointer())
#define GCI_TLS_BELOW_TP 1
#define GCI_TLS_DTV(tp) (((void **)(tp))[1])
