/* blacklist.c - free blocks that false pointers hit: known, avoided by large objects, warned of */
/* only: tidemark */
#include "check.h"

#include <gc/gc_mark.h>

#define LARGE ((size_t)200 * 1000)
#define OBJECTS 100

static volatile GC_word false_pointer; /* an integer, as far as this program knows */
static check_hidden hidden[OBJECTS];
static int warnings;

static void GC_CALLBACK count_warning(char *format, GC_word arg)
{
    (void)arg;
    if (strstr(format, "false pointers") != NULL || strstr(format, "very large") != NULL)
        warnings++;
}

static CHECK_NOINLINE void make_garbage(void)
{
    int i;

    for (i = 0; i < OBJECTS; i++)
        hidden[i] = check_hide(GC_malloc_atomic(LARGE));
}

static int overlaps(const char *p, size_t bytes, GC_word address)
{
    return (GC_word)p <= address && address < (GC_word)p + bytes;
}

static CHECK_NOINLINE int place_large(int n, GC_word avoided)
{
    int i, hits = 0;

    for (i = 0; i < n; i++)
        hits += overlaps(GC_malloc_atomic(LARGE), LARGE, avoided);
    check_wipe_stack();
    return hits;
}

/* The address is in no frame while a collection runs. */
static GC_word hidden_address;
static CHECK_NOINLINE GC_word listed(GC_word back, size_t bytes)
{
    GC_word end = (GC_word)GC_is_black_listed((struct GC_hblk_s *)(~hidden_address - back), bytes);

    return end == 0 ? 0 : end - (~hidden_address - back);
}

static CHECK_NOINLINE int place_around(int n)
{
    return place_large(n, ~hidden_address);
}

static CHECK_NOINLINE void set_false_pointer(void)
{
    false_pointer = ~hidden_address;
}

int main(void)
{
    GC_word left;

    check_start();
    GC_set_warn_proc(count_warning);
    GC_INIT();
    make_garbage();
    check_collect(3);
    hidden_address = ~(~hidden[OBJECTS / 2] + 70000); /* inside what is free now */
    CHECK(listed(0, 1) == 0, "at first no word leads to free memory");
    set_false_pointer();
    check_collect(1);
    left = listed(0, 1);
    CHECK(left > 0, "a word that leads there is noticed");
    CHECK(listed(60000, 100000) == left + 60000, "also as a part of a stretch");
    CHECK(listed(0 - left, 1) == 0, "the next block is free of it");
    GC_disable();
    CHECK(place_around(OBJECTS / 4) == 0, "large objects avoid the block");
    GC_enable();
    false_pointer = 0;
    check_wipe_stack();
    check_collect(4);
    CHECK(listed(0, 1) == 0, "it is forgotten when the word has gone");
    CHECK(GC_is_black_listed(NULL, 100) == NULL
              && GC_is_black_listed((struct GC_hblk_s *)&left, (size_t)-1) == NULL,
          "addresses outside of the heap");
    CHECK(warnings == 0, "nothing to warn of where there was room elsewhere");
    return check_done();
}
