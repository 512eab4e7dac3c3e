/* during.c - finalizers, links, toggle references, disclaim, free, realloc while marking is under way */
/* variants: plain providers verify-uffd verify-mprotect verify-soft stress-uffd stress-mprotect deny */
/* timeout: 120 */
#include "mover.h"
#include <gc/gc_disclaim.h>
#include <gc/gc_mark.h>

#define MANY 400

struct thing {
    long magic, id;
    struct thing *friend;
    GC_word pad;
};

static struct thing *live[MANY];
static void *weak[MANY];
static unsigned runs[MANY]; /* how often its finalizer ran */
static long damaged;

CHECK_NOINLINE static struct thing *make_thing(long id)
{
    struct thing *t = (struct thing *)GC_malloc(sizeof *t);
    struct thing *f = (struct thing *)GC_malloc(sizeof *f);

    f->magic = 0xF00;
    t->magic = 0x7E57;
    t->id = id;
    t->friend = f;
    return t;
}

static int is_whole(const struct thing *t, long id)
{
    return t->magic == 0x7E57 && t->id == id && t->friend != NULL && t->friend->magic == 0xF00;
}

/* A cycle around act(i) for every i, spread over the time that marking takes. */
CHECK_NOINLINE static void cycle_of(void (*act)(int), int sort)
{
    int i;

    mover_sort = sort;
    GC_set_full_freq(sort == MOVER_MINOR ? 1000000 : 0);
    (void)vdb_enter();
    mover_began = check_now_s();
    for (i = 0; i < MANY; i++) {
        mover_pace((unsigned)i);
        act(i);
        vdb_did();
    }
    vdb_leave();
}

CHECK_NOINLINE static void make_all(void)
{
    int i;

    for (i = 0; i < MANY; i++) {
        live[i] = make_thing(i);
        runs[i] = 0;
    }
    check_wipe_stack();
    GC_gcollect();
}

static void clean_up(void)
{
    int i;

    for (i = 0; i < MANY; i++) {
        if (weak[i] != NULL)
            (void)GC_unregister_disappearing_link(&weak[i]);
        weak[i] = NULL;
        live[i] = NULL;
    }
    check_wipe_stack();
}

/* Collections until what is dead has gone. */
static void settle(void)
{
    int k;

    for (k = 0; k < 3; k++) {
        check_wipe_stack();
        (void)vdb_enter();
        vdb_leave();
        check_collect(1);
        (void)GC_invoke_finalizers();
    }
}

/* ---- finalizers -------------------------------------------------------------- */

static void GC_CALLBACK final(void *obj, void *client)
{
    struct thing *t = (struct thing *)obj;

    if (client != &damaged || t->id < 0 || t->id >= MANY || !is_whole(t, t->id))
        damaged++;
    else
        runs[t->id]++;
}

/* Odd ones die, registered or not before marking began. */
static void register_or_drop(int i)
{
    if (i % 4 < 2)
        GC_register_finalizer(live[i], final, &damaged, NULL, NULL);
    else if (i % 8 < 6)
        GC_register_finalizer(live[i], NULL, NULL, NULL, NULL);
    if (i % 2)
        live[i] = NULL;
}

static void finalizers(int sort)
{
    long i, wrong = 0, dead = 0, ran = 0;

    make_all();
    for (i = 0; i < MANY; i++)
        if (i % 4 >= 2)
            GC_register_finalizer(live[i], final, &damaged, NULL, NULL);
    damaged = 0;
    cycle_of(register_or_drop, sort);
    settle();
    for (i = 0; i < MANY; i++) {
        int has = i % 4 < 2 || i % 8 >= 6;

        if (i % 2 == 0)
            wrong += runs[i] != 0 || !is_whole(live[i], i);
        else if (!has)
            wrong += runs[i] != 0;
        else {
            wrong += runs[i] > 1;
            dead++;
            ran += runs[i];
        }
    }
    EXPECT(wrong == 0 && damaged == 0, "finalizers: %ld wrong, %ld damaged", wrong, damaged);
    EXPECT(ran >= dead * 85 / 100, "only %ld of %ld finalizers ran", ran, dead);
    for (i = 0; i < MANY; i++)
        if (live[i] != NULL)
            GC_register_finalizer(live[i], NULL, NULL, NULL, NULL);
    settle(); /* none of them is to run in the next round */
    clean_up();
}

