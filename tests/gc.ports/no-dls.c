/* no-dls.c - GC_set_no_dls: data of libraries are no roots, those of the program are */
/* needs: library-roots */
/* variants: plain verify incremental */
/* solib: lib-roots.c */
#include "check.h"
#include <dlfcn.h>

#define MANY 48

static void *weak[MANY];
static void *own[MANY];

CHECK_NOINLINE static void fill(void **place)
{
    int i;

    for (i = 0; i < MANY; i++) {
        place[i] = GC_malloc_atomic(40);
        weak[i] = (void *)check_hide(place[i]);
        (void)GC_general_register_disappearing_link(&weak[i], place[i]);
    }
}

static int left(void)
{
    int i, n = 0;

    check_collect(2);
    for (i = 0; i < MANY; i++) {
        n += weak[i] != NULL;
        (void)GC_unregister_disappearing_link(&weak[i]);
    }
    return n;
}

int main(void)
{
    const char *path = getenv("GC_TEST_SOLIB");
    void **(*where)(int) = NULL, *lib;

    check_start();
    GC_set_no_dls(1);
    GC_INIT();
    lib = path != NULL ? dlopen(path, RTLD_NOW) : NULL;
    if (lib != NULL)
        *(void **)&where = dlsym(lib, "lib_place");
    if (where == NULL) {
        check_unsupported("libraries cannot be loaded here");
        return check_done();
    }
    fill(where(0));
    CHECK(left() <= MANY / 8, "data of a library keep nothing");
    fill(own);
    CHECK(left() == MANY, "data of the program do");
    GC_set_no_dls(0);
    fill(where(1));
    CHECK(left() == MANY, "as do those of libraries once they count again");
    GC_set_no_dls(1);
    GC_clear_roots();
    fill(own);
    CHECK(left() <= MANY / 8, "after GC_clear_roots those of the program do not either");
    return check_done();
}
