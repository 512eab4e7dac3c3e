/* shadow-threads.h - a model of random graphs per thread, threads born and dying, messages between
 * them.  Every other thread is a raw one that registers itself.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SHADOW_THREADS_H
#define SHADOW_THREADS_H

#include "shadow.h"
#include "mail.h"
#include "threads.h"

#define SHADOW_THREADS 8

struct shadow_job {
    unsigned thread, round;
    long operations;
    unsigned long dead, back;
};

static void *shadow_static_roots[SHADOW_THREADS][128];
#ifdef CHECK_TLS_IS_EMULATED
#  define shadow_tls_roots stack_roots
#else
static __thread void *shadow_tls_roots[128];
#endif

static void *shadow_work(void *arg)
{
    struct shadow_job *j = (struct shadow_job *)arg;
    void *stack_roots[128];
    void **roots = shadow_static_roots[j->thread];
    shadow_model *m = (shadow_model *)malloc(sizeof *m);
    long slice;

    if (j->round % 3 == 1)
        roots = stack_roots;
    else if (j->round % 3 == 2 && !check_is_stock)
        roots = shadow_tls_roots;
    if (m == NULL
        || !shadow_open(m, roots, 128, 20000, (size_t)4 << 20, 100 + j->thread + 16 * j->round)) {
        EXPECT(0, "no memory for a model");
        return NULL;
    }
    for (slice = 0; slice < j->operations; slice += 100) {
        shadow_run(m, 100);
        mail_exchange(&m->rng);
    }
    shadow_audit(m, 1);
    memset(roots, 0, 128 * sizeof *roots);
    memset(m->root_id, 0xFF, sizeof m->root_id);
    shadow_audit(m, 0);
    while (m->n_uncollectable > 0) {
        m->entry[m->uncollectable[0]].indegree = 0;
        shadow_free_uncollectable(m, 0);
    }
    shadow_audit(m, 0);
    for (slice = 0; slice < 3; slice++) {
        check_collect(1);
        (void)GC_invoke_finalizers();
        shadow_audit(m, 0);
    }
    j->dead = m->watched_dead;
    j->back = m->watched_back;
    if (shadow_close(m))
        free(m);
    return arg;
}

/* After GC_INIT and GC_allow_register_threads: so many generations of threads.  The two verdicts
 * of every such program. */
CHECK_UNUSED static void shadow_generations(unsigned rounds, long operations)
{
    static struct shadow_job job[SHADOW_THREADS];
    static pthread_t tid[SHADOW_THREADS];
    static int raw[SHADOW_THREADS];
    unsigned round, i;
    unsigned long dead = 0, back = 0;

    for (round = 0; round < rounds; round++) {
        for (i = 0; i < SHADOW_THREADS; i++) {
            job[i].thread = i;
            job[i].round = round;
            job[i].operations = operations / (1 + (i & 3));
            raw[i] = (int)((i + round) & 1);
            if (any_create(raw[i], &tid[i], shadow_work, &job[i]) != 0) {
                EXPECT(0, "cannot create a thread");
                return;
            }
        }
        for (i = 0; i < SHADOW_THREADS; i++) {
            void *result = NULL;

            EXPECT(any_join(raw[i], tid[i], &result) == 0, "cannot join");
            EXPECT(result == &job[i], "a thread's result is lost");
            dead += job[i].dead;
            back += job[i].back;
        }
    }
    VERDICT("live objects, messages, thread results");
    check_note("%lu of %lu watched came back, %lu collections", back, dead,
               (unsigned long)GC_get_gc_no());
    CHECK(back * 100 >= dead * 85, "dead objects go");
}

#endif /* SHADOW_THREADS_H */
