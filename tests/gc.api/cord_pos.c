/* cord_pos.c - cord_pos.h and cord.h: the functions behind the macros */
/* libs: cord */
#include "check.h"

#include <gc/cord.h>
#include <gc/cord_pos.h>

static char letter(size_t i, void *unused)
{
    (void)unused;
    return (char)('a' + i % 26);
}

static int add_up(char c, void *sum)
{
    *(unsigned *)sum += (unsigned char)c;
    return c == '!';
}

int main(void)
{
    CORD x, y;
    CORD_pos p;
    size_t i, n;
    unsigned sum = 0, expected = 0;

    check_start();
    GC_INIT();
    x = CORD_cat(CORD_from_fn(letter, NULL, 1000), CORD_cat("middle", CORD_from_fn(letter, NULL, 500)));
    n = CORD_len(x);
    CHECK(n == 1506, "length");

    for (i = 0, CORD_set_pos(p, x, 0); (CORD_pos_valid)(p); (CORD_next)(p), i++) {
        EXPECT((CORD_pos_to_index)(p) == i, "index %lu", (unsigned long)i);
        EXPECT((CORD_pos_fetch)(p) == CORD_fetch(x, i), "character %lu", (unsigned long)i);
        EXPECT((CORD_pos_to_cord)(p) == x, "cord at %lu", (unsigned long)i);
        expected += (unsigned char)CORD_fetch(x, i);
    }
    CHECK(i == n, "forwards to the end");
    VERDICT("what CORD_pos_fetch and CORD_pos_to_index say on the way");
    for (CORD_set_pos(p, x, n - 1); (CORD_pos_valid)(p); (CORD_prev)(p), i--)
        EXPECT((CORD_pos_fetch)(p) == CORD_fetch(x, i - 1), "character %lu", (unsigned long)i);
    CHECK(i == 0, "backwards to the start");
    VERDICT("what CORD_pos_fetch says on the way back");
    CORD_set_pos(p, x, n);
    CHECK(!(CORD_pos_valid)(p), "behind the end");

    CHECK((CORD_iter)(x, add_up, &sum) == 0 && sum == expected, "CORD_iter sees all characters");
    y = CORD_cat(CORD_substr(x, 0, 50), CORD_cat("!", x));
    sum = 0;
    CHECK((CORD_iter)(y, add_up, &sum) != 0, "CORD_iter stops when it is told to");
    for (expected = '!', i = 0; i < 50; i++)
        expected += (unsigned char)CORD_fetch(x, i);
    CHECK(sum == expected, "and sees nothing more");
    return check_done();
}
