/* format.c - the printf family of cords.
 * SPDX-License-Identifier: MIT
 *
 * The format is cut into literal text and conversions.  %r, %n, %c and plain %s
 * are done here; each other one is rebuilt with its width and precision as
 * numbers and given to the C library's snprintf, so what that prints is kept.
 *
 * A NUL made by %c goes into the result as such.
 */

#include "node.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <wchar.h>

/* A wint_t as it comes among variable arguments; Windows' is a short. */
typedef __typeof__(+(wint_t)0) promoted_wint;

enum length { LEN_NONE, LEN_HH, LEN_H, LEN_L, LEN_LL, LEN_Z, LEN_T, LEN_J, LEN_BIG_L };

static const char *const length_text[] = {"", "hh", "h", "l", "ll", "z", "t", "j", "L"};

struct conversion {
    char flags[8]; /* each at most once */
    int width;     /* -1: none */
    int precision; /* -1: none */
    enum length length;
    char letter;
};

/* Read digits at p.  0, or -1 if the number exceeds an int. */
static int read_number(CORD_pos p, int *number)
{
    *number = 0;
    while (CORD_pos_valid(p)) {
        char c = CORD_pos_fetch(p);
        if (c < '0' || c > '9')
            break;
        if (*number > (INT_MAX - (c - '0')) / 10)
            return -1;
        *number = *number * 10 + (c - '0');
        CORD_next(p);
    }
    return 0;
}

static int at(CORD_pos p, char c)
{
    return CORD_pos_valid(p) && CORD_pos_fetch(p) == c;
}

static enum length read_length(CORD_pos p)
{
    static const struct {
        char letter;
        enum length once, twice; /* twice: LEN_NONE if it does not double */
    } letters[] = {{'h', LEN_H, LEN_HH}, {'l', LEN_L, LEN_LL},     {'q', LEN_LL, LEN_NONE},
                   {'z', LEN_Z, LEN_NONE}, {'t', LEN_T, LEN_NONE}, {'j', LEN_J, LEN_NONE},
                   {'L', LEN_BIG_L, LEN_NONE}};
    for (size_t k = 0; k < sizeof letters / sizeof letters[0]; k++) {
        if (!at(p, letters[k].letter))
            continue;
        CORD_next(p);
        if (letters[k].twice == LEN_NONE || !at(p, letters[k].letter))
            return letters[k].once;
        CORD_next(p);
        return letters[k].twice;
    }
    return LEN_NONE;
}

static void add_flag(struct conversion *conv, char flag)
{
    if (strchr(conv->flags, flag) == NULL)
        conv->flags[strlen(conv->flags)] = flag;
}

/* Read what follows a percent sign; p ends behind the letter.  0 or -1. */
static int read_conversion(CORD_pos p, struct conversion *conv, va_list *args)
{
    memset(conv, 0, sizeof *conv);
    conv->width = conv->precision = -1;
    while (CORD_pos_valid(p) && CORD_pos_fetch(p) != '\0'
           && strchr("-+ #0'I", CORD_pos_fetch(p)) != NULL) {
        add_flag(conv, CORD_pos_fetch(p));
        CORD_next(p);
    }
    if (at(p, '*')) {
        CORD_next(p);
        conv->width = va_arg(*args, int);
        if (conv->width < 0) {
            if (conv->width == INT_MIN)
                return -1;
            add_flag(conv, '-');
            conv->width = -conv->width;
        }
    } else if (CORD_pos_valid(p) && CORD_pos_fetch(p) >= '1' && CORD_pos_fetch(p) <= '9') {
        if (read_number(p, &conv->width) != 0)
            return -1;
    }
    if (at(p, '.')) {
        CORD_next(p);
        if (at(p, '*')) {
            CORD_next(p);
            conv->precision = va_arg(*args, int);
            if (conv->precision < 0)
                conv->precision = -1;
        } else if (read_number(p, &conv->precision) != 0) {
            return -1;
        }
    }
    conv->length = read_length(p);
    if (!CORD_pos_valid(p))
        return -1;
    conv->letter = CORD_pos_fetch(p);
    CORD_next(p);
    return 0;
}

