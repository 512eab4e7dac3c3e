/* benchlib.h - what every benchmark program shares.
 *
 * Clock, random numbers, pause measurement, threads, failing loudly, and the
 * one machine-readable line a program prints at its end.  Only the public
 * libgc interface as of 8.2 is used, so that one binary runs with either
 * library.  Running programs and comparing them: run, measure.c.
 *
 * [same-work]  "work" depends on the arguments only, never on the collector,
 *              the clock or the thread schedule: the runner compares it.
 *
 * With BENCH_MALLOC defined the program is the calloc/free twin and does not
 * link a collector; programs whose objects are all freed by hand need no other
 * change.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BENCHLIB_H
#define BENCHLIB_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "times.h"

#ifndef BENCH_MALLOC
#ifndef GC_THREADS
#define GC_THREADS
#endif
#include "gc.h"
#else
#define GC_MALLOC(bytes) calloc(1, bytes)
#define GC_FREE(p) free(p)
#endif

#define BENCH_UNUSED __attribute__((__unused__))
#define BENCH_NOINLINE __attribute__((__noinline__))
#define BENCH_MAX_THREADS 64

static const char *bench_name = "?";

/* ---- failing ------------------------------------------------------- */

/* Say what is wrong and exit with 1; never returns. */
static void bench_fail(const char *fmt, ...)
    __attribute__((__format__(__printf__, 1, 2), __noreturn__));
static void bench_fail(const char *fmt, ...)
{
    va_list ap;

    fflush(stdout);
    fprintf(stderr, "%s: FAILED: ", bench_name);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    exit(1);
}

/* Result of an allocation, or the end of the program. */
BENCH_UNUSED static inline void *bench_need(void *p)
{
    if (p == NULL)
        bench_fail("out of memory");
    return p;
}

/* ---- clock and random numbers -------------------------------------- */

BENCH_UNUSED static uint64_t bench_now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* splitmix64: the state may start at any value, zero too. */
BENCH_UNUSED static inline uint64_t bench_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Uniform in [0, limit), limit < 2^32. */
BENCH_UNUSED static inline size_t bench_below(uint64_t *state, size_t limit)
{
    return (size_t)(((bench_random(state) >> 32) * (uint64_t)limit) >> 32);
}

/* Size in [low, high) bytes with a uniform logarithm: small ones prevail.
 * Integers only, so that every machine draws the same sizes. */
BENCH_UNUSED static inline size_t bench_log_size(uint64_t *state, size_t low, size_t high)
{
    unsigned doublings = 0;
    size_t base;

    while ((low << (doublings + 1)) <= high)
        doublings++;
    base = low << bench_below(state, doublings);
    return base + bench_below(state, base);
}

/* Fold a value into an order-dependent checksum. */
BENCH_UNUSED static inline uint64_t bench_mix(uint64_t sum, uint64_t value)
{
    sum ^= value + 0x9E3779B97F4A7C15u + (sum << 6) + (sum >> 2);
    return sum;
}

/* ---- resident size ------------------------------------------------- */

