/* deep.h - objects to which only the frames of a recursion refer, while somebody collects
 *
 * The frames are hotter than the one that blocked: they are roots only if the thread is not taken for blocked.
 * For C and C++; check.h comes before.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEEP_H
#define DEEP_H

struct deep_node {
    struct deep_node *next;
    long value;
};

CHECK_UNUSED static struct deep_node *deep_new(long value)
{
    struct deep_node *n = (struct deep_node *)GC_MALLOC(sizeof(struct deep_node));

    n->value = value;
    return n;
}

/* A collection, and objects in place of what it took for dead. */
CHECK_UNUSED static void deep_collect(void)
{
    int i;

    GC_gcollect();
    for (i = 0; i < 300; i++)
        (void)deep_new(-1);
}

CHECK_NOINLINE static long deep_sum(int depth, void (*collect)(void))
{
    struct deep_node *volatile kept = deep_new(depth);
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
