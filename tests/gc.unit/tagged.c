/* tagged.c - language runtimes tag pointers: finalizers and links for base + 1, as libgc takes them */
/* variants: plain verify incremental */
#include "check.h"

#define MANY 100
#define TAG 1

static int runs, wrong, replaced;
static void *weak[MANY], *long_weak[MANY];
static void *keep[MANY]; /* tagged */

/* The finalizer gets the pointer that was given, tag and all. */
static void GC_CALLBACK finalizer(void *obj, void *client)
{
    char *p = (char *)obj - TAG;

    runs++;
    if (((uintptr_t)p & (sizeof(void *) - 1)) != 0 || ((long *)p)[0] != 0x7A6 || client != &runs)
        wrong++;
}

CHECK_NOINLINE static void build(int held)
{
    int i;

    for (i = 0; i < MANY; i++) {
        char *p = (char *)GC_malloc(4 * sizeof(void *));
        GC_finalization_proc old = 0;
        void *data = NULL;

        ((long *)p)[0] = 0x7A6;
        weak[i] = (void *)check_hide(p + TAG);
        long_weak[i] = (void *)check_hide(p + TAG);
        EXPECT(GC_general_register_disappearing_link(&weak[i], p + TAG) == GC_SUCCESS, "link");
        EXPECT(GC_register_long_link(&long_weak[i], p + TAG) == GC_SUCCESS, "long link");
        GC_register_finalizer_no_order(p + TAG, finalizer, &runs, &old, &data);
        EXPECT(old == 0, "an old finalizer out of nowhere");
        GC_register_finalizer_no_order(p + TAG, finalizer, &runs, &old, &data);
        replaced += old == finalizer && data == &runs;
        keep[i] = held ? p + TAG : NULL;
    }
}

static int left(void **link)
{
    int i, n = 0;

    for (i = 0; i < MANY; i++)
        n += link[i] != NULL;
    return n;
}

int main(void)
{
    int i;

    check_start();
    GC_set_all_interior_pointers(0); /* as such runtimes do */
    GC_INIT();
    GC_register_displacement(TAG);
    build(1);
    CHECK(replaced == MANY, "registering again finds the first");
    check_collect(2);
    (void)GC_invoke_finalizers();
    CHECK(runs == 0 && left(weak) == MANY && left(long_weak) == MANY, "tagged pointers keep");
    for (i = 0; i < MANY; i++)
        EXPECT(*(long *)((char *)keep[i] - TAG) == 0x7A6, "a kept object is damaged");
    VERDICT("kept objects are whole");
    memset(keep, 0, sizeof keep);
    for (i = 0; i < 4; i++) {
        check_collect(1);
        (void)GC_invoke_finalizers();
    }
    CHECK(runs >= MANY * 9 / 10 && runs <= MANY, "finalizers run");
    CHECK(wrong == 0, "and get the pointer that was given");
    CHECK(left(weak) <= MANY / 10 && left(long_weak) <= MANY / 10, "links are cleared");
    return check_done();
}
