/* churn.c - the world stops while threads are born, die, are cancelled and detached */
/* threads: required */
/* variants: plain verify stress incremental nomarkers markers4 */
/* timeout: 120 */
#include "threads.h"
#include "lists.h"

#define MAKERS 4

static int stop;
static long born, died;

static void *brief(void *arg)
{
    long n = (long)(size_t)arg % 50;
    struct node *list = list_of(n);

    EXPECT(list_whole(list, n), "a brief thread's list is damaged");
    __atomic_add_fetch(&died, 1, __ATOMIC_RELAXED);
    return arg;
}

static void *lingers(void *arg)
{
    void *keep = GC_malloc(100);

    for (;;) {
        pthread_testcancel();
        check_nap_ms(1);
        GC_reachable_here(keep);
    }
    return arg;
}

#ifdef CHECK_POSIX_THREADS
enum { HOWS = 10 };

static int cancel(pthread_t t)
{
    return GC_pthread_cancel(t);
}
#else
enum { HOWS = 9 }; /* nobody is cancelled */

static int cancel(pthread_t t)
{
    (void)t;
    return -1;
}
#endif

static void *makes(void *arg)
{
    check_rng r;
    pthread_t t[4];
    int raw[4];

    check_rng_seed(&r, 77 + (uint64_t)(size_t)arg);
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
        int i, n = 1 + (int)check_below(&r, 4), how = (int)check_below(&r, HOWS);

        for (i = 0; i < n; i++) {
            /* libgc mixes up a joined thread and a raw one that got its pthread_t */
            raw[i] = !check_is_stock && how < 9 && check_below(&r, 3) == 0;
            if (any_create(raw[i], &t[i], how == 9 ? lingers : brief,
                           (void *)(size_t)check_below(&r, 1000))
                != 0) {
                EXPECT(0, "cannot create");
                return NULL;
            }
            __atomic_add_fetch(&born, 1, __ATOMIC_RELAXED);
        }
        for (i = 0; i < n; i++) {
            if (how == 9)
                EXPECT(cancel(t[i]) == 0, "cannot cancel");
            if (how == 8 && !raw[i])
                EXPECT(GC_pthread_detach(t[i]) == 0, "cannot detach");
            else
                EXPECT(any_join(raw[i], t[i], NULL) == 0, "cannot join");
        }
    }
    return arg;
}

int main(void)
{
    pthread_t t[MAKERS];
    long i, n;

    check_start();
    GC_INIT();
    GC_allow_register_threads();
    for (i = 0; i < MAKERS; i++)
        EXPECT(GC_pthread_create(&t[i], NULL, makes, (void *)(size_t)i) == 0, "cannot create");
    n = check_work(400);
    for (i = 0; i < n || __atomic_load_n(&born, __ATOMIC_RELAXED) < n; i++) {
        GC_gcollect();
        if (i % 4 == 0)
            check_nap_ms(1);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    for (i = 0; i < MAKERS; i++)
        EXPECT(GC_pthread_join(t[i], NULL) == 0, "cannot join");
    check_note("%ld threads, %lu collections", born, (unsigned long)GC_get_gc_no());
    VERDICT("threads come and go while the world stops");
    CHECK(died > 0, "threads ran");
    return check_done();
}
