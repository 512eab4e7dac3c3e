/* mappings.c - blocks that only memory mapped by the program points to */
#include "check.h"

#include <sys/mman.h>

#ifndef MAP_NORESERVE
# define MAP_NORESERVE 0
#endif
#define PAGES 64

static size_t page;

static CHECK_NOINLINE void fill(char **slots, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        slots[i] = malloc(100);
        memset(slots[i], (int)(i % 100), 100);
    }
}

static CHECK_NOINLINE void churn(void)
{
    int i;

    for (i = 0; i < 100000; i++) {
        char *volatile p = malloc(100);

        memset(p, 0xff, 100);
    }
}

static void expect_filled(char **slots, size_t n, const char *what)
{
    size_t i;

    for (i = 0; i < n; i++)
        EXPECT(check_all_bytes(slots[i], 100, (int)(i % 100)), "%s: slot %zu", what, i);
    VERDICT(what);
}

static void *map(size_t bytes, int protection)
{
    void *p = mmap(NULL, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (p == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    return p;
}

int main(void)
{
    char *a, *b, *big;
    struct rusage usage;
    int i;

    check_start();
    page = (size_t)sysconf(_SC_PAGESIZE);
    a = map(PAGES * page, PROT_READ | PROT_WRITE);
    fill((char **)a, 1000);
    churn();
    expect_filled((char **)a, 1000, "an anonymous mapping");

    b = mremap(a, PAGES * page, 8 * PAGES * page, MREMAP_MAYMOVE);
    churn();
    expect_filled((char **)b, 1000, "a mapping that was moved");

    munmap(b + page * 4, page); /* a hole; 1000 slots need two pages */
    churn();
    expect_filled((char **)b, 2 * page / sizeof(char *) < 1000 ? 2 * page / sizeof(char *) : 1000,
                  "a mapping with a hole");
    mprotect(b + page * 8, page, PROT_NONE);
    churn();
    munmap(b, 8 * PAGES * page);

    a = map(PAGES * page, PROT_NONE);
    mprotect(a + page, 2 * page, PROT_READ | PROT_WRITE);
    fill((char **)(a + page), 500);
    churn();
    expect_filled((char **)(a + page), 500, "memory reserved first and made writable later");
    for (i = 0; i < 2000; i++) { /* many mappings that come and go */
        char *p = map((size_t)(i % 7 + 1) * page, PROT_READ | PROT_WRITE);

        *(void **)p = malloc(10);
        if (i % 3 != 0)
            munmap(p, (size_t)(i % 7 + 1) * page);
    }
    churn();
    CHECK(1, "many mappings");

    if (sizeof(void *) == 8) {
        big = map((size_t)32 << 30, PROT_READ | PROT_WRITE);
        fill((char **)(big + ((size_t)17 << 30)), 100);
        churn();
        expect_filled((char **)(big + ((size_t)17 << 30)), 100, "one place in a huge mapping");
        getrusage(RUSAGE_SELF, &usage);
        CHECK(usage.ru_maxrss < 400 * 1024, "a huge mapping does not become resident");
    }
    return check_done();
}
