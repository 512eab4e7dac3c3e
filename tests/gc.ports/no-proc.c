/* no-proc.c - a program starts, makes threads, forks and collects where /proc is not mounted */
/* variants: plain incremental */
/* needs: fork threads */
#define GC_THREADS 1
#include "check.h"
#include "lists.h"

#if defined(__linux__)
# include <pthread.h>
# include <sched.h>
# include <sys/mount.h>
# include <sys/wait.h>
# include <unistd.h>

static void *work(void *arg)
{
    struct node *p = list_of(1000);
    int i;

    (void)arg;
    for (i = 0; i < 20; i++) {
        (void)list_of(1000);
        GC_gcollect();
    }
    return list_whole(p, 1000) ? (void *)p : NULL;
}

static int hide_proc(void)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
           && umount2("/proc", MNT_DETACH) == 0 && access("/proc/self", F_OK) != 0;
}

int main(void)
{
    pthread_t thread;
    void *result = NULL;
    int status = -1;
    pid_t pid;

    check_start();
    if (!hide_proc()) {
        check_unsupported("/proc cannot be unmounted by this user");
        return check_done();
    }
    GC_set_handle_fork(-1); /* by hand */
    GC_INIT();
    CHECK(work(NULL) != NULL, "objects on the main stack survive");
    CHECK(GC_pthread_create(&thread, NULL, work, NULL) == 0 && GC_pthread_join(thread, &result) == 0
          && result != NULL, "objects on a thread's stack survive");
    GC_atfork_prepare();
    pid = fork();
    if (pid == 0) {
        GC_atfork_child();
        _exit(work(NULL) != NULL ? 0 : 1);
    }
    GC_atfork_parent();
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0, "a child of fork collects");
    return check_done();
}
#else
int main(void)
{
    check_start();
    check_unsupported("no /proc to do without");
    return check_done();
}
#endif
