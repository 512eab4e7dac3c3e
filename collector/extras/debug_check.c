/* debug_check.c - debugging objects looked at: header, damage, reports, callers.
 *
 * Making and freeing them: debug.c.
 *
 * [wiped]   A debugging object found unreachable loses its header in that cycle, once it has been
 *           checked: what is made in its slot next is never taken for it.
 * [later]   Damage is noted with the world stopped, and the object kept; it is reported when no
 *           lock is held, and repaired so that one report is made of it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/extras.h"

#if defined(__has_include) && !defined(GCI_WITHOUT_UNWIND)
# if defined(__GLIBC__) && __has_include(<execinfo.h>)
#  include <execinfo.h>
#  define HAVE_BACKTRACE 1
# elif __has_include(<unwind.h>)
#  include <unwind.h>
#  define HAVE_UNWIND 1
# endif
# if defined(DYNAMIC_LOADING) && defined(__ELF__) && __has_include(<dlfcn.h>)
#  include <dlfcn.h>
#  define HAVE_SYMBOLS 1
# endif
#endif

/* ---- header ----------------------------------------------------------------------------- */

/* Complements of addresses: not taken for pointers by the collector. */
word gci_debug_guard(const void *user, enum gci_debug_state state)
{
    static const word salts[] = { 0, 0x5a50, 0x3c30, 0x6960 };

    return ~(word)user ^ salts[state];
}

word gci_debug_end_guard(const void *user) { return ~(word)user ^ 0x2d20; }

bool gci_debug_fits(const struct gci_debug_header *h, size_t slot_bytes)
{
    return h->bytes < slot_bytes
           && gci_debug_caller_count(h) <= GCI_DEBUG_CALLERS
           && (word)(gci_debug_tail(h) + 1 + gci_debug_caller_count(h)) - (word)h <= slot_bytes;
}

/* A smashed start guard is forgiven when the end guard is there. */
enum gci_debug_state gci_debug_state(const void *base, size_t slot_bytes)
{
    const struct gci_debug_header *h = base;
    enum gci_debug_state state;

    if (slot_bytes < sizeof *h + GCI_WORD_BYTES)
        return GCI_DEBUG_NONE;
    for (state = GCI_DEBUG_LIVE; state <= GCI_DEBUG_FREED; state++)
        if (h->guard == gci_debug_guard(h + 1, state))
            return state;
    if (gci_debug_fits(h, slot_bytes) && *gci_debug_tail(h) == gci_debug_end_guard(h + 1))
        return GCI_DEBUG_LIVE;
    return GCI_DEBUG_NONE;
}

static ptr_t first_other_byte(ptr_t p, ptr_t end, unsigned char value)
{
    for (; p < end; p++)
        if (*(unsigned char *)p != value)
            return p;
    return NULL;
}

ptr_t gci_debug_damage(ptr_t base, size_t slot_bytes)
{
    struct gci_debug_header *h = (struct gci_debug_header *)(void *)base;
    enum gci_debug_state state = gci_debug_state(base, slot_bytes);
    ptr_t user = (ptr_t)(h + 1), where;

    if (state == GCI_DEBUG_NONE || state == GCI_DEBUG_FREED)
        return NULL;
    if (!gci_debug_fits(h, slot_bytes))
        return (ptr_t)&h->bytes;
    if (state == GCI_DEBUG_KEPT) {
        where = first_other_byte(user, (ptr_t)gci_debug_tail(h), GCI_DEBUG_FREED_FILL);
    } else {
        if (h->guard != gci_debug_guard(user, state))
            return (ptr_t)&h->guard;
        where = first_other_byte(user + h->bytes, (ptr_t)gci_debug_tail(h), GCI_DEBUG_FILL);
    }
    if (where == NULL && *gci_debug_tail(h) != gci_debug_end_guard(user))
        where = (ptr_t)gci_debug_tail(h);
    return where;
}

/* ---- reports about one object ---------------------------------------------------------------- */

static GC_describe_type_fn describe_fns[GCI_MAX_KINDS];

GC_API void GC_CALL GC_register_describe_type_fn(int kind, GC_describe_type_fn fn)
{
    if (kind < 0 || kind >= GCI_MAX_KINDS)
        gci_abort("GC_register_describe_type_fn: %d is not a kind", kind);
    describe_fns[kind] = fn;
}

const char *gci_debug_kind_name(unsigned kind)
{
    switch (kind) {
    case GCI_KIND_PTRFREE:
        return "PTRFREE";
    case GCI_KIND_NORMAL:
        return "NORMAL";
    case GCI_KIND_UNCOLLECTABLE:
        return "UNCOLLECTABLE";
    case GCI_KIND_AUNCOLLECTABLE:
        return "ATOMIC_UNCOLLECTABLE";
    default:
        return "of the program";
    }
}

