/* longlists.c - singly linked lists of millions: longlists [length] [passes] [collections]
 *
 * Each pass maps the list to a new one and drops the old: marking can follow
 * only one pointer at a time.  Then full collections of the last list are timed.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

struct cell {
    struct cell *next;
    uint64_t value;
};

/* A list in the order of the old one, each value one larger. */
BENCH_NOINLINE static struct cell *map_increment(const struct cell *old)
{
    struct cell *head = NULL, **tail = &head;

    for (; old != NULL; old = old->next) {
        struct cell *c = bench_need(GC_MALLOC(sizeof(struct cell)));

        c->value = old->value + 1;
        *tail = c;
        tail = &c->next;
    }
    return head;
}

static struct cell *reverse(struct cell *list)
{
    struct cell *result = NULL;

    while (list != NULL) {
        struct cell *next = list->next;

        list->next = result;
        result = list;
        list = next;
    }
    return result;
}

static uint64_t sum(const struct cell *list, uint64_t *length)
{
    uint64_t total = 0;

    for (*length = 0; list != NULL; list = list->next) {
        total += list->value;
        ++*length;
    }
    return total;
}

/* The list of the last pass, from the heap: of a root that points at a cell nobody knows whether it
 * means the end of the cell before, which is one of the list dropped last. */
static struct cell **kept;

BENCH_NOINLINE static uint64_t run_passes(uint64_t count, uint64_t passes)
{
    struct cell *list = NULL;
    uint64_t i, total = 0, expected, found;

    for (i = 0; i < count; i++) {
        struct cell *c = bench_need(GC_MALLOC(sizeof(struct cell)));

        c->value = i;
        c->next = list;
        list = c;
    }
    for (i = 0; i < passes; i++) {
        list = map_increment(list);
        if (i % 2 == 0)
            list = reverse(list);
        total = sum(list, &found);
        expected = count * (count - 1) / 2 + count * (i + 1);
        if (found != count || total != expected)
            bench_fail("pass %" PRIu64 ": %" PRIu64 " cells, sum %" PRIu64 ", not %" PRIu64, i,
                       found, total, expected);
    }
    *kept = list;
    return total;
}

/* What calls left there might keep a list that was dropped. */
BENCH_NOINLINE static void wipe_stack(void)
{
    char wiped[32768];

    memset(wiped, 0, sizeof wiped);
    __asm__ __volatile__("" : : "r"(wiped) : "memory");
}

int main(int argc, char **argv)
{
    uint64_t i, count, passes, collections, total, found, began_ns, collecting_ns;
    char extra[64];

    bench_init("longlists");
    count = bench_arg(argc, argv, 1, 4000000);
    passes = bench_arg(argc, argv, 2, 6);
    collections = bench_arg(argc, argv, 3, 5);
    kept = bench_need(GC_MALLOC(sizeof *kept));
    total = run_passes(count, passes);
    wipe_stack();
    began_ns = bench_now_ns();
    for (i = 0; i < collections; i++)
        GC_gcollect();
    collecting_ns = bench_now_ns() - began_ns;
    if (passes > 0 && (sum(*kept, &found) != total || found != count))
        bench_fail("the list is damaged by collections");
    snprintf(extra, sizeof extra, " collect_ms=%.1f",
             (double)collecting_ns / 1e6 / (double)(collections ? collections : 1));
    bench_done(bench_mix(count, total), extra);
    return 0;
}