/* Resident bytes of this process now; 0 where /proc has no statm. */
BENCH_UNUSED static size_t bench_resident_bytes(void)
{
    unsigned long size_pages, resident_pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (f == NULL)
        return 0;
    if (fscanf(f, "%lu %lu", &size_pages, &resident_pages) != 2)
        resident_pages = 0;
    fclose(f);
    return (size_t)resident_pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* ---- arguments ----------------------------------------------------- */

/* Positional argument number i, or the default. */
BENCH_UNUSED static unsigned long bench_arg(int argc, char **argv, int i, unsigned long dflt)
{
    char *end;
    unsigned long v;

    if (i >= argc)
        return dflt;
    v = strtoul(argv[i], &end, 10);
    if (end == argv[i] || *end != '\0' || argv[i][0] == '-') {
        fprintf(stderr, "%s: argument %d is not a number: %s\n", bench_name, i, argv[i]);
        exit(2);
    }
    return v;
}

/* ---- pauses -------------------------------------------------------- */

/* A pause is the time from before the world is asked to stop until after it
 * was started: the events below are delivered under the collector's lock. */
static uint64_t bench_pause_max_ns, bench_pause_total_ns;
static unsigned long bench_pauses;
static struct bench_times bench_pause_times;

#ifndef BENCH_MALLOC
static uint64_t bench_pause_began_ns;

static void GC_CALLBACK bench_on_event(GC_EventType event)
{
    uint64_t pause_ns;

    if (event == GC_EVENT_PRE_STOP_WORLD) {
        bench_pause_began_ns = bench_now_ns();
    } else if (event == GC_EVENT_POST_START_WORLD && bench_pause_began_ns != 0) {
        pause_ns = bench_now_ns() - bench_pause_began_ns;
        bench_pause_began_ns = 0;
        bench_pauses++;
        bench_pause_total_ns += pause_ns;
        bench_times_add(&bench_pause_times, pause_ns);
        if (pause_ns > bench_pause_max_ns)
            bench_pause_max_ns = pause_ns;
    }
}
#endif

/* From here on count anew. */
BENCH_UNUSED static void bench_pauses_forget(void)
{
    bench_pause_max_ns = bench_pause_total_ns = 0;
    bench_pauses = 0;
    memset(&bench_pause_times, 0, sizeof bench_pause_times);
}

/* First call of every program. */
BENCH_UNUSED static void bench_init(const char *name)
{
    bench_name = name;
#ifndef BENCH_MALLOC
    GC_INIT();
    GC_set_on_collection_event(bench_on_event);
#endif
}

/* Last call: the line the runner reads.  extra is "" or " key=value ...". */
BENCH_UNUSED static void bench_done(uint64_t work, const char *extra)
{
    unsigned long collections = 0;
    size_t heap_bytes = 0;
    char pauses[500];

#ifndef BENCH_MALLOC
    collections = (unsigned long)GC_get_gc_no();
    heap_bytes = GC_get_heap_size();
#endif
    bench_times_print(&bench_pause_times, "pause", pauses, sizeof pauses);
    printf("@bench name=%s work=%" PRIu64 " gcs=%lu maxpause_ns=%" PRIu64 " totalpause_ns=%" PRIu64
           " pauses=%lu heap_mb=%.1f%s%s\n",
           bench_name, work, collections, bench_pause_max_ns, bench_pause_total_ns, bench_pauses,
           (double)heap_bytes / 1048576.0, pauses, extra);
    if (fflush(stdout) != 0 || ferror(stdout))
        bench_fail("cannot write the result");
}

/* ---- threads ------------------------------------------------------- */

struct bench_thread {
    pthread_t id;
    unsigned number; /* 0 .. count-1 */
    unsigned count;
    uint64_t work; /* what this thread adds to the result */
};

/* In static data, so that the collector sees what threads keep in it. */
static struct bench_thread bench_thread_table[BENCH_MAX_THREADS];

/* Run body in count threads (the caller itself when count is 1); sum of work.
 * With GC_THREADS, pthread_create and pthread_join are the collector's. */
BENCH_UNUSED static uint64_t bench_run_threads(unsigned count, void *(*body)(void *))
{
    unsigned i;
    uint64_t work = 0;

    if (count == 0 || count > BENCH_MAX_THREADS)
        bench_fail("number of threads must be 1..%d", BENCH_MAX_THREADS);
    for (i = 0; i < count; i++) {
        bench_thread_table[i].number = i;
        bench_thread_table[i].count = count;
        bench_thread_table[i].work = 0;
        if (count > 1
            && pthread_create(&bench_thread_table[i].id, NULL, body, &bench_thread_table[i]) != 0)
            bench_fail("cannot create thread %u", i);
    }
    if (count == 1)
        body(&bench_thread_table[0]);
    for (i = 0; i < count; i++) {
        if (count > 1 && pthread_join(bench_thread_table[i].id, NULL) != 0)
            bench_fail("cannot join thread %u", i);
        work += bench_thread_table[i].work;
    }
    return work;
}

#endif /* BENCHLIB_H */
