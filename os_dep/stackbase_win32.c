/* stackbase_win32.c - where stacks begin: in the thread's environment block.
 *
 * Other systems: stackbase_linux.c, stackbase_heuristic.c.
 *
 * [reserved]  A stack's whole address range is reserved, only its used part is committed: memory
 *             between the lower bound and the stack pointer cannot be read as a whole.
 * [oldest]    The main thread is the oldest one of the process.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#if defined(__GNUC__) && !defined(__clang__)
# pragma GCC diagnostic ignored "-Warray-bounds" /* MinGW's access to the thread's block */
#endif
#include <tlhelp32.h>

static NT_TIB *this_tib(void)
{
    return (NT_TIB *)NtCurrentTeb();
}

bool gci_stack_of_this_thread(void **lo, void **hi)
{
    MEMORY_BASIC_INFORMATION info;
    NT_TIB *tib = this_tib();

    if (VirtualQuery((char *)tib->StackBase - 1, &info, sizeof info) == 0)
        return false;
    *lo = info.AllocationBase;
    *hi = tib->StackBase;
    return true;
}

/* [reserved] */
void *gci_stack_lowest_readable(void *lo, void *cold)
{
    MEMORY_BASIC_INFORMATION info;
    char *at = cold;

    while (at > (char *)lo && VirtualQuery(at - 1, &info, sizeof info) != 0
           && info.State == MEM_COMMIT && (info.Protect & (PAGE_GUARD | PAGE_NOACCESS)) == 0)
        at = info.BaseAddress;
    return at > (char *)lo ? at : lo;
}

/* What NtQueryInformationThread tells of class 0. */
struct basic_information {
    LONG exit_status;
    NT_TIB *tib;
    HANDLE process, thread;
    ULONG_PTR affinity;
    LONG priority, base_priority;
};
typedef LONG(WINAPI *query_thread)(HANDLE, int, void *, ULONG, ULONG *);

static uint64_t created_at(HANDLE thread)
{
    FILETIME created, exited, kernel, user;

    if (!GetThreadTimes(thread, &created, &exited, &kernel, &user))
        return UINT64_MAX;
    return (uint64_t)created.dwHighDateTime << 32 | created.dwLowDateTime;
}

static DWORD oldest_thread(void)
{
    HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    uint64_t oldest = UINT64_MAX;
    DWORD id = 0;
    THREADENTRY32 entry;

    if (snapshot == INVALID_HANDLE_VALUE)
        return 0;
    entry.dwSize = sizeof entry;
    for (BOOL more = Thread32First(snapshot, &entry); more; more = Thread32Next(snapshot, &entry)) {
        HANDLE thread;

        if (entry.th32OwnerProcessID != GetCurrentProcessId())
            continue;
        thread = OpenThread(THREAD_QUERY_INFORMATION, FALSE, entry.th32ThreadID);
        if (thread == NULL)
            continue;
        if (created_at(thread) < oldest) {
            oldest = created_at(thread);
            id = entry.th32ThreadID;
        }
        CloseHandle(thread);
    }
    CloseHandle(snapshot);
    return id;
}

static void *base_of_thread(DWORD id)
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    union {
        FARPROC plain;
        query_thread typed;
    } query;
    struct basic_information information;
    HANDLE thread;
    void *base = NULL;

    query.plain = ntdll == NULL ? NULL : GetProcAddress(ntdll, "NtQueryInformationThread");
    thread = query.plain == NULL ? NULL : OpenThread(THREAD_QUERY_INFORMATION, FALSE, id);
    if (thread == NULL)
        return NULL;
    if (query.typed(thread, 0, &information, sizeof information, NULL) == 0
        && information.tib != NULL
        && !gci_sys_safe_read(&base, &information.tib->StackBase, sizeof base))
        base = NULL;
    CloseHandle(thread);
    return base;
}

void *gci_stack_main_base(void)
{
    static void *volatile known; /* never changes: racing threads store the same */
    DWORD id;

    if (known != NULL)
        return known;
    id = oldest_thread();
    if (id == 0 || id == GetCurrentThreadId())
        known = this_tib()->StackBase;
    else
        known = base_of_thread(id);
    return known;
}
