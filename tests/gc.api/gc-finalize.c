/* gc-finalize.c - gc.h: finalizers, links, toggle references, hidden pointers */
/* variants: plain verify incremental */
/* purpose: each registration function, both families, for its effect */
#include "weak.h"

enum { N = 40 };

struct node {
    struct node *next;
    long value;
};

static int ran, wrong, notified, awaited;
static long batch = 77; /* the value of nodes made last; of those before some may be left */
static struct node *volatile root;

static void GC_CALLBACK on_end(void *obj, void *data)
{
    struct node *p = (struct node *)obj;

    ran += p->value == 77 || p->value == batch;
    wrong += p->value < 77 || p->value > batch || data != (void *)&ran;
}

typedef void (*register_fn)(void *, GC_finalization_proc, void *, GC_finalization_proc *, void **);

/* N objects, each pointing to itself or to the next of a pair. */
CHECK_NOINLINE static void make(register_fn reg, int debug, int self, int pairs)
{
    int i;

    batch++;
    for (i = 0; i < N; i++) {
        struct node *p = (struct node *)(debug ? GC_debug_malloc(sizeof *p, "here", 1)
                                               : GC_malloc(sizeof *p));
        struct node *q = p;

        p->value = batch;
        reg(p, on_end, &ran, NULL, NULL);
        if (pairs) {
            q = (struct node *)(debug ? GC_debug_malloc(sizeof *p, "here", 2)
                                      : GC_malloc(sizeof *p));
            q->value = batch;
            reg(q, on_end, &ran, NULL, NULL);
            GC_PTR_STORE_AND_DIRTY(&p->next, q);
        } else if (self) {
            GC_PTR_STORE_AND_DIRTY(&p->next, q);
        }
    }
}

static int run_all(int rounds)
{
    ran = 0;
    while (rounds-- > 0) {
        check_collect(1);
        (void)GC_invoke_finalizers();
    }
    return ran;
}

static void test_orders(void)
{
    struct {
        register_fn fn;
        const char *name;
        int debug, self_runs, pair_at_once;
    } t[] = {
        {GC_register_finalizer, "GC_register_finalizer", 0, 0, 0},
        {GC_debug_register_finalizer, "GC_debug_register_finalizer", 1, 0, 0},
        {GC_register_finalizer_ignore_self, "GC_register_finalizer_ignore_self", 0, 1, 0},
        {GC_debug_register_finalizer_ignore_self, "GC_debug_register_finalizer_ignore_self", 1, 1,
         0},
        {GC_register_finalizer_no_order, "GC_register_finalizer_no_order", 0, 1, 1},
        {GC_debug_register_finalizer_no_order, "GC_debug_register_finalizer_no_order", 1, 1, 1},
        {GC_register_finalizer_unreachable, "GC_register_finalizer_unreachable", 0, 0, 0},
        {GC_debug_register_finalizer_unreachable, "GC_debug_register_finalizer_unreachable", 1, 0,
         0},
    };
    size_t k;

    GC_set_java_finalization(1);
    for (k = 0; k < sizeof t / sizeof t[0]; k++) {
        char name[160];

        make(t[k].fn, t[k].debug, 0, 0);
        snprintf(name, sizeof name, "%s: runs", t[k].name);
        CHECK(run_all(2) >= N - N / 8, name);
        run_all(3);
        make(t[k].fn, t[k].debug, 1, 0);
        snprintf(name, sizeof name, "%s: an object that points to itself", t[k].name);
        CHECK(t[k].self_runs ? run_all(2) >= N - N / 8 : run_all(2) == 0, name);
        run_all(3);
        make(t[k].fn, t[k].debug, 0, 1);
        snprintf(name, sizeof name, "%s: order", t[k].name);
        (void)run_all(1);
        CHECK(t[k].pair_at_once ? ran > N + N / 2 : ran > 0 && ran <= N + N / 8, name);
        run_all(4);
    }
    CHECK(wrong == 0, "finalizers get their object and data");
}

CHECK_NOINLINE static struct node *keep(void)
{
    struct node *p = (struct node *)GC_malloc(sizeof *p);

    p->value = 77;
    root = p;
    return p;
}

static void GC_CALLBACK other_end(void *obj, void *data)
{
    (void)obj;
    (void)data;
}

