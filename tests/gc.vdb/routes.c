/* routes.c - the only pointer to an object, moved during marking by every way a word can be written */
/* variants: plain providers verify-uffd verify-mprotect verify-soft stress-uffd stress-mprotect deny */
/* timeout: 120 */
#include "mover.h"
#ifndef _WIN32
#  include <fcntl.h>
#  include <sys/socket.h>
#  include <sys/uio.h>
#endif

#define WORDS 64 /* of a holder */

static int efaults; /* system calls that write protection refused */
static int protects; /* what GC_incremental_protection_needs named at any time */

CHECK_NOINLINE static int by_store(void **where, void *what)
{
    *(void *volatile *)where = what;
    return 0;
}

CHECK_NOINLINE static int by_memcpy(void **where, void *what)
{
    memcpy(where, &what, sizeof what);
    __asm__ __volatile__("" : : : "memory");
    return 0;
}

/* The whole holder is written, a large structure at once. */
CHECK_NOINLINE static int by_memmove(void **where, void *what)
{
    void *copy[WORDS];
    void **start = where - 5;

    memcpy(copy, start, sizeof copy);
    copy[5] = what;
    memmove(start, copy, sizeof copy);
    memset(copy, 0, sizeof copy);
    __asm__ __volatile__("" : : "r"(copy) : "memory");
    return 0;
}

CHECK_NOINLINE static int by_exchange(void **where, void *what)
{
    (void)__atomic_exchange_n(where, what, __ATOMIC_SEQ_CST);
    return 0;
}

CHECK_NOINLINE static int by_cas(void **where, void *what)
{
    void *old = __atomic_load_n(where, __ATOMIC_RELAXED);

    while (!__atomic_compare_exchange_n(where, &old, what, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
    }
    return 0;
}

CHECK_NOINLINE static int by_fetch_add(void **where, void *what)
{
    *(GC_word volatile *)where = 0;
    (void)__atomic_fetch_add((GC_word *)where, (GC_word)what, __ATOMIC_SEQ_CST);
    return 0;
}

/* Byte by byte, the way a careless copy loop does. */
CHECK_NOINLINE static int by_bytes(void **where, void *what)
{
    volatile unsigned char *to = (volatile unsigned char *)where;
    size_t i;

    for (i = 0; i < sizeof what; i++)
        to[i] = ((unsigned char *)&what)[i];
    return 0;
}

#ifndef _WIN32
/* ---- the kernel writes ------------------------------------------------------ */

static int pipe_fd[2], socket_fd[2], file_fd;

static int answer(ssize_t n)
{
    if (n == (ssize_t)sizeof(void *))
        return 0;
    if (n < 0 && errno == EFAULT) {
        efaults++;
        protects |= GC_incremental_protection_needs();
        return EFAULT;
    }
    EXPECT(0, "a system call gave %ld, errno %d", (long)n, errno);
    return EIO;
}

/* What a refused call left unread. */
static int drained(int fd, int failed)
{
    void *word;

    if (failed != 0)
        (void)!read(fd, &word, sizeof word);
    return failed;
}

CHECK_NOINLINE static int by_read(void **where, void *what)
{
    if (write(pipe_fd[1], &what, sizeof what) != (ssize_t)sizeof what)
        return EIO;
    return drained(pipe_fd[0], answer(read(pipe_fd[0], where, sizeof what)));
}

CHECK_NOINLINE static int by_readv(void **where, void *what)
{
    struct iovec part[2];

    if (write(pipe_fd[1], &what, sizeof what) != (ssize_t)sizeof what)
        return EIO;
    part[0].iov_base = where;
    part[0].iov_len = 3;
    part[1].iov_base = (char *)where + 3;
    part[1].iov_len = sizeof what - 3;
    return drained(pipe_fd[0], answer(readv(pipe_fd[0], part, 2)));
}

CHECK_NOINLINE static int by_pread(void **where, void *what)
{
    if (pwrite(file_fd, &what, sizeof what, 0) != (ssize_t)sizeof what)
        return EIO;
    return answer(pread(file_fd, where, sizeof what, 0));
}

CHECK_NOINLINE static int by_recv(void **where, void *what)
{
    if (send(socket_fd[1], &what, sizeof what, 0) != (ssize_t)sizeof what)
        return EIO;
    return drained(socket_fd[0], answer(recv(socket_fd[0], where, sizeof what, 0)));
}

/* ---- a signal handler writes -------------------------------------------------- */

static void **volatile signal_where;
static volatile check_hidden signal_what;

static void on_signal(int sig)
{
    (void)sig;
    *signal_where = check_reveal(signal_what);
}

CHECK_NOINLINE static int by_signal(void **where, void *what)
{
    signal_where = where;
    signal_what = check_hide(what);
    raise(SIGWINCH);
    signal_where = NULL;
    return 0;
}

static void open_routes(void)
{
    struct sigaction sa;
    char name[] = "/tmp/gc-routes-XXXXXX";

    memset(&sa, 0, sizeof sa);
    sa.sa_handler = on_signal;
    sigaction(SIGWINCH, &sa, NULL);
    file_fd = mkstemp(name);
    if (file_fd < 0 || pipe(pipe_fd) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, socket_fd) != 0)
        exit(2);
    unlink(name);
}
#else
static void open_routes(void) {}
#endif

