/* identify.h - section 1 of gcconfig.h: names the processor and the system.
 *
 * Only predefined macros of compilers are used.  An unknown processor or system is no error:
 * section 3 then supplies what holds nearly everywhere.
 *
 * SPDX-License-Identifier: MIT
 */

/* Processor. */
#if defined(GCI_OS_SIMULATED) /* by the row: know nothing about this machine */
# define GCI_CPU_GENERIC 1
#elif defined(__x86_64__) || defined(_M_X64)
# define GCI_CPU_X86_64 1
#elif defined(__i386__) || defined(_M_IX86)
# define GCI_CPU_I386 1
#elif defined(__aarch64__) || defined(_M_ARM64)
# define GCI_CPU_AARCH64 1
#elif defined(__arm__) || defined(_M_ARM)
# define GCI_CPU_ARM 1
#elif defined(__riscv)
# define GCI_CPU_RISCV 1
#elif defined(__powerpc__) || defined(__powerpc64__) || defined(__ppc__) || defined(__POWERPC__)
# define GCI_CPU_POWERPC 1
#elif defined(__s390__)
# define GCI_CPU_S390 1
#elif defined(__mips__)
# define GCI_CPU_MIPS 1
#elif defined(__m68k__)
# define GCI_CPU_M68K 1
#elif defined(__alpha__)
# define GCI_CPU_ALPHA 1
#elif defined(__sparc__) || defined(__sparc)
# define GCI_CPU_SPARC 1
#elif defined(__hppa__)
# define GCI_CPU_HPPA 1
#elif defined(__sh__)
# define GCI_CPU_SH 1
#elif defined(__loongarch__)
# define GCI_CPU_LOONGARCH 1
#elif defined(__wasm__)
# define GCI_CPU_WASM 1
#else
# define GCI_CPU_GENERIC 1
#endif

/* System.  Cygwin defines no _WIN32, MinGW and clang for Windows do. */
#if defined(GCI_OS_SIMULATED)
# define OS_TYPE "simulated"
#elif defined(GCI_OS_NONE) /* said by the row of bare machines */
# define OS_TYPE "none"
#elif defined(__linux__)
# define GCI_OS_LINUX 1
# ifdef __ANDROID__
#  define OS_TYPE "android"
# else
#  define OS_TYPE "linux"
# endif
#elif defined(__CYGWIN__)
# define GCI_OS_CYGWIN 1
# define OS_TYPE "cygwin"
#elif defined(_WIN32)
# define GCI_OS_WIN32 1
# define OS_TYPE "windows"
#elif defined(__APPLE__)
# define GCI_OS_DARWIN 1
# define OS_TYPE "darwin"
#elif defined(__FreeBSD__) || defined(__FreeBSD_kernel__) || defined(__DragonFly__)
# define GCI_OS_BSD 1
# define GCI_OS_FREEBSD 1
# define OS_TYPE "freebsd"
#elif defined(__NetBSD__)
# define GCI_OS_BSD 1
# define GCI_OS_NETBSD 1
# define OS_TYPE "netbsd"
#elif defined(__OpenBSD__)
# define GCI_OS_BSD 1
# define GCI_OS_OPENBSD 1
# define OS_TYPE "openbsd"
#elif defined(__sun) && defined(__SVR4)
# define GCI_OS_SOLARIS 1
# define OS_TYPE "solaris"
#elif defined(__HAIKU__)
# define GCI_OS_HAIKU 1
# define OS_TYPE "haiku"
#elif defined(__GNU__)
# define GCI_OS_HURD 1
# define OS_TYPE "hurd"
#elif defined(__wasi__) || defined(__EMSCRIPTEN__)
# define GCI_OS_WASI 1
# define OS_TYPE "wasi"
#else
# define GCI_OS_GENERIC 1
# define OS_TYPE "generic"
#endif
