/* c-library.c - what the C library keeps for a program stays: keys, results, trees, timers, fork */
/* timeout: 120 */
#include "check.h"

#include <dlfcn.h>
#include <pthread.h>
#include <search.h>
/* Of <threads.h>; a file of that name lies in the directory of check.h. */
int thrd_create(pthread_t *, int (*)(void *), void *) __attribute__((weak));
int thrd_join(pthread_t, int *) __attribute__((weak));

#define KEYS 100 /* beyond those that glibc keeps in a thread's descriptor */
static pthread_key_t keys[KEYS];

static char *numbered(int i)
{
    char *p = malloc(200);

    snprintf(p, 200, "value %d", i);
    return p;
}

static int is_numbered(const char *p, int i)
{
    char text[30];

    snprintf(text, sizeof text, "value %d", i);
    return strcmp(p, text) == 0;
}

/* Enough for several collections; lost blocks are overwritten. */
static CHECK_NOINLINE void churn(void)
{
    int i;

    for (i = 0; i < 60000; i++) {
        char *volatile p = malloc(200);

        memset(p, 'Z', 200);
    }
}

static void set_keys(void)
{
    int i;

    for (i = 0; i < KEYS; i++)
        pthread_setspecific(keys[i], numbered(i));
}

static void expect_keys(const char *where)
{
    int i;

    for (i = 0; i < KEYS; i++)
        EXPECT(is_numbered(pthread_getspecific(keys[i]), i), "%s: key %d", where, i);
}

static void *keyed_thread(void *arg)
{
    set_keys();
    churn();
    expect_keys("thread");
    return numbered((int)(intptr_t)arg);
}

static void test_threads(void)
{
    pthread_t t[4];
    void *result;
    int i;

    set_keys();
    churn();
    expect_keys("main");
    for (i = 0; i < 4; i++)
        EXPECT(pthread_create(&t[i], NULL, keyed_thread, (void *)(intptr_t)i) == 0, "create");
    for (i = 0; i < 4; i++) {
        pthread_join(t[i], &result);
        churn();
        EXPECT(is_numbered(result, i), "result of thread %d", i);
    }
    VERDICT("thread-specific values and results");
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void test_tree(void)
{
    void *root = NULL;
    int i;

    for (i = 0; i < 1000; i++)
        tsearch(numbered(i), &root, compare);
    churn();
    for (i = 0; i < 1000; i++) {
        char *key = numbered(i);

        EXPECT(tfind(key, &root, compare) != NULL, "key %d of the tree", i);
    }
    VERDICT("keys that only the C library's tree holds");
}

static int c11_thread(void *arg)
{
    churn();
    return is_numbered(arg, 77) ? 5 : 6;
}

static void test_c11(void)
{
    pthread_t t;
    int result = 0;

    if (thrd_create == NULL || thrd_join == NULL) {
        check_unsupported("threads of C11");
        return;
    }
    thrd_create(&t, c11_thread, numbered(77));
    churn();
    thrd_join(t, &result);
    CHECK(result == 5, "threads of C11");
}

static volatile int timer_fired;

static void on_timer(union sigval value CHECK_UNUSED)
{
    char *mine[50];
    int i, good = 0;

    for (i = 0; i < 50; i++)
        mine[i] = numbered(i);
    churn();
    for (i = 0; i < 50; i++)
        good += is_numbered(mine[i], i);
    timer_fired = good == 50 ? 1 : 2;
}

static void test_timer(void)
{
    struct sigevent event;
    struct itimerspec when = { { 0, 0 }, { 0, 1000000 } };
    timer_t timer;
    int tries;

    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_THREAD;
    event.sigev_notify_function = on_timer;
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) {
        check_unsupported("timers that call in a thread");
        return;
    }
    timer_settime(timer, 0, &when, NULL);
    for (tries = 0; tries < 2000 && !timer_fired; tries++)
        usleep(10000);
    CHECK(timer_fired == 1, "the stack of a thread that the C library made");
}

static void test_fork(void)
{
    int i, status;

    for (i = 0; i < 10; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            pthread_t t;

            churn();
            expect_keys("child");
            pthread_create(&t, NULL, keyed_thread, NULL);
            pthread_join(t, NULL);
            _exit(check_open_failures != 0);
        }
        waitpid(pid, &status, 0);
        EXPECT(check_child_ok(status), "child: status %x", status);
    }
    VERDICT("a fork's child");
}

/* All signals blocked, as threads of libraries do: it must be stopped nevertheless. */
static volatile int stop_now;
static void *masked_thread(void *arg)
{
    sigset_t all;
    char *mine = numbered(3);

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    while (!stop_now)
        usleep(1000);
    return is_numbered(mine, 3) ? arg : NULL;
}

static void test_masked(void)
{
    pthread_t t;
    void *result;

    pthread_create(&t, NULL, masked_thread, &t);
    churn();
    stop_now = 1;
    pthread_join(t, &result);
    CHECK(result == &t, "a thread that blocks all signals");
}

static void test_stdio(void)
{
    char *line = NULL, *text = NULL, *memory = NULL;
    size_t room = 0, bytes = 0, lines = 0;
    FILE *f = fopen("/proc/self/maps", "r");

    while (f != NULL && getline(&line, &room, f) > 0) {
        lines++;
        churn();
        if (lines == 5)
            break;
    }
    if (f != NULL)
        fclose(f);
    free(line);
    CHECK(lines == 5, "getline");
    CHECK(asprintf(&text, "%d", 42) == 2 && strcmp(text, "42") == 0, "asprintf");
    text = realloc(text, 5000);
    free(text);
    f = open_memstream(&memory, &bytes);
    fprintf(f, "%05000d", 7);
    fclose(f);
    CHECK(bytes == 5000 && memory[4999] == '7', "open_memstream");
    free(memory);
}

static void test_dlopen(void)
{
    int i;

    for (i = 0; i < 20; i++) {
        void *library = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);

        EXPECT(library != NULL && dlsym(library, "cbrt") != NULL, "dlopen");
        EXPECT(dlsym(RTLD_DEFAULT, "there_is_no_such_function") == NULL && dlerror() != NULL,
               "dlerror");
        churn();
        if (library != NULL)
            dlclose(library);
    }
    VERDICT("dlopen");
}

static void at_exit(int status, void *arg)
{
    if (!is_numbered(arg, 5))
        _exit(9);
    (void)status;
}

int main(void)
{
    int i;

    check_start();
    CHECK(dlsym(RTLD_DEFAULT, "GC_gcollect") != NULL, "the collector is preloaded");
    for (i = 0; i < KEYS; i++)
        pthread_key_create(&keys[i], NULL);
    on_exit(at_exit, numbered(5));
    test_threads();
    test_tree();
    test_c11();
    test_timer();
    test_masked();
    test_stdio();
    test_dlopen();
    test_fork();
    return check_done();
}
