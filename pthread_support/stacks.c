/* stacks.c - the stacks of a thread: their ends, alternate stacks, and what of them is a root.
 *
 * Used with and without thread support.  The list of threads: registry.c (single.c).  Leaving and
 * entering the stack from blocking regions: blocking.c.  Stack bounds from the system: port.h.
 *
 * [home]     stack_cold_home is the cold end given at registration; between it and the end of the
 *            mapping lie frames of the thread library, static thread-local storage and the
 *            thread descriptor with its pthread_setspecific values: roots whatever stack runs.
 * [alt]      A thread whose hot end lies on an alternate signal stack has two stretches:
 *            [regs_lo, regs_hi) there, and its normal stack from the interrupted stack pointer,
 *            which the kernel saved on the alternate stack and which is found by searching it.
 * [segments] GC_call_with_gc_active: the address of a segment is the cold end of the frames above
 *            it, its `hot` is where the frames below the blocked ones begin.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/threads.h"

#ifdef UNIX_LIKE
# include <signal.h>
#endif

#ifdef STACK_GROWS_UP
static const bool grows_up = true;
#else
static const bool grows_up = false;
#endif

/* Leaf frames may use this much beyond the stack pointer on some machine. */
#define RED_ZONE_BYTES 512u
/* How far down a stack is believed to reach of which only the cold end is known. */
#define GUESSED_STACK_BYTES ((word)8 << 20)

static GC_sp_corrector_proc sp_corrector; /* allocator lock */

static bool hotter(ptr_t a, ptr_t b)
{
    return grows_up ? a > b : a < b;
}

static bool within(ptr_t p, ptr_t lo, ptr_t hi)
{
    return lo != NULL && p >= lo && p < hi;
}

/* The main thread's cold end is the public variable: programs move it. */
ptr_t gci_stack_cold_end(const struct gci_thread *t)
{
    return (t->flags & GCI_THREAD_MAIN) != 0 && GC_stackbottom != NULL ? GC_stackbottom
                                                                       : t->stack_cold;
}

/* The main stack's mapping grows, and some C libraries name only a part: its bounds prove that an
   address is inside, never that one is outside. */
static bool on_home_stack(const struct gci_thread *t, ptr_t p)
{
    if ((t->flags & GCI_THREAD_MAIN) != 0)
        return within(p, t->stack_map_lo, grows_up ? t->stack_map_hi : t->stack_cold_home);
    return within(p, t->stack_map_lo, t->stack_map_hi);
}

/* ---- alternate stacks ------------------------------------------------------- */

/* Is `hot`, which lies in the calling thread's current frame, on its alternate signal stack? */
static bool find_alternate_stack(ptr_t hot, ptr_t *lo, ptr_t *hi)
{
#if defined(UNIX_LIKE) && defined(SS_ONSTACK)
    stack_t now;

    if (sigaltstack(NULL, &now) != 0 || (now.ss_flags & SS_ONSTACK) == 0)
        return false;
    *lo = now.ss_sp;
    *hi = *lo + now.ss_size;
    return within(hot, *lo, *hi);
#else
    (void)hot;
    (void)lo;
    (void)hi;
    return false;
#endif
}

static bool readable(ptr_t p)
{
    char probe;
#ifdef GCI_THREADS
    int was = gci_cancel_disable(); /* it may use read and write */
    bool answer = gci_sys_safe_read(&probe, p, 1);

    gci_cancel_restore(was);
    return answer;
#else
    return gci_sys_safe_read(&probe, p, 1);
#endif
}

/* [alt] The interrupted stack pointer is the hottest word on the alternate stack that points into
   the normal one, or some word still hotter: never too cold. */
GCI_NO_SANITIZE
static ptr_t interrupted_hot_end(const struct gci_thread *t, ptr_t from, ptr_t to)
{
    ptr_t cold = gci_stack_cold_end(t), best, wider;
    ptr_t lo = t->norm_lo != NULL ? t->norm_lo : t->stack_map_lo;
    ptr_t hi = t->norm_lo != NULL ? t->norm_hi : t->stack_map_hi;
    bool trusted = lo != NULL && (t->flags & GCI_THREAD_MAIN) == 0;
    const word *p = (const word *)gci_align_up((word)(uintptr_t)from, sizeof(word));

    if (!trusted || !within(cold - 1, lo, hi)) {
        trusted = false;
        lo = grows_up ? cold : cold - GUESSED_STACK_BYTES;
        hi = grows_up ? cold + GUESSED_STACK_BYTES : cold;
    }
    best = cold;
    for (; (ptr_t)(p + 1) <= to; p++) {
        ptr_t candidate = (ptr_t)*p;

        if (within(candidate, lo, hi) && hotter(candidate, best)
            && (trusted || readable(candidate)))
            best = candidate;
    }
    wider = grows_up ? best + RED_ZONE_BYTES : best - RED_ZONE_BYTES;
    if (!within(wider, lo, hi))
        return trusted ? (grows_up ? hi : lo) : best;
    return trusted || readable(wider) ? wider : best;
}

