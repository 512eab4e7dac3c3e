/* blacklist-warn.c - a large object that has to be placed where false pointers lead is warned of */
/* only: tidemark */
/* env: GC_LARGE_ALLOC_WARN_INTERVAL=2 */
#include "check.h"

#define LARGE ((size_t)4 << 20)
#define STEP  4096

static volatile GC_word false_pointers[LARGE / STEP];
static check_hidden hidden;
static int warnings;

static void GC_CALLBACK count_warning(char *format, GC_word arg)
{
    if (strstr(format, "false pointers") != NULL && arg >= LARGE)
        warnings++;
}

static CHECK_NOINLINE void make_garbage(void)
{
    hidden = check_hide(GC_malloc_atomic(LARGE));
}

/* Space of an object that has died.  In a small address space a word of text may lead to the first;
   the next lies elsewhere. */
static int find_space(void)
{
    int tries = 8;

    do {
        make_garbage();
        check_collect(2);
        if (GC_base(check_reveal(hidden)) == NULL)
            return 1;
    } while (--tries > 0);
    return 0;
}

static CHECK_NOINLINE void point_everywhere(void)
{
    size_t i;

    for (i = 0; i < LARGE / STEP; i++)
        false_pointers[i] = (GC_word)check_reveal(hidden) + i * STEP;
}

static CHECK_NOINLINE void use_large(void)
{
    void *p = GC_malloc_atomic(LARGE);

    CHECK_LAUNDER(p);
    GC_free(p);
}

int main(void)
{
    check_start();
    GC_set_warn_proc(count_warning);
    GC_INIT();
    if (!find_space()) {
        check_unsupported("words that are no pointers keep each large object");
        return check_done();
    }
    point_everywhere();
    check_collect(1);
    GC_set_dont_expand(1);
#ifdef QUIET
    use_large();
    use_large();
    CHECK(warnings == 0, "no warning with GC_NO_BLACKLIST_WARNING");
#else
    use_large();
    CHECK(warnings == 0, "not of the first");
    use_large();
    CHECK(warnings == 1, "of the second, as GC_LARGE_ALLOC_WARN_INTERVAL says");
#endif
    return check_done();
}
