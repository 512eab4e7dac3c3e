/* lib-roots.c - loaded by tests: a library with static data of several sorts. */
static void *bss[64];
static void *data[64] = {(void *)data};
void *global[64];
static char padding[100000];

void **lib_place(int which);

void **lib_place(int which)
{
    padding[which & 3]++;
    return which == 0 ? bss : which == 1 ? data : global;
}
