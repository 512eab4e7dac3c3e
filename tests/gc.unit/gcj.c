/* gcj.c - gcj objects: descriptors in a vtable, bitmaps and mark procedures */
/* variants: plain verify stress incremental */
#include "check.h"
#include <gc/gc_gcj.h>
#include <gc/gc_mark.h>

struct vtable {
    void *unused;
    GC_word descr; /* second word */
};

struct object {
    struct vtable *vtable;
    struct object *next;
    GC_word other; /* no pointer */
    long number;
};

static struct vtable by_bitmap, by_proc, by_length;
static struct object *list;
static void *weak[1000];
static long proc_calls;

/* env 1 is an object with a debug header, env 0 one without. */
static struct GC_ms_entry *mark_object(GC_word *addr, struct GC_ms_entry *top,
                                       struct GC_ms_entry *limit, GC_word env)
{
    struct object *o = (struct object *)(env ? GC_USR_PTR_FROM_BASE(addr) : (void *)addr);

    __atomic_add_fetch(&proc_calls, 1, __ATOMIC_RELAXED);
    if (o->vtable == NULL)
        return top;
    return GC_MARK_AND_PUSH(o->next, top, limit, (void **)&o->next);
}

CHECK_NOINLINE static void build(long n)
{
    long i;

    for (i = 0; i < n; i++) {
        struct vtable *v = i % 3 == 0 ? &by_bitmap : i % 3 == 1 ? &by_proc : &by_length;
        struct object *o, *decoy = (struct object *)GC_malloc(sizeof *o);

        if (i % 10 == 7)
            o = (struct object *)GC_gcj_malloc_ignore_off_page(sizeof *o, v);
        else if (i % 10 == 8)
            o = (struct object *)GC_debug_gcj_malloc(sizeof *o, v, __FILE__, __LINE__);
        else
            o = (struct object *)GC_gcj_malloc(i % 1000 == 5 ? 40000 : sizeof *o, v);
        EXPECT(o != NULL && o->vtable == v && o->next == NULL && o->number == 0,
               "a new object is wrong");
        o->number = i;
        o->next = list;
        if (v != &by_length && i / 3 < 300) {
            o->other = (GC_word)decoy;
            weak[i] = (void *)check_hide(decoy);
            (void)GC_general_register_disappearing_link(&weak[i], decoy);
        }
        GC_END_STUBBORN_CHANGE(o);
        list = o;
    }
}

int main(void)
{
    struct object *o;
    long n, i = 0, left = 0;

    check_start();
    GC_INIT();
    n = check_work(60000) + 1000;
    GC_init_gcj_malloc(GC_GCJ_RESERVED_MARK_PROC_INDEX, (void *)mark_object);
    by_bitmap.descr = ((GC_word)1 << (8 * sizeof(GC_word) - 2)) | GC_DS_BITMAP;
    by_proc.descr = GC_MAKE_PROC(GC_GCJ_RESERVED_MARK_PROC_INDEX, 0);
    by_length.descr = sizeof(struct object) | GC_DS_LENGTH;
    build(n);
    VERDICT("allocating");
    check_collect(3);
    for (i = 0; i < n; i++)
        memset(GC_malloc(sizeof *o), 0xFF, sizeof *o);
    i = n;
    for (o = list; o != NULL; o = o->next)
        if (o->number != --i)
            break;
    CHECK(o == NULL && i == 0, "a list through all sorts");
    CHECK(proc_calls > 0, "the mark procedure is called");
    for (i = 0; i < 900; i++)
        left += weak[i] != NULL;
    CHECK(left <= 90, "non-pointers do not keep");
    o = list;
    list = NULL;
    CHECK(GC_gcj_kind > 0 && GC_get_kind_and_size(GC_gcj_malloc(32, &by_length), NULL) == GC_gcj_kind,
          "the kind is known");
    return check_done();
}
