/* faults.c - the program's own handler of faults gets its faults, and only those */
/* needs: children */
/* variants: plain providers verify-mprotect */
/* timeout: 120 */
#include "mover.h"
#if defined(_WIN32)
int main(void)
{
    check_start();
    check_unsupported("no sigaction");
    return check_done();
}
#else
#include <setjmp.h>
#include <sys/mman.h>

static sigjmp_buf back;
static volatile char *mine; /* a page of the program's, protected by it */
static size_t page;
static volatile int caught, foreign, unprotect, chained;
static struct sigaction older;

static void on_fault(int sig, siginfo_t *info, void *context)
{
    volatile char *at = (volatile char *)info->si_addr;

    if (at >= mine && at < mine + page) {
        caught++;
        if (!unprotect)
            siglongjmp(back, 1);
        mprotect((void *)mine, page, PROT_READ | PROT_WRITE);
        return;
    }
    if (at == NULL) {
        caught++;
        siglongjmp(back, 2);
    }
    if (chained && (older.sa_flags & SA_SIGINFO) != 0) { /* whoever was here before */
        older.sa_sigaction(sig, info, context);
        return;
    }
    foreign++;
    siglongjmp(back, 3);
}


static void install(int chain)
{
    struct sigaction sa;

    memset(&sa, 0, sizeof sa);
    sa.sa_sigaction = on_fault;
    sa.sa_flags = SA_SIGINFO;
    chained = chain;
    sigaction(SIGSEGV, &sa, chain ? &older : NULL);
    sigaction(SIGBUS, &sa, NULL);
}

/* Faults of the program's own: a write and a read of its page, a repaired write, a null pointer. */
CHECK_NOINLINE static void own_faults(void)
{
    char *volatile nowhere = NULL;
    int before = caught;

    mprotect((void *)mine, page, PROT_READ);
    if (sigsetjmp(back, 1) == 0)
        *mine = 1;
    mprotect((void *)mine, page, PROT_NONE);
    if (sigsetjmp(back, 1) == 0)
        (void)*mine;
    mprotect((void *)mine, page, PROT_READ);
    unprotect = 1;
    mine[8] = 42;
    unprotect = 0;
    if (sigsetjmp(back, 1) == 0)
        *nowhere = 1;
    EXPECT(caught == before + 4 && mine[8] == 42, "%d of 4 faults reached the program",
           caught - before);
    EXPECT(foreign == 0, "the program got a fault of the collector");
}

static void round_of(const char *what, int sort)
{
    unsigned i;

    mover_begin(sort);
    for (i = 0; i < MOVER_ITEMS; i++) {
        if (i % 64 == 5)
            own_faults();
        mover_step(i);
        (void)mover_move(i, mover_root.holder[i] + i % 8, mover_plain);
    }
    mover_end();
    mover_litter(3000);
    mover_audit(what);
}

#ifdef GC_THREADS
/* Faults in two threads at once, on pages of the heap. */
static void *store_much(void *arg)
{
    unsigned k;

    for (k = 0; k < 40; k++) {
        void **p = (void **)GC_malloc(64 << 10);
        unsigned i;

        for (i = 0; i < 8192; i += 256)
            GC_PTR_STORE_AND_DIRTY(&p[i], GC_malloc(16));
        if (k % 8 == 0)
            (void)vdb_enter();
    }
    return arg;
}
#endif

/* In a child: a fault of nobody ends the program the way it should. */
static int die_of_null(void *unused)
{
    volatile char *volatile nowhere = NULL;

    (void)unused;
    signal(SIGSEGV, SIG_DFL);
    GC_gcollect();
    (void)vdb_enter();
    *nowhere = 1;
    return 0;
}

int main(void)
{
    char text[500];
    unsigned i;
    long k, rounds;
    int status;

    page = (size_t)sysconf(_SC_PAGESIZE);
    mine = (volatile char *)mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                                 -1, 0);
    install(0); /* before the collector's, which passes on what it does not know */
    if (!vdb_start())
        return check_done();
    mover_open(39);
    for (i = 0; i < MOVER_ITEMS; i++)
        mover_root.holder[i] = (void **)GC_malloc(4096);
    rounds = check_work(6);
    for (k = 0; k < rounds; k++)
        round_of("a handler installed before", (int)(k % MOVER_SORTS));
    VERDICT("a handler installed before the collector's");

    install(1); /* after it: passes on what it does not know */
    for (k = 0; k < rounds; k++)
        round_of("a handler installed later", (int)(k % MOVER_SORTS));
    VERDICT("a handler installed later that passes faults on");
    sigaction(SIGSEGV, &older, NULL);
#ifdef GC_THREADS
    {
        pthread_t t[4];

        for (i = 0; i < 4; i++)
            if (GC_pthread_create(&t[i], NULL, store_much, NULL) != 0)
                return 3;
        for (k = 0; k < rounds; k++)
            own_faults();
        for (i = 0; i < 4; i++)
            (void)GC_pthread_join(t[i], NULL);
        VERDICT("faults in several threads");
    }
#endif
    status = check_child(die_of_null, NULL, text, sizeof text);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV, "a fault without a handler kills");
    vdb_judge();
    return check_done();
}
#endif
