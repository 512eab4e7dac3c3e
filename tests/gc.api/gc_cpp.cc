/* gc_cpp.cc - gc_cpp.h and libgccpp: collected classes, clean-up, placements, global new */
/* variants: plain verify */
/* libs: gccpp */
/* purpose: each operator new gives the kind of object it names; destructors run when due */
#define GC_ATOMIC_UNCOLLECTABLE
#include "check.h"
#include <gc_cpp.h>
#include <gc/gc_mark.h>
#include <new>

enum { N = 60 };

static int destroyed, cleaned, wrong;

class Plain : public gc {
public:
    Plain() : next(0), value(5) {}
    Plain *next;
    long value;
};

class Cleaned : public gc_cleanup {
public:
    explicit Cleaned(Plain *p) : magic(99), part(p) {}
    virtual ~Cleaned()
    {
        destroyed++;
        wrong += magic != 99 || (part != 0 && part->value != 5);
        magic = 0;
    }
    long magic;
    Plain *part;
};

/* Two parts with clean-up: one destructor call for the whole. */
class Derived : public Cleaned {
public:
    Derived() : Cleaned(0), member(0) {}
    Cleaned member;
};

struct Pod {
    Pod *next;
    char bytes[100];
};

struct Thrower : public gc {
    Thrower() { throw 7; }
};

static void GC_CALLBACK on_end(void *obj, void *data)
{
    cleaned++;
    wrong += static_cast<Pod *>(obj)->bytes[0] != 'p' || data != &cleaned;
}

static int kind_of(const void *p)
{
    return GC_get_kind_and_size(p, 0);
}

CHECK_NOINLINE static void drop_many()
{
    for (int i = 0; i < N; i++) {
        (void)new Cleaned(new Plain);
        Pod *p = new (UseGC, on_end, &cleaned) Pod;
        p->bytes[0] = 'p';
    }
}

CHECK_NOINLINE static void drop_derived()
{
    for (int i = 0; i < N; i++)
        (void)new Derived;
}

static void collect_all()
{
    for (int i = 0; i < 4; i++) {
        check_collect(1);
        (void)GC_invoke_finalizers();
    }
}

static void test_placements()
{
    int normal = kind_of(GC_malloc(1)), atomic = kind_of(GC_malloc_atomic(1));
    int uncollectable = kind_of(GC_malloc_uncollectable(1));
    int atomic_uncollectable = kind_of(GC_malloc_atomic_uncollectable(1));
    Plain *a = new Plain, *b = new (NoGC) Plain, *c = new (GC) Plain;
    Plain *array = new Plain[10];
    Pod *d = new (UseGC) Pod, *e = new (PointerFreeGC) Pod, *f = new (NoGC) Pod, *g = new Pod;
    Pod *h = new (PointerFreeNoGC) Pod, *i = new Pod[5], *j = new (UseGC) Pod[5];
    char room[sizeof(Plain)] __attribute__((aligned(16)));
    Plain *k = new (static_cast<void *>(room)) Plain;

    CHECK(kind_of(a) == normal && kind_of(c) == normal && kind_of(GC_base(array)) == normal,
          "classes derived from gc are collected");
    CHECK(kind_of(b) == uncollectable, "but not with NoGC");
    CHECK(kind_of(d) == normal && kind_of(GC_base(j)) == normal, "UseGC");
    CHECK(kind_of(e) == atomic, "PointerFreeGC");
    CHECK(kind_of(f) == uncollectable, "NoGC");
    CHECK(kind_of(h) == atomic_uncollectable, "PointerFreeNoGC");
    CHECK(kind_of(g) == uncollectable && kind_of(GC_base(i)) == uncollectable,
          "ordinary objects are uncollectable and searched");
    CHECK(static_cast<void *>(k) == static_cast<void *>(room) && k->value == 5, "new in a place");
    delete a;
    delete b;
    delete c;
    delete[] array;
    delete f;
    delete g;
    delete h;
    delete[] i;
    void *none = ::operator new(0);
    CHECK_LAUNDER(none);
    CHECK(none != 0, "operator new(0)");
    try {
        (void)new Thrower;
        wrong++;
    } catch (int seven) {
        wrong += seven != 7;
    }
    CHECK(wrong == 0, "a constructor that throws");
}

static volatile size_t too_much = static_cast<size_t>(-1) - 100000;

static void test_out_of_memory()
{
    int thrown = 0;

    GC_set_warn_proc(GC_ignore_warn_proc);
    try {
        (void)::operator new(too_much);
    } catch (const std::bad_alloc &) {
        thrown++;
    }
    try {
        (void)::operator new[](too_much);
    } catch (const std::bad_alloc &) {
        thrown++;
    }
    try {
        (void)gc::operator new(too_much);
    } catch (const std::bad_alloc &) {
        thrown++;
    }
    try {
        (void)::operator new(too_much, UseGC);
    } catch (const std::bad_alloc &) {
        thrown++;
    }
    try {
        GC_throw_bad_alloc();
    } catch (const std::bad_alloc &) {
        thrown++;
    }
    CHECK(thrown == 5, "out of memory throws std::bad_alloc");
    CHECK(::operator new(too_much, std::nothrow) == 0, "or gives 0 to nothrow");
}

#ifndef __cpp_sized_deallocation
void operator delete(void *, std::size_t) GC_NOEXCEPT;
void operator delete[](void *, std::size_t) GC_NOEXCEPT;
#endif

/* By name: which form a delete expression takes depends on the standard. */
static void test_sized()
{
    GC_word before = GC_get_non_gc_bytes();
    void *p = ::operator new[](1000);

    CHECK(GC_get_non_gc_bytes() >= before + 1000, "operator new[] makes uncollectable objects");
    ::operator delete[](p, std::size_t(1000));
    CHECK(GC_get_non_gc_bytes() == before, "operator delete[] with a size frees");
    p = ::operator new[](1000);
    ::operator delete[](p);
    CHECK(GC_get_non_gc_bytes() == before, "operator delete[] frees");
    p = ::operator new(1000);
    CHECK(GC_get_non_gc_bytes() >= before + 1000, "operator new makes uncollectable objects");
    ::operator delete(p);
    CHECK(GC_get_non_gc_bytes() == before, "operator delete frees");
    p = ::operator new(1000);
    ::operator delete(p, std::size_t(1000));
    CHECK(GC_get_non_gc_bytes() == before, "operator delete with a size frees");
}

int main()
{
    check_start();
    GC_INIT();
    test_sized();
    test_placements();
    drop_many();
    collect_all();
    CHECK(destroyed >= N - N / 8, "destructors of gc_cleanup run");
    CHECK(cleaned >= N - N / 8, "clean-up functions run");
    destroyed = 0;
    drop_derived();
    collect_all();
    CHECK(destroyed >= 2 * (N - N / 8) && destroyed <= 2 * N + 2, "once for the whole object");
    CHECK(wrong == 0, "on objects that are whole");
    destroyed = 0;
    delete new Cleaned(0);
    Cleaned *local = new Cleaned(0);
    {
        Cleaned on_stack(0);
    }
    local->~Cleaned();
    collect_all();
    CHECK(destroyed == 3, "an explicit destructor call is the only one");
    test_out_of_memory();
    return check_done();
}
