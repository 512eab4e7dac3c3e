/* balance.c - rebuilds a cord so that its depth is logarithmic.
 * SPDX-License-Identifier: MIT
 *
 * After "Ropes: an Alternative to Strings" (Boehm, Atkinson, Plass, 1995): a tree
 * of depth d is balanced if it has at least F(d+2) characters, F being Fibonacci's
 * numbers.  Balanced subtrees are kept whole and sorted into slots by length, so
 * rebalancing a cord that was appended to costs only its unbalanced spine.
 *
 * [slots]  Slot i holds one tree of at least floor[i] and less than floor[i+1]
 *          characters, or nothing; a tree in a higher slot is further left.
 */

#include "node.h"

#define SLOTS MAX_DEPTH

struct forest {
    size_t floor[SLOTS + 1]; /* 1, 2, 3, 5, 8... and SIZE_MAX where that ends */
    CORD tree[SLOTS];
    size_t len[SLOTS];
};

static void fill_floors(struct forest *f)
{
    size_t a = 1, b = 2;
    for (int i = 0; i <= SLOTS; i++) {
        size_t next = a > SIZE_MAX - b ? SIZE_MAX : a + b;
        f->floor[i] = a;
        a = b;
        b = next;
    }
}

/* Put slot i in front of *x. */
static void take_slot(struct forest *f, int i, CORD *x, size_t *len)
{
    if (f->tree[i] == CORD_EMPTY)
        return;
    *x = *x == CORD_EMPTY ? f->tree[i] : cord_join(f->tree[i], f->len[i], *x, *len);
    *len += f->len[i];
    f->tree[i] = CORD_EMPTY;
}

/* Add x to the right of all that is there. [slots] */
static void add_tree(struct forest *f, CORD x, size_t len)
{
    CORD sum = CORD_EMPTY;
    size_t sum_len = 0;
    int i = 0;
    while (i + 1 < SLOTS && len >= f->floor[i + 1])
        take_slot(f, i++, &sum, &sum_len);
    sum = sum == CORD_EMPTY ? x : cord_join(sum, sum_len, x, len);
    sum_len += len;
    for (;;) {
        take_slot(f, i, &sum, &sum_len);
        if (i + 1 >= SLOTS || sum_len < f->floor[i + 1])
            break;
        i++;
    }
    f->tree[i] = sum;
    f->len[i] = sum_len;
}

static void add_balanced_parts(struct forest *f, CORD x, size_t len)
{
    if (cord_is_kind(x, CORD_KIND_CAT) && len < f->floor[cord_depth(x)]) {
        const struct cord_node *n = cord_node_of(x);
        size_t left_len = cord_left_len(n);
        add_balanced_parts(f, n->u.cat.left, left_len);
        add_balanced_parts(f, n->u.cat.right, len - left_len);
    } else {
        add_tree(f, x, len);
    }
}

struct leaf {
    CORD cord;
    size_t len;
};

static size_t count_leaves(CORD x)
{
    if (!cord_is_kind(x, CORD_KIND_CAT))
        return 1;
    return count_leaves(cord_node_of(x)->u.cat.left)
           + count_leaves(cord_node_of(x)->u.cat.right);
}

static struct leaf *list_leaves(CORD x, size_t len, struct leaf *out)
{
    if (!cord_is_kind(x, CORD_KIND_CAT)) {
        out->cord = x;
        out->len = len;
        return out + 1;
    }
    const struct cord_node *n = cord_node_of(x);
    size_t left_len = cord_left_len(n);
    out = list_leaves(n->u.cat.left, left_len, out);
    return list_leaves(n->u.cat.right, len - left_len, out);
}

static struct leaf join_leaves(const struct leaf *leaves, size_t n)
{
    if (n == 1)
        return leaves[0];
    struct leaf left = join_leaves(leaves, n / 2);
    struct leaf right = join_leaves(leaves + n / 2, n - n / 2);
    struct leaf both = {cord_join(left.cord, left.len, right.cord, right.len),
                        left.len + right.len};
    return both;
}

/* Lengths beyond the last floor say nothing about depth; leaves do. */
static CORD balance_by_leaves(CORD x, size_t len)
{
    size_t n = count_leaves(x);
    struct leaf *leaves = n > SIZE_MAX / sizeof *leaves ? NULL : GC_malloc(n * sizeof *leaves);
    if (leaves == NULL)
        cord_fail_oom();
    list_leaves(x, len, leaves);
    GC_end_stubborn_change(leaves);
    GC_reachable_here(x);
    CORD result = join_leaves(leaves, n).cord;
    GC_free(leaves);
    if (cord_depth(result) >= MAX_DEPTH)
        cord_fail("CORD_balance", "too many leaves", n);
    return result;
}

CORD CORD_balance(CORD x)
{
    if (x == CORD_EMPTY || !cord_is_kind(x, CORD_KIND_CAT))
        return x;
    struct forest f;
    memset(&f, 0, sizeof f);
    fill_floors(&f);
    size_t len = CORD_len(x);
    if (cord_depth(x) < MAX_DEPTH && len >= f.floor[cord_depth(x)])
        return x;
    add_balanced_parts(&f, x, len);
    CORD result = CORD_EMPTY;
    size_t result_len = 0;
    for (int i = 0; i < SLOTS; i++)
        take_slot(&f, i, &result, &result_len);
    return cord_depth(result) >= MAX_DEPTH ? balance_by_leaves(result, len) : result;
}
