/* resize.c - realloc, strdup and their like, and objects with an alignment.
 *
 * [fits]  An object grows in place within its slot, and shrinks in place to half of it. A large one grows into
 *         free blocks behind it.
 *
 * SPDX-License-Identifier: MIT
 */
#define GC_REQUIRE_WCSDUP 1
#include "private/alloc.h"
#include "private/hooks.h"
#include "private/settings.h"

#include "gc/gc_inline.h"

#include <string.h>
#include <wchar.h>

/* What of an old object must not be seen in its new, larger use: the rest of its slot was cleared
   at birth and may have been written since. */
static void clear_tail(ptr_t p, size_t from, size_t to, unsigned kind)
{
    if (gci_kinds[kind].clear && from < to)
        memset(p + from, 0, to - from);
}

/* The run of an object that the program may use. Mostly one look at its block tells [plain]. */
static struct gci_block *run_of(void *p, const char *function)
{
    struct gci_block *run = gci_heap_block((word)p);
    word slot, start;
    ptr_t base = p;

    if (gci_unlikely(run == NULL) || !gci_block_plain_slot(run, (word)p, &slot, &start)
        || gci_unlikely(start != (word)p))
        base = gci_heap_object((word)p, &run, NULL);
    if (base == NULL)
        gci_abort("%s: %p is not an object of this heap", function, p);
    if (base != p)
        gci_abort("%s: %p lies inside the object at %p", function, p, (void *)base);
    if (gci_free_is_known(run, p))
        gci_abort("%s: %p was freed already", function, p);
    return run;
}

/* To a new object; the old one, which is known to be one, is freed. */
static void *move(void *p, size_t bytes, const struct gci_block *run)
{
    size_t copied = bytes < run->obj_bytes ? bytes : run->obj_bytes;
    unsigned kind = run->kind;
    void *fresh = bytes <= GCI_SMALL_MAX_BYTES ? GC_malloc_kind(bytes, (int)kind)
                                               : gci_alloc_to_fill(bytes, kind, copied);

    if (fresh == NULL)
        return NULL;
    memcpy(fresh, p, copied);
    GC_free(p);
    return fresh;
}

static void *resize(void *p, size_t bytes, const char *function)
{
    struct gci_block *run;
    ptr_t base = p;
    size_t old;

    if (p == NULL)
        return GC_malloc(bytes);
    if (bytes == 0) {
        gci_free_named(p, function);
        return NULL;
    }
    run = run_of(p, function);
    old = run->obj_bytes;
    if (bytes <= old && bytes >= old / 2) {
        clear_tail(base, bytes, old, run->kind); /* [fits] */
        if (bytes == old)
            gci_alloc_note_exact(run);
        return p;
    }
    if (bytes > old && gci_run_is_large(run) && gci_alloc_large_grow(run, bytes))
        return p;
    return move(p, bytes, run);
}

GC_API void *GC_CALL GC_realloc(void *p, size_t bytes)
{
    return resize(p, bytes, "GC_realloc");
}

/* As BSD's: the object is freed when it cannot be resized. */
GC_API void *GC_CALL GC_reallocf(void *p, size_t bytes)
{
    void *fresh = resize(p, bytes, "GC_reallocf");

    if (fresh == NULL && p != NULL && bytes != 0)
        gci_free_named(p, "GC_reallocf");
    return fresh;
}

GC_API void GC_CALL GC_freezero(void *p, size_t clear_bytes)
{
    struct gci_block *run;

    if (p == NULL)
        return;
    run = run_of(p, "GC_freezero");
    memset(p, 0, clear_bytes < run->obj_bytes ? clear_bytes : run->obj_bytes);
    gci_free_named(p, "GC_freezero");
}

/* ---- strings ------------------------------------------------------------------------- */

