/* log.c - every line the collector prints, the warn procedure, and the way to abort.
 *
 * A formatter of our own over write(2): messages are made with the world stopped, perhaps while
 * a stopped thread holds the locks of malloc and stdio.  Who reads the options: options.c.
 *
 * [no-libc-locks]  Nothing here calls malloc or stdio, takes a lock to print, or changes errno.
 * [one-write]      A message below SINK_BYTES is one write(2), so lines of threads do not mix.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/ground.h"
#include "private/port.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef _WIN32
# define WIN32_LEAN_AND_MEAN
# include <windows.h>
# include <io.h>
#endif

#ifndef O_CLOEXEC
# define O_CLOEXEC 0
#endif
#ifndef O_BINARY
# define O_BINARY 0
#endif

enum { SINK_BYTES = 1024, MESSAGE_BYTES = 1024, WRITE_ATTEMPTS = 1000 };

int gci_log_fd = 2;
static int out_fd = 1, err_fd = 2;

/* ---- Writing ---- */

#ifdef _WIN32
/* The C library's write takes a lock, which a suspended thread may hold. */
static intptr_t write_some(int fd, const char *text, size_t bytes)
{
    HANDLE file = (HANDLE)_get_osfhandle(fd);
    DWORD done = 0;

    if (file == INVALID_HANDLE_VALUE || !WriteFile(file, text, (DWORD)bytes, &done, NULL)) {
        errno = EIO;
        return -1;
    }
    return (intptr_t)done;
}
#else
static intptr_t write_some(int fd, const char *text, size_t bytes)
{
    return write(fd, text, bytes);
}
#endif

/* A log that nobody empties (EAGAIN for long, any other error) loses the message. */
static void write_all(int fd, const char *text, size_t bytes)
{
    int saved_errno = errno;
    int attempts = 0;

    while (bytes > 0 && attempts < WRITE_ATTEMPTS) {
        intptr_t done = write_some(fd, text, bytes);

        if (done > 0) {
            text += done;
            bytes -= (size_t)done;
        } else if (done == 0 || errno == EAGAIN) {
            attempts++;
            gci_sys_yield();
        } else if (errno != EINTR) {
            break;
        }
    }
    errno = saved_errno;
}

/* ---- Formatting ---- */

/* Where characters go: a buffer that is written out when full (fd >= 0) or truncates (-1). */
struct sink {
    char *buf;
    size_t used, size;
    int fd;
};

static void sink_flush(struct sink *s)
{
    if (s->fd >= 0 && s->used > 0) {
        write_all(s->fd, s->buf, s->used);
        s->used = 0;
    }
}

static void sink_put(struct sink *s, char c)
{
    if (s->used == s->size)
        sink_flush(s);
    if (s->used < s->size)
        s->buf[s->used++] = c;
}

static void sink_fill(struct sink *s, char c, int count)
{
    while (count-- > 0)
        sink_put(s, c);
}

struct spec {
    bool left, zeros;
    int width, precision; /* precision -1: none */
    int length;           /* of the integer in memory, a LENGTH_ */
};

enum { LENGTH_CHAR, LENGTH_SHORT, LENGTH_INT, LENGTH_LONG, LENGTH_LLONG, LENGTH_MAX, LENGTH_SIZE,
       LENGTH_PTRDIFF };

static void put_field(struct sink *s, const struct spec *spec, const char *prefix,
                      const char *text, int text_length, int zeros)
{
    int prefix_length = (int)strlen(prefix);
    int pad = spec->width - prefix_length - zeros - text_length;

    if (pad > 0 && spec->zeros && !spec->left) {
        zeros += pad;
        pad = 0;
    }
    if (!spec->left)
        sink_fill(s, ' ', pad);
    while (*prefix != '\0')
        sink_put(s, *prefix++);
    sink_fill(s, '0', zeros);
    for (int i = 0; i < text_length; i++)
        sink_put(s, text[i]);
    if (spec->left)
        sink_fill(s, ' ', pad);
}

