/* one-word.c - hundreds of cycles in which nothing is written but one word, always the same */
/* variants: plain providers */
#include "vdb.h"

enum { CYCLES = 400 };

int main(void)
{
    void **holder;
    int i;

    if (!vdb_start())
        return check_done();
    holder = (void **)GC_malloc(64);
    for (i = 0; i < CYCLES; i++) { /* the page is protected, and one write makes it writable */
        (void)vdb_enter();
        holder[0] = i % 2 ? (void *)holder : NULL;
        GC_END_STUBBORN_CHANGE(holder);
        vdb_did();
        vdb_leave();
    }
    CHECK(GC_base(holder) == (void *)holder && holder[0] == (void *)holder, "every write was made");
    vdb_judge();
    return check_done();
}
