/* shadow-cycles.c - a small graph over thousands of forced cycles, audited after each */
/* variants: plain verify stress incremental nomarkers */
/* timeout: 120 */
#include "shadow.h"

static void *static_roots[96];

int main(void)
{
    static shadow_model m;
    GC_word before;
    long cycles, i;

    check_start();
    GC_INIT();
    cycles = check_work(1500);
    if (!shadow_open(&m, static_roots, 96, 20000, (size_t)1 << 20, 7))
        return 2;
    before = GC_get_gc_no();
    for (i = 0; i < cycles; i++) {
        shadow_run(&m, 1 + check_below(&m.rng, 300));
        if (i % 8 == 7)
            while (GC_collect_a_little()) {
            }
        else
            GC_gcollect();
        shadow_audit(&m, 1);
    }
    VERDICT("live objects over many cycles");
    CHECK(GC_get_gc_no() - before >= (GC_word)(cycles * 3 / 4), "the cycles were counted");
    shadow_let_go(&m);
    check_note("%lu of %lu watched came back", m.watched_back, m.watched_dead);
    CHECK(m.watched_back * 10 >= m.watched_dead * 9, "dead objects go");
    VERDICT("finalizers and links");
    (void)shadow_close(&m);
    return check_done();
}
