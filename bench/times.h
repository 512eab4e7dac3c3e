/* times.h - distributions of times: percentiles and a histogram.  Included by benchlib.h.
 *
 * Counts by size, sixteen classes to each power of two: percentiles within 6 percent.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BENCH_TIMES_H
#define BENCH_TIMES_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#define BENCH_TIME_CLASSES 976

struct bench_times {
    uint64_t count[BENCH_TIME_CLASSES], n, max_ns;
};

static inline void bench_times_add(struct bench_times *t, uint64_t ns)
{
    unsigned doublings = ns < 16 ? 4 : 63u - (unsigned)__builtin_clzll(ns);

    t->count[ns < 16 ? ns : (doublings - 3) * 16 + ((ns >> (doublings - 4)) & 15)]++;
    t->n++;
    if (ns > t->max_ns)
        t->max_ns = ns;
}

static inline void bench_times_merge(struct bench_times *to, const struct bench_times *from)
{
    unsigned i;

    for (i = 0; i < BENCH_TIME_CLASSES; i++)
        to->count[i] += from->count[i];
    to->n += from->n;
    if (from->max_ns > to->max_ns)
        to->max_ns = from->max_ns;
}

/* The least time of class i. */
static inline uint64_t bench_times_class(unsigned i)
{
    return i < 16 ? i : (uint64_t)(16 + i % 16) << (i / 16 - 1);
}

/* `part` of a million took at most that long; never more than the longest. */
static inline uint64_t bench_times_percentile(const struct bench_times *t, unsigned part)
{
    uint64_t want = (t->n * part + 999999) / 1000000, seen = 0;
    unsigned i;

    for (i = 0; i + 1 < BENCH_TIME_CLASSES; i++) {
        seen += t->count[i];
        if (seen >= want && seen > 0)
            break;
    }
    return bench_times_class(i + 1) < t->max_ns ? bench_times_class(i + 1) : t->max_ns;
}

/* " NAME_n=... NAME_max_ns=... NAME_p50_ns=... NAME_p99_ns=... NAME_p9999_ns=... NAME_hist=A,B,...":
 * how many were below 0.1, 0.3, 1, 3, 10, 30, 100 and 300 ms, and longer, each without those
 * before. */
static inline void bench_times_print(const struct bench_times *t, const char *name, char *text,
                                     size_t size)
{
    static const uint64_t limit_us[] = {100, 300, 1000, 3000, 10000, 30000, 100000, 300000};
    uint64_t in[sizeof limit_us / sizeof *limit_us + 1] = {0};
    unsigned i, k = 0;
    int n;

    for (i = 0; i < BENCH_TIME_CLASSES; i++) {
        while (k < sizeof limit_us / sizeof *limit_us
               && bench_times_class(i) >= limit_us[k] * 1000)
            k++;
        in[k] += t->count[i];
    }
    n = snprintf(text, size,
                 " %s_n=%" PRIu64 " %s_max_ns=%" PRIu64 " %s_p50_ns=%" PRIu64 " %s_p99_ns=%" PRIu64
                 " %s_p9999_ns=%" PRIu64 " %s_hist=",
                 name, t->n, name, t->max_ns, name, bench_times_percentile(t, 500000), name,
                 bench_times_percentile(t, 990000), name, bench_times_percentile(t, 999900), name);
    for (i = 0; i < sizeof in / sizeof *in && n > 0 && (size_t)n < size; i++)
        n += snprintf(text + n, size - (size_t)n, "%s%" PRIu64, i > 0 ? "," : "", in[i]);
}

#endif /* BENCH_TIMES_H */
