/* gc-new.c - gc.h: what libgc 8.2 does not have */
/* variants: plain verify incremental */
/* only: tidemark */
/* cflags: -DGC_REQUIRE_WCSDUP */
/* purpose: each newer function of gc.h and gc_typed.h, and Tidemark's own, for its effect */
#include "weak.h"
#include <gc/gc_typed.h>
#include <sys/mman.h>
#include <wchar.h>

enum { N = 40 };

static void *volatile root;

static void test_versions(void)
{
    char text[60];

    snprintf(text, sizeof text, "%d.%d.%d", TIDEMARK_VERSION_MAJOR, TIDEMARK_VERSION_MINOR,
             TIDEMARK_VERSION_MICRO);
    CHECK(strcmp(GC_tidemark_version(), text) == 0, "GC_tidemark_version");
    CHECK(GC_get_dont_add_byte_at_end() == 1, "GC_get_dont_add_byte_at_end");
    CHECK(GC_size(GC_malloc(2 * sizeof(void *))) == 2 * sizeof(void *), "and indeed no byte is");
}

static volatile size_t too_many = (size_t)-1 - 100000; /* bytes, on any machine */
static int freed;
static char *in_freeing;
static unsigned char seen[5000]; /* of that object, as it is freed */

/* In place of the library's, where the dynamic linker lets it: Windows' does not. */
void GC_CALLBACK GC_free_profiler_hook(void *object)
{
    if (object != NULL && object == GC_base(in_freeing))
        memcpy(seen, in_freeing, GC_size(object) - (size_t)(in_freeing - (char *)object));
    freed += object != NULL;
}

#ifdef _WIN32
# define FREED_IS(from, to, byte) 1 /* the hook is not called */
#else
# define FREED_IS(from, to, byte) check_all_bytes(seen + (from), (to) - (from), byte)
#endif

/* An object is about to be freed. */
static void freeing(size_t bytes)
{
    in_freeing = (char *)GC_malloc_atomic(bytes);
    memset(in_freeing, 7, bytes);
    memset(seen, 0x55, sizeof seen);
}

static void test_allocation(void)
{
    static const wchar_t text[] = L"tide";
    long page = sysconf(_SC_PAGESIZE);
    wchar_t *wide;
    char *p = (char *)GC_valloc(100), *q = (char *)GC_pvalloc(100);

    CHECK(p != NULL && (GC_word)p % (GC_word)page == 0, "GC_valloc");
    CHECK(q != NULL && (GC_word)q % (GC_word)page == 0 && GC_size(q) >= (size_t)page,
          "GC_pvalloc");
    memset(q, 1, (size_t)page);
    CHECK(GC_size(GC_pvalloc(5 * (size_t)page + 1)) >= 6 * (size_t)page, "GC_pvalloc: whole pages");
    p = (char *)GC_reallocf(GC_strdup("mark"), 2000);
    CHECK(strcmp(p, "mark") == 0 && GC_base(p) == p && GC_size(p) >= 2000, "GC_reallocf");
    GC_set_warn_proc(GC_ignore_warn_proc);
    freed = 0;
    CHECK(GC_reallocf(p, too_many) == NULL, "GC_reallocf fails");
#ifndef _WIN32
    CHECK(freed == 1, "and has freed the object");
#endif
    GC_freezero(NULL, 10);
    freeing(4000);
    GC_freezero(in_freeing, 3000);
    CHECK(FREED_IS(0, 3000, 0) && FREED_IS(3000, 4000, 7), "GC_freezero");
    freeing(64);
    GC_FREEZERO(in_freeing, 1000000);
    CHECK(FREED_IS(0, 64, 0), "GC_freezero: more than there is");
    wide = GC_WCSDUP(text);
    CHECK(wide != text && GC_base(wide) == wide && wcscmp(wide, text) == 0, "GC_wcsdup");
    wide = GC_debug_wcsdup(text, "here", 1);
    CHECK(wide != text && GC_base(wide) != NULL && wcscmp(wide, text) == 0, "GC_debug_wcsdup");
}

