/* text.c - comparing, searching and converting cords.
 * SPDX-License-Identifier: MIT
 */

#include "node.h"

#include <stdio.h>

char CORD_fetch(CORD x, size_t i)
{
    CORD_pos p;
    CORD_set_pos(p, x, i);
    if (!CORD_pos_valid(p))
        cord_fail("CORD_fetch", "no character at index", i);
    return CORD_pos_fetch(p);
}

/* How many characters are at hand from p on, at least 1: p may have to go
 * without [chars], then CORD_pos_fetch finds that one.
 */
static size_t chars_at_hand(const struct CORD_Pos *p)
{
    return p->cur_end > p->cur_pos ? p->cur_end - p->cur_pos : 1;
}

static void advance(CORD_pos p, size_t n)
{
    p[0].cur_pos += n - 1;
    CORD_next(p);
}

int CORD_ncmp(CORD x, size_t x_start, CORD y, size_t y_start, size_t len)
{
    CORD_pos p, q;
    CORD_set_pos(p, x, x_start);
    CORD_set_pos(q, y, y_start);
    while (len > 0) {
        if (!CORD_pos_valid(p) || !CORD_pos_valid(q))
            return (CORD_pos_valid(p) ? 1 : 0) - (CORD_pos_valid(q) ? 1 : 0);
        size_t n = chars_at_hand(&p[0]);
        if (n > chars_at_hand(&q[0]))
            n = chars_at_hand(&q[0]);
        if (n > len)
            n = len;
        if (n > 1) {
            int order = memcmp(CORD_pos_cur_char_addr(p), CORD_pos_cur_char_addr(q), n);
            if (order != 0)
                return order;
        } else {
            unsigned char a = (unsigned char)CORD_pos_fetch(p);
            unsigned char b = (unsigned char)CORD_pos_fetch(q);
            if (a != b)
                return a < b ? -1 : 1;
        }
        advance(p, n);
        advance(q, n);
        len -= n;
    }
    return 0;
}

int CORD_cmp(CORD x, CORD y)
{
    if (x == y)
        return 0;
    if (x == CORD_EMPTY || y == CORD_EMPTY)
        return x == CORD_EMPTY ? -1 : 1;
    if (CORD_IS_STRING(x) && CORD_IS_STRING(y))
        return strcmp(x, y);
    return CORD_ncmp(x, 0, y, 0, SIZE_MAX);
}

size_t CORD_chr(CORD x, size_t i, int c)
{
    CORD_pos p;
    CORD_set_pos(p, x, i);
    while (CORD_pos_valid(p)) {
        size_t n = chars_at_hand(&p[0]);
        if (n > 1) {
            const char *from = CORD_pos_cur_char_addr(p);
            const char *hit = memchr(from, c, n);
            if (hit != NULL)
                return CORD_pos_to_index(p) + (size_t)(hit - from);
        } else if (CORD_pos_fetch(p) == (char)c) {
            return CORD_pos_to_index(p);
        }
        advance(p, n);
    }
    return CORD_NOT_FOUND;
}

size_t CORD_rchr(CORD x, size_t i, int c)
{
    CORD_pos p;
    for (CORD_set_pos(p, x, i); CORD_pos_valid(p); CORD_prev(p)) {
        if (CORD_pos_fetch(p) == (char)c)
            return CORD_pos_to_index(p);
    }
    return CORD_NOT_FOUND;
}

static int copy_run(const char *chars, size_t n, void *data)
{
    char **to = data;
    memcpy(*to, chars, n);
    *to += n;
    return 0;
}

char *CORD_to_char_star(CORD x)
{
    size_t len = CORD_len(x);
    char *s = cord_alloc_chars(len);
    char *to = s;
    if (len > 0)
        cord_visit_runs(x, 0, len, copy_run, &to);
    return s;
}

const char *CORD_to_const_char_star(CORD x)
{
    if (x == CORD_EMPTY)
        return "";
    return CORD_IS_STRING(x) ? x : CORD_to_char_star(x);
}

CORD CORD_from_char_star(const char *s)
{
    size_t len = strlen(s);
    if (len == 0)
        return CORD_EMPTY;
    return memcpy(cord_alloc_chars(len), s, len);
}

/* fall_back[k]: the length of the longest proper prefix of s that ends the first
 * k + 1 characters of s (Knuth, Morris and Pratt).
 */
static size_t *make_fall_back(const char *s, size_t len)
{
    size_t *fall_back = len > SIZE_MAX / sizeof *fall_back
                            ? NULL : GC_malloc_atomic(len * sizeof *fall_back);
    if (fall_back == NULL)
        cord_fail_oom();
    fall_back[0] = 0;
    for (size_t k = 1, matched = 0; k < len; k++) {
        while (matched > 0 && s[k] != s[matched])
            matched = fall_back[matched - 1];
        if (s[k] == s[matched])
            matched++;
        fall_back[k] = matched;
    }
    return fall_back;
}

size_t CORD_str(CORD x, size_t start, CORD s)
{
    size_t x_len = CORD_len(x), s_len = CORD_len(s);
    if (start > x_len || s_len > x_len - start)
        return CORD_NOT_FOUND;
    if (s_len == 0)
        return start;
    const char *pattern = CORD_to_const_char_star(s);
    if (s_len == 1)
        return CORD_chr(x, start, pattern[0]);
    size_t *fall_back = make_fall_back(pattern, s_len);
    size_t found = CORD_NOT_FOUND, matched = 0;
    CORD_pos p;
    for (CORD_set_pos(p, x, start); CORD_pos_valid(p); CORD_next(p)) {
        char c = CORD_pos_fetch(p);
        while (matched > 0 && c != pattern[matched])
            matched = fall_back[matched - 1];
        if (c == pattern[matched])
            matched++;
        if (matched == s_len) {
            found = CORD_pos_to_index(p) + 1 - s_len;
            break;
        }
    }
    GC_free(fall_back);
    return found;
}

static int write_run(const char *chars, size_t n, void *data)
{
    return fwrite(chars, 1, n, data) == n ? 0 : EOF;
}

int CORD_put(CORD x, FILE *f)
{
    size_t len = CORD_len(x);
    if (len > 0 && cord_visit_runs(x, 0, len, write_run, f) != 0)
        return EOF;
    return 1;
}
