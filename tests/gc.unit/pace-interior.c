/* pace-interior.c - without interior pointers libgc adds no byte to objects, nor does pacing count one */
/* only: tidemark */
/* needs: fork */
#include "check.h"

#include <sys/wait.h>
#include <unistd.h>

#define LIVE  300000
#define DEAD  1000000
#define BYTES (4 * sizeof(void *)) /* fills its slot */

static void *volatile live[LIVE];

/* MiB of heap when so many objects have come and gone; in a process of its own. */
static int heap(int interior)
{
    int status, i;
    pid_t pid = fork();

    if (pid == 0) {
        GC_set_all_interior_pointers(interior);
        GC_INIT();
        for (i = 0; i < LIVE; i++)
            live[i] = GC_malloc(BYTES);
        GC_gcollect();
        for (i = 0; i < DEAD; i++)
            (void)*(void *volatile *)GC_malloc(BYTES);
        _exit((int)((GC_get_heap_size() + GC_get_unmapped_bytes()) >> 20));
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

int main(void)
{
    int with, without;

    check_start();
    with = heap(1);
    without = heap(0);
    CHECK(with > 0 && without > 0, "objects come and go");
    check_note("%d MiB with, %d MiB without", with, without);
    CHECK(without < with, "without interior pointers the heap is smaller");
    return check_done();
}
