/* dlopen-during.c - libraries come and go while marking is under way */
/* variants: plain providers verify-uffd verify-mprotect */
/* solib: lib-roots.c */
/* timeout: 120 */
/* needs: library-roots */
#include "mover.h"
#ifdef _WIN32
int main(void)
{
    check_start();
    check_unsupported("no dlopen");
    return check_done();
}
#else
#include <dlfcn.h>

static const char *path;
static void *library;

CHECK_NOINLINE static void **load(void)
{
    void **(*where)(int) = NULL;

    library = dlopen(path, RTLD_NOW);
    if (library == NULL)
        return NULL;
    *(void **)&where = dlsym(library, "lib_place");
    return where(0);
}

CHECK_NOINLINE static void move_all(void **to)
{
    unsigned i;

    for (i = 0; i < MOVER_ITEMS; i++) {
        mover_step(i);
        (void)mover_move(i, to + i * 4, mover_plain);
    }
}

/* Back from the library to the heap: the holders are old. */
CHECK_NOINLINE static void fetch_all(void **from)
{
    unsigned i;

    for (i = 0; i < MOVER_ITEMS; i++) {
        GC_PTR_STORE_AND_DIRTY(mover_root.holder[i], from[i * 4]);
        from[i * 4] = NULL;
        vdb_did();
    }
}

static void round_of(int sort)
{
    void **place;

    mover_begin(sort);
    place = load(); /* roots that were not there when marking began */
    if (place == NULL) {
        EXPECT(0, "dlopen: %s", dlerror());
        return;
    }
    move_all(place);
    mover_end();
    mover_litter(3000);
    mover_audit("in a library loaded during marking");
    (void)vdb_enter();
    fetch_all(place);
    dlclose(library); /* roots that go before marking ends */
    vdb_leave();
    mover_litter(3000);
    mover_audit("in a library unloaded during marking");
}

#ifdef GC_THREADS
static volatile int over;

static void *load_and_unload(void *arg)
{
    while (!over) {
        void *lib = dlopen(path, RTLD_NOW);

        check_nap_ms(1);
        if (lib != NULL)
            dlclose(lib);
    }
    return arg;
}
#endif

int main(void)
{
    unsigned i;
    long k, rounds;

    if (!vdb_start())
        return check_done();
    path = getenv("GC_TEST_SOLIB");
    library = path != NULL ? dlopen(path, RTLD_NOW) : NULL;
    if (library == NULL) {
        check_unsupported("no shared objects");
        return check_done();
    }
    dlclose(library);
    mover_open(36);
    for (i = 0; i < MOVER_ITEMS; i++)
        mover_root.holder[i] = (void **)GC_malloc(64);
    rounds = check_work(10);
    for (k = 0; k < rounds; k++)
        round_of((int)(k % MOVER_SORTS));
    VERDICT("objects move into libraries and out");
#ifdef GC_THREADS
    {
        pthread_t t;

        if (GC_pthread_create(&t, NULL, load_and_unload, NULL) != 0)
            return 3;
        for (k = 0; k < rounds; k++)
            round_of((int)(k % MOVER_SORTS));
        over = 1;
        (void)GC_pthread_join(t, NULL);
        VERDICT("another thread loads and unloads");
    }
#endif
    vdb_judge();
    return check_done();
}
#endif
