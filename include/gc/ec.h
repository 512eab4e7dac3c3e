/* ec.h - cords that grow by single characters.
 * SPDX-License-Identifier: MIT
 *
 *     CORD_ec b;
 *     CORD_ec_init(b);
 *     while ((c = getc(f)) != EOF) CORD_ec_append(b, c);
 *     x = CORD_balance(CORD_ec_to_cord(b));
 *
 * [abi] The structure and the macros are compiled into programs.  Programs that
 * define CORD_BUFSZ themselves must not pass such a CORD_ec to others.
 */

#ifndef EC_H
#define EC_H

#include "cord.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef CORD_BUFSZ
# define CORD_BUFSZ 128
#endif

/* Stands for ec_cord followed by what ec_buf holds before ec_bufptr. */
typedef struct CORD_ec_struct {
    CORD ec_cord;
    char *ec_bufptr;
    char ec_buf[CORD_BUFSZ + 1];
} CORD_ec[1];

/* Empty it to begin with. */
#define CORD_ec_init(x) ((x)[0].ec_cord = 0, (void)((x)[0].ec_bufptr = (x)[0].ec_buf))

/* Append a character other than NUL; x is evaluated more than once. */
#define CORD_ec_append(x, c) \
        ((void)((x)[0].ec_bufptr == (x)[0].ec_buf + CORD_BUFSZ ? (CORD_ec_flush_buf(x), 0) : 0), \
         (void)(*(x)[0].ec_bufptr++ = (char)(c)))

/* Append a cord, whose storage is shared. */
CORD_API void CORD_ec_append_cord(CORD_ec x, CORD s);

/* The cord so far; appending may go on. */
#define CORD_ec_to_cord(x) (CORD_ec_flush_buf(x), (x)[0].ec_cord)

/* Move what is in the buffer to ec_cord. */
CORD_API void CORD_ec_flush_buf(CORD_ec x);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* EC_H */
