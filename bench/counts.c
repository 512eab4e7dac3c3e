/* counts.c - small known amounts of work, each counted apart by callgrind: counts
 *
 * Run under "valgrind --tool=callgrind" it makes one dump per piece of work, labelled with its name,
 * and prints for each a line "@count LABEL UNITS [BASE]": how many units of work it was, and
 * which other label's instructions are to be taken off first. Run alone it does the same work and
 * counts nothing. The limits, and what compares with them: counts.limits, ../tools/check-perf.
 *
 * [fixed]  One thread, no clock, no random number: the same library executes the same instructions.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"
#include "counting.h"

struct cell {
    struct cell *next;
    uint64_t value;
};

struct node { /* two pointers and four words that are none */
    struct node *left, *right;
    uint64_t number[4];
};

/* volatile: what is stored is there when the collector looks. */
static void *volatile sink;
static struct cell *volatile list;
static struct node *volatile tree;
static void **volatile kept;

static void begin(void)
{
    COUNT_BEGIN();
}

/* base: NULL, or the label whose instructions are no part of this work. */
static void end(const char *label, unsigned long units, const char *base)
{
    COUNT_END(label);
    printf("@count %s %lu%s%s\n", label, units, base != NULL ? " " : "", base != NULL ? base : "");
}

/* ---- allocation ------------------------------------------------------------ */

static void allocate(size_t bytes, unsigned long n)
{
    for (; n > 0; n--)
        sink = GC_MALLOC(bytes);
}

static void allocate_pointer_free(size_t bytes, unsigned long n)
{
    for (; n > 0; n--)
        sink = GC_MALLOC_ATOMIC(bytes);
}

/* A collection before each: what the first touch of fresh memory costs is not counted. */
static void count_allocation(const char *label, void (*work)(size_t, unsigned long), size_t bytes,
                             unsigned long n)
{
    work(bytes, n);
    GC_gcollect();
    GC_disable();
    begin();
    work(bytes, n);
    end(label, n, NULL);
    GC_enable();
    GC_gcollect();
}

static void allocation(void)
{
    count_allocation("malloc-16", allocate, 16, 100000);
    count_allocation("malloc-48", allocate, 48, 100000);
    count_allocation("malloc-256", allocate, 256, 20000);
    count_allocation("malloc-4096", allocate, 4096, 4000);
    count_allocation("malloc-65536", allocate, 65536, 400);
    count_allocation("atomic-48", allocate_pointer_free, 48, 100000);
    count_allocation("atomic-1024", allocate_pointer_free, 1024, 10000);
    count_allocation("atomic-4096", allocate_pointer_free, 4096, 4000);
}

/* ---- allocation with free --------------------------------------------------- */

static void count_pairs(const char *label, size_t bytes, unsigned long n)
{
    unsigned long i;

    GC_gcollect();
    GC_FREE(GC_MALLOC_ATOMIC(bytes));
    begin();
    for (i = 0; i < n; i++) {
        sink = GC_MALLOC_ATOMIC(bytes);
        GC_FREE(sink);
    }
    end(label, n, NULL);
}

static void pairs(void)
{
    count_pairs("pair-48", 48, 100000);
    count_pairs("pair-4096", 4096, 20000);
    count_pairs("pair-65536", 65536, 5000);
}

/* ---- marking ----------------------------------------------------------------- */

/* Twice: once whatever was left before is gone, the next finds what is to be measured. */
static void count_collection(const char *label, unsigned long units, const char *base)
{
    GC_gcollect();
    begin();
    GC_gcollect();
    end(label, units, base);
}

static void make_list(unsigned long n)
{
    for (; n > 0; n--) {
        struct cell *c = bench_need(GC_MALLOC(sizeof(struct cell)));

        c->value = n;
        c->next = list;
        list = c;
    }
}

static struct node *make_tree(unsigned depth)
{
    struct node *n = bench_need(GC_MALLOC(sizeof(struct node)));

    n->number[0] = depth;
    if (depth > 0) {
        n->left = make_tree(depth - 1);
        n->right = make_tree(depth - 1);
    }
    return n;
}

static void marking(void)
{
    count_collection("collect-nothing", 1, NULL);
    kept = bench_need(GC_MALLOC(100000 * sizeof *kept)); /* before there is anything that ends where it starts */
    count_collection("mark-null-word", 100000, "collect-nothing");
    kept = NULL;
    make_list(50000);
    count_collection("mark-cell-near", 50000, "collect-nothing");
    make_list(150000);
    count_collection("mark-cell-far", 200000, "collect-nothing");
    list = NULL;
    tree = make_tree(16);
    count_collection("mark-node", (2ul << 16) - 1, "collect-nothing");
    tree = NULL;
}

/* ---- sweeping ------------------------------------------------------------------ */

#define BLOCK_BYTES 16384
#define HOLES 20000

static void sweeping(void)
{
    unsigned long i, blocks = 300;

    GC_gcollect();
    for (i = 0; i < blocks * (BLOCK_BYTES / 64); i++)
        sink = GC_MALLOC(64);
    sink = NULL;
    begin();
    GC_gcollect();
    end("sweep-dead-block", blocks, "collect-nothing");

    /* One of eight lives: every hole has seven slots. */
    kept = bench_need(GC_MALLOC(HOLES * sizeof *kept));
    for (i = 0; i < HOLES * 8; i++) {
        sink = GC_MALLOC_ATOMIC(40);
        if (i % 8 == 0)
            kept[i / 8] = sink;
    }
    sink = NULL;
    GC_gcollect();
    begin();
    allocate_pointer_free(40, HOLES * 7);
    end("hole-of-7", HOLES, NULL);
    kept = NULL;
}

int main(void)
{
    bench_init("counts");
    GC_set_warn_proc(GC_ignore_warn_proc);
    allocation();
    pairs();
    marking();
    sweeping();
    bench_done(COUNTING, COUNTING ? "" : " uncounted=1");
    return 0;
}
