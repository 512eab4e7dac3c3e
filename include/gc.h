/* gc.h - forwards programs that write <gc.h> to <gc/gc.h>.
 * SPDX-License-Identifier: MIT
 */
#include "gc/gc.h"
