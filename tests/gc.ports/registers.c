/* registers.c - objects that only registers hold survive a collection */
/* variants: plain verify incremental */
/* cflags: -O2 */
#include "check.h"

#define SIZE 64

static check_hidden hidden[8];
static void *weak[8];

CHECK_NOINLINE static char *make(int i)
{
    char *p = (char *)GC_malloc_atomic(SIZE);

    memset(p, i + 1, SIZE);
    hidden[i] = check_hide(p);
    weak[i] = (void *)check_hide(p);
    (void)GC_general_register_disappearing_link(&weak[i], p);
    return p;
}

CHECK_NOINLINE static void overwrite(void)
{
    int i;

    for (i = 0; i < 2000; i++)
        memset(GC_malloc_atomic(SIZE), 0xFF, SIZE);
}

CHECK_NOINLINE static void collect_deep(int depth)
{
    volatile char frame[64];

    frame[0] = (char)depth;
    if (depth > 0)
        collect_deep(depth - 1);
    else
        GC_gcollect();
    frame[1] = frame[0];
}

/* The six live across calls, so they are in registers the callee saves, or
 * spilled by it. */
CHECK_NOINLINE static void hold(int depth)
{
    char *a = make(0), *b = make(1), *c = make(2), *d = make(3), *e = make(4), *f = make(5);

    CHECK_LAUNDER(a);
    CHECK_LAUNDER(b);
    CHECK_LAUNDER(c);
    CHECK_LAUNDER(d);
    CHECK_LAUNDER(e);
    CHECK_LAUNDER(f);
    collect_deep(depth);
    overwrite();
    collect_deep(depth);
    CHECK_LAUNDER(a); /* or gcc keeps a - 1 in the register, for a loop that adds one first (powerpc) */
    CHECK_LAUNDER(b);
    CHECK_LAUNDER(c);
    CHECK_LAUNDER(d);
    CHECK_LAUNDER(e);
    CHECK_LAUNDER(f);
    EXPECT(check_all_bytes(a, SIZE, 1) && weak[0] != NULL, "a is lost");
    EXPECT(check_all_bytes(b, SIZE, 2) && weak[1] != NULL, "b is lost");
    EXPECT(check_all_bytes(c, SIZE, 3) && weak[2] != NULL, "c is lost");
    EXPECT(check_all_bytes(d, SIZE, 4) && weak[3] != NULL, "d is lost");
    EXPECT(check_all_bytes(e, SIZE, 5) && weak[4] != NULL, "e is lost");
    EXPECT(check_all_bytes(f, SIZE, 6) && weak[5] != NULL, "f is lost");
}

/* A collection that an allocation starts finds them too. */
CHECK_NOINLINE static void hold_while_allocating(void)
{
    char *a = make(0), *b = make(1), *c = make(2);
    GC_word no = GC_get_gc_no();
    long i;

    CHECK_LAUNDER(a);
    CHECK_LAUNDER(b);
    CHECK_LAUNDER(c);
    for (i = 0; i < 20000000 && GC_get_gc_no() < no + 3; i++)
        memset(GC_malloc_atomic(SIZE), 0xFF, SIZE);
    EXPECT(GC_get_gc_no() >= no + 3, "no collections came");
    EXPECT(check_all_bytes(a, SIZE, 1) && check_all_bytes(b, SIZE, 2)
               && check_all_bytes(c, SIZE, 3),
           "lost in an allocation");
}

static void forget(void)
{
    int i;

    for (i = 0; i < 8; i++)
        (void)GC_unregister_disappearing_link(&weak[i]);
}

int main(void)
{
    int i;

    check_start();
    GC_INIT();
    for (i = 0; i < 50; i++) {
        hold(i % 10);
        forget();
    }
    VERDICT("callee-saved registers");
    for (i = 0; i < 5; i++) {
        hold_while_allocating();
        forget();
    }
    VERDICT("collections from within allocations");
    return check_done();
}
