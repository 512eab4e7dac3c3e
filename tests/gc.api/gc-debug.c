/* gc-debug.c - gc.h under GC_DEBUG: the debugging family, its macros and its checks */
/* needs: children */
/* variants: plain verify */
/* purpose: debugging allocation, overwrites found, checked pointer arithmetic */
#define GC_DEBUG
#include "weak.h"

#if defined(__GNUC__)
# pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

struct pair {
    struct pair *next;
    long value;
};

static void test_allocation(void)
{
    struct pair *a = GC_NEW(struct pair), *b = GC_NEW_ATOMIC(struct pair);
    struct pair *c = GC_NEW_UNCOLLECTABLE(struct pair);
    void *all[12];
    size_t i, n = 0;

    all[n++] = a;
    all[n++] = b;
    all[n++] = c;
    all[n++] = GC_MALLOC(40);
    all[n++] = GC_MALLOC_ATOMIC(40);
    all[n++] = GC_MALLOC_UNCOLLECTABLE(40);
    all[n++] = GC_MALLOC_ATOMIC_UNCOLLECTABLE(40);
    all[n++] = GC_MALLOC_IGNORE_OFF_PAGE(40);
    all[n++] = GC_MALLOC_ATOMIC_IGNORE_OFF_PAGE(40);
    all[n++] = GC_debug_malloc_stubborn(40, "file", 1);
    all[n++] = GC_debug_malloc_replacement(40);
    all[n++] = GC_debug_realloc_replacement(NULL, 40);
    for (i = 0; i < n; i++) {
        EXPECT(all[i] != NULL && GC_base(all[i]) != all[i] && GC_base(all[i]) != NULL,
               "no header: %lu", (unsigned long)i);
        if (all[i] != NULL)
            memset(all[i], 0x11, i < 3 ? sizeof(struct pair) : 40);
    }
    GC_gcollect();
    for (i = 0; i < n; i++)
        GC_FREE(all[i]);
    VERDICT("each debugging allocator gives an object with a header");
    CHECK(strcmp(GC_STRDUP("tide"), "tide") == 0 && strcmp(GC_STRNDUP("tide", 2), "ti") == 0,
          "GC_debug_strdup and GC_debug_strndup");
}

static void test_realloc(void)
{
    char *p = (char *)GC_MALLOC(10);

    memcpy(p, "123456789", 10);
    p = (char *)GC_REALLOC(p, 1000);
    CHECK(strcmp(p, "123456789") == 0 && p[999] == 0, "GC_debug_realloc keeps contents");
    p = (char *)GC_REALLOC(p, 4);
    CHECK(memcmp(p, "1234", 4) == 0, "also when it shrinks");
    CHECK(GC_REALLOC(p, 0) == NULL, "and frees");
}

static int smash_end(void *free_it)
{
    char *p = (char *)GC_MALLOC(24);

    CHECK_LAUNDER(p);
    p[24] = 'x';
    if (free_it)
        GC_FREE(p);
    else
        GC_gcollect();
    GC_reachable_here(p);
    return 0;
}

static int free_twice(void *unused)
{
    char *p = (char *)GC_MALLOC(24);

    (void)unused;
    GC_FREE(p);
    GC_FREE(p);
    return 0;
}

static int free_foreign(void *p)
{
    GC_FREE(p);
    return 0;
}

static void test_reports(void)
{
    static char text[2000];
    int status;

    (void)check_child(smash_end, NULL, text, sizeof text);
    CHECK(strstr(text, "gc-debug.c") != NULL, "a collection reports a write past the end");
    (void)check_child(smash_end, text, text, sizeof text);
    CHECK(strstr(text, "gc-debug.c") != NULL, "GC_debug_free reports it");
    status = check_child(free_twice, NULL, text, sizeof text);
    CHECK(strlen(text) > 0 || !check_child_ok(status), "freeing twice is reported");
    status = check_child(free_foreign, text, text, sizeof text);
    CHECK(strlen(text) > 0 || !check_child_ok(status), "freeing a foreign pointer is reported");
}

static int same_failed, visible_failed, displacement_failed;

static void GC_CALLBACK on_same(void *p, void *q)
{
    same_failed += p != q;
}

static void GC_CALLBACK on_visible(void *p)
{
    visible_failed += p != NULL;
}

static void GC_CALLBACK on_displacement(void *p)
{
    displacement_failed += p != NULL;
}

static void *a_root;

static void test_arithmetic(void)
{
    char *p = (char *)GC_malloc(100), *q = (char *)GC_malloc(100), *r = p;
    struct pair *array = (struct pair *)GC_malloc(10 * sizeof *array), *x = array;

    GC_same_obj_print_proc = on_same;
    GC_is_visible_print_proc = on_visible;
    GC_is_valid_displacement_print_proc = on_displacement;
    CHECK(GC_same_obj(p + 99, p) == p + 99 && same_failed == 0, "GC_same_obj: the same");
    GC_same_obj(p, q);
    CHECK(same_failed == 1, "GC_same_obj: another");
    CHECK(GC_pre_incr((void **)&r, 10) == p + 10 && r == p + 10 && same_failed == 1, "GC_pre_incr");
    CHECK(GC_post_incr((void **)&r, -4) == p + 10 && r == p + 6 && same_failed == 1,
          "GC_post_incr");
    CHECK(GC_is_visible(&a_root) == (void *)&a_root && visible_failed == 0,
          "GC_is_visible: static data");
    CHECK(GC_is_visible(p) == p && visible_failed == 0, "GC_is_visible: the heap");
    GC_is_visible((void *)(GC_word)64);
    if (!check_is_stock) { /* libgc with threads cannot tell */
        CHECK(visible_failed == 1, "GC_is_visible: nowhere");
    }
    visible_failed = 0;
    CHECK(GC_is_valid_displacement(p) == p && displacement_failed == 0, "GC_is_valid_displacement");

    CHECK(GC_PTR_ADD(x, 3) == array + 3, "GC_PTR_ADD");
    CHECK(GC_PRE_INCR(x, 2) == array + 2 && x == array + 2, "GC_PRE_INCR");
    CHECK(GC_POST_INCR(x) == array + 2 && x == array + 3, "GC_POST_INCR");
    CHECK(GC_POST_DECR(x) == array + 3 && x == array + 2, "GC_POST_DECR");
    GC_PTR_STORE(&a_root, p);
    CHECK(a_root == p, "GC_PTR_STORE");
    GC_CHANGE_STUBBORN(p);
    GC_debug_change_stubborn(p);
    GC_debug_end_stubborn_change(p);
    GC_PTR_STORE_AND_DIRTY(p, q);
    GC_END_STUBBORN_CHANGE(p);
    CHECK(*(void **)p == q, "GC_PTR_STORE_AND_DIRTY");
    CHECK(same_failed == 1 && visible_failed == 0 && displacement_failed == 0,
          "correct arithmetic is not reported");
}

CHECK_NOINLINE static void make_linked(int n)
{
    int i;

    for (i = 0; i < n; i++) {
        void *p = GC_MALLOC(16);

        weak_word[i] = GC_HIDE_POINTER(p);
        EXPECT(GC_GENERAL_REGISTER_DISAPPEARING_LINK((void **)&weak_word[i], p) == GC_SUCCESS,
               "link %d", i);
    }
}

int main(void)
{
    check_start();
    GC_INIT();
    GC_REGISTER_DISPLACEMENT(sizeof(void *));
    test_allocation();
    test_realloc();
    test_reports();
    test_arithmetic();
    make_linked(40);
    CHECK(WEAK_NONE_LEFT(40), "links to debugging objects disappear");
    return check_done();
}
