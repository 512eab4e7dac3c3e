/* cord_pos.h - positions in cords.
 * SPDX-License-Identifier: MIT
 *
 * Included by cord.h.  A position is a cord and an index, with the path from the
 * root to the leaf at hand, so that the next character costs next to nothing.  It
 * is large (about 850 bytes on 64-bit).
 *
 * [abi] The structure and the macros are compiled into programs; neither may
 * change.  Use only the names with a comment.  The macros evaluate their argument
 * more than once; the functions of the same names do not.
 */

#if !defined(CORD_POSITION_H) && defined(CORD_H)
#define CORD_POSITION_H

#ifdef __cplusplus
extern "C" {
#endif

/* No cord is deeper than this. */
#define MAX_DEPTH 48

struct CORD_pe {
    CORD pe_cord;
    size_t pe_start_pos; /* index in the whole cord where it begins */
};

typedef struct CORD_Pos {
    size_t cur_pos;
    int path_len;         /* index of the leaf in path, or CORD_POS_INVALID */
#define CORD_POS_INVALID (0x55555555)
    const char *cur_leaf; /* the characters from cur_start to cur_end - 1 */
    size_t cur_start;
    size_t cur_end;       /* 0: no characters at hand */
    struct CORD_pe path[MAX_DEPTH + 1]; /* [0] is the whole cord */
#define FUNCTION_BUF_SZ 8
    char function_buf[FUNCTION_BUF_SZ]; /* characters of a function leaf */
} CORD_pos[1];

/* Put p at index i of x; not valid if there is no such character. */
CORD_API void CORD_set_pos(CORD_pos p, CORD x, size_t i);

/* Is p inside its cord?  Nothing but setting may be done to one that is not. */
CORD_API int CORD_pos_valid(CORD_pos p);

/* The character there. */
CORD_API char CORD_pos_fetch(CORD_pos p);

/* Move by one; not valid any more after the last or before the first. */
CORD_API void CORD_next(CORD_pos p);
CORD_API void CORD_prev(CORD_pos p);

/* What p was made of. */
CORD_API CORD CORD_pos_to_cord(CORD_pos p);
CORD_API size_t CORD_pos_to_index(CORD_pos p);

/* What the macros below call where the next character is not at hand. */
CORD_API char CORD__pos_fetch(CORD_pos);
CORD_API void CORD__next(CORD_pos);
CORD_API void CORD__prev(CORD_pos);

#define CORD_pos_valid(p) ((p)[0].path_len != CORD_POS_INVALID)
#define CORD_pos_fetch(p) \
        ((p)[0].cur_end != 0 ? (p)[0].cur_leaf[(p)[0].cur_pos - (p)[0].cur_start] \
                             : CORD__pos_fetch(p))
#define CORD_next(p) \
        ((p)[0].cur_pos + 1 < (p)[0].cur_end ? (p)[0].cur_pos++ : (CORD__next(p), (size_t)0))
#define CORD_prev(p) \
        ((p)[0].cur_end != 0 && (p)[0].cur_pos > (p)[0].cur_start \
         ? (p)[0].cur_pos-- : (CORD__prev(p), (size_t)0))
#define CORD_pos_to_index(p) ((p)[0].cur_pos)
#define CORD_pos_to_cord(p) ((p)[0].path[0].pe_cord)

/* How many characters are at hand from p on (0 or less: none), where they are,
 * and a move by n of them, 0 < n < that number.
 */
#define CORD_pos_chars_left(p) ((long)(p)[0].cur_end - (long)(p)[0].cur_pos)
#define CORD_pos_cur_char_addr(p) ((p)[0].cur_leaf + ((p)[0].cur_pos - (p)[0].cur_start))
#define CORD_pos_advance(p, n) ((p)[0].cur_pos += (n) - 1, CORD_next(p))

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* CORD_POSITION_H */