/* ---- a weak link made strong --------------------------------------------------- */

static void *GC_CALLBACK reveal(void *link)
{
    void *hidden = *(void **)link;

    return hidden == NULL ? NULL : check_reveal((GC_word)hidden);
}

static void strengthen(int i)
{
    live[i] = (struct thing *)GC_call_with_alloc_lock(reveal, &weak[i]);
}

static void links(int sort)
{
    long i, saved = 0;

    make_all();
    for (i = 0; i < MANY; i++) {
        weak[i] = (void *)check_hide(live[i]);
        (void)GC_general_register_disappearing_link(&weak[i], live[i]);
        live[i] = NULL;
    }
    check_wipe_stack();
    cycle_of(strengthen, sort);
    mover_litter(2000);
    for (i = 0; i < MANY; i++) {
        saved += live[i] != NULL;
        EXPECT(live[i] == NULL || (weak[i] != NULL && is_whole(live[i], i)),
               "an object got by its weak link was reclaimed");
    }
    EXPECT(!vdb_marking || saved > 0, "no link was left during marking");
    clean_up();
}

/* ---- toggle references ----------------------------------------------------------- */

static GC_ToggleRefStatus wish[MANY];

static GC_ToggleRefStatus GC_CALLBACK decide(void *obj)
{
    struct thing *t = (struct thing *)obj;

    if (t->id < 0 || t->id >= MANY || !is_whole(t, t->id)) {
        damaged++;
        return GC_TOGGLE_REF_DROP;
    }
    return wish[t->id];
}

static void toggle(int i)
{
    if (i % 2) { /* in the middle of the cycle the program takes it back, or lets it go */
        wish[i] = GC_TOGGLE_REF_STRONG;
    } else {
        wish[i] = GC_TOGGLE_REF_WEAK;
    }
}

static void toggles(int sort)
{
    long i, gone = 0;

    make_all();
    damaged = 0;
    GC_set_toggleref_func(decide);
    for (i = 0; i < MANY; i++) {
        weak[i] = (void *)check_hide(live[i]);
        (void)GC_general_register_disappearing_link(&weak[i], live[i]);
        wish[i] = GC_TOGGLE_REF_STRONG;
        (void)GC_toggleref_add(live[i], 1);
        live[i] = NULL;
    }
    check_wipe_stack();
    GC_gcollect();
    for (i = 0; i < MANY; i++)
        EXPECT(weak[i] != NULL, "a strong toggle reference did not keep");
    cycle_of(toggle, sort);
    settle();
    for (i = 0; i < MANY; i++) {
        if (i % 2)
            EXPECT(weak[i] != NULL, "a toggle reference that stayed strong did not keep");
        else
            gone += weak[i] == NULL;
        wish[i] = GC_TOGGLE_REF_DROP;
    }
    EXPECT(gone >= MANY / 2 * 85 / 100, "only %ld weak toggle references went", gone);
    EXPECT(damaged == 0, "a toggle callback saw %ld damaged objects", damaged);
    settle();
    clean_up();
}

/* ---- disclaim -------------------------------------------------------------------- */

static int sticky_kind;
static volatile long refused, disclaimed;

static int GC_CALLBACK disclaim(void *obj)
{
    struct thing *t = (struct thing *)obj;

    if (t->magic != 0x7E57)
        return 0;
    if (t->friend == NULL || t->friend->magic != 0xF00) {
        damaged++;
        return 0;
    }
    if (t->id > 0) {
        t->id--;
        refused++;
        return 1;
    }
    t->magic = 0;
    disclaimed++;
    return 0;
}

static void make_sticky(int i)
{
    struct thing *t = (struct thing *)GC_generic_malloc(sizeof *t, sticky_kind);
    struct thing *f = (struct thing *)GC_malloc(sizeof *f);

    f->magic = 0xF00;
    t->id = 1;
    t->friend = f;
    t->magic = 0x7E57;
    if (i % 4 == 0)
        live[i] = t;
}