void gci_stack_note_hot_sigsafe(struct gci_thread *t, ptr_t hot, ptr_t alt_lo, ptr_t alt_hi)
{
    t->regs_lo = t->regs_hi = NULL;
    t->stack_hot = hot;
    if (alt_lo == NULL) {
        if (within(hot, t->alt_lo, t->alt_hi)) {
            alt_lo = t->alt_lo;
            alt_hi = t->alt_hi;
        } else if (on_home_stack(t, hot) || !find_alternate_stack(hot, &alt_lo, &alt_hi)) {
            return;
        }
    }
    t->regs_lo = grows_up ? alt_lo : hot;
    t->regs_hi = grows_up ? hot : alt_hi;
    t->stack_hot = interrupted_hot_end(t, t->regs_lo, t->regs_hi);
}

/* ---- bounds ------------------------------------------------------------------- */

/* The calling thread's cold end, NULL if unknown, and whether it is the main stack. */
static ptr_t find_cold_end(bool *is_main)
{
    void *lo, *hi;
    ptr_t main_cold = gci_stack_main_base();

    *is_main = !config_threads;
    if (!gci_stack_of_this_thread(&lo, &hi))
        return config_threads ? NULL : main_cold;
    if (main_cold != NULL && main_cold >= (ptr_t)lo && main_cold <= (ptr_t)hi) {
        *is_main = true;
        return main_cold;
    }
    return grows_up ? lo : hi;
}

/* Some C libraries place the caller's frame outside what they say (or say nothing). */
bool gci_stack_find_cold(ptr_t *cold)
{
    bool is_main;

    *cold = find_cold_end(&is_main);
    return is_main;
}

void gci_stack_describe(struct gci_thread *t, ptr_t cold, ptr_t frame)
{
    void *lo, *hi;
    bool known = gci_stack_of_this_thread(&lo, &hi);

    if (cold == NULL)
        cold = !known ? frame : grows_up ? lo : hi;
    t->stack_cold = t->stack_cold_home = cold;
    t->thread_pointer = gci_roots_thread_pointer();
    t->stack_map_lo = t->stack_map_hi = NULL;
    if (!known)
        return;
    t->stack_map_lo = lo;
    t->stack_map_hi = hi;
    if (cold < (ptr_t)lo || cold > (ptr_t)hi) /* registered from a coroutine: nothing of home known */
        t->stack_cold_home = grows_up ? (ptr_t)lo : (ptr_t)hi;
}

void gci_stack_set_cold(struct gci_thread *t, ptr_t cold)
{
    t->stack_cold = cold;
    if ((t->flags & GCI_THREAD_MAIN) != 0)
        GC_stackbottom = cold;
}

ptr_t gci_stack_widen(struct gci_thread *t, ptr_t here)
{
    ptr_t was = gci_stack_cold_end(t);

    /* A base on another stack than `here` is a coroutine's: left alone. */
    if (!within(here, t->stack_map_lo, t->stack_map_hi) || was < t->stack_map_lo
        || was > t->stack_map_hi || !hotter(was, here))
        return NULL;
    gci_stack_set_cold(t, here);
    return was;
}

GC_API int GC_CALL GC_get_stack_base(struct GC_stack_base *sb)
{
    ptr_t cold;

    (void)gci_stack_find_cold(&cold);
    if (cold == NULL)
        return GC_UNIMPLEMENTED;
    sb->mem_base = cold;
    return GC_SUCCESS;
}

GC_API void *GC_CALL GC_call_with_stack_base(GC_stack_base_func fn, void *arg)
{
    struct GC_stack_base sb;
    void *result;

    sb.mem_base = __builtin_frame_address(0);
    if (!hotter((ptr_t)&sb, sb.mem_base)) /* where the frame address is the hot end */
        sb.mem_base = grows_up ? (ptr_t)&sb : (ptr_t)(&sb + 1);
    result = fn(&sb, arg);
    GCI_COMPILER_BARRIER(); /* no tail call: the frame has to exist during fn */
    return result;
}