static void test_debug(void)
{
    char *p = (char *)GC_debug_malloc(10, "here", 1), *q;

    strcpy(p, "123456789");
    p = (char *)GC_debug_reallocf(p, 100, "here", 2);
    CHECK(strcmp(p, "123456789") == 0 && GC_base(p) != p && GC_size(GC_base(p)) >= 100,
          "GC_debug_reallocf");
    p = (char *)GC_debug_reallocf_replacement(p, 200);
    CHECK(strcmp(p, "123456789") == 0 && GC_base(p) != p && GC_size(GC_base(p)) >= 200,
          "GC_debug_reallocf_replacement");
    memset(p, 7, 200);
    GC_debug_freezero(p, 150);
    CHECK(memchr(p + 16, 7, 134) == NULL, "GC_debug_freezero");
    q = (char *)GC_debug_malloc_uncollectable_replacement(30);
    CHECK(q != NULL && GC_base(q) != q, "GC_debug_malloc_uncollectable_replacement");
    GC_debug_free(q);
}

static void test_settings(void)
{
    unsigned some = GC_get_supported_vdbs(), one = GC_get_actual_vdb();

    CHECK((some & ~(unsigned)(GC_VDB_MPROTECT | GC_VDB_MANUAL | GC_VDB_DEFAULT | GC_VDB_GWW
                              | GC_VDB_PROC | GC_VDB_SOFT | GC_VDB_UFFD)) == 0
              && (some & GC_VDB_MANUAL) != 0,
          "GC_get_supported_vdbs");
    CHECK(GC_is_incremental_mode() ? one != 0 && (one & (one - 1)) == 0 && (one & some) == one
                                   : one == GC_VDB_NONE,
          "GC_get_actual_vdb");
    CHECK(GC_get_mprotect_vdb_allowed() == 1, "write protection is allowed by default");
    GC_set_mprotect_vdb_allowed(0);
    CHECK(GC_get_mprotect_vdb_allowed() == 0, "GC_set_mprotect_vdb_allowed");
    GC_set_mprotect_vdb_allowed(1);
}

static size_t got_bytes;

static void GC_CALLBACK on_get_mem(void *start, size_t bytes)
{
    got_bytes += start != NULL ? bytes : 0;
}

static void test_os_memory(void)
{
    CHECK(GC_get_on_os_get_mem() == 0, "no callback at first");
    GC_set_on_os_get_mem(on_get_mem);
    CHECK(GC_get_on_os_get_mem() == on_get_mem, "GC_get_on_os_get_mem");
    CHECK(GC_expand_hp(30000000) == 1 && got_bytes >= 30000000, "it is told what the heap gets");
    GC_set_on_os_get_mem(0);
}

/* ---- finalizers and links ---- */

static int ran;

static void GC_CALLBACK on_end(void *obj, void *data)
{
    ran += obj != NULL && data == NULL;
}

CHECK_NOINLINE static void make_finalizable(void)
{
    int i;

    for (i = 0; i < N; i++)
        GC_register_finalizer(GC_malloc(24), on_end, NULL, NULL, NULL);
}

static void test_interrupt(void)
{
    GC_set_finalize_on_demand(1);
    make_finalizable();
    check_collect(2);
    CHECK(GC_get_interrupt_finalizers() == 0, "GC_get_interrupt_finalizers");
    GC_set_interrupt_finalizers(5);
    CHECK(GC_get_interrupt_finalizers() == 5, "GC_set_interrupt_finalizers");
    CHECK(GC_invoke_finalizers() == 5 && ran == 5, "so many run at a time");
    GC_set_interrupt_finalizers(0);
    CHECK(GC_invoke_finalizers() >= N - 5 - N / 8, "and then the rest");
    GC_set_finalize_on_demand(0);
}

static GC_ToggleRefStatus GC_CALLBACK keep(void *obj)
{
    return obj != NULL ? GC_TOGGLE_REF_STRONG : GC_TOGGLE_REF_DROP;
}

