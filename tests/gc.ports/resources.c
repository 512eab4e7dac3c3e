/* resources.c - the resources of Windows images are no roots */
/* variants: plain */
#include "check.h"
#ifdef _WIN32
#  include <windows.h>

static int regions, with_resources;

/* Is called for each region of static data, of the libraries of the system too. */
static int GC_CALLBACK look(const char *library, void *start, size_t size)
{
    MEMORY_BASIC_INFORMATION info;
    const IMAGE_DATA_DIRECTORY *part;
    char *base, *lo, *hi;

    regions++;
    if (VirtualQuery(start, &info, sizeof info) == 0)
        return 1;
    base = (char *)info.AllocationBase;
    part = ((IMAGE_NT_HEADERS *)(void *)(base + ((IMAGE_DOS_HEADER *)(void *)base)->e_lfanew))
               ->OptionalHeader.DataDirectory + IMAGE_DIRECTORY_ENTRY_RESOURCE;
    lo = base + part->VirtualAddress;
    hi = lo + part->Size;
    with_resources += lo < hi;
    EXPECT((char *)start >= hi || (char *)start + size <= lo, "resources of %s", library);
    return 1;
}
#endif

int main(void)
{
    check_start();
    GC_INIT();
#ifdef _WIN32
    GC_register_has_static_roots_callback(look);
    check_collect(1);
    VERDICT("resources are no roots");
    CHECK(regions > 0 && with_resources > 0, "some images have resources");
#else
    check_unsupported("resources: no images of Windows here");
#endif
    return check_done();
}
