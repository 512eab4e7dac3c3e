/* os_linux.h - section 2 of gcconfig.h: Linux on every processor.
 *
 * SPDX-License-Identifier: MIT
 */
#define UNIX_LIKE 1
#ifndef STACKBOTTOM
# define LINUX_STACKBOTTOM 1
#endif

/* The start files of glibc define a symbol at the beginning of .data;
   elsewhere the data is searched for.  Used only where the linker's list is not. */
#ifndef DATASTART
extern int __data_start[] __attribute__((weak));
extern int data_start[] __attribute__((weak));
# define DATASTART ((ptr_t)((uintptr_t)__data_start != 0 ? __data_start : data_start))
# define SEARCH_FOR_DATA_START 1 /* when both are absent */
#endif

#if !defined(DYNAMIC_LOADING) && !defined(IGNORE_DYNAMIC_LOADING)
# define DYNAMIC_LOADING 1
#endif

/* Facts for trying; each is probed when the program asks for incremental collection. */
#ifndef GCI_NO_VDB
# ifndef UFFDWP_VDB
#  define UFFDWP_VDB 1
# endif
# if !defined(SOFT_VDB) && (defined(GCI_CPU_X86_64) || defined(GCI_CPU_I386) \
        || defined(GCI_CPU_POWERPC) || defined(GCI_CPU_S390) || defined(GCI_CPU_RISCV))
#  define SOFT_VDB 1 /* arm64 and others have no such bit in their page tables */
# endif
# if !defined(MPROTECT_VDB) && !defined(GCI_CPU_HPPA)
#  define MPROTECT_VDB 1 /* hppa's atomic operations are the kernel's, and fail where it is used */
# endif
#endif

#ifndef GCI_SUSPEND_SIGNAL
# define GCI_SUSPEND_SIGNAL SIGPWR
# define GCI_RESTART_SIGNAL SIGXCPU
#endif
