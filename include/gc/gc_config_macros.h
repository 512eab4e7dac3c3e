/* gc_config_macros.h - what the compiler and the platform offer to gc.h.
 * SPDX-License-Identifier: MIT
 *
 * Only gc.h includes this file.  It settles three things: which thread package
 * GC_THREADS stands for, how an exported name is decorated, and which compiler
 * attributes exist.  A program may define any of the decoration macros
 * (GC_API, GC_CALL, GC_ATTR_...) itself before including gc.h.
 *
 * [abi] GC_ADD_CALLER changes the arguments of the GC_debug_ functions, so its
 * condition depends on the platform only and never on the compiler.
 */

#if defined(GC_H) && !defined(GC_CONFIG_MACROS_H)
#define GC_CONFIG_MACROS_H

/* True for a compiler that claims to be this version of GCC, or a later one. */
#if defined(__GNUC__) && defined(__GNUC_MINOR__)
# define GC_GNUC_PREREQ(major, minor) \
        (__GNUC__ > (major) || (__GNUC__ == (major) && __GNUC_MINOR__ >= (minor)))
#else
# define GC_GNUC_PREREQ(major, minor) 0
#endif

/* ---- Threads ----
 * The program says GC_THREADS; GC_<system>_THREADS and GC_PTHREADS follow.
 * The unprefixed names are how very old programs asked.
 */

#if (defined(SOLARIS_THREADS) || defined(_SOLARIS_THREADS) \
     || defined(_SOLARIS_PTHREADS) || defined(GC_SOLARIS_PTHREADS)) \
    && !defined(GC_SOLARIS_THREADS)
# define GC_SOLARIS_THREADS
#endif
#if defined(AIX_THREADS) && !defined(GC_AIX_THREADS)
# define GC_AIX_THREADS
#endif
#if defined(DGUX_THREADS) && !defined(GC_DGUX386_THREADS)
# define GC_DGUX386_THREADS
#endif
#if defined(HPUX_THREADS) && !defined(GC_HPUX_THREADS)
# define GC_HPUX_THREADS
#endif
#if defined(IRIX_THREADS) && !defined(GC_IRIX_THREADS)
# define GC_IRIX_THREADS
#endif
#if defined(LINUX_THREADS) && !defined(GC_LINUX_THREADS)
# define GC_LINUX_THREADS
#endif
#if defined(OSF1_THREADS) && !defined(GC_OSF1_THREADS)
# define GC_OSF1_THREADS
#endif
#if defined(RTEMS_THREADS) && !defined(GC_RTEMS_PTHREADS)
# define GC_RTEMS_PTHREADS
#endif
#if (defined(WIN32_THREADS) || defined(GC_WIN32_PTHREADS)) && !defined(GC_WIN32_THREADS)
# define GC_WIN32_THREADS
#endif
#if defined(USE_LD_WRAP) && !defined(GC_USE_LD_WRAP)
# define GC_USE_LD_WRAP
#endif

#if defined(GC_AIX_THREADS) || defined(GC_DARWIN_THREADS) || defined(GC_DGUX386_THREADS) \
    || defined(GC_FREEBSD_THREADS) || defined(GC_HAIKU_THREADS) || defined(GC_HPUX_THREADS) \
    || defined(GC_IRIX_THREADS) || defined(GC_LINUX_THREADS) || defined(GC_NETBSD_THREADS) \
    || defined(GC_OPENBSD_THREADS) || defined(GC_OSF1_THREADS) || defined(GC_RTEMS_PTHREADS) \
    || defined(GC_SOLARIS_THREADS) || defined(GC_WIN32_THREADS)
