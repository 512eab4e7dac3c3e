/* bad-objects.c - functions that take an object, given something else: a message or a documented result */
/* only: tidemark */
/* variants: plain */
/* timeout: 120 */
#include "attempt.h"
#include <gc/gc_disclaim.h>
#include <gc/gc_gcj.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>
#include <gc/gc_typed.h>

#define FOREIGN attempt_with(attempt_foreign.bytes)
#define FOREIGN_DEBUG attempt_with(attempt_foreign.bytes + 64)
#define INSIDE attempt_with((char *)GC_malloc(100) + 2 * sizeof(void *))
#define MISALIGNED attempt_with((char *)GC_malloc(100) + 1)
#define INSIDE_LARGE attempt_with((char *)GC_malloc(1000000) + 500000)
#define PLAIN attempt_with(GC_malloc(100))
#define DEBUGGING attempt_with(GC_debug_malloc(100, "here", 1))

/* One call in a process that has just begun. */
#define TRY(id, call)       \
    static int id(void)     \
    {                       \
        GC_INIT();          \
        (void)(call);       \
        return 0;           \
    }
/* One call whose result must be the given one. */
#define TRY_IS(id, call, result)     \
    static int id(void)              \
    {                                \
        GC_INIT();                   \
        return (call) == (result) ? 0 : 1; \
    }

static void *volatile kept;

static void *freed(void *p)
{
    GC_free(p);
    return attempt_with(p);
}

static void *debug_freed(void)
{
    void *p = GC_debug_malloc(100, "here", 1);

    GC_debug_free(p);
    return attempt_with(p);
}

/* ---- freeing and resizing ---- */

TRY(free_foreign, (GC_free(FOREIGN), 0))
TRY(free_stack, (GC_free(attempt_with(__builtin_frame_address(0))), 0))
TRY(free_inside, (GC_free(INSIDE), 0))
TRY(free_misaligned, (GC_free(MISALIGNED), 0))
TRY(free_inside_large, (GC_free(INSIDE_LARGE), 0))
TRY(free_freed, (GC_free(freed(GC_malloc(100))), 0))
TRY(free_freed_large, (GC_free(freed(GC_malloc(1000000))), 0))
TRY(free_freed_uncollectable, (GC_free(freed(GC_malloc_uncollectable(100))), 0))
TRY(free_debugging, (GC_free(DEBUGGING), 0))
TRY(free_null, (GC_free(NULL), GC_debug_free(NULL), GC_freezero(NULL, 9), 0))
TRY(freezero_foreign, (GC_freezero(FOREIGN, 10), 0))
TRY(freezero_inside, (GC_freezero(INSIDE, 10), 0))
TRY(freezero_freed, (GC_freezero(freed(GC_malloc(100)), 10), 0))
TRY(realloc_foreign, GC_realloc(FOREIGN, 200))
TRY(realloc_inside, GC_realloc(INSIDE, 200))
TRY(realloc_misaligned, GC_realloc(MISALIGNED, 200))
TRY(realloc_freed, GC_realloc(freed(GC_malloc(100)), 200))
TRY(realloc_freed_shrinking, GC_realloc(freed(GC_malloc(100)), 90))
TRY(realloc_zero_foreign, GC_realloc(FOREIGN, 0))
TRY(reallocf_foreign, GC_reallocf(FOREIGN, 200))
TRY(debug_free_foreign, (GC_debug_free(FOREIGN_DEBUG), 0))
TRY(debug_free_inside, (GC_debug_free((char *)INSIDE), 0))
TRY(debug_free_freed, (GC_debug_free(debug_freed()), 0))
TRY(debug_free_plain, (GC_debug_free(PLAIN), 0))
TRY(debug_freezero_foreign, (GC_debug_freezero(FOREIGN_DEBUG, 10), 0))
TRY(debug_realloc_foreign, GC_debug_realloc(FOREIGN_DEBUG, 10, "here", 1))
TRY(debug_realloc_plain, GC_debug_realloc(PLAIN, 10, "here", 1))
TRY(debug_realloc_freed, GC_debug_realloc(debug_freed(), 10, "here", 1))
TRY_IS(debug_realloc_null, GC_debug_realloc(NULL, 0, "here", 1) != NULL, 1)

/* ---- questions ---- */

