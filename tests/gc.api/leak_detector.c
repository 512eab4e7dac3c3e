/* leak_detector.c - leak_detector.h: malloc programs report their leaks */
/* needs: children */
/* variants: plain */
/* env: GC_FIND_LEAK=1 */
/* purpose: leaked objects are named with file and line, freed and reachable ones are not */
#define GC_NO_THREAD_REDIRECTS 1
#include <gc/leak_detector.h> /* first, since it chooses the debugging family */
#include "check.h"

static void *volatile kept;
static volatile size_t too_many = (size_t)-1 / 2;

CHECK_NOINLINE static void leak(void)
{
    int i;

    for (i = 0; i < 10; i++) {
        char *p = (char *)malloc(40);

        memset(p, 1, 40);
    }
}

static int leaking(void *unused)
{
    (void)unused;
    leak();
    check_wipe_stack();
    CHECK_LEAKS();
    return 0;
}

static int clean(void *unused)
{
    char *p = (char *)malloc(10), *q = (char *)calloc(3, 4), *s = strdup("text");
    void *a = NULL;

    (void)unused;
    p = (char *)realloc(p, 5000);
    if (q[11] != 0 || strcmp(s, "text") != 0 || posix_memalign(&a, 64, 10) != 0)
        return 1;
    free(p);
    free(q);
    free(s);
    GC_free(a);
    kept = malloc(70);
    check_wipe_stack();
    CHECK_LEAKS();
    return 0;
}

int main(void)
{
    char text[8000];

    check_start();
    GC_INIT();
    CHECK(GC_get_find_leak() == 1, "the environment turns it on");
    CHECK(check_child_ok(check_child(leaking, NULL, text, sizeof text)), "CHECK_LEAKS returns");
    CHECK(strstr(text, "leak_detector.c") != NULL, "leaks are reported with their place");
    CHECK(check_child_ok(check_child(clean, NULL, text, sizeof text)), "the functions work");
    CHECK(strstr(text, "leak_detector.c") == NULL, "what is not leaked is not reported");
    CHECK(calloc(too_many, 4) == NULL, "calloc does not overflow");
    return check_done();
}
