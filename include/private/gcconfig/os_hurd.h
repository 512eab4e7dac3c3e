/* os_hurd.h - section 2 of gcconfig.h: GNU/Hurd.
 *
 * SPDX-License-Identifier: MIT
 */
#define UNIX_LIKE 1
#if !defined(DYNAMIC_LOADING) && !defined(IGNORE_DYNAMIC_LOADING)
# define DYNAMIC_LOADING 1
#endif
#ifndef STACKBOTTOM
# define GCI_PTHREAD_STACKBOTTOM 1
# define HEURISTIC2 1
#endif
#ifndef DATASTART
extern int __data_start[] __attribute__((weak));
# define DATASTART ((ptr_t)__data_start)
#endif
#ifndef GCI_SUSPEND_SIGNAL
# define GCI_SUSPEND_SIGNAL SIGUSR1
# define GCI_RESTART_SIGNAL SIGUSR2
#endif
