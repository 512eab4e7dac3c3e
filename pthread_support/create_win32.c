/* create_win32.c - the collector's stand-ins for CreateThread, _beginthreadex and their relatives.
 *
 * Counterpart: create.c.  The end of threads that nobody announces: native_win32.c.
 *
 * [handed-over]  The argument of a thread that has not begun (perhaps it was created suspended) is a
 *                root in an entry that belongs to no thread; the new thread drops it when it has
 *                registered and holds the argument on its own stack.
 *
 * SPDX-License-Identifier: MIT
 */
#define GCI_WITH_WINDOWS_H 1
#include "private/threads.h"
#include "private/hooks.h"

#ifdef GCI_THREADS

# include "native_win32.h"

# include <process.h>

struct start {
    LPTHREAD_START_ROUTINE routine; /* one of the two */
    unsigned(__stdcall *crt_routine)(void *);
    struct gci_thread *holder;      /* [handed-over] */
};

static struct start *prepare(const char *function, void *arg)
{
    struct start *start = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof *start);

    gci_ensure_init();
    gci_markers_allow();
    if (start == NULL)
        return NULL;
    GCI_LOCK();
    start->holder = gci_thread_hold_locked(arg);
    GCI_UNLOCK();
    if (start->holder == NULL) {
        (void)HeapFree(GetProcessHeap(), 0, start);
        gci_warn_text("%s: no memory for the thread", function);
        return NULL;
    }
    return start;
}

static void forget(struct start *start)
{
    GCI_LOCK();
    gci_thread_forget_locked(start->holder);
    GCI_UNLOCK();
    (void)HeapFree(GetProcessHeap(), 0, start);
}

static GCI_NOINLINE DWORD run_thread(ptr_t frame, struct start *start)
{
    struct start todo = *start;
    void *volatile arg; /* on this stack while the routine runs */
    DWORD result;

    /* Discovery may have been first. */
    if (gci_thread_register_self(NULL, frame, GCI_THREAD_DETACHED) == GC_NO_MEMORY)
        gci_abort("no memory for thread %lu", (unsigned long)GetCurrentThreadId());
    arg = todo.holder->exit_value;
    forget(start);
    result = todo.routine != NULL ? todo.routine(arg) : todo.crt_routine(arg);
    if (gci_self() != NULL)
        gci_thread_unregister_self();
    return result;
}

static DWORD WINAPI start_thread(void *start)
{
    DWORD result = run_thread(__builtin_frame_address(0), start);

    GCI_COMPILER_BARRIER();
    return result;
}

static unsigned __stdcall start_crt_thread(void *start)
{
    unsigned result = run_thread(__builtin_frame_address(0), start);

    GCI_COMPILER_BARRIER();
    return result;
}

GC_API HANDLE WINAPI GC_CreateThread(LPSECURITY_ATTRIBUTES security, GC_WIN32_SIZE_T stack_bytes,
                                     LPTHREAD_START_ROUTINE routine, LPVOID arg, DWORD flags,
                                     LPDWORD id)
{
    struct start *start = prepare("GC_CreateThread", arg);
    HANDLE thread;

    if (start == NULL) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    start->routine = routine;
    thread = CreateThread(security, stack_bytes, start_thread, start, flags, id);
    if (thread == NULL) {
        DWORD error = GetLastError();

        forget(start);
        SetLastError(error);
    }
    return thread;
}

GC_API GC_uintptr_t GC_CALL GC_beginthreadex(void *security, unsigned stack_bytes,
                                             unsigned(__stdcall *routine)(void *), void *arg,
                                             unsigned flags, unsigned *id)
{
    struct start *start = prepare("GC_beginthreadex", arg);
    GC_uintptr_t thread;

    if (start == NULL) {
        errno = EAGAIN;
        return 0;
    }
    start->crt_routine = routine;
    thread = _beginthreadex(security, stack_bytes, start_crt_thread, start, flags, id);
    if (thread == 0) {
        int saved_errno = errno;

        forget(start);
        errno = saved_errno;
    }
    return thread;
}

GC_API DECLSPEC_NORETURN void WINAPI GC_ExitThread(DWORD code)
{
    if (gci_self() != NULL)
        gci_thread_unregister_self();
    ExitThread(code);
}

GC_API void GC_CALL GC_endthreadex(unsigned code)
{
    if (gci_self() != NULL)
        gci_thread_unregister_self();
    _endthreadex(code);
}

#endif /* GCI_THREADS */
