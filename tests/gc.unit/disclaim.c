/* disclaim.c - disclaim procedures and GC_finalized_malloc */
/* variants: plain verify stress */
#include "check.h"
#include <gc/gc_disclaim.h>
#include <gc/gc_mark.h>

#define MANY 2000

struct thing {
    long magic, id;
    struct thing *friend;
};

static long finalized, damaged, disclaimed, refused;
static void *keep[MANY];
static unsigned char seen[MANY];

static void GC_CALLBACK final(void *obj, void *client)
{
    struct thing *t = (struct thing *)obj;

    if (t->magic != 0x7E57 || t->id < 0 || t->id >= MANY || client != &finalized
        || t->friend == NULL || t->friend->magic != 0xF00 || seen[t->id])
        damaged++;
    else
        seen[t->id] = 1;
    finalized++;
}

static const struct GC_finalizer_closure closure = {final, &finalized};

CHECK_NOINLINE static void build(void)
{
    long i;

    for (i = 0; i < MANY; i++) {
        struct thing *t = (struct thing *)GC_finalized_malloc(i % 500 == 3 ? 50000 : sizeof *t,
                                                              &closure);
        struct thing *f = (struct thing *)GC_malloc(sizeof *f);

        EXPECT(t != NULL && check_all_bytes(t, sizeof *t, 0), "not cleared");
        f->magic = 0xF00;
        t->magic = 0x7E57;
        t->id = i;
        t->friend = f;
        GC_END_STUBBORN_CHANGE(t);
        if (i % 2)
            keep[i] = t;
    }
}

/* Disclaims an object twice before letting it go. */
struct sticky {
    long magic;
    long refusals;
};

static int GC_CALLBACK sticky_proc(void *obj)
{
    struct sticky *s = (struct sticky *)obj;

    if (s->magic != 0x571C) /* free, or not yet in use */
        return 0;
    if (s->refusals > 0) {
        s->refusals--;
        refused++;
        return 1;
    }
    s->magic = 0;
    disclaimed++;
    return 0;
}

CHECK_NOINLINE static void build_sticky(int kind, int n)
{
    while (n-- > 0) {
        struct sticky *s = (struct sticky *)GC_generic_malloc(sizeof *s, kind);

        s->refusals = 2;
        s->magic = 0x571C;
    }
}

/* Sweeping may be lazy: allocate until all of it is done. */
CHECK_NOINLINE static void sweep_all(int kind)
{
    int i;

    check_collect(1);
    for (i = 0; i < 3 * MANY; i++)
        if (kind)
            (void)GC_generic_malloc(sizeof(struct sticky), kind);
        else
            (void)GC_finalized_malloc(sizeof(struct thing), &closure);
}

int main(void)
{
    int kind, i;
    long n;

    check_start();
    GC_INIT();
    GC_init_finalized_malloc();
    build();
    VERDICT("GC_finalized_malloc clears");
    for (i = 0; i < 4; i++)
        check_collect(1);
    CHECK(damaged == 0, "finalizers see whole objects, once");
    CHECK(finalized >= MANY / 2 * 9 / 10 && finalized <= MANY / 2, "the dead are finalized");
    for (n = 0, i = 1; i < MANY; i += 2)
        n += ((struct thing *)keep[i])->magic == 0x7E57 && !seen[i];
    CHECK(n == MANY / 2, "the living are not");
    memset(keep, 0, sizeof keep);
    for (i = 0; i < 4; i++)
        check_collect(1);
    CHECK(finalized >= MANY * 9 / 10 && finalized <= MANY, "later the others");

    kind = (int)GC_new_kind(GC_new_free_list(), GC_DS_LENGTH, 1, 1);
    GC_register_disclaim_proc(kind, sticky_proc, 0);
    build_sticky(kind, MANY);
    for (i = 0; i < 6; i++)
        sweep_all(kind);
    CHECK(refused >= 2 * MANY * 9 / 10 && refused <= 2 * MANY, "disclaimed objects stay a cycle");
    CHECK(disclaimed >= MANY * 9 / 10 && disclaimed <= MANY, "and go when no longer");
    return check_done();
}