TRY(size_foreign, GC_size(FOREIGN))
TRY_IS(size_inside, GC_size((char *)GC_malloc(1000000) + 500000), GC_size(GC_malloc(1000000)))
TRY_IS(size_debugging, GC_size(GC_debug_malloc(100, "here", 1)) >= 100, 1)
TRY(kind_foreign, GC_get_kind_and_size(FOREIGN, NULL))
TRY(is_marked_foreign, GC_is_marked(FOREIGN))
TRY(is_marked_inside, GC_is_marked(INSIDE))
TRY(set_mark_foreign, (GC_set_mark_bit(FOREIGN), 0))
TRY(clear_mark_foreign, (GC_clear_mark_bit(FOREIGN), 0))
TRY(clear_mark_inside, (GC_clear_mark_bit(INSIDE), 0))
TRY_IS(base_odd, GC_base((void *)~(uintptr_t)0) == NULL && GC_base(NULL) == NULL
                     && GC_base(attempt_foreign.bytes) == NULL,
       1)
TRY(count_marks, GC_count_set_marks_in_hblk(FOREIGN))
TRY(same_obj, GC_same_obj(FOREIGN, GC_malloc(100)))
TRY(pre_incr, (kept = PLAIN, GC_pre_incr((void **)(uintptr_t)&kept, 100000)))
TRY(is_visible, GC_is_visible(attempt_with((void *)(uintptr_t)64)))

/* ---- links ---- */

static void *link_word;

TRY(link_misaligned, GC_general_register_disappearing_link(
                         (void **)(uintptr_t)attempt_with(attempt_foreign.bytes + 1), GC_malloc(9)))
TRY(link_null, GC_general_register_disappearing_link((void **)attempt_with(NULL), GC_malloc(9)))
TRY(link_to_foreign, GC_general_register_disappearing_link(&link_word, FOREIGN))
TRY(link_to_null, GC_general_register_disappearing_link(&link_word, attempt_with(NULL)))
TRY(long_link_misaligned, GC_register_long_link(
                              (void **)(uintptr_t)attempt_with(attempt_foreign.bytes + 1),
                              GC_malloc(9)))
TRY(long_link_to_foreign, GC_register_long_link(&link_word, FOREIGN))
TRY(link_outside, GC_register_disappearing_link((void **)FOREIGN))
TRY_IS(link_safe, GC_GENERAL_REGISTER_DISAPPEARING_LINK_SAFE(&link_word, attempt_foreign.bytes),
       GC_NOT_FOUND)
TRY_IS(unlink_unknown, GC_unregister_disappearing_link(&link_word), 0)
TRY_IS(unlink_odd, GC_unregister_disappearing_link(NULL)
                       + GC_unregister_disappearing_link((void **)(attempt_foreign.bytes + 1)),
       0)
TRY_IS(unlink_long, GC_unregister_long_link(&link_word) + GC_unregister_long_link(NULL), 0)
TRY(move_misaligned, (kept = GC_malloc(9), GC_general_register_disappearing_link(&link_word, kept),
                      GC_move_disappearing_link(&link_word,
                                                (void **)attempt_with(attempt_foreign.bytes + 1))))
TRY(move_long_misaligned, (kept = GC_malloc(9), GC_register_long_link(&link_word, kept),
                           GC_move_long_link(&link_word,
                                             (void **)attempt_with(attempt_foreign.bytes + 1))))
TRY_IS(move_unknown, GC_move_disappearing_link(&link_word, &attempt_foreign.align), GC_NOT_FOUND)
TRY_IS(move_long_unknown, GC_move_long_link(&link_word, &attempt_foreign.align), GC_NOT_FOUND)

static int link_twice(void)
{
    GC_INIT();
    kept = GC_malloc(50);
    link_word = (void *)GC_HIDE_POINTER(kept);
    return GC_general_register_disappearing_link(&link_word, kept) != GC_SUCCESS
           || GC_general_register_disappearing_link(&link_word, kept) != GC_DUPLICATE
           || GC_register_long_link(&link_word, kept) != GC_SUCCESS
           || GC_register_long_link(&link_word, kept) != GC_DUPLICATE;
}

/* A link to the inside counts for the object. */
static int link_inside(void)
{
    GC_INIT();
    if (GC_general_register_disappearing_link(&link_word, (char *)GC_malloc(64) + 16) != GC_SUCCESS)
        return 1;
    return GC_unregister_disappearing_link(&link_word) == 1 ? 0 : 2;
}

/* The object is freed by hand: the link is as good as gone. */
static int link_to_freed(void)
{
    void *p;

    GC_INIT();
    p = GC_malloc(50);
    if (GC_general_register_disappearing_link(&link_word, p) != GC_SUCCESS)
        return 1;
    GC_free(p);
    GC_gcollect();
    GC_gcollect();
    return 0;
}

