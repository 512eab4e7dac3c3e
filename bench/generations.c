/* generations.c - a large old generation that hardly changes: generations [MB] [rounds]
 *
 * Lists in a table stay from beginning to end.  In each round young objects come and go, a few are
 * stored into old ones, and one cycle runs from its start to its end with the program idle, so that
 * the processor time of the process is what the cycle costs.  First every cycle is a full one,
 * then (GC_set_full_freq) every one a minor one, where the collector has such.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

#define YOUNG 40000
#define STORES 500

struct cell {
    struct cell *next;
    struct cell *young;
    uint64_t number, check;
};

static struct cell **table;
static size_t table_length;

static uint64_t cpu_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static BENCH_NOINLINE struct cell *make_cell(uint64_t number)
{
    struct cell *c = bench_need(GC_MALLOC(sizeof(struct cell)));

    c->number = number;
    c->check = ~number;
    return c;
}

static void build(size_t megabytes)
{
    size_t cells = megabytes * 1048576 / sizeof(struct cell), i;

    table_length = cells / 8;
    table = bench_need(GC_MALLOC_IGNORE_OFF_PAGE(table_length * sizeof *table));
    for (i = 0; i < cells; i++) {
        struct cell *c = make_cell(i);

        c->next = table[i % table_length];
        GC_END_STUBBORN_CHANGE(c);
        GC_PTR_STORE_AND_DIRTY(&table[i % table_length], c);
    }
}

static BENCH_NOINLINE void mutate(uint64_t *seed)
{
    size_t i;

    for (i = 0; i < YOUNG; i++) {
        struct cell *c = make_cell(i);

        if (i % (YOUNG / STORES) == 0) {
            struct cell *old = table[bench_below(seed, table_length)];

            GC_PTR_STORE_AND_DIRTY(&old->young, c);
        }
    }
}

/* One cycle of whatever sort is due; its processor time. */
static uint64_t cycle(void)
{
    uint64_t began = cpu_ns();
    unsigned long n = 0;

    if (GC_is_incremental_mode()) {
        GC_start_incremental_collection();
        while (GC_collect_a_little() && ++n < 100000000) {
        }
    } else {
        GC_gcollect();
    }
    return cpu_ns() - began;
}

/* The median of so many. */
static uint64_t measure(unsigned rounds, uint64_t *seed)
{
    uint64_t took[101], t;
    unsigned i, k;

    for (i = 0; i < rounds; i++) {
        mutate(seed);
        t = cycle();
        for (k = i; k > 0 && took[k - 1] > t; k--)
            took[k] = took[k - 1];
        took[k] = t;
    }
    return took[rounds / 2];
}

int main(int argc, char **argv)
{
    uint64_t seed = 5, full_ns, minor_ns, work = 0;
    unsigned rounds;
    size_t i;
    char text[300];

    bench_init("generations");
    build(bench_arg(argc, argv, 1, 300));
    rounds = (unsigned)bench_arg(argc, argv, 2, 11);
    if (rounds == 0 || rounds > 100)
        bench_fail("rounds must be 1..100");
    GC_gcollect();
    GC_set_full_freq(0);
    (void)measure(2, &seed);
    full_ns = measure(rounds, &seed);
    GC_set_full_freq(1000000);
    (void)measure(2, &seed);
    minor_ns = measure(rounds, &seed);
    for (i = 0; i < table_length; i++) {
        struct cell *c;

        for (c = table[i]; c != NULL; c = c->next) {
            if (c->check != ~c->number || (c->young != NULL && c->young->check != ~c->young->number))
                bench_fail("cell %p is damaged", (void *)c);
            work = bench_mix(work, c->number + (c->young != NULL ? c->young->number : 0));
        }
    }
    snprintf(text, sizeof text, " full_us=%" PRIu64 " minor_us=%" PRIu64, full_ns / 1000,
             minor_ns / 1000);
    bench_done(work, text);
    return 0;
}