# ifndef GC_THREADS
#   define GC_THREADS
# endif
#elif defined(GC_THREADS)
# if defined(__linux__)
#   define GC_LINUX_THREADS
# elif defined(__APPLE__) && defined(__MACH__)
#   define GC_DARWIN_THREADS
# elif defined(__OpenBSD__)
#   define GC_OPENBSD_THREADS
# elif defined(__NetBSD__)
#   define GC_NETBSD_THREADS
# elif defined(__FreeBSD__) || defined(__DragonFly__) || defined(__FreeBSD_kernel__)
#   ifndef GC_NO_FREEBSD
#     define GC_FREEBSD_THREADS
#   endif
# elif defined(__HAIKU__)
#   define GC_HAIKU_THREADS
# elif defined(_AIX)
#   define GC_AIX_THREADS
# elif defined(__hpux) || defined(_HPUX_SOURCE) || defined(__HPPA) || defined(hppa)
#   define GC_HPUX_THREADS
# elif defined(__sgi) || defined(__mips) || defined(mips) || defined(_mips)
#   define GC_IRIX_THREADS
# elif defined(__alpha) || defined(__alpha__)
#   define GC_OSF1_THREADS
# elif defined(__sun) || defined(sun) || defined(__sparc)
#   define GC_SOLARIS_THREADS
# elif defined(__rtems__)
#   define GC_RTEMS_PTHREADS
# elif defined(DGUX)
#   define GC_DGUX386_THREADS
# elif defined(_WIN32) || defined(_MSC_VER) || defined(__CYGWIN__) || defined(__CYGWIN32__) \
       || defined(__MINGW32__) || defined(__BORLANDC__) || defined(__CEGCC__) \
       || defined(_WIN32_WCE)
#   define GC_WIN32_THREADS
# endif
#endif

/* The threads are POSIX threads. */
#undef GC_PTHREADS
#if defined(GC_THREADS) \
    && (!defined(GC_WIN32_THREADS) || defined(GC_WIN32_PTHREADS) || defined(__CYGWIN__) \
        || defined(__CYGWIN32__)) \
    && !defined(NN_PLATFORM_CTR) && !defined(NN_BUILD_TARGET_PLATFORM_NX)
# define GC_PTHREADS
#endif

#if defined(GC_NETBSD_THREADS) && !defined(_PTHREADS)
# define _PTHREADS
#endif
#if defined(GC_DGUX386_THREADS) && !defined(_POSIX4A_DRAFT10_SOURCE)
# define _POSIX4A_DRAFT10_SOURCE 1
#endif
/* Comes too late for system headers the program has already included. */
#if defined(GC_PTHREADS) && !defined(GC_WIN32_THREADS) && !defined(_REENTRANT)
# define _REENTRANT 1
#endif

#ifndef __GC
# define __GC
#endif

#include <stddef.h>
#if defined(__MINGW32__) && !defined(_WIN32_WCE)
# include <stdint.h>
#endif

/* ---- Decoration of exported names ---- */

#if !defined(GC_DLL) && !defined(GC_NOT_DLL) \
    && ((defined(_DLL) && !defined(__GNUC__)) || (defined(DLL_EXPORT) && defined(GC_BUILD)))
# define GC_DLL
#endif

#ifndef GC_API
# if defined(GC_DLL) && (defined(_WIN32) || defined(__CYGWIN__) || defined(__CEGCC__) \
                         || defined(_MSC_VER) || defined(__BORLANDC__) || defined(__DMC__) \
                         || defined(__WATCOMC__))
#   ifdef GC_BUILD
#     define GC_API extern __declspec(dllexport)
#   elif defined(__MINGW32_DELAY_LOAD__)
#     define GC_API extern __declspec(dllexport)
#   elif defined(_MSC_VER) || defined(__BORLANDC__) || defined(__DMC__) || defined(__CEGCC__)
#     define GC_API __declspec(dllimport)
#   else
#     define GC_API extern __declspec(dllimport)
#   endif
# elif defined(GC_BUILD) && !defined(GC_NO_VISIBILITY) \
       && (GC_GNUC_PREREQ(4, 0) || defined(GC_VISIBILITY_HIDDEN_SET))
    /* The library itself is compiled with hidden visibility. */
#   define GC_API extern __attribute__((__visibility__("default")))
# else
#   define GC_API extern
# endif
#endif

/* Calling conventions: of the library's functions, and of the program's. */
#ifndef GC_CALL
# define GC_CALL
#endif
#ifndef GC_CALLBACK
# define GC_CALLBACK GC_CALL
#endif

/* ---- Attributes ---- */

/* The result aliases nothing.  Untrue when the program's GC_oom_fn hands out
 * an object in use: such a program defines GC_OOM_FUNC_RETURNS_ALIAS.
 */
#ifndef GC_ATTR_MALLOC
# ifdef GC_OOM_FUNC_RETURNS_ALIAS
#   define GC_ATTR_MALLOC
# elif GC_GNUC_PREREQ(3, 1)
#   define GC_ATTR_MALLOC __attribute__((__malloc__))
# elif defined(_MSC_VER) && _MSC_VER >= 1900 && !defined(__EDG__)
#   define GC_ATTR_MALLOC __declspec(allocator) __declspec(noalias) __declspec(restrict)
# elif defined(_MSC_VER) && _MSC_VER >= 1400
#   define GC_ATTR_MALLOC __declspec(noalias) __declspec(restrict)
# else
#   define GC_ATTR_MALLOC
# endif
#endif

