/* bad-threads.c - thread functions called at the wrong time, and the collector called by unknown threads */
/* only: tidemark */
/* threads: required */
/* needs: unknown-threads */
/* variants: plain */
/* timeout: 120 */
#include "attempt.h"
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>
#include <gc/javaxfc.h>

#define FOREIGN attempt_with(attempt_foreign.bytes)

static struct GC_stack_base *volatile no_base;

static void *same(void *p)
{
    return p;
}

/* ---- by an unknown thread ---- */

struct errand {
    int (*fn)(void);
    int result;
};

static void *run_errand(void *arg)
{
    struct errand *e = (struct errand *)arg;

    e->result = e->fn();
    return NULL;
}

/* fn's result, in a thread the collector does not know. */
static int in_unknown_thread(int (*fn)(void))
{
    struct errand e = {fn, 99};
    pthread_t t;

    GC_INIT();
    GC_allow_register_threads();
    if (pthread_create(&t, NULL, run_errand, &e) != 0)
        return 98;
    pthread_join(t, NULL);
    return e.result;
}

#define UNKNOWN(id, condition)                 \
    static int body_##id(void)                 \
    {                                          \
        return (condition) ? 0 : 1;            \
    }                                          \
    static int unknown_##id(void)              \
    {                                          \
        return in_unknown_thread(body_##id);   \
    }

static struct GC_stack_base base;
static void *link_word;
static char *large;

static void GC_CALLBACK on_end(void *obj, void *data)
{
    (void)obj;
    (void)data;
}

UNKNOWN(is_registered, !GC_thread_is_registered())
UNKNOWN(malloc, check_all_bytes(GC_malloc(100), 100, 0))
UNKNOWN(kinds, GC_malloc_atomic(100) != NULL && GC_malloc_uncollectable(100) != NULL
                   && (large = (char *)GC_malloc(300000)) != NULL
                   && GC_debug_malloc(10, "here", 1) != NULL && GC_malloc_many(32) != NULL
                   && GC_memalign(4096, 1) != NULL && GC_malloc_kind(48, GC_I_NORMAL) != NULL)
UNKNOWN(free, (GC_free(GC_malloc(100)), GC_free(GC_malloc(300000)), 1))
UNKNOWN(realloc, GC_size(GC_realloc(GC_malloc(20), 5000)) >= 5000)
UNKNOWN(questions, GC_base(attempt_foreign.bytes) == NULL && GC_size(GC_malloc(20)) >= 20)
UNKNOWN(finalizer, (GC_register_finalizer(GC_malloc(20), on_end, NULL, NULL, NULL),
                    GC_invoke_finalizers() >= 0))
UNKNOWN(links, GC_general_register_disappearing_link(&link_word, GC_malloc(20)) == GC_SUCCESS
                   && GC_unregister_disappearing_link(&link_word) == 1)
UNKNOWN(collect, (GC_gcollect(), GC_get_gc_no() > 0))
UNKNOWN(blocking, GC_do_blocking(same, &base) == &base)
UNKNOWN(lock, GC_call_with_alloc_lock(same, &base) == &base)
UNKNOWN(stack_base, GC_get_stack_base(&base) == GC_SUCCESS && base.mem_base != NULL)
UNKNOWN(unregister, GC_unregister_my_thread() >= 0)
UNKNOWN(bottom, GC_get_my_stackbottom((struct GC_stack_base *)attempt_with(&base)) != NULL)
UNKNOWN(active, GC_call_with_gc_active((GC_fn_type)(uintptr_t)attempt_with((void *)(uintptr_t)same),
                                       &base) != NULL)
UNKNOWN(altstack, (GC_register_altstack(&base, 10, FOREIGN, 100), 1))
UNKNOWN(register_null, GC_register_my_thread(no_base) >= 0)
UNKNOWN(freed, (GC_free(FOREIGN), 1))

static int body_set_bottom(void)
{
    (void)GC_get_stack_base(&base);
    GC_alloc_lock();
    GC_set_stackbottom(NULL, &base);
    GC_alloc_unlock();
    return 0;
}

static int unknown_set_bottom(void)
{
    return in_unknown_thread(body_set_bottom);
}

/* Twice, and again after the end of the first registration. */
static int body_register(void)
{
    int i;

    for (i = 0; i < 3; i++) {
        if (GC_get_stack_base(&base) != GC_SUCCESS
            || GC_register_my_thread(&base) != GC_SUCCESS
            || GC_register_my_thread(&base) != GC_DUPLICATE || !GC_thread_is_registered()
            || GC_unregister_my_thread() != GC_SUCCESS || GC_thread_is_registered())
            return 1 + i;
    }
    return 0;
}

static int unknown_register(void)
{
    return in_unknown_thread(body_register);
}

static int body_unregister_twice(void)
{
    (void)GC_get_stack_base(&base);
    if (GC_register_my_thread(&base) != GC_SUCCESS || GC_unregister_my_thread() != GC_SUCCESS)
        return 1;
    return GC_unregister_my_thread() >= 0;
}

static int unknown_unregister_twice(void)
{
    return in_unknown_thread(body_unregister_twice);
}

/* ---- by the main thread ---- */

static int known_twice(void)
{
    GC_INIT();
    return GC_get_stack_base(&base) != GC_SUCCESS || GC_register_my_thread(&base) != GC_DUPLICATE;
}

static int bottom_null(void)
{
    GC_INIT();
    GC_alloc_lock();
    GC_set_stackbottom(NULL, no_base);
    GC_alloc_unlock();
    return 0;
}

static int start_unasked(void)
{
    GC_INIT();
    GC_start_world_external();
    return 0;
}

static void *unregister(void *p)
{
    (void)GC_unregister_my_thread();
    return p;
}

static int unregister_in_blocking(void)
{
    GC_INIT();
    return GC_do_blocking(unregister, NULL) != NULL;
}

static void *alloc_under_lock(void *p)
{
    GC_gcollect();
    return p;
}

static int collect_under_lock(void)
{
    GC_INIT();
    return GC_call_with_alloc_lock(alloc_under_lock, NULL) != NULL;
}

static int join_nonsense(void)
{
    pthread_t t;
    void *result;

    GC_INIT();
    /* Another's thread: joined as any other. */
    if (pthread_create(&t, NULL, same, &base) != 0)
        return 1;
    if (GC_pthread_join(t, &result) != 0 || result != &base)
        return 2;
    if (pthread_create(&t, NULL, same, &base) != 0 || GC_pthread_detach(t) != 0)
        return 3;
    return 0;
}

static volatile int stay = 1, arrived;

static void *wait_here(void *p)
{
    __atomic_store_n(&arrived, 1, __ATOMIC_RELEASE);
    while (__atomic_load_n(&stay, __ATOMIC_ACQUIRE))
        check_nap_ms(1);
    return p;
}

/* Nothing happens to a thread the collector does not know; twice is as once. */
static int suspend_odd(void)
{
    pthread_t t;

    GC_INIT();
    if (pthread_create(&t, NULL, wait_here, NULL) != 0)
        return 1;
    GC_suspend_thread(check_thread_id(t));
    if (GC_is_thread_suspended(check_thread_id(t)))
        return 2;
    GC_resume_thread(check_thread_id(t));
    stay = 0;
    pthread_join(t, NULL);
    stay = 1;
    __atomic_store_n(&arrived, 0, __ATOMIC_RELEASE);
    if (GC_pthread_create(&t, NULL, wait_here, NULL) != 0)
        return 3;
    while (!__atomic_load_n(&arrived, __ATOMIC_ACQUIRE)) /* until it begins it may not be known */
        check_nap_ms(1);
    GC_resume_thread(check_thread_id(t));
    GC_suspend_thread(check_thread_id(t));
    GC_suspend_thread(check_thread_id(t));
    if (!GC_is_thread_suspended(check_thread_id(t)))
        return 4;
    GC_resume_thread(check_thread_id(t));
    if (GC_is_thread_suspended(check_thread_id(t)))
        return 5;
    GC_resume_thread(check_thread_id(t));
    __atomic_store_n(&stay, 0, __ATOMIC_RELEASE);
    return GC_pthread_join(t, NULL) != 0 ? 6 : 0;
}

static int create_null(void)
{
    pthread_attr_t attr;
    pthread_t t;

    GC_INIT();
    if (pthread_attr_init(&attr) != 0)
        return 1;
    return GC_pthread_create(&t, &attr, same, NULL) != 0 || GC_pthread_join(t, NULL) != 0;
}

/* ---- before GC_INIT ---- */

static int early_register(void)
{
    (void)GC_get_stack_base(&base);
    return GC_register_my_thread((struct GC_stack_base *)attempt_with(&base));
}

static int early_is_registered(void)
{
    return GC_thread_is_registered();
}

static int early_allow(void)
{
    GC_allow_register_threads();
    return !GC_is_init_called();
}

static int early_markers(void)
{
    GC_start_mark_threads();
    return !GC_is_init_called();
}

static int early_create(void)
{
    pthread_t t;

    return GC_pthread_create(&t, NULL, same, NULL) != 0 || GC_pthread_join(t, NULL) != 0
           || !GC_is_init_called();
}

static int early_base(void)
{
    return GC_get_stack_base(&base) != GC_SUCCESS || base.mem_base == NULL;
}

static int early_world(void)
{
    GC_stop_world_external();
    GC_start_world_external();
    return 0;
}

static int early_lock(void)
{
    GC_alloc_lock();
    GC_alloc_unlock();
    return 0;
}

static int early_blocking(void)
{
    return GC_do_blocking(same, &base) != &base;
}

static int early_suspend(void)
{
    GC_resume_thread(check_thread_id(pthread_self()));
    return GC_is_thread_suspended(check_thread_id(pthread_self()));
}

int main(void)
{
    static const struct attempt table[] = {
        {"unknown thread", "GC_thread_is_registered", unknown_is_registered, GIVES},
        {"unknown thread", "GC_malloc", unknown_malloc, GIVES},
        {"unknown thread", "other allocators", unknown_kinds, GIVES},
        {"unknown thread", "GC_free", unknown_free, GIVES},
        {"unknown thread", "GC_realloc", unknown_realloc, GIVES},
        {"unknown thread", "GC_base and GC_size", unknown_questions, GIVES},
        {"unknown thread", "GC_register_finalizer", unknown_finalizer, GIVES},
        {"unknown thread", "links", unknown_links, GIVES},
        {"unknown thread", "GC_gcollect", unknown_collect, GIVES},
        {"unknown thread", "GC_do_blocking", unknown_blocking, GIVES},
        {"unknown thread", "GC_call_with_alloc_lock", unknown_lock, GIVES},
        {"unknown thread", "GC_get_stack_base", unknown_stack_base, GIVES},
        {"unknown thread", "GC_register_my_thread", unknown_register, GIVES},
        {"GC_unregister_my_thread", "an unknown thread", unknown_unregister, ABORTS},
        {"GC_unregister_my_thread", "twice", unknown_unregister_twice, ABORTS},
        {"GC_get_my_stackbottom", "an unknown thread", unknown_bottom, ABORTS},
        {"GC_set_stackbottom", "an unknown thread", unknown_set_bottom, ABORTS},
        {"GC_call_with_gc_active", "an unknown thread", unknown_active, ABORTS},
        {"GC_register_altstack", "an unknown thread", unknown_altstack, ABORTS},
        {"GC_register_my_thread", "NULL", unknown_register_null, ABORTS},
        {"GC_free", "static data, by an unknown thread", unknown_freed, ABORTS},
        {"GC_register_my_thread", "the main thread", known_twice, GIVES},
        {"GC_set_stackbottom", "NULL", bottom_null, ABORTS},
        {"GC_start_world_external", "not stopped", start_unasked, ABORTS},
        {"GC_unregister_my_thread", "in GC_do_blocking", unregister_in_blocking, ABORTS},
        {"callback that runs under the allocator lock", "GC_gcollect in it", collect_under_lock,
         ABORTS},
        {"GC_pthread_join", "a thread of somebody else", join_nonsense, GIVES},
        {"GC_suspend_thread", "unknown threads, and twice", suspend_odd, GIVES},
        {"GC_pthread_create", "default attributes", create_null, GIVES},
        {"GC_register_my_thread", "before GC_INIT", early_register, ABORTS},
        {"before GC_INIT", "GC_thread_is_registered", early_is_registered, GIVES},
        {"before GC_INIT", "GC_allow_register_threads", early_allow, GIVES},
        {"before GC_INIT", "GC_start_mark_threads", early_markers, GIVES},
        {"before GC_INIT", "GC_pthread_create", early_create, GIVES},
        {"before GC_INIT", "GC_get_stack_base", early_base, GIVES},
        {"before GC_INIT", "GC_stop_world_external", early_world, GIVES},
        {"before GC_INIT", "GC_alloc_lock", early_lock, GIVES},
        {"before GC_INIT", "GC_do_blocking", early_blocking, GIVES},
        {"before GC_INIT", "GC_is_thread_suspended", early_suspend, GIVES},
    };

    check_start();
    ATTEMPTS(table);
    return check_done();
}
