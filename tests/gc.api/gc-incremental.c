/* gc-incremental.c - gc.h: incremental collection, write barriers, its questions */
/* needs: children */
/* variants: plain */
/* purpose: enabling it, what it protects, doing work bit by bit, manual barriers in a child */
#include "weak.h"

enum { N = 2000 };

struct node {
    struct node *next;
    long value;
};

static struct node *volatile ring[N];

/* A graph that changes all the time and must never lose a node. */
static void change(long steps)
{
    long i;

    for (i = 0; i < steps; i++) {
        struct node *p = (struct node *)GC_malloc(sizeof *p), *old = ring[i % N];

        p->value = i;
        if (old != NULL) {
            EXPECT(old->value == i - N, "node %ld was lost", i - N);
            EXPECT(old->next == NULL || old->next->value <= old->value, "its link");
            old->next = NULL;
        }
        GC_PTR_STORE_AND_DIRTY(&p->next, old);
        GC_ptr_store_and_dirty((void *)&ring[i % N], p);
        GC_end_stubborn_change((void *)&ring[i % N]);
        GC_reachable_here(p);
        if (i % 1000 == 0)
            (void)GC_collect_a_little();
    }
}

static int manual(void *unused)
{
    (void)unused;
    GC_set_manual_vdb_allowed(1);
    GC_enable_incremental();
    if (GC_get_manual_vdb_allowed() != 1)
        return 1;
    change(check_work(100000));
    GC_gcollect();
    return check_open_failures != 0;
}

int main(void)
{
    int needs, i;

    check_start();
    CHECK(!GC_is_incremental_mode(), "the mode is off at first");
    CHECK(check_child_ok(check_child(manual, NULL, NULL, 0)), "manual barriers: nothing is lost");
    GC_enable_incremental(); /* initializes */
    CHECK(GC_is_init_called(), "GC_enable_incremental initializes");
    needs = GC_incremental_protection_needs();
    CHECK((needs & ~(GC_PROTECTS_POINTER_HEAP | GC_PROTECTS_PTRFREE_HEAP | GC_PROTECTS_STATIC_DATA
                     | GC_PROTECTS_STACK)) == 0
              && GC_PROTECTS_NONE == 0,
          "GC_incremental_protection_needs");
    GC_INIT();
    if (!GC_is_incremental_mode()) {
        check_unsupported("no dirty bits here");
        CHECK(needs == GC_PROTECTS_NONE, "so nothing is protected");
    }
    GC_set_time_limit(2);
    change(check_work(300000));
    VERDICT("incremental collections lose nothing");
    GC_start_incremental_collection();
    for (i = 0; i < 10000000 && GC_collect_a_little(); i++) {
    }
    CHECK(i < 10000000, "a cycle begun by hand comes to its end");
    for (i = 0; i < N; i++)
        ring[i] = NULL;
    GC_gcollect();
    CHECK(GC_get_gc_no() > 0, "full collections work as well");
    return check_done();
}
