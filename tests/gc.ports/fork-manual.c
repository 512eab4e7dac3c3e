/* fork-manual.c - fork with the atfork functions called by hand */
/* variants: plain verify incremental */
/* needs: fork */
#include "check.h"

static void *keep[1000];

static int exercise(void)
{
    int i, k;

    for (k = 0; k < 5; k++) {
        for (i = 0; i < 1000; i++) {
            keep[i] = GC_malloc(100);
            if (keep[i] == NULL || !check_all_bytes(keep[i], 100, 0))
                return 1;
            memset(keep[i], i & 0xFF, 100);
        }
        GC_gcollect();
        for (i = 0; i < 1000; i++)
            if (!check_all_bytes(keep[i], 100, i & 0xFF))
                return 2;
    }
    return 0;
}

int main(void)
{
    int i;

    check_start();
    GC_set_handle_fork(-1);
    GC_INIT();
    for (i = 0; i < 10; i++) {
        pid_t pid;
        int status = -1;

        EXPECT(exercise() == 0, "the parent fails");
        GC_atfork_prepare();
        pid = fork();
        if (pid == 0) {
            GC_atfork_child();
            if (i & 1)
                GC_start_mark_threads();
            _exit(exercise());
        }
        GC_atfork_parent();
        EXPECT(exercise() == 0, "the parent fails after fork");
        waitpid(pid, &status, 0);
        EXPECT(check_child_ok(status), "status %x in the child", (unsigned)status);
    }
    VERDICT("by hand");
    return check_done();
}
