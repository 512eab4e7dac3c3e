/* minor.c - minor collections: an old object keeps a young one; dead young ones come back */
/* variants: plain providers vdb-manual verify-uffd verify-mprotect verify-soft */
/* timeout: 120 */
#include "vdb.h"

#define OLD 20000
#define YOUNG 400

struct old {
    struct old *next;
    void *word[6];
};

static struct old *first;
static check_hidden old_at[OLD]; /* found without walking */
static void *kept[YOUNG], *dead[YOUNG];
static check_rng rng;

CHECK_NOINLINE static void build(void)
{
    long i;

    for (i = 0; i < OLD; i++) {
        struct old *p = (struct old *)GC_malloc(sizeof *p);

        p->next = first;
        GC_END_STUBBORN_CHANGE(p);
        first = p;
        old_at[i] = check_hide(p);
    }
}

CHECK_NOINLINE static void watch(void **link, void *p)
{
    if (*link != NULL)
        (void)GC_unregister_disappearing_link(link);
    *link = (void *)check_hide(p);
    (void)GC_general_register_disappearing_link(link, p);
}

/* Young objects, half of them held by old ones, half by nothing. */
CHECK_NOINLINE static void give_birth(void)
{
    long i;

    for (i = 0; i < YOUNG; i++) {
        struct old *holder = (struct old *)check_reveal(old_at[check_below(&rng, OLD)]);
        void *p = memset(GC_malloc_atomic(64), (int)(i % 200), 64);

        watch(&kept[i], p);
        GC_PTR_STORE_AND_DIRTY(&holder->word[1], p);
        GC_PTR_STORE_AND_DIRTY(&holder->word[2], memset(GC_malloc_atomic(64), (int)(i % 200), 64));
        watch(&dead[i], memset(GC_malloc_atomic(64), 0xDD, 64));
    }
    check_wipe_stack();
}

/* Allocates until so many collections came by themselves. */
static unsigned long let_collect(unsigned long n)
{
    unsigned long from = (unsigned long)GC_get_gc_no(), now = from;
    long k;

    for (k = 0; k < 3000000 && now < from + n; k++) {
        memset(GC_malloc_atomic(128), 0xEE, 128);
        if (k % 64 == 0) {
            (void)GC_collect_a_little();
            now = (unsigned long)GC_get_gc_no();
        }
    }
    EXPECT(now >= from + n, "no collection comes by itself");
    return now - from;
}

static unsigned count_left(void **links)
{
    unsigned i, n = 0;

    for (i = 0; i < YOUNG; i++)
        n += links[i] != NULL;
    return n;
}

/* A young object that was overwritten in its holder by a later one is dead too, so only those
 * still held are asked for. */
CHECK_NOINLINE static void look_at_kept(void)
{
    long i, k;

    for (i = 0; i < OLD; i++) {
        const struct old *p = (const struct old *)check_reveal(old_at[i]);

        for (k = 1; k <= 2; k++)
            if (p->word[k] != NULL) {
                const unsigned char *c = (const unsigned char *)p->word[k];

                EXPECT(check_all_bytes(c, 64, c[0]) && c[0] != 0xEE && c[0] != 0xDD,
                       "a young object that an old one holds was reclaimed");
            }
    }
}

static void empty(void)
{
    long i;

    for (i = 0; i < OLD; i++) {
        struct old *p = (struct old *)check_reveal(old_at[i]);

        if (p->word[1] != NULL || p->word[2] != NULL) {
            p->word[1] = p->word[2] = NULL;
            GC_END_STUBBORN_CHANGE(p);
        }
    }
}

/* Nothing holds an old object any more, and none of them another. */
CHECK_NOINLINE static void take_apart(void)
{
    long i;

    first = NULL;
    for (i = 0; i < OLD; i++) {
        struct old *p = (struct old *)check_reveal(old_at[i]);

        p->next = NULL;
        GC_END_STUBBORN_CHANGE(p);
        if (i < YOUNG)
            watch(&kept[i], p);
    }
}

int main(void)
{
    long k, rounds;
    unsigned long left = 0, all = 0, again = 0;

    if (!vdb_start())
        return check_done();
    check_rng_seed(&rng, 37);
    build();
    GC_gcollect();
    GC_gcollect();
    GC_set_full_freq(1000); /* from here on minor ones only */
    CHECK(GC_get_full_freq() == 1000, "GC_set_full_freq");
    rounds = check_work(20);
    for (k = 0; k < rounds; k++) {
        give_birth();
        (void)let_collect(3);
        look_at_kept();
        left += count_left(dead);
        all += YOUNG;
        empty();
    }
    VERDICT("what old objects hold survives minor collections");
    check_note("%lu of %lu dead young objects left after three minor collections each", left, all);
    CHECK(left * 10 <= all, "dead young objects come back");

    GC_set_full_freq(0); /* every collection is a full one */
    for (k = 0; k < rounds; k++) {
        give_birth();
        empty();
        (void)let_collect(2);
        again += count_left(kept);
    }
    CHECK(again * 10 <= (unsigned long)(rounds * YOUNG), "and old ones by full collections");
    take_apart();
    GC_set_full_freq(3);
    check_wipe_stack();
    (void)let_collect(8);
    CHECK(count_left(kept) <= YOUNG / 10, "every fourth one is full");
    return check_done();
}
