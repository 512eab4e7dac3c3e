/* stop_win32.c - how Windows suspends a thread: SuspendThread, and GetThreadContext for its registers.
 *
 * All that is not Windows' own: suspending.c.
 *
 * [asks]  SuspendThread returns before the thread stands still; GetThreadContext waits for it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "suspending.h"

#ifdef GCI_THREADS

# include "native_win32.h"

/* The context of a 32-bit process on 64-bit Windows: asking whether it can be relied upon. */
# define EXCEPTION_REQUEST 0x40000000u /* CONTEXT_EXCEPTION_REQUEST */
# define IN_SYSTEM_CODE    0x18000000u /* CONTEXT_EXCEPTION_ACTIVE, CONTEXT_SERVICE_ACTIVE */

static HANDLE gate;

void gci_stop_init(void)
{
    if (gate == NULL)
        gate = CreateEventA(NULL, TRUE, TRUE, NULL);
    if (gate == NULL)
        gci_abort("GC_init: CreateEvent failed, error %lu", (unsigned long)GetLastError());
}

void gci_suspending_gate(bool open)
{
    (void)(open ? SetEvent(gate) : ResetEvent(gate));
}

void gci_suspending_wait_at_gate(void)
{
    (void)WaitForSingleObject(gate, 10);
}

void gci_suspending_nap(void)
{
    Sleep(1);
}

void gci_stop_after_fork(void)
{
}

static ptr_t hot_end(const CONTEXT *context)
{
# if defined(GCI_CPU_X86_64)
    return (ptr_t)context->Rsp;
# elif defined(GCI_CPU_I386)
    return (ptr_t)context->Esp;
# else
    return (ptr_t)context->Sp;
# endif
}

/* Inside a system call or an exception they may be old ones. */
static bool is_reliable(const CONTEXT *context)
{
# if defined(GCI_CPU_I386)
    return (context->ContextFlags & IN_SYSTEM_CODE) == 0;
# else
    (void)context;
    return true;
# endif
}

static void note_registers(struct gci_thread *t)
{
    struct gci_native *n = t->native;

    t->stack_hot = hot_end(&n->context);
    if (!is_reliable(&n->context) && t->stack_map_lo != NULL)
        t->stack_hot = gci_stack_lowest_readable(t->stack_map_lo, t->stack_cold_home);
    t->regs_lo = (ptr_t)&n->context;
    t->regs_hi = (ptr_t)(&n->context + 1);
}

static enum gci_suspending busy_or_gone(HANDLE thread)
{
    return WaitForSingleObject(thread, 0) == WAIT_OBJECT_0 ? GCI_SUSPENDING_GONE
                                                           : GCI_SUSPENDING_BUSY;
}

enum gci_suspending gci_suspending_ask(struct gci_thread *t)
{
    return SuspendThread(t->native->handle) != (DWORD)-1 ? GCI_SUSPENDING_ASKED
                                                         : busy_or_gone(t->native->handle);
}

enum gci_suspending gci_suspending_await(struct gci_thread *t)
{
    struct gci_native *n = t->native;

    n->context.ContextFlags = CONTEXT_FULL;
# if defined(GCI_CPU_I386)
    n->context.ContextFlags |= EXCEPTION_REQUEST;
# endif
    if (!GetThreadContext(n->handle, &n->context)) { /* [asks] */
        (void)ResumeThread(n->handle);
        return busy_or_gone(n->handle);
    }
    note_registers(t);
    return GCI_SUSPENDING_STOPPED;
}

void gci_suspending_let_go(struct gci_thread *t)
{
    (void)ResumeThread(t->native->handle);
}

#endif /* GCI_THREADS */
