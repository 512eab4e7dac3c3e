/* free-interior.c - a pointer into a block: a message names the function and the address */
/* expect-abort: free: 0x[0-9a-f]+ lies inside the object at 0x[0-9a-f]+ */
/* cflags: -fno-builtin -w */
#include "check.h"

int main(void)
{
    char *p = malloc(100);

    free(p + 16);
    return 0;
}