static void disclaims(int sort)
{
    long i, k, kept = 0;

    damaged = refused = disclaimed = 0;
    for (k = 0; k < 3; k++)
        cycle_of(make_sticky, sort);
    for (k = 0; k < 6; k++) {
        settle();
        for (i = 0; i < 2000; i++) { /* sweeps */
            struct thing *t = (struct thing *)GC_generic_malloc(sizeof *t, sticky_kind);

            t->magic = 0;
        }
    }
    for (i = 0; i < MANY; i += 4) {
        kept += live[i] != NULL && live[i]->magic == 0x7E57;
        live[i] = NULL;
    }
    EXPECT(damaged == 0, "disclaim saw %ld objects without their friend", damaged);
    EXPECT(kept == MANY / 4, "%ld of %d live objects were not disclaimed", kept, MANY / 4);
    EXPECT(disclaimed >= (3 * MANY - MANY / 4) * 85 / 100, "%ld disclaimed", disclaimed);
    clean_up();
}

/* ---- free, realloc, many at once ---------------------------------------------------- */

static unsigned char *bytes[MANY];
static size_t size_of[MANY];
static check_rng rng;

static void free_or_resize(int i)
{
    size_t size = 1 + check_below(&rng, i % 50 == 0 ? 100000 : i % 5 == 0 ? 3000 : 120);

    if (bytes[i] != NULL)
        EXPECT(check_all_bytes(bytes[i], size_of[i], i & 0xFF), "damaged before it was freed");
    switch (check_below(&rng, 3)) {
    case 0:
        GC_free(bytes[i]);
        bytes[i] = (unsigned char *)GC_malloc_atomic(size);
        break;
    case 1:
        bytes[i] = (unsigned char *)GC_realloc(bytes[i], size);
        break;
    default:
        bytes[i] = (unsigned char *)GC_malloc(size);
    }
    memset(bytes[i], i & 0xFF, size);
    size_of[i] = size;
    GC_END_STUBBORN_CHANGE(bytes[i]);
}

static void frees(int sort)
{
    int i, k;

    for (k = 0; k < 4; k++) {
        cycle_of(free_or_resize, sort);
        for (i = 0; i < MANY; i++)
            EXPECT(check_all_bytes(bytes[i], size_of[i], i & 0xFF), "damaged after a cycle");
    }
}

static void **chain; /* what GC_malloc_many gave */

static void take_many(int i)
{
    void *list, *next;

    if (i % 8 != 0)
        return;
    for (list = GC_malloc_many(32); list != NULL; list = next) {
        next = GC_NEXT(list);
        GC_NEXT(list) = NULL;
        ((void **)list)[1] = (void *)0x5AFE;
        *(void **)list = chain;
        chain = (void **)list;
    }
}

static void manys(int sort)
{
    unsigned long n = 0;
    void **p;

    chain = NULL;
    cycle_of(take_many, sort);
    mover_litter(4000);
    for (p = chain; p != NULL; p = (void **)*p, n++)
        if (p[1] != (void *)0x5AFE) {
            EXPECT(0, "an object of GC_malloc_many was lost after %lu", n);
            break;
        }
    chain = NULL;
}

static const struct {
    const char *name;
    void (*run)(int);
} sections[] = {{"finalizers", finalizers},
                {"a weak link made strong", links},
                {"toggle references", toggles},
                {"disclaim", disclaims},
                {"GC_free and GC_realloc", frees},
                {"GC_malloc_many", manys}};

int main(void)
{
    size_t s;
    long k, rounds;

    if (!vdb_start())
        return check_done();
    check_rng_seed(&rng, 33);
    sticky_kind = (int)GC_new_kind(GC_new_free_list(), GC_DS_LENGTH, 1, 1);
    GC_register_disclaim_proc(sticky_kind, disclaim, 1);
    mover_open(33); /* the chains: something to mark */
    rounds = check_work(8);
    for (s = 0; s < sizeof sections / sizeof *sections; s++) {
        for (k = 0; k < rounds; k++)
            sections[s].run((int)(k % MOVER_SORTS));
        VERDICT(sections[s].name);
    }
    vdb_judge();
    return check_done();
}
