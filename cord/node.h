/* node.h - what a cord is inside, and what the rooms of libcord share.
 * SPDX-License-Identifier: MIT
 *
 * Rooms: tree.c (making nodes), balance.c, position.c, visit.c (walking), text.c
 * (comparing, searching, converting), file.c, format.c (printf).
 *
 * [flat]   A cord whose first byte is not 0 is a C string.  Any other, but for
 *          NULL, is a node: its first byte is 0.
 * [sizes]  A node knows its length, and that of its left child if 32 bits hold it;
 *          so only a flat root ever needs strlen.
 * [shallow] No cord is deeper than MAX_DEPTH (cord_pos.h).
 * [frozen] A node never changes once another function can see it.
 */

#ifndef CORD_NODE_H
#define CORD_NODE_H

#ifndef CORD_BUILD
# define CORD_BUILD
#endif

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gc/gc.h"
#include "gc/cord.h"
#include "gc/ec.h"

enum cord_kind {
    CORD_KIND_CAT = 1, /* left followed by right */
    CORD_KIND_FN,      /* characters from a function */
    CORD_KIND_SUB      /* part of a flat or function cord */
};

struct cord_node {
    char nul; /* [flat] */
    unsigned char kind;
    unsigned char depth; /* 0 unless CAT */
    unsigned char unused;
    uint32_t left_len; /* CAT: or CORD_LEFT_LONG */
    size_t len;
    union {
        struct {
            CORD left, right;
        } cat;
        struct {
            CORD_fn fn;
            void *data;
        } fn;
        struct {
            CORD base;
            size_t start;
        } sub;
    } u;
};

#define CORD_LEFT_LONG UINT32_MAX

/* Cords of up to so many characters are copied rather than shared. */
#define CORD_SHORT_CHARS 15

/* x is neither empty nor flat. */
static inline const struct cord_node *cord_node_of(CORD x)
{
    return (const struct cord_node *)(const void *)x;
}

static inline int cord_is_kind(CORD x, enum cord_kind kind)
{
    return !CORD_IS_STRING(x) && cord_node_of(x)->kind == (unsigned char)kind;
}

static inline int cord_depth(CORD x)
{
    return CORD_IS_STRING(x) ? 0 : cord_node_of(x)->depth;
}

static inline size_t cord_left_len(const struct cord_node *n)
{
    if (n->left_len != CORD_LEFT_LONG)
        return n->left_len;
    if (!CORD_IS_STRING(n->u.cat.left))
        return cord_node_of(n->u.cat.left)->len;
    return strlen(n->u.cat.left);
}

/* Character i of a FN node, or of a SUB node of one. */
static inline char cord_fn_char(const struct cord_node *n, size_t i)
{
    if (n->kind == CORD_KIND_SUB) {
        i += n->u.sub.start;
        n = cord_node_of(n->u.sub.base);
    }
    return n->u.fn.fn(i, n->u.fn.data);
}

/* The characters of a leaf of that length if they are in memory, else NULL. */
static inline const char *cord_leaf_chars(CORD x)
{
    if (CORD_IS_STRING(x))
        return x;
    if (cord_node_of(x)->kind == CORD_KIND_SUB && CORD_IS_STRING(cord_node_of(x)->u.sub.base))
        return cord_node_of(x)->u.sub.base + cord_node_of(x)->u.sub.start;
    return NULL;
}

/* End the program with a message; the first after CORD_oom_fn. */
_Noreturn void cord_fail_oom(void);
_Noreturn void cord_fail(const char *function, const char *why, size_t number);

/* Memory for len characters and a NUL, without pointers.  Never NULL. */
char *cord_alloc_chars(size_t len);

/* A CAT node of two cords that are not empty, as they are.  Its depth may exceed
 * MAX_DEPTH by one: the caller sees to [shallow].
 */
CORD cord_join(CORD left, size_t left_len, CORD right, size_t right_len);

/* Visit characters i to i + n - 1 of x, all of which exist, as runs in memory; a
 * result other than 0 ends the visit and is returned.
 */
typedef int (*cord_run_fn)(const char *chars, size_t n, void *data);
int cord_visit_runs(CORD x, size_t i, size_t n, cord_run_fn visit, void *data);

#endif /* CORD_NODE_H */
