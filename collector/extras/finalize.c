/* finalize.c - finalizers: registered, found ready in a cycle, run with no lock held.
 *
 * A registration is a node of a table (table.c); when its object is found ready the node leaves
 * the table and joins a queue, until GC_invoke_finalizers takes it. Links: links.c. Finalizers
 * without registration: disclaim.c. For objects with debug headers: debug.c.
 *
 * [once]   A node is in the table or in the queue or free; it leaves the queue before its
 *          procedure runs, so that runs once.
 * [ready]  An object in the queue, its client data and everything they reach are alive: the queue
 *          is a root, and so is the client data of every registration. The objects of
 *          registrations are not.
 * [order]  An object is ready when it is unmarked after everything was marked that unmarked objects
 *          with ordered finalizers refer to. So of objects that point to each other only the first
 *          of a chain is ready, and none of a cycle.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/extras.h"
#include "private/settings.h"
#include "gc/javaxfc.h"

enum order { ORDERED, IGNORE_SELF, NO_ORDER, UNREACHABLE }; /* lowest bits of a node's tag */
enum { ORDER_MASK = 3, TAG_NEW = 4 /* not announced yet */, TAG_UNMARKED = 8 /* in decide */,
       OFFSET_SHIFT = 4 /* above: where in the object the pointer given points, a runtime's tag */ };

struct finalizer {
    struct gci_node node; /* key: the object; next: in the queue, when detached */
    GC_finalization_proc fn;
    void *cd;
};

static struct gci_table table = { .node_bytes = sizeof(struct finalizer), .name = "finalizers" };
static volatile word queue_head; /* index; read without the lock */
static uint32_t queue_tail;
static bool any_new; /* in the queue; some may be */
static word queue_count;
static word last_notified_gc;
static word cycle_suspect;       /* hidden address of an object in a cycle, for a warning */
static word cycle_warned;        /* the last one warned of */

static struct finalizer *at(uint32_t i)
{
    return (struct finalizer *)(void *)gci_table_at(&table, i);
}
static enum order order_of(const struct finalizer *f)
{
    return (enum order)(f->node.tag & ORDER_MASK);
}

word gci_finalize_count(void) { return table.count; }
word gci_finalize_ready_count(void) { return queue_count; }

/* ---- registering ------------------------------------------------------------------- */

struct request {
    ptr_t obj;
    GC_finalization_proc fn;
    void *cd;
    enum order order;
    GC_finalization_proc *ofn;
    void **ocd;
    uint32_t offset; /* of the pointer the program gave: runtimes tag theirs */
};

static void tell_old(const struct request *r, const struct finalizer *old)
{
    if (r->ofn != NULL)
        *r->ofn = old != NULL ? old->fn : NULL;
    if (r->ocd != NULL)
        *r->ocd = old != NULL ? old->cd : NULL;
}

static void fill(struct finalizer *f, const struct request *r)
{
    f->fn = r->fn;
    f->cd = r->cd;
    f->node.tag = (uint32_t)r->order | r->offset << OFFSET_SHIFT;
}

/* False: no memory, nothing changed. */
static bool register_locked(const struct request *r)
{
    uint32_t i = gci_table_find(&table, gci_table_key(r->obj));

    if (i != 0) {
        tell_old(r, at(i));
        if (r->fn == NULL)
            gci_table_remove(&table, i);
        else
            fill(at(i), r);
        return true;
    }
    if (r->fn != NULL) {
        i = gci_table_insert(&table, gci_table_key(r->obj));
        if (i == 0)
            return false;
        fill(at(i), r);
        (void)gci_fetch_add(&gci_pace.finalizer_credit_bytes,
                            gci_settings.allocd_bytes_per_finalizer);
    }
    tell_old(r, NULL);
    return true;
}

