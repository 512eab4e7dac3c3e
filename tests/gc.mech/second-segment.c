/* second-segment.c - DATASTART2 .. DATAEND2 is a root, and nothing beside it */
/* variants: plain */
#include "check.h"
#include <sys/mman.h>

#define BYTES 65536
#define MANY 32

char *second_lo, *second_hi; /* the second half of a mapping that nobody else knows */
static void *weak[2][MANY];

CHECK_NOINLINE static void fill(void **place, int which)
{
    int i;

    for (i = 0; i < MANY; i++) {
        char *p = (char *)GC_malloc_atomic(40);

        memset(p, i, 40);
        weak[which][i] = (void *)check_hide(p);
        (void)GC_general_register_disappearing_link(&weak[which][i], p);
        place[i] = p;
    }
}

static int left(int which)
{
    int i, n = 0;

    for (i = 0; i < MANY; i++)
        n += weak[which][i] != NULL;
    return n;
}

int main(void)
{
    char *map;

    check_start();
    map = (char *)mmap(NULL, 2 * BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == (char *)MAP_FAILED) {
        check_unsupported("no memory mapping");
        return check_done();
    }
    second_lo = map + BYTES;
    second_hi = map + 2 * BYTES;
    GC_INIT();
    fill((void **)second_lo, 0);
    fill((void **)map, 1);
    check_collect(2);
    CHECK(left(0) == MANY, "the second segment is a root");
    CHECK(left(1) <= MANY / 10, "memory beside it is none");
    return check_done();
}
