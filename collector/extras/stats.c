/* stats.c - what the program may ask about sizes and times, and the last line at its exit.
 *
 * The figures are kept by those who cause them: heap (gci_heap), pacing (gci_pace), cycles
 * (gci_cycle_stats). Long reports: dump.c. Lines about each collection: collect/.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "private/beside.h"
#include "private/extras.h"
#include "private/settings.h"
#include "gc/gc_mark.h"

static word reclaimed_before_bytes;  /* by all sweeps but those since the last cycle */
static word reclaimed_last_bytes;
static volatile word most_obtained_bytes;
static bool measuring;
static uint64_t pause_at_start_ns;   /* totals when the measurement began */
static word cycles_at_start;

/* The last cycles, for GC_print_trace. */
#define TRACED_CYCLES 128u
static struct {
    word gc_no, live_bytes, heap_bytes;
    uint64_t pause_ns;
} traced[TRACED_CYCLES];

static void trace_cycle(void)
{
    unsigned i = (unsigned)(gci_cycle_stats.cycles % TRACED_CYCLES);

    traced[i].gc_no = GC_gc_no;
    traced[i].live_bytes = GCI_READ(gci_live.bytes);
    traced[i].heap_bytes = GCI_READ(gci_heap.committed_bytes);
    traced[i].pause_ns = gci_cycle_stats.last_pause_ns;
}

void gci_stats_after_cycle_locked(void)
{
    trace_cycle();
    reclaimed_before_bytes += reclaimed_last_bytes;
    reclaimed_last_bytes = gci_sweep_reclaimed_bytes();
}

/* ---- sizes ------------------------------------------------------------------------- */

GC_API size_t GC_CALL GC_get_heap_size(void)
{
    return gci_heap.committed_bytes - gci_heap.discarded_bytes;
}

GC_API size_t GC_CALL GC_get_free_bytes(void)
{
    size_t bytes = gci_heap.free_bytes, discarded = gci_heap.discarded_bytes;

    return bytes > discarded ? bytes - discarded : 0; /* read one after the other */
}

GC_API size_t GC_CALL GC_get_unmapped_bytes(void) { return gci_heap.discarded_bytes; }

/* Caches are never unmapped, so that these walks need no lock. */
static word allocated_since_gc(void)
{
    word bytes = gci_load(&gci_pace.allocated_bytes);
    const struct gci_cache *cache;

    for (cache = gci_cache_list; cache != NULL; cache = cache->next)
        bytes += cache->allocated_bytes;
    return bytes;
}

static word freed_since_gc(void)
{
    word bytes = gci_load(&gci_pace.freed_bytes);
    const struct gci_cache *cache;

    for (cache = gci_cache_list; cache != NULL; cache = cache->next)
        bytes += cache->freed_bytes;
    return bytes;
}

GC_API size_t GC_CALL GC_get_bytes_since_gc(void)
{
    return allocated_since_gc();
}

GC_API size_t GC_CALL GC_get_expl_freed_bytes_since_gc(void)
{
    return freed_since_gc();
}

GC_API size_t GC_CALL GC_get_total_bytes(void)
{
    return gci_pace.allocated_before_bytes + allocated_since_gc();
}

GC_API size_t GC_CALL GC_get_obtained_from_os_bytes(void)
{
    word now = gci_heap.committed_bytes + gci_meta_bytes();
    word most = gci_load(&most_obtained_bytes);

    while (now > most && !gci_cas(&most_obtained_bytes, most, now))
        most = gci_load(&most_obtained_bytes);
    return now > most ? now : most;
}

GC_API void GC_CALL GC_get_heap_usage_safe(GC_word *heap_size, GC_word *free_bytes,
                                           GC_word *unmapped_bytes, GC_word *bytes_since_gc,
                                           GC_word *total_bytes)
{
    GCI_LOCK();
    if (heap_size != NULL)
        *heap_size = GC_get_heap_size();
    if (free_bytes != NULL)
        *free_bytes = GC_get_free_bytes();
    if (unmapped_bytes != NULL)
        *unmapped_bytes = GC_get_unmapped_bytes();
    if (bytes_since_gc != NULL)
        *bytes_since_gc = GC_get_bytes_since_gc();
    if (total_bytes != NULL)
        *total_bytes = GC_get_total_bytes();
    GCI_UNLOCK();
}

static void fill(struct GC_prof_stats_s *stats)
{
    stats->heapsize_full = gci_heap.committed_bytes;
    stats->free_bytes_full = gci_heap.free_bytes;
    stats->unmapped_bytes = gci_heap.discarded_bytes;
    stats->bytes_allocd_since_gc = allocated_since_gc();
    stats->allocd_bytes_before_gc = gci_pace.allocated_before_bytes;
    stats->non_gc_bytes = GC_non_gc_bytes;
    stats->gc_no = GC_gc_no;
    stats->markers_m1 = gci_markers_available() - 1;
    stats->bytes_reclaimed_since_gc = gci_sweep_reclaimed_bytes();
    stats->reclaimed_bytes_before_gc = reclaimed_before_bytes;
    stats->expl_freed_bytes_since_gc = freed_since_gc();
    stats->obtained_from_os_bytes = GC_get_obtained_from_os_bytes();
}

