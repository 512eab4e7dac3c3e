/* told-stack.c - a port that does not know the stack: the program sets GC_stackbottom */
/* variants: plain */
#define GC_IGNORE_WARN 1
#include "check.h"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static struct GC_stack_base base;
static void *weak;

CHECK_NOINLINE static char *make(void)
{
    char *p = (char *)GC_malloc_atomic(64);

    memset(p, 7, 64);
    weak = (void *)check_hide(p);
    (void)GC_general_register_disappearing_link(&weak, p);
    return p;
}

CHECK_NOINLINE static void use_it(void)
{
    char *p = make();
    long i;

    check_collect(2);
    for (i = 0; i < 3000; i++)
        memset(GC_malloc_atomic(64), 0xFF, 64);
    CHECK(weak != NULL && check_all_bytes(p, 64, 7), "what a frame holds is kept");
}

int main(void)
{
    check_start();
    base.mem_base = __builtin_frame_address(0);
    GC_set_stackbottom(NULL, &base);
    GC_INIT();
    CHECK(GC_stackbottom == (char *)base.mem_base, "the program's word counts");
    use_it();
    return check_done();
}
