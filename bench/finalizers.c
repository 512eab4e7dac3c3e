/* finalizers.c - a million finalizers and weak links: finalizers [objects]
 *
 * Every object has a finalizer and one disappearing link.  Half of them is
 * kept through the first collections, then dropped as well.  What is kept must
 * neither be finalized nor lose its link; of what is dropped, nearly all must
 * be finalized (a few may be held by stale words on the stack).
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

struct object {
    uint64_t number, check;
    struct object *partner; /* an object of the same half */
};

static struct object **strong; /* keeps */
static void **links;           /* pointer-free memory: does not keep */
static unsigned char *finalized;
static uint64_t finalized_count;

#define CHECK(number) (~(number)*31)

static void GC_CALLBACK finalize(void *obj, void *client_data)
{
    struct object *o = obj;

    (void)client_data;
    if (o->check != CHECK(o->number))
        bench_fail("object %p is damaged when finalized", obj);
    if (finalized[o->number]++ != 0)
        bench_fail("object %" PRIu64 " is finalized twice", o->number);
    finalized_count++;
}

BENCH_NOINLINE static void create(uint64_t count)
{
    uint64_t i;

    for (i = 0; i < count; i++) {
        struct object *o = bench_need(GC_MALLOC(sizeof(struct object)));

        o->number = i;
        o->check = CHECK(i);
        if (i % 2 == 0) {
            strong[i] = o;
            if (i % 4 == 2) /* pairs, not chains: one stale word must not keep them all */
                o->partner = strong[i - 2];
        }
        links[i] = o;
        GC_REGISTER_FINALIZER_NO_ORDER(o, finalize, NULL, NULL, NULL);
        if (GC_GENERAL_REGISTER_DISAPPEARING_LINK(&links[i], o) != GC_SUCCESS)
            bench_fail("cannot register link %" PRIu64, i);
    }
}

/* Finalizing may need several collections; stop once one finds nothing. */
static void collect(uint64_t expected)
{
    unsigned i;

    for (i = 0; i < 4 && finalized_count < expected; i++) {
        GC_gcollect();
        GC_invoke_finalizers();
    }
}

BENCH_NOINLINE static void verify_half(uint64_t count)
{
    uint64_t i, cleared = 0;

    for (i = 0; i < count; i++) {
        if (i % 2 == 0) {
            if (finalized[i])
                bench_fail("live object %" PRIu64 " is finalized", i);
            if (links[i] != (void *)strong[i] || strong[i]->check != CHECK(i))
                bench_fail("live object %" PRIu64 " lost its link", i);
        } else {
            if (finalized[i] && links[i] != NULL)
                bench_fail("link of dead object %" PRIu64 " is not cleared", i);
            cleared += links[i] == NULL;
        }
    }
    if (cleared < count / 2 - count / 100 || finalized_count < count / 2 - count / 100)
        bench_fail("only %" PRIu64 " links cleared, %" PRIu64 " objects finalized", cleared,
                   finalized_count);
}

int main(int argc, char **argv)
{
    uint64_t count;

    bench_init("finalizers");
    count = bench_arg(argc, argv, 1, 1000000);
    strong = bench_need(GC_MALLOC(count * sizeof(struct object *)));
    links = bench_need(GC_MALLOC_ATOMIC(count * sizeof(void *)));
    finalized = bench_need(GC_MALLOC_ATOMIC(count));
    memset(links, 0, count * sizeof(void *));
    memset(finalized, 0, count);
    create(count);
    collect(count / 2);
    verify_half(count);
    memset(strong, 0, count * sizeof(struct object *));
    collect(count);
    if (finalized_count < count - count / 100)
        bench_fail("only %" PRIu64 " objects finalized", finalized_count);
    bench_done(count, "");
    return 0;
}
