/* family.c - malloc and its relatives: sizes, alignments, contents, errors, errno */
/* cflags: -fno-builtin */
#include "check.h"

#include <malloc.h>
#include <stdalign.h>

static volatile size_t huge = SIZE_MAX - 100000;

static void test_sizes(void)
{
    size_t n;

    for (n = 0; n < 300000; n = n * 3 / 2 + 1) {
        char *p = malloc(n), *q;

        EXPECT(p != NULL && (uintptr_t)p % alignof(max_align_t) == 0, "malloc(%zu) = %p", n, p);
        EXPECT(malloc_usable_size(p) >= n, "usable %zu of %zu", malloc_usable_size(p), n);
        memset(p, 'p', n);
        q = calloc(n, 1);
        EXPECT(check_all_bytes(q, n, 0), "calloc(%zu)", n);
        p = realloc(p, 2 * n + 5);
        EXPECT(check_all_bytes(p, n, 'p'), "realloc up from %zu", n);
        p = realloc(p, n / 3 + 1);
        EXPECT(check_all_bytes(p, n / 3, 'p'), "realloc down from %zu", n);
        free(q);
        free(p);
    }
    VERDICT("sizes");
}

static void test_alignment(void)
{
    size_t align, n;

    for (align = sizeof(void *); align <= 1 << 20; align *= 2)
        for (n = 1; n < 100000; n *= 7) {
            void *p = NULL, *q = aligned_alloc(align, n), *r = memalign(align, n);

            EXPECT(posix_memalign(&p, align, n) == 0 && (uintptr_t)p % align == 0,
                   "posix_memalign(%zu, %zu) = %p", align, n, p);
            EXPECT(q != NULL && (uintptr_t)q % align == 0, "aligned_alloc(%zu, %zu)", align, n);
            EXPECT(r != NULL && (uintptr_t)r % align == 0, "memalign(%zu, %zu)", align, n);
            memset(p, 'a', n);
            p = realloc(p, n + 100);
            EXPECT(check_all_bytes(p, n, 'a'), "realloc of an aligned block");
            free(p);
            free(q);
            free(r);
        }
    EXPECT((uintptr_t)valloc(3) % 4096 == 0, "valloc");
    EXPECT((uintptr_t)pvalloc(3) % 4096 == 0 && malloc_usable_size(pvalloc(3)) >= 4096, "pvalloc");
    EXPECT((uintptr_t)memalign(48, 10) % 64 == 0, "memalign takes the next power of two");
    VERDICT("alignment");
}

static void test_errors(void)
{
    void *p = &p, *kept = malloc(10);

    errno = 0;
    CHECK(malloc(huge) == NULL && errno == ENOMEM, "malloc of nearly the address space");
    errno = 0;
    CHECK(calloc(huge, 4) == NULL && errno == ENOMEM, "calloc overflows");
    errno = 0;
    CHECK(reallocarray(kept, huge, 4) == NULL && errno == ENOMEM, "reallocarray overflows");
    memset(kept, 1, 10); /* it is still there */
    CHECK(realloc(kept, huge) == NULL, "realloc that fails leaves the block");
    memset(kept, 1, 10);
    errno = 5;
    CHECK(posix_memalign(&p, 3, 10) == EINVAL && posix_memalign(&p, 8, huge) == ENOMEM
              && p == (void *)&p && errno == 5, "posix_memalign answers and changes nothing");
    free(kept);
    free(NULL);
    CHECK(realloc(malloc(10), 0) == NULL, "realloc to nothing frees");
    free(malloc(100000));
    CHECK(errno == 5, "free leaves errno alone");
    CHECK(malloc_usable_size(NULL) == 0, "usable size of nothing");
}

static void test_strings(void)
{
    char *a = strdup("abc"), *b = strndup("abcdef", 4), *c = strndup("x", 100);

    CHECK(!strcmp(a, "abc") && !strcmp(b, "abcd") && !strcmp(c, "x"), "strings");
    free(a);
    free(b);
    free(c);
}

/* 100 times the memory there may be: unreachable blocks are reclaimed. */
static void test_reclaimed(void)
{
    struct rusage usage;
    long i;

    for (i = 0; i < 200000; i++) {
        char *volatile p = malloc(5000);

        p[0] = p[4999] = 'x';
    }
    getrusage(RUSAGE_SELF, &usage);
    CHECK(usage.ru_maxrss < 200 * 1024, "what is not freed is collected");
}

int main(void)
{
    check_start();
    test_sizes();
    test_alignment();
    test_errors();
    test_strings();
    test_reclaimed();
    return check_done();
}
