/* cord.c - cords: concatenation, substrings, positions, formatting, files, against plain strings */
/* only: tidemark */
/* libs: cord */
/* variants: plain verify */
#include "check.h"
#include <gc/cord.h>
#include <gc/cord_pos.h>
#include <gc/ec.h>

#define MOST 20000

/* The same random edits on a cord and on a plain string. */
static void random_edits(void)
{
    static char plain[MOST * 2 + 1], other[MOST * 2 + 1];
    CORD c = CORD_EMPTY;
    size_t length = 0;
    check_rng r;
    long i, n = check_work(3000);

    check_rng_seed(&r, 6);
    for (i = 0; i < n; i++) {
        size_t at = length ? check_below(&r, (unsigned)length) : 0;
        size_t count = check_below(&r, 300);

        if (length > MOST) { /* cut a piece out */
            c = CORD_substr(c, at / 2, length / 3);
            memmove(plain, plain + at / 2, length / 3);
            length /= 3;
            plain[length] = 0;
        } else if (i % 3 == 0) {
            char text[301];

            memset(text, 'a' + (int)(i % 26), count);
            text[count] = 0;
            c = CORD_cat(c, CORD_from_char_star(text));
            memcpy(plain + length, text, count + 1);
            length += count;
        } else if (i % 3 == 1) { /* insert a part of itself */
            CORD part;

            if (count > length - at)
                count = length - at;
            part = CORD_substr(c, at, count);
            memcpy(other, plain + at, count);
            c = CORD_cat(CORD_substr(c, 0, at / 2), CORD_cat(part, CORD_substr(c, at / 2, length)));
            memmove(plain + at / 2 + count, plain + at / 2, length - at / 2);
            memcpy(plain + at / 2, other, count);
            length += count;
            plain[length] = 0;
        } else {
            c = CORD_cat_char(c, (char)('A' + i % 26));
            plain[length++] = (char)('A' + i % 26);
            plain[length] = 0;
        }
        EXPECT(CORD_len(c) == length, "length %lu, not %lu", (unsigned long)CORD_len(c),
               (unsigned long)length);
        if (length > 0)
            EXPECT(CORD_fetch(c, at % length) == plain[at % length], "a character differs");
        if (i % 100 == 0) {
            GC_gcollect();
            EXPECT(strcmp(CORD_to_const_char_star(c), plain) == 0, "the text differs");
            c = CORD_balance(c);
            EXPECT(CORD_cmp(c, CORD_from_char_star(plain)) == 0, "after balancing");
        }
    }
    VERDICT("random edits");
}

static char nth(size_t i, void *client)
{
    return (char)(*(char *)client + (int)(i % 10));
}

static int count_char(char c, void *client)
{
    *(long *)client += c == '3';
    return 0;
}

int main(void)
{
    char base = '0';
    CORD f, c;
    CORD_pos p;
    CORD_ec ec;
    long n = 0;
    size_t i = 0;

    check_start();
    GC_INIT();
    CHECK(CORD_len(CORD_EMPTY) == 0 && CORD_cmp(CORD_EMPTY, CORD_cat(CORD_EMPTY, CORD_EMPTY)) == 0,
          "the empty cord");
    random_edits();
    f = CORD_from_fn(nth, &base, 100000);
    CHECK(CORD_len(f) == 100000 && CORD_fetch(f, 99993) == '3', "a cord from a function");
    CHECK(CORD_iter(f, count_char, &n) == 0 && n == 10000, "iterating");
    c = CORD_substr(f, 5, 50000);
    CORD_FOR(p, c) {
        EXPECT(CORD_pos_fetch(p) == (char)('0' + (i + 5) % 10), "position %lu", (unsigned long)i);
        i++;
    }
    EXPECT(i == 50000, "%lu positions", (unsigned long)i);
    VERDICT("positions");
    CHECK(CORD_str(CORD_from_char_star("find the needle here"), 3, CORD_from_char_star("needle"))
              == 9,
          "searching");
    CHECK(CORD_chr(f, 11, '5') == 15 && CORD_rchr(f, 99999, '5') == 99995, "characters");
    CHECK(CORD_sprintf(&c, "%d-%s-%r", 42, "text", CORD_from_char_star("cord")) == 12
              && CORD_cmp(c, CORD_from_char_star("42-text-cord")) == 0,
          "formatting");
    CORD_ec_init(ec);
    for (i = 0; i < 5000; i++)
        CORD_ec_append(ec, (char)('a' + i % 26));
    c = CORD_balance(CORD_ec_to_cord(ec));
    CHECK(CORD_len(c) == 5000 && CORD_fetch(c, 4999) == 'a' + 4999 % 26, "extensible cords");
    CHECK(CORD_len(CORD_chars('x', 1000000)) == 1000000, "a million characters");
    return check_done();
}
