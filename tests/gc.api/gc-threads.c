/* gc-threads.c - gc.h and gc_pthread_redirects.h: locks, stacks, threads, stopping the world */
/* needs: children */
/* variants: plain verify incremental */
/* threads: required */
/* purpose: each thread and stack function for its effect */
#include "weak.h"
#include <dirent.h>
#include <dlfcn.h>
#include <gc/javaxfc.h>
#include <gc/gc_mark.h>

static void *under_lock(void *data)
{
    return GC_get_heap_size() > 0 ? (char *)data + 1 : NULL; /* a plain getter may be used */
}

static volatile int may_lock, got_lock;

static void *take_lock(void *data)
{
    __atomic_store_n(&got_lock, 1, __ATOMIC_RELEASE);
    return data;
}

static void *want_lock(void *data)
{
    while (!__atomic_load_n(&may_lock, __ATOMIC_ACQUIRE))
        check_nap_ms(1);
    return GC_call_with_alloc_lock(take_lock, data);
}

/* A thread that is going to take the allocator lock; made before that is taken. */
static void start_locker(pthread_t *t)
{
    may_lock = got_lock = 0;
    EXPECT(pthread_create(t, NULL, want_lock, NULL) == 0, "cannot create");
}

/* Does it have to wait? */
static int has_to_wait(void)
{
    __atomic_store_n(&may_lock, 1, __ATOMIC_RELEASE);
    check_nap_ms(30);
    return !__atomic_load_n(&got_lock, __ATOMIC_ACQUIRE);
}

static void test_lock(void)
{
    char c[2];
    pthread_t t;

    CHECK(GC_call_with_alloc_lock(under_lock, c) == c + 1, "GC_call_with_alloc_lock");
    start_locker(&t);
    GC_alloc_lock();
    CHECK(has_to_wait(), "GC_alloc_lock keeps others out");
    GC_alloc_unlock();
    pthread_join(t, NULL);
    CHECK(got_lock, "until GC_alloc_unlock");
    CHECK(GC_malloc(10) != NULL, "the lock is free again");
}

/* ---- stacks ---- */

static void *give_base(struct GC_stack_base *base, void *arg)
{
    int here;

    *(struct GC_stack_base *)arg = *base;
    return check_colder(&here, base->mem_base) ? NULL : arg;
}

static int in_blocking;

static void *active_again(void *data)
{
    void *p = GC_malloc(1000);

    in_blocking = 2;
    GC_gcollect();
    memset(p, 1, 1000);
    return data;
}

static void *blocking(void *data)
{
    in_blocking = 1;
    check_nap_ms(1);
    return GC_call_with_gc_active(active_again, data);
}

static void test_stacks(void)
{
    struct GC_stack_base base = {NULL}, real = {NULL}, mine = {NULL}, other = {NULL};
    void *handle;

    CHECK(GC_call_with_stack_base(give_base, &base) == &base, "GC_call_with_stack_base");
    CHECK(GC_get_stack_base(&real) == GC_SUCCESS && check_colder(real.mem_base, base.mem_base),
          "GC_get_stack_base");
    handle = GC_get_my_stackbottom(&mine);
    CHECK(handle != NULL && check_colder(mine.mem_base, base.mem_base), "GC_get_my_stackbottom");
    other = mine;
    other.mem_base = (void **)mine.mem_base + (mine.mem_base > base.mem_base ? -1 : 1);
    GC_alloc_lock();
    GC_set_stackbottom(handle, &other);
    GC_alloc_unlock();
    CHECK(GC_get_my_stackbottom(&base) == handle && base.mem_base == other.mem_base,
          "GC_set_stackbottom");
    GC_alloc_lock();
    GC_set_stackbottom(NULL, &mine);
    GC_alloc_unlock();
    CHECK(GC_get_my_stackbottom(&base) == handle && base.mem_base == mine.mem_base,
          "GC_set_stackbottom of the calling thread");
    CHECK(GC_do_blocking(blocking, &mine) == &mine && in_blocking == 2,
          "GC_do_blocking and GC_call_with_gc_active");
}

/* ---- threads ---- */

static volatile int stage;
static volatile unsigned long ticks;

static void wait_for(volatile int *what, int value)
{
    while (__atomic_load_n(what, __ATOMIC_ACQUIRE) != value)
        check_nap_ms(1);
}

/* Keeps objects on its own stack only. */
static void *keeper(void *arg)
{
    void *objects[16];
    int i;

    for (i = 0; i < 16; i++) {
        objects[i] = GC_malloc(48);
        weak_set(i, objects[i]);
    }
    __atomic_store_n(&stage, 1, __ATOMIC_RELEASE);
    wait_for(&stage, 2);
    for (i = 0; i < 16; i++)
        GC_reachable_here(objects[i]);
    return arg;
}

static void *ticker(void *arg)
{
    while (__atomic_load_n(&stage, __ATOMIC_ACQUIRE) == 0)
        __atomic_fetch_add(&ticks, 1, __ATOMIC_RELAXED);
    return arg;
}

