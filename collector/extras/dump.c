/* dump.c - long reports about the heap: GC_dump and its parts.
 *
 * Figures one can ask for one by one: stats.c. Finalizers and links: finalize.c, links.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/extras.h"

static word marked_slots(const struct gci_block *run)
{
    word slot, n = 0;

    for (slot = 0; slot < run->nslots; slot++)
        n += gci_run_was_live(run, slot);
    return n;
}

/* ---- by region -------------------------------------------------------------------------- */

static void print_run(struct gci_block *run, void *arg GCI_UNUSED)
{
    GC_printf("\t%p: %u blocks, %u objects of %lu bytes, kind %u (%s), %lu marked\n",
              (void *)run->start, (unsigned)run->run_blocks, (unsigned)run->nslots,
              (unsigned long)run->obj_bytes,
              run->kind, gci_debug_kind_name(run->kind), (unsigned long)marked_slots(run));
}

static void print_free_run(struct gci_block *run, void *arg GCI_UNUSED)
{
    GC_printf("\t%p: %u blocks free%s\n", (void *)run->start, (unsigned)run->run_blocks,
              (run->flags & GCI_BLOCKF_DISCARDED) ? ", given back to the system" : "");
}

GC_API void GC_CALL GC_dump_regions(void)
{
    GC_printf("Runs in use:\n");
    gci_blocks_visit_runs(print_run, NULL);
    GC_printf("Free runs:\n");
    gci_blocks_visit_free(print_free_run, NULL);
}

/* ---- by kind and class -------------------------------------------------------------------- */

struct class_sums {
    word runs, blocks, objects, marked, marked_bytes;
};
struct sums {
    unsigned kind, cls; /* of the runs to look at */
    struct class_sums s;
};

static void sum_run(struct gci_block *run, void *arg)
{
    struct sums *sums = arg;
    word marked;

    if (run->kind != sums->kind
        || (gci_run_is_large(run) ? gci_class_count : run->cls) != sums->cls)
        return;
    marked = marked_slots(run);
    sums->s.runs++;
    sums->s.blocks += run->run_blocks;
    sums->s.objects += run->nslots;
    sums->s.marked += marked;
    sums->s.marked_bytes += marked * run->obj_bytes;
}

static void print_classes(void)
{
    unsigned kind, cls;

    GC_printf("***Objects by kind and size:\n");
    for (kind = 0; kind < gci_kind_count; kind++)
        for (cls = 0; gci_runs[kind] != NULL && cls <= gci_class_count; cls++) {
            struct sums sums = { kind, cls, { 0, 0, 0, 0, 0 } };

            if (gci_runs[kind][cls].first == NULL)
                continue;
            gci_blocks_visit_runs(sum_run, &sums);
            if (cls == gci_class_count)
                GC_printf("kind %u (%s), large: ", kind, gci_debug_kind_name(kind));
            else
                GC_printf("kind %u (%s), %u bytes: ", kind, gci_debug_kind_name(kind),
                          (unsigned)gci_classes[cls].obj_bytes);
            GC_printf("%lu runs, %lu blocks, %lu of %lu slots marked, %lu bytes\n",
                      (unsigned long)sums.s.runs, (unsigned long)sums.s.blocks,
                      (unsigned long)sums.s.marked, (unsigned long)sums.s.objects,
                      (unsigned long)sums.s.marked_bytes);
        }
}

static void print_root(ptr_t lo, ptr_t hi, const char *name, void *arg GCI_UNUSED)
{
    GC_printf("\tfrom %p to %p%s%s\n", (void *)lo, (void *)hi, name[0] != '\0' ? " of " : "", name);
}

GC_API void GC_CALL GC_dump_named(const char *name)
{
    if (name != NULL)
        GC_printf("***GC Dump %s\n", name);
    else
        GC_printf("***GC Dump collection #%lu\n", (unsigned long)GC_gc_no);
    GC_printf("***Static data of loaded objects:\n");
    gci_roots_visit_data(print_root, NULL);
    GC_printf("***Heap: %lu bytes, %lu free, %lu given back to the system; longest free run %lu\n",
              (unsigned long)gci_heap.committed_bytes, (unsigned long)gci_heap.free_bytes,
              (unsigned long)gci_heap.discarded_bytes, (unsigned long)gci_blocks_largest_free());
    GC_printf("***Allocated since the last collection: %lu bytes; before: %lu; live then: %lu\n",
              (unsigned long)GC_get_bytes_since_gc(),
              (unsigned long)gci_pace.allocated_before_bytes,
              (unsigned long)GCI_READ(gci_live.bytes));
    print_classes();
    GC_dump_regions();
    GC_dump_finalization();
    GC_printf("***End of dump\n");
}

GC_API void GC_CALL GC_dump(void)
{
    GCI_LOCK();
    GC_dump_named(NULL);
    GCI_UNLOCK();
}

/* ---- the free slots of a class, as libgc exports it for debuggers -------------------- */

GC_API void GC_CALL GC_print_free_list(int kind, size_t granules);
GC_API void GC_CALL GC_print_free_list(int kind, size_t granules)
{
    const struct gci_block *run;
    unsigned cls, n = 0;

    if (kind < 0 || (unsigned)kind >= gci_kind_count || gci_runs[kind] == NULL
        || granules > GCI_MEDIUM_MAX_BYTES / GCI_GRANULE_BYTES)
        return;
    cls = gci_class_of(granules * GCI_GRANULE_BYTES);
    for (run = gci_runs[kind][cls].first; run != NULL; run = run->next) {
        word slot;

        if (gci_run_is_swept(run))
            continue; /* unmarked slots may be new objects */
        for (slot = 0; slot < run->nslots; slot++)
            if (!gci_run_was_live(run, slot))
                GC_printf("Free object in run %p [%u]: %p\n", (void *)run->start, n++,
                          (void *)gci_run_object(run, slot));
    }
}
