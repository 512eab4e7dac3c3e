/* vdb.h - asks for the provider of dirty bits that GC_VDB names.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef VDB_H
#define VDB_H

#include "check.h"

/* After GC_INIT with GC_ENABLE_INCREMENTAL set.  Says UNSUPPORTED and returns
 * false when the named provider is not at work. */
static int vdb_as_asked(void)
{
    const char *name = getenv("GC_VDB");

    if (!GC_is_incremental_mode())
        GC_enable_incremental();
#ifdef GC_VDB_UFFD
    {
        static const struct {
            const char *name;
            unsigned bit;
        } known[] = {{"uffd", GC_VDB_UFFD},     {"soft", GC_VDB_SOFT}, {"mprotect", GC_VDB_MPROTECT},
                     {"manual", GC_VDB_MANUAL}, {"gww", GC_VDB_GWW},   {"none", GC_VDB_DEFAULT}};
        unsigned actual = GC_get_actual_vdb();
        size_t i;

        check_note("provider %#x at work", actual);
        for (i = 0; name != NULL && i < sizeof known / sizeof *known; i++)
            if (strcmp(name, known[i].name) == 0 && actual != known[i].bit
                && !(strcmp(name, "none") == 0 && actual == GC_VDB_NONE)) {
                check_unsupported("this provider is not to be had here");
                return 0;
            }
    }
#else
    (void)name;
#endif
    return 1;
}

#endif /* VDB_H */