/* Append x, blanks around it up to the width. */
static void append_padded(CORD_ec out, const struct conversion *conv, CORD x)
{
    size_t len = CORD_len(x), width = conv->width < 0 ? 0 : (size_t)conv->width;
    CORD blanks = width > len ? CORD_chars(' ', width - len) : CORD_EMPTY;
    int left = strchr(conv->flags, '-') != NULL;
    CORD_ec_append_cord(out, left ? x : blanks);
    CORD_ec_append_cord(out, left ? blanks : x);
}

static void store_count(const struct conversion *conv, size_t count, va_list *args)
{
    switch (conv->length) {
    case LEN_HH: *va_arg(*args, signed char *) = (signed char)count; break;
    case LEN_H: *va_arg(*args, short *) = (short)count; break;
    case LEN_L: *va_arg(*args, long *) = (long)count; break;
    case LEN_LL: *va_arg(*args, long long *) = (long long)count; break;
    case LEN_Z: *va_arg(*args, size_t *) = count; break;
    case LEN_T: *va_arg(*args, ptrdiff_t *) = (ptrdiff_t)count; break;
    case LEN_J: *va_arg(*args, intmax_t *) = (intmax_t)count; break;
    default: *va_arg(*args, int *) = (int)count; break;
    }
}

#if defined(__GNUC__)
# pragma GCC diagnostic ignored "-Wformat-nonliteral"
#endif

/* snprintf of one conversion and its argument; buf NULL and size 0 ask for the
 * length.  The argument is taken from args each time.
 */
static int print_one(char *buf, size_t size, const char *format, const struct conversion *conv,
                     va_list *args)
{
    switch (conv->letter) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        switch (conv->length) {
        case LEN_L: return snprintf(buf, size, format, va_arg(*args, long));
        case LEN_LL: return snprintf(buf, size, format, va_arg(*args, long long));
        case LEN_Z: return snprintf(buf, size, format, va_arg(*args, size_t));
        case LEN_T: return snprintf(buf, size, format, va_arg(*args, ptrdiff_t));
        case LEN_J: return snprintf(buf, size, format, va_arg(*args, intmax_t));
        case LEN_BIG_L: return -1;
        default: return snprintf(buf, size, format, va_arg(*args, int));
        }
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        if (conv->length == LEN_BIG_L)
            return snprintf(buf, size, format, va_arg(*args, long double));
        return snprintf(buf, size, format, va_arg(*args, double));
    case 'c':
        return snprintf(buf, size, format, (wint_t)va_arg(*args, promoted_wint));
    case 's':
        return snprintf(buf, size, format, va_arg(*args, wchar_t *));
    case 'p':
        return snprintf(buf, size, format, va_arg(*args, void *));
    case 'm':
        return snprintf(buf, size, format, 0);
    default:
        return -1;
    }
}

static int append_native(CORD_ec out, const struct conversion *conv, va_list *args)
{
    char format[64];
    int n = snprintf(format, sizeof format, "%%%s", conv->flags);
    if (conv->width >= 0)
        n += snprintf(format + n, sizeof format - (size_t)n, "%d", conv->width);
    if (conv->precision >= 0)
        n += snprintf(format + n, sizeof format - (size_t)n, ".%d", conv->precision);
    snprintf(format + n, sizeof format - (size_t)n, "%s%c", length_text[conv->length],
             conv->letter);

    va_list again;
    int saved_errno = errno; /* %m prints it twice */
    va_copy(again, *args);
    int len = print_one(NULL, 0, format, conv, &again);
    va_end(again);
    if (len < 0)
        return -1;
    char *text = cord_alloc_chars((size_t)len);
    errno = saved_errno;
    if (print_one(text, (size_t)len + 1, format, conv, args) != len)
        return -1;
    CORD_ec_flush_buf(out);
    out[0].ec_cord = CORD_cat_char_star(out[0].ec_cord, text, (size_t)len);
    return 0;
}

