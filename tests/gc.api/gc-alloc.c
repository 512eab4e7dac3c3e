/* gc-alloc.c - gc.h: each allocation function and macro gives what it promises */
/* variants: plain verify incremental */
/* purpose: every allocator: contents, what keeps what, alignment, resizing, freeing */
#include "weak.h"
#include <gc/gc_mark.h>

enum { N = 40, LARGE_BYTES = 300000 };

static void *volatile root;      /* what the test keeps */
static char *inner[N];  /* pointers into the middle of large objects */

/* N holders made by make(), each the only one to point to a watched object. */
CHECK_NOINLINE static void hold(void *(*make)(size_t))
{
    void **list = (void **)GC_malloc(N * sizeof(void *));
    int i;

    for (i = 0; i < N; i++) {
        void **holder = (void **)make(4 * sizeof(void *));
        void *target = GC_malloc(24);

        GC_PTR_STORE_AND_DIRTY(&holder[1], target);
        GC_PTR_STORE_AND_DIRTY(&list[i], holder);
        weak_set(i, target);
    }
    root = list;
}

/* The same, with holders that nothing points to. */
CHECK_NOINLINE static void hold_hidden(void *(*make)(size_t), GC_word *hidden)
{
    int i;

    hold(make);
    for (i = 0; i < N; i++)
        hidden[i] = GC_HIDE_POINTER(((void **)root)[i]);
    root = NULL;
}

/* A register or stack slot that still has the list must not stand for all. */
static void drop(void)
{
    memset(root, 0, N * sizeof(void *));
    root = NULL;
}

static void test_kinds(void)
{
    static GC_word hidden[N];
    int i;

    hold(GC_malloc);
    CHECK(WEAK_ALL_LEFT(N), "a GC_malloc object keeps what it points to");
    drop();
    CHECK(WEAK_NONE_LEFT(N), "unreachable objects are reclaimed");
    weak_clear();

    hold(GC_malloc_atomic);
    CHECK(WEAK_NONE_LEFT(N), "a GC_malloc_atomic object keeps nothing");
    weak_clear();
    hold(GC_malloc_atomic_ignore_off_page);
    CHECK(WEAK_NONE_LEFT(N), "a GC_malloc_atomic_ignore_off_page object keeps nothing");
    weak_clear();
    hold(GC_malloc_ignore_off_page);
    CHECK(WEAK_ALL_LEFT(N), "a GC_malloc_ignore_off_page object keeps what it points to");
    weak_clear();

    hold_hidden(GC_malloc_uncollectable, hidden);
    CHECK(WEAK_ALL_LEFT(N), "an unreachable GC_malloc_uncollectable object keeps its target");
    for (i = 0; i < N; i++)
        GC_free(GC_REVEAL_POINTER(hidden[i]));
    CHECK(WEAK_NONE_LEFT(N), "until it is freed");
    weak_clear();

    hold_hidden(GC_malloc_atomic_uncollectable, hidden);
    for (i = 0; i < N; i++)
        EXPECT(GC_base(GC_REVEAL_POINTER(hidden[i])) == GC_REVEAL_POINTER(hidden[i]), "object %d",
               i);
    VERDICT("GC_malloc_atomic_uncollectable objects stay");
    CHECK(WEAK_NONE_LEFT(N), "and keep nothing");
    for (i = 0; i < N; i++)
        GC_free(GC_REVEAL_POINTER(hidden[i]));
    weak_clear();
}

CHECK_NOINLINE static void hold_inside(void *(*make)(size_t))
{
    int i;

    for (i = 0; i < N; i++) {
        char *p = (char *)make(LARGE_BYTES);

        weak_set(i, p);
        inner[i] = p + LARGE_BYTES / 2;
    }
}

static void test_off_page(void)
{
    hold_inside(GC_malloc_atomic);
    CHECK(WEAK_ALL_LEFT(N), "a pointer far inside keeps an ordinary large object");
    weak_clear();
    hold_inside(GC_malloc_ignore_off_page);
    CHECK(WEAK_NONE_LEFT(N), "but not one of GC_malloc_ignore_off_page");
    weak_clear();
    hold_inside(GC_malloc_atomic_ignore_off_page);
    CHECK(WEAK_NONE_LEFT(N), "nor one of GC_malloc_atomic_ignore_off_page");
    weak_clear();
    memset(inner, 0, sizeof inner);
}

