/* maps_linux.c - reads /proc/self/maps and other small files of /proc.
 *
 * The parser works on any buffer.  Who asks: stackbase_linux.c, mem_mmap.c, roots_maps.c.
 *
 * [no-stdio]  Nothing here calls malloc or stdio: it runs with the world stopped.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/maps.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4352 /* PATH_MAX and the numbers before it */

static const char *parse_hex(const char *s, const char *end, uint64_t *value)
{
    const char *start = s;
    uint64_t n = 0;

    for (; s < end; s++) {
        unsigned digit;

        if (*s >= '0' && *s <= '9')
            digit = (unsigned)(*s - '0');
        else if (*s >= 'a' && *s <= 'f')
            digit = (unsigned)(*s - 'a') + 10;
        else if (*s >= 'A' && *s <= 'F')
            digit = (unsigned)(*s - 'A') + 10;
        else
            break;
        if (n >> 60)
            return NULL; /* more than 64 bits */
        n = n * 16 + digit;
    }
    *value = n;
    return s == start ? NULL : s;
}

static const char *skip_char(const char *s, const char *end, char c)
{
    return s != NULL && s < end && *s == c ? s + 1 : NULL;
}

static const char *parse_permissions(const char *s, const char *end, struct gci_map *map)
{
    if (s == NULL || end - s < 4)
        return NULL;
    if ((s[0] != 'r' && s[0] != '-') || (s[1] != 'w' && s[1] != '-')
        || (s[2] != 'x' && s[2] != '-') || (s[3] != 'p' && s[3] != 's' && s[3] != 'S'))
        return NULL;
    map->read = s[0] == 'r';
    map->write = s[1] == 'w';
    map->exec = s[2] == 'x';
    map->shared = s[3] != 'p';
    return s + 4;
}

/* "lo-hi rwxp offset major:minor inode     path" */
static bool parse_fields(const char *s, const char *end, struct gci_map *map)
{
    uint64_t lo, hi, number;

    if ((s = parse_hex(s, end, &lo)) == NULL || (s = skip_char(s, end, '-')) == NULL
        || (s = parse_hex(s, end, &hi)) == NULL || (s = skip_char(s, end, ' ')) == NULL)
        return false;
    if (lo >= hi || lo > (uint64_t)UINTPTR_MAX)
        return false;
    map->lo = (word)lo;
    /* A 32-bit kernel's last mapping may end at 2^32. */
    map->hi = hi > (uint64_t)UINTPTR_MAX ? (word)UINTPTR_MAX : (word)hi;
    if ((s = parse_permissions(s, end, map)) == NULL || (s = skip_char(s, end, ' ')) == NULL
        || (s = parse_hex(s, end, &map->offset_bytes)) == NULL
        || (s = skip_char(s, end, ' ')) == NULL || (s = parse_hex(s, end, &number)) == NULL
        || (s = skip_char(s, end, ':')) == NULL || (s = parse_hex(s, end, &number)) == NULL
        || (s = skip_char(s, end, ' ')) == NULL)
        return false;
    map->inode = 0;
    if (s == end || *s < '0' || *s > '9')
        return false;
    for (; s < end && *s >= '0' && *s <= '9'; s++)
        map->inode = map->inode * 10 + (unsigned)(*s - '0');
    while (s < end && *s == ' ')
        s++;
    map->path = s;
    map->path_bytes = (size_t)(end - s);
    return true;
}

const char *gci_maps_parse_line(const char *text, const char *end, struct gci_map *map, bool *ok)
{
    const char *newline = text < end ? memchr(text, '\n', (size_t)(end - text)) : NULL;

    if (newline == NULL)
        return NULL;
    *ok = parse_fields(text, newline, map);
    return newline + 1;
}

bool gci_maps_path_is(const struct gci_map *map, const char *path)
{
    size_t length = strlen(path);

    return map->path_bytes == length && memcmp(map->path, path, length) == 0;
}

static int open_for_reading(const char *path)
{
    int fd;

    do {
        fd = open(path, O_RDONLY | O_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

static long read_some(int fd, char *buffer, size_t size)
{
    ssize_t n;

    do {
        n = read(fd, buffer, size);
    } while (n < 0 && errno == EINTR);
    return (long)n;
}

int gci_maps_walk(bool (*visit)(const struct gci_map *map, void *arg), void *arg)
{
    char buffer[LINE_MAX_BYTES];
    size_t filled = 0;
    int saved_errno = errno, error = 0;
    int fd = open_for_reading("/proc/self/maps");
    bool more = true;

    if (fd < 0) {
        error = errno;
        errno = saved_errno;
        return error;
    }
    while (more) {
        const char *line = buffer, *next;
        struct gci_map map;
        bool ok;
        long n = read_some(fd, buffer + filled, sizeof buffer - filled);

        if (n <= 0) {
            error = n < 0 ? errno : 0;
            break;
        }
        filled += (size_t)n;
        while (more && (next = gci_maps_parse_line(line, buffer + filled, &map, &ok)) != NULL) {
            if (ok)
                more = visit(&map, arg);
            line = next;
        }
        filled -= (size_t)(line - buffer);
        memmove(buffer, line, filled);
        if (filled == sizeof buffer)
            buffer[filled - 1] = '\n'; /* a longer path than there can be: cut it, keep walking */
    }
    close(fd);
    errno = saved_errno;
    return error;
}

long gci_maps_read_file(const char *path, char *buffer, size_t size)
{
    int saved_errno = errno;
    int fd = open_for_reading(path);
    size_t filled = 0;

    if (fd < 0) {
        errno = saved_errno;
        return -1;
    }
    while (filled < size - 1) {
        long n = read_some(fd, buffer + filled, size - 1 - filled);

        if (n < 0)
            filled = size;
        if (n <= 0)
            break;
        filled += (size_t)n;
    }
    close(fd);
    errno = saved_errno;
    if (filled >= size)
        return -1;
    buffer[filled] = '\0';
    return (long)filled;
}
