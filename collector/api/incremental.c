/* incremental.c - the interface to incremental and generational collection.
 *
 * No dirty-bit provider is in use yet: the mode is accepted and collection stays stop-the-world;
 * GC_get_actual_vdb and GC_is_incremental_mode say so.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/alloc.h"
#include "private/settings.h"
#include "private/vdb.h"

#define ENTRY(name) &gci_vdb_##name,
static const struct gci_vdb_provider *const providers[] = { GCI_VDB_PROVIDERS(ENTRY) NULL };

GC_API void GC_CALL GC_enable_incremental(void)
{
    if (!gci_is_initialized())
        GC_init();
    gci_log(1, "Incremental mode asked for: no dirty-bit provider, collections stop the world\n");
}

GC_API int GC_CALL GC_is_incremental_mode(void)
{
    return 0;
}

GC_API int GC_CALL GC_incremental_protection_needs(void)
{
    return GC_PROTECTS_NONE;
}

GC_API void GC_CALL GC_start_incremental_collection(void)
{
    if (!gci_is_initialized())
        GC_init();
}

/* A whole collection when one is due is the only increment there is; never more work left. */
GC_API int GC_CALL GC_collect_a_little(void)
{
    if (!gci_is_initialized())
        GC_init();
    (void)gci_collect_if_due();
    return 0;
}

/* What this build has and this system answers to; GC_get_actual_vdb says whether one is in use. */
GC_API unsigned GC_CALL GC_get_supported_vdbs(void)
{
    unsigned flags = GC_VDB_NONE, i;

    for (i = 0; providers[i] != NULL; i++)
        if (providers[i]->probe())
            flags |= providers[i]->public_flag;
    return flags;
}

GC_API unsigned GC_CALL GC_get_actual_vdb(void)
{
    return GC_VDB_NONE;
}
