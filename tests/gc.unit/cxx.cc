/* cxx.cc - gc_cpp.h and gc_allocator.h: collected classes, cleanup, placement, containers */
/* libs: gccpp */
/* variants: plain verify incremental */
#include "check.h"
#include <gc/gc_allocator.h>
#include <gc_cpp.h>

#include <map>
#include <string>
#include <vector>

static const int many = 200;
static int destroyed, cleaned, order_errors;

class Plain : public gc {
public:
    Plain *next;
    int value;
    explicit Plain(int v) : next(0), value(v) {}
};

class Cleaned : public gc_cleanup {
public:
    Cleaned *inner;
    int alive;
    explicit Cleaned(Cleaned *i) : inner(i), alive(1) {}
    ~Cleaned() {
        if (inner != 0 && !inner->alive)
            order_errors++; /* holders go first */
        alive = 0;
        destroyed++;
    }
};

struct Ordinary {
    Plain *held;
    int value;
};

static void GC_CALLBACK cleanup(void *obj, void *data)
{
    cleaned += static_cast<Ordinary *>(obj)->value == 77 && data == &cleaned;
}

CHECK_NOINLINE static void build_cleaned()
{
    for (int i = 0; i < many; i++) {
        Cleaned *a = new Cleaned(0);
        Cleaned *b = new Cleaned(a);
        GC_reachable_here(b);
    }
}

CHECK_NOINLINE static void build_ordinary()
{
    for (int i = 0; i < many; i++) {
        Ordinary *p = new (UseGC, cleanup, &cleaned) Ordinary;
        p->value = 77;
    }
}

static Plain *list;
static Ordinary *uncollected[100];

static void overwrite()
{
    for (int i = 0; i < 20000; i++) {
        Plain *p = new Plain(-1);
        GC_reachable_here(p);
    }
}

typedef std::vector<Plain *, gc_allocator<Plain *> > plain_vector;
typedef std::vector<Plain *, traceable_allocator<Plain *> > traceable_vector;
typedef std::map<int, Plain *, std::less<int>, gc_allocator<std::pair<const int, Plain *> > >
    plain_map;

static void containers()
{
    plain_vector v;
    traceable_vector *t = new traceable_vector; /* in uncollectable memory */
    plain_map m;
    for (int i = 0; i < 5000; i++) {
        v.push_back(new Plain(i));
        t->push_back(new Plain(i + 5000));
        m[i] = new Plain(i + 10000);
        if (i % 1000 == 0)
            GC_gcollect();
    }
    check_collect(2);
    overwrite();
    for (int i = 0; i < 5000; i++)
        EXPECT(v[static_cast<size_t>(i)]->value == i
                   && (*t)[static_cast<size_t>(i)]->value == i + 5000
                   && m[i]->value == i + 10000,
               "element %d is lost", i);
    delete t;
    std::basic_string<char, std::char_traits<char>, gc_allocator<char> > s;
    for (int i = 0; i < 10000; i++)
        s += static_cast<char>('a' + i % 26);
    GC_gcollect();
    EXPECT(s.size() == 10000 && s[9999] == 'a' + 9999 % 26, "a string is damaged");
    VERDICT("containers");
}

int main()
{
    check_start();
    GC_INIT();
    for (int i = 0; i < 10000; i++) {
        Plain *p = new Plain(i);
        p->next = list;
        GC_END_STUBBORN_CHANGE(p);
        list = p;
    }
    for (int i = 0; i < 100; i++) {
        uncollected[i] = new (NoGC) Ordinary;
        uncollected[i]->held = new Plain(i);
        uncollected[i]->value = i;
        GC_END_STUBBORN_CHANGE(uncollected[i]);
    }
    check_collect(2);
    overwrite();
    int n = 10000;
    for (Plain *p = list; p != 0; p = p->next)
        EXPECT(p->value == --n, "an object is lost");
    EXPECT(n == 0, "objects are missing");
    VERDICT("classes derived from gc");
    for (int i = 0; i < 100; i++)
        EXPECT(uncollected[i]->held->value == i, "held by an uncollected object: lost");
    VERDICT("operator new (NoGC)");
    for (int i = 0; i < 100; i++)
        ::operator delete(uncollected[i]);
    delete list;
    list = 0;
    char *bytes = new (PointerFreeGC) char[1000];
    CHECK(bytes != 0 && GC_size(bytes) >= 1000, "operator new (PointerFreeGC)");

    build_cleaned();
    build_ordinary();
    for (int i = 0; i < 6; i++) {
        check_collect(1);
        (void)GC_invoke_finalizers();
    }
    CHECK(destroyed >= 2 * many * 9 / 10 && destroyed <= 2 * many, "destructors run");
    CHECK(order_errors == 0, "holders before what they hold");
    CHECK(cleaned >= many * 9 / 10 && cleaned <= many, "cleanup functions run");
    int before = destroyed;
    delete new Cleaned(0);
    CHECK(destroyed == before + 1, "delete runs the destructor at once");
    containers();
    /* Ordinary operator new is replaced by the library: its memory is scanned. */
    std::vector<Plain *> *plain = new std::vector<Plain *>;
    for (int i = 0; i < 1000; i++)
        plain->push_back(new Plain(i));
    check_collect(2);
    overwrite();
    for (int i = 0; i < 1000; i++)
        EXPECT((*plain)[static_cast<size_t>(i)]->value == i, "lost");
    VERDICT("global operator new");
    delete plain;
    return check_done();
}
