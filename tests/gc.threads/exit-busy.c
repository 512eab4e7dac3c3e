/* exit-busy.c - a program ends, and looks for leaks, while other threads collect */
/* threads: required */
/* needs: children */
/* variants: plain */
/* timeout: 240 */
#include "check.h"

static void *volatile keep[1000];

static void *collect_on(void *arg)
{
    int i;

    for (;;) {
        GC_gcollect();
        for (i = 0; i < 200; i++)
            GC_free(GC_malloc(50));
        check_nap_ms(1); /* or nobody else comes to do anything */
    }
    return arg;
}

static int end_while_busy(void *ms)
{
    pthread_t t;
    int i, k;

    setenv("GC_FIND_LEAK", "1", 1);
    GC_INIT();
    GC_allow_register_threads(); /* helpers are wanted */
    for (i = 0; i < 1000; i++) /* long enough a marking to be met in the middle */
        for (k = 0; k < 60; k++) {
            void **p = (void **)GC_malloc(200);

            p[0] = keep[i];
            GC_END_STUBBORN_CHANGE(p);
            keep[i] = p;
        }
    if (GC_pthread_create(&t, NULL, collect_on, NULL) != 0)
        return 2;
    check_nap_ms(*(char *)ms);
    exit(0);
}

int main(void)
{
    static char ms[12], text[1 << 16];
    int i, bad = 0;

    check_start();
    GC_INIT();
    for (i = 0; i < 12; i++) {
        int status;

        ms[i] = (char)(3 + i);
        status = check_child(end_while_busy, &ms[i], text, sizeof text);
        if (!check_child_ok(status) && bad++ < 3)
            check_note("status %x: %.200s", (unsigned)status, text);
    }
    CHECK(bad == 0, "every one comes to its end");
    return check_done();
}
