/* gc-object.c - gc.h: questions about objects, versions, statistics */
/* variants: plain verify incremental */
/* purpose: GC_base and friends, versions, counters, GC_get_prof_stats */
#include "check.h"
#include <gc/gc_version.h>

static int a_static;

static void test_versions(void)
{
    unsigned v = GC_get_version();

    CHECK(v >> 16 == GC_VERSION_MAJOR && (v >> 8 & 0xff) == GC_VERSION_MINOR
              && (v & 0xff) == GC_VERSION_MICRO,
          "library and headers have one version");
    CHECK(GC_VERSION_MAJOR == 8 && GC_VERSION_MINOR == 2 && GC_VERSION_MICRO == 2,
          "which is that of the interface");
    CHECK(GC_is_init_called(), "GC_is_init_called");
}

static void test_questions(void)
{
    char *p = (char *)GC_malloc(100), *large = (char *)GC_malloc(200000);
    int local;

    CHECK(GC_base(p) == p && GC_base(p + 99) == p && GC_base(large + 199999) == large,
          "GC_base finds the start");
    CHECK(GC_base(&local) == NULL && GC_base(&a_static) == NULL && GC_base(NULL) == NULL,
          "GC_base knows what is not in the heap");
    CHECK(GC_is_heap_ptr(p + 5) && GC_is_heap_ptr(large + 100000), "GC_is_heap_ptr: yes");
    CHECK(!GC_is_heap_ptr(&local) && !GC_is_heap_ptr(&a_static) && !GC_is_heap_ptr(NULL),
          "GC_is_heap_ptr: no");
    CHECK(GC_size(p) >= 100 && GC_size(p) < 200, "GC_size of a small object");
    CHECK(GC_size(large) >= 200000 && GC_size(large) < 300000, "GC_size of a large one");
}

static void test_size_map(void)
{
    size_t last = 0;
    int i;

    for (i = 1; i < 256; i++) {
        size_t bytes = GC_get_size_map_at(i);

        EXPECT(bytes != (size_t)-1 && bytes >= (size_t)i && bytes >= last, "%d: %lu", i,
               (unsigned long)bytes);
        EXPECT(bytes == GC_size(GC_malloc((size_t)i)), "%d gets %lu", i, (unsigned long)bytes);
        last = bytes;
    }
    VERDICT("GC_get_size_map_at tells what requests get");
    CHECK(GC_get_size_map_at(1 << 28) == (size_t)-1, "GC_get_size_map_at knows its end");
}

static void test_counters(void)
{
    size_t total = GC_get_total_bytes(), since, os = GC_get_obtained_from_os_bytes();
    GC_word heap_w, free_w, unmapped_w, since_w, total_w, no = GC_get_gc_no();
    int i;

    GC_gcollect();
    CHECK(GC_get_gc_no() > no, "GC_get_gc_no counts");
    since = GC_get_bytes_since_gc();
    GC_disable();
    for (i = 0; i < 1000; i++)
        (void)!GC_malloc(1000);
    CHECK(GC_get_bytes_since_gc() >= since + 1000000 * 9 / 10, "GC_get_bytes_since_gc");
    CHECK(GC_get_total_bytes() >= total + 1000000 * 9 / 10, "GC_get_total_bytes");
    CHECK(GC_get_memory_use() >= 1000000 * 9 / 10, "GC_get_memory_use");
    if (!check_is_stock) /* libgc 8.2 counts some blocks twice */
        CHECK(GC_get_heap_size() >= GC_get_memory_use(), "GC_get_heap_size");
    CHECK(GC_get_obtained_from_os_bytes() >= GC_get_heap_size()
              && GC_get_obtained_from_os_bytes() >= os,
          "GC_get_obtained_from_os_bytes");
    GC_get_heap_usage_safe(&heap_w, &free_w, &unmapped_w, &since_w, &total_w);
    CHECK(heap_w == GC_get_heap_size() && free_w == GC_get_free_bytes()
              && unmapped_w == GC_get_unmapped_bytes() && since_w == GC_get_bytes_since_gc()
              && total_w == GC_get_total_bytes(),
          "GC_get_heap_usage_safe agrees");
    GC_get_heap_usage_safe(NULL, NULL, NULL, NULL, NULL);
    GC_enable();
    GC_gcollect();
    CHECK(GC_get_bytes_since_gc() < 500000, "a collection starts the count anew");
}

