/* own-signals.c - the signals that stop threads can be chosen */
/* threads: required */
/* needs: sigaction */
#include "threads.h"

static int stop;

static void *works(void *arg)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
        memset(GC_malloc(100), 1, 100);
    return arg;
}

int main(void)
{
    pthread_t t[3];
    int i;

    check_start();
    GC_set_suspend_signal(SIGUSR1);
    GC_set_thr_restart_signal(SIGUSR2);
    GC_INIT();
    CHECK(GC_get_suspend_signal() == SIGUSR1 || GC_get_suspend_signal() == -1, "suspend signal");
    CHECK(GC_get_thr_restart_signal() == SIGUSR2 || GC_get_thr_restart_signal() == -1,
          "restart signal");
    for (i = 0; i < 3; i++)
        EXPECT(GC_pthread_create(&t[i], NULL, works, NULL) == 0, "cannot create");
    for (i = 0; i < 100; i++)
        GC_gcollect();
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    for (i = 0; i < 3; i++)
        EXPECT(GC_pthread_join(t[i], NULL) == 0, "cannot join");
    VERDICT("stopping by chosen signals");
    return check_done();
}
