/* second-thread.c - the process gets its second thread while the first one takes, holds or
 * gives back the allocator lock */
/* threads: required */
/* variants: plain verify incremental */
/* needs: fork sigaction unknown-threads */
#include "check.h"
#include <sys/time.h>

#define NAP_US   2000
#define WAYS     3
#define TIMES    40 /* that a signal makes it somewhere */

static int inside, overlap, entered; /* under the lock */
static volatile sig_atomic_t over, allowed;
static pthread_t second;

/* Guarded by the lock: nobody else is here meanwhile. */
static void *enter(void *arg)
{
    overlap |= inside++;
    if (arg != NULL)
        usleep(NAP_US);
    overlap |= inside != 1;
    inside--;
    entered++;
    return arg;
}

/* Enters, registers, allocates and collects. */
static void *second_main(void *arg)
{
    struct GC_stack_base base;
    int i;

    GC_call_with_alloc_lock(enter, &inside);
    while (!allowed)
        usleep(100);
    if (GC_get_stack_base(&base) != GC_SUCCESS || GC_register_my_thread(&base) != GC_SUCCESS)
        return NULL;
    for (i = 0; i < 10; i++) {
        char *p = (char *)GC_malloc(1000);

        if (p == NULL || !check_all_bytes(p, 1000, 0))
            return NULL;
        memset(p, 1, 1000);
        GC_gcollect();
        GC_call_with_alloc_lock(enter, NULL);
    }
    return GC_unregister_my_thread() == GC_SUCCESS ? arg : NULL;
}

static void *unknown_main(void *arg)
{
    int i;

    for (i = 0; i < 200; i++)
        GC_call_with_alloc_lock(enter, i == 0 ? arg : NULL);
    over = 1;
    return arg;
}

static void on_signal(int sig)
{
    (void)sig;
    if (pthread_create(&second, NULL, second_main, &inside) != 0)
        _exit(90);
}

static int handle(int sig, void (*handler)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    return sigaction(sig, &action, NULL);
}

/* 0: in the callback itself; 1: in a handler that interrupts it; 2: in both callback and a nested fork */
static void *make(void *way)
{
    overlap |= inside++;
    if (*(int *)way == 1)
        raise(SIGUSR1);
    else if (pthread_create(&second, NULL, second_main, &inside) != 0)
        return NULL;
    usleep(10 * NAP_US); /* the other one waits by now */
    overlap |= inside != 1 || entered != 0;
    if (*(int *)way == 2) {
        pid_t child = fork();
        int status;

        if (child == 0)
            return way;
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            return NULL;
    }
    inside--;
    return way;
}

static int in_callback(void *way)
{
    pid_t me = getpid();
    void *result;
    int i;

    if (handle(SIGUSR1, on_signal) != 0)
        return 1;
    if (GC_call_with_alloc_lock(make, way) != way)
        return 2;
    if (getpid() != me) { /* the lock of the child, which is alone, is free again */
        inside = 0;
        GC_call_with_alloc_lock(enter, NULL);
        GC_gcollect();
        _exit(overlap || GC_malloc(100) == NULL);
    }
    GC_allow_register_threads(); /* not before: it makes threads */
    allowed = 1;
    for (i = 0; i < 50; i++) {
        GC_call_with_alloc_lock(enter, NULL);
        if (i % 10 == 0)
            GC_gcollect();
    }
    if (pthread_join(second, &result) != 0 || result != &inside)
        return 3;
    return overlap ? 4 : entered == 61 ? 0 : 5;
}

static void on_alarm(int sig)
{
    (void)sig;
    if (pthread_create(&second, NULL, unknown_main, &inside) != 0)
        _exit(90);
}

/* The signal comes anywhere in taking the lock, holding it and giving it back. */
static int anywhere(void *us)
{
    struct itimerval soon;
    int calls;

    memset(&soon, 0, sizeof soon);
    soon.it_value.tv_usec = *(int *)us;
    if (handle(SIGALRM, on_alarm) != 0 || setitimer(ITIMER_REAL, &soon, NULL) != 0)
        return 1;
    for (calls = 0; !over; calls++)
        GC_call_with_alloc_lock(enter, NULL);
    if (pthread_join(second, NULL) != 0)
        return 2;
    GC_gcollect();
    return overlap ? 3 : entered == calls + 200 ? 0 : 4;
}

