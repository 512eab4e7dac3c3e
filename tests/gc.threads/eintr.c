/* eintr.c - threads in system calls survive being stopped: reads and writes are whole, waits end */
/* threads: required */
/* variants: plain verify incremental */
/* needs: sigaction */
#include "threads.h"
#include <poll.h>
#include <semaphore.h>

static int fds[2], slow[2];
static long total_read, total_written, naps, waits, posts;
static int stop;
static sem_t sem;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

/* Reads whole records; a restarted read may come back short, never wrong. */
static void *reads(void *arg)
{
    unsigned char buf[4096];
    unsigned next = 0;

    for (;;) {
        ssize_t i, n = read(fds[0], buf, sizeof buf);

        if (n < 0) {
            EXPECT(errno == EINTR, "read fails: %d", errno);
            EXPECT(check_is_stock || errno != EINTR, "read is interrupted");
            continue;
        }
        if (n == 0)
            break;
        for (i = 0; i < n; i++)
            EXPECT(buf[i] == (unsigned char)next++, "bytes are lost");
        total_read += n;
        if (total_read % 7 == 0)
            (void)GC_malloc(100);
    }
    return arg;
}

static void *writes(void *arg)
{
    unsigned char buf[100000];
    unsigned next = 0;
    int round;

    for (round = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); round++) {
        size_t size = 1 + (size_t)(round * 977) % sizeof buf, done = 0, i;

        for (i = 0; i < size; i++)
            buf[i] = (unsigned char)next++;
        while (done < size) {
            ssize_t n = write(fds[1], buf + done, size - done);

            if (n < 0) {
                EXPECT(errno == EINTR, "write fails: %d", errno);
                continue;
            }
            done += (size_t)n;
        }
        total_written += (long)size;
    }
    close(fds[1]);
    return arg;
}

/* Blocked for good in a read until the end. */
static void *reads_slowly(void *arg)
{
    char c = 0;
    ssize_t n;
    char *keep = (char *)GC_malloc(100);

    memset(keep, 7, 100);
    do
        n = read(slow[0], &c, 1);
    while (n < 0 && errno == EINTR);
    EXPECT(n == 1 && c == 'x', "a long read gave %ld", (long)n);
    EXPECT(check_all_bytes(keep, 100, 7), "an object of a reading thread is lost");
    return arg;
}

/* A sleep takes its time, stopped or not. */
static void *sleeps(void *arg)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        double start = check_now_s(), took;

        check_nap_ms(20);
        took = check_now_s() - start;
        EXPECT(took >= 0.0195, "slept %f of 0.02 s", took);
        naps++;
    }
    return arg;
}

static void *waits_for_sem(void *arg)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        while (sem_wait(&sem) != 0)
            EXPECT(errno == EINTR, "sem_wait fails");
        waits++;
    }
    return arg;
}

static void *waits_for_cond(void *arg)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        struct timespec ts;
        int e;

        clock_gettime(CLOCK_REALTIME, &ts);
        ts.tv_nsec += 3000000;
        if (ts.tv_nsec >= 1000000000) {
            ts.tv_nsec -= 1000000000;
            ts.tv_sec++;
        }
        pthread_mutex_lock(&mutex);
        e = pthread_cond_timedwait(&cond, &mutex, &ts);
        pthread_mutex_unlock(&mutex);
        EXPECT(e == 0 || e == ETIMEDOUT, "pthread_cond_timedwait gave %d", e);
    }
    return arg;
}

static void *polls(void *arg)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        struct pollfd p;
        int n;

        p.fd = slow[0];
        p.events = 0;
        n = poll(&p, 1, 5);
        EXPECT(n == 0 || (n < 0 && errno == EINTR), "poll gave %d", n);
    }
    return arg;
}

int main(void)
{
    static void *(*const body[])(void *) = {reads,         writes, reads_slowly, sleeps,
                                            waits_for_sem, polls,  waits_for_cond};
    enum { N = sizeof body / sizeof *body };
    pthread_t t[N];
    long i, n;

    check_start();
    GC_INIT();
    if (pipe(fds) != 0 || pipe(slow) != 0 || sem_init(&sem, 0, 0) != 0)
        return 2;
    for (i = 0; i < N; i++)
        EXPECT(GC_pthread_create(&t[i], NULL, body[i], NULL) == 0, "cannot create");
    n = check_work(300);
    for (i = 0; i < n; i++) {
        GC_gcollect();
        if (i % 3 == 0) {
            sem_post(&sem);
            posts++;
        }
        if (i % 8 == 0)
            check_nap_ms(2);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    sem_post(&sem);
    EXPECT(write(slow[1], "x", 1) == 1, "write");
    for (i = 0; i < N; i++)
        EXPECT(GC_pthread_join(t[i], NULL) == 0, "cannot join");
    VERDICT("system calls");
    check_note("%ld bytes, %ld naps, %ld waits", total_read, naps, waits);
    CHECK(total_read == total_written && total_read > 0, "every byte arrived");
    CHECK(waits > 0 && waits <= posts + 1, "every wait had its post");
    return check_done();
}
