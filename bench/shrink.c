/* shrink.c - from 800 MB to 8 MB: shrink [sessions of 8 MB]
 *
 * Sessions of small records and pointer-free buffers; all but one end.  The
 * program then goes on working within that one.  resident_mb is the resident
 * size after the collection that follows the end, resident_later_mb the one
 * after the program has gone on for a while, peak_mb the one before.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

#define SESSION_BYTES (8u << 20)
#define MAX_SESSIONS 4096

struct record {
    struct record *next;
    char *data; /* pointer-free, every 8th record */
    uint64_t number, check;
    uint64_t fields[4];
};

static struct record *sessions[MAX_SESSIONS];

static struct record *new_record(struct record *next, uint64_t number, size_t *used_bytes)
{
    struct record *r = bench_need(GC_MALLOC(sizeof(struct record)));
    size_t data_bytes;

    r->next = next;
    r->number = number;
    r->check = number * 2654435761u;
    *used_bytes += sizeof(struct record);
    if (number % 8 == 0) {
        data_bytes = number % 512 == 0 ? 65536 : 256;
        r->data = bench_need(GC_MALLOC_ATOMIC(data_bytes));
        memset(r->data, (int)(number & 0x7F), data_bytes);
        *used_bytes += data_bytes;
    }
    return r;
}

BENCH_NOINLINE static struct record *new_session(uint64_t *number)
{
    struct record *list = NULL;
    size_t used_bytes = 0;

    while (used_bytes < SESSION_BYTES)
        list = new_record(list, ++*number, &used_bytes);
    return list;
}

BENCH_NOINLINE static uint64_t check(const struct record *list)
{
    uint64_t sum = 0;

    for (; list != NULL; list = list->next) {
        if (list->check != list->number * 2654435761u
            || (list->data != NULL && list->data[255] != (char)(list->number & 0x7F)))
            bench_fail("record %p is damaged", (const void *)list);
        sum += list->number;
    }
    return sum;
}

/* Short-lived records, two sessions' worth, next to the one that stays. */
BENCH_NOINLINE static void go_on(uint64_t *number)
{
    unsigned i;

    for (i = 0; i < 2; i++)
        check(new_session(number));
}

int main(int argc, char **argv)
{
    uint64_t number = 0, work = 0;
    unsigned i, count, kept;
    double mb = 1048576.0, peak_mb, after_mb, later_mb;
    char extra[128];

    bench_init("shrink");
    count = (unsigned)bench_arg(argc, argv, 1, 100);
    if (count < 2 || count > MAX_SESSIONS)
        bench_fail("sessions must be 2..%d", MAX_SESSIONS);
    kept = count / 2;
    for (i = 0; i < count; i++)
        sessions[i] = new_session(&number);
    for (i = 0; i < count; i++)
        work = bench_mix(work, check(sessions[i]));
    peak_mb = (double)bench_resident_bytes() / mb;
    for (i = 0; i < count; i++)
        if (i != kept)
            sessions[i] = NULL;
    GC_gcollect();
    after_mb = (double)bench_resident_bytes() / mb;
    for (i = 0; i < 10; i++) {
        go_on(&number);
        GC_gcollect();
    }
    later_mb = (double)bench_resident_bytes() / mb;
    work = bench_mix(work, check(sessions[kept]));
    snprintf(extra, sizeof extra, " peak_mb=%.1f resident_mb=%.1f resident_later_mb=%.1f", peak_mb,
             after_mb, later_mb);
    bench_done(work, extra);
    return 0;
}
