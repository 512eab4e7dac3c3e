/* os_none.h - section 2 of gcconfig.h: no system under the program, nothing but memory.
 *
 * The program defines GC_port_get_mem and sets GC_stackbottom before GC_INIT.  The linker script is
 * expected to name static data as newlib's do.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GET_MEM
# include <stddef.h>
/* At least `bytes` of zeroed memory that is never given back, or NULL; any alignment. Not between
   DATASTART and DATAEND: what lies there is scanned as static data, and nothing would ever die. */
extern void *GC_port_get_mem(size_t bytes);
# define GET_MEM(bytes) GC_port_get_mem(bytes)
#endif
#ifndef DATASTART
extern char __data_start[], _end[];
# define DATASTART ((ptr_t)__data_start)
# define DATAEND ((ptr_t)_end)
#endif