static void enroll(const char *function, struct request *r)
{
    ptr_t base;
    bool done;

    if (GC_find_leak)
        return;
    base = gci_heap_object((word)r->obj, NULL, NULL);
    if (base == NULL || r->obj - base >= GCI_GRANULE_BYTES) {
        if (base != NULL)
            gci_warn_text("%s: %p is not the start of an object (%p is); it gets no finalizer",
                          function, (void *)r->obj, (void *)base);
        GCI_LOCK();
        tell_old(r, NULL);
        GCI_UNLOCK();
        return;
    }
    r->offset = (uint32_t)(r->obj - base);
    r->obj = base;
    GCI_LOCK();
    done = register_locked(r);
    GCI_UNLOCK();
    if (!done && gci_alloc_oom(sizeof(struct finalizer)) != NULL) {
        GCI_LOCK();
        done = register_locked(r);
        GCI_UNLOCK();
    }
    if (!done)
        gci_warn_text("%s: no memory to register the finalizer of %p", function, (void *)r->obj);
    GC_reachable_here(r->obj);
    GC_reachable_here(r->cd);
}

GC_API void GC_CALL GC_register_finalizer(void *obj, GC_finalization_proc fn, void *cd,
                                          GC_finalization_proc *ofn, void **ocd)
{
    struct request r = { obj, fn, cd, ORDERED, ofn, ocd, 0 };

    enroll("GC_register_finalizer", &r);
}

GC_API void GC_CALL GC_register_finalizer_ignore_self(void *obj, GC_finalization_proc fn,
                                                      void *cd, GC_finalization_proc *ofn,
                                                      void **ocd)
{
    struct request r = { obj, fn, cd, IGNORE_SELF, ofn, ocd, 0 };

    enroll("GC_register_finalizer_ignore_self", &r);
}

GC_API void GC_CALL GC_register_finalizer_no_order(void *obj, GC_finalization_proc fn, void *cd,
                                                   GC_finalization_proc *ofn, void **ocd)
{
    struct request r = { obj, fn, cd, NO_ORDER, ofn, ocd, 0 };

    enroll("GC_register_finalizer_no_order", &r);
}

GC_API void GC_CALL GC_register_finalizer_unreachable(void *obj, GC_finalization_proc fn,
                                                      void *cd, GC_finalization_proc *ofn,
                                                      void **ocd)
{
    struct request r = { obj, fn, cd, UNREACHABLE, ofn, ocd, 0 };

    enroll("GC_register_finalizer_unreachable", &r);
}

/* ---- the queue ------------------------------------------------------------------------ */

/* A linked node becomes the last of the queue. */
static void enqueue(uint32_t i)
{
    gci_table_detach(&table, i);
    at(i)->node.tag |= TAG_NEW;
    any_new = true;
    if (queue_head == 0)
        gci_store(&queue_head, i);
    else
        gci_table_at(&table, queue_tail)->next = i;
    queue_tail = i;
    queue_count++;
}

/* Takes the first node out and frees it; false when there is none. */
static bool dequeue_locked(struct finalizer *taken)
{
    uint32_t i = (uint32_t)queue_head;

    if (i == 0)
        return false;
    *taken = *at(i);
    gci_store(&queue_head, taken->node.next);
    queue_count--;
    gci_table_free(&table, i);
    return true;
}

/* Back into the table what is now reachable and asked to be finalized only unreachable. */
static void put_back_reachable(void)
{
    uint32_t i = (uint32_t)queue_head, next, last = 0;

    for (; i != 0; i = next) {
        struct finalizer *f = at(i);

        next = f->node.next;
        if ((f->node.tag & TAG_NEW) == 0 || order_of(f) != UNREACHABLE
            || !gci_extras_is_marked(gci_table_address(&f->node))) {
            last = i;
            continue;
        }
        if (last == 0)
            gci_store(&queue_head, next);
        else
            gci_table_at(&table, last)->next = next;
        f->node.tag &= ~(uint32_t)TAG_NEW;
        gci_table_attach(&table, i);
        queue_count--;
    }
    queue_tail = last;
}

bool gci_finalize_holds(const void *obj)
{
    uint32_t i;

    for (i = (uint32_t)queue_head; i != 0; i = gci_table_at(&table, i)->next)
        if (gci_table_address(gci_table_at(&table, i)) == obj)
            return true;
    return false;
}

/* ---- in a cycle -------------------------------------------------------------------------- */

void gci_finalize_push_roots_stopped(void)
{
    uint32_t i;

    for (i = 1; i < table.used; i++) {
        const struct finalizer *f = at(i);

        if (f->fn == NULL)
            continue; /* free */
        if (!gci_table_is_linked(&f->node))
            gci_mark_word((word)gci_table_address(&f->node));
        gci_mark_word((word)f->cd);
        gci_mark_word((word)f->fn); /* a closure that a compiler of another language made */
    }
}

