/* regs_setjmp.c - callee-saved registers by setjmp.
 *
 * Works only where the C library stores registers as they are.  glibc on x86 mangles the frame
 * pointer; since that is also the one register this very function saves in its frame when
 * compiled with a frame pointer (as the attribute below asks), nothing is lost there either, but
 * regs_unwind.c is the better choice.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

#include <setjmp.h>
#include <string.h>

const char *const gci_regs_name = "setjmp";

#if defined(__GNUC__) && !defined(__clang__)
# define KEEP_FRAME_POINTER __attribute__((optimize("no-omit-frame-pointer")))
#else
# define KEEP_FRAME_POINTER
#endif

GCI_NOINLINE static void call_hotter(void (*fn)(ptr_t hot_end, void *arg), void *arg)
{
    volatile word here = 0;

    fn((ptr_t)&here, arg);
    GCI_COMPILER_BARRIER();
}

GCI_NOINLINE KEEP_FRAME_POINTER void gci_regs_call(void (*fn)(ptr_t hot_end, void *arg), void *arg)
{
    jmp_buf registers;

    memset(&registers, 0, sizeof registers);
    if (setjmp(registers) == 0) {
        __asm__ __volatile__("" : : "r"(&registers) : "memory");
        call_hotter(fn, arg);
        __asm__ __volatile__("" : : "r"(&registers) : "memory");
    }
}
