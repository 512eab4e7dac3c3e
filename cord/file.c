/* file.c - cords of files.
 * SPDX-License-Identifier: MIT
 *
 * A lazy file cord is a function leaf.  Its characters come from lines of
 * LINE_CHARS that are read when first looked at, and a small cache of them.
 *
 * [line]  A line never changes once a slot of the cache points to it, so a reader
 *         needs no lock: it loads the pointer, and the line is its own.
 * [stream] The stream is moved and read under its own lock (flockfile).
 * [close] The stream is closed by the finalizer of the file_state, which is
 *         unreachable once no cord can ask for a character.
 */

#include "node.h"

#include <stdio.h>

#ifdef _WIN32
typedef long long file_offset;
# define flockfile _lock_file
# define funlockfile _unlock_file
# define fseeko _fseeki64
# define ftello _ftelli64
#else
# include <sys/types.h>
typedef off_t file_offset;
#endif

#define LINE_CHARS 1024
#define LINES 64

/* Up to this length reading everything is cheaper than a cache. */
#define EAGER_BYTES (128 * 1024)

struct line {
    size_t start; /* index of its first character */
    char chars[LINE_CHARS];
};

struct file_state {
    FILE *f;
    size_t len;
    struct line *lines[LINES]; /* slot: number of the line modulo LINES */
};

static void GC_CALLBACK close_file(void *obj, void *data)
{
    (void)data;
    fclose(((struct file_state *)obj)->f);
}

static struct line *read_line(struct file_state *s, size_t start)
{
    struct line *line = GC_malloc_atomic(sizeof *line);
    if (line == NULL)
        cord_fail_oom();
    size_t want = s->len - start < LINE_CHARS ? s->len - start : LINE_CHARS;
    line->start = start;
    flockfile(s->f);
    size_t got = 0;
    if (fseeko(s->f, (file_offset)start, SEEK_SET) == 0)
        got = fread(line->chars, 1, want, s->f);
    funlockfile(s->f);
    if (got != want)
        cord_fail("CORD_from_file", "the file cannot be read any more at", start);
    return line;
}

static char file_char(size_t i, void *client_data)
{
    struct file_state *s = client_data;
    size_t start = i - i % LINE_CHARS;
    struct line **slot = &s->lines[i / LINE_CHARS % LINES];
    struct line *line = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
    if (line == NULL || line->start != start) {
        line = read_line(s, start);
        __atomic_store_n(slot, line, __ATOMIC_RELEASE);
        GC_end_stubborn_change(s);
        GC_reachable_here(line);
    }
    char c = line->chars[i - start];
    GC_reachable_here(s);
    return c;
}

/* The length of a file that can seek, else -1. */
static file_offset seekable_len(FILE *f)
{
    return fseeko(f, 0, SEEK_END) == 0 ? ftello(f) : (file_offset)-1;
}

static CORD lazy(FILE *f, file_offset len)
{
    if (len == 0) {
        fclose(f);
        return CORD_EMPTY;
    }
    if ((uintmax_t)len > SIZE_MAX)
        cord_fail("CORD_from_file_lazy", "the file is too long; the limit is", SIZE_MAX);
    struct file_state *s = GC_malloc(sizeof *s);
    if (s == NULL)
        cord_fail_oom();
    s->f = f;
    s->len = (size_t)len;
    GC_register_finalizer(s, close_file, NULL, NULL, NULL);
    return CORD_from_fn(file_char, s, s->len);
}

CORD CORD_from_file_lazy(FILE *f)
{
    file_offset len = seekable_len(f);
    if (len < 0)
        cord_fail("CORD_from_file_lazy", "the file cannot seek; its descriptor is",
                  (size_t)fileno(f));
    return lazy(f, len);
}

/* Append what fread gave; NULs go in as runs of their own. */
static CORD append_chars(CORD x, const char *chars, size_t n)
{
    while (n > 0) {
        const char *nul = memchr(chars, '\0', n);
        size_t plain = nul == NULL ? n : (size_t)(nul - chars);
        if (plain > 0)
            x = CORD_cat_char_star(x, memcpy(cord_alloc_chars(plain), chars, plain), plain);
        chars += plain;
        n -= plain;
        size_t nuls = 0;
        while (nuls < n && chars[nuls] == '\0')
            nuls++;
        x = CORD_cat(x, CORD_nul(nuls));
        chars += nuls;
        n -= nuls;
    }
    return x;
}

static CORD eager(FILE *f)
{
    enum { PIECE_CHARS = 16 * 1024 };
    char *piece = cord_alloc_chars(PIECE_CHARS);
    CORD x = CORD_EMPTY;
    size_t n;
    while ((n = fread(piece, 1, PIECE_CHARS, f)) > 0)
        x = append_chars(x, piece, n);
    GC_free(piece);
    if (ferror(f))
        cord_fail("CORD_from_file_eager", "read error after", CORD_len(x));
    fclose(f);
    return CORD_balance(x);
}

/* A stream that cannot seek is read from where it is. */
CORD CORD_from_file_eager(FILE *f)
{
    if (fseeko(f, 0, SEEK_SET) != 0)
        clearerr(f);
    return eager(f);
}

CORD CORD_from_file(FILE *f)
{
    file_offset len = seekable_len(f);
    return len > EAGER_BYTES ? lazy(f, len) : CORD_from_file_eager(f);
}
