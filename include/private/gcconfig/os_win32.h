/* os_win32.h - section 2 of gcconfig.h: Windows by MinGW or clang, and Cygwin on top of it.
 *
 * SPDX-License-Identifier: MIT
 */
#if !defined(DYNAMIC_LOADING) && !defined(IGNORE_DYNAMIC_LOADING)
# define DYNAMIC_LOADING 1
#endif
#if defined(GCI_OS_CYGWIN)
# define UNIX_LIKE 1
# ifndef GCI_SUSPEND_SIGNAL
#  define GCI_SUSPEND_SIGNAL SIGUSR1
#  define GCI_RESTART_SIGNAL SIGUSR2
# endif
#endif
#ifndef GCI_NO_VDB
# ifndef GWW_VDB
#  define GWW_VDB 1
# endif
#endif
#ifndef GCI_ADDRESS_BITS
# if __SIZEOF_POINTER__ == 4
#  define GCI_ADDRESS_BITS 32
# endif
#endif
/* On 32 bits the system begins at the bottom, where tables of bytes and two-byte characters point.
   Words of text seldom have a control character on top. */
#if __SIZEOF_POINTER__ == 4 && !defined(HEAP_START)
# define HEAP_START 0x12000000
#endif
