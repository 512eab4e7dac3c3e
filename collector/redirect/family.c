/* family.c - malloc, free and their relatives, as the C and POSIX standards and glibc define them.
 *
 * Who is served how: redirect.h.  The memory of the C library: side.c.
 *
 * [own-free]   An object is freed where it came from; memory of another allocator (a library that was
 *              loaded with a scope of its own calls the C library's malloc) goes to the next free
 *              there is.
 * [last-byte]  A byte is added to every request: a pointer just past the end, which C allows, then
 *              lies in the object wherever it is kept. glibc's malloc has a word there.
 * [held]       Whoever holds the collector's lock (a callback, a fork's handlers) gets side memory,
 *              and what it frees is left for the next collection.
 * [sites]      While leaks are looked for, objects are those of the debugging allocator, which know their
 *              callers; the program's pointer is behind their header.
 * [quiet]      errno changes only on failure; a request that cannot be met prints nothing.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/redirect.h"

#include <malloc.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define MALLOC_ALIGN_BYTES (2 * sizeof(word) > alignof(max_align_t) ? 2 * sizeof(word) \
                                                                    : alignof(max_align_t))

#define TRACED_CALLERS 4

static void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

/* ---- getting ------------------------------------------------------------------------- */

static void *from_collector(size_t bytes, size_t align_bytes)
{
    void *p;

    if (bytes >= (size_t)PTRDIFF_MAX - align_bytes)
        return NULL;
    if (gci_unlikely(GC_find_leak) && align_bytes <= MALLOC_ALIGN_BYTES)
        return gci_debug_make_traced(bytes, TRACED_CALLERS); /* [sites] */
    bytes++; /* [last-byte] */
    if (align_bytes > GCI_GRANULE_BYTES)
        p = GC_memalign(align_bytes, bytes);
    else if (bytes <= GCI_SMALL_MAX_BYTES)
        p = GC_malloc(bytes);
    else
        p = gci_alloc(bytes, GCI_KIND_NORMAL, GCI_ALLOC_NO_OOM_FN); /* [quiet] */
    return p;
}

/* Zeroed. `align_bytes` is a power of two. */
static void *get(size_t bytes, size_t align_bytes, word caller)
{
    int saved_errno = errno;
    void *p;

    if (gci_redirect_is_system(caller) || !gci_redirect_ready())
        p = gci_side_alloc(bytes, align_bytes);
    else
        p = from_collector(bytes, align_bytes);
    if (gci_unlikely(p == NULL))
        return no_memory();
    errno = saved_errno;
    return p;
}

GCI_INTERPOSE void *malloc(size_t bytes)
{
    return get(bytes, MALLOC_ALIGN_BYTES, GCI_CALLER());
}

GCI_INTERPOSE void *calloc(size_t n, size_t each)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, each, &bytes))
        return no_memory();
    return get(bytes, MALLOC_ALIGN_BYTES, GCI_CALLER());
}

/* ---- giving back ----------------------------------------------------------------------- */

static bool is_held(void)
{
    return gci_lock_is_mine(&gci_allocator_lock);
}

static void give_to_next(void *p)
{
    static void (*next)(void *);

    if (next == NULL)
        *(void **)(void *)&next = gci_redirect_next("free");
    if (next != NULL)
        next(p); /* [own-free] */
}

/* The object at p, or no return. */
static struct gci_block *object_at(void *p, const char *function)
{
    struct gci_block *run;
    ptr_t base = gci_heap_object((word)p, &run, NULL);

    if (base == NULL)
        gci_abort("%s: %p is not an object of this heap", function, p);
    if (base != p)
        gci_abort("%s: %p lies inside the object at %p", function, p, (void *)base);
    return run;
}

/* The header of the debugging object whose program's bytes begin at p, or NULL. [sites] */
static const struct gci_debug_header *debug_header(void *p)
{
    const struct gci_debug_header *h = (const struct gci_debug_header *)p - 1;
    struct gci_block *run;

    if (gci_likely(!gci_debug_started) || gci_heap_object((word)p, &run, NULL) != (ptr_t)(word)h
        || gci_debug_state((ptr_t)(word)h, run->obj_bytes) == GCI_DEBUG_NONE)
        return NULL;
    return h;
}

static void give(void *p, const char *function)
{
    int saved_errno = errno;

    if (gci_heap_block((word)p) != NULL) {
        if (is_held()) /* [held] */
            return;
        if (debug_header(p) != NULL)
            GC_debug_free(p);
        else
            gci_free_named(p, function);
    } else if (gci_side_owns(p)) {
        gci_side_free(p, function);
    } else {
        give_to_next(p);
    }
    errno = saved_errno;
}

GCI_INTERPOSE void free(void *p)
{
    if (p != NULL)
        give(p, "free");
}

GCI_INTERPOSE void cfree(void *p);
GCI_INTERPOSE void cfree(void *p)
{
    if (p != NULL)
        give(p, "cfree");
}

/* ---- resizing ------------------------------------------------------------------------------ */

static void *resize_next(void *p, size_t bytes)
{
    static void *(*next)(void *, size_t);

    if (next == NULL)
        *(void **)(void *)&next = gci_redirect_next("realloc");
    return next != NULL ? next(p, bytes) : no_memory();
}

static void *move(void *p, size_t old, size_t bytes, void *fresh)
{
    if (fresh == NULL)
        return no_memory();
    memcpy(fresh, p, old < bytes ? old : bytes);
    give(p, "realloc");
    return fresh;
}

