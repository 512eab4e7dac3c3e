/* tree.c - makes cords: concatenation, parts, functions.
 * SPDX-License-Identifier: MIT
 *
 * What a node is: node.h.  Keeping trees shallow: balance.c.  The small buffer
 * for building by characters (CORD_ec) is here too, since it makes flat leaves.
 */

#include "node.h"

#include <stdarg.h>
#include <stdio.h>

CORD_oom_fn_t CORD_oom_fn = NULL;

void CORD_set_oom_fn(CORD_oom_fn_t fn)
{
    CORD_oom_fn = fn;
}

CORD_oom_fn_t CORD_get_oom_fn(void)
{
    return CORD_oom_fn;
}

_Noreturn void cord_fail_oom(void)
{
    if (CORD_oom_fn != NULL)
        CORD_oom_fn();
    fputs("libcord: out of memory\n", stderr);
    abort();
}

_Noreturn void cord_fail(const char *function, const char *why, size_t number)
{
    fprintf(stderr, "libcord: %s: %s (%zu)\n", function, why, number);
    abort();
}

char *cord_alloc_chars(size_t len)
{
    char *s = len == SIZE_MAX ? NULL : GC_malloc_atomic(len + 1);
    if (s == NULL)
        cord_fail_oom();
    s[len] = '\0';
    return s;
}

static struct cord_node *new_node(enum cord_kind kind, size_t len)
{
    struct cord_node *n = GC_malloc(sizeof *n);
    if (n == NULL)
        cord_fail_oom();
    n->kind = (unsigned char)kind;
    n->len = len;
    return n;
}

/* Tell the collector's manual barrier that the node is complete. [frozen] */
static CORD finish_node(struct cord_node *n)
{
    GC_end_stubborn_change(n);
    GC_reachable_here(n);
    return (CORD)n;
}

CORD cord_join(CORD left, size_t left_len, CORD right, size_t right_len)
{
    if (left_len > SIZE_MAX - right_len)
        cord_fail("CORD_cat", "the result is too long; the first part has", left_len);
    struct cord_node *n = new_node(CORD_KIND_CAT, left_len + right_len);
    int depth = cord_depth(left) > cord_depth(right) ? cord_depth(left) : cord_depth(right);
    n->depth = (unsigned char)(depth + 1);
    n->left_len = left_len < CORD_LEFT_LONG ? (uint32_t)left_len : CORD_LEFT_LONG;
    n->u.cat.left = left;
    n->u.cat.right = right;
    GC_reachable_here(left);
    GC_reachable_here(right);
    return finish_node(n);
}

static CORD join_shallow(CORD left, size_t left_len, CORD right, size_t right_len)
{
    CORD x = cord_join(left, left_len, right, right_len);
    return cord_depth(x) >= MAX_DEPTH ? CORD_balance(x) : x;
}

static CORD flat_pair(const char *a, size_t a_len, const char *b, size_t b_len)
{
    char *s = cord_alloc_chars(a_len + b_len);
    memcpy(s, a, a_len);
    memcpy(s + a_len, b, b_len);
    return s;
}

size_t CORD_len(CORD x)
{
    if (x == CORD_EMPTY)
        return 0;
    return CORD_IS_STRING(x) ? strlen(x) : cord_node_of(x)->len;
}

/* Appending little by little fills up a short last leaf, lest each character
 * cost a node.
 */
CORD CORD_cat_char_star(CORD x, const char *y, size_t leny)
{
    if (leny == 0)
        return x;
    if (x == CORD_EMPTY)
        return y;
    size_t lenx = CORD_len(x);
    if (CORD_IS_STRING(x)) {
        if (lenx <= CORD_SHORT_CHARS && leny <= CORD_SHORT_CHARS - lenx)
            return flat_pair(x, lenx, y, leny);
    } else if (cord_node_of(x)->kind == CORD_KIND_CAT && leny < CORD_SHORT_CHARS) {
        const struct cord_node *n = cord_node_of(x);
        size_t left_len = cord_left_len(n), right_len = lenx - left_len;
        if (CORD_IS_STRING(n->u.cat.right) && right_len <= CORD_SHORT_CHARS - leny)
            return join_shallow(n->u.cat.left, left_len,
                                flat_pair(n->u.cat.right, right_len, y, leny),
                                right_len + leny);
    }
    return join_shallow(x, lenx, y, leny);
}

