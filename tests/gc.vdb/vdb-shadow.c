/* vdb-shadow.c - the model of random graphs while minor collections run, by every provider */
/* variants: plain providers vdb-manual verify-uffd verify-mprotect verify-soft deny */
#include "shadow.h"
#include "vdb.h"

static void *static_roots[256];

int main(void)
{
    static shadow_model m;
    long i, slices;

    if (!vdb_start())
        return check_done();
    if (!shadow_open(&m, static_roots, 256, 80000, (size_t)24 << 20, 21))
        return 2;
    slices = check_work(600);
    for (i = 0; i < slices; i++) {
        shadow_run(&m, 1000);
        (void)GC_collect_a_little();
        if (i % 20 == 0)
            shadow_audit(&m, 1);
    }
    shadow_audit(&m, 1);
    VERDICT("live objects");
    shadow_let_go(&m);
    check_note("%lu of %lu watched came back, %lu collections", m.watched_back, m.watched_dead,
               (unsigned long)GC_get_gc_no());
    CHECK(m.watched_back * 10 >= m.watched_dead * 9, "dead objects go");
    VERDICT("finalizers and links");
    (void)shadow_close(&m);
    return check_done();
}
