/* redirects.c - plain pthread names, redirected by gc.h; signal masks and dlopen too */
/* threads: required */
/* variants: plain verify */
#define CHECK_WITH_REDIRECTS 1
/* needs: sigaction */
#include "check.h"
#include <dlfcn.h>

static void *body(void *arg)
{
    void **list = NULL;
    long i;

    for (i = 0; i < 20000; i++) {
        void **p = (void **)GC_malloc(2 * sizeof(void *));

        p[0] = list;
        p[1] = (void *)(i * 2 + 1);
        GC_END_STUBBORN_CHANGE(p);
        list = p;
    }
    EXPECT(GC_thread_is_registered(), "not registered");
    (void)arg;
    return list;
}

int main(void)
{
    pthread_t t[4];
    sigset_t set, old;
    int i;

    check_start();
    GC_INIT();
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK(pthread_sigmask(SIG_BLOCK, &set, &old) == 0, "pthread_sigmask");
    for (i = 0; i < 4; i++)
        EXPECT(pthread_create(&t[i], NULL, body, NULL) == 0, "cannot create");
    GC_gcollect();
    for (i = 0; i < 4; i++) {
        void *result = NULL, **p;
        long n = 20000;

        EXPECT(pthread_join(t[i], &result) == 0, "cannot join");
        for (p = (void **)result; p != NULL; p = (void **)p[0])
            if (p[1] != (void *)(--n * 2 + 1))
                break;
        EXPECT(n == 0 && p == NULL, "a result is damaged");
    }
    VERDICT("created and joined");
    EXPECT(pthread_create(&t[0], NULL, body, NULL) == 0 && pthread_detach(t[0]) == 0, "detached");
    EXPECT(dlopen("no-such-library.so", RTLD_NOW) == NULL, "dlopen of nothing");
    check_nap_ms(100);
    GC_gcollect();
    VERDICT("detached, dlopen");
    return check_done();
}