/* ---- finalizers and toggle references ---- */

static int ran;

static void GC_CALLBACK on_end(void *obj, void *data)
{
    (void)obj;
    (void)data;
    ran++;
}

static GC_ToggleRefStatus GC_CALLBACK nonsense(void *obj)
{
    (void)obj;
    return (GC_ToggleRefStatus)7;
}

/* Outside the heap nothing happens, and there was no finalizer before. */
static int finalizer_foreign(void)
{
    GC_finalization_proc old = on_end;
    void *data = &ran;

    GC_INIT();
    GC_register_finalizer(attempt_foreign.bytes, on_end, NULL, &old, &data);
    if (old != 0 || data != NULL)
        return 1;
    GC_debug_register_finalizer(attempt_foreign.bytes + 64, on_end, NULL, &old, &data);
    GC_gcollect();
    (void)GC_invoke_finalizers();
    return ran;
}

TRY(finalizer_inside, (GC_register_finalizer(INSIDE, on_end, NULL, NULL, NULL), 0))
TRY(finalizer_inside_no_order,
    (GC_register_finalizer_no_order(INSIDE, on_end, NULL, NULL, NULL), 0))
TRY(debug_finalizer_plain, (GC_debug_register_finalizer(PLAIN, on_end, NULL, NULL, NULL), 0))
TRY(debug_finalizer_inside,
    (GC_debug_register_finalizer((char *)GC_debug_malloc(100, "here", 1) + 8, on_end, NULL, NULL,
                                 NULL), 0))

static int finalizer_freed(void)
{
    void *p;

    GC_INIT();
    p = GC_malloc(64);
    GC_register_finalizer(p, on_end, NULL, NULL, NULL);
    GC_free(p);
    GC_gcollect();
    (void)GC_invoke_finalizers();
    return ran;
}

TRY(toggle_foreign, (GC_set_toggleref_func(nonsense), GC_toggleref_add(FOREIGN, 1)))
TRY(toggle_inside, (GC_set_toggleref_func(nonsense), GC_toggleref_add(INSIDE, 1)))
TRY(toggle_debug_plain, (GC_set_toggleref_func(nonsense), GC_debug_toggleref_add(PLAIN, 1)))
TRY_IS(toggle_no_function, GC_toggleref_add(GC_malloc(20), 1), GC_SUCCESS)
TRY(toggle_nonsense, (GC_set_toggleref_func(nonsense), attempt_number(7),
                      GC_toggleref_add(GC_malloc(20), 1), GC_gcollect(), 0))

TRY(stubborn_foreign, (GC_end_stubborn_change(attempt_foreign.bytes), 0))
TRY(debug_stubborn_foreign, (GC_debug_end_stubborn_change(FOREIGN), 0))

/* ---- kinds and layouts ---- */

static GC_word vtable[4];
static const struct GC_finalizer_closure closure = {on_end, NULL};

static GC_disclaim_proc volatile no_proc;

static int GC_CALLBACK disclaim(void *obj)
{
    (void)obj;
    return 0;
}

#define BAD_KIND ((int)attempt_number(50))
TRY(generic, GC_generic_malloc(10, BAD_KIND))
TRY(generic_negative, GC_generic_malloc(10, -1))
TRY(generic_large, GC_generic_malloc_ignore_off_page(100000, BAD_KIND))
TRY(generic_uncollectable, GC_generic_malloc_uncollectable(10, BAD_KIND))
TRY(generic_many, (GC_generic_malloc_many(32, BAD_KIND, &link_word), 0))
TRY(debug_generic, GC_debug_generic_malloc(10, BAD_KIND, "here", 1))
TRY(disclaim_kind, (GC_register_disclaim_proc(BAD_KIND, disclaim, 0), 0))
TRY(disclaim_null, (GC_register_disclaim_proc((int)attempt_number(1),
                                              no_proc, 0), 0))
TRY(describe_kind, (GC_register_describe_type_fn(BAD_KIND, NULL), 0))
TRY(finalized_early, GC_finalized_malloc(10, &closure))
TRY(finalized_odd, (GC_init_finalized_malloc(),
                    GC_finalized_malloc(10, (const struct GC_finalizer_closure *)(uintptr_t)
                                                attempt_with(attempt_foreign.bytes + 1))))
