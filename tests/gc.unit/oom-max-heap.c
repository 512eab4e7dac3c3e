/* oom-max-heap.c - a heap limit: the callback is asked, its answer given, the heap whole, and on it goes */
/* variants: plain verify incremental */
#include "check.h"

#define LIMIT ((GC_word)32 << 20)

struct block {
    struct block *next;
    size_t size, seed;
};

static struct block *blocks;
static int calls;
static size_t asked;
static char answer[16];

static void *GC_CALLBACK on_oom(size_t n)
{
    calls++;
    asked = n;
    return NULL;
}

static void *GC_CALLBACK on_oom_answer(size_t n)
{
    (void)n;
    calls++;
    return answer;
}

/* Fills the heap with a list; returns how many blocks there are. */
CHECK_NOINLINE static long fill(size_t size)
{
    long n = 0;
    struct block *b;

    while ((b = (struct block *)GC_malloc(size)) != NULL && n < 10000000) {
        b->next = blocks;
        b->size = size;
        b->seed = (size_t)n++;
        memset(b + 1, (int)(b->seed & 0xFF), size - sizeof *b);
        GC_END_STUBBORN_CHANGE(b);
        blocks = b;
    }
    return n;
}

CHECK_NOINLINE static void look(long n)
{
    struct block *b;

    for (b = blocks; b != NULL; b = b->next) {
        EXPECT(b->seed == (size_t)--n
                   && check_all_bytes(b + 1, b->size - sizeof *b, (int)(b->seed & 0xFF)),
               "a block is damaged");
        if (n < 0)
            break;
    }
    EXPECT(n == 0, "%ld blocks are missing", n);
}

/* Lets go of all, link by link: one stale pointer shall not keep the list. */
CHECK_NOINLINE static void drop(void)
{
    while (blocks != NULL) {
        struct block *next = blocks->next;

        blocks->next = NULL;
        blocks = next;
    }
    check_collect(1);
}

int main(void)
{
    static const size_t sizes[] = {48, 1000, 5000, 100000, 3000000};
    size_t i;
    long n;
    void *p, *q;

    check_start();
    GC_INIT();
    GC_set_warn_proc(GC_ignore_warn_proc);
    GC_set_max_heap_size(LIMIT);
    GC_set_oom_fn(on_oom);
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        calls = 0;
        n = fill(sizes[i]);
        EXPECT(calls == 1, "%lu bytes: the callback was called %d times", (unsigned long)sizes[i],
               calls);
        EXPECT(asked >= sizes[i] && asked < sizes[i] + 8192, "it was told %lu for %lu bytes",
               (unsigned long)asked, (unsigned long)sizes[i]);
        EXPECT((size_t)n * sizes[i] > LIMIT / 3, "%lu bytes: full at %ld blocks",
               (unsigned long)sizes[i], n);
        EXPECT(GC_get_heap_size() <= LIMIT + ((GC_word)1 << 20), "the heap has %lu bytes",
               (unsigned long)GC_get_heap_size());
        look(n);
        GC_gcollect();
        look(n);
        EXPECT(GC_malloc_atomic(sizes[i] * 50 + 10000000) == NULL, "more than there is");
        drop();
    }
    VERDICT("filling up, by size");
    GC_set_oom_fn(on_oom_answer);
    p = GC_malloc((size_t)1 << 30);
    CHECK_LAUNDER(p); /* "malloc never returns static data", says the compiler */
    q = GC_malloc_atomic((size_t)1 << 30);
    CHECK_LAUNDER(q);
    CHECK(p == (void *)answer && q == (void *)answer, "the callback's answer is the result");
    GC_set_oom_fn(on_oom);
    for (i = 0; i < 20; i++) {
        n = fill(10000);
        EXPECT(n > 1000, "round %lu: only %ld blocks", (unsigned long)i, n);
        drop();
    }
    VERDICT("the program goes on after freeing");
    GC_set_max_heap_size(0);
    for (i = 0; i < 80; i++) {
        struct block *b = (struct block *)GC_malloc(1000000);

        EXPECT(b != NULL, "still limited");
        if (b == NULL)
            break;
        b->next = blocks;
        GC_END_STUBBORN_CHANGE(b);
        blocks = b;
    }
    VERDICT("no limit any more");
    return check_done();
}