static const char *describe(unsigned kind, ptr_t base, char *text)
{
    if (describe_fns[kind] == NULL || !gci_mark_is_marked(base))
        return gci_debug_kind_name(kind);
    text[0] = '\0';
    describe_fns[kind](base, text);
    text[GC_TYPE_DESCR_LEN - 1] = '\0';
    return text;
}

/* A write that hit the start guard may have come through the header. */
static bool place_is_intact(const struct gci_debug_header *h)
{
    return h->file != NULL && (h->guard == gci_debug_guard(h + 1, GCI_DEBUG_LIVE)
                               || h->guard == gci_debug_guard(h + 1, GCI_DEBUG_KEPT));
}

void gci_debug_print_object(const char *prefix, ptr_t base)
{
    const struct gci_debug_header *h = (const struct gci_debug_header *)(void *)base;
    const struct gci_block *run = gci_heap_run((word)base);
    char text[GC_TYPE_DESCR_LEN + 1];
    const char *kind = describe(run->kind, base, text);
    enum gci_debug_state state = gci_debug_state(base, run->obj_bytes);

    if (state == GCI_DEBUG_NONE || state == GCI_DEBUG_FREED) {
        gci_print("%sobject at %p (appr. sz= %lu, %s)\n", prefix, (void *)base,
                  (unsigned long)run->obj_bytes, kind);
        return;
    }
    if (!gci_debug_fits(h, run->obj_bytes)) {
        gci_print("%sobject at %p (header damaged, appr. sz= %lu, %s)\n", prefix,
                  (const void *)(h + 1), (unsigned long)run->obj_bytes, kind);
        return;
    }
    gci_print("%sobject at %p (%s:%lu, sz= %lu, %s)\n", prefix, (const void *)(h + 1),
              place_is_intact(h) ? h->file : "?",
              (unsigned long)(h->line & (((word)1 << GCI_DEBUG_LINE_BITS) - 1)),
              (unsigned long)h->bytes, kind);
    gci_debug_print_callers(gci_debug_tail(h) + 1, gci_debug_caller_count(h));
}

/* ---- callers --------------------------------------------------------------------------- */

/* Is that an address in this library's code? */
static bool is_own(word address)
{
#ifdef HAVE_SYMBOLS
    static volatile word own_start;
    Dl_info info;

    if (own_start == 0 && dladdr((void *)(word)gci_debug_guard, &info) != 0)
        own_start = (word)info.dli_fbase;
    return own_start != 0 && dladdr((void *)address, &info) != 0
           && (word)info.dli_fbase == own_start;
#else
    (void)address;
    return false;
#endif
}

#ifdef HAVE_BACKTRACE
/* The C library loads the unwinder when it is first wanted: most programs never do. */
static int all_frames(void **frames, int most)
{
    return backtrace(frames, most);
}
#elif defined(HAVE_UNWIND)
struct trail {
    void **frames;
    int count, most;
};

static _Unwind_Reason_Code note_frame(struct _Unwind_Context *context, void *arg)
{
    struct trail *trail = arg;
    word ip = (word)_Unwind_GetIP(context);

    if (ip == 0 || trail->count == trail->most)
        return _URC_END_OF_STACK;
    trail->frames[trail->count++] = (void *)ip;
    return _URC_NO_REASON;
}

static int all_frames(void **frames, int most)
{
    struct trail trail = { frames, 0, most };

    (void)_Unwind_Backtrace(note_frame, &trail);
    return trail.count;
}
#endif

#if defined(HAVE_BACKTRACE) || defined(HAVE_UNWIND)
#define OWN_FRAMES 16

unsigned gci_debug_save_callers(word *callers, unsigned count)
{
    void *frames[OWN_FRAMES + GCI_DEBUG_CALLERS];
    int n = all_frames(frames, OWN_FRAMES + GCI_DEBUG_CALLERS), first = 0;
    unsigned saved = 0;

    while (first < n && is_own((word)frames[first]))
        first++;
    if (first == n) /* linked statically: everything is own */
        first = 0;
    for (; first < n && saved < count; first++)
        callers[saved++] = (word)frames[first];
    return saved;
}
#else
unsigned gci_debug_save_callers(word *callers, unsigned count)
{
    word caller = (word)GCI_RETURN_ADDRESS();

    if (count == 0 || caller == 0)
        return 0;
    callers[0] = caller;
    return !is_own(caller);
}
#endif

