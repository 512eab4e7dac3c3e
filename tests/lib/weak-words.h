/* weak-words.h - weak links to objects, which tell how many of them a collection left.
 *
 *   weak_fill(place, offset, bytes)   WEAK_MANY new objects; place[i] gets the only pointer, `offset`
 *                                     bytes into the object
 *   weak_left()                       collects; how many are still there.  Ends the links.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef WEAK_WORDS_H
#define WEAK_WORDS_H

#include "check.h"

#define WEAK_MANY 48

static void *weak_words[WEAK_MANY]; /* hidden from the collector but through the links */

CHECK_NOINLINE static void weak_fill(void **place, size_t offset, size_t bytes)
{
    int i;

    for (i = 0; i < WEAK_MANY; i++) {
        char *p = (char *)GC_malloc_atomic(bytes);

        weak_words[i] = (void *)check_hide(p);
        (void)GC_general_register_disappearing_link(&weak_words[i], p);
        GC_PTR_STORE_AND_DIRTY(&place[i], p + offset);
    }
}

static int weak_left(void)
{
    int i, n = 0;

    check_collect(2);
    for (i = 0; i < WEAK_MANY; i++) {
        n += weak_words[i] != NULL;
        (void)GC_unregister_disappearing_link(&weak_words[i]);
    }
    return n;
}

#endif /* WEAK_WORDS_H */
