/* vdb-probe.c - does the provider that GC_VDB names work here?  Prints "WORKS", or "WHY: ...".
 *
 * Compiled and run by gc.exp before the programs of gc.vdb.
 *
 * SPDX-License-Identifier: MIT
 */
#include "vdb.h"
#include "vdb-host.h"

int main(void)
{
    const char *name = getenv("GC_VDB"), *why = "no such provider";
    size_t i;

    if (name == NULL)
        return 2;
    for (i = 0; i < sizeof host_vdbs / sizeof *host_vdbs; i++)
        if (strcmp(name, host_vdbs[i].name) == 0)
            why = host_vdbs[i].why_not();
    if (why == NULL) {
        GC_set_manual_vdb_allowed(1);
        GC_INIT();
        GC_enable_incremental();
#ifdef GC_VDB_UFFD
        if (!vdb_is_right(name))
            why = GC_get_supported_vdbs() == GC_VDB_NONE
                      ? "this library was built without incremental mode"
                      : "the machine has it, but the collector does not take it";
#endif
    }
    if (why == NULL)
        puts("WORKS");
    else
        printf("WHY: %s\n", why);
    return 0;
}
