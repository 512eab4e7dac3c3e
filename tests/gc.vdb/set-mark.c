/* set-mark.c - what an object refers to stays if GC_set_mark_bit marks the object while a marking is under way */
/* only: tidemark */
#define GC_THREADS 1
#include "check.h"
#include "gc/gc_mark.h"

#define PAIRS 2000
#define LIVE  400000

struct pair {
    struct pair *child;
    GC_word value;
};

static struct pair *volatile live; /* makes marking last */
static GC_word hidden[PAIRS];
static volatile int begun, under_way;

/* The marks are clear and marking goes on when the world runs again after the first stop. */
static void GC_CALLBACK on_event(GC_EventType e)
{
    if (e == GC_EVENT_START)
        begun = 1;
    else if (e == GC_EVENT_POST_START_WORLD)
        under_way = begun;
    else if (e == GC_EVENT_MARK_END || e == GC_EVENT_END)
        begun = under_way = 0;
}

static struct pair *make(struct pair *child, GC_word value)
{
    struct pair *p = (struct pair *)GC_malloc(sizeof *p);

    p->child = child;
    p->value = value;
    GC_END_STUBBORN_CHANGE(p);
    return p;
}

static void hide(void)
{
    GC_word i;

    for (i = 0; i < PAIRS; i++)
        hidden[i] = GC_HIDE_POINTER(make(make(NULL, i), i));
}

/* Returns how many were marked before the marking ended. */
static int mark_some(void)
{
    int i;

    for (i = 0; i < PAIRS && under_way; i++) {
        void *p = (void *)GC_REVEAL_POINTER(hidden[i]);

        if (!GC_is_marked(p))
            GC_set_mark_bit(p);
    }
    return i;
}

int main(void)
{
    int i, n = 0, round, wait;

    check_start();
    GC_set_on_collection_event(on_event);
    GC_INIT();
    GC_enable_incremental();
    if (!GC_is_incremental_mode()) {
        check_unsupported("no incremental mode");
        return check_done();
    }
    for (i = 0; i < LIVE; i++)
        live = make(live, 0);
    for (round = 0; round < 10; round++) {
        int here = 0;

        GC_gcollect();
        hide();
        for (wait = 0; wait < 3000000 && !under_way; wait++)
            (void)*(GC_word *volatile)GC_malloc(32);
        if (under_way)
            here = mark_some();
        n += here;
        for (wait = 0; wait < 30000000 && under_way; wait++)
            (void)*(GC_word *volatile)GC_malloc(32);
        for (i = 0; i < here; i++) {
            struct pair *p = (struct pair *)GC_REVEAL_POINTER(hidden[i]);

            EXPECT(p->value == (GC_word)i && p->child != NULL && GC_base(p->child) == (void *)p->child
                   && GC_is_marked(p->child) && p->child->value == (GC_word)i, "pair %d of round %d lost its child", i, round);
        }
    }
    check_note("%d objects marked by hand", n);
    if (n == 0)
        check_unsupported("no marking was under way while the program ran");
    VERDICT("what they refer to stays");
    return check_done();
}
