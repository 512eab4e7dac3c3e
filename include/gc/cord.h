/* cord.h - immutable strings that are quick to concatenate and to cut.
 * SPDX-License-Identifier: MIT
 *
 * A cord is a tree whose leaves are C strings or functions that yield
 * characters.  Joining two of any length takes constant time, and the result
 * shares their storage, so nothing a cord was made of may change afterwards.
 * Characters may be NUL; a C string made of such a cord then has NULs inside.
 *
 * The type is const char *: a C string that is not empty and never changes is a
 * cord, and NULL is the empty cord.  Other cords must not be read as strings.
 *
 * Cords live in the collected heap (libcord uses gc.h).  Any thread may use the
 * same cord; a position (cord_pos.h) or CORD_ec (ec.h) belongs to one at a time.
 * When memory runs out CORD_oom_fn is called, and the program ends if that is
 * NULL or returns; so these functions need no check for failure.
 */

#ifndef CORD_H
#define CORD_H

#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef CORD_API
# if defined(GC_DLL) && !defined(CORD_NOT_DLL) \
     && (defined(_WIN32) || defined(__CYGWIN__) || defined(__CEGCC__) || defined(_MSC_VER) \
         || defined(__BORLANDC__) || defined(__DMC__) || defined(__WATCOMC__))
#   ifdef CORD_BUILD
#     define CORD_API extern __declspec(dllexport)
#   else
#     define CORD_API extern __declspec(dllimport)
#   endif
# elif defined(CORD_BUILD) && !defined(GC_NO_VISIBILITY) \
       && ((defined(__GNUC__) && __GNUC__ >= 4) || defined(GC_VISIBILITY_HIDDEN_SET))
#   define CORD_API extern __attribute__((__visibility__("default")))
# else
#   define CORD_API extern
# endif
#endif

typedef const char *CORD;
#define CORD_EMPTY 0

/* Is this cord, which is not empty, a C string? */
#define CORD_IS_STRING(s) (*(s) != '\0')

/* ==== Building ==== */

/* x followed by y.  Both stay as they are and are shared. */
CORD_API CORD CORD_cat(CORD x, CORD y);

/* x followed by the C string y, which has leny characters. */
CORD_API CORD CORD_cat_char_star(CORD x, const char *y, size_t leny);

/* x followed by one character; may be NUL. */
CORD_API CORD CORD_cat_char(CORD x, char c);

/* n cords in a row. */
CORD_API CORD CORD_catn(int n, /* CORD */ ...);

/* Characters i to i + n - 1 of x, as far as there are so many. */
CORD_API CORD CORD_substr(CORD x, size_t i, size_t n);

/* i times c, in constant space. */
CORD_API CORD CORD_chars(char c, size_t i);
#define CORD_nul(i) CORD_chars('\0', (i))

/* The cord of len characters whose character i is fn(i, data).  fn is called any
 * number of times, in any order and by any thread, and answers always the same.
 */
typedef char (*CORD_fn)(size_t i, void *client_data);
CORD_API CORD CORD_from_fn(CORD_fn fn, void *client_data, size_t len);

/* A cord of a copy of s. */
CORD_API CORD CORD_from_char_star(const char *s);

/* The contents of a file from its start to its end.  The cord owns f, which must
 * be seekable and open in binary mode, and closes it when it needs it no longer.
 * The eager form reads everything and closes f at once, in any mode; the lazy
 * one reads pieces as they are looked at, so the file must not change; the first
 * chooses by length.
 */
CORD_API CORD CORD_from_file(FILE *f);
CORD_API CORD CORD_from_file_eager(FILE *f);
CORD_API CORD CORD_from_file_lazy(FILE *f);

/* The same characters, in a tree of a depth logarithmic in its size.  Worth it
 * after many concatenations, before the characters are looked at.
 */
CORD_API CORD CORD_balance(CORD x);

/* ==== Looking ==== */

/* How many characters, in constant time unless x is a C string. */
CORD_API size_t CORD_len(CORD x);

/* Character i; it must exist.  Positions are quicker for more than a few. */
CORD_API char CORD_fetch(CORD x, size_t i);