/* Where the processor can be had to stop after each instruction, every place has its turn. */
#if defined(__linux__) && defined(__x86_64__)
# include <ucontext.h>
# define SINGLE_STEP() __asm__ __volatile__("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc")
# define STEP_FLAG 0x100
static int steps_left;

static void on_step(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)info;
    if (steps_left-- > 0)
        return;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~STEP_FLAG;
    if (pthread_create(&second, NULL, unknown_main, &inside) != 0)
        _exit(90);
    usleep(NAP_US / 4); /* it takes the lock if it can */
}

static int at_step(void *n)
{
    struct sigaction action;
    int calls = 1;

    GC_call_with_alloc_lock(enter, NULL); /* the linker has found it */
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_step;
    action.sa_flags = SA_SIGINFO;
    if (sigaction(SIGTRAP, &action, NULL) != 0)
        return 1;
    steps_left = *(int *)n;
    SINGLE_STEP();
    while (!over) {
        GC_call_with_alloc_lock(enter, NULL);
        calls++;
    }
    if (pthread_join(second, NULL) != 0)
        return 2;
    return overlap ? 3 : entered == calls + 200 ? 0 : 4;
}
# define STEPS 200
#else
# define at_step anywhere
# define STEPS 0
#endif

static void *nothing(void *arg)
{
    return arg;
}

/* Its registration needs the lock, for which the creator would wait in vain. */
static void *make_known(void *arg)
{
    return GC_pthread_create(&second, NULL, nothing, arg) == 0 ? arg : NULL;
}

static int known_in_callback(void *arg)
{
    return GC_call_with_alloc_lock(make_known, arg) == arg ? 0 : 1;
}

static void *take_again(void *arg)
{
    return GC_call_with_alloc_lock(enter, arg);
}

static int twice(void *arg)
{
    GC_call_with_alloc_lock(take_again, arg);
    return 0;
}

static void check_ends(int (*fn)(void *), const char *name)
{
    static char text[4000];
    int status = check_child(fn, &inside, text, sizeof text);

    EXPECT(status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT
               && strstr(text, "the thread that holds it") != NULL,
           "status %x, said: %.600s", (unsigned)status, text);
    VERDICT(name);
}

int main(void)
{
    static const char *const names[WAYS] = {
        "made in a callback under the lock, it waits for the lock",
        "so it does when a signal handler makes it in the callback",
        "and a fork in the callback gives the child a lock that works"
    };
    static char text[4000];
    int i;

    check_start();
    GC_INIT();
    for (i = 0; i < (check_is_stock ? 2 : WAYS); i++) { /* libgc waits for ever for its own lock */
        int status = check_child(in_callback, &i, text, sizeof text);

        EXPECT(check_child_ok(status), "status %x, said: %.600s", (unsigned)status, text);
        VERDICT(names[i]);
    }
    for (i = 0; i < check_work(TIMES); i++) {
        int us = 300 + i * 7919 % 5000, status = check_child(anywhere, &us, text, sizeof text);

        EXPECT(check_child_ok(status), "after %d us: status %x, said: %.600s", us,
               (unsigned)status, text);
    }
    VERDICT("made by a signal handler anywhere, it shares the lock");
    for (i = 0; i < STEPS; i++) {
        int status = check_child(at_step, &i, text, sizeof text);

        EXPECT(check_child_ok(status), "at step %d: status %x, said: %.600s", i, (unsigned)status,
               text);
    }
    VERDICT("and made at every step of taking it and giving it back");
    if (!check_is_stock) {
        check_ends(known_in_callback, "GC_pthread_create under the lock ends with a message");
        check_ends(twice, "taking the lock twice ends with a message");
    }
    return check_done();
}
