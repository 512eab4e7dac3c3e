/* javaxfc.h - what Java runtimes need besides gc.h.
 * SPDX-License-Identifier: MIT
 */

#ifndef GC_JAVAXFC_H
#define GC_JAVAXFC_H

#include "gc.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Run every registered finalizer, of reachable objects too, until none is left;
 * for the end of a program.  Finalizers that register new ones may keep it from
 * ending.  The notifier is not called.  [allocates]
 */
GC_API void GC_CALL GC_finalize_all(void);

#ifdef GC_THREADS
# ifndef GC_SUSPEND_THREAD_ID
#   define GC_SUSPEND_THREAD_ID void *
# endif
  /* Stop a registered thread, let it go, ask.  Suspensions do not add up.
   * Threads that are not registered are left alone, and the answer is 0.  [lock]
   */
  GC_API void GC_CALL GC_suspend_thread(GC_SUSPEND_THREAD_ID);
  GC_API void GC_CALL GC_resume_thread(GC_SUSPEND_THREAD_ID);
  GC_API int GC_CALL GC_is_thread_suspended(GC_SUSPEND_THREAD_ID);
#endif

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GC_JAVAXFC_H */
