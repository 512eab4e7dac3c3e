/* weak.h - counts which of a number of objects survive a collection.
 *
 * The table holds hidden pointers with disappearing links, so it keeps nothing
 * alive.  A conservative collector may keep a few by accident: use the macros.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef WEAK_H
#define WEAK_H

#include "check.h"

#define WEAK_MAX 64

static GC_word weak_word[WEAK_MAX];

/* Watch the object that starts at obj. */
CHECK_UNUSED static void weak_set(int i, void *obj)
{
    weak_word[i] = GC_HIDE_POINTER(obj);
    EXPECT(GC_general_register_disappearing_link((void **)&weak_word[i], obj) == GC_SUCCESS,
           "the link of object %d cannot be registered", i);
}

CHECK_UNUSED static void *weak_get(int i)
{
    return weak_word[i] == 0 ? NULL : GC_REVEAL_POINTER(weak_word[i]);
}

/* Collect, and count those of the first n that are left. */
CHECK_UNUSED CHECK_NOINLINE static int weak_left(int n)
{
    int i, left = 0;

    check_collect(3);
    for (i = 0; i < n; i++)
        left += weak_word[i] != 0;
    return left;
}

CHECK_UNUSED static void weak_clear(void)
{
    int i;

    for (i = 0; i < WEAK_MAX; i++) {
        if (weak_word[i] != 0)
            (void)GC_unregister_disappearing_link((void **)&weak_word[i]);
        weak_word[i] = 0;
    }
}

#define WEAK_ALL_LEFT(n) (weak_left(n) == (n))
#define WEAK_NONE_LEFT(n) (weak_left(n) <= (n) / 8)

#endif /* WEAK_H */
