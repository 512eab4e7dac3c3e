/* allocfree.c - GC_malloc with GC_free: allocfree [threads] [thousand pairs]
 *
 * Explicit freeing as malloc programs do it: each thread replaces random
 * objects of its own, the old one is freed at once.  The pairs are shared out
 * evenly.  With BENCH_MALLOC the same on calloc and free (allocfree-malloc), to be
 * compared with malloc libraries.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

#define LIVE 2000

struct object {
    uint64_t number, owner;
};

static unsigned long pairs;

static void *worker(void *arg)
{
    struct bench_thread *self = arg;
    struct object **live = bench_need(GC_MALLOC(LIVE * sizeof(struct object *)));
    uint64_t i, seed = self->number, owner = self->number + 100;

    for (i = self->number; i < pairs; i += self->count) {
        size_t k = bench_below(&seed, LIVE), size_bytes = bench_log_size(&seed, 16, 512);
        struct object *o = live[k];

        if (o != NULL) {
            if (o->owner != owner || o->number % LIVE != k)
                bench_fail("object %p of thread %" PRIu64 " is damaged", (void *)o, owner);
            o->owner = 0;
            GC_FREE(o);
        }
        o = bench_need(GC_MALLOC(size_bytes));
        if (o->number != 0 || o->owner != 0)
            bench_fail("new object %p is not clear", (void *)o);
        o->number = i / LIVE * LIVE + k;
        o->owner = owner;
        live[k] = o;
        self->work += size_bytes;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    unsigned threads;
    uint64_t work;

    bench_init("allocfree");
    threads = (unsigned)bench_arg(argc, argv, 1, 1);
    pairs = bench_arg(argc, argv, 2, 20000) * 1000;
    work = bench_run_threads(threads, worker);
    bench_done(work, "");
    return 0;
}
