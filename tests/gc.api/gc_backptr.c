/* gc_backptr.c - gc_backptr.h: what keeps an object alive */
/* needs: children */
/* variants: plain */
/* only: tidemark */
/* purpose: roots and heap objects are named, chains are printed, random addresses are sound */
#define GC_DEBUG
#include "check.h"
#include <gc/gc_backptr.h>
#include <gc/gc_mark.h>

struct node {
    struct node *next;
    long pad[3];
};

static struct node *volatile head;
static void *volatile headerless;

CHECK_NOINLINE static void build(void)
{
    struct node *p, *q;

    head = GC_NEW(struct node); /* where the heap begins other memory may end, and the linker note that */
    p = GC_NEW(struct node);
    q = GC_NEW(struct node);
    GC_PTR_STORE_AND_DIRTY(&q->next, p);
    head = q;
}

static void GC_CALLBACK describe(void *object, char *text)
{
    (void)object;
    strcpy(text, "an-own-kind-of-object");
}

static void prepare(void)
{
    GC_INIT();
    build();
    check_collect(2);
    GC_register_describe_type_fn(GC_get_kind_and_size(GC_base(head), NULL), describe);
}

static int print_chain(void *unused)
{
    (void)unused;
    if (head == NULL) /* a child that began anew */
        prepare();
    GC_print_backtrace(head->next);
    return 0;
}

static int print_random(void *unused)
{
    (void)unused;
    GC_generate_random_backtrace();
    return 0;
}

int main(void)
{
    void *base = NULL, *a, *v;
    size_t offset = 99;
    char text[8000];
    int i;
    GC_ref_kind k;

    check_start();
    prepare();
    k = GC_get_back_ptr_info(head->next, &base, &offset);
    if (k == GC_UNREFERENCED || k == GC_NO_SPACE) {
        check_unsupported("back pointers are not recorded in this build");
    } else {
        CHECK(k == GC_REFD_FROM_HEAP && base == (void *)head
                  && offset == offsetof(struct node, next),
              "an object that another one points to");
        k = GC_get_back_ptr_info(head, &base, &offset);
        CHECK(k == GC_REFD_FROM_ROOT || k == GC_REFD_FROM_REG, "an object that a root points to");
        CHECK(check_child_ok(check_child(print_chain, NULL, text, sizeof text))
                  && strstr(text, "gc_backptr.c") != NULL,
              "GC_print_backtrace names the places of allocation");
        CHECK(strstr(text, "an-own-kind-of-object") != NULL, "GC_register_describe_type_fn");
    }
    headerless = GC_malloc(20);
    CHECK(GC_get_back_ptr_info(headerless, &base, &offset) == GC_REFD_FROM_ROOT
              && base == (void *)&headerless && offset == 0,
          "an object without header");
    for (i = 0; i < 100; i++) {
        a = GC_generate_random_heap_address();
        EXPECT(a != NULL && GC_is_heap_ptr(a), "heap address %d", i);
    }
    VERDICT("GC_generate_random_heap_address");
    for (i = 0; i < 20; i++) {
        v = GC_generate_random_valid_address();
        EXPECT(v != NULL && GC_base(v) != NULL, "valid address %d", i);
    }
    VERDICT("GC_generate_random_valid_address");
    CHECK(check_child_ok(check_child(print_random, NULL, text, sizeof text)) && strlen(text) > 0,
          "GC_generate_random_backtrace prints");
    return check_done();
}
