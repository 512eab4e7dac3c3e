/* stop_mach.c - how a Mach kernel (macOS) suspends a thread: thread_suspend, thread_get_state.
 *
 * All that is not Mach's own: suspending.c.  Threads are POSIX threads: create.c, native_posix.c.
 *
 * Written without such a system at hand; see configure.host.
 *
 * [waits]   thread_suspend returns when the thread stands still, thread_get_state then tells its
 *           registers; a thread inside a system call keeps its user state.
 * [alt]     Of a thread suspended in a handler on an alternate signal stack, its own stack and the
 *           registers are roots; that stack's frames are not.
 * [ports]   pthread_mach_thread_np gives a name without a reference: valid while the thread is
 *           registered, since its end takes the allocator lock.
 *
 * SPDX-License-Identifier: MIT
 */
#include "suspending.h"

#ifdef GCI_THREADS

# include <mach/mach.h>
# include <mach/thread_act.h>
# include <pthread.h>
# include <time.h>

# if defined(GCI_CPU_X86_64)
typedef x86_thread_state64_t registers;
#  define REGISTERS       x86_THREAD_STATE64
#  define REGISTERS_COUNT x86_THREAD_STATE64_COUNT
#  define RED_ZONE_BYTES  128u
#  define STACK_POINTER(r) ((ptr_t)(r)->__rsp)
# elif defined(GCI_CPU_AARCH64)
typedef arm_thread_state64_t registers;
#  define REGISTERS       ARM_THREAD_STATE64
#  define REGISTERS_COUNT ARM_THREAD_STATE64_COUNT
#  define RED_ZONE_BYTES  128u
#  define STACK_POINTER(r) ((ptr_t)arm_thread_state64_get_sp(*(r)))
# elif defined(GCI_CPU_I386)
typedef x86_thread_state32_t registers;
#  define REGISTERS       x86_THREAD_STATE32
#  define REGISTERS_COUNT x86_THREAD_STATE32_COUNT
#  define RED_ZONE_BYTES  0u
#  define STACK_POINTER(r) ((ptr_t)(word)(r)->__esp)
# else
#  error "stop_mach.c does not know the registers of this processor"
# endif

struct gci_native {
    registers saved; /* roots while the thread is suspended */
};

static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_opens = PTHREAD_COND_INITIALIZER;
static bool gate_open = true;

void gci_stop_init(void)
{
}

void gci_stop_after_fork(void)
{
    (void)pthread_mutex_init(&gate_lock, NULL);
    (void)pthread_cond_init(&gate_opens, NULL);
    gate_open = true;
}

/* Only threads that are held in a blocking region wait there, and such are never suspended. */
void gci_suspending_gate(bool open)
{
    (void)pthread_mutex_lock(&gate_lock);
    gate_open = open;
    if (open)
        (void)pthread_cond_broadcast(&gate_opens);
    (void)pthread_mutex_unlock(&gate_lock);
}

void gci_suspending_wait_at_gate(void)
{
    int was = gci_cancel_disable();

    (void)pthread_mutex_lock(&gate_lock);
    while (!gate_open)
        (void)pthread_cond_wait(&gate_opens, &gate_lock);
    (void)pthread_mutex_unlock(&gate_lock);
    gci_cancel_restore(was);
}

void gci_suspending_nap(void)
{
    struct timespec ms = { 0, 1000000 };

    (void)nanosleep(&ms, NULL);
}

static mach_port_t port_of(const struct gci_thread *t)
{
    return pthread_mach_thread_np(t->id); /* [ports] */
}

/* The registry keeps it with the entry. Some threads may be suspended already: gci_meta_alloc takes
   a leaf lock only. */
static bool has_room(struct gci_thread *t)
{
    if (t->native == NULL)
        t->native = gci_meta_alloc(sizeof *t->native);
    return t->native != NULL;
}

enum gci_suspending gci_suspending_ask(struct gci_thread *t)
{
    kern_return_t result;

    if (!has_room(t))
        gci_abort("no memory for the registers of thread %u", t->number);
    result = thread_suspend(port_of(t));
    if (result == KERN_SUCCESS)
        return GCI_SUSPENDING_ASKED;
    return result == KERN_TERMINATED || result == KERN_INVALID_ARGUMENT ? GCI_SUSPENDING_GONE
                                                                        : GCI_SUSPENDING_BUSY;
}

enum gci_suspending gci_suspending_await(struct gci_thread *t)
{
    registers *r = &t->native->saved;
    mach_msg_type_number_t count = REGISTERS_COUNT;

    if (thread_get_state(port_of(t), REGISTERS, (thread_state_t)r, &count) != KERN_SUCCESS) {
        (void)thread_resume(port_of(t));
        return GCI_SUSPENDING_BUSY;
    }
    t->stack_hot = STACK_POINTER(r) - RED_ZONE_BYTES;
    t->regs_lo = (ptr_t)r;
    t->regs_hi = (ptr_t)(r + 1);
    return GCI_SUSPENDING_STOPPED;
}

void gci_suspending_let_go(struct gci_thread *t)
{
    (void)thread_resume(port_of(t));
}

#endif /* GCI_THREADS */
