/* roots.c - roots added, removed, excluded, cleared; push_other_roots; temporary roots */
/* variants: plain verify stress incremental */
#include "check.h"
#include <gc/gc_mark.h>
#include <sys/mman.h>

#define MANY 64

static void *weak[MANY];
static void *in_static[MANY];
static char padding[4096];
static void *excluded[4096 / sizeof(void *)] __attribute__((aligned(4096)));
static void **outside; /* mmap'ed: no root by itself */

CHECK_NOINLINE static void fill(void **place)
{
    int i;

    for (i = 0; i < MANY; i++) {
        void *p = GC_malloc(40);

        weak[i] = (void *)check_hide(p);
        (void)GC_general_register_disappearing_link(&weak[i], p);
        place[i] = p;
    }
}

static int kept(void **place)
{
    int i, n = 0;

    check_collect(2);
    for (i = 0; i < MANY; i++) {
        n += weak[i] != NULL;
        (void)GC_unregister_disappearing_link(&weak[i]);
        place[i] = NULL;
    }
    return n;
}

static GC_push_other_roots_proc others;
static void **pushed_place;
static int pushes;

static void GC_CALLBACK push_mine(void)
{
    pushes++;
    if (pushed_place != NULL)
        GC_push_all(pushed_place, pushed_place + MANY);
    if (others != 0)
        others();
}

static void GC_CALLBACK push_eagerly(void)
{
    pushes++;
    GC_push_all_eager(pushed_place, pushed_place + MANY);
    if (others != 0)
        others();
}

int main(void)
{
    check_start();
    GC_INIT();
    fill(in_static);
    CHECK(kept(in_static) == MANY, "static data is a root");

    outside = (void **)mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                            0);
    fill(outside);
    CHECK_UNSEARCHED(kept(outside) <= MANY / 10, "other memory is not");
    GC_add_roots(outside, outside + MANY);
    fill(outside);
    CHECK(kept(outside) == MANY, "until it is added");
    fill(outside);
    GC_add_roots(outside, outside + MANY); /* again: no harm */
    CHECK(kept(outside) == MANY, "added twice");
    GC_remove_roots(outside, outside + MANY);
    fill(outside);
    CHECK_UNSEARCHED(kept(outside) <= MANY / 10, "removed again");
    GC_remove_roots(outside, outside + MANY);
    GC_add_roots((char *)outside + 1, (char *)(outside + MANY)); /* not aligned */
    fill(outside);
    CHECK(kept(outside) >= MANY - 1, "bounds that are not aligned");
    GC_remove_roots(outside, outside + MANY);

    GC_exclude_static_roots(excluded, excluded + sizeof excluded / sizeof *excluded);
    fill(excluded);
    CHECK(kept(excluded) <= MANY / 10, "excluded static data");
    fill(in_static);
    CHECK(kept(in_static) == MANY, "its neighbours stay roots");

    others = GC_get_push_other_roots();
    pushed_place = outside;
    GC_set_push_other_roots(push_mine);
    fill(outside);
    CHECK(kept(outside) == MANY && pushes > 0, "pushed by the program");
    GC_set_push_other_roots(push_eagerly);
    fill(outside);
    CHECK(kept(outside) == MANY, "pushed eagerly");
    GC_set_push_other_roots(others);
    fill(outside);
    CHECK_UNSEARCHED(kept(outside) <= MANY / 10, "no longer pushed");
    CHECK(padding[0] == 0, "data is whole");

    GC_clear_roots();
    GC_add_roots(outside, outside + MANY);
    fill(outside);
    CHECK(kept(outside) == MANY, "added after clearing all");
    return check_done();
}
