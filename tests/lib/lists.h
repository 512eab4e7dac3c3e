/* lists.h - lists of numbered objects, to see whether all of them are still there
 *
 * For C and C++; check.h comes before.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LISTS_H
#define LISTS_H

struct node {
    struct node *next;
    long value;
};

CHECK_UNUSED static struct node *list_cons(long value, struct node *next)
{
    struct node *p = (struct node *)GC_malloc(sizeof *p);

    p->value = value;
    p->next = next;
    GC_END_STUBBORN_CHANGE(p);
    return p;
}

/* Their values are 0 to n - 1. */
CHECK_UNUSED static struct node *list_of(long n)
{
    struct node *list = NULL;

    while (n-- > 0)
        list = list_cons(n, list);
    return list;
}

CHECK_UNUSED static int list_whole(const struct node *p, long n)
{
    long i;

    for (i = 0; p != NULL; p = p->next)
        if (p->value != i++)
            return 0;
    return i == n;
}

#endif
