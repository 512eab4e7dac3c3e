/* debug.c - the debugging allocators: objects that know where they were made and notice damage.
 *
 * Here: making, resizing and freeing them. What a header means, looking for damage and reports:
 * debug_check.c. Finalizers of such objects: debug_finalize.c. Layout: struct gci_debug_header.
 *
 * [guards]  The start guard is stored last: an object under construction has no header yet.
 * [keep]    A freed collectable object is filled with a pattern and kept until a collection finds
 *           it unreachable, so that writes to it are noticed. Large and uncollectable objects,
 *           and all in leak finding, are freed at once. A part of what is kept brings the next
 *           collection nearer: else a program that frees all it makes would keep it all.
 *
 * SPDX-License-Identifier: MIT
 */
#define GC_REQUIRE_WCSDUP 1
#include <string.h>
#include <wchar.h>

#include "private/extras.h"
#include "private/hooks.h"
#include "private/settings.h"
#include "gc/gc_gcj.h"
#include "gc/gc_mark.h"

_Static_assert(sizeof(struct gci_debug_header) == GCI_DEBUG_HEADER_BYTES,
               "GC_debug_header_size tells programs otherwise");

#ifdef GC_ADD_CALLER
# define PLACE     { ra, s, i }
# define SAME_PLACE ra, s, i
# define NO_PLACE  (GC_word)GCI_RETURN_ADDRESS(), "unknown", 0
#else
# define PLACE     { 0, s, i }
# define SAME_PLACE s, i
# define NO_PLACE  "unknown", 0
#endif

struct place {
    word caller;
    const char *file;
    int line;
};

bool gci_debug_started;

static void start(void)
{
    if (gci_likely(gci_debug_started))
        return;
    gci_ensure_init();
    GC_register_displacement(sizeof(struct gci_debug_header));
    gci_debug_started = true;
}

/* ---- making ------------------------------------------------------------------------ */

/* Callers to remember for an object made at that place: as many as GC_BACKTRACES asks for, some with
   --enable-gc-debug, else the one that the call told, if it did. */
static unsigned find_callers(word *callers, const struct place *place)
{
    unsigned wanted = (unsigned)gci_options.print_backtrace;

    if (wanted == 0 && config_gc_debug)
        wanted = GCI_DEBUG_CALLERS / 2;
    if (wanted > 0)
        return gci_debug_save_callers(callers,
                                      wanted < GCI_DEBUG_CALLERS ? wanted : GCI_DEBUG_CALLERS);
    callers[0] = place->caller;
    return place->caller != 0;
}

static size_t whole_bytes(size_t bytes, unsigned callers)
{
    return sizeof(struct gci_debug_header) + gci_align_up(bytes, GCI_WORD_BYTES)
           + (1 + callers) * GCI_WORD_BYTES;
}

/* Writes header and tail around the program's bytes. */
static void *dress(ptr_t base, size_t bytes, const struct place *place, const word *callers,
                   unsigned ncallers)
{
    struct gci_debug_header *h = (struct gci_debug_header *)(void *)base;
    ptr_t user = (ptr_t)(h + 1);
    word *tail;

    h->file = place->file;
    h->line = ((word)place->line & (((word)1 << GCI_DEBUG_LINE_BITS) - 1))
              | (word)ncallers << GCI_DEBUG_LINE_BITS;
    h->bytes = bytes;
    tail = gci_debug_tail(h);
    memset(user + bytes, GCI_DEBUG_FILL, (size_t)((ptr_t)tail - (user + bytes)));
    tail[0] = gci_debug_end_guard(user);
    memcpy(tail + 1, callers, ncallers * sizeof *callers);
    gci_store_release(&h->guard, gci_debug_guard(user, GCI_DEBUG_LIVE)); /* [guards] */
    return user;
}

enum way { PLAIN, IGNORE_OFF_PAGE };

static void *make(const char *function, size_t bytes, unsigned kind, enum way way,
                  const struct place *place)
{
    word callers[GCI_DEBUG_CALLERS];
    unsigned ncallers;
    ptr_t base;

    start();
    if (bytes > SIZE_MAX / 2)
        return gci_alloc_oom(bytes);
    ncallers = find_callers(callers, place);
    base = gci_alloc(whole_bytes(bytes, ncallers), kind,
                     way == IGNORE_OFF_PAGE ? GCI_ALLOC_IGNORE_OFF_PAGE : 0);
    if (base == NULL) {
        gci_print("%s(%lu) returning NULL (%s:%d)\n", function, (unsigned long)bytes, place->file,
                  place->line);
        return NULL;
    }
    return dress(base, bytes, place, callers, ncallers);
}

