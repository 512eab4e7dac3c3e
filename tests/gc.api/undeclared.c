/* undeclared.c - names that libgc exports and no header declares: old programs are linked to them */
/* needs: children */
/* variants: plain verify */
/* purpose: the printing functions, counters by hand, the roots hook and the old free lists */
#include "weak.h"
#include <gc/gc_mark.h>

#if defined(__GNUC__)
# pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

GC_API void GC_printf(const char *format, ...);
GC_API void GC_err_printf(const char *format, ...);
GC_API void GC_log_printf(const char *format, ...);
GC_API void GC_CALL GC_incr_bytes_allocd(size_t bytes);
GC_API void GC_CALL GC_incr_bytes_freed(size_t bytes);
GC_API GC_abort_func GC_on_abort;
GC_API GC_push_other_roots_proc GC_push_other_roots;
GC_API void **const GC_objfreelist_ptr;
GC_API void **const GC_aobjfreelist_ptr;
GC_API void **const GC_uobjfreelist_ptr;
GC_API void **const GC_auobjfreelist_ptr;

enum { N = 30 };

/* ---- printing ---- */

static int print(void *which)
{
    static const char format[] = "%d %s %lx %c %u%%\n";

    if (which == NULL)
        GC_printf(format, -5, "text", 0xbeefL, 'x', 99u);
    else if (*(int *)which == 1)
        GC_err_printf(format, -5, "text", 0xbeefL, 'x', 99u);
    else
        GC_log_printf(format, -5, "text", 0xbeefL, 'x', 99u);
    return 0;
}

static int print_only_to_stdout(void *unused)
{
    (void)unused;
    if (freopen(CHECK_NOWHERE, "w", stdout) == NULL)
        return 1;
    GC_printf("to stdout\n");
    GC_dump();
    return 0;
}

static void test_printing(void)
{
    static const char expected[] = "-5 text beef x 99%\n";
    static int one = 1, two = 2;
    char text[400];

    (void)check_child(print, NULL, text, sizeof text);
    CHECK(strcmp(text, expected) == 0, "GC_printf");
    (void)check_child(print, &one, text, sizeof text);
    CHECK(strcmp(text, expected) == 0, "GC_err_printf");
    (void)check_child(print, &two, text, sizeof text);
    CHECK(strcmp(text, expected) == 0, "GC_log_printf");
    CHECK(check_child_ok(check_child(print_only_to_stdout, NULL, text, sizeof text))
              && text[0] == '\0',
          "GC_printf and dumps go to stdout");
}

/* ---- counters ---- */

static void test_counters(void)
{
    size_t allocated = GC_get_bytes_since_gc(), freed = GC_get_expl_freed_bytes_since_gc();

    GC_disable();
    GC_incr_bytes_allocd(12345);
    GC_incr_bytes_freed(1234);
    CHECK(GC_get_bytes_since_gc() >= allocated + 12345, "GC_incr_bytes_allocd");
    CHECK(GC_get_expl_freed_bytes_since_gc() == freed + 1234, "GC_incr_bytes_freed");
    GC_enable();
}

/* ---- the old variables ---- */

static void *hidden[N]; /* complements: no roots */
static GC_push_other_roots_proc old_push;

static void GC_CALLBACK push_hidden(void)
{
    void *here[N];
    int i;

    for (i = 0; i < N; i++)
        here[i] = GC_REVEAL_POINTER((GC_word)hidden[i]);
    GC_push_all_eager(here, here + N);
    memset(here, 0, sizeof here);
    __asm__ __volatile__("" : : "r"(here) : "memory"); /* it is cleared indeed */
    if (old_push != 0)
        old_push();
}

CHECK_NOINLINE static void fill(void)
{
    int i;

    for (i = 0; i < N; i++) {
        void *p = GC_malloc(40);

        hidden[i] = (void *)GC_HIDE_POINTER(p);
        weak_set(i, p);
    }
}

static void test_roots_hook(void)
{
    old_push = GC_push_other_roots;
    CHECK(GC_get_push_other_roots() == old_push, "GC_push_other_roots is what the getter tells");
    GC_push_other_roots = push_hidden;
    CHECK(GC_get_push_other_roots() == push_hidden, "also when it is assigned to");
    fill();
    CHECK(WEAK_ALL_LEFT(N), "what is assigned to GC_push_other_roots is called");
    GC_push_other_roots = old_push;
    CHECK(WEAK_NONE_LEFT(N), "until something else is");
    weak_clear();
}

static void GC_CALLBACK on_abort(const char *message)
{
    printf("mine: %s\n", message != NULL ? message : "");
    fflush(stdout);
}

static int abort_by_variable(void *unused)
{
    (void)unused;
    GC_on_abort = on_abort;
    if (GC_get_abort_func() != on_abort)
        return 1;
    GC_abort_on_oom();
    return 2;
}

static void test_abort_hook(void)
{
    char text[400];

    CHECK(GC_on_abort != 0 && GC_on_abort == GC_get_abort_func(), "GC_on_abort");
    (void)check_child(abort_by_variable, NULL, text, sizeof text);
    CHECK(strstr(text, "mine:") != NULL, "what is assigned to GC_on_abort is called");
}

/* Programs take an object from a list or, when it is empty, from the library. */
static void test_free_lists(void)
{
    void **const lists[4] = {GC_objfreelist_ptr, GC_aobjfreelist_ptr, GC_uobjfreelist_ptr,
                             GC_auobjfreelist_ptr};
    int i, granules;

    for (i = 0; i < 4; i++)
        for (granules = 1; granules < 16; granules++) {
            EXPECT(lists[i] != NULL, "list %d", i);
            if (!check_is_stock && lists[i] != NULL)
                EXPECT(lists[i][granules] == NULL, "list %d has objects", i);
        }
    VERDICT("the old free lists can be read");
}

int main(void)
{
    check_start();
    GC_INIT();
    test_printing();
    test_counters();
    test_roots_hook();
    test_abort_hook();
    test_free_lists();
    CHECK(GC_debug_header_size == GC_get_debug_header_size() && GC_debug_header_size > 0,
          "GC_debug_header_size");
    return check_done();
}
