/* meta.c - memory for the collector's own tables.
 *
 * Small pieces are cut off a chunk and never come back; large ones, and those that shall be given
 * back (gci_meta_map), are mappings of their own.  Pages of objects: heap/.
 *
 * [outside-roots]  All of it is fresh pages from the system, in no data segment.
 * [leaf]           The lock here is the last one taken: nothing is called under it but the port.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/ground.h"
#include "private/port.h"

#define CHUNK_MIN_BYTES ((size_t)64 * 1024)
#define CHUNK_MAX_BYTES ((size_t)4 * 1024 * 1024)

static struct gci_lock meta_lock = GCI_LOCK_INITIALIZER;
/* What is left of the chunk in use. Its end may be where the heap begins: no pointer to there, which a
   program with the static library would have as a root. */
static ptr_t chunk_at;
static size_t chunk_left;
static volatile word held_bytes;

/* 0 when the sum overflows. */
static size_t whole_pages(size_t bytes)
{
    size_t page = gci_mem_page_bytes();

    return bytes > SIZE_MAX - (page - 1) ? 0 : (bytes + page - 1) & ~(page - 1);
}

void *gci_meta_map(size_t bytes)
{
    size_t mapped = whole_pages(bytes);
    void *p = mapped == 0 ? NULL : gci_mem_map(mapped);

    if (p != NULL)
        (void)gci_fetch_add(&held_bytes, mapped);
    return p;
}

void gci_meta_unmap(void *p, size_t bytes)
{
    size_t mapped = whole_pages(bytes);

    if (p == NULL || mapped == 0)
        return;
    gci_mem_release(p, mapped);
    (void)gci_fetch_add(&held_bytes, 0 - (word)mapped);
}

/* A quarter of what is there already: few chunks for a large heap, little waste for a small one.
   Untouched pages of a chunk cost address space only. */
static size_t next_chunk_bytes(void)
{
    size_t bytes = gci_load(&held_bytes) / 4;

    if (bytes < CHUNK_MIN_BYTES)
        return CHUNK_MIN_BYTES;
    return bytes < CHUNK_MAX_BYTES ? bytes : CHUNK_MAX_BYTES;
}

void *gci_meta_alloc(size_t bytes)
{
    ptr_t p = NULL;

    if (bytes >= CHUNK_MIN_BYTES / 4)
        return gci_meta_map(bytes);
    /* no two owners share a line */
    bytes = bytes == 0 ? GCI_LINE_BYTES : gci_align_up(bytes, GCI_LINE_BYTES);
    gci_lock_acquire(&meta_lock);
    if (chunk_left < bytes) {
        size_t chunk_bytes = whole_pages(next_chunk_bytes());
        ptr_t chunk = gci_meta_map(chunk_bytes);

        if (chunk == NULL && chunk_bytes > CHUNK_MIN_BYTES) {
            chunk_bytes = whole_pages(CHUNK_MIN_BYTES);
            chunk = gci_meta_map(chunk_bytes);
        }
        if (chunk != NULL) {
            /* A mapping that follows the old one continues it: nothing is lost. */
            if (chunk != chunk_at + chunk_left) {
                chunk_at = chunk;
                chunk_left = 0;
            }
            chunk_left += chunk_bytes;
        }
    }
    if (chunk_left >= bytes) {
        p = chunk_at;
        chunk_at += bytes;
        chunk_left -= bytes;
    }
    gci_lock_release(&meta_lock);
    return p;
}

size_t gci_meta_bytes(void)
{
    return gci_load(&held_bytes);
}

void gci_meta_before_fork(void)
{
    gci_lock_acquire(&meta_lock);
}

void gci_meta_after_fork(bool in_child)
{
    if (in_child)
        gci_lock_reset_after_fork(&meta_lock);
    else
        gci_lock_release(&meta_lock);
}
