/* shadow-threads.c - a model per thread, threads born and dying, messages between them */
/* threads: required */
/* variants: plain verify stress incremental nomarkers markers4 */
/* timeout: 180 */
#include "shadow.h"
#include "mail.h"
#include "threads.h"

#define THREADS 8

struct job {
    unsigned thread, round;
    long operations;
    unsigned long dead, back;
};

static void *static_roots[THREADS][128];
static __thread void *tls_roots[128];

static void *work(void *arg)
{
    struct job *j = (struct job *)arg;
    void *stack_roots[128];
    void **roots = static_roots[j->thread];
    shadow_model *m = (shadow_model *)malloc(sizeof *m);
    long slice;

    if (j->round % 3 == 1)
        roots = stack_roots;
    else if (j->round % 3 == 2 && !check_is_stock)
        roots = tls_roots;
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

int main(void)
{
    static struct job job[THREADS];
    static pthread_t tid[THREADS];
    static int raw[THREADS];
    unsigned rounds = 6, round, i;
    unsigned long dead = 0, back = 0;

    check_start();
    GC_INIT();
    GC_allow_register_threads();
    for (round = 0; round < rounds; round++) {
        for (i = 0; i < THREADS; i++) {
            job[i].thread = i;
            job[i].round = round;
            job[i].operations = check_work(40000) / (1 + (i & 3));
            raw[i] = (int)((i + round) & 1);
            if (any_create(raw[i], &tid[i], work, &job[i]) != 0) {
                EXPECT(0, "cannot create a thread");
                return check_done();
            }
        }
        for (i = 0; i < THREADS; i++) {
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
    return check_done();
}
