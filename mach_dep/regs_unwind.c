/* regs_unwind.c - callee-saved registers by the compiler: __builtin_unwind_init.
 *
 * First choice: the compiler itself stores every register that a caller may keep values in, and
 * flushes register windows.  Others: regs_getcontext.c, regs_setjmp.c.
 *
 * [hotter]  The registers lie in gci_regs_call's frame; fn gets an address of a frame called from
 *           there, so [hot_end, cold end) holds them whatever the frame's layout.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

const char *const gci_regs_name = "unwind";

GCI_NOINLINE static void call_hotter(void (*fn)(ptr_t hot_end, void *arg), void *arg)
{
    volatile word here = 0;

    fn((ptr_t)&here, arg);
    GCI_COMPILER_BARRIER(); /* no tail call: the frame must outlive fn */
}

GCI_NOINLINE void gci_regs_call(void (*fn)(ptr_t hot_end, void *arg), void *arg)
{
#if defined(GCI_CPU_POWERPC) && CPP_WORDSZ == 32
    volatile word left_out; /* [pic] */

    __asm__ __volatile__("stw 30,%0" : "=m"(left_out));
#endif
    __builtin_unwind_init();
    call_hotter(fn, arg);
    GCI_COMPILER_BARRIER();
}