void *gci_debug_make_traced(size_t bytes, unsigned most_callers)
{
    struct place place = { 0, "unknown", 0 };
    word callers[GCI_DEBUG_CALLERS];
    unsigned ncallers;
    ptr_t base;

    start();
    if (gci_options.print_backtrace != 0)
        most_callers = (unsigned)gci_options.print_backtrace;
    ncallers = gci_debug_save_callers(
        callers, most_callers < GCI_DEBUG_CALLERS ? most_callers : GCI_DEBUG_CALLERS);
    base = gci_alloc(whole_bytes(bytes, ncallers), GCI_KIND_NORMAL, GCI_ALLOC_NO_OOM_FN);
    return base == NULL ? NULL : dress(base, bytes, &place, callers, ncallers);
}

GC_API void *GC_CALL GC_debug_malloc(size_t bytes, GC_EXTRA_PARAMS)
{
    struct place place = PLACE;

    return make("GC_debug_malloc", bytes, GCI_KIND_NORMAL, PLAIN, &place);
}

GC_API void *GC_CALL GC_debug_malloc_atomic(size_t bytes, GC_EXTRA_PARAMS)
{
    struct place place = PLACE;

    return make("GC_debug_malloc_atomic", bytes, GCI_KIND_PTRFREE, PLAIN, &place);
}

GC_API void *GC_CALL GC_debug_malloc_uncollectable(size_t bytes, GC_EXTRA_PARAMS)
{
    struct place place = PLACE;

    return make("GC_debug_malloc_uncollectable", bytes, GCI_KIND_UNCOLLECTABLE, PLAIN, &place);
}

GC_API void *GC_CALL GC_debug_malloc_atomic_uncollectable(size_t bytes, GC_EXTRA_PARAMS)
{
    struct place place = PLACE;

    return make("GC_debug_malloc_atomic_uncollectable", bytes, GCI_KIND_AUNCOLLECTABLE, PLAIN,
                &place);
}

GC_API void *GC_CALL GC_debug_malloc_ignore_off_page(size_t bytes, GC_EXTRA_PARAMS)
{
    struct place place = PLACE;

    return make("GC_debug_malloc_ignore_off_page", bytes, GCI_KIND_NORMAL, IGNORE_OFF_PAGE,
                &place);
}

GC_API void *GC_CALL GC_debug_malloc_atomic_ignore_off_page(size_t bytes, GC_EXTRA_PARAMS)
{
    struct place place = PLACE;

    return make("GC_debug_malloc_atomic_ignore_off_page", bytes, GCI_KIND_PTRFREE,
                IGNORE_OFF_PAGE, &place);
}

GC_API void *GC_CALL GC_debug_malloc_stubborn(size_t bytes, GC_EXTRA_PARAMS)
{
    return GC_debug_malloc(bytes, SAME_PLACE);
}

static void check_kind(const char *function, int kind)
{
    if (kind < 0 || (unsigned)kind >= gci_kind_count)
        gci_abort("%s: %d is not a kind", function, kind);
}

GC_API void *GC_CALL GC_debug_generic_malloc(size_t bytes, int kind, GC_EXTRA_PARAMS)
{
    struct place place = PLACE;

    start();
    check_kind("GC_debug_generic_malloc", kind);
    return make("GC_debug_generic_malloc", bytes, (unsigned)kind, PLAIN, &place);
}

GC_API void *GC_CALL GC_debug_generic_or_special_malloc(size_t bytes, int kind, GC_EXTRA_PARAMS)
{
    struct place place = PLACE;

    start();
    check_kind("GC_debug_generic_or_special_malloc", kind);
    return make("GC_debug_generic_or_special_malloc", bytes, (unsigned)kind, PLAIN, &place);
}

