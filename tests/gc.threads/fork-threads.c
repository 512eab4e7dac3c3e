/* fork-threads.c - fork from a process whose threads allocate and collect; children make threads too */
/* threads: required */
/* variants: plain verify incremental nomarkers */
/* timeout: 120 */
/* needs: fork */
#include "threads.h"

#define THREADS 4

static int stop;
static void *keep[THREADS + 1][200];

static int exercise(int me, long rounds)
{
    long i, k;

    for (k = 0; k < rounds; k++) {
        for (i = 0; i < 200; i++) {
            size_t n = 16 + (size_t)(i * 13) % 3000;

            keep[me][i] = GC_malloc(n);
            if (keep[me][i] == NULL || !check_all_bytes(keep[me][i], n, 0))
                return 1;
            memset(keep[me][i], (int)(i & 0xFF), n);
        }
        if (k % 8 == 0)
            GC_gcollect();
        for (i = 0; i < 200; i++)
            if (!check_all_bytes(keep[me][i], 16 + (size_t)(i * 13) % 3000, (int)(i & 0xFF)))
                return 2;
    }
    return 0;
}

static void *allocates(void *arg)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
        EXPECT(exercise((int)(size_t)arg, 5) == 0, "a thread fails");
    return arg;
}

static void *once(void *arg)
{
    return exercise((int)(size_t)arg, 10) == 0 ? arg : NULL;
}

static int child(void *arg)
{
    pthread_t t[2];
    void *result;
    int i;

    (void)arg;
    if (exercise(THREADS, 20) != 0)
        return 10;
    for (i = 0; i < 2; i++)
        if (GC_pthread_create(&t[i], NULL, once, (void *)(size_t)(i + 1)) != 0)
            return 11;
    if (exercise(THREADS, 10) != 0)
        return 12;
    for (i = 0; i < 2; i++)
        if (GC_pthread_join(t[i], &result) != 0 || result != (void *)(size_t)(i + 1))
            return 13;
    GC_gcollect();
    return exercise(THREADS, 5) == 0 ? 0 : 14;
}

/* A child that is forked by a thread other than main. */
static void *forks(void *arg)
{
    int status = check_child(child, NULL, NULL, 0);

    EXPECT(check_child_ok(status), "a thread's child: status %x", (unsigned)status);
    return arg;
}

int main(void)
{
    pthread_t t[THREADS], f;
    int i;
    long n;

    check_start();
    GC_set_handle_fork(1);
    GC_INIT();
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_create(&t[i], NULL, allocates, (void *)(size_t)i) == 0, "cannot create");
    n = check_work(40);
    for (i = 0; i < n; i++) {
        int status = check_child(child, NULL, NULL, 0);

        EXPECT(check_child_ok(status), "child %d: status %x", i, (unsigned)status);
        EXPECT(exercise(THREADS, 2) == 0, "the parent fails");
    }
    VERDICT("forked by main");
    for (i = 0; i < n / 4 + 1; i++) {
        EXPECT(GC_pthread_create(&f, NULL, forks, NULL) == 0, "cannot create");
        EXPECT(GC_pthread_join(f, NULL) == 0, "cannot join");
    }
    VERDICT("forked by another thread");
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_join(t[i], NULL) == 0, "cannot join");
    VERDICT("the parent's threads");
    return check_done();
}