GC_API size_t GC_CALL GC_get_prof_stats_unsafe(struct GC_prof_stats_s *stats, size_t bytes)
{
    struct GC_prof_stats_s all;

    fill(&all);
    if (bytes <= sizeof all) {
        memcpy(stats, &all, bytes);
        return bytes;
    }
    memcpy(stats, &all, sizeof all);
    memset((char *)stats + sizeof all, 0xff, bytes - sizeof all); /* fields of the future */
    return sizeof all;
}

GC_API size_t GC_CALL GC_get_prof_stats(struct GC_prof_stats_s *stats, size_t bytes)
{
    size_t filled;

    GCI_LOCK();
    filled = GC_get_prof_stats_unsafe(stats, bytes);
    GCI_UNLOCK();
    return filled;
}

static void add_run(struct gci_block *run, void *arg)
{
    *(size_t *)arg += (size_t)run->run_blocks << GCI_BLOCK_SHIFT;
}

GC_API size_t GC_CALL GC_get_memory_use(void)
{
    size_t bytes = 0;

    GCI_LOCK();
    gci_jobs_finish_sweep_locked(); /* what is dead is no use */
    gci_lock_acquire(&gci_heap.lock);
    gci_blocks_visit_runs(add_run, &bytes);
    gci_lock_release(&gci_heap.lock);
    GCI_UNLOCK();
    return bytes;
}

GC_API size_t GC_CALL GC_get_size_map_at(int bytes)
{
    if (bytes < 0 || (size_t)bytes > GCI_MEDIUM_MAX_BYTES)
        return (size_t)-1;
    return gci_classes[gci_class_of((size_t)bytes)].obj_bytes;
}

/* ---- times --------------------------------------------------------------------------- */

#define NS_PER_MS 1000000u

GC_API void GC_CALL GC_start_performance_measurement(void)
{
    if (!measuring) {
        pause_at_start_ns = gci_cycle_stats.total_pause_ns;
        cycles_at_start = gci_cycle_stats.cycles;
        measuring = true;
    }
    gci_cycle_stats.measuring = true;
}

GC_API unsigned long GC_CALL GC_get_full_gc_total_time(void)
{
    return (unsigned long)(gci_cycle_stats.full_total_ns / NS_PER_MS);
}

GC_API unsigned long GC_CALL GC_get_full_gc_total_ns_frac(void)
{
    return (unsigned long)(gci_cycle_stats.full_total_ns % NS_PER_MS);
}

static uint64_t measured_pauses_ns(void)
{
    return measuring ? gci_cycle_stats.total_pause_ns - pause_at_start_ns : 0;
}

GC_API unsigned long GC_CALL GC_get_stopped_mark_total_time(void)
{
    return (unsigned long)(measured_pauses_ns() / NS_PER_MS);
}

GC_API unsigned long GC_CALL GC_get_avg_stopped_mark_time_ns(void)
{
    word cycles = gci_cycle_stats.cycles - cycles_at_start;

    return measuring && cycles > 0 ? (unsigned long)(measured_pauses_ns() / cycles) : 0;
}

GC_API GC_nanoseconds GC_CALL GC_get_longest_pause_ns(void)
{
    return gci_cycle_stats.longest_pause_ns;
}

GC_API void GC_CALL GC_reset_longest_pause(void) { gci_cycle_stats.longest_pause_ns = 0; }

/* What is remembered of that collection, which is no more than the last ones. */
GC_API void GC_CALL GC_print_trace_inner(GC_word gc_no)
{
    unsigned i;

    for (i = 0; i < TRACED_CYCLES; i++)
        if (traced[i].gc_no == gc_no && traced[i].heap_bytes != 0)
            GC_printf("Collection %lu: live %lu bytes, heap %lu bytes, pause %lu us\n",
                      (unsigned long)gc_no, (unsigned long)traced[i].live_bytes,
                      (unsigned long)traced[i].heap_bytes,
                      (unsigned long)(traced[i].pause_ns / 1000));
}

GC_API void GC_CALL GC_print_trace(GC_word gc_no)
{
    GCI_LOCK();
    GC_print_trace_inner(gc_no);
    GCI_UNLOCK();
}

/* "Pauses: 12 below 64 us, ...": by powers of two. */
static void print_pauses(void)
{
    char line[400];
    size_t n = gci_format(line, sizeof line, "Pauses:");
    unsigned i;

    for (i = 0; i < GCI_PAUSE_BUCKETS; i++)
        if (gci_cycle_stats.pauses[i] != 0)
            n += gci_format(line + n, sizeof line - n, " %lu below %lu us,",
                            (unsigned long)gci_cycle_stats.pauses[i], 1ul << i);
    line[n - 1] = line[n - 1] == ',' ? '\0' : line[n - 1];
    gci_log(1, "%s\n", line);
}

void gci_stats_at_exit(void)
{
    if (gci_options.print_stats <= 0)
        return;
    print_pauses();
    gci_log(1, "Tidemark: collections %lu, longest pause %lu us, total pause %lu us\n",
            (unsigned long)gci_cycle_stats.cycles,
            (unsigned long)(gci_cycle_stats.longest_pause_ns / 1000),
            (unsigned long)(gci_cycle_stats.total_pause_ns / 1000));
}
