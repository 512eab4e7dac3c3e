/* regs_unwind.c - callee-saved registers by the compiler: __builtin_unwind_init.
 *
 * First choice: the compiler itself stores every register that a caller may keep values in, and
 * flushes register windows.  Others: regs_getcontext.c, regs_setjmp.c.
 *
 * [hotter]  The registers lie in gci_regs_call's frame; fn gets an address of a frame called from
 *           there, so [hot_end, cold end) holds them whatever the frame's layout.
 * [pic]     In position-independent code for 32-bit PowerPC gcc's builtin leaves r30 out.
 * [windows] Of a SPARC's register windows gcc's builtin writes those in use to the stack, clang's
 *           none.  Writing them again costs nothing.
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
#if defined(GCI_CPU_SPARC) && CPP_WORDSZ == 64
    __asm__ __volatile__("flushw" : : : "memory"); /* [windows] */
#elif defined(GCI_CPU_SPARC)
    __asm__ __volatile__("ta 3" : : : "memory");
#endif
    call_hotter(fn, arg);
    GCI_COMPILER_BARRIER();
}
