/* deep.h - objects to which only the frames of a recursion refer, while somebody collects
 *
 * The frames are hotter than the one that blocked: they are roots only if the thread is not taken for blocked.
 * For C and C++; check.h comes before.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEEP_H
#define DEEP_H

#include "lists.h"

/* A collection, and objects in place of what it took for dead. */
CHECK_UNUSED static void deep_collect(void)
{
    int i;

    GC_gcollect();
    for (i = 0; i < 300; i++)
        (void)list_cons(-1, NULL);
}

CHECK_NOINLINE static long deep_sum(int depth, void (*collect)(void))
{
    struct node *volatile kept = list_cons(depth, NULL);
    long sum = 0;

    if (depth == 0)
        collect();
    else
        sum = deep_sum(depth - 1, collect);
    return sum + kept->value;
}

/* Was everything there after collect() at the bottom? */
CHECK_UNUSED static int deep_holds(int depth, void (*collect)(void))
{
    return deep_sum(depth, collect) == (long)depth * (depth + 1) / 2;
}

#endif