static void test_prof_stats(void)
{
    struct {
        struct GC_prof_stats_s s;
        GC_word beyond[2];
    } wide;
    struct GC_prof_stats_s s;
    size_t known = sizeof s;

    GC_disable(); /* so that nothing changes in between */
    CHECK(sizeof s == 12 * sizeof(GC_word), "GC_prof_stats_s has 12 words");
    CHECK(GC_get_prof_stats(&s, sizeof s) == known, "GC_get_prof_stats knows them");
    CHECK(s.heapsize_full == GC_get_heap_size() + GC_get_unmapped_bytes()
              && s.free_bytes_full == GC_get_free_bytes() + GC_get_unmapped_bytes()
              && s.unmapped_bytes == GC_get_unmapped_bytes()
              && s.bytes_allocd_since_gc == GC_get_bytes_since_gc()
              && s.allocd_bytes_before_gc == GC_get_total_bytes() - GC_get_bytes_since_gc()
              && s.non_gc_bytes == GC_get_non_gc_bytes() && s.gc_no == GC_get_gc_no()
              && s.expl_freed_bytes_since_gc == GC_get_expl_freed_bytes_since_gc()
              && s.obtained_from_os_bytes == GC_get_obtained_from_os_bytes(),
          "GC_get_prof_stats agrees with the getters");
    memset(&wide, 0, sizeof wide);
    CHECK(GC_get_prof_stats((struct GC_prof_stats_s *)&wide, sizeof wide) == known
              && wide.beyond[0] == (GC_word)-1 && wide.beyond[1] == (GC_word)-1,
          "words from the future are all ones");
    memset(&s, 0x77, sizeof s);
    CHECK(GC_get_prof_stats(&s, 2 * sizeof(GC_word)) == 2 * sizeof(GC_word)
              && check_all_bytes(&s.unmapped_bytes, sizeof s - 2 * sizeof(GC_word), 0x77),
          "a short structure is not overrun");
#ifdef GC_THREADS
    CHECK(s.markers_m1 == 0 || GC_get_prof_stats(&s, sizeof s) == known, "the markers' number");
    CHECK(s.markers_m1 == (GC_word)GC_get_parallel(), "is GC_get_parallel");
    GC_alloc_lock();
    memset(&wide, 0, sizeof wide);
    known = GC_get_prof_stats_unsafe(&wide.s, sizeof wide.s);
    GC_alloc_unlock();
    CHECK(known == sizeof s && memcmp(&wide.s, &s, sizeof s) == 0, "GC_get_prof_stats_unsafe");
#endif
    GC_enable();
}

static void test_time(void)
{
    int i;

    GC_start_performance_measurement();
    for (i = 0; i < 200 && GC_get_full_gc_total_time() == 0; i++) {
        GC_malloc_atomic(1000000);
        GC_gcollect();
    }
    CHECK(GC_get_full_gc_total_time() > 0, "GC_get_full_gc_total_time");
}

/* Enough live objects for collections to take measurable time. */
static void *build(int depth)
{
    void **p = (void **)GC_malloc(4 * sizeof(void *));

    if (depth > 0) {
        GC_PTR_STORE_AND_DIRTY(&p[0], build(depth - 1));
        GC_PTR_STORE_AND_DIRTY(&p[1], build(depth - 1));
    }
    return p;
}

static void *tree;

int main(void)
{
    check_start();
    GC_INIT();
    test_versions();
    test_questions();
    test_size_map();
    test_counters();
    test_prof_stats();
    tree = build(15);
    test_time();
    GC_reachable_here(tree);
    return check_done();
}