CHECK_NOINLINE static void make_safe_links(void)
{
    int i;

    for (i = 0; i < N; i++) {
        char *p = (char *)(i % 2 ? GC_malloc(64) : GC_debug_malloc(64, "here", 1));

        weak_word[i] = GC_HIDE_NZ_POINTER(p);
        if (i < N / 2)
            EXPECT(GC_GENERAL_REGISTER_DISAPPEARING_LINK_SAFE((void **)&weak_word[i], p + 20)
                       == GC_SUCCESS,
                   "link %d", i);
        else
            EXPECT(GC_REGISTER_LONG_LINK_SAFE((void **)&weak_word[i], p + 20) == GC_SUCCESS,
                   "long link %d", i);
    }
}

CHECK_NOINLINE static void make_toggled(void)
{
    int i;

    for (i = 0; i < N; i++) {
        void *p = GC_debug_malloc(16, "here", 1);

        weak_word[i] = GC_HIDE_POINTER(p);
        EXPECT(GC_general_register_disappearing_link((void **)&weak_word[i], GC_base(p))
                   == GC_SUCCESS,
               "link %d", i);
        EXPECT(GC_debug_toggleref_add(p, 1) == GC_SUCCESS, "toggle %d", i);
    }
}

static void test_links(void)
{
    static void *link;
    int local, i;

    make_safe_links();
    CHECK(WEAK_NONE_LEFT(N), "the _SAFE macros register links");
    CHECK(GC_GENERAL_REGISTER_DISAPPEARING_LINK_SAFE(&link, &local) == GC_NOT_FOUND
              && GC_REGISTER_LONG_LINK_SAFE(&link, NULL) == GC_NOT_FOUND,
          "and refuse what is not in the heap");
    for (i = 0; i < N; i++)
        (void)GC_unregister_long_link((void **)&weak_word[i]);
    weak_clear();
    GC_set_toggleref_func(keep);
    make_toggled();
    CHECK(WEAK_ALL_LEFT(N), "GC_debug_toggleref_add");
    GC_set_toggleref_func(0);
    weak_clear();
}

/* ---- checks, locks, time ---- */

static void GC_CALLBACK on_same(void *p, void *q)
{
    (void)p;
    (void)q;
}

static void GC_CALLBACK on_pointer(void *p)
{
    (void)p;
}

static void test_print_procs(void)
{
    GC_set_same_obj_print_proc(on_same);
    GC_set_is_visible_print_proc(on_pointer);
    GC_set_is_valid_displacement_print_proc(on_pointer);
    CHECK(GC_get_same_obj_print_proc() == on_same && GC_same_obj_print_proc == on_same,
          "GC_set_same_obj_print_proc");
    CHECK(GC_get_is_visible_print_proc() == on_pointer && GC_is_visible_print_proc == on_pointer,
          "GC_set_is_visible_print_proc");
    CHECK(GC_get_is_valid_displacement_print_proc() == on_pointer
              && GC_is_valid_displacement_print_proc == on_pointer,
          "GC_set_is_valid_displacement_print_proc");
}

static void *read_only(void *data)
{
    return (char *)data + GC_get_gc_no() * 0 + 1;
}

static void test_lock(void)
{
    char c[2];

    CHECK(GC_call_with_reader_lock(read_only, c, 0) == c + 1, "GC_call_with_reader_lock");
    CHECK(GC_call_with_reader_lock(read_only, c, 1) == c + 1, "and with a release");
    CHECK(GC_REVEAL_NZ_POINTER(GC_HIDE_NZ_POINTER(c)) == (void *)c
              && GC_HIDE_NZ_POINTER(c) != (GC_word)c,
          "GC_HIDE_NZ_POINTER and back");
    GC_noop1_ptr(c);
    GC_noop1((GC_word)c);
}

static void *build(int depth)
{
    void **p = (void **)GC_malloc(4 * sizeof(void *));

    if (depth > 0) {
        GC_PTR_STORE_AND_DIRTY(&p[0], build(depth - 1));
        GC_PTR_STORE_AND_DIRTY(&p[1], build(depth - 1));
    }
    return p;
}