static void put_number(struct sink *s, struct spec spec, const char *prefix, uintmax_t n,
                       unsigned base, const char *digits)
{
    char text[3 * sizeof(n)];
    int at = (int)sizeof(text), zeros;

    do {
        text[--at] = digits[n % base];
        n /= base;
    } while (n != 0);
    zeros = spec.precision - ((int)sizeof(text) - at);
    if (spec.precision >= 0)
        spec.zeros = false; /* as in C */
    put_field(s, &spec, prefix, text + at, (int)sizeof(text) - at, zeros > 0 ? zeros : 0);
}

/* [va] A va_list is passed on by address: where it is an array or a struct alike. */
struct args {
    va_list list;
};

static intmax_t take_signed(struct args *args, int length)
{
    switch (length) {
    case LENGTH_CHAR: return (signed char)va_arg(args->list, int);
    case LENGTH_SHORT: return (short)va_arg(args->list, int);
    case LENGTH_LONG: return va_arg(args->list, long);
    case LENGTH_LLONG: return va_arg(args->list, long long);
    case LENGTH_MAX: return va_arg(args->list, intmax_t);
    case LENGTH_SIZE: return (intmax_t)va_arg(args->list, size_t);
    case LENGTH_PTRDIFF: return va_arg(args->list, ptrdiff_t);
    default: return va_arg(args->list, int);
    }
}

static uintmax_t take_unsigned(struct args *args, int length)
{
    switch (length) {
    case LENGTH_CHAR: return (unsigned char)va_arg(args->list, unsigned);
    case LENGTH_SHORT: return (unsigned short)va_arg(args->list, unsigned);
    case LENGTH_LONG: return va_arg(args->list, unsigned long);
    case LENGTH_LLONG: return va_arg(args->list, unsigned long long);
    case LENGTH_MAX: return va_arg(args->list, uintmax_t);
    case LENGTH_SIZE: return va_arg(args->list, size_t);
    case LENGTH_PTRDIFF: return (uintmax_t)va_arg(args->list, ptrdiff_t);
    default: return va_arg(args->list, unsigned);
    }
}

static const char *parse_count(const char *f, struct args *args, int *count)
{
    *count = 0;
    if (*f == '*') {
        *count = va_arg(args->list, int);
        return f + 1;
    }
    for (; *f >= '0' && *f <= '9'; f++)
        if (*count < 10000)
            *count = *count * 10 + (*f - '0');
    return f;
}

/* From behind the % up to the conversion character, which it returns. */
static const char *parse_spec(const char *f, struct args *args, struct spec *spec)
{
    *spec = (struct spec){ .precision = -1, .length = LENGTH_INT };
    for (;; f++) {
        if (*f == '-')
            spec->left = true;
        else if (*f == '0')
            spec->zeros = true;
        else
            break;
    }
    f = parse_count(f, args, &spec->width);
    if (spec->width < 0) {
        spec->left = true;
        spec->width = spec->width < -10000 ? 10000 : -spec->width;
    }
    if (*f == '.')
        f = parse_count(f + 1, args, &spec->precision);
    for (;; f++) {
        switch (*f) {
        case 'h': spec->length = spec->length == LENGTH_SHORT ? LENGTH_CHAR : LENGTH_SHORT; break;
        case 'l': spec->length = spec->length == LENGTH_LONG ? LENGTH_LLONG : LENGTH_LONG; break;
        case 'j': spec->length = LENGTH_MAX; break;
        case 'z': spec->length = LENGTH_SIZE; break;
        case 't': spec->length = LENGTH_PTRDIFF; break;
        default: return f;
        }
    }
}

static void put_string(struct sink *s, const struct spec *spec, const char *text)
{
    int length = 0;

    if (text == NULL)
        text = "(null)";
    while ((spec->precision < 0 || length < spec->precision) && text[length] != '\0')
        length++;
    put_field(s, &(struct spec){ .left = spec->left, .width = spec->width }, "", text, length, 0);
}

