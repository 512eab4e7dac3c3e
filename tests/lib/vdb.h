/* vdb.h - incremental mode: asks for the provider of dirty bits that GC_VDB names, knows when
 * marking runs beside the program, and counts what was done meanwhile.
 *
 * The collector tells of a cycle by its events: between GC_EVENT_MARK_START and GC_EVENT_MARK_END
 * the program runs only when marking is concurrent.
 *
 * [not-idle]  A program whose subject is the concurrent phase ends with vdb_judge: with a provider
 *             at work, something must have been done inside, or the test tested nothing.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef VDB_H
#define VDB_H

#include "check.h"

static volatile int vdb_marking;           /* marking is under way */
static volatile unsigned long vdb_stops;   /* stops of the world so far */
static volatile unsigned long vdb_marks;   /* markings that ended */
static unsigned long vdb_inside;           /* operations while it was */

static void GC_CALLBACK vdb_event(GC_EventType e)
{
    if (e == GC_EVENT_MARK_START) {
        vdb_marking = 1;
    } else if (e == GC_EVENT_MARK_END) {
        vdb_marking = 0;
        vdb_marks++;
    } else if (e == GC_EVENT_END) { /* a marking that was given up has no end */
        vdb_marking = 0;
    } else if (e == GC_EVENT_POST_STOP_WORLD) {
        vdb_stops++;
    }
}

/* ---- the provider -------------------------------------------------------- */

#ifdef GC_VDB_UFFD
static const struct {
    const char *name;
    unsigned bit;
} vdb_known[] = {{"uffd", GC_VDB_UFFD},     {"soft", GC_VDB_SOFT}, {"mprotect", GC_VDB_MPROTECT},
                 {"manual", GC_VDB_MANUAL}, {"gww", GC_VDB_GWW},   {"proc", GC_VDB_PROC},
                 {"none", GC_VDB_DEFAULT}};

CHECK_UNUSED static const char *vdb_name(unsigned bit)
{
    size_t i;

    for (i = 0; i < sizeof vdb_known / sizeof *vdb_known; i++)
        if (vdb_known[i].bit == bit)
            return vdb_known[i].name;
    return bit == GC_VDB_NONE ? "nothing" : "something unknown";
}

/* Is the provider that GC_VDB names (any, when it names none) at work? */
static int vdb_is_right(const char *name)
{
    unsigned actual = GC_get_actual_vdb();

    if (name != NULL && strcmp(name, "none") == 0)
        return actual == GC_VDB_NONE || actual == GC_VDB_DEFAULT;
    return name == NULL || strcmp(name, vdb_name(actual)) == 0;
}
#endif

/* Does the collector mark beside the program? */
CHECK_UNUSED static int vdb_at_work(void)
{
#ifdef GC_VDB_UFFD
    return GC_is_incremental_mode() && GC_get_actual_vdb() != GC_VDB_NONE;
#else
    return GC_is_incremental_mode();
#endif
}

/* After GC_INIT.  Returns 0 when the named provider is not at work: UNSUPPORTED, or, where the
 * driver has seen it work (GC_TEST_VDB_WORKS), a failure. */
CHECK_UNUSED static int vdb_as_asked(void)
{
    GC_set_on_collection_event(vdb_event);
    if (!GC_is_incremental_mode())
        GC_enable_incremental();
#ifdef GC_VDB_UFFD
    check_note("incremental mode %d, dirty bits by %s", GC_is_incremental_mode(),
               vdb_name(GC_get_actual_vdb()));
    if (!vdb_is_right(getenv("GC_VDB"))) {
        if (getenv("GC_TEST_VDB_WORKS") != NULL)
            CHECK(0, "the provider that works here is taken");
        else
            check_unsupported("this provider is not to be had here");
        return 0;
    }
#endif
    return 1;
}

/* The first call of a program, instead of check_start and GC_INIT. */
CHECK_UNUSED static int vdb_start(void)
{
    const char *name = getenv("GC_VDB");

    check_start();
    if (name != NULL && strcmp(name, "manual") == 0)
        GC_set_manual_vdb_allowed(1); /* this program tells what it writes */
    GC_INIT();
    return vdb_as_asked();
}

/* ---- cycles -------------------------------------------------------------- */

/* Begins a cycle, and goes on to where marking is under way; is it? */
CHECK_UNUSED static int vdb_enter(void)
{
    int k;

    if (!vdb_at_work())
        return 0;
    GC_start_incremental_collection();
    for (k = 0; !vdb_marking && k < 100000; k++)
        if (!GC_collect_a_little())
            break;
    return vdb_marking;
}

/* Ends it, or collects where the mode is not to be had. */
CHECK_UNUSED static void vdb_leave(void)
{
    long k = 0;
    double until = check_now_s() + 20;

    if (!vdb_at_work()) {
        GC_gcollect();
        return;
    }
    while (GC_collect_a_little())
        if (++k % 256 == 0 && check_now_s() > until) {
            EXPECT(0, "a cycle does not come to its end by GC_collect_a_little");
            GC_gcollect();
            break;
        }
    vdb_marking = 0; /* in a child of fork the cycle was given up without a word */
}

/* An operation was done just now. */
CHECK_UNUSED static void vdb_did(void)
{
    if (vdb_marking)
        __atomic_add_fetch(&vdb_inside, 1, __ATOMIC_RELAXED);
}

/* [not-idle] */
CHECK_UNUSED static void vdb_judge(void)
{
    check_note("%lu operations during marking, %lu markings, %lu stops, %lu collections",
               vdb_inside, vdb_marks, vdb_stops, (unsigned long)GC_get_gc_no());
    if (vdb_at_work() && !check_is_stock)
        CHECK(vdb_inside > 0, "something was done during marking");
}

#endif /* VDB_H */
