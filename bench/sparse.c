/* sparse.c - much to scan, little to find: sparse [MB] [collections]
 *
 * Arrays of 8 MB that may hold pointers but hold numbers; one word in 512
 * points to a small object.  Then full collections, with a few replaced
 * objects in between.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

#define ARRAY_BYTES (8u << 20)
#define ARRAY_WORDS (ARRAY_BYTES / sizeof(uint64_t))
#define SPACING 512
#define MAX_ARRAYS 1024

union word {
    struct leaf *leaf;
    double real;
    uint64_t integer;
};

struct leaf {
    uint64_t array, index, check;
};

static union word *arrays[MAX_ARRAYS];

static struct leaf *new_leaf(size_t array, size_t index)
{
    struct leaf *l = bench_need(GC_MALLOC_ATOMIC(sizeof(struct leaf)));

    l->array = array;
    l->index = index;
    l->check = bench_mix(array, index);
    return l;
}

static void fill(size_t a)
{
    size_t i;
    uint64_t seed = a;

    arrays[a] = bench_need(GC_MALLOC_IGNORE_OFF_PAGE(ARRAY_BYTES));
    for (i = 0; i < ARRAY_WORDS; i++) {
        if (i % SPACING == 0)
            arrays[a][i].leaf = new_leaf(a, i);
        else if (i % 2 == 0)
            arrays[a][i].integer = i * 3;
        else
            arrays[a][i].real = 1.0 + (double)bench_below(&seed, 1000000) / 7.0;
    }
}

static uint64_t check(size_t a)
{
    size_t i;
    uint64_t sum = 0;

    for (i = 0; i < ARRAY_WORDS; i += SPACING) {
        const struct leaf *l = arrays[a][i].leaf;

        if (l->array != a || l->index != i || l->check != bench_mix(a, i))
            bench_fail("leaf %zu of array %zu is damaged", i, a);
        sum += l->check;
    }
    for (i = 2; i < ARRAY_WORDS; i += 2)
        if (i % SPACING != 0 && arrays[a][i].integer != i * 3)
            bench_fail("word %zu of array %zu is damaged", i, a);
    return sum;
}

int main(int argc, char **argv)
{
    size_t a, count, i;
    unsigned long k, collections;
    uint64_t work = 0, began_ns, collecting_ns = 0;
    char extra[64];

    bench_init("sparse");
    count = (size_t)bench_arg(argc, argv, 1, 512) / 8;
    collections = bench_arg(argc, argv, 2, 10);
    if (count < 1 || count > MAX_ARRAYS)
        bench_fail("size must be 8..%d MB", MAX_ARRAYS * 8);
    for (a = 0; a < count; a++)
        fill(a);
    for (k = 0; k < collections; k++) {
        for (a = 0; a < count; a++)
            for (i = 0; i < ARRAY_WORDS; i += 16 * SPACING)
                arrays[a][i].leaf = new_leaf(a, i);
        began_ns = bench_now_ns();
        GC_gcollect();
        collecting_ns += bench_now_ns() - began_ns;
    }
    for (a = 0; a < count; a++)
        work = bench_mix(work, check(a));
    snprintf(extra, sizeof extra, " collect_ms=%.1f",
             (double)collecting_ns / 1e6 / (double)(collections ? collections : 1));
    bench_done(work, extra);
    return 0;
}
