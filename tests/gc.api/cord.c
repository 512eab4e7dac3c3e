/* cord.c - cord.h and cord_pos.h: every function against plain strings */
/* needs: children */
/* variants: plain verify incremental */
/* libs: cord */
/* only: tidemark */
/* purpose: random cords behave as the strings they stand for; files; printf */
#include "check.h"
#include <gc/cord.h>

enum { POOL = 24, LONGEST = 6000 };

/* A cord and the characters it should have. */
struct model {
    CORD cord;
    char *chars; /* malloc; a NUL beyond */
    size_t len;
};

static struct model pool[POOL];
static check_rng rng;

static char nth_char(size_t i, void *data)
{
    return (char)((i * 7 + (size_t)data) % 61);
}

static struct model make_model(CORD cord, const char *chars, size_t len)
{
    struct model m;

    m.cord = cord;
    m.len = len;
    m.chars = (char *)malloc(len + 1);
    memcpy(m.chars, chars, len);
    m.chars[len] = 0;
    return m;
}

static size_t below(size_t n)
{
    return check_below(&rng, (unsigned)n);
}

static int add_char(char c, void *data)
{
    char **to = (char **)data;

    *(*to)++ = c;
    return 0;
}

static int add_string(const char *s, void *data)
{
    while (*s != 0)
        (void)add_char(*s++, data);
    return 0;
}

static int stop_at_once(char c, void *data)
{
    *(char *)data = c;
    return 5;
}

static void check_iteration(const struct model *m)
{
    char *copy = (char *)malloc(m->len + 1), *to = copy, last;
    size_t i = below(m->len), k;

    EXPECT(CORD_iter5(m->cord, i, add_char, add_string, &to) == 0
               && (size_t)(to - copy) == m->len - i && memcmp(copy, m->chars + i, m->len - i) == 0,
           "CORD_iter5");
    to = copy;
    EXPECT(CORD_iter(m->cord, add_char, &to) == 0 && (size_t)(to - copy) == m->len
               && memcmp(copy, m->chars, m->len) == 0,
           "CORD_iter");
    to = copy;
    EXPECT(CORD_riter4(m->cord, i, add_char, &to) == 0 && (size_t)(to - copy) == i + 1,
           "CORD_riter4");
    for (k = 0; k <= i; k++)
        EXPECT(copy[k] == m->chars[i - k], "CORD_riter4, character %lu", (unsigned long)k);
    EXPECT(CORD_riter(m->cord, stop_at_once, &last) == 5 && last == m->chars[m->len - 1],
           "CORD_riter");
    free(copy);
}

static void check_positions(const struct model *m)
{
    CORD_pos p;
    size_t i = 0;
    int steps;

    CORD_FOR (p, m->cord) {
        EXPECT(CORD_pos_fetch(p) == m->chars[i] && CORD_pos_to_index(p) == i
                   && CORD_pos_to_cord(p) == m->cord,
               "position %lu", (unsigned long)i);
        i++;
    }
    EXPECT(i == m->len, "CORD_FOR saw %lu of %lu", (unsigned long)i, (unsigned long)m->len);
    i = below(m->len);
    CORD_set_pos(p, m->cord, i);
    for (steps = 0; steps < 100; steps++) {
        EXPECT(CORD_pos_valid(p) && CORD_pos_fetch(p) == m->chars[i], "walk at %lu",
               (unsigned long)i);
        if (below(2) && i + 1 < m->len) {
            CORD_next(p);
            i++;
        } else if (i > 0) {
            CORD_prev(p);
            i--;
        }
        if (CORD_pos_chars_left(p) > 3 && i + 3 < m->len) {
            EXPECT(*CORD_pos_cur_char_addr(p) == m->chars[i], "at hand");
            CORD_pos_advance(p, 3);
            i += 3;
        }
    }
    CORD_set_pos(p, m->cord, 0);
    CORD_prev(p);
    EXPECT(!CORD_pos_valid(p), "before the first");
    CORD_set_pos(p, m->cord, m->len - 1);
    CORD_next(p);
    EXPECT(!CORD_pos_valid(p), "after the last");
}

