/* dump.c - dumps print something about what is there, and harm nothing */
/* needs: children */
/* variants: plain verify */
#include "check.h"

static void *keep[100];
static void *weak;

static void prepare(void)
{
    int i;

    GC_INIT();
    for (i = 0; i < 100; i++)
        keep[i] = GC_malloc((size_t)(i * 37 + 1));
    keep[5] = GC_malloc(500000);
    GC_gcollect();
}

static void GC_CALLBACK finalizer(void *obj, void *client)
{
    (void)obj;
    (void)client;
}

static int still_works(void)
{
    int i;

    for (i = 0; i < 100; i++)
        if (i != 5 && !check_all_bytes(keep[i], (size_t)(i * 37 + 1), 0))
            return 3;
    GC_gcollect();
    return 0;
}

static int dump(void *arg)
{
    (void)arg;
    prepare();
    GC_dump();
    return still_works();
}

static int dump_named(void *arg)
{
    prepare();
    GC_dump_named((const char *)arg);
    return still_works();
}

static int dump_regions(void *arg)
{
    (void)arg;
    prepare();
    GC_dump_regions();
    return still_works();
}

static int dump_finalization(void *arg)
{
    (void)arg;
    prepare();
    weak = (void *)check_hide(keep[1]);
    (void)GC_general_register_disappearing_link(&weak, keep[1]);
    GC_register_finalizer(keep[2], finalizer, NULL, NULL, NULL);
    GC_dump_finalization();
    return still_works();
}

static int print_free_list(void *arg)
{
    extern void GC_CALL GC_print_free_list(int, size_t);

    (void)arg;
    prepare();
    GC_print_free_list(1, 2);
    return still_works();
}

static void attempt(int (*fn)(void *), const char *arg, const char *name, size_t least)
{
    static char text[200000];
    int status = check_child(fn, (void *)arg, text, sizeof text);

    if (!check_child_ok(status) || strlen(text) < least)
        check_note("status %x, %lu bytes", (unsigned)status, (unsigned long)strlen(text));
    check_verdict(check_child_ok(status) && strlen(text) >= least
                      && (arg == NULL || strstr(text, arg) != NULL),
                  name, __FILE__, __LINE__, "failed or printed nothing");
}

int main(void)
{
    check_start();
    attempt(dump, NULL, "GC_dump", 200);
    attempt(dump_named, "a-name-of-mine", "GC_dump_named", 100);
    attempt(dump_regions, NULL, "GC_dump_regions", 50);
    attempt(dump_finalization, NULL, "GC_dump_finalization", 20);
    attempt(print_free_list, NULL, "GC_print_free_list", 0);
    return check_done();
}