CORD CORD_cat(CORD x, CORD y)
{
    if (x == CORD_EMPTY)
        return y;
    if (y == CORD_EMPTY)
        return x;
    if (CORD_IS_STRING(y))
        return CORD_cat_char_star(x, y, strlen(y));
    return join_shallow(x, CORD_len(x), y, cord_node_of(y)->len);
}

CORD CORD_cat_char(CORD x, char c)
{
    if (c == '\0')
        return CORD_cat(x, CORD_nul(1));
    char *s = cord_alloc_chars(1);
    s[0] = c;
    return CORD_cat_char_star(x, s, 1);
}

CORD CORD_catn(int n, ...)
{
    CORD x = CORD_EMPTY;
    va_list args;
    va_start(args, n);
    while (n-- > 0)
        x = CORD_cat(x, va_arg(args, CORD));
    va_end(args);
    return x;
}

/* A flat copy of n characters of a function, or empty if one of them is NUL. */
static CORD flat_from_fn(CORD_fn fn, void *data, size_t start, size_t n)
{
    char *s = cord_alloc_chars(n);
    for (size_t i = 0; i < n; i++) {
        s[i] = fn(start + i, data);
        if (s[i] == '\0')
            return CORD_EMPTY;
    }
    return s;
}

CORD CORD_from_fn(CORD_fn fn, void *client_data, size_t len)
{
    if (len == 0)
        return CORD_EMPTY;
    if (len <= CORD_SHORT_CHARS) {
        CORD flat = flat_from_fn(fn, client_data, 0, len);
        if (flat != CORD_EMPTY)
            return flat;
    }
    struct cord_node *n = new_node(CORD_KIND_FN, len);
    n->u.fn.fn = fn;
    n->u.fn.data = client_data;
    GC_reachable_here(client_data);
    return finish_node(n);
}

/* The character is the function's data. */
static char repeat_char(size_t i, void *client_data)
{
    (void)i;
    return (char)(unsigned char)(uintptr_t)client_data;
}

CORD CORD_chars(char c, size_t i)
{
    return CORD_from_fn(repeat_char, (void *)(uintptr_t)(unsigned char)c, i);
}

/* Characters i to i + n - 1 of a leaf that has more. */
static CORD leaf_part(CORD x, size_t i, size_t n)
{
    CORD base = x;
    if (!CORD_IS_STRING(x) && cord_node_of(x)->kind == CORD_KIND_SUB) {
        base = cord_node_of(x)->u.sub.base;
        i += cord_node_of(x)->u.sub.start;
    }
    if (n <= CORD_SHORT_CHARS) {
        if (CORD_IS_STRING(base))
            return flat_pair(base + i, n, "", 0);
        const struct cord_node *f = cord_node_of(base);
        CORD flat = flat_from_fn(f->u.fn.fn, f->u.fn.data, i, n);
        if (flat != CORD_EMPTY)
            return flat;
    }
    struct cord_node *sub = new_node(CORD_KIND_SUB, n);
    sub->u.sub.base = base;
    sub->u.sub.start = i;
    GC_reachable_here(base);
    return finish_node(sub);
}

/* The same of any cord, whose length is given; n is not 0. */
static CORD part(CORD x, size_t len, size_t i, size_t n)
{
    if (n == len)
        return x;
    if (!cord_is_kind(x, CORD_KIND_CAT))
        return leaf_part(x, i, n);
    const struct cord_node *c = cord_node_of(x);
    size_t left_len = cord_left_len(c);
    if (i >= left_len)
        return part(c->u.cat.right, len - left_len, i - left_len, n);
    if (n <= left_len - i)
        return part(c->u.cat.left, left_len, i, n);
    size_t from_left = left_len - i;
    return CORD_cat(part(c->u.cat.left, left_len, i, from_left),
                    part(c->u.cat.right, len - left_len, 0, n - from_left));
}

CORD CORD_substr(CORD x, size_t i, size_t n)
{
    size_t len = CORD_len(x);
    if (i >= len || n == 0)
        return CORD_EMPTY;
    return part(x, len, i, n < len - i ? n : len - i);
}

void CORD_ec_flush_buf(CORD_ec x)
{
    size_t len = (size_t)(x[0].ec_bufptr - x[0].ec_buf);
    if (len == 0)
        return;
    x[0].ec_cord = CORD_cat_char_star(x[0].ec_cord, flat_pair(x[0].ec_buf, len, "", 0), len);
    x[0].ec_bufptr = x[0].ec_buf;
}

void CORD_ec_append_cord(CORD_ec x, CORD s)
{
    CORD_ec_flush_buf(x);
    x[0].ec_cord = CORD_cat(x[0].ec_cord, s);
}