TRY(gcj_early, GC_gcj_malloc(16, vtable))
TRY(gcj_index, (GC_init_gcj_malloc((int)attempt_number(1000), NULL), 0))
TRY(typed_unprepared,
    GC_calloc_do_explicitly_typed((const struct GC_calloc_typed_descr_s *)FOREIGN,
                                  sizeof attempt_foreign))
TRY(typed_small, GC_calloc_prepare_explicitly_typed((struct GC_calloc_typed_descr_s *)FOREIGN, 1,
                                                    3, 24, 0))

static int too_many_kinds(void)
{
    int i;

    GC_INIT();
    for (i = 0; i < 1000; i++)
        (void)GC_new_kind(GC_new_free_list(), 0, 0, 0);
    return 0;
}

static struct GC_ms_entry *mark(GC_word *addr, struct GC_ms_entry *msp, struct GC_ms_entry *limit,
                                GC_word env)
{
    (void)addr;
    (void)limit;
    (void)env;
    return msp;
}

static int too_many_procs(void)
{
    int i;

    GC_INIT();
    for (i = 0; i < 1000; i++)
        (void)GC_new_proc(mark);
    return 0;
}

int main(void)
{
    static const struct attempt table[] = {
        {"GC_free", "static data", free_foreign, ABORTS},
        {"GC_free", "the stack", free_stack, ABORTS},
        {"GC_free", "an interior pointer", free_inside, ABORTS},
        {"GC_free", "a misaligned pointer", free_misaligned, ABORTS},
        {"GC_free", "the inside of a large object", free_inside_large, ABORTS},
        {"GC_free", "twice", free_freed, ABORTS},
        {"GC_free", "a large object twice", free_freed_large, ABORTS},
        {"GC_free", "an uncollectable object twice", free_freed_uncollectable, ABORTS},
        {"GC_free", "a debugging object", free_debugging, ABORTS},
        {"GC_free", "NULL", free_null, GIVES},
        {"GC_freezero", "static data", freezero_foreign, ABORTS},
        {"GC_freezero", "an interior pointer", freezero_inside, ABORTS},
        {"GC_freezero", "a freed object", freezero_freed, ABORTS},
        {"GC_realloc", "static data", realloc_foreign, ABORTS},
        {"GC_realloc", "an interior pointer", realloc_inside, ABORTS},
        {"GC_realloc", "a misaligned pointer", realloc_misaligned, ABORTS},
        {"GC_realloc", "a freed object", realloc_freed, ABORTS},
        {"GC_realloc", "a freed object, smaller", realloc_freed_shrinking, ABORTS},
        {"GC_realloc", "static data, to 0", realloc_zero_foreign, ABORTS},
        {"GC_reallocf", "static data", reallocf_foreign, ABORTS},
        {"GC_debug_free", "static data", debug_free_foreign, ABORTS},
        {"GC_debug_free", "an interior pointer", debug_free_inside, ABORTS},
        {"GC_debug_free", "twice", debug_free_freed, SAYS},
        {"GC_debug_free", "an object without header", debug_free_plain, SAYS},
        {"GC_debug_freezero", "static data", debug_freezero_foreign, ABORTS},
        {"GC_debug_realloc", "static data", debug_realloc_foreign, ABORTS},
        {"GC_debug_realloc", "an object without header", debug_realloc_plain, SAYS},
        {"GC_debug_realloc", "a freed object", debug_realloc_freed, ABORTS},
        {"GC_debug_realloc", "NULL", debug_realloc_null, GIVES},
        {"GC_size", "static data", size_foreign, ABORTS},
        {"GC_size", "an interior pointer", size_inside, GIVES},
        {"GC_size", "a debugging object", size_debugging, GIVES},
        {"GC_get_kind_and_size", "static data", kind_foreign, ABORTS},
        {"GC_is_marked", "static data", is_marked_foreign, ABORTS},
        {"GC_is_marked", "an interior pointer", is_marked_inside, ABORTS},
        {"GC_set_mark_bit", "static data", set_mark_foreign, ABORTS},
        {"GC_clear_mark_bit", "static data", clear_mark_foreign, ABORTS},
        {"GC_clear_mark_bit", "an interior pointer", clear_mark_inside, ABORTS},
        {"GC_base", "what is no object", base_odd, GIVES},
        {"GC_count_set_marks_in_hblk", "no block", count_marks, ABORTS},
        {"GC_same_obj", "another object", same_obj, ABORTS},
        {"GC_same_obj", "through GC_pre_incr", pre_incr, ABORTS},
        {"GC_is_visible", "nowhere", is_visible, ABORTS},
        {"GC_general_register_disappearing_link", "a misaligned link", link_misaligned, ABORTS},
        {"GC_general_register_disappearing_link", "no link", link_null, ABORTS},
        {"GC_general_register_disappearing_link", "to static data", link_to_foreign, ABORTS},
        {"GC_general_register_disappearing_link", "to NULL", link_to_null, ABORTS},
        {"GC_general_register_disappearing_link", "to the inside", link_inside, GIVES},
        {"GC_general_register_disappearing_link", "twice", link_twice, GIVES},
        {"GC_general_register_disappearing_link", "to an object freed", link_to_freed, GIVES},
        {"GC_general_register_disappearing_link", "_SAFE, to static data", link_safe, GIVES},
        {"GC_register_long_link", "a misaligned link", long_link_misaligned, ABORTS},
        {"GC_register_long_link", "to static data", long_link_to_foreign, ABORTS},
        {"GC_register_disappearing_link", "a link outside the heap", link_outside, ABORTS},
        {"GC_unregister_disappearing_link", "an unknown link", unlink_unknown, GIVES},
        {"GC_unregister_disappearing_link", "NULL and misaligned", unlink_odd, GIVES},
        {"GC_unregister_long_link", "an unknown link", unlink_long, GIVES},
        {"GC_move_disappearing_link", "to a misaligned word", move_misaligned, ABORTS},
        {"GC_move_disappearing_link", "an unknown link", move_unknown, GIVES},
        {"GC_move_long_link", "to a misaligned word", move_long_misaligned, ABORTS},
        {"GC_move_long_link", "an unknown link", move_long_unknown, GIVES},
        {"GC_register_finalizer", "static data", finalizer_foreign, GIVES},
        {"GC_register_finalizer", "an interior pointer", finalizer_inside, SAYS},
        {"GC_register_finalizer", "an object freed afterwards", finalizer_freed, GIVES},
        {"GC_register_finalizer_no_order", "an interior pointer", finalizer_inside_no_order, SAYS},
        {"GC_debug_register_finalizer", "no debugging object", debug_finalizer_plain, SAYS},
        {"GC_debug_register_finalizer", "an interior pointer", debug_finalizer_inside, SAYS},
        {"GC_toggleref_add", "static data", toggle_foreign, ABORTS},
        {"GC_toggleref_add", "an interior pointer", toggle_inside, ABORTS},
        {"GC_toggleref_add", "without a function", toggle_no_function, GIVES},
        {"GC_debug_toggleref_add", "no debugging object", toggle_debug_plain, ABORTS},
        {"toggle", "a function that returns nonsense", toggle_nonsense, ABORTS},
        {"GC_end_stubborn_change", "static data", stubborn_foreign, GIVES},
        {"GC_debug_end_stubborn_change", "static data", debug_stubborn_foreign, ABORTS},
        {"GC_generic_malloc", "a kind there is not", generic, ABORTS},
        {"GC_generic_malloc", "a negative kind", generic_negative, ABORTS},
        {"GC_generic_malloc", "a kind there is not, large", generic_large, ABORTS},
        {"GC_generic_malloc_uncollectable", "a kind there is not", generic_uncollectable, ABORTS},
        {"GC_generic_malloc_many", "a kind there is not", generic_many, ABORTS},
        {"GC_debug_generic_malloc", "a kind there is not", debug_generic, ABORTS},
        {"GC_new_kind", "too many", too_many_kinds, ABORTS},
        {"GC_new_proc", "too many", too_many_procs, ABORTS},
        {"GC_register_disclaim_proc", "a kind there is not", disclaim_kind, ABORTS},
        {"GC_register_disclaim_proc", "NULL", disclaim_null, ABORTS},
        {"GC_register_describe_type_fn", "a kind there is not", describe_kind, ABORTS},
        {"GC_finalized_malloc", "too early", finalized_early, ABORTS},
        {"GC_finalized_malloc", "a misaligned closure", finalized_odd, ABORTS},
        {"GC_gcj_malloc", "too early", gcj_early, ABORTS},
        {"GC_init_gcj_malloc", "a number there is not", gcj_index, ABORTS},
        {"GC_calloc_do_explicitly_typed", "not prepared", typed_unprepared, ABORTS},
        {"GC_calloc_prepare_explicitly_typed", "too little room", typed_small, ABORTS},
    };

    check_start();
    ATTEMPTS(table);
    return check_done();
}
