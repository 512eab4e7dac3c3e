/* realloc-freed.c - realloc of a block that was freed: a message names the function and the address */
/* expect-abort: realloc: 0x[0-9a-f]+ was freed already */
/* cflags: -fno-builtin -w */
#include "check.h"

int main(void)
{
    char *p = malloc(100);

    free(p);
    p = realloc(p, 1000);
    free(p);
    return 0;
}