static void *exiting(void *arg)
{
    GC_pthread_exit((char *)arg + 1);
}

CHECK_UNUSED static void *sleeping(void *arg)
{
    for (;;)
        check_nap_ms(10);
    return arg;
}

static void *detached(void *arg)
{
    (void)arg;
    __atomic_store_n(&stage, 7, __ATOMIC_RELEASE);
    return NULL;
}

static void *raw_thread(void *arg)
{
    struct GC_stack_base base;
    char altstack[8192];

    if (check_lacks("unknown-threads"))
        EXPECT(GC_unregister_my_thread() == GC_SUCCESS, "not known from the start");
    EXPECT(!GC_thread_is_registered(), "registered too early");
    EXPECT(GC_get_stack_base(&base) == GC_SUCCESS, "no stack base");
    EXPECT(GC_register_my_thread(&base) == GC_SUCCESS, "cannot register");
    EXPECT(GC_register_my_thread(&base) == GC_DUPLICATE, "registered twice");
    EXPECT(GC_thread_is_registered(), "not registered");
    GC_register_altstack(base.mem_base, 0, altstack, sizeof altstack);
    GC_register_altstack(NULL, 0, NULL, 0);
    keeper(NULL);
    EXPECT(GC_unregister_my_thread() == GC_SUCCESS, "cannot unregister");
    EXPECT(!GC_thread_is_registered(), "still registered");
    return arg;
}

#ifdef __GLIBC__
static void *until_told(void *arg)
{
    wait_for(&stage, 1);
    __atomic_store_n(&stage, 2, __ATOMIC_RELEASE);
    return arg;
}

static int is_detached(pthread_t t)
{
    pthread_attr_t attr;
    int state = -1;

    if (pthread_getattr_np(t, &attr) == 0) {
        (void)pthread_attr_getdetachstate(&attr, &state);
        pthread_attr_destroy(&attr);
    }
    return state == PTHREAD_CREATE_DETACHED;
}
#endif

static void test_threads(void)
{
    pthread_t t;
    void *result = NULL;
    int x[2], n;

    CHECK(GC_thread_is_registered(), "the main thread is registered");
    CHECK(GC_pthread_create(&t, NULL, keeper, x) == 0, "GC_pthread_create");
    wait_for(&stage, 1);
    CHECK(WEAK_ALL_LEFT(16), "a thread's stack keeps objects");
    __atomic_store_n(&stage, 2, __ATOMIC_RELEASE);
    CHECK(GC_pthread_join(t, &result) == 0 && result == x, "GC_pthread_join");
    CHECK(WEAK_NONE_LEFT(16), "until it ends");
    weak_clear();

    stage = 0;
    GC_allow_register_threads();
    n = pthread_create(&t, NULL, raw_thread, x);
    wait_for(&stage, 1);
    CHECK(n == 0 && WEAK_ALL_LEFT(16), "so does that of one that registered itself");
    __atomic_store_n(&stage, 2, __ATOMIC_RELEASE);
    pthread_join(t, &result);
    VERDICT("registering and unregistering");
    weak_clear();

    GC_pthread_create(&t, NULL, exiting, x);
    CHECK(GC_pthread_join(t, &result) == 0 && result == (char *)x + 1, "GC_pthread_exit");
#ifdef CHECK_POSIX_THREADS
    GC_pthread_create(&t, NULL, sleeping, x);
    check_nap_ms(2);
    CHECK(GC_pthread_cancel(t) == 0 && GC_pthread_join(t, &result) == 0
              && result == PTHREAD_CANCELED,
          "GC_pthread_cancel");
#endif
    stage = 0;
    GC_pthread_create(&t, NULL, detached, x);
    CHECK(GC_pthread_detach(t) == 0, "GC_pthread_detach");
    wait_for(&stage, 7);
    GC_gcollect();
#ifdef __GLIBC__
    stage = 0;
    GC_pthread_create(&t, NULL, until_told, x);
    (void)GC_pthread_detach(t);
    CHECK(is_detached(t), "and the thread is detached");
    __atomic_store_n(&stage, 1, __ATOMIC_RELEASE);
    wait_for(&stage, 2);
#endif
}

static unsigned long ticks_in_20_ms(void)
{
    unsigned long before = __atomic_load_n(&ticks, __ATOMIC_RELAXED);

    check_nap_ms(20);
    return __atomic_load_n(&ticks, __ATOMIC_RELAXED) - before;
}

static int event_kinds[GC_EVENT_THREAD_UNSUSPENDED + 1];

static void GC_CALLBACK on_thread(GC_EventType e, void *id)
{
    event_kinds[e] += id != NULL;
}

