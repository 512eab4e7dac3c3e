/* alpha.h - section 2 of gcconfig.h: DEC Alpha.
 *
 * SPDX-License-Identifier: MIT
 */
#define MACH_TYPE "alpha"
#ifndef GCI_ADDRESS_BITS
# define GCI_ADDRESS_BITS 42
#endif

#define GCI_TLS_GAP (2 * sizeof(void *))
#define GCI_TLS_DTV(tp) (((void **)(tp))[0])