static void *resize_side(void *p, size_t bytes)
{
    size_t old = gci_side_usable_bytes(p, "realloc");

    if (bytes <= old && bytes >= old / 2)
        return p;
    return move(p, old, bytes, gci_side_alloc(bytes, MALLOC_ALIGN_BYTES));
}

/* An object that moves stays the collector's, whoever resizes it, and keeps its kind. */
static void *resize_object(void *p, size_t bytes)
{
    const struct gci_debug_header *h = debug_header(p);
    struct gci_block *run;
    size_t old;

    if (h != NULL)
        return move(p, h->bytes, bytes, get(bytes, MALLOC_ALIGN_BYTES, 0));
    run = object_at(p, "realloc");
    old = run->obj_bytes;

    if (gci_free_is_known(run, p))
        gci_abort("realloc: %p was freed already", p);
    if (bytes >= (size_t)PTRDIFF_MAX - GCI_BLOCK_BYTES)
        return no_memory();
    if (bytes < old && bytes + 1 >= old / 2)
        return p;
    if (!gci_redirect_ready())
        return move(p, old, bytes, gci_side_alloc(bytes, MALLOC_ALIGN_BYTES));
    if (MALLOC_ALIGN_BYTES > GCI_GRANULE_BYTES)
        return move(p, old, bytes, from_collector(bytes, MALLOC_ALIGN_BYTES));
    return move(p, old, bytes, gci_alloc(bytes + 1, run->kind, GCI_ALLOC_NO_OOM_FN));
}

static void *resize(void *p, size_t bytes, word caller)
{
    int saved_errno = errno;

    if (p == NULL)
        return get(bytes, MALLOC_ALIGN_BYTES, caller);
    if (bytes == 0) {
        give(p, "realloc");
        return NULL;
    }
    if (gci_heap_block((word)p) != NULL)
        p = resize_object(p, bytes);
    else if (gci_side_owns(p))
        p = resize_side(p, bytes);
    else
        p = resize_next(p, bytes);
    if (p != NULL)
        errno = saved_errno;
    return p;
}

GCI_INTERPOSE void *realloc(void *p, size_t bytes)
{
    return resize(p, bytes, GCI_CALLER());
}

GCI_INTERPOSE void *reallocarray(void *p, size_t n, size_t each)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, each, &bytes))
        return no_memory();
    return resize(p, bytes, GCI_CALLER());
}

GCI_INTERPOSE size_t malloc_usable_size(void *p)
{
    static size_t (*next)(void *);

    if (p == NULL)
        return 0;
    if (debug_header(p) != NULL)
        return debug_header(p)->bytes;
    if (gci_heap_block((word)p) != NULL)
        return object_at(p, "malloc_usable_size")->obj_bytes - 1; /* [last-byte] */
    if (gci_side_owns(p))
        return gci_side_usable_bytes(p, "malloc_usable_size");
    if (next == NULL)
        *(void **)(void *)&next = gci_redirect_next("malloc_usable_size");
    return next != NULL ? next(p) : 0;
}

/* ---- alignment -------------------------------------------------------------------------------- */

static bool is_power_of_two(size_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

static void *get_aligned(size_t align_bytes, size_t bytes, word caller)
{
    return get(bytes, align_bytes > MALLOC_ALIGN_BYTES ? align_bytes : MALLOC_ALIGN_BYTES, caller);
}

/* glibc takes any alignment here and uses the next power of two. */
GCI_INTERPOSE void *memalign(size_t align_bytes, size_t bytes)
{
    size_t power = MALLOC_ALIGN_BYTES;

    if (align_bytes > (size_t)PTRDIFF_MAX / 2) {
        errno = EINVAL;
        return NULL;
    }
    while (power < align_bytes)
        power *= 2;
    return get_aligned(power, bytes, GCI_CALLER());
}

GCI_INTERPOSE void *aligned_alloc(size_t align_bytes, size_t bytes)
{
    if (!is_power_of_two(align_bytes)) {
        errno = EINVAL;
        return NULL;
    }
    return get_aligned(align_bytes, bytes, GCI_CALLER());
}

GCI_INTERPOSE int posix_memalign(void **result, size_t align_bytes, size_t bytes)
{
    int saved_errno = errno;
    void *p;

    if (!is_power_of_two(align_bytes) || align_bytes % sizeof(void *) != 0)
        return EINVAL;
    p = get_aligned(align_bytes, bytes, GCI_CALLER());
    errno = saved_errno; /* the answer is the result */
    if (p == NULL)
        return ENOMEM;
    *result = p;
    return 0;
}

GCI_INTERPOSE void *valloc(size_t bytes)
{
    return get_aligned(gci_mem_page_bytes(), bytes, GCI_CALLER());
}

GCI_INTERPOSE void *pvalloc(size_t bytes)
{
    size_t page = gci_mem_page_bytes();

    if (bytes > (size_t)PTRDIFF_MAX)
        return no_memory();
    return get_aligned(page, gci_align_up(bytes != 0 ? bytes : 1, page), GCI_CALLER());
}

/* ---- strings ------------------------------------------------------------------------------------ */

/* The C library's would get side memory, which nobody collects. */
static char *duplicate(const char *s, size_t length, word caller)
{
    char *copy = get(length + 1, MALLOC_ALIGN_BYTES, caller);

    return copy != NULL ? memcpy(copy, s, length) : NULL; /* zeroed: the end is there */
}

#undef strdup
GCI_INTERPOSE char *strdup(const char *s)
{
    return duplicate(s, strlen(s), GCI_CALLER());
}

#undef strndup
GCI_INTERPOSE char *strndup(const char *s, size_t most)
{
    return duplicate(s, strnlen(s, most), GCI_CALLER());
}
