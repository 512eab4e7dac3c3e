/* check.h - the harness of the test programs.
 *
 * A program prints one line per verdict, "PASS: name" or "FAIL: name (why)",
 * and a closing line; lib/gc.exp counts them.  Names are constant: no counts
 * and no addresses in them.  The model of random object graphs: shadow.h.
 *
 *   CHECK(cond, "name")     one verdict at once
 *   EXPECT(cond, fmt, ...)  in loops: silent when true, remembered when false
 *   VERDICT("name")         a verdict over all EXPECTs since the last one
 *
 * Environment (set by gc.exp): GC_TEST_TIMEOUT seconds until the watchdog
 * strikes, GC_TEST_WORK percent of the work to do, GC_TEST_SEED,
 * GC_TEST_LACKS what the port does not have (check_lacks), and
 * GC_TEST_STOCK=1 when the library under test is not Tidemark, so that what
 * only Tidemark promises is left out.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CHECK_H
#define CHECK_H

#ifndef _GNU_SOURCE
#  define _GNU_SOURCE 1
#endif

/* Tests call GC_pthread_create by its own name, and pthread_create for
 * threads the collector shall not know. */
#ifndef CHECK_WITH_REDIRECTS
#  define GC_NO_THREAD_REDIRECTS 1
#endif

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__wasi__)
#  include "wasi/system.h"
#elif !defined(_WIN32)
#  include <sys/resource.h>
#  include <sys/types.h>
#  include <sys/wait.h>
#  include <unistd.h>
#else
#  include "win32/system.h"
#endif
#ifdef GC_THREADS
#  include <pthread.h>
#endif

#include <gc.h>

#if defined(_WIN32) && defined(GC_THREADS)
#  include "win32/threads.h"
#else
#  define check_thread_id(t) (t)
#endif
/* MinGW's gcc keeps thread-local variables in the C heap, where no collector looks. */
#if defined(_WIN32) && defined(__GNUC__) && !defined(__clang__)
#  define CHECK_TLS_IS_EMULATED 1
#endif
#ifdef _WIN32
#  define CHECK_NOWHERE "NUL"
#else
#  define CHECK_NOWHERE "/dev/null"
#endif
#if defined(GC_THREADS) && !defined(_WIN32)
#  define CHECK_POSIX_THREADS 1 /* cancellation, signals, masks */
#endif

#if defined(__GNUC__)
#  define CHECK_NOINLINE __attribute__((noinline, noclone))
#  define CHECK_UNUSED __attribute__((unused))
#  define CHECK_PRINTF(a, b) __attribute__((format(printf, a, b)))
#  if defined(__clang__)
#    undef CHECK_NOINLINE
#    define CHECK_NOINLINE __attribute__((noinline))
#  endif
#else
#  define CHECK_NOINLINE
#  define CHECK_UNUSED
#  define CHECK_PRINTF(a, b)
#endif

/* The compiler must not know that GC_malloc's result is unused or unaliased. */
#define CHECK_LAUNDER(p) __asm__ __volatile__("" : "+r"(p) : : "memory")

static int check_passed, check_failed;
static int check_open_failures; /* EXPECTs that failed since the last verdict */
static int check_seconds = 60, check_work_percent = 100, check_is_stock;

CHECK_UNUSED static void check_verdict(int ok, const char *name, const char *file, int line,
                                       const char *what)
{
    if (ok) {
        __atomic_add_fetch(&check_passed, 1, __ATOMIC_RELAXED);
        printf("PASS: %s\n", name);
    } else {
        __atomic_add_fetch(&check_failed, 1, __ATOMIC_RELAXED);
        printf("FAIL: %s (%s:%d: %s)\n", name, file, line, what);
    }
    fflush(stdout);
}

#define CHECK(cond, name) check_verdict(!!(cond), name, __FILE__, __LINE__, #cond)

CHECK_UNUSED CHECK_PRINTF(3, 4) static void check_complain(const char *file, int line,
                                                           const char *fmt, ...)
{
    va_list ap;

    if (__atomic_add_fetch(&check_open_failures, 1, __ATOMIC_RELAXED) > 10)
        return;
    printf("# %s:%d: ", file, line);
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
    fflush(stdout);
}

#define EXPECT(cond, ...)                                    \
    do {                                                     \
        if (!(cond))                                         \
            check_complain(__FILE__, __LINE__, __VA_ARGS__); \
    } while (0)

CHECK_UNUSED static void check_close(const char *name, const char *file, int line)
{
    int bad = __atomic_exchange_n(&check_open_failures, 0, __ATOMIC_RELAXED);

    check_verdict(bad == 0, name, file, line, "see the lines above");
}