GC_API void GC_CALL GC_push_finalizer_structures(void) { gci_finalize_push_roots_stopped(); }

/* Words of objects, not roots: nothing is kept by a pointer to where it ends. */
GCI_NO_SANITIZE static void push_all_but_self(ptr_t obj)
{
    struct gci_block *run;
    word at_byte, lo = (word)obj;

    if (gci_heap_object(lo, &run, NULL) == NULL || gci_kind_is_ptrfree(run->kind))
        return;
    for (at_byte = 0; at_byte + sizeof(word) <= run->obj_bytes; at_byte += ALIGNMENT) {
        word w = *(word *)(void *)(obj + at_byte);

        if (w - lo >= run->obj_bytes)
            gci_mark_word(w);
    }
}

/* Now and then, so that mark stacks stay short. */
#define DRAIN_EVERY 8192u
static void drain_sometimes(word pushed)
{
    if (pushed % DRAIN_EVERY == 0)
        gci_mark_drain();
}

struct unmarked {
    word all, ordered;
};

/* Tags the registrations of unmarked objects and marks what those of ordered ones refer to. */
static struct unmarked mark_from_ordered(void)
{
    struct unmarked found = { 0, 0 };
    uint32_t i;

    for (i = 1; i < table.used; i++) {
        struct finalizer *f = at(i);
        ptr_t obj = gci_table_address(&f->node);

        if (!gci_table_is_linked(&f->node) || gci_extras_is_marked(obj))
            continue;
        f->node.tag |= TAG_UNMARKED;
        found.all++;
        if (order_of(f) == NO_ORDER)
            continue;
        if (order_of(f) == IGNORE_SELF)
            push_all_but_self(obj);
        else
            gci_mark_push_contents(obj);
        drain_sometimes(++found.ordered);
        cycle_suspect = gci_table_key(obj);
    }
    gci_mark_drain();
    return found;
}

static void mark_queue(bool unreachable_too)
{
    word marked = 0;
    uint32_t i;

    for (i = (uint32_t)queue_head; i != 0; i = gci_table_at(&table, i)->next) {
        ptr_t obj = gci_table_address(gci_table_at(&table, i));

        if ((!unreachable_too && GC_java_finalization && order_of(at(i)) == UNREACHABLE)
            || gci_extras_is_marked(obj))
            continue;
        gci_mark_word((word)obj);
        drain_sometimes(++marked);
    }
    gci_mark_drain();
}

void gci_finalize_decide_stopped(void)
{
    struct unmarked found;
    bool ordered_ready = false;
    uint32_t i;

    cycle_suspect = 0;
    if (table.count == 0)
        return;
    found = mark_from_ordered();
    if (found.all == 0)
        return;
    for (i = 1; i < table.used; i++) {
        struct finalizer *f = at(i);

        if ((f->node.tag & TAG_UNMARKED) == 0)
            continue;
        f->node.tag &= ~(uint32_t)TAG_UNMARKED;
        if (gci_extras_is_marked(gci_table_address(&f->node)))
            continue; /* reached from another */
        ordered_ready |= order_of(f) != NO_ORDER;
        enqueue(i);
    }
    GCI_WRITE(gci_pace.finalized_lately, 3u); /* this cycle's end takes one off */
    if (found.ordered == 0 || ordered_ready)
        cycle_suspect = 0; /* else each candidate is reachable from another */

    /* [ready] First those that do not wait for anybody; what they reach is not unreachable. */
    mark_queue(false);
    if (GC_java_finalization) {
        put_back_reachable();
        mark_queue(true);
    }
}

void gci_finalize_announce_locked(void)
{
    uint32_t i;

    gci_table_settle(&table);
    if (cycle_suspect != 0 && cycle_suspect != cycle_warned)
        gci_warn("Finalization cycle involving %p", ~cycle_suspect);
    cycle_warned = cycle_suspect;
    for (i = any_new ? (uint32_t)queue_head : 0; i != 0; i = gci_table_at(&table, i)->next) {
        struct finalizer *f = at(i);

        if ((f->node.tag & TAG_NEW) != 0) {
            f->node.tag &= ~(uint32_t)TAG_NEW;
            if (gci_settings.await_finalize != NULL)
                gci_settings.await_finalize(gci_table_address(&f->node));
        }
    }
    any_new = false;
    if (queue_head == 0)
        gci_table_trim(&table);
}

