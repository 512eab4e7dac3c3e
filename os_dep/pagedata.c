/* pagedata.c - parses the page data of Solaris' /proc.
 *
 * Who reads the file: vdb_proc.c.  Layout: pagedata.h.
 *
 * [no-trust]  Counts of the buffer are checked against its length before they are used.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/pagedata.h"

#include <string.h>

struct run {
    word lo, hi;       /* lo == hi: none */
    word from, to;     /* asked for */
    gci_vdb_dirty dirty;
    void *arg;
};

static void end_run(struct run *run)
{
    word lo = run->lo > run->from ? run->lo : run->from;
    word hi = run->hi < run->to ? run->hi : run->to;

    if (lo < hi && run->dirty != NULL)
        run->dirty((ptr_t)lo, (ptr_t)hi, run->arg);
    run->lo = run->hi = 0;
}

static void add_page(struct run *run, word lo, word hi)
{
    if (run->lo == run->hi || run->hi != lo) {
        end_run(run);
        run->lo = lo;
    }
    run->hi = hi;
}

static void walk_pages(const struct gci_pagedata_map *map, const unsigned char *states,
                       struct run *run)
{
    word at = (word)map->address, page = (word)map->page_bytes;

    for (unsigned long i = 0; i < map->pages; i++, at += page)
        if ((states[i] & GCI_PAGEDATA_MODIFIED) != 0)
            add_page(run, at, at + page);
}

static bool is_sound(const struct gci_pagedata_map *map, size_t bytes_left)
{
    word page = (word)map->page_bytes;

    return map->page_bytes > 0 && (page & (page - 1)) == 0 && (map->address & (page - 1)) == 0
           && map->pages <= bytes_left /* [no-trust] */
           && map->pages <= (UINTPTR_MAX - (word)map->address) / page;
}

int gci_pagedata_walk(const void *buffer, size_t bytes, ptr_t lo, ptr_t hi, gci_vdb_dirty dirty,
                      void *arg)
{
    const unsigned char *at = buffer, *end = at + bytes;
    struct run run = { 0, 0, (word)lo, (word)hi, dirty, arg };
    struct gci_pagedata_header header;
    struct gci_pagedata_map map;

    if (bytes < sizeof header)
        return EINVAL;
    memcpy(&header, at, sizeof header);
    at += sizeof header;
    for (unsigned long i = 0; i < header.maps; i++) {
        size_t padded;

        if ((size_t)(end - at) < sizeof map)
            return EINVAL;
        memcpy(&map, at, sizeof map);
        at += sizeof map;
        if (!is_sound(&map, (size_t)(end - at)))
            return EINVAL;
        walk_pages(&map, at, &run);
        padded = gci_align_up(map.pages, 8);
        if (padded > (size_t)(end - at) && i + 1 < header.maps)
            return EINVAL;
        at += padded > (size_t)(end - at) ? (size_t)(end - at) : padded;
    }
    end_run(&run);
    return 0;
}
