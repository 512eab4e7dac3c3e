/* oom-threads.c - several threads run out of memory at once; all go on afterwards */
/* threads: required */
/* variants: plain verify incremental */
#include "threads.h"

#define THREADS 4

struct block {
    struct block *next;
    long value;
    char body[2000];
};

static long refused[THREADS], rounds_done[THREADS];

static void *GC_CALLBACK on_oom(size_t n)
{
    (void)n;
    return NULL;
}

static void *fills(void *arg)
{
    size_t me = (size_t)arg;
    long round, rounds = check_work(12);

    for (round = 0; round < rounds; round++) {
        struct block *list = NULL, *p;
        long n = 0;

        while ((p = (struct block *)GC_malloc(sizeof *p)) != NULL && n < 100000) {
            p->next = list;
            p->value = n++;
            memset(p->body, (int)(p->value & 0xFF), sizeof p->body);
            GC_END_STUBBORN_CHANGE(p);
            list = p;
        }
        refused[me] += p == NULL;
        while (list != NULL) {
            EXPECT(list->value == --n
                       && check_all_bytes(list->body, sizeof list->body, (int)(n & 0xFF)),
                   "a block is damaged");
            p = list->next;
            list->next = NULL;
            list = p;
        }
        EXPECT(n == 0, "blocks are missing");
        check_wipe_stack();
        rounds_done[me]++;
    }
    return arg;
}

int main(void)
{
    pthread_t t[THREADS];
    long i, all = 0;

    check_start();
    GC_INIT();
    GC_set_warn_proc(GC_ignore_warn_proc);
    GC_set_oom_fn(on_oom);
    GC_set_max_heap_size((GC_word)24 << 20);
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_create(&t[i], NULL, fills, (void *)(size_t)i) == 0, "cannot create");
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_join(t[i], NULL) == 0, "cannot join");
    VERDICT("blocks stay whole");
    for (i = 0; i < THREADS; i++)
        all += refused[i];
    CHECK(all >= THREADS, "memory ran out");
    check_collect(2);
    CHECK(GC_malloc((size_t)1 << 20) != NULL, "there is memory again");
    return check_done();
}
