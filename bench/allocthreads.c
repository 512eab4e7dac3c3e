/* allocthreads.c - threads that allocate small objects and nothing else:
 * allocthreads [threads] [thousand objects per thread]
 *
 * Each keeps its last objects in a window; sizes 16 to 1024 bytes, so that
 * most fit a thread's cache and some need not.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

#define WINDOW 4096

struct object {
    uint64_t number, owner;
};

static unsigned long objects_per_thread;

static void check(const struct object *o, uint64_t number, uint64_t owner)
{
    if (o->number != number || o->owner != owner)
        bench_fail("object %p of thread %" PRIu64 " is damaged", (const void *)o, owner);
}

static void *worker(void *arg)
{
    struct bench_thread *self = arg;
    struct object **window = bench_need(GC_MALLOC(WINDOW * sizeof(struct object *)));
    uint64_t i, seed = self->number, owner = self->number + 100;

    for (i = 0; i < objects_per_thread; i++) {
        struct object **place = &window[i % WINDOW], *o;
        size_t size_bytes = bench_log_size(&seed, 16, 1024);

        if (*place != NULL)
            check(*place, i - WINDOW, owner);
        o = bench_need(GC_MALLOC(size_bytes));
        if (o->number != 0 || o->owner != 0)
            bench_fail("new object %p is not clear", (void *)o);
        o->number = i;
        o->owner = owner;
        *place = o;
        self->work += size_bytes;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    unsigned threads;
    uint64_t work;

    bench_init("allocthreads");
    threads = (unsigned)bench_arg(argc, argv, 1, 4);
    objects_per_thread = bench_arg(argc, argv, 2, 3000) * 1000;
    work = bench_run_threads(threads, worker);
    bench_done(work, "");
    return 0;
}
