/* kinds.c - kinds of objects and mark procedures: how an object says where its pointers are.
 *
 * [kind-births]  A kind's facts are complete before its number is given out; they change only for
 *                disclaim procedures, before the kind's first object.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/trace.h"

struct gci_kind gci_kinds[GCI_MAX_KINDS];
unsigned gci_kind_count;
GC_mark_proc gci_mark_procs[GCI_MAX_MARK_PROCS];
static unsigned proc_count = GC_RESERVED_MARK_PROCS;

static void predefine(unsigned kind, bool pointers, bool uncollectable)
{
    struct gci_kind *k = &gci_kinds[kind];

    k->descr = 0 | GC_DS_LENGTH;
    k->relocate = pointers;
    k->clear = pointers;
    k->uncollectable = uncollectable;
    k->reported = kind;
}

void gci_kinds_init(void)
{
    if (gci_kind_count != 0)
        return;
    predefine(GCI_KIND_PTRFREE, false, false);
    predefine(GCI_KIND_NORMAL, true, false);
    predefine(GCI_KIND_UNCOLLECTABLE, true, true);
    predefine(GCI_KIND_AUNCOLLECTABLE, false, true);
    gci_kinds[GCI_KIND_NORMAL].uncollectable_twin = GCI_KIND_UNCOLLECTABLE;
    gci_kinds[GCI_KIND_PTRFREE].uncollectable_twin = GCI_KIND_AUNCOLLECTABLE;
    gci_kinds[GCI_KIND_UNCOLLECTABLE].uncollectable_twin = GCI_KIND_UNCOLLECTABLE;
    gci_kinds[GCI_KIND_AUNCOLLECTABLE].uncollectable_twin = GCI_KIND_AUNCOLLECTABLE;
    gci_kind_count = GCI_KINDS_PREDEFINED;
}

word gci_kind_descr(unsigned kind, size_t obj_bytes)
{
    return gci_kinds[kind].descr + (gci_kinds[kind].relocate ? obj_bytes : 0);
}

/* The client's own free lists: an array of pointers by granules, always empty, so that a program
   that looks there first goes on to GC_generic_malloc. */
GC_API void **GC_CALL GC_new_free_list_inner(void)
{
    void **list = gci_meta_alloc((GCI_SMALL_MAX_BYTES / GCI_GRANULE_BYTES + 1) * sizeof(void *));

    if (list == NULL)
        gci_abort("GC_new_free_list: no memory for a free list");
    return list;
}

GC_API void **GC_CALL GC_new_free_list(void)
{
    void **list;

    GCI_LOCK();
    list = GC_new_free_list_inner();
    GCI_UNLOCK();
    return list;
}

GC_API unsigned GC_CALL GC_new_kind_inner(void **free_list, GC_word descr, int adjust, int clear)
{
    struct gci_kind *k;

    gci_kinds_init();
    if (gci_kind_count == GCI_MAX_KINDS)
        gci_abort("GC_new_kind: too many kinds (%d)", GCI_MAX_KINDS);
    k = &gci_kinds[gci_kind_count];
    k->descr = descr;
    k->relocate = adjust != 0;
    k->clear = clear != 0;
    k->uncollectable = false;
    k->client_free_list = free_list;
    k->odd = (descr & GC_DS_TAGS) == GC_DS_PROC || (descr & GC_DS_TAGS) == GC_DS_PER_OBJECT;
    k->reported = gci_kind_count;
    __atomic_store_n(&gci_kind_count, gci_kind_count + 1, __ATOMIC_RELEASE);
    return k->reported;
}

GC_API unsigned GC_CALL GC_new_kind(void **free_list, GC_word descr, int adjust, int clear)
{
    unsigned kind;

    GCI_LOCK();
    kind = GC_new_kind_inner(free_list, descr, adjust, clear);
    GCI_UNLOCK();
    return kind;
}

unsigned gci_kind_uncollectable(unsigned kind)
{
    struct gci_kind *k = &gci_kinds[kind];

    GCI_LOCK();
    if (k->uncollectable_twin == 0) {
        unsigned twin = GC_new_kind_inner(k->client_free_list, k->descr, k->relocate, k->clear);

        gci_kinds[twin].uncollectable = true;
        gci_kinds[twin].uncollectable_twin = twin;
        gci_kinds[twin].reported = kind;
        k->uncollectable_twin = twin;
    }
    GCI_UNLOCK();
    return k->uncollectable_twin;
}

bool gci_client_procs;
uint64_t gci_client_proc_set;

void gci_kinds_note_client_proc(unsigned number)
{
    gci_client_procs = true;
    gci_client_proc_set |= (uint64_t)1 << number;
}

unsigned gci_kinds_new_proc(GC_mark_proc proc)
{
    if (proc_count == GCI_MAX_MARK_PROCS)
        gci_abort("GC_new_proc: too many mark procedures (%d)", GCI_MAX_MARK_PROCS);
    gci_mark_procs[proc_count] = proc;
    return proc_count++;
}

GC_API unsigned GC_CALL GC_new_proc_inner(GC_mark_proc proc)
{
    unsigned number = gci_kinds_new_proc(proc);

    gci_kinds_note_client_proc(number);
    return number;
}

GC_API unsigned GC_CALL GC_new_proc(GC_mark_proc proc)
{
    unsigned index;

    GCI_LOCK();
    index = GC_new_proc_inner(proc);
    GCI_UNLOCK();
    return index;
}
