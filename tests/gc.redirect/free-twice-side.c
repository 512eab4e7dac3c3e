/* free-twice-side.c - a block of the C library, freed twice: a message names the function and the address */
/* expect-abort: free: 0x[0-9a-f]+ is not memory in use */
/* cflags: -fno-builtin -w */
#include "check.h"

int main(void)
{
    char *p = NULL;

    if (asprintf(&p, "%d", 1) < 0)
        return 1;
    free(p);
    free(p);
    return 0;
}
