/* coroutine.c - stacks switched by the program: GC_set_stackbottom and pushing the others */
/* variants: plain verify stress */
/* needs: makecontext */
#include "check.h"
#include "lists.h"
#include <gc/gc_mark.h>
#include <sys/mman.h>
#include <ucontext.h>

#define COROUTINES 8
#define STACK_BYTES (256 * 1024)

struct coroutine {
    ucontext_t context;
    char *stack;
    struct GC_stack_base base;
    long turns, damaged;
    int finished;
};

/* malloc'ed, so that saved registers in the contexts are seen only as part of
 * what push_stacks pushes. */
static struct coroutine *co;
static ucontext_t main_context;
static struct GC_stack_base main_base;
static char *main_top; /* hotter than all that main holds */
static void *handle;
static int current = -1; /* -1: main */
static GC_push_other_roots_proc others;

static void GC_CALLBACK push_stacks(void)
{
    int i;

    for (i = 0; i < COROUTINES; i++)
        if (i != current && co[i].stack != NULL && !co[i].finished) {
            GC_push_all_eager(co[i].stack, co[i].stack + STACK_BYTES);
            GC_push_all_eager(&co[i].context, &co[i].context + 1);
        }
    if (current != -1) {
        char *base = (char *)main_base.mem_base;

        GC_push_all_eager(main_top < base ? main_top : base, main_top < base ? base : main_top);
        GC_push_all_eager(&main_context, &main_context + 1);
    }
    if (others != 0)
        others();
}

CHECK_NOINLINE static void note_top(void)
{
    main_top = (char *)__builtin_frame_address(0);
}

static void *GC_CALLBACK set_bottom(void *base)
{
    GC_set_stackbottom(handle, (struct GC_stack_base *)base);
    return NULL;
}

/* No collection can come between the change of bottom and the switch: neither
 * allocates. */
static void go_to(int i)
{
    current = i;
    (void)GC_call_with_alloc_lock(set_bottom, i < 0 ? &main_base : &co[i].base);
}

static void back_to_main(int me)
{
    go_to(-1);
    swapcontext(&co[me].context, &main_context);
}

static void body(int me)
{
    struct node *list = NULL;
    long i, n = check_work(200), k;

    for (i = 0; i < n; i++) {
        struct node *p;

        for (k = 0; k < 20; k++)
            list = list_cons(me * 1000000 + i * 20 + k, list);
        if (i % 16 == me)
            GC_gcollect();
        back_to_main(me);
        k = i * 20 + 20;
        for (p = list; p != NULL && k > 0; p = p->next)
            if (p->value != me * 1000000 + --k)
                co[me].damaged++;
        if (p != NULL || k != 0)
            co[me].damaged++;
        co[me].turns++;
        if (i % 10 == 9) {
            list = NULL;
            n -= 10;
            i = -1;
        }
    }
    co[me].finished = 1;
    back_to_main(me);
}

static void start(int i)
{
    co[i].stack = (char *)mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    co[i].base = main_base;
    co[i].base.mem_base = co[i].stack;
    if (main_top < (char *)main_base.mem_base) /* a stack that grows down */
        co[i].base.mem_base = co[i].stack + STACK_BYTES;
    getcontext(&co[i].context);
    co[i].context.uc_stack.ss_sp = co[i].stack;
    co[i].context.uc_stack.ss_size = STACK_BYTES;
    co[i].context.uc_link = NULL;
    makecontext(&co[i].context, (void (*)(void))body, 1, i);
}

int main(void)
{
    struct node *volatile in_main;
    long round, alive = COROUTINES;
    int i;

    check_start();
    GC_INIT();
    note_top();
    co = (struct coroutine *)calloc(COROUTINES, sizeof *co);
    handle = GC_get_my_stackbottom(&main_base);
    CHECK(handle != NULL, "a handle for this thread");
    others = GC_get_push_other_roots();
    GC_set_push_other_roots(push_stacks);
    in_main = list_cons(42, list_cons(43, NULL));
    for (i = 0; i < COROUTINES; i++)
        start(i);
    for (round = 0; alive > 0 && round < 100000; round++)
        for (i = 0; i < COROUTINES; i++)
            if (!co[i].finished) {
                go_to(i);
                swapcontext(&main_context, &co[i].context);
                alive -= co[i].finished;
                if (round % 50 == 3)
                    GC_gcollect();
                EXPECT(in_main->value == 42 && in_main->next->value == 43, "main's object is lost");
            }
    VERDICT("main's objects");
    for (i = 0; i < COROUTINES; i++)
        EXPECT(co[i].damaged == 0 && co[i].turns > 0, "coroutine %d: %ld objects lost", i,
               co[i].damaged);
    VERDICT("the coroutines' objects");
    return check_done();
}
