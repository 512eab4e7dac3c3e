/* gc-exclude.c - gc.h: GC_exclude_static_roots, GC_clear_exclusion_table */
/* variants: plain verify */
/* purpose: an excluded part of static data keeps nothing, its surroundings do */
#include "weak.h"

enum { N = 30 };

static void *volatile words[3 * N] __attribute__((aligned(64)));

CHECK_NOINLINE static void fill(void *volatile *at, int from)
{
    int i;

    for (i = 0; i < N; i++) {
        void *p = GC_malloc(40);

        at[i] = p;
        weak_set(from + i, p);
    }
}

int main(void)
{
    int i, left[2] = {0, 0};

    check_start();
    GC_exclude_static_roots((void *)&words[N], (void *)&words[2 * N]);
    GC_INIT();
    fill(&words[N], 0);
    fill(&words[2 * N], N);
    (void)weak_left(2 * N);
    for (i = 0; i < 2 * N; i++)
        left[i / N] += weak_word[i] != 0;
    CHECK(left[0] <= N / 8, "an excluded part keeps nothing");
    CHECK(left[1] == N, "what is next to it does");
    weak_clear();
    if (!check_is_stock) { /* libgc needs its own entries */
        GC_clear_exclusion_table();
        fill(&words[N], 0);
        CHECK(WEAK_ALL_LEFT(N), "GC_clear_exclusion_table: everything is a root again");
        weak_clear();
    }
    return check_done();
}
