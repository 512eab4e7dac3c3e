/* gcj.c - objects whose mark descriptor is behind the vtable their first word points to.
 *
 * How the marker finds the descriptor: trace/mark.c. Debugging form: extras/debug.c.
 *
 * [vtable]  The first word is 0 until the vtable is stored, and so it is in freed and in fresh
 *           slots; such an object has no pointers.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/alloc.h"
#include "private/hooks.h"
#include "gc/gc_gcj.h"
#include "gc/gc_inline.h"

static volatile word ready;

static void init_locked(unsigned mp_index, GC_mark_proc mp, size_t descr_offset_bytes)
{
    if (gci_options.ignore_gcj_info) {
        gci_log(1, "Layout information of gcj objects is ignored\n");
        GC_gcj_kind = GC_gcj_debug_kind = GCI_KIND_NORMAL;
        return;
    }
    gci_mark_procs[mp_index] = mp;
    gci_kinds_note_client_proc(mp_index);
    GC_gcj_kind = (int)GC_new_kind_inner(
        GC_new_free_list_inner(),
        (0 - (word)descr_offset_bytes - GC_INDIR_PER_OBJ_BIAS) | GC_DS_PER_OBJECT, 0, 1);
    GC_gcj_debug_kind = (int)GC_new_kind_inner(GC_new_free_list_inner(),
                                               GC_MAKE_PROC(mp_index, 1), 0, 1);
}

GC_API void GC_CALL GC_init_gcj_malloc_mp(unsigned mp_index, GC_mark_proc mp,
                                          size_t descr_offset_bytes)
{
    if (mp_index >= GCI_MAX_MARK_PROCS)
        gci_abort("GC_init_gcj_malloc: %u is no number of a mark procedure", mp_index);
    if (descr_offset_bytes % GCI_WORD_BYTES != 0)
        gci_abort("GC_init_gcj_malloc: the descriptor cannot be at offset %lu",
                  (unsigned long)descr_offset_bytes);
    gci_ensure_init();
    GCI_LOCK();
    if (!ready) {
        init_locked(mp_index, mp, descr_offset_bytes);
        gci_store_release(&ready, 1);
    }
    GCI_UNLOCK();
}

GC_API void GC_CALL GC_init_gcj_malloc(int mp_index, void *mp)
{
    union {
        void *data;
        GC_mark_proc proc;
    } pun;

    pun.data = mp;
    GC_init_gcj_malloc_mp((unsigned)mp_index, pun.proc, GC_GCJ_MARK_DESCR_OFFSET);
}

static void must_be_ready(const char *function)
{
    if (gci_unlikely(gci_load_acquire(&ready) == 0))
        gci_abort("%s: GC_init_gcj_malloc was not called", function);
}

GC_API void *GC_CALL GC_gcj_malloc(size_t bytes, void *vtable)
{
    void **p;

    must_be_ready("GC_gcj_malloc");
    p = gci_alloc_of_kind(bytes, (unsigned)GC_gcj_kind);
    if (p != NULL) {
        gci_store_release((word *)(void *)p, (word)vtable);
        GC_end_stubborn_change(p);
    }
    return p;
}

GC_API void *GC_CALL GC_gcj_malloc_ignore_off_page(size_t bytes, void *vtable)
{
    void **p;

    must_be_ready("GC_gcj_malloc_ignore_off_page");
    p = gci_alloc(bytes, (unsigned)GC_gcj_kind, GCI_ALLOC_IGNORE_OFF_PAGE);
    if (p != NULL) {
        gci_store_release((word *)(void *)p, (word)vtable);
        GC_end_stubborn_change(p);
    }
    return p;
}
