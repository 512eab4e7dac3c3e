/* no-dls.c - GC_set_no_dls: data of libraries are no roots, those of the program are */
/* needs: library-roots */
/* variants: plain verify incremental */
/* solib: lib-roots.c */
#include "weak-words.h"
#include <dlfcn.h>

static void *own[WEAK_MANY];

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
    weak_fill(where(0), 0, 40);
    CHECK(weak_left() <= WEAK_MANY / 8, "data of a library keep nothing");
    weak_fill(own, 0, 40);
    CHECK(weak_left() == WEAK_MANY, "data of the program do");
    GC_set_no_dls(0);
    weak_fill(where(1), 0, 40);
    CHECK(weak_left() == WEAK_MANY, "as do those of libraries once they count again");
    GC_set_no_dls(1);
    GC_clear_roots();
    weak_fill(own, 0, 40);
    CHECK(weak_left() <= WEAK_MANY / 8, "after GC_clear_roots those of the program do not either");
    return check_done();
}
