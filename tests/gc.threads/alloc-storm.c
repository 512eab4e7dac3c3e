/* alloc-storm.c - threads allocate at full speed while the world stops all the time: no object is lost */
/* threads: required */
/* variants: plain verify stress incremental nomarkers */
#include "threads.h"

#define THREADS 4

static int stop;
static long lists_done;

struct block {
    struct block *next;
    size_t size;
    size_t value;
};

static struct block *get(size_t size, int how)
{
    struct block *p;

    switch (how) {
    case 0:
        p = (struct block *)GC_malloc(size);
        break;
    case 1:
        p = (struct block *)GC_malloc_uncollectable(size);
        break;
    default:
        p = (struct block *)GC_malloc_ignore_off_page(size);
    }
    return p;
}

/* A list is built, read and dropped; another thread's object that takes a
 * place in it shows by its size, value or bytes. */
static void *storm(void *arg)
{
    check_rng r;
    unsigned me = (unsigned)(size_t)arg;

    check_rng_seed(&r, me + 1);
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        struct block *list = NULL, *p;
        size_t n = 0, many = 1 + check_below(&r, 3000);
        size_t size = sizeof *p + check_below(&r, 3) * check_below(&r, 1500);
        int how = me == 3 ? 1 : me == 2 && size > 1000 ? 2 : 0;

        while (n < many) {
            p = get(size, how);
            if (p == NULL)
                break;
            EXPECT(p->next == NULL && p->size == 0 && p->value == 0, "not cleared");
            p->size = size;
            p->value = n++ * THREADS + me;
            memset(p + 1, (int)(p->value & 0xFF), size - sizeof *p);
            p->next = list;
            GC_END_STUBBORN_CHANGE(p);
            list = p;
        }
        while (list != NULL) {
            --n;
            if (list->size != size || list->value != n * THREADS + me
                || !check_all_bytes(list + 1, size - sizeof *list, (int)(list->value & 0xFF))) {
                EXPECT(0, "thread %u: block %lu of %lu, size %lu: has size %lu, value %lu", me,
                       (unsigned long)n, (unsigned long)many, (unsigned long)size,
                       (unsigned long)list->size, (unsigned long)list->value);
                return NULL;
            }
            p = list->next;
            if (how == 1 || check_below(&r, 4) == 0)
                GC_free(list);
            list = p;
        }
        EXPECT(n == 0, "blocks are missing");
        __atomic_add_fetch(&lists_done, 1, __ATOMIC_RELAXED);
    }
    return arg;
}

int main(void)
{
    pthread_t t[THREADS];
    double until;
    long i, n;

    check_start();
    GC_INIT();
    GC_allow_register_threads();
    for (i = 0; i < THREADS; i++)
        EXPECT(any_create((int)(i & 1), &t[i], storm, (void *)(size_t)i) == 0, "cannot create");
    n = check_work(1500);
    until = check_now_s() + 4;
    for (i = 0; i < n && check_now_s() < until; i++) {
        GC_gcollect();
        if (i % 64 == 0)
            check_nap_ms(1);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    for (i = 0; i < THREADS; i++)
        EXPECT(any_join((int)(i & 1), t[i], NULL) == 0, "cannot join");
    VERDICT("no object is lost or handed out twice");
    CHECK(lists_done > 0, "lists were built");
    return check_done();
}
