/* lib-roots.c - loaded by dlopen-during.c: static data of a library. */
static void *bss[2048];
static char padding[100000];

void **lib_place(int which);

void **lib_place(int which)
{
    padding[which & 3]++;
    return bss;
}
