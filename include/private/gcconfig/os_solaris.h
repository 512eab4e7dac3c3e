/* os_solaris.h - section 2 of gcconfig.h: Solaris and illumos.
 *
 * SPDX-License-Identifier: MIT
 */
#define UNIX_LIKE 1
#if !defined(DYNAMIC_LOADING) && !defined(IGNORE_DYNAMIC_LOADING)
# define DYNAMIC_LOADING 1
#endif
#ifndef STACKBOTTOM
# define HEURISTIC2 1
#endif
#if !defined(DATASTART) && !defined(SEARCH_FOR_DATA_START)
# define SEARCH_FOR_DATA_START 1
#endif
#ifndef GCI_NO_VDB
# ifndef PROC_VDB
#  define PROC_VDB 1 /* /proc/self/pagedata */
# endif
# ifndef MPROTECT_VDB
#  define MPROTECT_VDB 1
# endif
#endif
#ifndef GCI_SUSPEND_SIGNAL
# define GCI_SUSPEND_SIGNAL SIGUSR1
# define GCI_RESTART_SIGNAL SIGUSR2
#endif
