/* gc_disclaim.c - gc_disclaim.h: procedures called before reclaiming */
/* variants: plain verify incremental */
/* purpose: disclaim procedures for a kind, refusal, mark_from_all, GC_finalized_malloc */
#include "weak.h"
#include <gc/gc_disclaim.h>
#include <gc/gc_mark.h>

enum { N = 40, MAGIC = 4711 };

struct object {
    struct object *next;
    long magic;
};

static int ended, wrong, disclaimed, refuse;

static void GC_CALLBACK on_end(void *obj, void *cd)
{
    struct object *p = (struct object *)obj;

    ended++;
    wrong += p->magic != MAGIC || cd != (void *)&ended
             || (p->next != NULL && p->next->magic != MAGIC);
}

static int GC_CALLBACK disclaim(void *obj)
{
    struct object *p = (struct object *)obj;

    if (p->magic != MAGIC) /* a slot that was never an object */
        return 0;
    disclaimed++;
    if (refuse)
        return 1;
    p->magic = 0;
    return 0;
}

static const struct GC_finalizer_closure closure = {on_end, &ended};

CHECK_NOINLINE static void make_finalized(void)
{
    int i;

    for (i = 0; i < N; i++) {
        struct object *p = (struct object *)GC_finalized_malloc(sizeof *p, &closure);
        struct object *q = (struct object *)GC_malloc(sizeof *q);

        EXPECT(p != NULL && (char *)GC_base(p) + sizeof(void *) == (char *)p
                   && GC_size(GC_base(p)) >= sizeof *p + sizeof(void *),
               "where it starts");
        q->magic = p->magic = MAGIC;
        GC_PTR_STORE_AND_DIRTY(&p->next, q);
    }
}

CHECK_NOINLINE static void make_kind(int kind)
{
    int i;

    for (i = 0; i < N; i++) {
        struct object *p = (struct object *)GC_generic_malloc(sizeof *p, kind);

        p->magic = MAGIC;
    }
}

/* Sweeping may be late: allocation does it. */
static void sweep_all(int kind)
{
    int i;

    check_collect(2);
    for (i = 0; i < 3000; i++) {
        GC_malloc(sizeof(struct object) + sizeof(void *));
        if (kind >= 0)
            GC_generic_malloc(sizeof(struct object), kind);
    }
    check_collect(1);
}

int main(void)
{
    int kind;
    struct object *p;

    check_start();
    GC_INIT();
    GC_init_finalized_malloc();
    GC_init_finalized_malloc();
    make_finalized();
    sweep_all(-1);
    CHECK(ended >= N - N / 8, "GC_finalized_malloc: the clean-up runs");
    CHECK(wrong == 0, "with its object, its data, and what it points to");

    kind = (int)GC_new_kind(GC_new_free_list(), GC_DS_LENGTH, 1, 1);
    GC_register_disclaim_proc(kind, disclaim, 0);
    refuse = 1;
    make_kind(kind);
    sweep_all(kind);
    CHECK(disclaimed > 0, "a disclaim procedure is called");
    disclaimed = 0;
    sweep_all(kind);
    CHECK(disclaimed > 0, "again, if it refused");
    refuse = 0;
    sweep_all(kind);
    disclaimed = 0;
    sweep_all(kind);
    CHECK(disclaimed <= N / 8, "and no longer once it agreed");
    p = (struct object *)GC_generic_malloc(sizeof *p, kind);
    p->magic = MAGIC;
    disclaimed = 0;
    GC_free(p);
    CHECK(disclaimed == 0, "GC_free does not call it");
    return check_done();
}