static void test_contents(void)
{
    size_t n;
    void *a = GC_malloc(0), *b = GC_malloc(0);

    for (n = 1; n < 6000; n += n < 64 ? 1 : n / 5) {
        char *p = (char *)GC_malloc(n), *q = (char *)GC_malloc_uncollectable(n);

        EXPECT(check_all_bytes(p, n, 0) && check_all_bytes(q, n, 0), "%lu bytes not clear",
               (unsigned long)n);
        EXPECT((GC_word)p % (2 * sizeof(void *)) == 0, "%lu bytes not aligned", (unsigned long)n);
        memset(p, 0xA5, n);
        memset(q, 0x5A, n);
        memset(GC_malloc_atomic(n), 0xEE, n);
        EXPECT(check_all_bytes(p, n, 0xA5) && check_all_bytes(q, n, 0x5A), "%lu bytes overlap",
               (unsigned long)n);
        GC_free(p);
        GC_free(q);
    }
    VERDICT("objects are clear, aligned and apart");
    CHECK(a != NULL && b != NULL && a != b, "GC_malloc(0) gives distinct objects");
}

static void test_strings(void)
{
    char text[] = "tide", *copy = GC_strdup(text), *part = GC_strndup(text, 2);

    CHECK(copy != text && strcmp(copy, "tide") == 0, "GC_strdup copies");
    CHECK(GC_strdup(NULL) == NULL, "GC_strdup of NULL");
    CHECK(strcmp(part, "ti") == 0, "GC_strndup cuts");
    CHECK(strcmp(GC_strndup(text, 99), "tide") == 0, "GC_strndup stops at the end");
    CHECK(strcmp(GC_STRDUP("mark"), "mark") == 0 && strcmp(GC_STRNDUP("mark", 3), "mar") == 0,
          "GC_STRDUP and GC_STRNDUP");
}

static void test_alignment(void)
{
    size_t align, most = check_is_stock ? 4096 : 65536; /* libgc: a block */
    void *p;

    for (align = sizeof(void *); align <= most; align *= 2) {
        p = GC_memalign(align, 100);
        EXPECT(p != NULL && (GC_word)p % align == 0, "GC_memalign(%lu)", (unsigned long)align);
        if (p != NULL)
            memset(p, 1, 100);
        p = NULL;
        EXPECT(GC_posix_memalign(&p, align, 33) == 0 && p != NULL && (GC_word)p % align == 0,
               "GC_posix_memalign(%lu)", (unsigned long)align);
    }
    VERDICT("GC_memalign and GC_posix_memalign align");
    p = &align;
    CHECK(GC_posix_memalign(&p, 3, 8) == EINVAL, "GC_posix_memalign refuses an odd alignment");
    CHECK(p == (void *)&align, "and stores nothing");
}

static void test_realloc(void)
{
    char *p = (char *)GC_malloc(20);
    size_t n, size;
    void *q;
    int kind;

    for (n = 0; n < 20; n++)
        p[n] = (char)n;
    p = (char *)GC_realloc(p, 5000);
    for (n = 0; n < 20; n++)
        EXPECT(p[n] == (char)n, "byte %lu", (unsigned long)n);
    EXPECT(check_all_bytes(p + 20, 4980, 0), "what was gained is not clear");
    p = (char *)GC_realloc(p, 10);
    for (n = 0; n < 10; n++)
        EXPECT(p[n] == (char)n, "byte %lu after shrinking", (unsigned long)n);
    VERDICT("GC_realloc keeps contents and clears the rest");
    for (n = 16; n < 20000; n += n / 3) {
        p = (char *)GC_malloc(n);
        memset(p, 0x77, n);
        p = (char *)GC_realloc(GC_realloc(p, n / 2 + n / 8), n);
        EXPECT(check_all_bytes(p, n / 2 + n / 8, 0x77), "%lu bytes: lost", (unsigned long)n);
        EXPECT(check_all_bytes(p + n / 2 + n / 8, n - n / 2 - n / 8, 0), "%lu bytes: not clear",
               (unsigned long)n);
    }
    VERDICT("also what was given up before");
    size = GC_get_expl_freed_bytes_since_gc();
    GC_disable();
    p = (char *)GC_realloc(GC_malloc(5000), 20000);
    CHECK(GC_get_expl_freed_bytes_since_gc() >= size + 5000, "an object that moves is freed");
    GC_enable();
    q = GC_realloc(NULL, 30);
    CHECK(q != NULL && GC_size(q) >= 30, "GC_realloc of NULL allocates");
    CHECK(GC_realloc(q, 0) == NULL, "GC_realloc to 0 frees");
    kind = GC_get_kind_and_size(GC_malloc_atomic(8), NULL);
    q = GC_REALLOC(GC_MALLOC_ATOMIC(8), 4000);
    CHECK(GC_get_kind_and_size(q, &size) == kind && size >= 4000, "an atomic object stays atomic");
}

