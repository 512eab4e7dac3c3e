/* regs_none.c - a machine without registers that memory could hold (WebAssembly).
 *
 * Locals of a function live in the engine, out of reach; only what has its address taken is in the
 * stack that is scanned.  Binaryen's `wasm-opt --spill-pointers`, run on the linked program, puts
 * every local that may be a pointer there too, around calls.  Without it a program collects only where no
 * local holds the last pointer to an object: GC_disable() first, GC_gcollect() from the top of its
 * event loop.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

const char *const gci_regs_name = "none";

GCI_NOINLINE void gci_regs_call(void (*fn)(ptr_t hot_end, void *arg), void *arg)
{
    volatile word here = 0; /* in the stack that is scanned, since its address is taken */

    fn((ptr_t)&here, arg);
    here++;
}
