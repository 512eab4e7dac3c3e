/* wasm.h - section 2 of gcconfig.h: WebAssembly: neither registers nor the value stack can be read.
 *
 * SPDX-License-Identifier: MIT
 */
#define MACH_TYPE "wasm"

/* The shadow stack holds only what has its address taken: collecting is safe only when the
   program calls GC_gcollect from a place where nothing is held in locals alone. */
extern unsigned char __heap_base;
#ifndef STACKBOTTOM
# define STACKBOTTOM ((ptr_t)&__heap_base)
#endif
