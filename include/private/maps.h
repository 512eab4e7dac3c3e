/* maps.h - the text of /proc/self/maps, line by line (os_dep/maps_linux.c).
 *
 * The parser takes a buffer, so every host can test it; only the walker opens the file.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_MAPS_H
#define GCI_MAPS_H

#include "private/base.h"

struct gci_map {
    word lo, hi;              /* [lo, hi) */
    bool read, write, exec, shared;
    uint64_t offset_bytes;    /* in the file */
    uint64_t inode;           /* 0: no file */
    const char *path;         /* not terminated; "[heap]", "[stack]", a file, or empty */
    size_t path_bytes;
};

/* Parses the line at `text`, which ends at `end` or before.  Returns what follows its newline, or
   NULL when there is no complete line left.  *ok says whether the line was well formed. */
const char *gci_maps_parse_line(const char *text, const char *end, struct gci_map *map, bool *ok);
bool gci_maps_path_is(const struct gci_map *map, const char *path);

/* Calls visit for each mapping of this process in ascending order until it returns false.
   0, or an errno value when the file cannot be read.  No malloc, no locks; works with the world
   stopped.  The path is valid during the call only and cut after some 4,000 bytes. */
int gci_maps_walk(bool (*visit)(const struct gci_map *map, void *arg), void *arg);

/* Reads a small file of /proc: at most size - 1 bytes, zero-terminated; number of bytes, or -1. */
long gci_maps_read_file(const char *path, char *buffer, size_t size);

#endif /* GCI_MAPS_H */
