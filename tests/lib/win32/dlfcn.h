/* dlfcn.h - loading libraries as POSIX has it, over Windows' own functions.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TEST_DLFCN_H
#define TEST_DLFCN_H

#include <windows.h>

#define RTLD_LAZY 0
#define RTLD_NOW 0
#define RTLD_NOLOAD 1 /* only if it is loaded */

static __inline__ void *dlopen(const char *path, int mode)
{
    HMODULE loaded = NULL;

    if (mode == RTLD_NOLOAD)
        return GetModuleHandleExA(0, path, &loaded) ? (void *)loaded : NULL;
    return path != NULL ? (void *)LoadLibraryA(path) : (void *)GetModuleHandleA(NULL);
}

static __inline__ void *dlsym(void *library, const char *name)
{
    return (void *)(UINT_PTR)GetProcAddress((HMODULE)library, name);
}

static __inline__ int dlclose(void *library)
{
    return FreeLibrary((HMODULE)library) ? 0 : -1;
}

#define GC_dlopen dlopen /* the collector needs none here */

#endif /* TEST_DLFCN_H */
