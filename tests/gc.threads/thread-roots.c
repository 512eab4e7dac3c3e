/* thread-roots.c - what running threads hold: registers, vector registers, moving pointers, stacks */
/* threads: required */
/* variants: plain verify stress incremental nomarkers */
#include "threads.h"

#define SIZE 48

static int stop, ready;
static void *moving[2][4];
static long moves;

static char *make(int n)
{
    char *p = (char *)GC_malloc_atomic(SIZE);

    memset(p, n, SIZE);
    return p;
}

/* Only registers, in a loop without calls. */
static void *in_registers(void *arg)
{
    char *a = make(1), *b = make(2), *c = make(3);

    __atomic_add_fetch(&ready, 1, __ATOMIC_ACQ_REL);
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        CHECK_LAUNDER(a);
        CHECK_LAUNDER(b);
        CHECK_LAUNDER(c);
    }
    EXPECT(check_all_bytes(a, SIZE, 1) && check_all_bytes(b, SIZE, 2)
               && check_all_bytes(c, SIZE, 3),
           "a register's object is lost");
    return arg;
}

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__aarch64__))
typedef uintptr_t vector __attribute__((vector_size(2 * sizeof(uintptr_t))));
#ifdef __x86_64__
#define LAUNDER_VECTOR(v) __asm__ __volatile__("" : "+x"(v))
#else
#define LAUNDER_VECTOR(v) __asm__ __volatile__("" : "+w"(v))
#endif

static void *in_vector(void *arg)
{
    vector v = {(uintptr_t)make(4), (uintptr_t)make(5)};

    check_wipe_stack();
    __atomic_add_fetch(&ready, 1, __ATOMIC_ACQ_REL);
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
        LAUNDER_VECTOR(v);
    EXPECT(check_all_bytes((void *)v[0], SIZE, 4) && check_all_bytes((void *)v[1], SIZE, 5),
           "a vector register's object is lost");
    return arg;
}
#else
#define in_vector in_registers
#endif

/* The only pointer wanders between static words, its place empty meanwhile. */
static void *wanders(void *arg)
{
    void *volatile *from = moving[0], *volatile *to = moving[1], *volatile *t;
    long n = 0;
    int i;

    for (i = 0; i < 4; i++)
        from[i] = make(6 + i);
    __atomic_add_fetch(&ready, 1, __ATOMIC_ACQ_REL);
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        for (i = 0; i < 4; i++) {
            void *p = from[i];

            from[i] = NULL;
            CHECK_LAUNDER(p);
            to[3 - i] = p;
        }
        t = from;
        from = to;
        to = t;
        n++;
    }
    for (i = 0; i < 4; i++)
        EXPECT(check_all_bytes(from[i], SIZE, 6 + ((n & 1) ? 3 - i : i)),
               "a moving pointer's object is lost");
    moves = n;
    return arg;
}

CHECK_NOINLINE static long deep(int depth)
{
    char *volatile mine = make(depth & 0x7F);
    long bad = depth > 0 ? deep(depth - 1) : 0;

    return bad + !check_all_bytes(mine, SIZE, depth & 0x7F);
}

/* Stacks that grow and shrink all the time. */
static void *recurses(void *arg)
{
    check_rng r;
    long bad = 0;

    check_rng_seed(&r, (uint64_t)(size_t)arg);
    __atomic_add_fetch(&ready, 1, __ATOMIC_ACQ_REL);
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
        bad += deep((int)check_below(&r, 500));
    EXPECT(bad == 0, "%ld frames lost their objects", bad);
    return arg;
}

int main(void)
{
    static void *(*const body[])(void *) = {in_registers, in_vector, wanders, recurses, recurses};
    enum { N = sizeof body / sizeof *body };
    pthread_t t[N];
    long i, n;
    int round;

    check_start();
    GC_INIT();
    GC_allow_register_threads();
    for (round = 0; round < 3; round++) {
        stop = ready = 0;
        for (i = 0; i < N; i++)
            EXPECT(any_create(round & 1, &t[i], body[i], (void *)(size_t)i) == 0, "cannot create");
        while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) < N)
            check_nap_ms(1);
        n = check_work(30);
        for (i = 0; i < n; i++) {
            int k;

            GC_gcollect();
            for (k = 0; k < 500; k++)
                memset(GC_malloc_atomic(SIZE), 0xFF, SIZE);
        }
        __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
        for (i = 0; i < N; i++)
            EXPECT(any_join(round & 1, t[i], NULL) == 0, "cannot join");
    }
    VERDICT("registers, vectors, moving pointers, stacks");
    CHECK(moves > 0, "pointers moved");
    return check_done();
}
