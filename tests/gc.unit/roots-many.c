/* roots-many.c - more static data than one marker scans: nothing is lost, and nothing is kept for long */
/* variants: plain verify incremental nomarkers */
#include "check.h"

#define WORDS   (((size_t)12 << 20) / sizeof(void *))
#define OBJECTS 30000
#define LINKED  2000 /* objects with a weak link: every 15th, odd ones and even ones */

struct object {
    struct object *child;
    size_t number, check;
};

static struct object *words[WORDS];

struct links {
    void *hidden[LINKED];
};
static struct links *links; /* malloc'ed */

static size_t place(size_t i)
{
    return i * (WORDS / OBJECTS);
}

CHECK_NOINLINE static struct object *new_object(size_t number)
{
    struct object *o = (struct object *)GC_malloc(sizeof *o);

    o->number = number;
    o->check = number * 2654435761u ^ 5;
    return o;
}

CHECK_NOINLINE static void fill(void)
{
    size_t i;

    for (i = 0; i < OBJECTS; i++) {
        struct object *o = new_object(i);

        o->child = new_object(i + OBJECTS);
        GC_end_stubborn_change(o);
        words[place(i)] = o;
        if (i % (OBJECTS / LINKED) == 0) {
            void **link = &links->hidden[i / (OBJECTS / LINKED)];

            *link = (void *)check_hide(o->child);
            (void)GC_general_register_disappearing_link(link, o->child);
        }
    }
}

static int is_whole(const struct object *o, size_t number)
{
    return o != NULL && o->number == number && o->check == (number * 2654435761u ^ 5);
}

CHECK_NOINLINE static void look(size_t step, const char *what)
{
    size_t i;

    check_collect(2);
    for (i = 0; i < OBJECTS; i++) /* whatever was taken for dead is written over */
        memset(GC_malloc(sizeof(struct object)), 0x5a, sizeof(size_t));
    for (i = 0; i < OBJECTS; i += step)
        EXPECT(is_whole(words[place(i)], i) && is_whole(words[place(i)]->child, i + OBJECTS),
               "object %lu is lost", (unsigned long)i);
    VERDICT(what);
}

CHECK_NOINLINE static void drop_odd(void)
{
    size_t i;

    for (i = 1; i < OBJECTS; i += 2)
        words[place(i)] = NULL;
}

static void count_links(void)
{
    size_t i, kept = 0, left = 0;

    for (i = 0; i < LINKED; i++)
        *(i % 2 == 0 ? &kept : &left) += links->hidden[i] != NULL;
    EXPECT(kept == LINKED / 2, "%lu links to what was kept", (unsigned long)kept);
    EXPECT(left <= LINKED / 50, "%lu links to what was dropped", (unsigned long)left);
    VERDICT("what no word leads to is collected");
}

int main(void)
{
    check_start();
    links = (struct links *)calloc(1, sizeof *links);
    GC_INIT();
    fill();
    look(1, "all objects that static data refer to are there");
    drop_odd();
    look(2, "the others are there");
    count_links();
    return check_done();
}