GC_API void *GC_CALL GC_debug_gcj_malloc(size_t bytes, void *vtable, GC_EXTRA_PARAMS)
{
    struct place place = PLACE;
    void **user;

    if (GC_gcj_debug_kind == 0)
        gci_abort("GC_debug_gcj_malloc: GC_init_gcj_malloc was not called");
    user = make("GC_debug_gcj_malloc", bytes, (unsigned)GC_gcj_debug_kind, PLAIN, &place);
    if (user != NULL)
        *user = vtable;
    return user;
}

GC_API void *GC_CALL GC_debug_malloc_replacement(size_t bytes)
{
    return GC_debug_malloc(bytes, NO_PLACE);
}

GC_API void *GC_CALL GC_debug_malloc_uncollectable_replacement(size_t bytes)
{
    return GC_debug_malloc_uncollectable(bytes, NO_PLACE);
}

GC_API char *GC_CALL GC_debug_strdup(const char *string, GC_EXTRA_PARAMS)
{
    size_t bytes;
    char *copy;

    if (string == NULL) {
        if (GC_find_leak)
            gci_print("GC_debug_strdup: NULL is no string\n");
        return NULL;
    }
    bytes = strlen(string) + 1;
    copy = GC_debug_malloc_atomic(bytes, SAME_PLACE);
    if (copy == NULL)
        errno = ENOMEM;
    else
        memcpy(copy, string, bytes);
    return copy;
}

