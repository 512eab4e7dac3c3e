/* never-returns.c - callbacks of GC_do_blocking and GC_call_with_gc_active end their thread */
/* threads: required */
/* variants: plain verify incremental */
/* purpose: what such a callback changed is undone before the thread's own cleanup runs */
#include "threads.h"
#include "deep.h"

#ifdef CHECK_POSIX_THREADS

# define ROUNDS 40

static int cleaned, waiting;

static void *collects(void *arg)
{
    deep_collect();
    return arg;
}

static void other_collects(void)
{
    pthread_t other;

    EXPECT(GC_pthread_create(&other, NULL, collects, NULL) == 0, "cannot create");
    EXPECT(GC_pthread_join(other, NULL) == 0, "cannot join");
}

static void cleanup(void *arg)
{
    EXPECT(deep_holds(50, other_collects), "an object of a cleanup handler was lost");
    EXPECT(((struct node *)arg)->value == 7, "an object from before was lost");
    (void)__atomic_add_fetch(&cleaned, 1, __ATOMIC_RELEASE);
}

static void *ends(void *how)
{
    (void)__atomic_add_fetch(&waiting, 1, __ATOMIC_RELEASE);
    if (how != NULL)
        pthread_exit(NULL);
    for (;;) { /* until cancelled */
        pthread_testcancel();
        check_nap_ms(1);
    }
    return NULL;
}

static void *GC_CALLBACK ends_blocked(void *how)
{
    return ends(how);
}

static void *GC_CALLBACK ends_active(void *how)
{
    (void)deep_holds(5, other_collects);
    return ends(how);
}

static void *GC_CALLBACK blocked_then_active(void *how)
{
    return GC_call_with_gc_active(ends_active, how);
}

static GC_fn_type outer;

static void *body(void *how)
{
    struct node *volatile kept = list_cons(7, NULL);

    pthread_cleanup_push(cleanup, kept);
    if (outer == ends_active)
        (void)GC_call_with_gc_active(outer, how);
    else
        (void)GC_do_blocking(outer, how);
    pthread_cleanup_pop(0);
    return NULL;
}

static void ended(GC_fn_type fn, void *how, const char *name)
{
    pthread_t t;
    int i;

    outer = fn;
    cleaned = 0;
    for (i = 0; i < ROUNDS; i++) {
        waiting = 0;
        EXPECT(GC_pthread_create(&t, NULL, body, how) == 0, "cannot create");
        while (__atomic_load_n(&waiting, __ATOMIC_ACQUIRE) == 0)
            check_nap_ms(1);
        GC_gcollect();
        if (how == NULL)
            EXPECT(GC_pthread_cancel(t) == 0, "cannot cancel");
        EXPECT(GC_pthread_join(t, NULL) == 0, "cannot join");
    }
    EXPECT(cleaned == ROUNDS, "%d of %d threads cleaned up", cleaned, ROUNDS);
    VERDICT(name);
}

int main(void)
{
    static char exits;

    check_start();
    GC_INIT();
    ended(ends_blocked, &exits, "pthread_exit in GC_do_blocking");
    ended(ends_active, &exits, "pthread_exit in GC_call_with_gc_active");
    ended(blocked_then_active, &exits, "pthread_exit active within blocked");
# ifndef GC_NO_PTHREAD_CANCEL
    ended(ends_blocked, NULL, "cancelled in GC_do_blocking");
    ended(ends_active, NULL, "cancelled in GC_call_with_gc_active");
    ended(blocked_then_active, NULL, "cancelled active within blocked");
# endif
    return check_done();
}

#else

int main(void)
{
    check_start();
    check_unsupported("threads do not end in their callbacks here");
    return check_done();
}

#endif
