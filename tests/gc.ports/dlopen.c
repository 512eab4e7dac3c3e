/* dlopen.c - data of libraries loaded at run time are roots while loaded, not after */
/* needs: library-roots */
/* variants: plain verify incremental */
/* solib: lib-roots.c */
#include "check.h"
#include <dlfcn.h>

#define MANY 48

static void *weak[3][MANY];
static int filtered, filter_odd;

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

CHECK_NOINLINE static void look(void **place, int which)
{
    int i;

    for (i = 0; i < MANY; i++)
        EXPECT(weak[which][i] != NULL && check_all_bytes(place[i], 40, i),
               "library data of sort %d lost object %d", which, i);
}

static int left(void)
{
    int i, k, n = 0;

    for (k = 0; k < 3; k++)
        for (i = 0; i < MANY; i++) {
            n += weak[k][i] != NULL;
            (void)GC_unregister_disappearing_link(&weak[k][i]);
            weak[k][i] = NULL;
        }
    return n;
}

static int GC_CALLBACK filter(const char *name, void *start, size_t size)
{
    filtered++;
    filter_odd += start == NULL || size == 0;
    return name == NULL || strstr(name, "lib-roots") == NULL;
}

/* Returns 0 when libraries cannot be loaded. */
CHECK_NOINLINE static int one_round(const char *path, int through_gc)
{
    void **(*where)(int) = NULL, *lib;
    int k;

#ifdef GC_THREADS
    lib = through_gc ? GC_dlopen(path, RTLD_NOW) : dlopen(path, RTLD_NOW);
#else
    (void)through_gc;
    lib = dlopen(path, RTLD_NOW);
#endif
    if (lib == NULL)
        return 0;
    *(void **)&where = dlsym(lib, "lib_place");
    for (k = 0; k < 3; k++)
        fill(where(k), k);
    check_collect(1);
    for (k = 0; k < 2000; k++)
        memset(GC_malloc_atomic(40), 0xFF, 40);
    for (k = 0; k < 3; k++)
        look(where(k), k);
    dlclose(lib);
    return 1;
}

int main(void)
{
    const char *path = getenv("GC_TEST_SOLIB");
    long i, rounds;
    int kept = 0;

    check_start();
    GC_INIT();
    rounds = check_work(60);
    for (i = 0; i < rounds; i++) {
        if (path == NULL || !one_round(path, (int)(i & 1))) {
            check_unsupported("no shared objects");
            return check_done();
        }
        check_collect(1);
        kept += left();
    }
    VERDICT("data of a loaded library keeps objects");
    if (dlopen(path, RTLD_NOW | RTLD_NOLOAD) != NULL) /* dlclose may do nothing, as musl's */
        check_unsupported("data of a closed library: closing unloads nothing here");
    else
        CHECK(kept <= 3 * MANY * rounds / 5, "data of a closed library does not");
    GC_register_has_static_roots_callback(filter);
    {
        void *lib = dlopen(path, RTLD_NOW), **(*where)(int) = NULL;
        int n;

        *(void **)&where = dlsym(lib, "lib_place");
        fill(where(0), 0);
        check_collect(2);
        n = left();
        CHECK(filtered > 0 && filter_odd == 0, "the filter is asked");
        CHECK(n <= MANY / 10, "and heeded");
        dlclose(lib);
    }
    GC_register_has_static_roots_callback(0);
    check_collect(1);
    return check_done();
}
