/* system.h - for check.h under WASI: no signals, no children; the time limit is the driver's.
 *
 * Tests that start children say so ("needs: fork") and are left out here.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TEST_SYSTEM_H
#define TEST_SYSTEM_H

#include <unistd.h>

__attribute__((unused)) static void check_system_start(int seconds)
{
    (void)seconds;
}

#endif /* TEST_SYSTEM_H */