/* False when the conversion is none of ours: its argument cannot be skipped either. */
static bool put_conversion(struct sink *s, struct spec *spec, char conversion, struct args *args)
{
    static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
    intmax_t n;
    char c;

    switch (conversion) {
    case 'd':
    case 'i':
        n = take_signed(args, spec->length);
        put_number(s, *spec, n < 0 ? "-" : "", n < 0 ? 0 - (uintmax_t)n : (uintmax_t)n, 10, lower);
        return true;
    case 'u':
        put_number(s, *spec, "", take_unsigned(args, spec->length), 10, lower);
        return true;
    case 'x':
    case 'X':
        put_number(s, *spec, "", take_unsigned(args, spec->length), 16,
                   conversion == 'x' ? lower : upper);
        return true;
    case 'p':
        put_number(s, *spec, "0x", (uintptr_t)va_arg(args->list, void *), 16, lower);
        return true;
    case 's':
        put_string(s, spec, va_arg(args->list, const char *));
        return true;
    case 'c':
        c = (char)va_arg(args->list, int);
        spec->zeros = false;
        put_field(s, spec, "", &c, 1, 0);
        return true;
    case '%':
        sink_put(s, '%');
        return true;
    default:
        return false;
    }
}

static void format_to_sink(struct sink *s, const char *format, struct args *args)
{
    const char *f = format;

    while (*f != '\0') {
        const char *percent = f;
        struct spec spec;

        if (*f != '%') {
            sink_put(s, *f++);
            continue;
        }
        f = parse_spec(f + 1, args, &spec);
        if (*f == '\0' || !put_conversion(s, &spec, *f, args)) {
            while (*percent != '\0') /* print the rest as it stands */
                sink_put(s, *percent++);
            break;
        }
        f++;
    }
}

static size_t format_to_buffer(char *buf, size_t size, const char *format, struct args *args)
{
    struct sink s = { buf, 0, size > 0 ? size - 1 : 0, -1 };

    format_to_sink(&s, format, args);
    if (size > 0)
        buf[s.used] = '\0';
    return s.used;
}

static void format_to_fd(int fd, const char *format, struct args *args)
{
    char buf[SINK_BYTES];
    struct sink s = { buf, 0, sizeof(buf), fd };

    format_to_sink(&s, format, args);
    sink_flush(&s);
}

size_t gci_format(char *buf, size_t size, const char *format, ...)
{
    struct args args;
    size_t length;

    va_start(args.list, format);
    length = format_to_buffer(buf, size, format, &args);
    va_end(args.list);
    return length;
}

/* ---- The log ---- */

#define PRINT_TO(fd)                      \
    do {                                  \
        struct args args;                 \
        va_start(args.list, format);      \
        format_to_fd(fd, format, &args);  \
        va_end(args.list);                \
    } while (0)

void gci_log(int level, const char *format, ...)
{
    if (gci_options.print_stats >= level)
        PRINT_TO(gci_log_fd);
}

void gci_print(const char *format, ...) { PRINT_TO(err_fd); }
GC_API void GC_printf(const char *format, ...) { PRINT_TO(out_fd); }
GC_API void GC_err_printf(const char *format, ...) { PRINT_TO(err_fd); }
GC_API void GC_log_printf(const char *format, ...) { PRINT_TO(gci_log_fd); }

void gci_log_open(void)
{
    int fd;

    if (gci_options.log_file == NULL)
        return;
    do {
        fd = open(gci_options.log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_BINARY, 0644);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) {
        gci_warn_text("GC_LOG_FILE=\"%.200s\": cannot be opened, errno %d; logging to stderr",
                      gci_options.log_file, errno);
        return;
    }
    gci_log_fd = fd;
    if (!gci_options.only_log_to_file)
        out_fd = err_fd = fd;
}

GC_API void GC_CALL GC_set_log_fd(int fd) { gci_log_fd = fd; }

