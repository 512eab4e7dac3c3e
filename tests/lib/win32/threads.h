/* threads.h - GC_pthread_create and its relatives over GC_beginthreadex, so that the tests of threads
 * run on Windows' own threads.  Raw threads are the thread library's.
 *
 * A pthread_t made here is the address of a struct test_thread.  The thread library's own are
 * small numbers, below the 64 KiB in which Windows has no memory.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TEST_THREADS_H
#define TEST_THREADS_H

#define GC_HAVE_PTHREAD_EXIT 1

struct test_thread {
    HANDLE handle;
    DWORD id;
    void *(*fn)(void *);
    void *volatile arg, *volatile result;
    volatile LONG detached; /* 1: detached or ended; 2: both */
};

static DWORD test_thread_slot_plus_one;

/* NULL: a thread of the thread library. */
static struct test_thread *test_thread_of(pthread_t id)
{
    return id < 0x10000 ? NULL : (struct test_thread *)id;
}

__attribute__((unused)) static struct test_thread *test_thread_self(void)
{
    return (struct test_thread *)TlsGetValue(test_thread_slot_plus_one - 1);
}

static unsigned __stdcall test_thread_main(void *p)
{
    struct test_thread *t = (struct test_thread *)p;

    TlsSetValue(test_thread_slot_plus_one - 1, t);
    t->result = t->fn(t->arg);
    if (InterlockedIncrement(&t->detached) == 2)
        GC_free(t);
    return 0;
}

__attribute__((unused)) static int GC_pthread_create(pthread_t *id, const pthread_attr_t *attr, void *(*fn)(void *),
                             void *arg)
{
    struct test_thread *t = (struct test_thread *)GC_malloc_uncollectable(sizeof *t);
    int state = PTHREAD_CREATE_JOINABLE;
    unsigned number;

    if (t == NULL)
        return ENOMEM;
    if (test_thread_slot_plus_one == 0) /* the first is created by the main thread */
        test_thread_slot_plus_one = TlsAlloc() + 1;
    if (attr != NULL)
        pthread_attr_getdetachstate(attr, &state);
    t->fn = fn;
    t->arg = arg;
    t->handle = (HANDLE)GC_beginthreadex(NULL, 0, test_thread_main, t, CREATE_SUSPENDED, &number);
    if (t->handle == NULL) {
        GC_free(t);
        return EAGAIN;
    }
    t->id = number;
    *id = (pthread_t)t;
    if (state == PTHREAD_CREATE_DETACHED) {
        HANDLE handle = t->handle;

        t->detached = 1;
        ResumeThread(handle);
        CloseHandle(handle);
    } else {
        ResumeThread(t->handle);
    }
    return 0;
}

__attribute__((unused)) static int GC_pthread_join(pthread_t id, void **result)
{
    struct test_thread *t = test_thread_of(id);

    if (t == NULL)
        return pthread_join(id, result);
    if (WaitForSingleObject(t->handle, INFINITE) != WAIT_OBJECT_0)
        return EINVAL;
    if (result != NULL)
        *result = t->result;
    CloseHandle(t->handle);
    GC_free(t);
    return 0;
}

__attribute__((unused)) static int GC_pthread_detach(pthread_t id)
{
    struct test_thread *t = test_thread_of(id);

    if (t == NULL)
        return pthread_detach(id);
    CloseHandle(t->handle);
    if (InterlockedIncrement(&t->detached) == 2)
        GC_free(t);
    return 0;
}

__attribute__((unused, noreturn)) static void GC_pthread_exit(void *result)
{
    struct test_thread *t = test_thread_self();

    t->result = result;
    if (InterlockedIncrement(&t->detached) == 2)
        GC_free(t);
    GC_ExitThread(0);
}

/* What GC_suspend_thread wants. */
__attribute__((unused)) static void *check_thread_id(pthread_t id)
{
    struct test_thread *t = test_thread_of(id);

    return (void *)(size_t)(t != NULL ? t->id : GetThreadId((HANDLE)pthread_gethandle(id)));
}

#endif /* TEST_THREADS_H */