#define VERDICT(name) check_close(name, __FILE__, __LINE__)

CHECK_UNUSED static void check_unsupported(const char *why)
{
    printf("UNSUPPORTED: %s\n", why);
    fflush(stdout);
}

CHECK_UNUSED CHECK_PRINTF(1, 2) static void check_note(const char *fmt, ...)
{
    va_list ap;

    printf("# ");
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
    fflush(stdout);
}

/* ---- time and effort --------------------------------------------------- */

#if !defined(_WIN32) && !defined(__wasi__)
static void check_watchdog(int sig)
{
    static const char msg[] = "\nFAIL: watchdog (the program hung)\n";
    ssize_t n = write(1, msg, sizeof msg - 1);

    (void)n;
    (void)sig;
    kill(0, SIGKILL); /* the whole group: forked children hang with us */
    _exit(1);
}
#endif

CHECK_UNUSED static double check_now_s(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Does the port lack this?  See gc_lacks in gc.exp. */
CHECK_UNUSED static int check_lacks(const char *what)
{
    const char *s = getenv("GC_TEST_LACKS");

    return s != NULL && strstr(s, what) != NULL;
}

/* Nothing in memory outside the heap keeps an object; but with malloc redirected it does. */
#define CHECK_UNSEARCHED(cond, name)            \
    do {                                        \
        if (check_lacks("unsearched-memory"))   \
            check_unsupported(name ": malloc is redirected, all memory is searched"); \
        else                                    \
            CHECK(cond, name);                  \
    } while (0)

/* Do dead objects stay more often than elsewhere?  In WebAssembly locals are spilled to slots that
 * nobody clears, and the heap's addresses look like small numbers. */
CHECK_UNUSED static int check_dead_stay(void)
{
#ifdef __wasm__
    check_unsupported("spilled locals and small numbers keep dead objects");
    return 1;
#else
    return 0;
#endif
}

/* Where pointers may lie between words, as on m68k, no layout is exact. */
CHECK_UNUSED static int check_words_are_aligned(void)
{
    struct pair {
        char c;
        void *p;
    };

    return offsetof(struct pair, p) >= sizeof(void *);
}

/* Scales a number of iterations to the share of the work that was asked for. */
CHECK_UNUSED static long check_work(long n)
{
    long w = (long)((double)n * check_work_percent / 100.0);

    return w > 0 ? w : 1;
}

CHECK_UNUSED static void check_nap_us(long us)
{
    struct timespec ts;

    ts.tv_sec = us / 1000000;
    ts.tv_nsec = us % 1000000 * 1000L;
    while (nanosleep(&ts, &ts) != 0 && errno == EINTR) {
    }
}

CHECK_UNUSED static void check_nap_ms(int ms)
{
    check_nap_us(1000L * ms);
}

CHECK_UNUSED static void check_start(void)
{
    const char *s;

    setvbuf(stdout, NULL, _IOLBF, 1024);
    if ((s = getenv("GC_TEST_TIMEOUT")) != NULL && atoi(s) > 0)
        check_seconds = atoi(s);
    if ((s = getenv("GC_TEST_WORK")) != NULL && atoi(s) > 0)
        check_work_percent = atoi(s);
    if ((s = getenv("GC_TEST_STOCK")) != NULL && atoi(s) > 0)
        check_is_stock = 1;
#if !defined(_WIN32) && !defined(__wasi__)
    (void)setpgid(0, 0);
    signal(SIGALRM, check_watchdog);
    alarm((unsigned)check_seconds);
#else
    check_system_start(check_seconds);
#endif
}

/* For programs whose subject is the mode, or that count collections: the environment chooses none. */
CHECK_UNUSED static void check_default_mode(void)
{
    unsetenv("GC_ENABLE_INCREMENTAL");
    unsetenv("GC_VDB");
}

/* The value main() returns; the closing line tells the driver that the program
 * came to its end. */
CHECK_UNUSED static int check_done(void)
{
    if (check_open_failures != 0)
        VERDICT("expectations outside a verdict");
    printf("DONE: %d passed, %d failed\n", check_passed, check_failed);
    fflush(stdout);
    return check_failed == 0 ? 0 : 1;
}

/* ---- random numbers (xorshift64*) -------------------------------------- */

typedef struct {
    uint64_t state;
} check_rng;

CHECK_UNUSED static void check_rng_seed(check_rng *r, uint64_t n)
{
    const char *s = getenv("GC_TEST_SEED");
    uint64_t base = s != NULL ? strtoull(s, NULL, 0) : 1;

    r->state = (base * 0x9E3779B97F4A7C15u) ^ (n * 0xD1B54A32D192ED03u) ^ 0x2545F4914F6CDD1Du;
    if (r->state == 0)
        r->state = 88172645463325252u;
}

CHECK_UNUSED static uint64_t check_rand(check_rng *r)
{
    uint64_t x = r->state;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    r->state = x;
    return x * 0x2545F4914F6CDD1Du;
}

/* 0 .. n-1 */
CHECK_UNUSED static unsigned check_below(check_rng *r, unsigned n)
{
    return (unsigned)(((check_rand(r) >> 32) * n) >> 32);
}

/* ---- stacks ------------------------------------------------------------ */

/* Overwrites dead frames, so that their words do not keep objects. */
CHECK_UNUSED CHECK_NOINLINE static void check_wipe_stack(void)
{
    volatile char frame[24 * 1024];
    size_t i;

    for (i = 0; i < sizeof frame; i++)
        frame[i] = 0;
    __asm__ __volatile__("" : : "r"(&frame[0]) : "memory");
}

/* Overwrites the call-clobbered registers and part of the stack by calling
 * through functions, then collects. */
CHECK_UNUSED CHECK_NOINLINE static void check_collect(int times)
{
    while (times-- > 0) {
        check_wipe_stack();
        GC_gcollect();
    }
}

CHECK_UNUSED CHECK_NOINLINE static int check_called_above(const volatile char *caller)
{
    volatile char here;

    return (uintptr_t)&here > (uintptr_t)caller;
}

/* Is `a` nearer to the cold end of a stack than `b`? */
CHECK_UNUSED static int check_colder(const void *a, const void *b)
{
    volatile char here;

    return check_called_above(&here) ? (uintptr_t)a < (uintptr_t)b : (uintptr_t)a > (uintptr_t)b;
}

/* A pointer the collector must not see, kept in a static or on the stack. */
typedef GC_word check_hidden;
#define check_hide(p) GC_HIDE_POINTER(p)
#define check_reveal(h) GC_REVEAL_POINTER(h)

CHECK_UNUSED static int check_all_bytes(const void *p, size_t n, int value)
{
    const unsigned char *c = (const unsigned char *)p;
    size_t i;

    for (i = 0; i < n; i++)
        if (c[i] != (unsigned char)value)
            return 0;
    return 1;
}

/* ---- child processes --------------------------------------------------- */

/* 0: the heap is in order: objects can be had, are clear, and stay what they are. */
CHECK_UNUSED static int check_heap(void)
{
    static void *objects[2000];
    int i, k;

    for (k = 0; k < 3; k++) {
        for (i = 0; i < 2000; i++) {
            size_t n = 16 + (size_t)(i % 20) * 8;

            objects[i] = GC_malloc(n);
            if (objects[i] == NULL || !check_all_bytes(objects[i], n, 0))
                return 3;
            memset(objects[i], i & 0xFF, n);
        }
        GC_gcollect();
        for (i = 0; i < 2000; i++)
            if (!check_all_bytes(objects[i], 16 + (size_t)(i % 20) * 8, i & 0xFF))
                return 4;
    }
    return 0;
}

#if !defined(_WIN32) && !defined(__wasi__)
/* Runs fn(arg) in a child, both its outputs going to text (NUL-terminated,
 * cut to size); fn's result is the exit status.  Returns the wait status, or
 * -1 when the child did not end within its time. */
CHECK_UNUSED static int check_child(int (*fn)(void *), void *arg, char *text, size_t size)
{
    int fds[2], status = -1;
    size_t n = 0;
    pid_t pid;

    if (text != NULL && size > 0)
        text[0] = 0;
    fflush(stdout);
    if (pipe(fds) != 0)
        return -1;
    pid = fork();
    if (pid < 0)
        return -1;
    if (pid == 0) {
        struct rlimit no_core = {0, 0};

        setrlimit(RLIMIT_CORE, &no_core);
        dup2(fds[1], 1);
        dup2(fds[1], 2);
        close(fds[0]);
        close(fds[1]);
        status = fn(arg);
        fflush(stdout);
        fflush(stderr);
        _exit(status);
    }
    close(fds[1]);
    for (;;) {
        char buf[512];
        ssize_t k = read(fds[0], buf, sizeof buf);

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            break;
        if (text != NULL && n + 1 < size) {
            size_t take = (size_t)k < size - 1 - n ? (size_t)k : size - 1 - n;

            memcpy(text + n, buf, take);
            n += take;
            text[n] = 0;
        }
    }
    close(fds[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}
#endif

#ifndef __wasi__
CHECK_UNUSED static int check_child_ok(int status)
{
    return status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
#endif

#endif /* CHECK_H */