static void check_searches(const struct model *m)
{
    size_t i = below(m->len), at = below(m->len), n = 1 + below(12), k;
    char c = m->chars[below(m->len)];
    const char *hit = (const char *)memchr(m->chars + i, c, m->len - i);
    CORD part = CORD_substr(m->cord, at, n);

    EXPECT(CORD_chr(m->cord, i, c) == (hit ? (size_t)(hit - m->chars) : CORD_NOT_FOUND),
           "CORD_chr");
    for (k = i; k != (size_t)-1 && m->chars[k] != c; k--) {
    }
    EXPECT(CORD_rchr(m->cord, i, c) == k, "CORD_rchr");
    if (n > m->len - at)
        n = m->len - at;
    hit = (const char *)memmem(m->chars + i, m->len - i, m->chars + at, n);
    EXPECT(CORD_str(m->cord, i, part) == (hit ? (size_t)(hit - m->chars) : CORD_NOT_FOUND),
           "CORD_str");
    EXPECT(CORD_fetch(m->cord, i) == m->chars[i], "CORD_fetch");
}

static void check_model(const struct model *m)
{
    char *s = CORD_to_char_star(m->cord);

    EXPECT(CORD_len(m->cord) == m->len, "CORD_len");
    EXPECT(memcmp(s, m->chars, m->len + 1) == 0, "CORD_to_char_star");
    EXPECT(memcmp(CORD_to_const_char_star(m->cord), m->chars, m->len + 1) == 0,
           "CORD_to_const_char_star");
    if (m->len == 0) {
        EXPECT(m->cord == CORD_EMPTY, "an empty cord is NULL");
        return;
    }
    check_positions(m);
    check_iteration(m);
    check_searches(m);
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static int order(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int n = memcmp(a, b, a_len < b_len ? a_len : b_len);

    return n != 0 ? sign(n) : (a_len > b_len) - (a_len < b_len);
}

static void check_comparison(const struct model *a, const struct model *b)
{
    size_t i, j, n, a_len, b_len;

    EXPECT(sign(CORD_cmp(a->cord, b->cord)) == order(a->chars, a->len, b->chars, b->len),
           "CORD_cmp");
    if (a->len == 0 || b->len == 0)
        return;
    i = below(a->len);
    j = below(b->len);
    n = below(60);
    a_len = a->len - i < n ? a->len - i : n;
    b_len = b->len - j < n ? b->len - j : n;
    EXPECT(sign(CORD_ncmp(a->cord, i, b->cord, j, n))
               == order(a->chars + i, a_len, b->chars + j, b_len),
           "CORD_ncmp");
}

static struct model concatenate(const struct model *a, const struct model *b)
{
    struct model m;

    m.cord = below(2) ? CORD_cat(a->cord, b->cord) : CORD_catn(2, a->cord, b->cord);
    m.len = a->len + b->len;
    m.chars = (char *)malloc(m.len + 1);
    memcpy(m.chars, a->chars, a->len);
    memcpy(m.chars + a->len, b->chars, b->len + 1);
    return m;
}

static struct model substring(const struct model *a)
{
    size_t i = below(a->len + 3), n = below(a->len + 3);
    CORD c = CORD_substr(a->cord, i, n);

    if (i > a->len)
        i = a->len;
    return make_model(c, a->chars + i, n < a->len - i ? n : a->len - i);
}

static struct model generate(void)
{
    char chars[200];
    size_t n = below(sizeof chars), k, start = below(100);
    CORD c;

    switch (below(4)) {
    case 0:
        for (k = 0; k < n; k++)
            chars[k] = nth_char(k, (void *)start);
        return make_model(CORD_from_fn(nth_char, (void *)start, n), chars, n);
    case 1:
        memset(chars, 'x', sizeof chars);
        return make_model(CORD_chars('x', n), chars, n);
    case 2:
        memset(chars, 0, sizeof chars);
        return make_model(CORD_nul(n), chars, n);
    default:
        n /= 5;
        for (k = 0; k < n; k++)
            chars[k] = (char)('a' + below(3));
        chars[n] = 0;
        c = CORD_from_char_star(chars);
        return make_model(c, chars, n);
    }
}

static struct model append_char(const struct model *a)
{
    char c = below(5) ? (char)('a' + below(3)) : 0;
    struct model m = make_model(CORD_EMPTY, a->chars, a->len);

    m.chars = (char *)realloc(m.chars, m.len + 2);
    m.chars[m.len++] = c;
    m.chars[m.len] = 0;
    m.cord = c != 0 && below(2) ? CORD_cat_char_star(a->cord, CORD_to_const_char_star(CORD_chars(c, 1)), 1)
                                : CORD_cat_char(a->cord, c);
    return m;
}

static void test_models(void)
{
    long i, n = check_work(30000);

    for (i = 0; i < POOL; i++)
        pool[i] = make_model("abc", "abc", 3);
    for (i = 0; i < n; i++) {
        struct model *a = &pool[below(POOL)], *b = &pool[below(POOL)], *old, m;

        switch (below(7)) {
        case 0:
        case 1:
            if (a->len + b->len > LONGEST)
                continue;
            m = concatenate(a, b);
            break;
        case 2: m = substring(a); break;
        case 3: m = generate(); break;
        case 4: m = make_model(CORD_balance(a->cord), a->chars, a->len); break;
        case 5: m = append_char(a); break;
        default: check_comparison(a, b); continue;
        }
        if (below(20) == 0)
            check_model(&m);
        old = &pool[below(POOL)];
        free(old->chars);
        *old = m;
        if (i % 3000 == 0)
            GC_gcollect();
    }
    VERDICT("random cords behave as strings");
}

static void test_depth(void)
{
    CORD x = CORD_EMPTY, y = CORD_EMPTY, z = CORD_chars('z', 1000000);
    long i, n = check_work(100000);

    for (i = 0; i < n; i++) {
        x = CORD_cat(x, "0123456789abcdefXYZ");
        y = CORD_cat("0123456789abcdefXYZ", y);
    }
    CHECK(CORD_len(x) == (size_t)n * 19 && CORD_cmp(x, y) == 0, "long chains in both directions");
    for (i = 0; i < 500; i++)
        z = CORD_cat(CORD_cat(z, CORD_chars((char)('a' + i % 3), 1000000)), "abcdefghijklmnopqrst");
    CHECK(CORD_len(z) == 501000000 + 500 * 20 && CORD_fetch(z, CORD_len(z) - 1) == 't'
              && CORD_fetch(z, 1000000 + 5) == 'a',
          "half a billion characters in a few nodes");
    CHECK(CORD_cmp(CORD_balance(x), x) == 0, "CORD_balance changes nothing");
}

static void test_files(void)
{
    char name[] = "/tmp/cord-XXXXXX", back[] = "/tmp/cord-XXXXXX";
    int fd = mkstemp(name), fd2 = mkstemp(back), i;
    FILE *f = fdopen(fd, "wb");
    CORD any, eager, lazy;

    for (i = 0; i < 300000; i++)
        putc(i % 251, f);
    fclose(f);
    any = CORD_from_file(fopen(name, "rb"));
    eager = CORD_from_file_eager(fopen(name, "rb"));
    lazy = CORD_from_file_lazy(fopen(name, "rb"));
    CHECK(CORD_len(any) == 300000 && CORD_cmp(any, eager) == 0, "CORD_from_file");
    CHECK(CORD_cmp(lazy, eager) == 0, "CORD_from_file_lazy and CORD_from_file_eager");
    CHECK((unsigned char)CORD_fetch(lazy, 299999) == 299999 % 251, "the last character");
    f = fdopen(fd2, "wb");
    CHECK(CORD_put(lazy, f) == 1, "CORD_put");
    fclose(f);
    CHECK(CORD_cmp(CORD_from_file(fopen(back, "rb")), eager) == 0, "writes what is read back");
    f = fopen(name, "rb");
    CHECK(CORD_put(CORD_substr(eager, 0, 100000), f) == EOF, "CORD_put reports errors");
    fclose(f);
    unlink(name);
    unlink(back);
}

static int equals(CORD x, const char *s)
{
    return CORD_len(x) == strlen(s) && strcmp(CORD_to_const_char_star(x), s) == 0;
}

static int print_out(void *unused)
{
    (void)unused;
    CORD_printf("%r-%d\n", CORD_cat("long cord of two ", "pieces of text here"), 17);
    CORD_fprintf(stdout, "second %s\n", "line");
    CORD_dump(CORD_catn(3, "one long enough string", "another long enough one",
                        CORD_chars('c', 100)));
    return 0;
}

static int print_by_list(CORD *out, CORD format, ...)
{
    va_list args;
    int a, b, c;

    va_start(args, format);
    a = CORD_vsprintf(out, format, args);
    va_end(args);
    va_start(args, format);
    b = CORD_vprintf(format, args);
    va_end(args);
    va_start(args, format);
    c = CORD_vfprintf(stdout, format, args);
    va_end(args);
    return a == b && b == c ? a : -1;
}

static int print_lists(void *unused)
{
    CORD out = CORD_EMPTY;

    (void)unused;
    return print_by_list(&out, "%r %d|", CORD_from_char_star("left"), 42) == 8
                   && CORD_cmp(out, "left 42|") == 0
               ? 0
               : 1;
}

static void test_printf(void)
{
    CORD x = CORD_EMPTY;
    char text[4000], plain[200];
    int n = 0, len;
    size_t big = 7;

    len = snprintf(plain, sizeof plain, "%5d|%-6s|%+i|%#x|%08.3f|%lu|%zu|%c|%%|%e", 42, "ab", 3,
                   255u, 3.14159, 77ul, big, 'q', 1e10);
    CHECK(CORD_sprintf(&x, "%5d|%-6s|%+i|%#x|%08.3f|%lu|%zu|%c|%%|%e", 42, "ab", 3, 255u, 3.14159,
                       77ul, big, 'q', 1e10)
                  == len
              && equals(x, plain),
          "CORD_sprintf prints what printf does");
    CHECK(CORD_sprintf(&x, "%r%n!", CORD_cat("left ", "right"), &n) == 11 && n == 10
              && equals(x, "left right!"),
          "%r and %n");
    CHECK(CORD_sprintf(&x, "%10.3r|%-7r|%*d|%.*s", CORD_from_char_star("abcdef"), "xy", 5, 3, 2,
                       "qwerty") == 10 + 1 + 7 + 1 + 5 + 1 + 2
              && equals(x, "       abc|xy     |    3|qw"),
          "width and precision");
    CHECK(CORD_sprintf(&x, "a%cb", 0) == 3 && CORD_fetch(x, 1) == 0 && CORD_fetch(x, 2) == 'b',
          "NUL");
    CHECK(CORD_sprintf(&x, "%lc|%ls|%hhd|%lld", L'w', L"wide", 300, 1LL << 40) > 0
              && equals(x, "w|wide|44|1099511627776"),
          "length modifiers");
    CHECK(CORD_sprintf(&x, "%k", 1) == -1 && CORD_sprintf(&x, "%") == -1, "nonsense gives -1");
    CHECK(check_child_ok(check_child(print_out, NULL, text, sizeof text)), "CORD_printf, CORD_dump");
    CHECK(strncmp(text, "long cord of two pieces of text here-17\nsecond line\n", 52) == 0,
          "CORD_printf and CORD_fprintf print");
    CHECK(strlen(text) > 60, "CORD_dump prints");
    CHECK(check_child_ok(check_child(print_lists, NULL, text, sizeof text)), "CORD_vsprintf");
    CHECK(strcmp(text, "left 42|left 42|") == 0, "CORD_vprintf and CORD_vfprintf");
}

int main(void)
{
    check_start();
    GC_INIT();
    check_rng_seed(&rng, 1);
    CHECK(CORD_len(CORD_EMPTY) == 0 && CORD_cat(CORD_EMPTY, CORD_EMPTY) == CORD_EMPTY
              && CORD_IS_STRING("x"),
          "empty cords and strings");
    test_models();
    test_depth();
    test_files();
    test_printf();
    return check_done();
}
