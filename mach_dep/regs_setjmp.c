/* regs_setjmp.c - callee-saved registers by setjmp.
 *
 * Works only where the C library stores registers as they are (tests/gc.ports/setjmp_test.c
 * tells).  glibc mangles the frame pointer on some machines; this function makes the compiler save
 * that one in its frame, so nothing is lost there either, but regs_unwind.c is the better choice.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

#include <setjmp.h>
#include <string.h>

const char *const gci_regs_name = "setjmp";

GCI_NOINLINE static void call_hotter(void (*fn)(ptr_t hot_end, void *arg), void *arg)
{
    volatile word here = 0;

    fn((ptr_t)&here, arg);
    GCI_COMPILER_BARRIER();
}

GCI_NOINLINE void gci_regs_call(void (*fn)(ptr_t hot_end, void *arg), void *arg)
{
    jmp_buf registers;

    /* Whoever asks for its frame's address has a frame pointer, and saved the caller's. */
    __asm__ __volatile__("" : : "r"(__builtin_frame_address(0)));
    memset(&registers, 0, sizeof registers);
    if (setjmp(registers) == 0) {
        __asm__ __volatile__("" : : "r"(&registers) : "memory");
        call_hotter(fn, arg);
        __asm__ __volatile__("" : : "r"(&registers) : "memory");
    }
}
