/* realloc.c - GC_realloc keeps contents and kind, grows, shrinks, frees */
/* variants: plain verify stress incremental */
#include "check.h"
#include <gc/gc_mark.h>

static unsigned char *keep;
static void *weak;

static void fill(unsigned char *p, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        p[i] = (unsigned char)(i * 13 + 1);
}

static int filled(const unsigned char *p, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (p[i] != (unsigned char)(i * 13 + 1))
            return 0;
    return 1;
}

/* 1 << 22 is beyond every small size; shrinking visits the sizes again. */
static void up_and_down(void *(*get)(size_t), int kind, const char *name)
{
    check_rng r;
    size_t n = 1, m;
    int i;

    check_rng_seed(&r, (uint64_t)kind);
    keep = (unsigned char *)get(n);
    fill(keep, n);
    for (i = 0; i < 400; i++) {
        m = 1 + check_below(&r, 1u << (1 + check_below(&r, i % 40 == 0 ? 22 : 15)));
        keep = (unsigned char *)GC_realloc(keep, m);
        EXPECT(keep != NULL, "%s: NULL for %lu", name, (unsigned long)m);
        if (keep == NULL)
            break;
        EXPECT(filled(keep, m < n ? m : n), "%s: contents lost from %lu to %lu", name,
               (unsigned long)n, (unsigned long)m);
        EXPECT(GC_size(keep) >= m, "%s: too small", name);
        EXPECT(GC_get_kind_and_size(keep, NULL) == kind, "%s: another kind", name);
        fill(keep, m);
        n = m;
        if (i % 50 == 0)
            GC_gcollect();
    }
    VERDICT(name);
    GC_free(keep);
    keep = NULL;
}

/* What is scanned stays scanned, what is not stays so. */
CHECK_NOINLINE static void scanned(int atomic)
{
    void **holder = (void **)(atomic ? GC_malloc_atomic(64) : GC_malloc(64));
    void *target = GC_malloc_atomic(40);

    weak = (void *)GC_HIDE_POINTER(target);
    (void)GC_general_register_disappearing_link(&weak, target);
    holder = (void **)GC_realloc(holder, 5000);
    holder[500] = target;
    GC_END_STUBBORN_CHANGE(holder);
    keep = (unsigned char *)holder;
}

int main(void)
{
    unsigned char *p, *q;
    int i, gone = 0;

    check_start();
    GC_INIT();
    up_and_down(GC_malloc, GC_get_kind_and_size(GC_malloc(10), NULL), "GC_malloc");
    up_and_down(GC_malloc_atomic, GC_get_kind_and_size(GC_malloc_atomic(10), NULL),
                "GC_malloc_atomic");
    p = (unsigned char *)GC_malloc_uncollectable(10);
    up_and_down(GC_malloc_uncollectable, GC_get_kind_and_size(p, NULL), "GC_malloc_uncollectable");
    GC_free(p);
    p = (unsigned char *)GC_malloc_atomic_uncollectable(10);
    up_and_down(GC_malloc_atomic_uncollectable, GC_get_kind_and_size(p, NULL),
                "GC_malloc_atomic_uncollectable");
    GC_free(p);

    p = (unsigned char *)GC_realloc(NULL, 100);
    CHECK(p != NULL && check_all_bytes(p, 100, 0), "NULL is an allocation");
    CHECK(GC_realloc(p, 0) == NULL, "size 0 frees");
    p = (unsigned char *)GC_malloc(100);
    q = (unsigned char *)GC_realloc(p, 100);
    CHECK(p == q, "the same size stays in place");

    scanned(0);
    check_collect(2);
    CHECK(weak != NULL && ((void **)keep)[500] == GC_REVEAL_POINTER((GC_word)weak),
          "a resized object is scanned");
    for (i = 0; i < 10; i++) {
        scanned(1);
        check_collect(2);
        gone += weak == NULL;
        (void)GC_unregister_disappearing_link(&weak);
    }
    if (!check_dead_stay())
        CHECK(gone >= 8, "a resized pointer-free object is not scanned");

    p = (unsigned char *)GC_debug_malloc(50, GC_EXTRAS);
    fill(p, 50);
    p = (unsigned char *)GC_debug_realloc(p, 5000, GC_EXTRAS);
    CHECK(p != NULL && filled(p, 50), "GC_debug_realloc keeps contents");
    GC_debug_free(p);
    return check_done();
}
