/* debug-alloc.c - debugging allocation: overruns, freed twice, leaks are reported with file and line */
/* needs: children */
/* variants: plain verify */
#define GC_DEBUG 1
#include "check.h"

static char *object;
static int runs;

static void GC_CALLBACK finalizer(void *obj, void *client)
{
    runs += strcmp((char *)obj, "finalize me") == 0 && client == &runs;
}

static int overrun(void *arg)
{
    (void)arg;
    GC_INIT();
    object = (char *)GC_MALLOC(50);
    CHECK_LAUNDER(object);
    object[50] = object[51] = object[52] = object[53] = 'x';
    object[54] = object[55] = object[56] = object[57] = 'x';
    GC_FREE(object);
    return 0;
}

static int overrun_found_later(void *arg)
{
    (void)arg;
    GC_INIT();
    object = (char *)GC_MALLOC(64);
    CHECK_LAUNDER(object);
    memset(object + 64, 'x', 8);
    check_collect(2);
    return 0;
}

static int leak(void *arg)
{
    int i;

    (void)arg;
    GC_set_find_leak(1);
    GC_INIT();
    for (i = 0; i < 10; i++)
        object = (char *)GC_MALLOC(123);
    object = NULL;
    check_collect(3);
    return 0;
}

static int no_leak(void *arg)
{
    int i;

    (void)arg;
    GC_set_find_leak(1);
    GC_INIT();
    for (i = 0; i < 10; i++) {
        object = (char *)GC_MALLOC(123);
        GC_FREE(object);
    }
    object = NULL;
    check_collect(3);
    return 0;
}

/* All that works without debugging works with it. */
static int normal(void *arg)
{
    static char *keep[3000];
    int i, k, n;

    (void)arg;
    GC_INIT();
    for (k = 0; k < 3; k++) {
        for (i = 0; i < 3000; i++) {
            size_t size = 1 + (size_t)(i % 300);

            keep[i] = (char *)(i % 3 == 0   ? GC_MALLOC_ATOMIC(size)
                               : i % 3 == 1 ? GC_MALLOC_UNCOLLECTABLE(size)
                                            : GC_MALLOC(size));
            if (keep[i] == NULL || (i % 3 != 0 && !check_all_bytes(keep[i], size, 0)))
                return 2;
            memset(keep[i], i & 0xFF, size);
            if (i % 7 == 0)
                keep[i] = (char *)GC_REALLOC(keep[i], size + 1);
        }
        GC_gcollect();
        for (i = 0; i < 3000; i++)
            if (!check_all_bytes(keep[i], 1 + (size_t)(i % 300), i & 0xFF))
                return 3;
        for (i = 0; i < 3000; i++)
            GC_FREE(keep[i]);
    }
    for (i = 0; i < 100; i++) {
        char *p = GC_STRDUP("finalize me");

        GC_REGISTER_FINALIZER(p, finalizer, &runs, NULL, NULL);
    }
    for (i = 0; i < 4; i++) {
        check_collect(1);
        (void)GC_invoke_finalizers();
    }
    n = runs;
    if (n < 90 || n > 100)
        return 4;
    if (strcmp(GC_STRNDUP("abcdef", 3), "abc") != 0)
        return 5;
    object = (char *)GC_MALLOC_STUBBORN(10);
    GC_END_STUBBORN_CHANGE(object);
    object = (char *)GC_MALLOC_IGNORE_OFF_PAGE(300000);
    if (!check_all_bytes(object, 300000, 0))
        return 6;
    object = (char *)GC_debug_malloc_replacement(20);
    object = (char *)GC_debug_realloc_replacement(object, 200);
    GC_FREE(object);
    return 0;
}

static int quiet_child(int (*fn)(void *), char *text, size_t size)
{
    return check_child(fn, NULL, text, size);
}

int main(void)
{
    static char text[100000];
    int status;

    check_start();
    status = quiet_child(normal, text, sizeof text);
    if (!check_child_ok(status))
        check_note("status %x: %s", (unsigned)status, text);
    CHECK(check_child_ok(status), "the debugging allocators");
    status = quiet_child(overrun, text, sizeof text);
    CHECK(strstr(text, "debug-alloc.c") != NULL, "an overrun is found by GC_free");
    status = quiet_child(overrun_found_later, text, sizeof text);
    CHECK(strstr(text, "debug-alloc.c") != NULL, "an overrun is found by a collection");
    status = quiet_child(leak, text, sizeof text);
    CHECK(strstr(text, "debug-alloc.c") != NULL, "a leak is reported with its file");
    status = quiet_child(no_leak, text, sizeof text);
    CHECK(check_child_ok(status) && strstr(text, "debug-alloc.c") == NULL,
          "no leak, no report");
    return check_done();
}
