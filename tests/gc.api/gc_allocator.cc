/* gc_allocator.cc - gc_allocator.h: containers in collected and in searched memory */
/* variants: plain verify */
/* purpose: the three allocators with containers; pointer-free elements; failures */
#include "weak.h"
#include <gc/gc_allocator.h>
#include <gc/gc_mark.h>
#include <list>
#include <map>
#include <new>
#include <vector>

enum { N = 40 };

typedef std::vector<void *, gc_allocator<void *> > gc_vector;
typedef std::vector<void *, gc_allocator_ignore_off_page<void *> > off_page_vector;
typedef std::vector<void *, traceable_allocator<void *> > traceable_vector;
typedef std::map<int, void *, std::less<int>, gc_allocator<std::pair<const int, void *> > > gc_map;
typedef std::list<void *, traceable_allocator<void *> > traceable_list;

static gc_map *maps[N]; /* one element each, since a map is one connected graph */

CHECK_NOINLINE static void *target(int i)
{
    void *p = GC_malloc(24);

    weak_set(i, p);
    return p;
}

template <class Vector>
static void test_vector(const char *name)
{
    Vector v;
    for (int i = 0; i < N; i++)
        v.push_back(target(i));
    CHECK(WEAK_ALL_LEFT(N), name);
    CHECK(v.size() == N && v[3] == weak_get(3), "and its elements are what was put in");
    weak_clear();
}

CHECK_NOINLINE static void make_maps()
{
    for (int i = 0; i < N; i++) {
        maps[i] = new (GC_MALLOC(sizeof(gc_map))) gc_map;
        (*maps[i])[i] = target(i);
    }
}

/* The container itself is in memory that is not searched. */
static void test_traceable()
{
    traceable_list *list = new (malloc(sizeof(traceable_list))) traceable_list;
    for (int i = 0; i < N; i++)
        list->push_back(target(i));
    CHECK(WEAK_ALL_LEFT(N), "traceable_allocator keeps, wherever the container is");
    list->clear();
    CHECK(WEAK_NONE_LEFT(N), "until it is empty");
    weak_clear();
    list->~traceable_list();
    free(list);
}

static volatile size_t too_many = static_cast<size_t>(-1) - 100000;

template <class Allocator>
static int throws(Allocator a)
{
    try {
        (void)a.allocate(too_many);
    } catch (const std::bad_alloc &) {
        return 1;
    }
    return 0;
}

struct no_pointers {
    int numbers[10];
};
GC_DECLARE_PTRFREE(no_pointers);

int main()
{
    check_start();
    GC_INIT();
    GC_set_warn_proc(GC_ignore_warn_proc);
    test_vector<gc_vector>("gc_allocator keeps");
    test_vector<off_page_vector>("gc_allocator_ignore_off_page keeps");
    test_vector<traceable_vector>("traceable_allocator keeps");
    make_maps();
    CHECK(WEAK_ALL_LEFT(N), "a map keeps");
    CHECK((*maps[7])[7] == weak_get(7), "and finds");
    for (int i = 0; i < N; i++)
        maps[i] = 0;
    CHECK(WEAK_NONE_LEFT(N), "until it is dropped: nodes are collected");
    weak_clear();
    test_traceable();

    int normal = GC_get_kind_and_size(GC_malloc(1), 0);
    int atomic = GC_get_kind_and_size(GC_malloc_atomic(1), 0);
    CHECK(GC_get_kind_and_size(gc_allocator<char>().allocate(100), 0) == atomic
              && GC_get_kind_and_size(gc_allocator<double>().allocate(10), 0) == atomic
              && GC_get_kind_and_size(gc_allocator<no_pointers>().allocate(3), 0) == atomic,
          "elements without pointers are atomic");
    CHECK(GC_get_kind_and_size(gc_allocator<void *>().allocate(100), 0) == normal,
          "others are not");
    CHECK(throws(gc_allocator<void *>()) && throws(gc_allocator_ignore_off_page<void *>())
              && throws(traceable_allocator<void *>()),
          "a size that overflows throws std::bad_alloc");

    gc_allocator<int> a;
    gc_allocator<long> b(a);
    CHECK(a == b && !(a != b), "all are equal");
    CHECK(a.max_size() == static_cast<size_t>(-1) / sizeof(int), "max_size");
    int *p = a.allocate(4);
    a.construct(p, 17);
    CHECK(*p == 17 && a.address(*p) == p, "construct and address");
    a.destroy(p);
    a.deallocate(p, 4);
    gc_allocator<int>::rebind<char>::other c;
    CHECK(c.allocate(0) != 0, "0 elements");
    return check_done();
}
