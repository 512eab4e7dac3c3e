/* dlopen-threads.c - libraries loaded and closed while other threads allocate and collect */
/* needs: library-roots */
/* threads: required */
/* variants: plain verify incremental */
/* solib: lib-roots.c lib-tls.c */
/* timeout: 120 */
#include "threads.h"
#include <dlfcn.h>

#define THREADS 3
#define MANY 48

static int stop;

static void *allocates(void *arg)
{
    void *keep[100];
    long i;

    for (i = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); i++) {
        keep[i % 100] = GC_malloc(16 + (size_t)(i % 500));
        if (i % 20000 == 0)
            GC_gcollect();
        if (i % 100 == 99)
            EXPECT(GC_base(keep[i % 7]) == keep[i % 7], "lost");
    }
    return arg;
}

CHECK_NOINLINE static void use(void **place)
{
    int i;

    for (i = 0; i < MANY; i++) {
        place[i] = GC_malloc_atomic(40);
        memset(place[i], i, 40);
    }
    GC_gcollect();
    for (i = 0; i < 1000; i++)
        memset(GC_malloc_atomic(40), 0xFF, 40);
    for (i = 0; i < MANY; i++)
        EXPECT(check_all_bytes(place[i], 40, i), "an object of a library's data is lost");
}

#ifdef CHECK_TLS_IS_EMULATED
static const int with_tls = 0;
#else
static const int with_tls = 1;
#endif

static int one_round(const char *roots, const char *tls, int through_gc)
{
    void *a = through_gc ? GC_dlopen(roots, RTLD_NOW) : dlopen(roots, RTLD_NOW), *b;
    void **(*place)(int) = NULL, **(*tls_place)(void) = NULL;
    int i;

    if (a == NULL)
        return 0;
    *(void **)&place = dlsym(a, "lib_place");
    for (i = 0; i < 3; i++)
        use(place(i));
    if (!check_is_stock && with_tls) {
        b = dlopen(tls, RTLD_NOW);
        if (b == NULL)
            return 0;
        *(void **)&tls_place = dlsym(b, "lib_tls_place");
        use(tls_place());
        dlclose(b);
    }
    dlclose(a);
    return 1;
}

/* libgc may lock up when a thread stops while it holds the loader's lock. */
int main(void)
{
    char *list = getenv("GC_TEST_SOLIB"), *roots, *tls;
    pthread_t t[THREADS];
    long i, n;

    check_start();
    GC_INIT();
    roots = list != NULL ? strtok(list, ":") : NULL;
    tls = list != NULL ? strtok(NULL, ":") : NULL;
    if (roots == NULL || tls == NULL) {
        check_unsupported("no shared objects");
        return check_done();
    }
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_create(&t[i], NULL, allocates, NULL) == 0, "cannot create");
    n = check_work(100);
    for (i = 0; i < n; i++)
        EXPECT(one_round(roots, tls, check_is_stock || (i & 1)), "cannot load");
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_join(t[i], NULL) == 0, "cannot join");
    VERDICT("loading and closing");
    return check_done();
}
