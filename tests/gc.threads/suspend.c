/* suspend.c - GC_suspend_thread, GC_resume_thread, and the world stopped from outside */
/* threads: required */
/* variants: plain verify incremental */
#include "threads.h"
#include <gc/javaxfc.h>

#define THREADS 3

static long count[THREADS];
static int stop;

struct node {
    struct node *next;
    long value;
};

static void *counts(void *arg)
{
    size_t me = (size_t)arg;
    struct node *list = NULL;
    long i;

    for (i = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); i++) {
        struct node *p = (struct node *)GC_malloc(sizeof *p);

        p->value = i;
        p->next = i % 100 == 0 ? NULL : list;
        GC_END_STUBBORN_CHANGE(p);
        list = p;
        __atomic_add_fetch(&count[me], 1, __ATOMIC_RELAXED);
    }
    for (; list != NULL; list = list->next)
        EXPECT(list->value == --i, "a suspended thread's list is damaged");
    return arg;
}

static long now(int i)
{
    return __atomic_load_n(&count[i], __ATOMIC_RELAXED);
}

static void wait_for_progress(int i, const char *when)
{
    long before = now(i);
    int k;

    for (k = 0; k < 5000 && now(i) == before; k++)
        check_nap_ms(1);
    EXPECT(now(i) > before, "no progress %s", when);
}

int main(void)
{
    pthread_t t[THREADS];
    long before, seen[THREADS];
    int i, round;

    check_start();
    GC_INIT();
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_create(&t[i], NULL, counts, (void *)(size_t)i) == 0, "cannot create");
    for (i = 0; i < THREADS; i++)
        wait_for_progress(i, "at first");
    for (round = 0; round < 30; round++) {
        i = round % THREADS;
        EXPECT(!GC_is_thread_suspended(check_thread_id(t[i])), "suspended before");
        GC_suspend_thread(check_thread_id(t[i]));
        EXPECT(GC_is_thread_suspended(check_thread_id(t[i])), "not suspended");
        before = now(i);
        if (round % 3 == 0)
            GC_gcollect();
        if (round % 3 == 1)
            GC_suspend_thread(check_thread_id(t[i])); /* again: one resume is enough */
        check_nap_ms(5);
        EXPECT(now(i) == before, "a suspended thread goes on");
        GC_resume_thread(check_thread_id(t[i]));
        EXPECT(!GC_is_thread_suspended(check_thread_id(t[i])), "still suspended");
        wait_for_progress(i, "after resuming");
    }
    VERDICT("one thread");
    for (i = 0; i < THREADS; i++)
        GC_suspend_thread(check_thread_id(t[i]));
    for (i = 0; i < 20; i++) {
        int k;

        GC_gcollect();
        for (k = 0; k < 1000; k++)
            memset(GC_malloc(sizeof(struct node)), 0xFF, sizeof(struct node));
    }
    for (i = 0; i < THREADS; i++)
        GC_resume_thread(check_thread_id(t[i]));
    for (i = 0; i < THREADS; i++)
        wait_for_progress(i, "after all were suspended");
    VERDICT("all threads, and collections meanwhile");
    for (round = 0; round < 30; round++) {
        GC_stop_world_external();
        for (i = 0; i < THREADS; i++)
            seen[i] = now(i);
        check_nap_ms(2);
        for (i = 0; i < THREADS; i++)
            EXPECT(now(i) == seen[i], "a thread goes on in the stopped world");
        GC_start_world_external();
        if (round % 5 == 0)
            GC_gcollect();
    }
    for (i = 0; i < THREADS; i++)
        wait_for_progress(i, "after the world was stopped");
    VERDICT("the world stopped from outside");
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    for (i = 0; i < THREADS; i++)
        EXPECT(GC_pthread_join(t[i], NULL) == 0, "cannot join");
    VERDICT("their lists are whole");
    return check_done();
}
