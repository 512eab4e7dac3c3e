/* native_win32.c - what the registry and the pool of markers need of Windows' threads.
 *
 * Counterpart: native_posix.c.  GC_CreateThread and its relatives: create_win32.c.
 *
 * [callback]  The loader tells every image with a TLS callback of threads that come and go.  The
 *             callback is in whatever image the collector is linked into, DLL or program, and
 *             comes before any constructor.  It runs under the loader's lock, in which a thread
 *             may wait for the allocator lock: whoever holds that lock never asks the loader.
 * [slot]      A thread's entry is found by one of the first 64 TLS slots, which lie in the thread's
 *             environment block, so that reading takes two instructions.
 *
 * SPDX-License-Identifier: MIT
 */
#define GCI_WITH_WINDOWS_H 1
#include "private/threads.h"
#include "private/hooks.h"

#ifdef GCI_THREADS

# include "native_win32.h"

/* Of TlsSlots in the environment block; the same in all versions of Windows. */
# define TEB_SLOTS (CPP_WORDSZ == 64 ? 0x1480u : 0xe10u)
# define NEAR_SLOTS 64u

/* ---- [slot] ------------------------------------------------------------------------ */

word gci_self_offset;
static volatile word slot_plus_one; /* 0: none yet */

static DWORD slot(void)
{
    word known = gci_load(&slot_plus_one);
    DWORD index;

    if (known != 0)
        return (DWORD)(known - 1);
    index = TlsAlloc();
    if (index == TLS_OUT_OF_INDEXES)
        gci_abort("the collector found no free TLS slot");
    if (!gci_cas(&slot_plus_one, 0, (word)index + 1))
        (void)TlsFree(index);
    index = (DWORD)(gci_load(&slot_plus_one) - 1);
    if (index < NEAR_SLOTS)
        gci_store(&gci_self_offset, TEB_SLOTS + index * sizeof(word));
    return index;
}

/* TlsGetValue sets the last error, which is the program's. */
struct gci_thread *gci_self_far(void)
{
    DWORD error = GetLastError();
    struct gci_thread *t = TlsGetValue(slot());

    SetLastError(error);
    return t;
}

void gci_self_set(struct gci_thread *t)
{
    if (!TlsSetValue(slot(), t))
        gci_abort("TlsSetValue failed, error %lu", (unsigned long)GetLastError());
}

gci_thread_id gci_thread_id_here(void)
{
    return GetCurrentThreadId();
}

/* ---- threads come and go --------------------------------------------------------------- */

static struct gci_native *spare_natives; /* allocator lock */

void gci_native_init(void)
{
    (void)slot();
}

int gci_native_attach_locked(struct gci_thread *t)
{
    struct gci_native *n = spare_natives;

    if (n == NULL && (n = gci_meta_alloc(sizeof *n)) == NULL)
        return ENOMEM;
    if (!DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &n->handle,
                         THREAD_SUSPEND_RESUME | THREAD_GET_CONTEXT | THREAD_QUERY_INFORMATION
                             | SYNCHRONIZE,
                         FALSE, 0))
        return ENOMEM; /* a new `n` is lost, of which the system has no handles left anyway */
    if (n == spare_natives)
        spare_natives = n->next;
    t->native = n;
    t->flags |= GCI_THREAD_KEYED; /* [callback] */
    return 0;
}

void gci_native_detach_locked(struct gci_thread *t)
{
    struct gci_native *n = t->native;

    if (n == NULL)
        return;
    (void)CloseHandle(n->handle);
    n->handle = NULL;
    n->next = spare_natives;
    spare_natives = n;
    t->native = NULL;
    t->flags &= ~(word)GCI_THREAD_KEYED;
}

/* ---- helpers ------------------------------------------------------------------------------ */

/* Known before they run, so that discovery takes none for the program's. */
# define MAX_HELPERS 64
static volatile word helper_ids[MAX_HELPERS];

static bool is_helper(DWORD id)
{
    for (unsigned i = 0; i < MAX_HELPERS; i++)
        if (gci_load(&helper_ids[i]) == id)
            return true;
    return false;
}

static DWORD WINAPI start_helper(void *arg)
{
    errno = 0; /* the C library allocates its place now: not while somebody is suspended */
    ((void (*)(void))(uintptr_t)arg)();
    return 0;
}

int gci_native_helper(void (*run)(void), size_t stack_bytes)
{
    static unsigned count; /* allocator lock */
    DWORD id;
    HANDLE thread;

    if (count == MAX_HELPERS)
        return EAGAIN;
    thread = CreateThread(NULL, stack_bytes, start_helper, (void *)(uintptr_t)run,
                          CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION, &id);
    if (thread == NULL)
        return EAGAIN;
    gci_store(&helper_ids[count++], id);
    (void)ResumeThread(thread);
    (void)CloseHandle(thread);
    return 0;
}

typedef BOOLEAN NTAPI shutdown_fn(void);

bool gci_native_others_ended(void)
{
    shutdown_fn *is_ending = (shutdown_fn *)(uintptr_t)GetProcAddress(GetModuleHandleA("ntdll.dll"),
                                                                     "RtlDllShutdownInProgress");

    return is_ending != NULL && is_ending();
}

/* ---- [callback] ------------------------------------------------------------------------------ */

static volatile word discovery; /* GC_use_threads_discovery */

static void discover(void)
{
    if (gci_load(&discovery) == 0 || !gci_is_initialized() || gci_self() != NULL
        || is_helper(GetCurrentThreadId()))
        return;
    if (gci_thread_register_self(NULL, __builtin_frame_address(0), GCI_THREAD_DETACHED)
        == GC_NO_MEMORY)
        gci_abort("no memory for thread %lu", (unsigned long)GetCurrentThreadId());
}

static void NTAPI on_thread_event(void *image GCI_UNUSED, DWORD reason, void *reserved GCI_UNUSED)
{
    switch (reason) {
    case DLL_PROCESS_ATTACH:
        (void)slot();
        break;
    case DLL_THREAD_ATTACH:
        discover();
        break;
    case DLL_THREAD_DETACH:
        if (gci_self() != NULL)
            gci_thread_unregister_self();
        break;
    default: /* the process ends: other threads are gone, with whatever locks they held */
        break;
    }
}

/* The linker sorts these sections by name; the C library's own entries enclose them. */
extern const PIMAGE_TLS_CALLBACK gci_tls_callback;
const PIMAGE_TLS_CALLBACK gci_tls_callback __attribute__((section(".CRT$XLG"), used))
    = on_thread_event;

GC_API void GC_CALL GC_use_threads_discovery(void)
{
    if (gci_is_initialized()) {
        gci_warn_text("GC_use_threads_discovery: too late, the collector is initialized");
        return;
    }
    gci_store(&discovery, 1);
    gci_ensure_init();
    gci_markers_allow();
}

/* For programs whose DLL has the collector linked in: the loader tells us anyway, and to be told
   twice does no harm. */
GC_API BOOL WINAPI GC_DllMain(HINSTANCE image, ULONG reason, LPVOID reserved);
GC_API BOOL WINAPI GC_DllMain(HINSTANCE image, ULONG reason, LPVOID reserved)
{
    on_thread_event(image, reason, reserved);
    return TRUE;
}

#endif /* GCI_THREADS */
