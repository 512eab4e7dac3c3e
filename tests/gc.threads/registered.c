/* registered.c - threads of both sorts: created, registered, joined, detached, exited, cancelled */
/* threads: required */
/* variants: plain verify stress incremental nomarkers */
#include "threads.h"
#include "lists.h"

#define THREADS 12

static int detached_done;

/* The result is reachable from nothing but the thread's record until the join. */
static void *body(void *arg)
{
    long n = 2000 + (long)(size_t)arg;
    struct node *list;
    int i;

    EXPECT(GC_thread_is_registered(), "not registered");
    for (i = 0; i < 10; i++) {
        list = list_of(n);
        if (i == 5)
            GC_gcollect();
        EXPECT(list_whole(list, n), "a list on a thread's stack is damaged");
    }
    return list;
}

static void *exits(void *arg)
{
    void *list = body(arg);

#ifdef GC_HAVE_PTHREAD_EXIT
    GC_pthread_exit(list);
#else
    pthread_exit(list);
#endif
}

static void *detaches(void *arg)
{
    (void)body(arg);
    __atomic_add_fetch(&detached_done, 1, __ATOMIC_RELEASE);
    return NULL;
}

#ifdef CHECK_POSIX_THREADS
static void *waits(void *arg)
{
    struct node *list = list_of(100);

    for (;;) {
        pthread_testcancel();
        check_nap_ms(1);
        EXPECT(list_whole(list, 100), "a waiting thread's list is damaged");
    }
    return arg;
}

static int cleaned;

static void cleanup(void *arg)
{
    struct node *list = (struct node *)arg;

    EXPECT(list_whole(list, 50), "a list in a cleanup handler is damaged");
    (void)list_of(100); /* still registered here */
    __atomic_add_fetch(&cleaned, 1, __ATOMIC_RELEASE);
}

static void *waits_with_cleanup(void *arg)
{
    struct node *list = list_of(50);

    pthread_cleanup_push(cleanup, list);
    for (;;) {
        pthread_testcancel();
        check_nap_ms(1);
    }
    pthread_cleanup_pop(0);
    return arg;
}
#endif

static void joined(int raw, void *(*fn)(void *), const char *name)
{
    pthread_t t[THREADS];
    size_t i;

    for (i = 0; i < THREADS; i++)
        EXPECT(any_create(raw, &t[i], fn, (void *)i) == 0, "cannot create");
    if (!raw) { /* the results wait in the collector's hands */
        check_nap_ms(50);
        GC_gcollect();
        (void)list_of(20000);
    }
    for (i = 0; i < THREADS; i++) {
        void *result = NULL;

        EXPECT(any_join(raw, t[i], &result) == 0, "cannot join");
        /* libgc forgets what GC_pthread_exit was given */
        if (!raw && !(check_is_stock && fn == exits))
            EXPECT(list_whole((struct node *)result, 2000 + (long)i), "a result is damaged");
    }
    VERDICT(name);
}

#if defined(CHECK_POSIX_THREADS) && !defined(GC_NO_PTHREAD_CANCEL)
static void cancelled(void)
{
    pthread_t t[THREADS];
    int i;

    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_create(&t[i], NULL, i & 1 ? waits : waits_with_cleanup, NULL) == 0,
               "cannot create");
    check_nap_ms(20);
    for (i = 0; i < THREADS; i++) {
        if (i % 4 == 0)
            GC_gcollect();
        EXPECT(GC_pthread_cancel(t[i]) == 0, "cannot cancel");
    }
    for (i = 0; i < THREADS; i++) {
        void *result = NULL;

        EXPECT(GC_pthread_join(t[i], &result) == 0 && result == PTHREAD_CANCELED,
               "not cancelled");
    }
    CHECK(cleaned == THREADS / 2, "cleanup handlers ran");
    GC_gcollect();
    VERDICT("cancelled");
}
#else
static void cancelled(void)
{
    check_unsupported("threads cannot be cancelled here");
}
#endif

int main(void)
{
    pthread_t t[THREADS];
    pthread_attr_t attr;
    int i;

    check_start();
    GC_INIT();
    CHECK(GC_thread_is_registered(), "main is registered");
    GC_allow_register_threads();
    joined(0, body, "created by GC_pthread_create");
    joined(0, exits, "that end by pthread_exit");
    joined(1, body, "that register themselves");

    for (i = 0; i < THREADS; i++) {
        if (i & 1) {
            pthread_attr_init(&attr);
            pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
            EXPECT(GC_pthread_create(&t[i], &attr, detaches, NULL) == 0, "cannot create");
            pthread_attr_destroy(&attr);
        } else {
            EXPECT(GC_pthread_create(&t[i], NULL, detaches, NULL) == 0, "cannot create");
            EXPECT(GC_pthread_detach(t[i]) == 0, "cannot detach");
        }
    }
    while (__atomic_load_n(&detached_done, __ATOMIC_ACQUIRE) < THREADS)
        check_nap_ms(2);
    check_nap_ms(20);
    GC_gcollect();
    VERDICT("detached");

    cancelled();
    return check_done();
}