static void test_stopping(void)
{
    pthread_t t;

    stage = 0;
    GC_pthread_create(&t, NULL, ticker, NULL);
    while (ticks == 0)
        check_nap_ms(1);
    GC_stop_world_external();
    CHECK(ticks_in_20_ms() == 0, "GC_stop_world_external stops other threads");
    GC_start_world_external();
    while (ticks_in_20_ms() == 0) {
    }
    CHECK(1, "GC_start_world_external lets them go");

    CHECK(!GC_is_thread_suspended(check_thread_id(t)), "GC_is_thread_suspended: no");
    GC_suspend_thread(check_thread_id(t));
    CHECK(GC_is_thread_suspended(check_thread_id(t)), "GC_is_thread_suspended: yes");
    CHECK(ticks_in_20_ms() == 0, "GC_suspend_thread");
    GC_gcollect();
    CHECK(GC_is_thread_suspended(check_thread_id(t)) && ticks_in_20_ms() == 0, "a collection does not wake it");
    GC_resume_thread(check_thread_id(t));
    CHECK(!GC_is_thread_suspended(check_thread_id(t)), "GC_resume_thread");
    while (ticks_in_20_ms() == 0) {
    }
    CHECK(GC_get_on_thread_event() == 0, "no thread callback at first");
    GC_set_on_thread_event(on_thread);
    CHECK(GC_get_on_thread_event() == on_thread, "GC_get_on_thread_event");
    GC_gcollect();
    GC_set_on_thread_event(0);
    CHECK(event_kinds[GC_EVENT_THREAD_SUSPENDED] > 0
              && event_kinds[GC_EVENT_THREAD_UNSUSPENDED] > 0,
          "suspending and resuming are told");
    stage = 9;
    GC_pthread_join(t, NULL);
}

#ifdef CHECK_POSIX_THREADS
static void test_signals_and_libraries(void)
{
    sigset_t set, old;
    void *lib;

    CHECK(GC_get_suspend_signal() > 0 && GC_get_thr_restart_signal() > 0
              && GC_get_suspend_signal() != GC_get_thr_restart_signal(),
          "the signals");
    sigemptyset(&set);
    sigaddset(&set, GC_get_suspend_signal());
    sigaddset(&set, SIGHUP);
    CHECK(GC_pthread_sigmask(SIG_BLOCK, &set, NULL) == 0
              && pthread_sigmask(SIG_BLOCK, NULL, &old) == 0 && sigismember(&old, SIGHUP)
              && !sigismember(&old, GC_get_suspend_signal()),
          "GC_pthread_sigmask never blocks the stop signal");
    sigdelset(&set, GC_get_suspend_signal());
    (void)GC_pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    lib = GC_dlopen(NULL, RTLD_LAZY);
    CHECK(lib != NULL && dlsym(lib, "printf") != NULL, "GC_dlopen");
}

static int in_child(void *unused)
{
    int i;

    (void)unused;
    GC_atfork_child();
    GC_start_mark_threads();
    for (i = 0; i < 1000; i++)
        memset(GC_malloc(1000), 1, 1000);
    GC_gcollect();
    return 0;
}

static void test_fork_functions(void)
{
    int status;
    pthread_t t;

    start_locker(&t);
    GC_atfork_prepare();
    CHECK(has_to_wait(), "GC_atfork_prepare keeps the other threads away");
    status = check_child(in_child, NULL, NULL, 0);
    GC_atfork_parent();
    pthread_join(t, NULL);
    CHECK(got_lock, "until GC_atfork_parent");
    CHECK(check_child_ok(status), "the fork functions: the child collects");
}
#else
static void test_signals_and_libraries(void)
{
    check_unsupported("no signals stop threads here");
    CHECK(GC_get_suspend_signal() == -1 && GC_get_thr_restart_signal() == -1, "no signals");
}

static void test_fork_functions(void)
{
    check_unsupported("no fork here");
}
#endif

/* Threads of this process, or 0 where that is not to be had. */
static int count_threads(void)
{
    int n = 0;
#ifdef __linux__ /* under Wine the directory is there and tells something else */
    DIR *d = opendir("/proc/self/task");
    const struct dirent *e;

    if (d == NULL)
        return 0;
    while ((e = readdir(d)) != NULL)
        n += e->d_name[0] != '.';
    closedir(d);
#endif
    return n;
}

static void test_markers(void)
{
    GC_start_mark_threads();
    CHECK(GC_get_parallel() >= 0, "GC_get_parallel");
    if (count_threads() == 0)
        check_unsupported("threads cannot be counted here");
    else
        CHECK(count_threads() > GC_get_parallel(), "GC_start_mark_threads starts so many");
}

int main(void)
{
    check_start();
    GC_set_handle_fork(-1);
    GC_INIT();
    test_markers();
    test_lock();
    test_fork_functions(); /* before any thread ends: qemu-user's children may hang for one that does */
    test_stacks();
    test_threads();
    test_stopping();
    test_signals_and_libraries();
    GC_gcollect();
    CHECK(GC_malloc(100) != NULL, "and the parent allocates");
    return check_done();
}
