/* no-interior.c - without all_interior_pointers only bases and registered displacements count in the heap */
/* variants: plain verify stress */
#include "weak-words.h"

static void **volatile holder; /* in the heap: roots' interior pointers always count */

static int try_offset(size_t size, size_t offset)
{
    holder = (void **)GC_malloc(WEAK_MANY * sizeof *holder);
    weak_fill(holder, offset, size);
    return weak_left();
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
    CHECK(try_offset(100, 0) == WEAK_MANY, "bases keep objects");
    CHECK(try_offset(5000, 0) == WEAK_MANY, "bases keep larger objects");
    CHECK(try_offset(100, 48) <= WEAK_MANY / 10, "other offsets do not");
    GC_register_displacement(48);
    CHECK(try_offset(100, 48) == WEAK_MANY, "registered displacement");
    CHECK(try_offset(3000, 48) == WEAK_MANY, "registered displacement, larger object");
    CHECK(try_offset(300000, 48) == WEAK_MANY, "registered displacement, large object");
    CHECK(try_offset(100, 40) <= WEAK_MANY / 10, "another displacement does not");
    CHECK(from_stack(100, 50) && from_stack(3000, 2000), "interior pointers on the stack");
    CHECK(from_stack(300000, 150000), "deep interior pointers on the stack");
    return check_done();
}