static void test_pauses(void)
{
    GC_nanoseconds pause, longest;
    unsigned long odd = 0;
    int i;

    GC_start_performance_measurement();
    root = build(14);
    for (i = 0; i < 5; i++)
        GC_gcollect();
    pause = GC_get_longest_pause_ns();
    CHECK(pause > 1000 && pause < (GC_nanoseconds)60 * 1000 * 1000 * 1000,
          "GC_get_longest_pause_ns");
    GC_gcollect();
    longest = GC_get_longest_pause_ns();
    CHECK(longest >= pause, "never falls");
    GC_reset_longest_pause();
    CHECK(GC_get_longest_pause_ns() == 0, "until GC_reset_longest_pause");
    CHECK(GC_get_avg_stopped_mark_time_ns() > 100 && GC_get_avg_stopped_mark_time_ns() <= longest,
          "GC_get_avg_stopped_mark_time_ns");
    for (i = 0; i < 300 && GC_get_stopped_mark_total_time() == 0; i++)
        GC_gcollect();
    CHECK(GC_get_stopped_mark_total_time() > 0, "GC_get_stopped_mark_total_time");
    for (i = 0; i < 20; i++) {
        EXPECT(GC_get_full_gc_total_ns_frac() < 1000000, "a millisecond or more");
        odd += GC_get_full_gc_total_ns_frac() > 1;
        GC_gcollect();
    }
    CHECK(odd > 0, "GC_get_full_gc_total_ns_frac");
    root = NULL;
}

/* ---- typed arrays in two steps ---- */

struct element {
    GC_word number;
    void *pointer;
    GC_word more;
};

CHECK_NOINLINE static void hold_typed(const struct GC_calloc_typed_descr_s *shape, int element,
                                      int word)
{
    void **list = (void **)GC_malloc(N * sizeof(void *));
    int i;

    for (i = 0; i < N; i++) {
        void **p = (void **)GC_calloc_do_explicitly_typed(shape, sizeof *shape);
        void *target = GC_malloc(24);

        EXPECT(p != NULL && check_all_bytes(p, 5 * sizeof(struct element), 0), "array %d", i);
        GC_PTR_STORE_AND_DIRTY(&p[3 * element + word], target);
        GC_PTR_STORE_AND_DIRTY(&list[i], p);
        weak_set(i, target);
    }
    root = list;
}

static void test_typed(void)
{
    static struct GC_calloc_typed_descr_s shape;
    GC_word map[GC_BITMAP_SIZE(struct element)] = {0};
    GC_descr d;

    GC_set_bit(map, GC_WORD_OFFSET(struct element, pointer));
    d = GC_make_descriptor(map, GC_WORD_LEN(struct element));
    CHECK(GC_calloc_prepare_explicitly_typed(&shape, sizeof shape, 5, sizeof(struct element), d)
              == 1,
          "GC_calloc_prepare_explicitly_typed");
    hold_typed(&shape, 4, 1);
    CHECK(WEAK_ALL_LEFT(N), "GC_calloc_do_explicitly_typed keeps by its bitmap");
    weak_clear();
    hold_typed(&shape, 3, 2);
    CHECK(WEAK_NONE_LEFT(N), "and only by that");
    weak_clear();
    root = NULL;
}

static void GC_CALLBACK correct_sp(void **sp, void *thread)
{
    (void)sp;
    (void)thread;
}

int main(void)
{
    GC_word no;

    check_start();
    GC_INIT();
    test_versions();
    test_allocation();
    test_debug();
    test_settings();
    test_os_memory();
    test_interrupt();
    test_links();
    test_print_procs();
    test_lock();
    test_pauses();
    test_typed();
#ifdef _WIN32
    check_unsupported("a program cannot replace a function of a DLL");
#else
    freed = 0;
    GC_free(GC_malloc(32));
    CHECK(freed == 1, "GC_free_profiler_hook of the program is called");
#endif
    CHECK(GC_get_sp_corrector() == 0, "no stack corrector at first");
    GC_set_sp_corrector(correct_sp);
    CHECK(GC_get_sp_corrector() == correct_sp, "GC_set_sp_corrector");
    GC_set_sp_corrector(0);
    GC_init_global_static_roots();
    GC_gcollect();
    no = GC_get_gc_no();
    GC_finish_and_disable();
    CHECK(GC_is_disabled(), "GC_finish_and_disable");
    no = GC_get_gc_no();
    GC_gcollect();
    CHECK(GC_get_gc_no() == no, "nothing collects afterwards");
    GC_enable();
    return check_done();
}