/* Order of the characters, as unsigned: less than, equal to or greater than 0.
 * The second compares at most len characters from the given indices on.
 */
CORD_API int CORD_cmp(CORD x, CORD y);
CORD_API int CORD_ncmp(CORD x, size_t x_start, CORD y, size_t y_start, size_t len);

/* Index of the first s at start or later; of the first c at i or later; of the
 * last c at i or earlier.
 */
#define CORD_NOT_FOUND ((size_t)(-1))
CORD_API size_t CORD_str(CORD x, size_t start, CORD s);
CORD_API size_t CORD_chr(CORD x, size_t i, int c);
CORD_API size_t CORD_rchr(CORD x, size_t i, int c);

/* A C string of its own that may be changed; one that may be part of x. */
CORD_API char *CORD_to_char_star(CORD x);
CORD_API const char *CORD_to_const_char_star(CORD x);

/* Write all characters: 1, or EOF on an error. */
CORD_API int CORD_put(CORD x, FILE *f);

/* Print the tree to stdout, for debugging. */
CORD_API void CORD_dump(CORD x);

/* ==== Visiting by callback ==== */

/* Call f1 for each character from index i on, which must exist, until it
 * returns something other than 0; that is the result, else 0.  If f2 is not
 * CORD_NO_FN, it may be called for a run of them as a C string instead.
 */
typedef int (*CORD_iter_fn)(char c, void *client_data);
typedef int (*CORD_batched_iter_fn)(const char *s, void *client_data);
#define CORD_NO_FN ((CORD_batched_iter_fn)0)
CORD_API int CORD_iter5(CORD x, size_t i, CORD_iter_fn f1, CORD_batched_iter_fn f2,
                        void *client_data);
CORD_API int CORD_iter(CORD x, CORD_iter_fn f1, void *client_data);
#define CORD_iter(x, f1, cd) CORD_iter5(x, 0, f1, CORD_NO_FN, cd)

/* The same backwards, from i down; from the end. */
CORD_API int CORD_riter4(CORD x, size_t i, CORD_iter_fn f1, void *client_data);
CORD_API int CORD_riter(CORD x, CORD_iter_fn f1, void *client_data);

/* ==== Out of memory ==== */

/* Called by whoever gets no memory; it may leave by a jump.  If it returns, or is
 * NULL as at first, the program ends with a message.  To be set before other
 * threads use cords.
 */
typedef void (*CORD_oom_fn_t)(void);
CORD_API CORD_oom_fn_t CORD_oom_fn;
CORD_API void CORD_set_oom_fn(CORD_oom_fn_t);
CORD_API CORD_oom_fn_t CORD_get_oom_fn(void);

#ifdef __cplusplus
} /* extern "C" */
#endif

/* ==== Visiting by position ==== */

#include "cord_pos.h"

/* CORD_pos p;  CORD_FOR(p, x) { ... CORD_pos_fetch(p) ... } */
#define CORD_FOR(pos, cord) \
    for (CORD_set_pos(pos, cord, 0); CORD_pos_valid(pos); CORD_next(pos))

/* ==== Formatting ==== */

/* C's printf family, with these differences: %r takes a CORD, with width and
 * precision as for %s; the format is a cord; the two sprintf functions store a
 * cord in *out, which shares the cords given.  Results are the number of
 * characters, or -1 for an error.
 */
#ifndef CORD_NO_IO
# include <stdarg.h>
# ifdef __cplusplus
extern "C" {
# endif
CORD_API int CORD_sprintf(CORD *out, CORD format, ...);
CORD_API int CORD_vsprintf(CORD *out, CORD format, va_list args);
CORD_API int CORD_fprintf(FILE *f, CORD format, ...);
CORD_API int CORD_vfprintf(FILE *f, CORD format, va_list args);
CORD_API int CORD_printf(CORD format, ...);
CORD_API int CORD_vprintf(CORD format, va_list args);
# ifdef __cplusplus
} /* extern "C" */
# endif
#endif

#endif /* CORD_H */