#ifdef GC_THREADS
/* ---- another thread writes ------------------------------------------------------ */

static void **volatile thread_where;
static volatile check_hidden thread_what;

static void *write_for_others(void *unused)
{
    for (;;) {
        void **where = __atomic_load_n(&thread_where, __ATOMIC_ACQUIRE);

        if (where == (void **)&thread_where)
            return unused;
        if (where != NULL) {
            *where = check_reveal(thread_what);
            __atomic_store_n(&thread_where, (void **)NULL, __ATOMIC_RELEASE);
        }
    }
}

static void other_thread(int on)
{
    static pthread_t t;

    if (on) {
        EXPECT(GC_pthread_create(&t, NULL, write_for_others, NULL) == 0, "cannot create a thread");
        return;
    }
    __atomic_store_n(&thread_where, (void **)&thread_where, __ATOMIC_RELEASE);
    (void)GC_pthread_join(t, NULL);
    thread_where = NULL;
}

CHECK_NOINLINE static int by_thread(void **where, void *what)
{
    thread_what = check_hide(what);
    __atomic_store_n(&thread_where, where, __ATOMIC_RELEASE);
    while (__atomic_load_n(&thread_where, __ATOMIC_ACQUIRE) != NULL) {
    }
    return 0;
}
#endif

static const struct {
    const char *name;
    mover_route put;
} routes[] = {
    {"a store", by_store},
    {"memcpy", by_memcpy},
    {"memmove", by_memmove},
    {"an atomic exchange", by_exchange},
    {"compare and swap", by_cas},
    {"an atomic addition", by_fetch_add},
    {"bytes", by_bytes},
#ifndef _WIN32
    {"read", by_read},
    {"readv", by_readv},
    {"pread", by_pread},
    {"recv", by_recv},
    {"a signal handler", by_signal},
#endif
#ifdef GC_THREADS
    {"another thread", by_thread},
#endif
};

/* Where a system call was refused, the program writes the page first, as gc.h says. */
CHECK_NOINLINE static void move(unsigned i, mover_route put)
{
    void **where = mover_root.holder[i] + 5;

    if (mover_move(i, where, put) != 0) {
        *(void *volatile *)where = NULL;
        if (mover_move(i, where, put) != 0)
            (void)mover_move(i, where, by_store);
    }
}

static void round_of(mover_route put, int sort, const char *name)
{
    unsigned i;

    mover_begin(sort);
    for (i = 0; i < MOVER_ITEMS; i++) {
        mover_step(i);
        move(i, put);
    }
    mover_end();
    mover_audit(name);
    mover_litter(4000);
    for (i = 0; i < MOVER_ITEMS; i++)
        EXPECT(mover_root.holder[i][5] == check_reveal(mover_item[i]), "%s: wrote nothing", name);
    mover_audit(name);
}

int main(void)
{
    size_t r;
    unsigned i, k, rounds;

    if (!vdb_start())
        return check_done();
    open_routes();
    mover_open(31);
    for (i = 0; i < MOVER_ITEMS; i++)
        mover_root.holder[i] = (void **)GC_malloc(WORDS * sizeof(void *));
    rounds = (unsigned)check_work(8);
    for (r = 0; r < sizeof routes / sizeof *routes; r++) {
#ifdef GC_THREADS
        if (routes[r].put == by_thread)
            other_thread(1);
#endif
        for (k = 0; k < rounds; k++)
            round_of(routes[r].put, (int)(k % MOVER_SORTS), routes[r].name);
#ifdef GC_THREADS
        if (routes[r].put == by_thread)
            other_thread(0);
#endif
        VERDICT(routes[r].name);
    }
    mover_forget();
    check_note("%d calls gave EFAULT", efaults);
    if (!check_is_stock)
        CHECK(efaults == 0 || (protects & GC_PROTECTS_POINTER_HEAP),
              "only what GC_incremental_protection_needs names is protected");
    vdb_judge();
    return check_done();
}
