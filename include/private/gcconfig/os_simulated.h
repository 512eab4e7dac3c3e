/* os_simulated.h - section 2 of gcconfig.h: a platform of which only ISO C and sbrk are known.
 *
 * --host=x86_64-simulated-none (configure.host) builds for it and runs natively, which keeps the
 * fallbacks for new machines working: the stack's end by HEURISTIC2, data by
 * SEARCH_FOR_DATA_START (section 3), registers by setjmp, memory by sbrk, one thread.
 *
 * SPDX-License-Identifier: MIT
 */
#define HEURISTIC2 1
