/* fast-inline.c - gc_fast.h in threads that come, go, leave the collector and return, and fork */
/* threads: required */
/* variants: plain verify stress incremental nomarkers */
/* timeout: 120 */
#include "threads.h"
#include <gc/gc_fast.h>

#define THREADS 4
#define LENGTH  2000

struct cell {
    struct cell *next;
    size_t owner, value;
};

static int stop;
static int has_holes; /* a build without caches of threads shows none */
static size_t last_owner;

/* A list with every cell allocated inline; a cell that two threads got shows by its owner. */
static int list_is_whole(size_t owner, long length)
{
    struct cell *list = NULL, *c;
    long i, n = 0;

    for (i = 0; i < length; i++) {
        c = GC_FAST_NEW(struct cell);
        if (c == NULL || c->next != NULL || c->owner != 0 || c->value != 0)
            return 0;
        c->owner = owner;
        c->value = (size_t)i;
        c->next = list;
        GC_end_stubborn_change(c);
        list = c;
        if (i % 3 == 0)
            memset(GC_FAST_MALLOC_ATOMIC(sizeof(struct cell)), 0xAB, sizeof(struct cell));
    }
    for (c = list; c != NULL; c = c->next, n++)
        if (c->owner != owner || c->value != (size_t)(length - 1 - n))
            return 0;
    return n == length;
}

static size_t new_owner(void)
{
    return __atomic_add_fetch(&last_owner, 1, __ATOMIC_RELAXED);
}

static void *short_life(void *arg)
{
    size_t owner = new_owner();
    int i;

    for (i = 0; i < 3; i++)
        EXPECT(list_is_whole(owner, LENGTH), "a list of a short-lived thread is damaged");
    return arg;
}

static void *long_life(void *arg)
{
    size_t owner = new_owner();

    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
        EXPECT(list_is_whole(owner, LENGTH), "a list of a long-lived thread is damaged");
    return arg;
}

/* Its cache becomes another thread's while it is away. */
static void *comes_and_goes(void *arg)
{
    struct GC_stack_base base;
    size_t owner = new_owner();
#ifdef GC_FAST_INLINE
    const void *mine;
#endif

    EXPECT(GC_get_stack_base(&base) == GC_SUCCESS, "no stack base");
    if (check_lacks("unknown-threads"))
        EXPECT(GC_unregister_my_thread() == GC_SUCCESS, "not known from the start");
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        EXPECT(GC_register_my_thread(&base) == GC_SUCCESS, "cannot register");
        EXPECT(list_is_whole(owner, LENGTH), "a list of a thread that comes and goes is damaged");
#ifdef GC_FAST_INLINE
        mine = GC_fast_holes;
        EXPECT(!has_holes || GC_fast_holes->hole[1][1]->slot_bytes != 0, "registered, but without holes");
#endif
        EXPECT(GC_unregister_my_thread() == GC_SUCCESS, "cannot unregister");
#ifdef GC_FAST_INLINE
        EXPECT(!has_holes || (const void *)GC_fast_holes != mine, "unregistered, but it still has its holes");
#endif
        if (owner % 2 == 0)
            check_nap_ms(1);
    }
    return arg;
}

static int child(void *arg)
{
    pthread_t t;

    (void)arg;
    if (!list_is_whole(new_owner(), 20000))
        return 10;
    GC_gcollect();
    if (GC_pthread_create(&t, NULL, short_life, NULL) != 0 || !list_is_whole(new_owner(), 20000)
        || GC_pthread_join(t, NULL) != 0 || check_open_failures != 0)
        return 11;
    return 0;
}

int main(void)
{
    pthread_t stay[THREADS], leave[2], t[THREADS];
    long n, i, k;

    check_start();
    GC_set_handle_fork(1);
    GC_INIT();
    GC_allow_register_threads();
    EXPECT(list_is_whole(new_owner(), LENGTH), "the first list is damaged");
#ifdef GC_FAST_INLINE
    has_holes = GC_fast_holes->hole[1][1]->slot_bytes != 0;
#endif
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_create(&stay[i], NULL, long_life, NULL) == 0, "cannot create");
    for (i = 0; i < 2; i++)
        EXPECT(pthread_create(&leave[i], NULL, comes_and_goes, NULL) == 0, "cannot create");
    n = check_work(40);
    for (i = 0; i < n; i++) {
        for (k = 0; k < THREADS; k++)
            EXPECT(any_create(k % 2, &t[k], short_life, NULL) == 0, "cannot create");
        GC_gcollect();
        EXPECT(list_is_whole(new_owner(), LENGTH), "a list of main is damaged");
        for (k = 0; k < THREADS; k++)
            EXPECT(any_join(k % 2, t[k], NULL) == 0, "cannot join");
        if (i % 8 == 0) {
            int status;

            check_nap_ms(5); /* a thread that is joined may still hold a lock of qemu's */
            status = check_child(child, NULL, NULL, 0);

            EXPECT(check_child_ok(status), "a child: status %x", (unsigned)status);
        }
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_join(stay[i], NULL) == 0, "cannot join");
    for (i = 0; i < 2; i++)
        EXPECT(pthread_join(leave[i], NULL) == 0, "cannot join");
    VERDICT("threads that allocate inline");
    return check_done();
}
