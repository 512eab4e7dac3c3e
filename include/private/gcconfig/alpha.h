/* alpha.h - section 2 of gcconfig.h: DEC Alpha.
 *
 * SPDX-License-Identifier: MIT
 */
#define MACH_TYPE "alpha"
#ifndef GCI_ADDRESS_BITS
# define GCI_ADDRESS_BITS 42
#endif

#define GCI_TLS_READ_TP(tp) \
    do { \
        register void *unique __asm__("$0"); \
        __asm__("call_pal 0x9e" : "=r"(unique)); \
        (tp) = unique; \
    } while (0)
#define GCI_TLS_GAP (2 * sizeof(void *))
#define GCI_TLS_DTV(tp) (((void **)(tp))[0])
