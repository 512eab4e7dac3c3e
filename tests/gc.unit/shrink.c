/* shrink.c - a heap that falls from large to small gives its memory back */
/* needs: giving-back */
/* variants: plain verify incremental */
#include "check.h"

#define MB ((size_t)1 << 20)
#define SMALL_MB ((size_t)(check_is_stock ? 250 : 60))

struct node {
    struct node *next;
    char body[2000];
};

static struct node *many;
static void *large[100];

static size_t resident_bytes(void)
{
#ifdef _WIN32
    return 0;
#else
    FILE *f = fopen("/proc/self/statm", "r");
    unsigned long all, pages = 0;

    if (f != NULL) {
        if (fscanf(f, "%lu %lu", &all, &pages) != 2)
            pages = 0;
        fclose(f);
    }
    return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
#endif
}

CHECK_NOINLINE static void grow(void)
{
    size_t i;

    for (i = 0; i < 75000; i++) { /* about 150 MB */
        struct node *p = (struct node *)GC_malloc(sizeof *p);

        p->next = many;
        memset(p->body, 1, sizeof p->body);
        GC_END_STUBBORN_CHANGE(p);
        many = p;
    }
    for (i = 0; i < 50; i++) { /* and as much in large objects */
        large[i] = GC_malloc_atomic(3 * MB);
        memset(large[i], 1, 3 * MB);
    }
}

CHECK_NOINLINE static void drop(void)
{
    while (many != NULL) { /* link by link: one stale pointer shall not keep the list */
        struct node *next = many->next;

        many->next = NULL;
        many = next;
    }
    memset(large, 0, sizeof large);
}

/* A small working life: what a program does after its peak. */
CHECK_NOINLINE static void live_small(void)
{
    static void *few[1000];
    long i;

    for (i = 0; i < 3000000; i++)
        few[i % 1000] = GC_malloc(32 + (size_t)(i % 200));
    memset(few, 0, sizeof few);
}

int main(void)
{
    size_t start, peak, after;
    int i;

    check_start();
    GC_INIT();
    start = resident_bytes();
    if (start == 0) {
        check_unsupported("resident memory cannot be told here");
        return check_done();
    }
    for (i = 0; i < 2; i++) {
        grow();
        peak = resident_bytes();
        drop();
        check_collect(2);
        GC_gcollect_and_unmap();
        after = resident_bytes();
        check_note("resident %lu MB at first, %lu at the peak, %lu after unmapping",
                   (unsigned long)(start / MB), (unsigned long)(peak / MB),
                   (unsigned long)(after / MB));
        EXPECT(peak > 250 * MB, "the heap did not grow");
        EXPECT(after < start + SMALL_MB * MB, "%lu MB stay resident", (unsigned long)(after / MB));
        EXPECT(GC_get_heap_size() < SMALL_MB * MB, "the heap says %lu MB",
               (unsigned long)(GC_get_heap_size() / MB));
    }
    VERDICT("GC_gcollect_and_unmap");
    grow();
    drop();
    check_wipe_stack();
    live_small();
    if (GC_is_incremental_mode()) /* what grew old is found by a full cycle, one in GC_full_freq */
        for (i = 0; i < 3; i++)
            live_small();
    after = resident_bytes();
    check_note("%lu MB resident after a small life", (unsigned long)(after / MB));
    if (!check_is_stock)
        CHECK(after < 100 * MB, "memory goes back by itself");
    return check_done();
}
