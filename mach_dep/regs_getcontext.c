/* regs_getcontext.c - callee-saved registers by getcontext.
 *
 * For compilers without __builtin_unwind_init (regs_unwind.c).  Not for SPARC, where the context
 * holds none of the windowed registers, nor for musl, which has no getcontext.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

#include <string.h>
#include <ucontext.h>

const char *const gci_regs_name = "getcontext";

GCI_NOINLINE static void call_hotter(void (*fn)(ptr_t hot_end, void *arg), void *arg)
{
    volatile word here = 0;

    fn((ptr_t)&here, arg);
    GCI_COMPILER_BARRIER();
}

GCI_NOINLINE void gci_regs_call(void (*fn)(ptr_t hot_end, void *arg), void *arg)
{
    ucontext_t context;
    int saved_errno = errno;

    memset(&context, 0, sizeof context); /* what getcontext leaves alone is no false pointer */
    (void)getcontext(&context);
    errno = saved_errno;
    __asm__ __volatile__("" : : "r"(&context) : "memory"); /* it is stored, now */
    call_hotter(fn, arg);
    __asm__ __volatile__("" : : "r"(&context) : "memory"); /* and still there */
}
