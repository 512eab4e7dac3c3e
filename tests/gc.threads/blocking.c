/* blocking.c - GC_do_blocking and GC_call_with_gc_active, nested; their frames' objects */
/* threads: required */
/* variants: plain verify stress incremental */
#include "threads.h"
#include "lists.h"

#define THREADS 6

static int go, inside, interrupted;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *GC_CALLBACK wait_for_go(void *arg)
{
    __atomic_add_fetch(&inside, 1, __ATOMIC_ACQ_REL);
    while (!__atomic_load_n(&go, __ATOMIC_ACQUIRE)) {
        struct timespec ts = {0, 2000000};

        /* A thread in a blocking region is not signalled. */
        if (nanosleep(&ts, NULL) != 0 && errno == EINTR)
            __atomic_add_fetch(&interrupted, 1, __ATOMIC_RELAXED);
    }
    return arg;
}

static void *blocks(void *arg)
{
    struct node *list = list_of(500);
    long token = 0;

    EXPECT(GC_do_blocking(wait_for_go, &token) == &token, "the result of GC_do_blocking");
    EXPECT(list_whole(list, 500), "an object of a blocked frame is lost");
    list = list_of(300);
    EXPECT(list_whole(list, 300), "allocating after blocking");
    return arg;
}

struct level {
    int depth;
    struct node *list; /* of the caller's frame */
};

static void *GC_CALLBACK active(void *arg);

static void *GC_CALLBACK inactive(void *arg)
{
    check_nap_ms(1);
    return GC_call_with_gc_active(active, arg);
}

static void *GC_CALLBACK active(void *arg)
{
    struct level *up = (struct level *)arg, mine;
    struct node *list = list_of(100 + up->depth);

    mine.depth = up->depth - 1;
    mine.list = list;
    if (up->depth % 3 == 0)
        GC_gcollect();
    if (up->depth > 0)
        EXPECT(GC_do_blocking(inactive, &mine) == (void *)&mine, "a nested result");
    (void)list_of(200);
    if (up->depth % 3 == 1)
        GC_gcollect();
    EXPECT(list_whole(list, 100 + up->depth), "level %d lost its list", up->depth);
    EXPECT(list_whole(up->list, 101 + up->depth), "the level above %d lost its list", up->depth);
    return arg;
}

static void *nests(void *arg)
{
    struct level top;
    int i;

    for (i = 0; i < 20; i++) {
        top.depth = 8;
        top.list = list_of(109);
        EXPECT(GC_do_blocking(inactive, &top) == (void *)&top, "the outermost result");
        EXPECT(list_whole(top.list, 109), "the outermost list");
        top.depth = 5;
        top.list = list_of(106);
        EXPECT(GC_call_with_gc_active(active, &top) == (void *)&top, "active when active");
    }
    return arg;
}

/* Blocked threads wait for a mutex that a collecting thread holds. */
static void *GC_CALLBACK lock_it(void *arg)
{
    pthread_mutex_lock(&mutex);
    return arg;
}

static void *locks(void *arg)
{
    long i, n = check_work(300);

    for (i = 0; i < n; i++) {
        (void)GC_do_blocking(lock_it, NULL);
        (void)list_of(50);
        if (i % 20 == 0)
            GC_gcollect();
        pthread_mutex_unlock(&mutex);
    }
    return arg;
}

static void run(void *(*fn)(void *), int raw_too, const char *name)
{
    pthread_t t[THREADS];
    int i;

    for (i = 0; i < THREADS; i++)
        EXPECT(any_create(raw_too && (i & 1), &t[i], fn, NULL) == 0, "cannot create");
    for (i = 0; i < THREADS; i++)
        EXPECT(any_join(raw_too && (i & 1), t[i], NULL) == 0, "cannot join");
    VERDICT(name);
}

int main(void)
{
    pthread_t t[THREADS];
    int i;

    check_start();
    GC_INIT();
    GC_allow_register_threads();
    for (i = 0; i < THREADS; i++)
        EXPECT(any_create(i & 1, &t[i], blocks, NULL) == 0, "cannot create");
    while (__atomic_load_n(&inside, __ATOMIC_ACQUIRE) < THREADS)
        check_nap_ms(1);
    for (i = 0; i < 50; i++) {
        (void)list_of(500);
        GC_gcollect();
    }
    __atomic_store_n(&go, 1, __ATOMIC_RELEASE);
    for (i = 0; i < THREADS; i++)
        EXPECT(any_join(i & 1, t[i], NULL) == 0, "cannot join");
    CHECK(interrupted == 0, "blocked threads are left alone");
    VERDICT("objects of blocked frames");
    run(nests, 1, "nested regions");
    (void)nests(NULL);
    VERDICT("nested regions in main");
    run(locks, 0, "waiting for a lock while others collect");
    return check_done();
}
