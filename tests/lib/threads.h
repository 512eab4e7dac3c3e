/* threads.h - threads of both sorts: made by GC_pthread_create, and raw ones
 * that register themselves, unless the library knows every thread anyway.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef THREADS_H
#define THREADS_H

#include "check.h"

struct raw_start {
    void *(*fn)(void *);
    void *arg;
};

static void *raw_main(void *p)
{
    struct raw_start s = *(struct raw_start *)p;
    struct GC_stack_base base;
    void *result;

    free(p);
    if (check_lacks("unknown-threads")) /* malloc's library has registered it */
        return s.fn(s.arg);
    EXPECT(check_is_stock || !GC_thread_is_registered(), "a raw thread is registered already");
    if (GC_get_stack_base(&base) != GC_SUCCESS || GC_register_my_thread(&base) != GC_SUCCESS) {
        EXPECT(0, "a raw thread cannot register");
        return NULL;
    }
    EXPECT(GC_thread_is_registered(), "a registered thread does not know it");
    EXPECT(GC_register_my_thread(&base) == GC_DUPLICATE, "registered twice");
    result = s.fn(s.arg);
    EXPECT(GC_unregister_my_thread() == GC_SUCCESS, "a raw thread cannot unregister");
    return result;
}

/* GC_allow_register_threads() must have been called. */
CHECK_UNUSED static int raw_create(pthread_t *t, void *(*fn)(void *), void *arg)
{
    struct raw_start *s = (struct raw_start *)malloc(sizeof *s);

    if (s == NULL)
        return ENOMEM;
    s->fn = fn;
    s->arg = arg;
    return pthread_create(t, NULL, raw_main, s);
}

/* Either sort. */
CHECK_UNUSED static int any_create(int raw, pthread_t *t, void *(*fn)(void *), void *arg)
{
    return raw ? raw_create(t, fn, arg) : GC_pthread_create(t, NULL, fn, arg);
}

CHECK_UNUSED static int any_join(int raw, pthread_t t, void **result)
{
    return raw ? pthread_join(t, result) : GC_pthread_join(t, result);
}

#endif /* THREADS_H */
