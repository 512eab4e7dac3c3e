/* altstack.c - collections while threads run signal handlers on alternate stacks */
/* threads: required */
/* variants: plain verify incremental */
/* needs: sigaltstack */
#include "threads.h"
#include "lists.h"

#define THREADS 4
#define ALT_BYTES (128 * 1024)

static int stop, ready;
static __thread long handled, bad;

/* Runs on the alternate stack, raised at a known place, so it may allocate. */
static void handler(int sig)
{
    struct node *mine = list_of(40);
    int i;

    (void)sig;
    for (i = 0; i < 2000; i++)
        GC_reachable_here(mine); /* give the others time to stop us here */
    (void)list_of(100);
    bad += !list_whole(mine, 40);
    handled++;
}

static void *body(void *arg)
{
    char *alt = (char *)malloc(ALT_BYTES);
    struct node *volatile in_frame = list_of(60); /* the interrupted frame's */
    pthread_attr_t attr;
    void *stack = NULL;
    size_t size = 0;
    stack_t ss;

    memset(&ss, 0, sizeof ss);
    ss.ss_sp = alt;
    ss.ss_size = ALT_BYTES;
    EXPECT(sigaltstack(&ss, NULL) == 0, "sigaltstack");
    if (pthread_getattr_np(pthread_self(), &attr) == 0) {
        pthread_attr_getstack(&attr, &stack, &size);
        pthread_attr_destroy(&attr);
    }
    GC_register_altstack(stack, (GC_word)size, alt, ALT_BYTES);
    __atomic_add_fetch(&ready, 1, __ATOMIC_ACQ_REL);
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        raise(SIGUSR1);
        /* libgc does not scan the normal stack of such a thread */
        EXPECT(check_is_stock || list_whole(in_frame, 60), "the interrupted frame's list is damaged");
        in_frame = list_of(60);
    }
    EXPECT(bad == 0, "%ld lists on the alternate stack were damaged", bad);
    EXPECT(handled > 0, "the handler never ran");
    ss.ss_flags = SS_DISABLE;
    sigaltstack(&ss, NULL);
    return arg;
}

int main(void)
{
    pthread_t t[THREADS];
    struct sigaction sa;
    long i, n;

    check_start();
    GC_INIT();
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = handler;
    sa.sa_flags = SA_ONSTACK | SA_RESTART;
    sigaction(SIGUSR1, &sa, NULL);
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_create(&t[i], NULL, body, NULL) == 0, "cannot create");
    while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) < THREADS)
        check_nap_ms(1);
    n = check_work(400);
    for (i = 0; i < n; i++) {
        GC_gcollect();
        (void)list_of(200);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_join(t[i], NULL) == 0, "cannot join");
    VERDICT("objects of both stacks");
    return check_done();
}
