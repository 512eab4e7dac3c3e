/* gc_pthread_redirects.h - the collector's stand-ins for thread functions.
 * SPDX-License-Identifier: MIT
 *
 * Included by gc.h where GC_PTHREADS is.  A thread made by GC_pthread_create is
 * registered from before its first instruction to after its last.  The
 * functions take and return what those they replace do.
 *
 * Thread-specific data set by pthread_setspecific is found by the collector, but
 * portable programs keep such data in uncollectable objects or on a stack too.
 *
 * GC_NO_THREAD_REDIRECTS declares the functions without renaming; so does
 * GC_USE_LD_WRAP, where the linker renames.  GC_PTHREAD_REDIRECTS_ONLY renames
 * without declaring.
 */

#ifndef GC_PTHREAD_REDIRECTS_H
#define GC_PTHREAD_REDIRECTS_H

#if defined(GC_H) && defined(GC_PTHREADS)

#ifndef GC_PTHREAD_REDIRECTS_ONLY

# include <pthread.h>
# ifndef GC_NO_DLOPEN
#   include <dlfcn.h>
# endif
# ifndef GC_NO_PTHREAD_SIGMASK
#   include <signal.h>
# endif

# ifndef GC_SUSPEND_THREAD_ID
#   define GC_SUSPEND_THREAD_ID pthread_t
# endif

# ifdef __cplusplus
extern "C" {
# endif

/* dlopen, and no collection while the list of libraries changes. */
# ifndef GC_NO_DLOPEN
  GC_API void *GC_dlopen(const char * /* path */, int /* mode */);
# endif

/* pthread_sigmask, but the stop signal is never blocked.  Declared where the
 * system's headers are asked for the type of its arguments.
 */
# ifndef GC_NO_PTHREAD_SIGMASK
#   if defined(GC_PTHREAD_SIGMASK_NEEDED) || defined(_GNU_SOURCE) || defined(_BSD_SOURCE) \
       || (defined(_POSIX_C_SOURCE) && _POSIX_C_SOURCE + 0 >= 199506L) \
       || (defined(_XOPEN_SOURCE) && _XOPEN_SOURCE + 0 >= 500)
      GC_API int GC_pthread_sigmask(int /* how */, const sigset_t *, sigset_t * /* old */);
#   endif
# endif

/* As the functions without the prefix, with their results and errors.  A thread
 * that GC_pthread_create makes is registered until it ends, and its argument is
 * kept until it runs; its result is kept until GC_pthread_join stores it or
 * GC_pthread_detach gives it up.
 */
# ifndef GC_PTHREAD_CREATE_CONST
#   define GC_PTHREAD_CREATE_CONST const
# endif
  GC_API int GC_pthread_create(pthread_t *, GC_PTHREAD_CREATE_CONST pthread_attr_t *,
                               void *(*)(void *), void * /* arg */);
  GC_API int GC_pthread_join(pthread_t, void ** /* result */);
  GC_API int GC_pthread_detach(pthread_t);
# ifndef GC_NO_PTHREAD_CANCEL
    GC_API int GC_pthread_cancel(pthread_t);
# endif
# if defined(GC_HAVE_PTHREAD_EXIT) && !defined(GC_PTHREAD_EXIT_DECLARED)
#   define GC_PTHREAD_EXIT_DECLARED
    GC_API void GC_pthread_exit(void * /* result */) GC_PTHREAD_EXIT_ATTRIBUTE;
# endif

# ifdef __cplusplus
} /* extern "C" */
# endif

#endif /* !GC_PTHREAD_REDIRECTS_ONLY */

#if !defined(GC_NO_THREAD_REDIRECTS) && !defined(GC_USE_LD_WRAP)
# undef pthread_create
# define pthread_create GC_pthread_create
# undef pthread_join
# define pthread_join GC_pthread_join
# undef pthread_detach
# define pthread_detach GC_pthread_detach
# ifndef GC_NO_PTHREAD_SIGMASK
#   undef pthread_sigmask
#   define pthread_sigmask GC_pthread_sigmask
# endif
# ifndef GC_NO_DLOPEN
#   undef dlopen
#   define dlopen GC_dlopen
# endif
# ifndef GC_NO_PTHREAD_CANCEL
#   undef pthread_cancel
#   define pthread_cancel GC_pthread_cancel
# endif
# ifdef GC_HAVE_PTHREAD_EXIT
#   undef pthread_exit
#   define pthread_exit GC_pthread_exit
# endif
#endif

#endif /* GC_H && GC_PTHREADS */

#endif /* GC_PTHREAD_REDIRECTS_H */
