/* gc-roots.c - gc.h: adding, removing and excluding roots; displacements; shutdown */
/* variants: plain verify incremental */
/* purpose: what counts as a root, and what no longer does */
#include "weak.h"
#include <sys/mman.h>

enum { N = 30, BYTES = 65536 };

static void *volatile data[N];
static void *region;

CHECK_NOINLINE static void fill(void *volatile *words)
{
    int i;

    for (i = 0; i < N; i++) {
        void *p = GC_malloc(40);

        words[i] = p;
        weak_set(i, p);
    }
}

static int asked;

static int GC_CALLBACK refuse(const char *name, void *start, size_t bytes)
{
    asked += name != NULL && start != NULL && bytes > 0;
    return 1;
}

int main(void)
{
    check_start();
    GC_set_no_dls(0);
    GC_register_has_static_roots_callback(refuse);
    GC_INIT();
    GC_register_displacement(0);
    region = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED) {
        check_unsupported("no memory mapping");
        return check_done();
    }
    fill((void *volatile *)region);
    CHECK_UNSEARCHED(WEAK_NONE_LEFT(N), "foreign memory is no root");
    weak_clear();
    fill((void *volatile *)region);
    GC_add_roots(region, (char *)region + BYTES);
    CHECK(WEAK_ALL_LEFT(N), "GC_add_roots makes it one");
    GC_remove_roots(region, (char *)region + BYTES);
    CHECK_UNSEARCHED(WEAK_NONE_LEFT(N), "GC_remove_roots undoes that");
    weak_clear();

    fill(data);
    CHECK(WEAK_ALL_LEFT(N), "static data is a root");
    if (check_lacks("library-roots"))
        check_unsupported("the library filter was asked: the port finds no data of libraries");
    else
        CHECK(asked > 0, "the library filter was asked");
    weak_clear();
    GC_register_has_static_roots_callback(0);

    GC_clear_roots();
    fill((void *volatile *)region);
    GC_add_roots(region, (char *)region + BYTES);
    CHECK(WEAK_ALL_LEFT(N), "roots can be added after GC_clear_roots");
    GC_clear_roots();
    CHECK_UNSEARCHED(WEAK_NONE_LEFT(N), "GC_clear_roots forgets them");
    weak_clear();

    GC_deinit();
    GC_deinit();
    CHECK(1, "GC_deinit may be called twice");
    return check_done();
}