GC_API void *GC_CALL GC_get_my_stackbottom(struct GC_stack_base *sb)
{
    struct gci_thread *t = gci_self();

    if (t == NULL)
        gci_abort("GC_get_my_stackbottom(%p): the calling thread is not registered", (void *)sb);
    GCI_LOCK();
    sb->mem_base = gci_stack_cold_end(t);
    GCI_UNLOCK();
    return t;
}

GC_API void GC_CALL GC_set_stackbottom(void *handle, const struct GC_stack_base *sb)
{
    struct gci_thread *t = handle != NULL ? handle : gci_self();
    const struct GC_stack_base *base = GCI_LAUNDERED(sb);

    if (base == NULL || base->mem_base == NULL)
        gci_abort("GC_set_stackbottom(%p, %p): no stack base given", handle, (const void *)base);
    if (!gci_is_initialized() && t == NULL) {
        GC_stackbottom = base->mem_base;
        return;
    }
    if (t == NULL)
        gci_abort("GC_set_stackbottom(%p, %p): the calling thread is not registered", handle,
                  base->mem_base);
    gci_stack_set_cold(t, base->mem_base);
}

GC_API void GC_CALL GC_set_sp_corrector(GC_sp_corrector_proc proc)
{
    GCI_LOCK();
    sp_corrector = proc;
    GCI_UNLOCK();
}

GC_API GC_sp_corrector_proc GC_CALL GC_get_sp_corrector(void)
{
    GC_sp_corrector_proc proc;

    GCI_LOCK();
    proc = sp_corrector;
    GCI_UNLOCK();
    return proc;
}

/* ---- roots ---------------------------------------------------------------------- */

struct range_visit {
    gci_range_visitor visit;
    void *arg;
};

static void visit_range(ptr_t lo, ptr_t hi, gci_range_visitor visit, void *arg)
{
    lo = (ptr_t)gci_align_down((word)(uintptr_t)lo, sizeof(word));
    if (lo < hi)
        visit(lo, hi, arg);
}

static void visit_span(ptr_t hot, ptr_t cold, gci_range_visitor visit, void *arg)
{
    visit_range(grows_up ? cold : hot, grows_up ? hot : cold, visit, arg);
}

static void visit_tls_block(ptr_t lo, ptr_t hi, const char *name GCI_UNUSED, void *arg)
{
    struct range_visit *v = arg;

    visit_range(lo, hi, v->visit, v->arg);
}

static void *thread_id_as_pointer(const struct gci_thread *t GCI_UNUSED)
{
#ifdef GCI_THREADS
    return (void *)(uintptr_t)t->id;
#else
    return NULL;
#endif
}

static void visit_stack(struct gci_thread *t, gci_range_visitor visit, void *arg)
{
    ptr_t hot = t->stack_hot, cold = gci_stack_cold_end(t);

    if (sp_corrector != NULL) {
        void *sp = hot;

        sp_corrector(&sp, thread_id_as_pointer(t));
        hot = sp;
    }
    for (const struct gci_stack_segment *s = t->segments; s != NULL; s = s->older) {
        if (!within((ptr_t)(uintptr_t)s, t->regs_lo, t->regs_hi)) /* [alt] covers it whole */
            visit_span(hot, (ptr_t)(uintptr_t)s, visit, arg);
        hot = s->hot;
    }
    if ((t->flags & GCI_THREAD_MAIN) == 0 && t->stack_map_lo != NULL && cold == t->stack_cold_home
        && !on_home_stack(t, hot))
        /* It runs on a stack nobody told of: its own one counts as a whole. */
        hot = grows_up ? t->stack_map_hi : gci_stack_lowest_readable(t->stack_map_lo, cold);
    visit_span(hot, cold, visit, arg);
}

void gci_stack_visit_stopped(struct gci_thread *t, gci_range_visitor visit, void *arg)
{
    struct range_visit v = { visit, arg };

    visit_stack(t, visit, arg);
    if (t->regs_lo != NULL)
        visit_range(t->regs_lo, t->regs_hi, visit, arg);
    if ((t->flags & GCI_THREAD_MAIN) == 0 && t->stack_map_lo != NULL) /* [home] */
        visit_span(t->stack_cold_home, grows_up ? t->stack_map_lo : t->stack_map_hi, visit, arg);
    if (t->thread_pointer != NULL)
        gci_roots_visit_tls(t->thread_pointer, visit_tls_block, &v);
}