/* The argument with this number (or the product of two) is the size in bytes
 * of the result.
 */
#ifndef GC_ATTR_ALLOC_SIZE
# undef GC_ATTR_CALLOC_SIZE
# if defined(__clang__)
#   if __has_attribute(__alloc_size__)
#     define GC_ATTR_ALLOC_SIZE(argnum) __attribute__((__alloc_size__(argnum)))
#     define GC_ATTR_CALLOC_SIZE(n, s) __attribute__((__alloc_size__(n, s)))
#   else
#     define GC_ATTR_ALLOC_SIZE(argnum)
#   endif
# elif GC_GNUC_PREREQ(4, 3) && !defined(__ICC)
#   define GC_ATTR_ALLOC_SIZE(argnum) __attribute__((__alloc_size__(argnum)))
#   define GC_ATTR_CALLOC_SIZE(n, s) __attribute__((__alloc_size__(n, s)))
# else
#   define GC_ATTR_ALLOC_SIZE(argnum)
# endif
#endif
#ifndef GC_ATTR_CALLOC_SIZE
# define GC_ATTR_CALLOC_SIZE(n, s)
#endif

/* The argument with this number must not be NULL. */
#ifndef GC_ATTR_NONNULL
# if GC_GNUC_PREREQ(4, 0)
#   define GC_ATTR_NONNULL(argnum) __attribute__((__nonnull__(argnum)))
# else
#   define GC_ATTR_NONNULL(argnum)
# endif
#endif

/* The result never changes. */
#ifndef GC_ATTR_CONST
# if GC_GNUC_PREREQ(4, 0)
#   define GC_ATTR_CONST __attribute__((__const__))
# else
#   define GC_ATTR_CONST
# endif
#endif

/* For programs only: the library has to define and use these names. */
#ifdef GC_BUILD
# undef GC_ATTR_DEPRECATED
# define GC_ATTR_DEPRECATED
#elif !defined(GC_ATTR_DEPRECATED)
# if GC_GNUC_PREREQ(4, 0)
#   define GC_ATTR_DEPRECATED __attribute__((__deprecated__))
# elif defined(_MSC_VER) && _MSC_VER >= 1200
#   define GC_ATTR_DEPRECATED __declspec(deprecated)
# else
#   define GC_ATTR_DEPRECATED
# endif
#endif

/* ---- Who called: see [abi] ---- */

#if defined(__linux__) || defined(__GLIBC__)
# if !defined(__native_client__)
#   include <features.h>
# endif
# if defined(__GLIBC__) && (__GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 1)) \
     && !defined(__ia64__) && !defined(GC_MISSING_EXECINFO_H) \
     && !defined(GC_HAVE_BUILTIN_BACKTRACE)
#   define GC_HAVE_BUILTIN_BACKTRACE
# endif
# if (defined(__i386__) || defined(__amd64__) || defined(__x86_64__)) \
     && !defined(GC_CAN_SAVE_CALL_STACKS)
#   define GC_CAN_SAVE_CALL_STACKS
# endif
#endif

#if defined(_MSC_VER) && _MSC_VER >= 1200 && !defined(_M_ARM) && !defined(_M_ARM64) \
    && !defined(_AMD64_) && !defined(_M_X64) && !defined(_WIN32_WCE) \
    && !defined(GC_HAVE_NO_BUILTIN_BACKTRACE) && !defined(GC_HAVE_BUILTIN_BACKTRACE)
# define GC_HAVE_BUILTIN_BACKTRACE
#endif

#if (defined(GC_HAVE_BUILTIN_BACKTRACE) || defined(__sparc__)) \
    && !defined(GC_CAN_SAVE_CALL_STACKS)
# define GC_CAN_SAVE_CALL_STACKS
#endif

#if !defined(GC_CAN_SAVE_CALL_STACKS) && !defined(GC_ADD_CALLER)
# if defined(__linux__) || defined(__DragonFly__) || defined(__FreeBSD__) \
     || defined(__FreeBSD_kernel__) || defined(__HAIKU__) || defined(__NetBSD__) \
     || defined(__OpenBSD__) || defined(HOST_ANDROID) || defined(__ANDROID__)
