/* signals.c - the program's own signals and masks do not disturb stopping the world */
/* threads: required */
/* variants: plain verify incremental */
/* needs: sigaction */
#include "threads.h"
#include <sys/time.h>

#define THREADS 4

static int stop;
static long ticks;

static void on_tick(int sig)
{
    (void)sig;
    __atomic_add_fetch(&ticks, 1, __ATOMIC_RELAXED);
}

/* Blocks all it can, as a library's thread may. */
static void *masks(void *arg)
{
    sigset_t all, old;
    void *keep = NULL;
    long i;

    sigfillset(&all);
    sigdelset(&all, SIGSEGV); /* write protection needs them */
    sigdelset(&all, SIGBUS);
    for (i = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); i++) {
        EXPECT(GC_pthread_sigmask(SIG_BLOCK, &all, &old) == 0, "GC_pthread_sigmask");
        keep = GC_malloc(100);
        memset(keep, 1, 100);
        if (i % 500 == 0)
            GC_gcollect();
        EXPECT(GC_pthread_sigmask(SIG_SETMASK, &old, NULL) == 0, "GC_pthread_sigmask");
        EXPECT(check_all_bytes(keep, 100, 1), "lost");
    }
    return arg;
}

static void *works(void *arg)
{
    void *keep[64];
    long i;

    memset(keep, 0, sizeof keep);
    for (i = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); i++) {
        void **slot = &keep[i % 64];

        EXPECT(*slot == NULL || check_all_bytes(*slot, 50, (int)(i % 64)), "lost");
        *slot = GC_malloc_atomic(50);
        memset(*slot, (int)(i % 64), 50);
    }
    return arg;
}

int main(void)
{
    pthread_t t[THREADS];
    struct itimerval every = {{0, 1000}, {0, 1000}}, off = {{0, 0}, {0, 0}};
    struct sigaction sa;
    long i, n;
    int suspend, restart;

    check_start();
    GC_INIT();
    suspend = GC_get_suspend_signal();
    restart = GC_get_thr_restart_signal();
    CHECK(suspend > 0 && restart > 0 && suspend != restart, "the collector's signals are known");
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = on_tick;
    sa.sa_flags = SA_RESTART;
    sigaction(SIGPROF, &sa, NULL);
    sigaction(SIGUSR2, &sa, NULL);
    setitimer(ITIMER_PROF, &every, NULL);
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_create(&t[i], NULL, i < 2 ? masks : works, NULL) == 0, "cannot create");
    n = check_work(400);
    for (i = 0; i < n; i++) {
        GC_gcollect();
        pthread_kill(t[i % THREADS], SIGUSR2);
        if (i % 8 == 0)
            check_nap_ms(1);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_join(t[i], NULL) == 0, "cannot join");
    setitimer(ITIMER_PROF, &off, NULL);
    VERDICT("signals and masks");
    CHECK(ticks > 0, "the program's signals arrived");
    return check_done();
}
