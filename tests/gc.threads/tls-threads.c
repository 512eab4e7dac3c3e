/* tls-threads.c - thread-local variables of every sort of thread are roots, of loaded libraries too */
/* needs: thread-local-roots thread-local-storage */
/* only: tidemark */
/* threads: required */
/* variants: plain verify incremental */
/* solib: lib-tls.c */
#include "threads.h"
#include <dlfcn.h>

#define THREADS 6
#define MANY 32

static __thread void *place[MANY];
static __thread char padding[5000];
static void **(*lib_place)(void);
static int ready, go;

static void fill(void **at, int n)
{
    int i;

    for (i = 0; i < MANY; i++) {
        at[i] = GC_malloc_atomic(40);
        memset(at[i], n + i, 40);
    }
}

static int whole(void **at, int n)
{
    int i;

    for (i = 0; i < MANY; i++)
        if (!check_all_bytes(at[i], 40, n + i))
            return 0;
    return 1;
}

static void *body(void *arg)
{
    int me = (int)(size_t)arg;

    padding[me] = 1;
    fill(place, me);
    if (lib_place != NULL)
        fill(lib_place(), me + 64);
    check_wipe_stack();
    __atomic_add_fetch(&ready, 1, __ATOMIC_ACQ_REL);
    while (!__atomic_load_n(&go, __ATOMIC_ACQUIRE))
        check_nap_ms(1);
    EXPECT(whole(place, me), "a static thread-local lost its objects");
    EXPECT(lib_place == NULL || whole(lib_place(), me + 64),
           "a library's thread-local lost its objects");
    return arg;
}

int main(void)
{
    const char *path = getenv("GC_TEST_SOLIB");
    void *lib = path != NULL ? dlopen(path, RTLD_NOW) : NULL;
    pthread_t t[THREADS];
    int i, k, round;

    check_start();
    GC_INIT();
    GC_allow_register_threads();
    if (lib != NULL)
        *(void **)&lib_place = dlsym(lib, "lib_tls_place");
    else
        check_unsupported("no shared objects");
    for (round = 0; round < 4; round++) {
        ready = go = 0;
        for (i = 0; i < THREADS; i++)
            EXPECT(any_create((i + round) & 1, &t[i], body, (void *)(size_t)i) == 0,
                   "cannot create");
        while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) < THREADS)
            check_nap_ms(1);
        for (i = 0; i < 5; i++) {
            GC_gcollect();
            for (k = 0; k < 3000; k++)
                memset(GC_malloc_atomic(40), 0xFF, 40);
        }
        __atomic_store_n(&go, 1, __ATOMIC_RELEASE);
        for (i = 0; i < THREADS; i++)
            EXPECT(any_join((i + round) & 1, t[i], NULL) == 0, "cannot join");
    }
    VERDICT("thread-local variables");
    return check_done();
}
