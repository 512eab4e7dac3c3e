/* shadow.c - random graphs of every kind and size against a model: nothing live is lost */
/* variants: plain verify stress incremental increverify nomarkers unmap */
/* timeout: 120 */
#include "shadow.h"

static void *static_roots[SHADOW_ROOTS];

static void run(void **roots, unsigned n, long operations, size_t limit, uint64_t seed)
{
    static shadow_model model;
    shadow_model *m = &model;

    if (!shadow_open(m, roots, n, 150000, limit, seed)) {
        EXPECT(0, "no memory for the model");
        return;
    }
    shadow_run(m, operations);
    shadow_audit(m, 1);
    VERDICT(roots == static_roots ? "live objects, static roots" : "live objects, stack roots");
    shadow_let_go(m);
    check_note("%lu allocated, %lu freed, %lu audits, %lu buried, %lu of %lu watched came back",
               m->allocated, m->freed, m->audits, m->buried, m->watched_back, m->watched_dead);
    if (roots != static_roots || !check_dead_stay())
        CHECK(m->watched_back * 10 >= m->watched_dead * 9,
              roots == static_roots ? "dead objects go, static roots"
                                    : "dead objects go, stack roots");
    VERDICT(roots == static_roots ? "finalizers and links, static roots"
                                  : "finalizers and links, stack roots");
    (void)shadow_close(m);
}

int main(void)
{
    void *stack_roots[64];

    check_start();
    GC_INIT();
    run(static_roots, SHADOW_ROOTS, check_work(1500000), (size_t)48 << 20, 1);
    memset(static_roots, 0, sizeof static_roots);
    run(stack_roots, 64, check_work(500000), (size_t)16 << 20, 2);
    return check_done();
}