GC_API char *GC_CALL GC_debug_strndup(const char *string, size_t limit, GC_EXTRA_PARAMS)
{
    size_t bytes = strnlen(string, limit);
    char *copy = GC_debug_malloc_atomic(bytes + 1, SAME_PLACE);

    if (copy == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    memcpy(copy, string, bytes);
    copy[bytes] = '\0';
    return copy;
}

GC_API wchar_t *GC_CALL GC_debug_wcsdup(const wchar_t *string, GC_EXTRA_PARAMS)
{
    size_t bytes = (wcslen(string) + 1) * sizeof(wchar_t);
    wchar_t *copy = GC_debug_malloc_atomic(bytes, SAME_PLACE);

    if (copy == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    return memcpy(copy, string, bytes);
}

/* ---- freeing and resizing -------------------------------------------------------------- */

/* The header of a debugging object with that address for the program; NULL after a message, when
   *base is the start of a plain object. */
static struct gci_debug_header *header_of(const char *function, void *user, ptr_t *base)
{
    *base = gci_heap_object((word)user, NULL, NULL);
    if (*base == NULL)
        gci_abort("%s: %p is not in the heap", function, user);
    if ((ptr_t)user - *base == (ptrdiff_t)sizeof(struct gci_debug_header))
        return (struct gci_debug_header *)(void *)*base;
    if (user != *base)
        gci_abort("%s: %p is inside the object at %p", function, user, (void *)*base);
    gci_print("%s called on pointer %p w/o debugging info\n", function, user);
    return NULL;
}

static void report_damage(const char *function, ptr_t base, ptr_t where)
{
    gci_print("%s: found smashed location at %p in or near\n", function, (void *)where);
    gci_debug_print_object("  ", base);
}

#define KEPT_PART 8

/* [keep] */
static void release(const char *function, struct gci_debug_header *h, ptr_t base)
{
    const struct gci_block *run = gci_heap_run((word)base);
    bool at_once = GC_find_leak ? !gci_options.findleak_delay_free
                                : (run->flags & GCI_BLOCKF_UNCOLLECTABLE) != 0
                                      || run->obj_bytes > GCI_SMALL_MAX_BYTES;

    if (!gci_debug_fits(h, run->obj_bytes))
        h->line = h->bytes = 0; /* how long it was nobody knows */
    if (at_once) {
        *gci_debug_tail(h) = 0; /* what is made here next has no tail */
        h->guard = gci_debug_guard(h + 1, GCI_DEBUG_FREED);
        gci_free_named(base, function);
        return;
    }
    memset(h + 1, GCI_DEBUG_FREED_FILL, (size_t)((ptr_t)gci_debug_tail(h) - (ptr_t)(h + 1)));
    *gci_debug_tail(h) = gci_debug_end_guard(h + 1);
    h->guard = gci_debug_guard(h + 1, GCI_DEBUG_KEPT);
    (void)gci_fetch_add(&gci_pace.freed_bytes, run->obj_bytes - run->obj_bytes / KEPT_PART);
}

static void free_debug(const char *function, void *user, size_t clear_bytes)
{
    size_t slot_bytes;
    struct gci_debug_header *h;
    ptr_t base, where;

    if (user == NULL)
        return;
    h = header_of(function, user, &base);
    if (h == NULL) {
        gci_free_named(base, function);
        return;
    }
    slot_bytes = gci_heap_run((word)base)->obj_bytes;
    switch (gci_debug_state(base, slot_bytes)) {
    case GCI_DEBUG_KEPT:
    case GCI_DEBUG_FREED:
        gci_print("%s: found previously deallocated object at %p\n", function, user);
        return;
    case GCI_DEBUG_NONE:
        gci_print("%s: found smashed location at %p: no header before %p\n", function,
                  (void *)&h->guard, user);
        h->bytes = 0;
        break;
    default:
        where = gci_debug_damage(base, slot_bytes);
        if (where != NULL)
            report_damage(function, base, where);
    }
    if (clear_bytes > 0 && gci_debug_fits(h, slot_bytes))
        memset(user, 0, clear_bytes < h->bytes ? clear_bytes : h->bytes);
    release(function, h, base);
}

GC_API void GC_CALL GC_debug_free(void *user) { free_debug("GC_debug_free", user, 0); }

GC_API void GC_CALL GC_debug_freezero(void *user, size_t clear_bytes)
{
    free_debug("GC_debug_freezero", user, clear_bytes);
}

GC_API void *GC_CALL GC_debug_realloc(void *user, size_t bytes, GC_EXTRA_PARAMS)
{
    struct place place = PLACE;
    struct gci_debug_header *h;
    size_t old_bytes;
    ptr_t base;
    void *fresh;

    if (user == NULL)
        return GC_debug_malloc(bytes, SAME_PLACE);
    if (bytes == 0) {
        free_debug("GC_debug_realloc", user, 0);
        return NULL;
    }
    h = header_of("GC_debug_realloc", user, &base);
    if (h == NULL)
        return GC_realloc(user, bytes);
    if (gci_debug_state(base, gci_heap_run((word)base)->obj_bytes) != GCI_DEBUG_LIVE
        || !gci_debug_fits(h, gci_heap_run((word)base)->obj_bytes))
        gci_abort("GC_debug_realloc: the object at %p is smashed or was freed", user);
    fresh = make("GC_debug_realloc", bytes, gci_heap_run((word)base)->kind, PLAIN, &place);
    if (fresh == NULL)
        return NULL;
    old_bytes = h->bytes;
    memcpy(fresh, user, old_bytes < bytes ? old_bytes : bytes);
    free_debug("GC_debug_realloc", user, 0);
    return fresh;
}

GC_API void *GC_CALL GC_debug_reallocf(void *user, size_t bytes, GC_EXTRA_PARAMS)
{
    void *fresh = GC_debug_realloc(user, bytes, SAME_PLACE);

    if (fresh == NULL && bytes != 0)
        free_debug("GC_debug_reallocf", user, 0);
    return fresh;
}

GC_API void *GC_CALL GC_debug_realloc_replacement(void *user, size_t bytes)
{
    return GC_debug_realloc(user, bytes, NO_PLACE);
}

GC_API void *GC_CALL GC_debug_reallocf_replacement(void *user, size_t bytes)
{
    return GC_debug_reallocf(user, bytes, NO_PLACE);
}

/* ---- the rest of the family --------------------------------------------------------------- */

GC_API void GC_CALL GC_debug_register_displacement(size_t offset)
{
    GC_register_displacement(offset);
    GC_register_displacement(sizeof(struct gci_debug_header) + offset);
}

GC_API void GC_CALL GC_debug_change_stubborn(const void *p GCI_UNUSED) { }

GC_API void GC_CALL GC_debug_end_stubborn_change(const void *p)
{
    ptr_t base = gci_heap_object((word)p, NULL, NULL);

    if (base == NULL)
        gci_abort("GC_debug_end_stubborn_change: %p is not in an object", (void *)(word)p);
    GC_end_stubborn_change(base);
}

GC_API void GC_CALL GC_debug_ptr_store_and_dirty(void *p, const void *q)
{
    *(void **)GC_is_visible(p) = GC_is_valid_displacement((void *)(word)q);
    if (gci_heap_object((word)p, NULL, NULL) != NULL)
        GC_end_stubborn_change(p);
    GC_reachable_here(q);
}