static void test_free(void)
{
    size_t before = GC_get_expl_freed_bytes_since_gc();
    GC_word non_gc = GC_get_non_gc_bytes();
    void *p = GC_MALLOC(5000), *u = GC_MALLOC_UNCOLLECTABLE(5000);
    void *a = GC_MALLOC_ATOMIC_UNCOLLECTABLE(5000);

    if (!check_is_stock) { /* libgc 8.2 misses some */
        CHECK(GC_get_non_gc_bytes() >= non_gc + 10000, "uncollectable bytes are counted");
    }
    GC_free(NULL);
    GC_FREE(u);
    GC_FREE(a);
    if (!check_is_stock) {
        CHECK(GC_get_non_gc_bytes() == non_gc, "until they are freed");
    }
    GC_FREE(p);
    CHECK(GC_get_expl_freed_bytes_since_gc() >= before + 5000, "freed bytes are counted");
}

static void test_lists(void)
{
    size_t bytes;

    for (bytes = 1; bytes < 1000; bytes += 37) {
        void *list = GC_malloc_many(bytes), *next;
        int n = 0;

        EXPECT(list != NULL, "no list of %lu bytes", (unsigned long)bytes);
        for (; list != NULL; list = next, n++) {
            next = GC_NEXT(list);
            GC_NEXT(list) = NULL;
            EXPECT(GC_base(list) == list && GC_size(list) >= bytes, "%lu bytes: object %d",
                   (unsigned long)bytes, n);
            EXPECT(check_all_bytes(list, bytes, 0), "%lu bytes: object %d not clear",
                   (unsigned long)bytes, n);
        }
        EXPECT(n > 0, "empty list");
    }
    VERDICT("GC_malloc_many lists whole clear objects");
}

struct pair {
    struct pair *next;
    long value;
};

#if defined(__GNUC__)
# pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

static void test_macros(void)
{
    struct pair *a = GC_NEW(struct pair), *b = GC_NEW_ATOMIC(struct pair);
    struct pair *c = GC_NEW_UNCOLLECTABLE(struct pair), *d = GC_NEW_STUBBORN(struct pair);
    void *s = GC_malloc_stubborn(100), *t = GC_MALLOC_STUBBORN(100);

    CHECK(a && b && c && d && a->next == NULL && c->value == 0 && d->next == NULL,
          "GC_NEW and its relatives");
    GC_CHANGE_STUBBORN(d);
    GC_change_stubborn(s);
    GC_PTR_STORE(&d->next, a);
    GC_END_STUBBORN_CHANGE(d);
    GC_reachable_here(a);
    GC_ptr_store_and_dirty(s, d);
    CHECK(*(void **)s == d && d->next == a && t != NULL, "stubborn objects are ordinary ones");
    CHECK(GC_size(GC_MALLOC_IGNORE_OFF_PAGE(70000)) >= 70000
              && GC_size(GC_MALLOC_ATOMIC_IGNORE_OFF_PAGE(70000)) >= 70000,
          "the macros for large arrays");
    GC_FREE(c);
}

int main(void)
{
    check_start();
    GC_INIT();
    test_contents();
    test_kinds();
    test_off_page();
    test_strings();
    test_alignment();
    test_realloc();
    test_free();
    test_lists();
    test_macros();
    return check_done();
}
