/* vectors.c - a collection leaves the vector registers as other code wants them: upper halves zero */
/* variants: plain incremental */
#include "check.h"

#if defined(__x86_64__) && defined(__GNUC__)
# include <cpuid.h>

/* XGETBV with ECX 1 tells which parts of the vector state are not as after a reset. */
# define UPPER_YMM 4u
# define UPPER_ZMM 0x40u

static unsigned in_use(void)
{
    unsigned low, high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(1));
    return low & (UPPER_YMM | UPPER_ZMM);
}

static int tells(void)
{
    unsigned a, b, c, d, before, after;

    if (!__get_cpuid_count(1, 0, &a, &b, &c, &d) || (c & bit_OSXSAVE) == 0 || (c & bit_AVX) == 0)
        return 0;
    if (!__get_cpuid_count(0xd, 1, &a, &b, &c, &d) || (a & 4) == 0)
        return 0;
    __asm__ volatile("vpcmpeqd %%xmm0, %%xmm0, %%xmm0\n\tvinsertf128 $1, %%xmm0, %%ymm0, %%ymm0" ::: "xmm0");
    before = in_use();
    __asm__ volatile("vzeroupper");
    after = in_use();
    return before != 0 && after == 0;
}

# define WORDS 20000

static void test(void)
{
    void **array = (void **)GC_MALLOC(WORDS * sizeof(void *));
    unsigned used = 0;
    int i, round;

    for (round = 0; round < 8; round++) {
        /* none of a stretch, some, all */
        for (i = 0; i < WORDS; i++)
            array[i] = round < 2 ? NULL : round < 5 && i % 3 != 0 ? NULL : GC_MALLOC(24);
        __asm__ volatile("vzeroupper");
        GC_gcollect();
        used |= in_use();
    }
    CHECK(used == 0, "upper halves are zero after a collection");
    GC_reachable_here(array);
}
#else
static int tells(void)
{
    return 0;
}

static void test(void)
{
}
#endif

int main(void)
{
    check_start();
    GC_INIT();
    if (tells())
        test();
    else
        check_unsupported("this CPU does not tell which registers are in use");
    return check_done();
}
