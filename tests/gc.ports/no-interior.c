/* no-interior.c - without all_interior_pointers only bases and registered displacements count in the heap */
/* variants: plain verify stress */
#include "check.h"

#define MANY 50

static char **holder; /* in the heap: roots' interior pointers always count */
static void *weak[MANY];

CHECK_NOINLINE static void make(size_t size, size_t offset)
{
    int i;

    holder = (char **)GC_malloc(MANY * sizeof *holder);
    for (i = 0; i < MANY; i++) {
        char *p = (char *)GC_malloc_atomic(size);

        weak[i] = (void *)check_hide(p);
        (void)GC_general_register_disappearing_link(&weak[i], p);
        GC_PTR_STORE_AND_DIRTY(&holder[i], p + offset);
    }
}

static int kept(void)
{
    int i, n = 0;

    check_collect(2);
    for (i = 0; i < MANY; i++) {
        n += weak[i] != NULL;
        (void)GC_unregister_disappearing_link(&weak[i]);
    }
    return n;
}

static int try_offset(size_t size, size_t offset)
{
    make(size, offset);
    return kept();
}

CHECK_NOINLINE static int from_stack(size_t size, size_t offset)
{
    char *volatile p = (char *)GC_malloc_atomic(size) + offset;
    void *link = (void *)check_hide(p - offset);
    int ok;

    (void)GC_general_register_disappearing_link(&link, p - offset);
    check_collect(1);
    ok = link != NULL;
    (void)GC_unregister_disappearing_link(&link);
    GC_reachable_here(p);
    return ok;
}

int main(void)
{
    check_start();
    GC_set_all_interior_pointers(0);
    GC_INIT();
    CHECK(GC_get_all_interior_pointers() == 0, "the setting is kept");
    CHECK(try_offset(100, 0) == MANY, "bases keep objects");
    CHECK(try_offset(5000, 0) == MANY, "bases keep larger objects");
    CHECK(try_offset(100, 48) <= MANY / 10, "other offsets do not");
    GC_register_displacement(48);
    CHECK(try_offset(100, 48) == MANY, "registered displacement");
    CHECK(try_offset(3000, 48) == MANY, "registered displacement, larger object");
    CHECK(try_offset(300000, 48) == MANY, "registered displacement, large object");
    CHECK(try_offset(100, 40) <= MANY / 10, "another displacement does not");
    CHECK(from_stack(100, 50) && from_stack(3000, 2000), "interior pointers on the stack");
    CHECK(from_stack(300000, 150000), "deep interior pointers on the stack");
    return check_done();
}
