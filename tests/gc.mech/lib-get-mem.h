/* lib-get-mem.h - what mem_sbrk.c is compiled with on a system with neither mmap nor sbrk. */
#include <stdlib.h>
#define GET_MEM(bytes) calloc(1, bytes)
