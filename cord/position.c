/* position.c - positions in cords; their structure is in gc/cord_pos.h.
 * SPDX-License-Identifier: MIT
 *
 * [path]  path[0] is the cord, path[k + 1] is a child of path[k], and
 *         path[path_len] is the leaf that contains cur_pos.
 * [chars] If cur_end is not 0, cur_leaf has characters cur_start to cur_end - 1
 *         of the cord, cur_pos among them, all of the leaf at the path's end.
 */

#include "node.h"

#undef CORD_next
#undef CORD_pos_fetch
#undef CORD_pos_to_cord
#undef CORD_pos_to_index
#undef CORD_pos_valid
#undef CORD_prev

/* Walk down from the path's end, a cord of that length, to the leaf at cur_pos,
 * which is in it.
 */
static void extend_path(struct CORD_Pos *p, size_t len)
{
    int k = p->path_len;
    CORD x = p->path[k].pe_cord;
    size_t start = p->path[k].pe_start_pos;
    while (cord_is_kind(x, CORD_KIND_CAT)) {
        const struct cord_node *n = cord_node_of(x);
        size_t left_len = cord_left_len(n);
        if (p->cur_pos - start < left_len) {
            x = n->u.cat.left;
            len = left_len;
        } else {
            x = n->u.cat.right;
            start += left_len;
            len -= left_len;
        }
        k++;
        p->path[k].pe_cord = x;
        p->path[k].pe_start_pos = start;
    }
    p->path_len = k;
    p->cur_leaf = cord_leaf_chars(x);
    p->cur_start = start;
    p->cur_end = p->cur_leaf != NULL ? start + len : 0;
}

static void require_valid(const struct CORD_Pos *p, const char *function)
{
    if (p->path_len == CORD_POS_INVALID)
        cord_fail(function, "the position is not valid; it was at", p->cur_pos);
}

void CORD_set_pos(CORD_pos p, CORD x, size_t i)
{
    size_t len = CORD_len(x);
    p[0].path[0].pe_cord = x;
    p[0].path[0].pe_start_pos = 0;
    p[0].path_len = 0;
    p[0].cur_pos = i;
    p[0].cur_leaf = NULL;
    p[0].cur_start = 0;
    p[0].cur_end = 0;
    if (i < len)
        extend_path(&p[0], len);
    else
        p[0].path_len = CORD_POS_INVALID;
}

char CORD__pos_fetch(CORD_pos p)
{
    require_valid(&p[0], "CORD_pos_fetch");
    const struct CORD_pe *leaf = &p[0].path[p[0].path_len];
    const char *chars = cord_leaf_chars(leaf->pe_cord);
    size_t i = p[0].cur_pos - leaf->pe_start_pos;
    return chars != NULL ? chars[i] : cord_fn_char(cord_node_of(leaf->pe_cord), i);
}

/* Have the next few characters of a function leaf at hand. [chars] */
static void fill_buffer(struct CORD_Pos *p, const struct cord_node *leaf, size_t leaf_start)
{
    size_t i = p->cur_pos - leaf_start, n = leaf->len - i;
    if (n > FUNCTION_BUF_SZ)
        n = FUNCTION_BUF_SZ;
    for (size_t k = 0; k < n; k++)
        p->function_buf[k] = cord_fn_char(leaf, i + k);
    p->cur_leaf = p->function_buf;
    p->cur_start = p->cur_pos;
    p->cur_end = p->cur_pos + n;
}

void CORD__next(CORD_pos p)
{
    require_valid(&p[0], "CORD_next");
    struct CORD_Pos *q = &p[0];
    const struct CORD_pe *leaf = &q->path[q->path_len];
    q->cur_pos++;
    if (q->cur_pos < q->cur_end)
        return;
    if (cord_leaf_chars(leaf->pe_cord) == NULL) {
        const struct cord_node *n = cord_node_of(leaf->pe_cord);
        if (q->cur_pos - leaf->pe_start_pos < n->len) {
            fill_buffer(q, n, leaf->pe_start_pos);
            return;
        }
    }
    for (int k = q->path_len; k-- > 0;) {
        size_t len = cord_node_of(q->path[k].pe_cord)->len;
        if (q->cur_pos - q->path[k].pe_start_pos < len) {
            q->path_len = k;
            extend_path(q, len);
            return;
        }
    }
    q->path_len = CORD_POS_INVALID;
}

void CORD__prev(CORD_pos p)
{
    require_valid(&p[0], "CORD_prev");
    struct CORD_Pos *q = &p[0];
    if (q->cur_pos == 0) {
        q->path_len = CORD_POS_INVALID;
        return;
    }
    q->cur_pos--;
    int k = q->path_len;
    if (q->cur_pos >= q->path[k].pe_start_pos) {
        if (q->cur_pos < q->cur_start)
            q->cur_end = 0;
        return;
    }
    while (q->cur_pos < q->path[k].pe_start_pos)
        k--;
    q->path_len = k;
    extend_path(q, cord_node_of(q->path[k].pe_cord)->len);
}

char CORD_pos_fetch(CORD_pos p)
{
    return CORD__pos_fetch(p);
}

void CORD_next(CORD_pos p)
{
    CORD__next(p);
}

void CORD_prev(CORD_pos p)
{
    CORD__prev(p);
}

int CORD_pos_valid(CORD_pos p)
{
    return p[0].path_len != CORD_POS_INVALID;
}

CORD CORD_pos_to_cord(CORD_pos p)
{
    return p[0].path[0].pe_cord;
}

size_t CORD_pos_to_index(CORD_pos p)
{
    return p[0].cur_pos;
}
