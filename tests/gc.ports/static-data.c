/* static-data.c - data, bss, read-only-after-relocation, common, function statics are roots */
/* variants: plain verify incremental */
#include "check.h"

#define MANY 32

static void *bss[MANY];
static void *data[MANY] = {&bss, &data};
void *common[MANY];
static char big_bss[3 << 20]; /* pointers at its ends */
static struct {
    char c;
    void *p;
} aligned_struct[MANY];

struct weak_words {
    void *w[MANY];
};
static struct weak_words *weak; /* malloc'ed */

CHECK_NOINLINE static void fill(void **place, int n, size_t stride)
{
    int i;

    for (i = 0; i < n; i++) {
        char *p = (char *)GC_malloc_atomic(40);

        memset(p, i, 40);
        weak->w[i] = (void *)check_hide(p);
        (void)GC_general_register_disappearing_link(&weak->w[i], p);
        memcpy((char *)place + (size_t)i * stride, &p, sizeof p);
    }
}

CHECK_NOINLINE static void look(void **place, int n, size_t stride, const char *name)
{
    int i;

    check_collect(2);
    for (i = 0; i < 3000; i++)
        memset(GC_malloc_atomic(40), 0xFF, 40);
    for (i = 0; i < n; i++) {
        char *p;

        memcpy(&p, (char *)place + (size_t)i * stride, sizeof p);
        EXPECT(weak->w[i] != NULL && check_all_bytes(p, 40, i), "%s: object %d is lost", name, i);
        (void)GC_unregister_disappearing_link(&weak->w[i]);
    }
    VERDICT(name);
}

static void place_test(void **place, int n, size_t stride, const char *name)
{
    fill(place, n, stride);
    look(place, n, stride, name);
}

CHECK_NOINLINE static void **in_function(void)
{
    static void *inner[MANY];

    return inner;
}

int main(void)
{
    check_start();
    GC_INIT();
    weak = (struct weak_words *)calloc(1, sizeof *weak);
    place_test(bss, MANY, sizeof(void *), "zero-initialized data");
    place_test(data, MANY, sizeof(void *), "initialized data");
    place_test(common, MANY, sizeof(void *), "global data");
    place_test(in_function(), MANY, sizeof(void *), "a function's static");
    place_test(&aligned_struct[0].p, MANY, sizeof aligned_struct[0], "members of structures");
    place_test((void **)(void *)(((uintptr_t)big_bss + 15) & ~(uintptr_t)15), 2,
               sizeof big_bss - 64, "both ends of large data");
    return check_done();
}
