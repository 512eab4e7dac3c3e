/* unload.c - who loads the library with dlopen and closes it finds it still there */
/* only: tidemark */
#define _GNU_SOURCE
#include "check.h"
#if defined(__GLIBC__)
# include <dlfcn.h>
# include <link.h>
#endif

#if defined(__GLIBC__) && defined(DT_FLAGS_1) && defined(DF_1_NODELETE)
static void look(void)
{
    Dl_info info;
    struct link_map *map = NULL;
    const ElfW(Dyn) *entry;
    unsigned long flags = 0;

    if (dladdr1((void *)(GC_word)GC_gcollect, &info, (void **)&map, RTLD_DL_LINKMAP) == 0
        || map == NULL || map->l_prev == NULL) {
        check_unsupported("the collector is a part of the program");
        return;
    }
    for (entry = map->l_ld; entry->d_tag != DT_NULL; entry++)
        if (entry->d_tag == DT_FLAGS_1)
            flags = (unsigned long)entry->d_un.d_val;
    CHECK((flags & DF_1_NODELETE) != 0, "threads and handlers lead into a library that stays");
}
#else
static void look(void)
{
    check_unsupported("the flags of a loaded library are not known");
}
#endif

int main(void)
{
    check_start();
    GC_INIT();
    look();
    return check_done();
}
