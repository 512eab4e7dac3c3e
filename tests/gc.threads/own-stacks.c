/* own-stacks.c - threads on stacks the program has told of: GC_register_altstack, GC_set_sp_corrector */
/* only: tidemark */
/* threads: required */
/* needs: makecontext */
/* variants: plain verify incremental */
#include "threads.h"
#include <ucontext.h>

enum { N = 32, STACK_BYTES = 256 * 1024 };

static void *weak[N];
static volatile int stage;

static void wait_for(int value)
{
    while (__atomic_load_n(&stage, __ATOMIC_ACQUIRE) != value)
        check_nap_ms(1);
}

static int left(void)
{
    int i, n = 0;

    check_collect(2);
    for (i = 0; i < N; i++)
        n += weak[i] != NULL;
    return n;
}

static void forget(void)
{
    int i;

    for (i = 0; i < N; i++)
        (void)GC_unregister_disappearing_link(&weak[i]);
}

/* Objects that only this frame holds, until stage 2. */
CHECK_NOINLINE static void keep_here(void)
{
    void *volatile kept[N];
    int i;

    for (i = 0; i < N; i++) {
        kept[i] = GC_malloc(48);
        weak[i] = (void *)check_hide(kept[i]);
        EXPECT(GC_general_register_disappearing_link(&weak[i], kept[i]) == GC_SUCCESS, "link");
    }
    check_wipe_stack();
    __atomic_store_n(&stage, 1, __ATOMIC_RELEASE);
    wait_for(2);
    for (i = 0; i < N; i++)
        kept[i] = NULL;
}

/* ---- a stack of the program's own, told by GC_register_altstack ---- */

static ucontext_t home, away;

static void *on_altstack(void *alt)
{
    struct GC_stack_base base;
    void *volatile here = GC_malloc(64);

    memset(here, 5, 64);
    EXPECT(GC_get_stack_base(&base) == GC_SUCCESS, "no stack base");
    GC_register_altstack((char *)base.mem_base - STACK_BYTES, STACK_BYTES, alt, STACK_BYTES);
    getcontext(&away);
    away.uc_stack.ss_sp = alt;
    away.uc_stack.ss_size = STACK_BYTES;
    away.uc_link = &home;
    makecontext(&away, keep_here, 0);
    EXPECT(swapcontext(&home, &away) == 0, "swapcontext");
    GC_register_altstack(NULL, 0, NULL, 0);
    EXPECT(check_all_bytes(here, 64, 5), "what the home stack holds is damaged");
    return NULL;
}

static void test_altstack(void)
{
    char *alt = (char *)malloc(STACK_BYTES);
    pthread_t t;

    CHECK(GC_pthread_create(&t, NULL, on_altstack, alt) == 0, "a thread with two stacks");
    wait_for(1);
    CHECK(left() == N, "GC_register_altstack: the other stack is searched");
    __atomic_store_n(&stage, 2, __ATOMIC_RELEASE);
    GC_pthread_join(t, NULL);
    free(alt);
    forget();
    VERDICT("and the first one too");
}

/* ---- where a stack begins, told by GC_set_sp_corrector ---- */

static char *volatile cold_end; /* the thread's frames below do not count */
static int corrected;
static pthread_t corrected_thread;

static void GC_CALLBACK correct(void **sp, void *thread)
{
    if ((pthread_t)(uintptr_t)thread != corrected_thread || cold_end == NULL)
        return;
    corrected += (char *)*sp != cold_end;
    *sp = cold_end;
}

static void *below(void *arg)
{
    corrected_thread = pthread_self();
    cold_end = (char *)__builtin_frame_address(0);
    keep_here();
    cold_end = NULL;
    return arg;
}

static void test_corrector(void)
{
    pthread_t t;

    stage = 0;
    GC_set_sp_corrector(correct);
    GC_pthread_create(&t, NULL, below, NULL);
    wait_for(1);
    CHECK(left() <= N / 8 && corrected > 0, "GC_set_sp_corrector: what lies below is not searched");
    GC_set_sp_corrector(0);
    __atomic_store_n(&stage, 2, __ATOMIC_RELEASE);
    GC_pthread_join(t, NULL);
    forget();
    stage = 0;
    GC_pthread_create(&t, NULL, below, NULL);
    wait_for(1);
    CHECK(left() == N, "without it, it is");
    __atomic_store_n(&stage, 2, __ATOMIC_RELEASE);
    GC_pthread_join(t, NULL);
}

int main(void)
{
    check_start();
    GC_INIT();
    test_altstack();
    test_corrector();
    return check_done();
}
