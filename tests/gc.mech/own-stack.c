/* own-stack.c - HEURISTIC1: a stack whose cold end is a multiple of STACK_GRAN, as some systems' is */
/* variants: plain */
/* threads: required */
#include "check.h"
#include <sys/mman.h>

#define GRAN ((size_t)16 << 20)

static char *low; /* [low, low + GRAN) is the stack */
static void *weak[16];

CHECK_NOINLINE static char *make(int i)
{
    char *p = (char *)GC_malloc_atomic(64);

    memset(p, i, 64);
    weak[i] = (void *)check_hide(p);
    (void)GC_general_register_disappearing_link(&weak[i], p);
    return p;
}

CHECK_NOINLINE static void deep(int i)
{
    char *volatile p = make(i);
    long k;

    if (i + 1 < 16) {
        deep(i + 1);
    } else {
        check_collect(2);
        for (k = 0; k < 3000; k++)
            memset(GC_malloc_atomic(64), 0xFF, 64);
    }
    EXPECT(weak[i] != NULL && check_all_bytes(p, 64, i), "frame %d lost its object", i);
}

static void *body(void *arg)
{
    struct GC_stack_base base;
    char here;

    GC_INIT();
    memset(&base, 0, sizeof base);
    CHECK(GC_get_stack_base(&base) == GC_SUCCESS
              && ((char *)base.mem_base == low || (char *)base.mem_base == low + GRAN),
          "the guess is the stack's end");
    CHECK(&here >= low && &here < low + GRAN, "this is the stack");
    deep(0);
    VERDICT("every frame kept its object");
    return arg;
}

int main(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    char *map;

    check_start();
    map = (char *)mmap(NULL, 2 * GRAN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == (char *)MAP_FAILED) {
        check_unsupported("no memory for a stack");
        return check_done();
    }
    low = (char *)(((uintptr_t)map + GRAN - 1) & ~(uintptr_t)(GRAN - 1));
    pthread_attr_init(&attributes);
    if (pthread_attr_setstack(&attributes, low, GRAN) != 0
        || pthread_create(&thread, &attributes, body, NULL) != 0) {
        check_unsupported("no thread on a stack of our own");
        return check_done();
    }
    pthread_join(thread, NULL);
    return check_done();
}