static char *duplicate(const char *s, size_t length)
{
    char *copy = GC_malloc_atomic(length + 1);

    if (copy == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    memcpy(copy, s, length);
    copy[length] = '\0';
    return copy;
}

GC_API char *GC_CALL GC_strdup(const char *s)
{
    return s == NULL ? NULL : duplicate(s, strlen(s));
}

GC_API char *GC_CALL GC_strndup(const char *s, size_t most)
{
    const char *end = memchr(s, '\0', most);

    return duplicate(s, end != NULL ? (size_t)(end - s) : most);
}

GC_API wchar_t *GC_CALL GC_wcsdup(const wchar_t *s)
{
    size_t bytes = (wcslen(s) + 1) * sizeof(wchar_t);
    wchar_t *copy = GC_malloc_atomic(bytes);

    if (copy == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    return memcpy(copy, s, bytes);
}

/* ---- alignment ------------------------------------------------------------------------- */

/* The first class from that of `bytes` on whose slots all have the alignment. */
static size_t aligned_class_bytes(size_t align_bytes, size_t bytes)
{
    unsigned cls;

    if (align_bytes > GCI_BLOCK_BYTES || bytes > GCI_MEDIUM_MAX_BYTES)
        return 0;
    for (cls = gci_class_of(bytes); cls < gci_class_count; cls++)
        if (gci_classes[cls].obj_bytes % align_bytes == 0)
            return gci_classes[cls].obj_bytes;
    return 0;
}

static void *make_aligned_locked(size_t align_bytes, size_t bytes)
{
    struct gci_block *head
        = gci_sweep_need_kind(GCI_KIND_NORMAL) ? gci_alloc_large_take(bytes, align_bytes, GCI_KIND_NORMAL, 0) : NULL;
    void *p;

    if (head == NULL)
        return NULL;
    p = head->start; /* in this frame before the lock goes: the descriptor keeps nothing */
    gci_blocks_clear(head, 0, bytes);
    gci_alloc_large_publish(head, bytes, GCI_KIND_NORMAL, 0);
    gci_alloc_note_exact(head);
    return p;
}

static void *alloc_aligned_large(size_t align_bytes, size_t bytes)
{
    bool collected = false;
    void *p;

    if (gci_pace_due(SIZE_MAX))
        (void)gci_collect_if_due();
    GCI_LOCK();
    p = make_aligned_locked(align_bytes, bytes);
    if (p == NULL) {
        collected = !GC_dont_gc && gci_collect_locked(gci_never_stop);
        gci_alloc_forced = true;
        p = make_aligned_locked(align_bytes, bytes);
        gci_alloc_forced = false;
    }
    GCI_UNLOCK();
    if (collected)
        gci_collect_epilogue();
    if (p == NULL)
        return gci_alloc_oom(bytes);
    gci_pace_allocated(bytes);
    return p;
}

static void *alloc_aligned(size_t align_bytes, size_t bytes)
{
    size_t fit;

    if (align_bytes <= GCI_GRANULE_BYTES)
        return GC_malloc(bytes);
    gci_ensure_init();
    if ((fit = aligned_class_bytes(align_bytes, bytes)) != 0)
        return GC_malloc(fit);
    if (align_bytes <= GCI_BLOCK_BYTES)
        return GC_malloc(bytes); /* large */
    if (align_bytes > (size_t)PTRDIFF_MAX / 2 || bytes > (size_t)PTRDIFF_MAX - 2 * align_bytes)
        return gci_alloc_oom(bytes);
    bytes = gci_align_up(bytes != 0 ? bytes : 1, GCI_GRANULE_BYTES);
    if (bytes <= GCI_BLOCK_BYTES) /* [plain] in heap.h */
        bytes = GCI_BLOCK_BYTES + GCI_GRANULE_BYTES;
    return alloc_aligned_large(align_bytes, bytes);
}

GC_API void *GC_CALL GC_memalign(size_t align_bytes, size_t bytes)
{
    if (align_bytes == 0 || (align_bytes & (align_bytes - 1)) != 0) {
        errno = EINVAL;
        return NULL;
    }
    return alloc_aligned(align_bytes, bytes);
}

GC_API int GC_CALL GC_posix_memalign(void **result, size_t align_bytes, size_t bytes)
{
    void *p;

    if (align_bytes < sizeof(void *) || (align_bytes & (align_bytes - 1)) != 0)
        return EINVAL;
    p = alloc_aligned(align_bytes, bytes);
    if (p == NULL)
        return ENOMEM;
    *result = p;
    return 0;
}

GC_API void *GC_CALL GC_valloc(size_t bytes)
{
    return GC_memalign(gci_mem_page_bytes(), bytes);
}

GC_API void *GC_CALL GC_pvalloc(size_t bytes)
{
    size_t page = gci_mem_page_bytes();

    if (bytes > (size_t)PTRDIFF_MAX)
        return gci_alloc_oom(bytes);
    return GC_memalign(page, gci_align_up(bytes != 0 ? bytes : 1, page));
}
