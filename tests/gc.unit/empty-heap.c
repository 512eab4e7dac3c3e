/* empty-heap.c - a heap limit below one block: there is no heap, until the limit goes */
/* variants: plain verify stress incremental */
/* only: tidemark */
#include "check.h"
#include <gc/gc_backptr.h>

static int calls;

static void *GC_CALLBACK on_oom(size_t n)
{
    (void)n;
    calls++;
    return NULL;
}

int main(void)
{
    void *local = &calls, *p;

    GC_set_max_heap_size(1);
    check_start();
    GC_INIT();
    GC_set_warn_proc(GC_ignore_warn_proc);
    GC_set_oom_fn(on_oom);
    CHECK(GC_get_heap_size() == 0, "there is no heap");
    GC_gcollect(); /* roots hold zeros, and there is no block to look up */
    GC_gcollect_and_unmap();
    CHECK(GC_malloc(100) == NULL && GC_malloc_atomic(100000) == NULL && calls == 2,
          "no memory, and the callback is asked");
    CHECK(GC_base(local) == NULL && GC_base(NULL) == NULL && !GC_is_heap_ptr(local),
          "nothing is in the heap");
    CHECK(GC_generate_random_heap_address() == NULL && GC_generate_random_valid_address() == NULL,
          "there is no address in it");
    GC_set_max_heap_size(0);
    p = GC_malloc(100);
    GC_gcollect();
    CHECK(p != NULL && check_all_bytes(p, 100, 0) && GC_base(p) == p, "without the limit it grows");
    return check_done();
}