void gci_debug_print_callers(const word *callers, unsigned count)
{
    unsigned i;

    if (count > 0)
        gci_print("\tCaller%s at allocation:\n", count > 1 ? "s" : "");
    for (i = 0; i < count; i++) {
#ifdef HAVE_SYMBOLS
        Dl_info info;

        if (dladdr((void *)callers[i], &info) != 0 && info.dli_sname != NULL) {
            gci_print("\t\t%s+0x%lx (%s) [%p]\n", info.dli_sname,
                      (unsigned long)(callers[i] - (word)info.dli_saddr), info.dli_fname,
                      (void *)callers[i]);
            continue;
        }
#endif
        gci_print("\t\t[%p]\n", (void *)callers[i]);
    }
}

/* ---- the whole heap -------------------------------------------------------------------- */

#define MAX_DAMAGED 20
static struct {
    ptr_t base, where;
} damaged[MAX_DAMAGED];
static volatile word damaged_count;

static void note_damage(ptr_t base, ptr_t where)
{
    unsigned n = (unsigned)damaged_count;

    if (n < MAX_DAMAGED) {
        damaged[n].base = base;
        damaged[n].where = where;
        gci_store(&damaged_count, n + 1);
        gci_mark_set_bit(base); /* [later] */
    }
}

void gci_debug_wipe(struct gci_debug_header *h, size_t slot_bytes)
{
    if (gci_debug_fits(h, slot_bytes))
        *gci_debug_tail(h) = 0;
    h->guard = 0;
    h->bytes = 0;
}

static void check_run(struct gci_block *run, void *arg GCI_UNUSED)
{
    word slot;

    for (slot = 0; slot < run->nslots; slot++) {
        ptr_t base = gci_run_object(run, slot), where;
        struct gci_debug_header *h = (struct gci_debug_header *)(void *)base;
        enum gci_debug_state state = gci_debug_state(base, run->obj_bytes);

        if (state == GCI_DEBUG_NONE || state == GCI_DEBUG_FREED)
            continue;
        where = gci_debug_damage(base, run->obj_bytes);
        if (where != NULL)
            note_damage(base, where);
        else if (!gci_run_marked(run, slot) && !GC_find_leak)
            gci_debug_wipe(h, run->obj_bytes); /* [wiped] */
    }
}

void gci_debug_check_stopped(void)
{
    if (gci_debug_started)
        gci_blocks_visit_runs(check_run, NULL);
}

static void repair(ptr_t base)
{
    struct gci_debug_header *h = (struct gci_debug_header *)(void *)base;
    ptr_t user = (ptr_t)(h + 1), p;

    if (!gci_debug_fits(h, gci_heap_run((word)base)->obj_bytes)) {
        h->guard = 0;
        return;
    }
    if (h->guard == gci_debug_guard(user, GCI_DEBUG_KEPT)) {
        for (p = user; p < (ptr_t)gci_debug_tail(h); p++)
            *(unsigned char *)p = GCI_DEBUG_FREED_FILL;
    } else {
        if (h->guard != gci_debug_guard(user, GCI_DEBUG_LIVE))
            h->file = "?";
        h->guard = gci_debug_guard(user, GCI_DEBUG_LIVE);
        for (p = user + h->bytes; p < (ptr_t)gci_debug_tail(h); p++)
            *(unsigned char *)p = GCI_DEBUG_FILL;
    }
    *gci_debug_tail(h) = gci_debug_end_guard(user);
}

void gci_debug_report(void)
{
    ptr_t bases[MAX_DAMAGED], wheres[MAX_DAMAGED];
    unsigned n, i;

    if (gci_load(&damaged_count) == 0)
        return;
    GCI_LOCK();
    n = (unsigned)damaged_count;
    for (i = 0; i < n; i++) { /* from here on this frame keeps them */
        bases[i] = damaged[i].base;
        wheres[i] = damaged[i].where;
    }
    damaged_count = 0;
    GCI_UNLOCK();
    if (n == 0)
        return;
    gci_print("Collection %lu: found %u smashed heap objects:\n", (unsigned long)GC_gc_no, n);
    for (i = 0; i < n; i++) {
        const struct gci_debug_header *h = (const struct gci_debug_header *)(void *)bases[i];

        gci_print("%s %p in or near\n",
                  h->guard == gci_debug_guard(h + 1, GCI_DEBUG_KEPT)
                      ? "Written after it was freed: at"
                      : "Smashed: at",
                  (void *)wheres[i]);
        gci_debug_print_object("  ", bases[i]);
        repair(bases[i]);
    }
    GC_reachable_here(bases);
}