#   define GC_ADD_CALLER
#   if GC_GNUC_PREREQ(2, 95)
#     define GC_RETURN_ADDR ((GC_word)__builtin_return_address(0))
#     if GC_GNUC_PREREQ(4, 0) && !defined(GC_NO_RETURN_ADDR_PARENT) \
         && (defined(__i386__) || defined(__amd64__) || defined(__x86_64__))
#       define GC_HAVE_RETURN_ADDR_PARENT
#       define GC_RETURN_ADDR_PARENT \
              ((GC_word)__builtin_extract_return_addr(__builtin_return_address(1)))
#     endif
#   else
#     define GC_RETURN_ADDR 0
#   endif
# elif defined(__sgi) && !defined(__GNUC__) && defined(_COMPILER_VERSION)
#   if _COMPILER_VERSION >= 720
#     define GC_ADD_CALLER
#     define GC_RETURN_ADDR ((GC_word)__return_address)
#   endif
# endif
#endif

/* ---- Which thread functions gc_pthread_redirects.h replaces ---- */

#ifdef GC_PTHREADS
# if (defined(GC_DARWIN_THREADS) || defined(GC_WIN32_PTHREADS) || defined(GC_RTEMS_PTHREADS) \
      || defined(__native_client__)) && !defined(GC_NO_DLOPEN)
#   define GC_NO_DLOPEN
# endif
# if (defined(GC_DARWIN_THREADS) || defined(GC_WIN32_PTHREADS) || defined(GC_OPENBSD_THREADS) \
      || defined(__native_client__)) && !defined(GC_NO_PTHREAD_SIGMASK)
#   define GC_NO_PTHREAD_SIGMASK
# endif
# if defined(__native_client__)
    /* Its pthread_create takes a plain pointer, its pthread_exit may return. */
#   ifndef GC_PTHREAD_CREATE_CONST
#     define GC_PTHREAD_CREATE_CONST
#   endif
#   ifndef GC_HAVE_PTHREAD_EXIT
#     define GC_HAVE_PTHREAD_EXIT
#     define GC_PTHREAD_EXIT_ATTRIBUTE
#   endif
# endif
# if !defined(GC_HAVE_PTHREAD_EXIT) && !defined(HOST_ANDROID) && !defined(__ANDROID__) \
     && (defined(GC_LINUX_THREADS) || defined(GC_SOLARIS_THREADS))
#   define GC_HAVE_PTHREAD_EXIT
#   if GC_GNUC_PREREQ(2, 7)
#     define GC_PTHREAD_EXIT_ATTRIBUTE __attribute__((__noreturn__))
#   elif defined(__NORETURN)
#     define GC_PTHREAD_EXIT_ATTRIBUTE __NORETURN
#   else
#     define GC_PTHREAD_EXIT_ATTRIBUTE
#   endif
# endif
# if (!defined(GC_HAVE_PTHREAD_EXIT) || defined(__native_client__)) \
     && !defined(GC_NO_PTHREAD_CANCEL)
#   define GC_NO_PTHREAD_CANCEL
# endif
#endif /* GC_PTHREADS */

/* ---- C++ ---- */

#ifdef __cplusplus
# ifndef GC_ATTR_EXPLICIT
#   if (__cplusplus >= 201103L && !defined(__clang__)) \
       || (defined(_MSVC_LANG) && _MSVC_LANG >= 201103L)
#     define GC_ATTR_EXPLICIT explicit
#   else
#     define GC_ATTR_EXPLICIT
#   endif
# endif
# ifndef GC_NOEXCEPT
#   if defined(__DMC__) \
       || (defined(__BORLANDC__) \
           && (defined(_RWSTD_NO_EXCEPTIONS) || defined(_RWSTD_NO_EX_SPEC))) \
       || (defined(_MSC_VER) && defined(_HAS_EXCEPTIONS) && !_HAS_EXCEPTIONS) \
       || (defined(__WATCOMC__) && !defined(_CPPUNWIND))
#     define GC_NOEXCEPT
#     ifndef GC_NEW_ABORTS_ON_OOM
#       define GC_NEW_ABORTS_ON_OOM
#     endif
#   elif __cplusplus >= 201103L || (defined(_MSVC_LANG) && _MSVC_LANG >= 201103L)
#     define GC_NOEXCEPT noexcept
#   else
#     define GC_NOEXCEPT throw()
#   endif
# endif
#endif /* __cplusplus */

#endif /* GC_H && !GC_CONFIG_MACROS_H */
