/* leaks.c - what malloc gave and nobody freed is reported at exit, with its callers */
/* env: GC_FIND_LEAK=1 */
/* says: Found 5 leaked objects:(.*Leaked composite object at 0x[0-9a-f]+ .*sz= 10[0-4].*Callers at allocation){5} */
/* cflags: -fno-builtin -rdynamic */
#include "check.h"

static CHECK_NOINLINE void *make(size_t n)
{
    char *p = malloc(n);

    memset(p, 1, n);
    return p;
}

static CHECK_NOINLINE void lose(void)
{
    int i;

    for (i = 0; i < 5; i++) {
        char *volatile p = make(100 + (size_t)i);

        p = NULL;
        (void)p;
    }
}

char *volatile kept; /* reachable: no leak */

int main(void)
{
    char *p, *q = NULL;

    check_start();
    lose();
    kept = strdup("kept");
    p = realloc(make(10), 5000);
    CHECK(check_all_bytes(p, 10, 1), "realloc keeps contents");
    free(p);
    CHECK(posix_memalign((void **)&q, 256, 1000) == 0 && ((uintptr_t)q & 255) == 0, "alignment");
    free(q);
    free(make(100000));
    free(calloc(10, 10));
    CHECK(strcmp(kept, "kept") == 0, "strdup");
    check_wipe_stack();
    return check_done();
}