static void test_replace(void)
{
    GC_finalization_proc fn = other_end;
    void *data = &fn;
    int local;

    batch++; /* what is left of the others does not count */
    GC_register_finalizer(keep(), on_end, &ran, &fn, &data);
    CHECK(fn == 0 && data == NULL, "there was no finalizer");
    GC_register_finalizer(root, other_end, &wrong, &fn, &data);
    CHECK(fn == on_end && data == (void *)&ran, "the old finalizer is returned");
    GC_REGISTER_FINALIZER(root, 0, 0, &fn, &data);
    CHECK(fn == other_end && data == (void *)&wrong, "0 removes it");
    root = NULL;
    CHECK(run_all(2) == 0, "so nothing runs");
    fn = on_end;
    GC_register_finalizer(&local, on_end, NULL, &fn, &data);
    CHECK(fn == 0 && data == NULL, "outside the heap nothing happens");
}

static void GC_CALLBACK on_notice(void)
{
    notified++;
}

static void GC_CALLBACK on_await(void *obj)
{
    awaited += obj != NULL;
}

static void test_demand(void)
{
    GC_set_finalize_on_demand(1);
    GC_set_finalizer_notifier(on_notice);
    GC_set_await_finalize_proc(on_await);
    CHECK(GC_get_finalizer_notifier() == on_notice, "GC_get_finalizer_notifier");
    CHECK(GC_get_await_finalize_proc() == on_await, "GC_get_await_finalize_proc");
    CHECK(!GC_should_invoke_finalizers(), "nothing waits at first");
    make(GC_register_finalizer, 0, 0, 0);
    ran = 0;
    check_collect(2);
    GC_malloc(100);
    CHECK(ran == 0 && GC_should_invoke_finalizers(), "on demand: finalizers wait");
    CHECK(notified > 0, "the notifier is called");
    CHECK(awaited > 0, "the await procedure too");
    CHECK(GC_invoke_finalizers() == ran && ran > 0, "GC_invoke_finalizers runs and counts them");
    GC_set_finalize_on_demand(0);
    GC_set_finalizer_notifier(0);
    GC_set_await_finalize_proc(0);
    run_all(3);
}

/* ---- links ---- */

CHECK_NOINLINE static void make_links(GC_word *words, int longs, int finalizers)
{
    int i;

    for (i = 0; i < N; i++) {
        struct node *p = (struct node *)GC_malloc(sizeof *p);

        p->value = 77;
        words[i] = GC_HIDE_POINTER(p);
        if (longs)
            EXPECT(GC_register_long_link((void **)&words[i], p) == GC_SUCCESS, "link %d", i);
        else
            EXPECT(GC_general_register_disappearing_link((void **)&words[i], p) == GC_SUCCESS,
                   "link %d", i);
        if (finalizers)
            GC_register_finalizer(p, on_end, &ran, NULL, NULL);
    }
}

static int left(const GC_word *words)
{
    int i, n = 0;

    for (i = 0; i < N; i++)
        n += words[i] != 0;
    return n;
}

static void test_links(void)
{
    static GC_word a[N], b[N], moved;
    struct node *p;
    int i;

    GC_set_finalize_on_demand(1);
    make_links(a, 0, 1);
    make_links(b, 1, 1);
    check_collect(2);
    CHECK(left(a) <= N / 8, "a short link goes when the finalizer is due");
    CHECK(left(b) == N, "a long link stays until it has run");
    run_all(3);
    CHECK(left(b) <= N / 8, "and then goes");
    GC_set_finalize_on_demand(0);
    for (i = 0; i < N; i++) {
        (void)GC_unregister_disappearing_link((void **)&a[i]);
        (void)GC_unregister_long_link((void **)&b[i]);
    }

    p = keep();
    a[0] = a[1] = a[2] = b[0] = b[1] = GC_HIDE_POINTER(p);
    CHECK(GC_GENERAL_REGISTER_DISAPPEARING_LINK((void **)&a[0], p) == GC_SUCCESS
              && GC_general_register_disappearing_link((void **)&a[0], p) == GC_DUPLICATE,
          "a second registration is a duplicate");
    CHECK(GC_REGISTER_LONG_LINK((void **)&b[0], p) == GC_SUCCESS
              && GC_register_long_link((void **)&b[0], p) == GC_DUPLICATE,
          "of a long link too");
    moved = a[0];
    CHECK(GC_move_disappearing_link((void **)&a[0], (void **)&moved) == GC_SUCCESS
              && GC_move_disappearing_link((void **)&a[0], (void **)&moved) == GC_NOT_FOUND
              && GC_move_disappearing_link((void **)&moved, (void **)&moved) == GC_SUCCESS,
          "GC_move_disappearing_link");
    CHECK(GC_move_long_link((void **)&b[0], (void **)&b[1]) == GC_SUCCESS
              && GC_move_long_link((void **)&b[0], (void **)&b[1]) == GC_NOT_FOUND,
          "GC_move_long_link");
    (void)GC_general_register_disappearing_link((void **)&a[2], p);
    CHECK(GC_move_disappearing_link((void **)&a[2], (void **)&moved) == GC_DUPLICATE,
          "a move onto another link is a duplicate");
    CHECK(GC_unregister_disappearing_link((void **)&a[2]) == 1
              && GC_unregister_disappearing_link((void **)&a[2]) == 0,
          "GC_unregister_disappearing_link");
    check_collect(1);
    CHECK(moved == GC_HIDE_POINTER(p) && b[1] == moved, "links to a live object stay");
    root = p = NULL;
    check_collect(3);
    CHECK(a[2] != 0, "an unregistered word is left alone");
    CHECK(GC_unregister_long_link((void **)&b[0]) == 0, "GC_unregister_long_link");
    (void)GC_unregister_long_link((void **)&b[1]);
    (void)GC_unregister_disappearing_link((void **)&moved);
}

