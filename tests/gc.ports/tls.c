/* tls.c - thread-local variables of the main thread and of loaded libraries are roots */
/* needs: thread-local-roots thread-local-storage */
/* only: tidemark */
/* variants: plain verify incremental */
/* solib: lib-tls.c */
#include "check.h"
#include <dlfcn.h>

#define MANY 32

static __thread void *zeroed[MANY];
static __thread void *initialized[MANY] = {(void *)1};
static void *weak[MANY];

CHECK_NOINLINE static void fill(void **place)
{
    int i;

    for (i = 0; i < MANY; i++) {
        char *p = (char *)GC_malloc_atomic(40);

        memset(p, i, 40);
        weak[i] = (void *)check_hide(p);
        (void)GC_general_register_disappearing_link(&weak[i], p);
        place[i] = p;
    }
}

CHECK_NOINLINE static void look(void **place, const char *name)
{
    int i;

    check_collect(2);
    for (i = 0; i < 3000; i++)
        memset(GC_malloc_atomic(40), 0xFF, 40);
    for (i = 0; i < MANY; i++) {
        EXPECT(weak[i] != NULL && check_all_bytes(place[i], 40, i), "%s: object %d is lost", name,
               i);
        (void)GC_unregister_disappearing_link(&weak[i]);
        place[i] = NULL;
    }
    VERDICT(name);
}

int main(void)
{
    check_start();
    GC_INIT();
    fill(zeroed);
    look(zeroed, "zero-initialized");
    fill(initialized);
    look(initialized, "initialized");
    {
        const char *path = getenv("GC_TEST_SOLIB");
        void *lib = path != NULL ? dlopen(path, RTLD_NOW) : NULL;
        void **(*where)(void) = NULL;

        if (lib != NULL)
            *(void **)&where = dlsym(lib, "lib_tls_place");
        if (where == NULL) {
            check_unsupported("no shared objects");
            return check_done();
        }
        fill(where());
        look(where(), "of a loaded library");
        dlclose(lib);
        check_collect(1);
    }
    return check_done();
}
