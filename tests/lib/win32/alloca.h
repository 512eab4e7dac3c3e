/* alloca.h - where MinGW has it.
 * SPDX-License-Identifier: MIT */
#include <malloc.h>