CHECK_NOINLINE static void make_inner_links(void **list)
{
    int i;

    for (i = 0; i < N; i++) {
        struct node *p = (struct node *)GC_malloc(sizeof *p), *q;

        q = (struct node *)GC_malloc(sizeof *q);
        p->value = q->value = 77;
        GC_PTR_STORE_AND_DIRTY(&p->next, q);
        GC_PTR_STORE_AND_DIRTY(&q->next, p);
        GC_register_finalizer(p, on_end, &ran, NULL, NULL);
        EXPECT(GC_register_disappearing_link((void **)&q->next) == GC_SUCCESS, "inner link");
        list[i] = NULL;
    }
}

static void test_inner_link(void)
{
    static void *list[N];

    make_inner_links(list);
    CHECK(run_all(3) >= N - N / 8, "GC_register_disappearing_link breaks a cycle");
}

static void test_hiding(void)
{
    void *p = &ran;

    CHECK(GC_REVEAL_POINTER(GC_HIDE_POINTER(p)) == p, "GC_HIDE_POINTER and back");
    CHECK(GC_HIDE_POINTER(p) != (GC_word)p, "hidden");
}

/* ---- toggle references ---- */

static GC_ToggleRefStatus answer;
static int asked;

static GC_ToggleRefStatus GC_CALLBACK toggle(void *obj)
{
    asked += obj != NULL;
    return answer;
}

CHECK_NOINLINE static void make_toggled(int strong)
{
    int i;

    for (i = 0; i < N; i++) {
        void *p = GC_malloc(32);

        weak_set(i, p);
        EXPECT(GC_toggleref_add(p, strong) == GC_SUCCESS, "toggle %d", i);
    }
}

static void test_toggle(void)
{
    CHECK(GC_get_toggleref_func() == 0, "no toggle function at first");
    GC_set_toggleref_func(toggle);
    CHECK(GC_get_toggleref_func() == toggle, "GC_get_toggleref_func");
    answer = GC_TOGGLE_REF_STRONG;
    make_toggled(1);
    CHECK(WEAK_ALL_LEFT(N) && asked > 0, "a strong reference keeps");
    answer = GC_TOGGLE_REF_WEAK;
    check_collect(1);
    CHECK(WEAK_NONE_LEFT(N), "a weak one does not");
    weak_clear();
    make_toggled(0);
    CHECK(WEAK_NONE_LEFT(N), "nor one that is added weak");
    weak_clear();
    answer = GC_TOGGLE_REF_STRONG;
    make_toggled(1);
    answer = GC_TOGGLE_REF_DROP;
    check_collect(1);
    CHECK(WEAK_NONE_LEFT(N), "nor one that is dropped");
    weak_clear();
    GC_set_toggleref_func(0);
}

int main(void)
{
    check_start();
    GC_INIT();
    GC_set_warn_proc(GC_ignore_warn_proc); /* about cycles, which are wanted here */
    test_orders();
    test_replace();
    test_demand();
    test_links();
    test_inner_link();
    test_hiding();
    test_toggle();
    return check_done();
}