/* ---- Warnings ---- */

/* The message holds at most one conversion, of a word: see gci_warn. */
static void print_warning(const char *format, ...)
{
    PRINT_TO(err_fd);
}

static void GC_CALLBACK default_warn_proc(char *message, GC_word arg)
{
    print_warning(message, arg);
}

static GC_warn_proc warn_proc = default_warn_proc;

GC_API void GC_CALLBACK GC_ignore_warn_proc(char *message, GC_word arg)
{
    if (gci_options.print_stats > 0)
        default_warn_proc(message, arg);
}

/* The message the procedure sees is itself a format, with prefix and newline as in libgc. */
void gci_warn(const char *format, word arg)
{
    char message[MESSAGE_BYTES];
    int saved_errno = errno;

    gci_format(message, sizeof(message) - 1, "GC Warning: %s", format);
    strcat(message, "\n");
    warn_proc(message, arg);
    errno = saved_errno;
}

void gci_warn_text(const char *format, ...)
{
    char text[MESSAGE_BYTES / 2], doubled[MESSAGE_BYTES];
    size_t used = 0;
    struct args args;

    va_start(args.list, format);
    format_to_buffer(text, sizeof(text), format, &args);
    va_end(args.list);
    for (const char *t = text; *t != '\0'; t++) {
        if (*t == '%')
            doubled[used++] = '%';
        doubled[used++] = *t;
    }
    doubled[used] = '\0';
    gci_warn(doubled, 0);
}

GC_API void GC_CALL GC_set_warn_proc(GC_warn_proc proc)
{
    if (GCI_LAUNDERED(proc) == NULL)
        gci_abort("GC_set_warn_proc: the procedure is NULL");
    GCI_LOCK();
    warn_proc = proc;
    GCI_UNLOCK();
}

GC_API GC_warn_proc GC_CALL GC_get_warn_proc(void)
{
    GC_warn_proc proc;

    GCI_LOCK();
    proc = warn_proc;
    GCI_UNLOCK();
    return proc;
}

/* ---- Aborting ---- */

static void GC_CALLBACK default_abort_func(const char *message)
{
    if (message != NULL)
        GC_err_printf("%s\n", message);
}

GC_abort_func GC_on_abort = default_abort_func;

/* Keeps the process for a debugger to attach to. */
static void loop_if_wanted(void)
{
    const char *early = gci_options_getenv("GC_LOOP_ON_ABORT"); /* before the options are read */

    if (gci_options.loop_on_abort || (early != NULL && strcmp(early, "0") != 0))
        for (;;)
            gci_sys_yield();
}

void gci_abort(const char *format, ...)
{
    static volatile word aborting; /* the abort function itself may come here */
    char text[MESSAGE_BYTES], message[MESSAGE_BYTES];
    struct args args;

    va_start(args.list, format);
    format_to_buffer(text, sizeof(text), format, &args);
    va_end(args.list);
    gci_format(message, sizeof(message), "Tidemark: %s", text);
    if (gci_cas(&aborting, 0, 1))
        GC_on_abort(message);
    else
        default_abort_func(message);
    loop_if_wanted();
    abort();
}

GC_API void GC_CALL GC_set_abort_func(GC_abort_func func)
{
    if (GCI_LAUNDERED(func) == NULL)
        gci_abort("GC_set_abort_func: the function is NULL");
    GCI_LOCK();
    GC_on_abort = func;
    GCI_UNLOCK();
}

GC_API GC_abort_func GC_CALL GC_get_abort_func(void)
{
    GC_abort_func func;

    GCI_LOCK();
    func = GC_on_abort;
    GCI_UNLOCK();
    return func;
}

/* For use as GC_oom_fn's last resort; the exit runs atexit handlers, as in libgc. */
GC_API void GC_CALL GC_abort_on_oom(void)
{
    GC_err_printf("Tidemark: out of memory\n");
    GC_on_abort(NULL);
    exit(1);
}
