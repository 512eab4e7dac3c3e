/* bad-input.c - nonsense gets NULL or a message with function and address, never corruption */
/* needs: children */
#include "check.h"
#include <gc/gc_typed.h>

#define HALF (~(size_t)0 / 2)

static void *target;
static char not_heap[64];

/* ---- sizes that cannot be had: in one process, which goes on ------------- */

static volatile size_t huge = ~(size_t)0;

static void sizes(void)
{
    GC_word bits[1] = {1};
    GC_descr d = GC_make_descriptor(bits, 1);
    void *p = NULL;
    size_t n = 0;
    int k;

    for (k = 0; k < 6; k++) {
        switch (k) {
        case 0:
            n = huge;
            break;
        case 1:
            n = huge - 1;
            break;
        case 2:
            n = huge - sizeof(void *);
            break;
        case 3:
            n = huge - 4096;
            break;
        case 4:
            n = huge / 2 + 1;
            break;
        default:
            n = HALF;
        }
        errno = 0;
        EXPECT(GC_malloc(n) == NULL, "GC_malloc(%lx)", (unsigned long)n);
        EXPECT(check_is_stock || errno == ENOMEM, "errno after GC_malloc(%lx)", (unsigned long)n);
        EXPECT(GC_malloc_atomic(n) == NULL, "GC_malloc_atomic(%lx)", (unsigned long)n);
        EXPECT(GC_malloc_uncollectable(n) == NULL, "GC_malloc_uncollectable(%lx)",
               (unsigned long)n);
        EXPECT(GC_malloc_ignore_off_page(n) == NULL, "GC_malloc_ignore_off_page(%lx)",
               (unsigned long)n);
        EXPECT(GC_debug_malloc(n, "x", 1) == NULL, "GC_debug_malloc(%lx)", (unsigned long)n);
        EXPECT(GC_malloc_explicitly_typed(n, d) == NULL, "GC_malloc_explicitly_typed(%lx)",
               (unsigned long)n);
        EXPECT(GC_calloc_explicitly_typed(n, sizeof(void *) * 2, d) == NULL,
               "GC_calloc_explicitly_typed(%lx)", (unsigned long)n);
        EXPECT(GC_calloc_explicitly_typed(n / 8 + 2, sizeof(void *) * 2, d) == NULL,
               "GC_calloc_explicitly_typed(%lx / 8 + 2)", (unsigned long)n);
        p = GC_malloc(100);
        memset(p, 7, 100);
        EXPECT(GC_realloc(p, n) == NULL, "GC_realloc(%lx)", (unsigned long)n);
        EXPECT(check_all_bytes(p, 100, 7), "a refused GC_realloc destroyed the object");
        EXPECT(GC_memalign(64, n) == NULL, "GC_memalign(64, %lx)", (unsigned long)n);
        EXPECT(GC_posix_memalign(&p, 64, n) == ENOMEM, "GC_posix_memalign(64, %lx)",
               (unsigned long)n);
    }
    if (!check_is_stock)
        EXPECT(GC_memalign(huge / 2 + 1, 100) == NULL, "GC_memalign with a huge alignment");
    VERDICT("sizes that cannot be had");
    EXPECT(GC_base(NULL) == NULL, "GC_base(NULL)");
    EXPECT(GC_base(not_heap) == NULL, "GC_base of static data");
    EXPECT(GC_base(&p) == NULL, "GC_base of the stack");
    EXPECT(GC_base((void *)(uintptr_t)1) == NULL, "GC_base(1)");
    EXPECT(GC_base((void *)~(uintptr_t)15) == NULL, "GC_base at the end of memory");
    EXPECT(!GC_is_heap_ptr(NULL) && !GC_is_heap_ptr(not_heap) && !GC_is_heap_ptr(&p),
           "GC_is_heap_ptr of other memory");
    VERDICT("addresses outside the heap");
    EXPECT(GC_expand_hp(huge / 2) == 0, "GC_expand_hp of half the address space");
    p = GC_malloc(100000);
    EXPECT(p != NULL && check_all_bytes(p, 100000, 0), "the heap is unusable afterwards");
    VERDICT("the heap goes on");
}

/* ---- pointers that cannot be freed: each in a child ----------------------- */

struct attempt {
    const char *name, *function;
    int (*fn)(void *);
};

static int foreign_static(void *arg)
{
    (void)arg;
    GC_INIT();
    target = not_heap;
    printf("target 0x%llx\n", (unsigned long long)(uintptr_t)target);
    fflush(stdout);
    GC_free(target);
    return 0;
}

