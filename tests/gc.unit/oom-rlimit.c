/* oom-rlimit.c - the system refuses memory: set before and after the start, address space and data */
/* variants: plain verify vdb-mprotect */
/* timeout: 120 */
/* needs: setrlimit */
#include "check.h"
#include <sys/mman.h>

struct block {
    struct block *next;
    size_t seed;
};

static struct block *blocks;
static int calls;

static int may_not_bind; /* address space reserved before the limit came */

static void *GC_CALLBACK on_oom(size_t n)
{
    (void)n;
    calls++;
    return NULL;
}

/* What the process has already of what the limit counts, in bytes. */
static size_t used_bytes(int what)
{
    FILE *f = fopen("/proc/self/statm", "r");
    unsigned long all = 0, data = 0;

    if (f != NULL) {
        if (fscanf(f, "%lu %*u %*u %*u %*u %lu", &all, &data) != 2)
            all = data = 0;
        fclose(f);
    }
    return (size_t)(what == RLIMIT_AS ? all : data) * (size_t)sysconf(_SC_PAGESIZE);
}

CHECK_NOINLINE static long fill(size_t size, long most)
{
    long n = 0;
    struct block *b;

    while (n < most && (b = (struct block *)GC_malloc(size)) != NULL) {
        b->next = blocks;
        b->seed = (size_t)n++;
        memset(b + 1, (int)(b->seed & 0xFF), size - sizeof *b);
        GC_END_STUBBORN_CHANGE(b);
        blocks = b;
    }
    return n;
}

CHECK_NOINLINE static int whole(long n, size_t size)
{
    struct block *b;

    for (b = blocks; b != NULL; b = b->next)
        if (b->seed != (size_t)--n
            || !check_all_bytes(b + 1, size - sizeof *b, (int)(b->seed & 0xFF)))
            return 0;
    return n == 0;
}

/* All that was had can be written to. */
CHECK_NOINLINE static void write_again(size_t size)
{
    struct block *b;

    for (b = blocks; b != NULL; b = b->next) {
        memset(b + 1, (int)(b->seed & 0xFF), size - sizeof *b);
        GC_END_STUBBORN_CHANGE(b);
    }
}

/* Lets go of all, link by link: one stale pointer shall not keep the list. */
CHECK_NOINLINE static void drop(void)
{
    while (blocks != NULL) {
        struct block *next = blocks->next;

        blocks->next = NULL;
        blocks = next;
    }
    check_collect(2);
}

static int use_it_up(void)
{
    static const size_t sizes[] = {160, 3000, 70000, 2000000};
    size_t i;
    long n, first = 0;
    int round;

    for (i = 0; i < 4; i++) {
        calls = 0;
        n = fill(sizes[i], (long)(((size_t)400 << 20) / sizes[i]));
        if (calls == 0 && !may_not_bind) {
            printf("not refused\n");
            return 10;
        }
        if ((size_t)n * sizes[i] < (size_t)20 << 20) {
            printf("only %ld blocks of %lu\n", n, (unsigned long)sizes[i]);
            return 11;
        }
        if (!whole(n, sizes[i]))
            return 12;
        write_again(sizes[i]);
        GC_gcollect();
        write_again(sizes[i]);
        if (!whole(n, sizes[i]))
            return 13;
        drop();
    }
    for (round = 0; round < 5; round++) {
        n = fill(20000, 20000);
        if (round == 0)
            first = n;
        if (n < first / 2) {
            printf("round %d: %ld of %ld blocks\n", round, n, first);
            return 14;
        }
        drop();
    }
    return 0;
}

struct limits {
    int what;
    int before;      /* before the collector starts */
    size_t more;     /* bytes beyond what is mapped */
};

/* Emulators accept limits and do not enforce them; old kernels count only the break as data. */
static int limit_binds(size_t more)
{
    size_t bytes = more + ((size_t)64 << 20);
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);

    if (p == MAP_FAILED)
        return 1;
    munmap(p, bytes);
    return 0;
}

static int with_limit(void *arg)
{
    const struct limits *l = (const struct limits *)arg;
    struct rlimit r;

    if (!l->before) {
        GC_INIT();
        GC_set_warn_proc(GC_ignore_warn_proc);
    }
    may_not_bind = l->what == RLIMIT_AS && !l->before;
    r.rlim_cur = r.rlim_max = used_bytes(l->what) + l->more;
    if (setrlimit(l->what, &r) != 0 || !limit_binds(l->more))
        return 77;
    if (l->before) {
        GC_INIT();
        GC_set_warn_proc(GC_ignore_warn_proc);
    }
    GC_set_oom_fn(on_oom);
    return use_it_up();
}

static void attempt(int what, int before, size_t more, const char *name)
{
    struct limits l;
    char text[2000];
    int status;

    l.what = what;
    l.before = before;
    l.more = more;
    status = check_child(with_limit, &l, text, sizeof text);
    if (status != -1 && WIFEXITED(status) && (WEXITSTATUS(status) == 77)) {
        printf("UNSUPPORTED: %s: limits are not enforced here\n", name);
        fflush(stdout);
        return;
    }
    if (!check_child_ok(status))
        check_note("status %x: %s", (unsigned)status, text);
    check_verdict(check_child_ok(status), name, __FILE__, __LINE__, "in the child");
}

int main(void)
{
    check_start();
    attempt(RLIMIT_AS, 1, (size_t)96 << 20, "address space limited before the start");
    attempt(RLIMIT_AS, 0, (size_t)64 << 20, "address space limited after the start");
    attempt(RLIMIT_DATA, 1, (size_t)96 << 20, "data limited before the start");
    attempt(RLIMIT_DATA, 0, (size_t)64 << 20, "data limited after the start");
    return check_done();
}
