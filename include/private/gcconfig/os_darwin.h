/* os_darwin.h - section 2 of gcconfig.h: macOS and its relatives.
 *
 * SPDX-License-Identifier: MIT
 */
#define UNIX_LIKE 1
#if !defined(DYNAMIC_LOADING) && !defined(IGNORE_DYNAMIC_LOADING)
# define DYNAMIC_LOADING 1
#endif
/* The main thread is a pthread like all others: its bounds come from the thread library. */
#ifndef STACKBOTTOM
# define GCI_PTHREAD_STACKBOTTOM 1
#endif
#ifndef DATASTART
extern char gci_mh_data_start[] __asm__("section$start$__DATA$__data");
extern char gci_mh_data_end[] __asm__("section$end$__DATA$__bss");
# define DATASTART ((ptr_t)gci_mh_data_start)
# define DATAEND ((ptr_t)gci_mh_data_end)
#endif
#if !defined(GCI_NO_VDB) && !defined(MPROTECT_VDB)
# define MPROTECT_VDB 1
#endif
#ifndef GCI_SUSPEND_SIGNAL
# define GCI_SUSPEND_SIGNAL SIGUSR1 /* only where threads are stopped by signals */
# define GCI_RESTART_SIGNAL SIGUSR2
#endif
