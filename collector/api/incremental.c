/* incremental.c - the interface to incremental, that is concurrent and generational, collection.
 *
 * The cycle: collect/beside.c. The sources of dirty bits: heap/dirty.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/alloc.h"
#include "private/beside.h"
#include "private/settings.h"

GC_API void GC_CALL GC_enable_incremental(void)
{
    bool on;

    if (!gci_is_initialized())
        GC_init();
    if (gci_options.disable_incremental || GC_find_leak) {
        gci_log(1, "Incremental mode: not with %s\n",
                GC_find_leak ? "GC_find_leak" : "GC_DISABLE_INCREMENTAL");
        return;
    }
    GCI_LOCK();
    on = gci_beside.on || gci_state.collecting || gci_beside_enable_locked();
    GCI_UNLOCK();
    if (!on)
        gci_log(1, "Incremental mode: no source of dirty bits works here, collections stop the world\n");
}

GC_API void GC_CALL GC_disable_incremental(void)
{
    if (!gci_is_initialized())
        return;
    GCI_LOCK();
    if (!gci_state.collecting)
        gci_beside_disable_locked();
    GCI_UNLOCK();
}

GC_API int GC_CALL GC_is_incremental_mode(void)
{
    return gci_beside.on;
}

GC_API int GC_CALL GC_incremental_protection_needs(void)
{
    if (!gci_is_initialized())
        GC_init();
    return GC_get_actual_vdb() == GC_VDB_MPROTECT
               ? GC_PROTECTS_POINTER_HEAP /* [exempt] */
               : GC_PROTECTS_NONE;
}

GC_API void GC_CALL GC_start_incremental_collection(void)
{
    if (!gci_is_initialized())
        GC_init();
    GCI_LOCK();
    if (gci_beside.on && !GC_dont_gc
        && (gci_beside.phase == GCI_PHASE_IDLE || gci_beside.phase == GCI_PHASE_SWEEP))
        gci_beside_begin_locked();
    GCI_UNLOCK();
}

GC_API int GC_CALL GC_collect_a_little(void)
{
    bool ran = false, more = false;

    if (!gci_is_initialized())
        GC_init();
    GCI_LOCK();
    if (!GC_dont_gc && (gci_beside_is_marking() || gci_pace_due(SIZE_MAX)))
        ran = gci_beside_step_locked(gci_settings.stop_func);
    more = gci_beside_is_marking();
    GCI_UNLOCK();
    if (ran)
        gci_collect_epilogue();
    return more;
}

/* What this build has and this system answers to; GC_get_actual_vdb says whether one is in use. */
GC_API unsigned GC_CALL GC_get_supported_vdbs(void)
{
    unsigned flags = GC_VDB_NONE, i;

    for (i = 0; gci_dirty_providers[i] != NULL; i++)
        if (gci_dirty_providers[i] == gci_dirty_provider || gci_dirty_providers[i]->probe())
            flags |= gci_dirty_providers[i]->public_flag;
    return flags;
}

GC_API unsigned GC_CALL GC_get_actual_vdb(void)
{
    return gci_dirty_provider != NULL ? gci_dirty_provider->public_flag : GC_VDB_NONE;
}
