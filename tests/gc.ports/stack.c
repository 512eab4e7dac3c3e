/* stack.c - the whole stack is scanned: main's frame, argv's level, deep recursion, alloca, structs */
/* needs: setjmp */
/* variants: plain verify incremental */
#include "check.h"
#include "lists.h"
#include <alloca.h>
#include <setjmp.h>

/* One object per frame; collected at the bottom and on the way. */
CHECK_NOINLINE static long deep(long depth)
{
    struct node *volatile mine = list_cons(depth, list_cons(-depth, NULL));
    long sum;

    if (depth == 0) {
        check_collect(1);
        return 0;
    }
    if (depth % 1000 == 0) {
        int i;

        GC_gcollect();
        for (i = 0; i < 3000; i++)
            (void)list_cons(12345, NULL);
    }
    sum = deep(depth - 1);
    EXPECT(mine->value == depth && mine->next->value == -depth && mine->next->next == NULL,
           "frame %ld lost its object", depth);
    return sum + mine->value;
}

struct many {
    struct node *p[100];
};

CHECK_NOINLINE static struct many by_value(struct many m, int i)
{
    check_collect(1);
    EXPECT(m.p[i]->value == i, "lost in an argument");
    return m;
}

CHECK_NOINLINE static void aggregates(void)
{
    struct many m;
    struct node **q = (struct node **)alloca(500 * sizeof *q);
    long i;

    for (i = 0; i < 100; i++)
        m.p[i] = list_cons(i, NULL);
    for (i = 0; i < 500; i++)
        q[i] = list_cons(1000 + i, NULL);
    m = by_value(m, 7);
    for (i = 0; i < 5000; i++)
        (void)list_cons(12345, NULL);
    for (i = 0; i < 100; i++)
        EXPECT(m.p[i]->value == i, "lost in a structure");
    for (i = 0; i < 500; i++)
        EXPECT(q[i]->value == 1000 + i, "lost in alloca");
}

#if !defined(_WIN32) && !defined(__wasi__)
static sigjmp_buf unreadable;

static void on_fault(int sig)
{
    siglongjmp(unreadable, sig);
}

/* A port that guesses walks to the first page that cannot be read.  An emulator's own memory may
   lie behind the stack and be readable, and the guess is too far: allowed, for it loses nothing. */
static int all_readable(const char *from, const char *to)
{
    struct sigaction action, old_segv, old_bus;
    const char *volatile low = from < to ? from : to;
    const char *const high = from < to ? to : from;
    volatile int readable = 0;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_fault;
    sigaction(SIGSEGV, &action, &old_segv);
    sigaction(SIGBUS, &action, &old_bus);
    if (sigsetjmp(unreadable, 1) == 0) {
        for (; low < high; low += 4096)
            (void)*(const volatile char *)low;
        readable = 1;
    }
    sigaction(SIGSEGV, &old_segv, NULL);
    sigaction(SIGBUS, &old_bus, NULL);
    return readable;
}
#else
static int all_readable(const char *from, const char *to)
{
    (void)from;
    (void)to;
    return 0;
}
#endif

CHECK_NOINLINE static void check_near(const char *base, const char *name)
{
    char here;
    ptrdiff_t distance = base - &here;

    if (distance < 0)
        distance = -distance; /* a stack that grows up */
    if (distance >= (ptrdiff_t)64 << 20 && all_readable(&here, base))
        check_unsupported("near: what lies behind the stack can be read as if it were part of it");
    else
        check_verdict(distance < (ptrdiff_t)64 << 20, name, __FILE__, __LINE__, "within 64 MiB");
}

static void bounds(void)
{
    struct GC_stack_base base, again;

    memset(&base, 0, sizeof base);
    CHECK(GC_get_stack_base(&base) == GC_SUCCESS && base.mem_base != NULL, "the base is known");
    check_near((const char *)base.mem_base, "and near");
    CHECK(GC_get_my_stackbottom(&again) != NULL && again.mem_base != NULL, "the registered base");
    check_near((const char *)again.mem_base, "is near too");
}

static int base_calls;

static void *GC_CALLBACK with_base(struct GC_stack_base *sb, void *arg)
{
    base_calls += sb != NULL && sb->mem_base != NULL;
    return arg;
}

int main(int argc, char **argv)
{
    struct node *volatile in_main;

    check_start();
    GC_INIT();
    in_main = list_cons(4711, list_cons(argc, NULL));
    GC_reachable_here(argv);
    bounds();
    CHECK(deep(check_work(20000)) > 0 || check_work(20000) < 2, "deep recursion returns");
    VERDICT("every frame kept its object");
    aggregates();
    VERDICT("structures and alloca");
    check_collect(1);
    CHECK(in_main->value == 4711 && in_main->next->value == argc, "main's own frame");
    CHECK(GC_call_with_stack_base(with_base, &base_calls) == &base_calls && base_calls == 1,
          "GC_call_with_stack_base");
    return check_done();
}
