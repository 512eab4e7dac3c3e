/* free-twice.c - a block that was freed already: a message names the function and the address */
/* expect-abort: free: 0x[0-9a-f]+ was freed already */
/* cflags: -fno-builtin -w */
#include "check.h"

int main(void)
{
    char *p = malloc(100);

    free(p);
    free(p);
    return 0;
}
