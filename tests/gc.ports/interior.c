/* interior.c - pointers into and just past objects, from every kind of root */
/* variants: plain verify stress incremental */
#include "check.h"

/* Each round allocates objects of one size, keeps one pointer at some offset in
 * one kind of place, collects, allocates more to reuse what was freed, and
 * looks whether the objects are whole. */
#define MANY 64

static char *static_place[MANY];
static char **heap_place;
static check_hidden hidden[MANY];
static void *link_to[MANY];

enum { IN_STATIC, IN_STACK, IN_HEAP, IN_UNCOLLECTABLE, PLACES };

static const char *const place_name[PLACES] = {"static data", "the stack", "the heap",
                                               "an uncollectable object"};

CHECK_NOINLINE static void make(char **place, size_t size, size_t offset, int atomic)
{
    size_t i;

    for (i = 0; i < MANY; i++) {
        char *p = (char *)(atomic ? GC_malloc_atomic(size) : GC_malloc(size));

        memset(p, (int)i, size);
        hidden[i] = check_hide(p);
        link_to[i] = (void *)check_hide(p);
        (void)GC_general_register_disappearing_link(&link_to[i], p);
        GC_PTR_STORE_AND_DIRTY(&place[i], p + offset);
        if (size > 100000 && i >= 7) {
            for (i++; i < MANY; i++)
                place[i] = NULL;
        }
    }
}

CHECK_NOINLINE static void reuse(size_t size)
{
    size_t i;

    for (i = 0; i < (size > 100000 ? 8 : 2 * MANY); i++) {
        char *p = (char *)GC_malloc_atomic(size);

        memset(p, 0xEE, size);
        p = (char *)GC_malloc(size);
        memset(p, 0xEE, size);
    }
}

CHECK_NOINLINE static void judge(char **place, size_t size, size_t offset, const char *where)
{
    size_t i;

    for (i = 0; i < MANY; i++) {
        if (place[i] == NULL)
            continue;
        EXPECT(link_to[i] != NULL, "%lu bytes, pointer at %lu in %s: collected",
               (unsigned long)size, (unsigned long)offset, where);
        EXPECT(check_all_bytes(place[i] - offset, size, (int)i),
               "%lu bytes, pointer at %lu in %s: overwritten", (unsigned long)size,
               (unsigned long)offset, where);
        (void)GC_unregister_disappearing_link(&link_to[i]);
        place[i] = NULL;
    }
}

static void try_offset(size_t size, size_t offset, int where, int atomic)
{
    char *stack_place[MANY];
    char **place = static_place;

    memset(stack_place, 0, sizeof stack_place);
    if (where == IN_STACK)
        place = stack_place;
    else if (where == IN_HEAP)
        place = heap_place = (char **)GC_malloc(sizeof stack_place);
    else if (where == IN_UNCOLLECTABLE)
        place = (char **)GC_malloc_uncollectable(sizeof stack_place);
    make(place, size, offset, atomic);
    check_collect(1);
    reuse(size);
    check_collect(1);
    judge(place, size, offset, place_name[where]);
    if (where == IN_UNCOLLECTABLE)
        GC_free(place);
    heap_place = NULL;
    GC_reachable_here(stack_place);
}

/* The only pointer is in a register, just behind the object. */
CHECK_NOINLINE static int in_register(size_t size)
{
    char *end = (char *)GC_malloc_atomic(size);
    check_hidden h = check_hide(end);
    void *weak = (void *)h;

    memset(end, 0x33, size);
    (void)GC_general_register_disappearing_link(&weak, end);
    end += size;
    CHECK_LAUNDER(end);
    GC_gcollect();
    CHECK_LAUNDER(end);
    if (weak == NULL || !check_all_bytes(end - size, size, 0x33))
        return 0;
    (void)GC_unregister_disappearing_link(&weak);
    return 1;
}

/* With little work to do: a third of the sizes, with very little none of the longest. */
static int too_much_work(size_t i, size_t size)
{
    return (check_work_percent < 50 && i % 3 != 0)
           || (check_work_percent <= 20 && size > 300000);
}

int main(void)
{
    static const size_t sizes[] = {1,    8,    16,   24,   32,    48,    64,     100,   128,
                                   256,  512,  1000, 1024, 2048,  2049,  4096,   8192,  16384,
                                   16385, 65536, 200000, (size_t)1 << 20, ((size_t)3 << 20) + 5};
    size_t i, k;
    int where;

    check_start();
    GC_set_all_interior_pointers(1);
    GC_INIT();
    for (where = 0; where < PLACES; where++) {
        for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            size_t n = sizes[i];
            size_t offsets[] = {0, 1, n / 3, n / 2, n - 1};

            if (too_much_work(i, n))
                continue;
            for (k = 0; k < sizeof offsets / sizeof *offsets; k++)
                if (offsets[k] < n)
                    try_offset(n, offsets[k], where, (int)(k & 1));
        }
        VERDICT(where == IN_STATIC  ? "interior, static data"
                : where == IN_STACK ? "interior, stack"
                : where == IN_HEAP  ? "interior, heap"
                                    : "interior, uncollectable");
    }
    /* Just past the end: a promise for root words only. */
    for (where = 0; where < IN_HEAP; where++) {
        for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
            if (!too_much_work(3 * i, sizes[i]))
                try_offset(sizes[i], sizes[i], where, (int)(i & 1));
        VERDICT(where == IN_STATIC ? "past the end, static data" : "past the end, stack");
    }
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
        EXPECT(in_register(sizes[i]), "past the end in a register, %lu bytes",
               (unsigned long)sizes[i]);
    VERDICT("past the end, register");
    return check_done();
}