/* ---- running -------------------------------------------------------------------------------- */

GC_API int GC_CALL GC_should_invoke_finalizers(void) { return gci_load(&queue_head) != 0; }

/* At most `limit`; 0: all. */
static int run(unsigned limit)
{
    int count = 0;

    while (GC_should_invoke_finalizers() && (limit == 0 || (unsigned)count < limit)) {
        struct finalizer f;
        ptr_t obj;
        bool any;

        GCI_LOCK();
        any = dequeue_locked(&f);
        obj = any ? gci_table_address(&f.node) : NULL; /* in this frame before the lock goes */
        GCI_COMPILER_BARRIER();
        GCI_UNLOCK();
        if (!any)
            break;
        f.fn(obj + (f.node.tag >> OFFSET_SHIFT), f.cd);
        GC_reachable_here(obj);
        f.cd = NULL;
        count++;
    }
    return count;
}

GC_API int GC_CALL GC_invoke_finalizers(void) { return run(gci_settings.interrupt_finalizers); }

/* A thread's finalizer_nested: depth in the low byte, calls skipped above it. The deeper finalizers
   nest because they allocate, the fewer collections run them from inside. */
#define DEPTH_MASK ((word)0xff)
#define SKIP_UNIT  ((word)0x100)

static bool enter_nested(struct gci_thread *self)
{
    word depth, skipped;

    if (self == NULL)
        return true;
    depth = self->finalizer_nested & DEPTH_MASK;
    skipped = self->finalizer_nested / SKIP_UNIT;
    if (depth > 0 && ++skipped < (word)1 << (depth < 20 ? depth : 20)) {
        self->finalizer_nested = depth | skipped * SKIP_UNIT;
        return false;
    }
    self->finalizer_nested = depth < DEPTH_MASK ? depth + 1 : depth;
    return true;
}

void gci_finalize_run_or_notify(void)
{
    if (!GC_should_invoke_finalizers())
        return;
    if (!GC_finalize_on_demand) {
        struct gci_thread *self = gci_self();
        word before = self != NULL ? self->finalizer_nested & DEPTH_MASK : 0;

        if (enter_nested(self)) {
            (void)GC_invoke_finalizers();
            if (self != NULL)
                self->finalizer_nested = before;
        }
        return;
    }
    GCI_LOCK();
    if (GC_finalizer_notifier != NULL && last_notified_gc != gci_cycle_stats.cycles) {
        GC_finalizer_notifier_proc notify = GC_finalizer_notifier;

        last_notified_gc = gci_cycle_stats.cycles;
        GCI_UNLOCK();
        notify();
        return;
    }
    GCI_UNLOCK();
}

GC_API void GC_CALL GC_finalize_all(void)
{
    for (;;) {
        uint32_t i;
        bool any;

        GCI_LOCK();
        for (i = 1; i < table.used && table.count > 0; i++)
            if (gci_table_is_linked(gci_table_at(&table, i)))
                enqueue(i);
        any = queue_head != 0;
        gci_finalize_announce_locked();
        GCI_UNLOCK();
        if (!any)
            return;
        (void)run(0);
    }
}

/* ---- dump ------------------------------------------------------------------------------------ */

GC_API void GC_CALL GC_dump_finalization(void)
{
    static const char *const names[] = { "ordered", "ignoring itself", "in no order",
                                         "unreachable" };
    uint32_t i;

    gci_links_dump(GCI_LINK_SHORT);
    gci_links_dump(GCI_LINK_LONG);
    GC_printf("*** %lu finalizers, %lu ready to run\n", (unsigned long)table.count,
              (unsigned long)queue_count);
    for (i = 1; i < table.used; i++) {
        const struct finalizer *f = at(i);

        if (f->fn != NULL)
            GC_printf("object %p, %s%s\n", (void *)gci_table_address(&f->node),
                      names[order_of(f)], gci_table_is_linked(&f->node) ? "" : ", ready");
    }
}
