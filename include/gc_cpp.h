/* gc_cpp.h - forwards programs that write <gc_cpp.h> to <gc/gc_cpp.h>.
 * SPDX-License-Identifier: MIT
 */
#include "gc/gc_cpp.h"