static int foreign_malloc(void *arg)
{
    (void)arg;
    GC_INIT();
    target = malloc(100);
    printf("target 0x%llx\n", (unsigned long long)(uintptr_t)target);
    fflush(stdout);
    GC_free(target);
    return 0;
}

static int interior_small(void *arg)
{
    (void)arg;
    GC_INIT();
    target = (char *)GC_malloc(100) + 24;
    printf("target 0x%llx\n", (unsigned long long)(uintptr_t)target);
    fflush(stdout);
    GC_free(target);
    return 0;
}

static int interior_large(void *arg)
{
    (void)arg;
    GC_INIT();
    target = (char *)GC_malloc(1000000) + 500000;
    printf("target 0x%llx\n", (unsigned long long)(uintptr_t)target);
    fflush(stdout);
    GC_free(target);
    return 0;
}

static int free_twice(void *arg)
{
    (void)arg;
    GC_INIT();
    target = GC_malloc(100);
    printf("target 0x%llx\n", (unsigned long long)(uintptr_t)target);
    fflush(stdout);
    GC_free(target);
    GC_free(target);
    return 0;
}

static int free_twice_large(void *arg)
{
    (void)arg;
    GC_INIT();
    target = GC_malloc(1000000);
    printf("target 0x%llx\n", (unsigned long long)(uintptr_t)target);
    fflush(stdout);
    GC_free(target);
    GC_free(target);
    return 0;
}

static int free_twice_later(void *arg)
{
    void *p[40];
    int i;

    (void)arg;
    GC_INIT();
    for (i = 0; i < 40; i++)
        p[i] = GC_malloc(48);
    target = p[20];
    printf("target 0x%llx\n", (unsigned long long)(uintptr_t)target);
    fflush(stdout);
    for (i = 0; i < 40; i += 2)
        GC_free(p[i]);
    GC_free(target);
    return 0;
}

static int realloc_foreign(void *arg)
{
    (void)arg;
    GC_INIT();
    target = not_heap;
    printf("target 0x%llx\n", (unsigned long long)(uintptr_t)target);
    fflush(stdout);
    target = GC_realloc(target, 1000);
    return 0;
}

static int realloc_interior(void *arg)
{
    (void)arg;
    GC_INIT();
    target = (char *)GC_malloc(200) + 64;
    printf("target 0x%llx\n", (unsigned long long)(uintptr_t)target);
    fflush(stdout);
    target = GC_realloc(target, 1000);
    return 0;
}

/* After an ignored bad call the heap must be in order: if the child went on,
 * use it. */
static int go_on(int (*fn)(void *))
{
    return fn(NULL) != 0 ? 2 : check_heap();
}

static int child(void *arg)
{
    return go_on(((const struct attempt *)arg)->fn);
}

/* Died by SIGABRT with the function and the address in its message, or went on
 * with the heap in order. */
static void attempt(const struct attempt *a)
{
    char text[4000], address[40], name[200];
    int status = check_child(child, (void *)a, text, sizeof text), ok, has_message;
    const char *t = strstr(text, "target "), *rest;

    address[0] = 0;
    if (t != NULL)
        (void)sscanf(t, "target %39s", address);
    rest = t != NULL ? strchr(t, '\n') : NULL;
    has_message = rest != NULL && address[0] != 0 && strstr(rest, a->function) != NULL
                  && strstr(rest, address + 2) != NULL;
    if (check_child_ok(status))
        ok = 1;
    else
        ok = status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && has_message;
    snprintf(name, sizeof name, "%s: %s", a->function, a->name);
    if (!ok)
        check_note("status %x, said: %s", (unsigned)status, text);
    check_verdict(ok, name, __FILE__, __LINE__, "neither ignored nor reported");
}

int main(void)
{
    static const struct attempt attempts[] = {
        {"static data", "GC_free", foreign_static},
        {"malloc'ed memory", "GC_free", foreign_malloc},
        {"interior pointer", "GC_free", interior_small},
        {"interior pointer of a large object", "GC_free", interior_large},
        {"twice", "GC_free", free_twice},
        {"a large object twice", "GC_free", free_twice_large},
        {"again among others", "GC_free", free_twice_later},
        {"static data", "GC_realloc", realloc_foreign},
        {"interior pointer", "GC_realloc", realloc_interior},
    };
    size_t i;

    check_start();
    if (!check_is_stock)
        for (i = 0; i < sizeof attempts / sizeof *attempts; i++)
            attempt(&attempts[i]);
    GC_INIT();
    GC_set_warn_proc(GC_ignore_warn_proc);
    sizes();
    return check_done();
}
