/* gc_gcj.c - gc_gcj.h: objects with a descriptor in their vtable */
/* variants: plain verify incremental */
/* purpose: the three allocators, both ways to describe an object, the kinds */
#include "weak.h"
#include <gc/gc_gcj.h>
#include <gc/gc_mark.h>

enum { N = 40 };

struct vtable {
    void *unused;
    GC_word descr;
};

struct object {
    struct vtable *vtable;
    void *a, *b, *c;
};

static int calls;
static void *volatile root;

/* Looks at a; env 1 says that a debugging header comes first. */
static struct GC_ms_entry *mark_a(GC_word *addr, struct GC_ms_entry *msp,
                                  struct GC_ms_entry *limit, GC_word env)
{
    struct object *p = (struct object *)(env == 1 ? GC_USR_PTR_FROM_BASE(addr) : (void *)addr);

    __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
    if (p->vtable == NULL)
        return msp;
    return GC_MARK_AND_PUSH(p->a, msp, limit, &p->a);
}

CHECK_NOINLINE static void hold(struct vtable *v, int how, int word)
{
    void **list = (void **)GC_malloc(N * sizeof(void *));
    int i;

    for (i = 0; i < N; i++) {
        void *target = GC_malloc(40);
        struct object *p = (struct object *)(how == 0   ? GC_GCJ_MALLOC(sizeof *p, v)
                                             : how == 1 ? GC_gcj_malloc_ignore_off_page(sizeof *p, v)
                                                        : GC_debug_gcj_malloc(sizeof *p, v, "here", 1));

        EXPECT(p->vtable == v && p->a == NULL && p->b == NULL && p->c == NULL, "contents");
        GC_PTR_STORE_AND_DIRTY(word == 1 ? &p->a : &p->b, target);
        GC_PTR_STORE_AND_DIRTY(&list[i], p);
        weak_set(i, target);
    }
    root = list;
}

int main(void)
{
    static struct vtable by_proc, by_bitmap;
    static const char *const names[] = {"GC_gcj_malloc", "GC_gcj_malloc_ignore_off_page",
                                        "GC_debug_gcj_malloc"};
    int how;

    check_start();
    GC_INIT();
    GC_init_gcj_malloc(GC_GCJ_RESERVED_MARK_PROC_INDEX, (void *)(GC_word)mark_a);
    GC_init_gcj_malloc(GC_GCJ_RESERVED_MARK_PROC_INDEX, (void *)(GC_word)mark_a);
    by_proc.descr = GC_MAKE_PROC(GC_GCJ_RESERVED_MARK_PROC_INDEX, 0);
    by_bitmap.descr = (GC_word)1 << (8 * sizeof(GC_word) - 2) | GC_DS_BITMAP;
    for (how = 0; how < 3; how++) {
        char name[100];

        hold(&by_proc, how, 1);
        snprintf(name, sizeof name, "%s: the mark procedure keeps", names[how]);
        CHECK(WEAK_ALL_LEFT(N) && calls > 0, name);
        weak_clear();
        hold(&by_proc, how, 2);
        snprintf(name, sizeof name, "%s: only what it pushes", names[how]);
        CHECK(WEAK_NONE_LEFT(N), name);
        weak_clear();
        hold(&by_bitmap, how, 1);
        snprintf(name, sizeof name, "%s: a bitmap in the vtable keeps", names[how]);
        CHECK(WEAK_ALL_LEFT(N), name);
        weak_clear();
    }
    CHECK(GC_get_kind_and_size(GC_gcj_malloc(64, &by_proc), NULL) == GC_gcj_kind, "GC_gcj_kind");
    CHECK(GC_get_kind_and_size(GC_base(GC_debug_gcj_malloc(64, &by_proc, "here", 1)), NULL)
              == GC_gcj_debug_kind,
          "GC_gcj_debug_kind");
    root = GC_gcj_malloc_ignore_off_page(100000, &by_proc);
    CHECK(GC_size(root) >= 100000 && *(void **)root == &by_proc, "large objects");
    return check_done();
}
