/* realloc-large.c - large objects that grow step by step: nothing lost, nothing stale, neighbours whole */
/* variants: plain verify incremental */
/* threads: required */
#include "check.h"

#define THREADS 4
#define OBJECTS 6
#define MOST    ((size_t)1 << 17) /* words */

#define CELL_WORDS 16

struct grown {
    GC_word **words; /* that many of them lead to one cell, and nothing else does */
    size_t used;
    int atomic;
};

static GC_word value(size_t i)
{
    return (GC_word)i * 2654435761u;
}

static GC_word *new_cell(size_t i)
{
    GC_word *cell = GC_MALLOC_ATOMIC(sizeof *cell);

    if (cell == NULL)
        abort();
    *cell = value(i);
    return cell;
}

static void grow(struct grown *g, size_t words)
{
    size_t i, old = g->used;

    g->words = GC_REALLOC(g->words, words * sizeof *g->words);
    EXPECT(g->words != NULL, "no memory for %lu words", (unsigned long)words);
    if (g->words == NULL)
        abort();
    EXPECT(GC_base((char *)g->words + words * sizeof *g->words - 1) == g->words, "the end is not inside");
    EXPECT(GC_size(g->words) >= words * sizeof *g->words, "GC_size is too small");
    for (i = old; i < words; i++) {
        if (!g->atomic)
            EXPECT(g->words[i] == NULL, "the new part is not clear");
        if (g->atomic)
            g->words[i] = (GC_word *)value(i);
        else
            g->words[i] = i % CELL_WORDS == 0 ? new_cell(i) : g->words[i - 1];
    }
    g->used = words;
}

static void check_cells(const struct grown *g)
{
    size_t i;

    for (i = 0; i < g->used; i += CELL_WORDS)
        EXPECT(g->atomic ? (GC_word)g->words[i] == value(i) : *g->words[i] == value(i),
               "word %lu of %lu is lost", (unsigned long)i, (unsigned long)g->used);
}

static void start_again(struct grown *g, unsigned n)
{
    size_t words = 5000 + n % 3000;

    g->atomic = n % 3 == 0;
    g->used = 0;
    g->words = g->atomic ? GC_MALLOC_ATOMIC(words * sizeof *g->words) : GC_MALLOC(words * sizeof *g->words);
    if (g->words == NULL)
        abort();
    grow(g, words);
}

static void *worker(void *arg)
{
    struct grown objects[OBJECTS];
    unsigned n, seed = 77 + (unsigned)(size_t)arg, steps = (unsigned)check_work(300);

    for (n = 0; n < OBJECTS; n++)
        start_again(&objects[n], n);
    for (n = 0; n < steps; n++) {
        struct grown *g;

        seed = seed * 1103515245u + 12345u;
        g = &objects[(seed >> 16) % OBJECTS];
        check_cells(g);
        if (g->used > MOST)
            start_again(g, n);
        else
            grow(g, g->used + 1 + (seed >> 8) % (n % 4 == 0 ? 9000 : 200));
        check_cells(&objects[n % OBJECTS]);
        if (n % 40 == (unsigned)(size_t)arg)
            GC_gcollect();
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    size_t i;

    check_start();
    GC_INIT();
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_create(&threads[i], NULL, worker, (void *)i) == 0, "no thread");
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_join(threads[i], NULL) == 0, "not joined");
    VERDICT("large objects grow and keep what is in them");
    return check_done();
}