/* The string may lack a NUL within the precision. */
static CORD string_arg(const char *s, int precision)
{
    if (s == NULL)
        s = "(null)";
    size_t len = precision < 0 ? strlen(s) : strnlen(s, (size_t)precision);
    return len == 0 ? CORD_EMPTY : memcpy(cord_alloc_chars(len), s, len);
}

/* 0 or -1. */
static int append_conversion(CORD_ec out, struct conversion *conv, va_list *args)
{
    if (conv->letter == 'C' || conv->letter == 'S') {
        conv->letter = conv->letter == 'C' ? 'c' : 's';
        conv->length = LEN_L;
    }
    switch (conv->letter) {
    case '%':
        CORD_ec_append(out, '%');
        return 0;
    case 'n':
        CORD_ec_flush_buf(out);
        store_count(conv, CORD_len(out[0].ec_cord), args);
        return 0;
    case 'r': {
        CORD x = va_arg(*args, CORD);
        if (conv->precision >= 0)
            x = CORD_substr(x, 0, (size_t)conv->precision);
        append_padded(out, conv, x);
        return 0;
    }
    case 'c':
        if (conv->length != LEN_L) {
            append_padded(out, conv, CORD_cat_char(CORD_EMPTY, (char)va_arg(*args, int)));
            return 0;
        }
        return append_native(out, conv, args);
    case 's':
        if (conv->length != LEN_L) {
            append_padded(out, conv, string_arg(va_arg(*args, const char *), conv->precision));
            return 0;
        }
        return append_native(out, conv, args);
    default:
        return append_native(out, conv, args);
    }
}

static int format_all(CORD *result, CORD format, va_list *args)
{
    CORD_ec out;
    CORD_pos p;
    CORD_ec_init(out);
    CORD_set_pos(p, format, 0);
    while (CORD_pos_valid(p)) {
        char c = CORD_pos_fetch(p);
        CORD_next(p);
        if (c == '\0') {
            CORD_ec_append_cord(out, CORD_nul(1));
        } else if (c != '%') {
            CORD_ec_append(out, c);
        } else {
            struct conversion conv;
            if (read_conversion(p, &conv, args) != 0
                || append_conversion(out, &conv, args) != 0)
                return -1;
        }
    }
    *result = CORD_ec_to_cord(out);
    size_t len = CORD_len(*result);
    return len > INT_MAX ? -1 : (int)len;
}

int CORD_vsprintf(CORD *out, CORD format, va_list args)
{
    va_list copy; /* va_list may be an array, which has no address as a parameter */
    va_copy(copy, args);
    CORD x = CORD_EMPTY;
    int n = format_all(&x, format, &copy);
    va_end(copy);
    if (n >= 0)
        *out = x;
    return n;
}

int CORD_vfprintf(FILE *f, CORD format, va_list args)
{
    CORD x = CORD_EMPTY;
    int n = CORD_vsprintf(&x, format, args);
    return n >= 0 && CORD_put(x, f) == EOF ? -1 : n;
}

int CORD_vprintf(CORD format, va_list args)
{
    return CORD_vfprintf(stdout, format, args);
}

int CORD_sprintf(CORD *out, CORD format, ...)
{
    va_list args;
    va_start(args, format);
    int n = CORD_vsprintf(out, format, args);
    va_end(args);
    return n;
}

int CORD_fprintf(FILE *f, CORD format, ...)
{
    va_list args;
    va_start(args, format);
    int n = CORD_vfprintf(f, format, args);
    va_end(args);
    return n;
}

int CORD_printf(CORD format, ...)
{
    va_list args;
    va_start(args, format);
    int n = CORD_vprintf(format, args);
    va_end(args);
    return n;
}
