/* fork.c - a child of fork allocates, collects and finalizes; so does the parent; also a grandchild */
/* variants: plain verify stress incremental */
/* needs: fork */
#include "check.h"

struct node {
    struct node *next;
    long value;
};

static struct node *list;
static int finalized;

static void GC_CALLBACK finalizer(void *obj, void *client)
{
    finalized += obj != NULL && client == &finalized;
}

static int exercise(long n)
{
    long i, sum = 0, k;
    struct node *p, *own = NULL;

    for (k = 0; k < 3; k++) {
        own = NULL;
        for (i = 0; i < n; i++) {
            p = (struct node *)GC_malloc(sizeof *p);
            if (p == NULL)
                return 1;
            p->next = own;
            p->value = i;
            GC_END_STUBBORN_CHANGE(p);
            own = p;
            if (i % 50 == 0)
                GC_register_finalizer(GC_malloc(24), finalizer, &finalized, NULL, NULL);
        }
        GC_gcollect();
    }
    for (i = n, p = own; p != NULL; p = p->next)
        if (p->value != --i)
            return 2;
    if (i != 0)
        return 3;
    for (i = 1000, p = list; p != NULL; p = p->next)
        sum += p->value == --i;
    if (sum != 1000)
        return 4; /* what the parent had built */
    (void)GC_invoke_finalizers();
    return finalized > 0 ? 0 : 5;
}

static int child(void *arg)
{
    int status = exercise(check_work(50000));
    char text[100];

    if (status != 0 || arg == NULL)
        return status;
    return check_child_ok(check_child(child, NULL, text, sizeof text)) ? 0 : 6;
}

static void attempt(const char *name)
{
    char text[1000];
    int i, status;

    for (i = 0; i < 5; i++) {
        status = check_child(child, i == 2 ? text : NULL, text, sizeof text);
        EXPECT(check_child_ok(status), "status %x in the child: %s", (unsigned)status, text);
        EXPECT(exercise(2000) == 0, "the parent fails");
    }
    VERDICT(name);
}

int main(void)
{
    long i;

    check_start();
    GC_set_handle_fork(1);
    GC_INIT();
    for (i = 0; i < 1000; i++) {
        struct node *p = (struct node *)GC_malloc(sizeof *p);

        p->next = list;
        p->value = i;
        GC_END_STUBBORN_CHANGE(p);
        list = p;
    }
    attempt("child, grandchild and parent");
    GC_gcollect();
    attempt("after a collection");
    return check_done();
}
