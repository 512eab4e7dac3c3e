/* alloc-basic.c - every allocator at every small size: cleared, aligned, apart, big enough */
/* variants: plain verify stress incremental */
#include "check.h"
#include <gc/gc_mark.h>

enum { NORMAL, ATOMIC, UNCOLLECTABLE, ATOMIC_UNCOLLECTABLE, STUBBORN, OFF_PAGE, ATOMIC_OFF_PAGE,
       GENERIC, DEBUGGED, MANNERS };

static const char *const names[MANNERS] = {
    "GC_malloc", "GC_malloc_atomic", "GC_malloc_uncollectable", "GC_malloc_atomic_uncollectable",
    "GC_MALLOC_STUBBORN", "GC_malloc_ignore_off_page", "GC_malloc_atomic_ignore_off_page",
    "GC_generic_malloc", "GC_debug_malloc"};

static void *get(int manner, size_t n)
{
    switch (manner) {
    case NORMAL:
        return GC_malloc(n);
    case ATOMIC:
        return GC_malloc_atomic(n);
    case UNCOLLECTABLE:
        return GC_malloc_uncollectable(n);
    case ATOMIC_UNCOLLECTABLE:
        return GC_malloc_atomic_uncollectable(n);
    case STUBBORN:
        return GC_MALLOC_STUBBORN(n);
    case OFF_PAGE:
        return GC_malloc_ignore_off_page(n);
    case ATOMIC_OFF_PAGE:
        return GC_malloc_atomic_ignore_off_page(n);
    case GENERIC:
        return GC_generic_malloc(n, 1);
    default:
        return GC_debug_malloc(n, GC_EXTRAS);
    }
}

static int cleared(int manner)
{
    return manner != ATOMIC && manner != ATOMIC_UNCOLLECTABLE && manner != ATOMIC_OFF_PAGE;
}

static void try_size(int manner, size_t n)
{
    size_t align = n >= 16 && sizeof(void *) == 8 ? 16 : sizeof(void *);
    unsigned char *a = (unsigned char *)get(manner, n), *b = (unsigned char *)get(manner, n);

    EXPECT(a != NULL && b != NULL, "%s(%lu) gave NULL", names[manner], (unsigned long)n);
    if (a == NULL || b == NULL)
        return;
    EXPECT(((uintptr_t)a | (uintptr_t)b) % align == 0, "%s(%lu) is not aligned", names[manner],
           (unsigned long)n);
    if (cleared(manner))
        EXPECT(check_all_bytes(a, n, 0) && check_all_bytes(b, n, 0), "%s(%lu) is not cleared",
               names[manner], (unsigned long)n);
    memset(a, 0xA5, n);
    memset(b, 0x5A, n);
    EXPECT(check_all_bytes(a, n, 0xA5) && check_all_bytes(b, n, 0x5A), "%s(%lu) overlaps",
           names[manner], (unsigned long)n);
    if (manner == DEBUGGED) {
        EXPECT(GC_base(a) != NULL && (unsigned char *)GC_base(a) < a, "no debug header");
        return;
    }
    EXPECT(GC_size(a) >= n && GC_size(b) >= n, "%s: GC_size %lu for %lu", names[manner],
           (unsigned long)GC_size(a), (unsigned long)n);
    EXPECT(GC_size(a) <= n * 5 / 4 + 8192, "%s: GC_size %lu is wasteful for %lu", names[manner],
           (unsigned long)GC_size(a), (unsigned long)n);
    EXPECT(GC_base(a) == a && GC_base(b) == b, "%s(%lu): GC_base", names[manner],
           (unsigned long)n);
    if (n > 0)
        EXPECT(GC_base(a + n / 2) == a && GC_base(a + n - 1) == a,
               "%s(%lu): GC_base of an interior pointer", names[manner], (unsigned long)n);
    EXPECT(GC_is_heap_ptr(a) && GC_is_heap_ptr(b), "GC_is_heap_ptr");
    if (manner == UNCOLLECTABLE || manner == ATOMIC_UNCOLLECTABLE || n % 3 == 0) {
        GC_free(a);
        GC_free(b);
    }
}

static void strings(void)
{
    char *s = GC_strdup("a string"), *t = GC_strndup("a string", 4), *u = GC_strndup("ab", 100);

    CHECK(s != NULL && strcmp(s, "a string") == 0, "GC_strdup");
    CHECK(t != NULL && strcmp(t, "a st") == 0, "GC_strndup cuts");
    CHECK(u != NULL && strcmp(u, "ab") == 0, "GC_strndup of a short string");
    CHECK(GC_strdup(NULL) == NULL, "GC_strdup of NULL");
}

static void aligned(void)
{
    size_t align, n;
    void *p;

    /* libgc stops at its block size */
    for (align = sizeof(void *); align <= (check_is_stock ? 4096u : 65536u); align *= 2)
        for (n = 1; n < 30000; n = n * 3 + 1) {
            char *q = (char *)GC_memalign(align, n);

            EXPECT(q != NULL && (uintptr_t)q % align == 0, "GC_memalign(%lu, %lu)",
                   (unsigned long)align, (unsigned long)n);
            if (q != NULL)
                memset(q, 1, n);
            p = NULL;
            EXPECT(GC_posix_memalign(&p, align, n) == 0 && p != NULL && (uintptr_t)p % align == 0,
                   "GC_posix_memalign(%lu, %lu)", (unsigned long)align, (unsigned long)n);
            if (p != NULL)
                memset(p, 1, n);
        }
    VERDICT("aligned allocation");
    CHECK(GC_posix_memalign(&p, 3, 10) == EINVAL, "GC_posix_memalign refuses 3");
    CHECK(GC_posix_memalign(&p, sizeof(void *) / 2, 10) == EINVAL,
          "GC_posix_memalign refuses half a word");
}

/* An aligned object is kept by the pointer GC_memalign gave, from the heap too. */
static void **aligned_holder;

static void aligned_survives(void)
{
    size_t i;

    aligned_holder = (void **)GC_malloc(64 * sizeof(void *));
    for (i = 0; i < 64; i++) {
        aligned_holder[i] = GC_memalign((size_t)16 << (i % 9), 200);
        memset(aligned_holder[i], (int)i, 200);
        GC_END_STUBBORN_CHANGE(aligned_holder);
    }
    check_collect(2);
    for (i = 0; i < 2000; i++)
        memset(GC_memalign((size_t)16 << (i % 9), 200), 0xFF, 200);
    for (i = 0; i < 64; i++)
        EXPECT(check_all_bytes(aligned_holder[i], 200, (int)i), "aligned object %lu is lost",
               (unsigned long)i);
    VERDICT("aligned objects survive");
}

int main(void)
{
    int manner;
    size_t n, step;

    check_start();
    GC_INIT();
    for (manner = 0; manner < MANNERS; manner++) {
        step = check_work_percent < 50 ? 7 : 1;
        for (n = 0; n < 2600; n += step)
            try_size(manner, n);
        for (; n < 40000; n += 997)
            try_size(manner, n);
        for (n = 65536; n <= (size_t)4 << 20; n *= 2) {
            try_size(manner, n - 1);
            try_size(manner, n);
            try_size(manner, n + 1);
        }
        VERDICT(names[manner]);
    }
    strings();
    aligned();
    aligned_survives();
    return check_done();
}
