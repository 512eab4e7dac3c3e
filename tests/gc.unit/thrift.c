/* thrift.c - what a common program does often costs neither memory nor copies without bounds */
/* variants: plain incremental */
#include "check.h"

#include <time.h>

#define HOLDERS 300000u
#define LITTLE  64u

static void **keep;
static size_t marking_bytes;

/* Growing by a little at a time moves a large object seldom. */
static void grow_by_little(void *(*get)(size_t), const char *name)
{
    const size_t from = 64 << 10, to = 512 << 10;
    size_t n;
    unsigned moves = 0;
    char *p = (char *)get(from);

    for (n = from; n <= to; n += LITTLE) {
        char *q = (char *)GC_realloc(p, n);

        moves += q != p;
        p = q;
        p[n - 1] = 1;
    }
    EXPECT(moves <= 8 + (to - from) / 4096, "%u moves", moves);
    EXPECT(GC_size(p) >= to, "too small");
    GC_free(p);
    VERDICT(name);
}

/* A string that grows is once of every size: the heap need not hold many of each. */
static void grow_through_sizes(void)
{
    const size_t before = GC_get_heap_size();
    size_t n;
    char *p = NULL, *q = NULL;

    for (n = 1; n <= 30000; n += 16) {
        p = (char *)GC_realloc(p, n);
        q = q != NULL ? (char *)GC_realloc(q, n) : (char *)GC_malloc_atomic(n);
        p[n - 1] = q[n - 1] = 1;
    }
    EXPECT(GC_get_heap_size() <= before + ((size_t)2 << 20), "the heap grew by %lu KiB",
           (unsigned long)((GC_get_heap_size() - before) >> 10));
    VERDICT("one object of each size");
}

/* Freed objects are found again in no more time when there are many of them. */
static void free_many(void)
{
    const unsigned n = (unsigned)check_work(1000000);
    void **p = (void **)GC_malloc_uncollectable(n * sizeof *p);
    unsigned i;

    GC_disable(); /* a collection drops the lists */
    for (i = 0; i < n; i++)
        p[i] = GC_malloc(40);
    for (i = 0; i < n; i++)
        GC_free(p[i]);
    for (i = 0; i < n; i++) { /* each time one more is taken than freed: batches come and go */
        p[i] = GC_malloc(40);
        GC_free(GC_malloc(40));
    }
    GC_enable();
    EXPECT(GC_get_heap_size() < (size_t)n * 150 + ((size_t)8 << 20), "the heap has %lu KiB",
           (unsigned long)(GC_get_heap_size() >> 10));
    GC_free(p);
    VERDICT("a million freed objects are taken again");
}

/* A program that frees all it makes keeps nothing, in the debugging form as well. */
static void free_debugging_objects(void)
{
    const size_t before = GC_get_heap_size();
    int i;

    for (i = 0; i < 1000000; i++)
        GC_debug_free(GC_debug_malloc(40, "thrift.c", 1));
    EXPECT(GC_get_heap_size() <= before + ((size_t)16 << 20), "the heap has %lu KiB",
           (unsigned long)(GC_get_heap_size() >> 10));
    VERDICT("freed debugging objects are reused");
}

/* That are not the heap's. */
static size_t other_bytes(void)
{
    return GC_get_obtained_from_os_bytes() - GC_get_heap_size() - GC_get_unmapped_bytes();
}

static void GC_CALLBACK note(GC_EventType event)
{
    size_t bytes = other_bytes();

    if (event == GC_EVENT_MARK_END && bytes > marking_bytes)
        marking_bytes = bytes;
}

/* Many objects that are roots do not make for a long list of work. */
static void mark_uncollectable(void)
{
    unsigned i;
    size_t before;

    keep = (void **)GC_malloc_uncollectable(HOLDERS * sizeof *keep);
    for (i = 0; i < HOLDERS; i++)
        keep[i] = GC_malloc_uncollectable(4 * sizeof(void *));
    before = other_bytes();
    GC_set_on_collection_event(note);
    check_collect(2);
    GC_set_on_collection_event(NULL);
    EXPECT(marking_bytes < before + ((size_t)2 << 20), "%lu KiB more while marking",
           (unsigned long)((marking_bytes - before) >> 10));
    for (i = 0; i < HOLDERS; i++)
        GC_free(keep[i]);
    GC_free(keep);
    VERDICT("uncollectable objects need no long mark stack");
}

/* What is wanted again soon is not given back first: short cycles do not make the heap breathe. */
static void keep_what_is_wanted(void)
{
    enum { SLOTS = 64 };
    const unsigned n = (unsigned)check_work(20000);
    const time_t began = time(NULL);
    char **slots = (char **)GC_malloc(SLOTS * sizeof *slots);
    size_t before = GC_get_unmapped_bytes(), most = 0, given_back = 0, now;
    unsigned i, seed = 1;

    for (i = 0; i < n; i++) {
        size_t bytes;

        seed = seed * 1103515245u + 12345u;
        bytes = (size_t)32768 << (seed >> 16) % 6;
        slots[(seed >> 20) % SLOTS] = (char *)GC_malloc_atomic_ignore_off_page(bytes);
        now = GC_get_unmapped_bytes();
        given_back += now > before ? now - before : 0;
        before = now;
        now += GC_get_heap_size();
        most = now > most ? now : most;
    }
    EXPECT(given_back <= most * (2 + 3 * (size_t)(time(NULL) - began + 1)), "%lu KiB given back, of %lu KiB",
           (unsigned long)(given_back >> 10), (unsigned long)(most >> 10));
    VERDICT("what is wanted again soon is not given back");
}

int main(void)
{
    check_start();
    GC_INIT();
    grow_by_little(GC_malloc_atomic, "a large object grows by a little: GC_malloc_atomic");
    grow_by_little(GC_malloc, "a large object grows by a little: GC_malloc");
    grow_through_sizes();
    free_many();
    free_debugging_objects();
    mark_uncollectable();
    keep_what_is_wanted();
    return check_done();
}
