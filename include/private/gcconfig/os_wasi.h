/* os_wasi.h - section 2 of gcconfig.h: WASI: one linear memory, no threads, no faults to catch.
 *
 * SPDX-License-Identifier: MIT
 */
extern unsigned char __data_end, __global_base;
#ifndef DATASTART
# define DATASTART ((ptr_t)&__global_base)
# define DATAEND ((ptr_t)&__data_end)
#endif
