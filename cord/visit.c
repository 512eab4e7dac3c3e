/* visit.c - walks a cord with callbacks, and prints its tree.
 * SPDX-License-Identifier: MIT
 *
 * Walking by position: position.c.
 */

#include "node.h"

#include <stdio.h>

#undef CORD_iter

/* Characters of function leaves are handed on in pieces of this size. */
#define PIECE_CHARS 256

static int visit_fn_leaf(const struct cord_node *n, size_t i, size_t count, cord_run_fn visit,
                         void *data)
{
    char piece[PIECE_CHARS];
    while (count > 0) {
        size_t k = 0;
        for (; k < PIECE_CHARS && k < count; k++)
            piece[k] = cord_fn_char(n, i + k);
        int result = visit(piece, k, data);
        if (result != 0)
            return result;
        i += k;
        count -= k;
    }
    return 0;
}

int cord_visit_runs(CORD x, size_t i, size_t n, cord_run_fn visit, void *data)
{
    while (n > 0 && cord_is_kind(x, CORD_KIND_CAT)) {
        const struct cord_node *c = cord_node_of(x);
        size_t left_len = cord_left_len(c);
        if (i < left_len) {
            size_t k = n < left_len - i ? n : left_len - i;
            int result = cord_visit_runs(c->u.cat.left, i, k, visit, data);
            if (result != 0)
                return result;
            n -= k;
            i = left_len;
        }
        x = c->u.cat.right;
        i -= left_len;
    }
    if (n == 0)
        return 0;
    const char *chars = cord_leaf_chars(x);
    return chars != NULL ? visit(chars + i, n, data)
                         : visit_fn_leaf(cord_node_of(x), i, n, visit, data);
}

struct char_visit {
    CORD_iter_fn f1;
    void *data;
};

static int visit_chars(const char *chars, size_t n, void *data)
{
    const struct char_visit *v = data;
    for (size_t i = 0; i < n; i++) {
        int result = v->f1(chars[i], v->data);
        if (result != 0)
            return result;
    }
    return 0;
}

/* With f2, which wants its run to end in NUL: so only flat leaves go there. */
static int iterate_batched(CORD x, size_t len, size_t i, CORD_iter_fn f1,
                           CORD_batched_iter_fn f2, void *data)
{
    if (CORD_IS_STRING(x))
        return f2(x + i, data);
    if (!cord_is_kind(x, CORD_KIND_CAT)) {
        struct char_visit v = {f1, data};
        return cord_visit_runs(x, i, len - i, visit_chars, &v);
    }
    const struct cord_node *c = cord_node_of(x);
    size_t left_len = cord_left_len(c);
    if (i < left_len) {
        int result = iterate_batched(c->u.cat.left, left_len, i, f1, f2, data);
        if (result != 0)
            return result;
        i = left_len;
    }
    return iterate_batched(c->u.cat.right, len - left_len, i - left_len, f1, f2, data);
}

int CORD_iter5(CORD x, size_t i, CORD_iter_fn f1, CORD_batched_iter_fn f2, void *client_data)
{
    size_t len = CORD_len(x);
    if (i >= len)
        return 0;
    if (f2 != CORD_NO_FN)
        return iterate_batched(x, len, i, f1, f2, client_data);
    struct char_visit v = {f1, client_data};
    return cord_visit_runs(x, i, len - i, visit_chars, &v);
}

int CORD_iter(CORD x, CORD_iter_fn f1, void *client_data)
{
    return CORD_iter5(x, 0, f1, CORD_NO_FN, client_data);
}

int CORD_riter4(CORD x, size_t i, CORD_iter_fn f1, void *client_data)
{
    CORD_pos p;
    for (CORD_set_pos(p, x, i); CORD_pos_valid(p); CORD_prev(p)) {
        int result = f1(CORD_pos_fetch(p), client_data);
        if (result != 0)
            return result;
    }
    return 0;
}

int CORD_riter(CORD x, CORD_iter_fn f1, void *client_data)
{
    size_t len = CORD_len(x);
    return len == 0 ? 0 : CORD_riter4(x, len - 1, f1, client_data);
}

/* One line for each node and leaf, indented by its depth. */
static void dump(CORD x, size_t len, int indent)
{
    enum { SHOWN_CHARS = 40 };
    printf("%*s", indent, "");
    if (cord_is_kind(x, CORD_KIND_CAT)) {
        const struct cord_node *n = cord_node_of(x);
        size_t left_len = cord_left_len(n);
        printf("cat %p: %zu characters, depth %d\n", (const void *)x, len, n->depth);
        dump(n->u.cat.left, left_len, indent + 2);
        dump(n->u.cat.right, len - left_len, indent + 2);
        return;
    }
    const char *what = "string";
    if (!CORD_IS_STRING(x))
        what = cord_node_of(x)->kind == CORD_KIND_SUB ? "part" : "function";
    printf("%s %p: %zu characters: ", what, (const void *)x, len);
    CORD_put(CORD_substr(x, 0, SHOWN_CHARS), stdout);
    puts(len > SHOWN_CHARS ? "..." : "");
}

void CORD_dump(CORD x)
{
    if (x == CORD_EMPTY)
        puts("empty");
    else
        dump(x, CORD_len(x), 0);
    fflush(stdout);
}
