/* stats.c - statistics: totals only grow, parts fit together, counters count */
/* variants: plain verify incremental */
#include "check.h"

static void *volatile keep[512]; /* stores to it must not be optimized away */

static void one_look(struct GC_prof_stats_s *last, size_t *last_total)
{
    struct GC_prof_stats_s s;
    GC_word heap, freeb, unmapped, since, total;
    size_t n = GC_get_prof_stats(&s, sizeof s);

    EXPECT(n == sizeof s, "GC_get_prof_stats filled %lu bytes", (unsigned long)n);
    GC_get_heap_usage_safe(&heap, &freeb, &unmapped, &since, &total);
    EXPECT(heap >= freeb, "more free than there is");
    EXPECT(s.heapsize_full >= s.free_bytes_full, "more free than there is, full");
    EXPECT(s.heapsize_full >= s.unmapped_bytes, "more unmapped than there is");
    EXPECT(s.obtained_from_os_bytes >= heap, "the heap is larger than what was obtained");
    EXPECT(total >= since, "total below what was allocated since");
    EXPECT(s.gc_no >= last->gc_no, "the collection number fell");
    EXPECT(GC_get_total_bytes() >= *last_total, "the total fell");
    EXPECT(heap == GC_get_heap_size(), "two views of the heap size");
    EXPECT(s.allocd_bytes_before_gc >= last->allocd_bytes_before_gc, "allocated before fell");
    *last = s;
    *last_total = GC_get_total_bytes();
}

CHECK_NOINLINE static size_t allocate(check_rng *r, int n)
{
    size_t sum = 0;

    while (n-- > 0) {
        size_t size = 16 + check_below(r, 600);

        keep[check_below(r, 512)] = GC_malloc(size);
        sum += size;
    }
    return sum;
}

int main(void)
{
    struct GC_prof_stats_s last;
    size_t total = 0, before, since, asked, memory;
    GC_word gc_no;
    check_rng r;
    long i;

    check_start();
    GC_INIT();
    memset(&last, 0, sizeof last);
    check_rng_seed(&r, 4);
    for (i = 0; i < check_work(2000); i++) {
        (void)allocate(&r, 100);
        one_look(&last, &total);
        if (i % 100 == 50)
            GC_gcollect();
    }
    VERDICT("numbers fit together");
    gc_no = GC_get_gc_no();
    GC_gcollect();
    CHECK(GC_get_gc_no() > gc_no, "a collection counts");
    GC_disable();
    since = GC_get_bytes_since_gc();
    before = GC_get_total_bytes();
    asked = allocate(&r, 2000);
    CHECK(GC_get_bytes_since_gc() - since >= asked / 2, "bytes since the last collection");
    CHECK(GC_get_total_bytes() - before >= asked / 2
              && GC_get_total_bytes() - before <= asked * 2 + 200000,
          "total bytes");
    GC_enable();
    GC_gcollect();
    CHECK(GC_get_bytes_since_gc() < asked, "starts again after a collection");
    memory = GC_get_memory_use();
    CHECK(memory > 0 && memory <= GC_get_heap_size(), "memory in use");
    CHECK(GC_get_free_bytes() <= GC_get_heap_size(), "free bytes");
    CHECK(GC_get_prof_stats(&last, sizeof(GC_word)) == sizeof(GC_word), "a shorter structure");
    for (i = 1; i < 200; i++)
        EXPECT(GC_get_size_map_at((int)i) >= (size_t)i,
               "the size map says %lu for %ld", (unsigned long)GC_get_size_map_at((int)i), i);
    VERDICT("size map");
    CHECK(GC_get_size_map_at(-1) == (size_t)~(GC_word)0, "size map out of bounds");
    GC_start_performance_measurement();
    for (i = 0; i < 10; i++)
        GC_gcollect();
    CHECK(GC_get_full_gc_total_time() < 1000u * (unsigned)check_seconds, "time of collections");
    before = GC_get_heap_size();
    CHECK(GC_expand_hp((size_t)4 << 20) != 0, "the heap can be expanded");
    CHECK(GC_get_heap_size() >= before + ((size_t)4 << 20), "by what was asked for");
    return check_done();
}
