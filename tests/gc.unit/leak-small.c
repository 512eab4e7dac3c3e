/* leak-small.c - a report of leaked objects too small for a debugging header leaves their neighbours alone */
#include "check.h"

#define N 3000

static void **kept[N];

static void fill(void)
{
    int i;

    for (i = 0; i < N; i++) {
        void **p = (void **)GC_malloc(sizeof *p * 2);

        p[0] = GC_malloc_atomic(1);
        p[1] = p;
        if (i % 2 == 0) { /* every second one and what it refers to leaks */
            GC_free(kept[i] != NULL ? kept[i][0] : NULL);
            GC_free(kept[i]);
            kept[i] = p;
        }
    }
}

int main(void)
{
    int i, round;

    check_start();
    GC_set_find_leak(1);
    GC_INIT();
    for (round = 0; round < 5; round++) {
        fill();
        GC_gcollect();
        for (i = 0; i < N; i += 2)
            EXPECT(kept[i][1] == (void *)kept[i] && GC_base(kept[i][0]) == kept[i][0],
                   "object %d, round %d, has %p at %p", i, round, kept[i][1], (void *)kept[i]);
    }
    VERDICT("objects beside leaked ones are as they were");
    return check_done();
}
