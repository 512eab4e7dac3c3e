/* smoke.c - the collector starts, allocates, collects and says its version */
/* variants: plain verify stress incremental */
#include "check.h"

struct node {
    struct node *next;
    long value;
};

static struct node *list;

int main(void)
{
    long i, sum = 0, n = 100000;
    struct node *p;

    check_start();
    GC_INIT();
    CHECK(GC_is_init_called(), "initialized");
    CHECK(GC_get_version() >> 16 == 8, "version 8");
    n = check_work(n);
    for (i = 0; i < n; i++) {
        p = (struct node *)GC_MALLOC(sizeof *p);
        if (p == NULL)
            break;
        EXPECT(p->next == NULL && p->value == 0, "not cleared");
        p->value = i;
        p->next = list;
        list = p;
    }
    VERDICT("new objects are cleared");
    CHECK(i == n, "allocates");
    GC_gcollect();
    CHECK(GC_get_gc_no() > 0, "collects");
    for (p = list; p != NULL; p = p->next)
        sum += p->value;
    CHECK(sum == n * (n - 1) / 2, "a list survives");
    list = NULL;
    GC_gcollect();
    CHECK(GC_get_heap_size() > 0, "has a heap");
    return check_done();
}
