/* markstack.c - memory for a marker's stack.
 *
 * Grows by doubling; a stack that grew large goes back to the system after the cycle.
 * When no memory can be had the entry is dropped [drop] and mark.c starts its rescue.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/marker.h"

#include <string.h>

#define FIRST_WORDS ((size_t)1 << 12)
#define KEEP_WORDS  ((size_t)1 << 14)

static bool resize(struct gci_marker *m, size_t words)
{
    size_t used = (size_t)(m->top - m->bottom), old = (size_t)(m->limit - m->base);
    word *fresh = gci_meta_map(words * sizeof *fresh);

    if (fresh == NULL)
        return false;
    if (old != 0) {
        memcpy(fresh, m->bottom, used * sizeof *fresh);
        gci_meta_unmap(m->base, old * sizeof *fresh);
    }
    m->base = m->bottom = fresh;
    m->top = fresh + used;
    m->limit = fresh + words;
    return true;
}

bool gci_marker_grow(struct gci_marker *m)
{
    size_t old = (size_t)(m->limit - m->base), used = (size_t)(m->top - m->bottom);

    if (used < old / 2) { /* room below: entries were given away */
        memmove(m->base, m->bottom, used * sizeof *m->base);
        m->bottom = m->base;
        m->top = m->base + used;
        return true;
    }
    /* GC_STRESS=tiny: a stack that must overflow. */
    if ((gci_options.stress_tiny && old >= FIRST_WORDS)
        || !resize(m, old == 0 ? FIRST_WORDS : 2 * old)) {
        m->overflowed = true;
        return false;
    }
    return true;
}

void gci_marker_shrink(struct gci_marker *m)
{
    if ((size_t)(m->limit - m->base) > KEEP_WORDS && m->top == m->bottom)
        (void)resize(m, FIRST_WORDS);
}
