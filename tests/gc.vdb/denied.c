/* denied.c - the kernel takes the dirty bits away, at the start and between cycles: nothing is lost */
/* needs: children */
/* variants: vdb-uffd vdb-soft vdb-mprotect verify-uffd verify-mprotect verify-soft */
/* timeout: 300 */
#include "mover.h"
#ifndef __linux__
int main(void)
{
    check_start();
    check_unsupported("no system call filters");
    return check_done();
}
#else
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* ---- a filter that makes what a provider needs fail ------------------------------------ */

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF_NOT(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(value), 0, skip)
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, value)

/* The low half of an argument. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ && __SIZEOF_POINTER__ == 8
#  define ARGUMENT(n) \
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[n]) + 4)
#else
#  define ARGUMENT(n) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[n]))
#endif

/* Denies the call, or only with this value of argument n, in all threads, for good. */
static int deny(long call, int n, unsigned value, int error)
{
    struct sock_filter whole[] = {LOAD(nr), IF_NOT(call, 1),
                                  ANSWER(SECCOMP_RET_ERRNO | (unsigned)error),
                                  ANSWER(SECCOMP_RET_ALLOW)};
    struct sock_filter one[] = {LOAD(nr), IF_NOT(call, 3), ARGUMENT(n), IF_NOT(value, 1),
                                ANSWER(SECCOMP_RET_ERRNO | (unsigned)error),
                                ANSWER(SECCOMP_RET_ALLOW)};
    struct sock_fprog program;

    program.len = n < 0 ? sizeof whole / sizeof *whole : sizeof one / sizeof *one;
    program.filter = n < 0 ? whole : one;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return 0;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}

enum { PAGEMAP_SCAN_CALL = (int)_IOC(_IOC_READ | _IOC_WRITE, 'f', 16, 96),
       REGISTER_CALL = (int)_IOC(_IOC_READ | _IOC_WRITE, 0xAA, 0, 32) };

/* Ways to take a provider away. */
static const struct way {
    const char *provider, *name;
    int at_start; /* or later too */
    long call;
    int argument;
    unsigned value;
    int error;
} ways[] = {
#ifdef SYS_userfaultfd
    {"uffd", "no userfaultfd", 1, SYS_userfaultfd, -1, 0, EPERM},
#endif
    {"uffd", "registering is refused", 0, SYS_ioctl, 1, (unsigned)REGISTER_CALL, ENOMEM},
    {"uffd", "scanning is refused", 0, SYS_ioctl, 1, (unsigned)PAGEMAP_SCAN_CALL, EPERM},
    {"soft", "the pagemap cannot be read", 0, SYS_pread64, -1, 0, EIO},
    {"mprotect", "protection is refused", 0, SYS_mprotect, 2, 1 /* PROT_READ */, ENOMEM},
};

/* ---- in a child each ---------------------------------------------------------------------- */

struct plan {
    const struct way *way;
    int when; /* 0 before the start, 1 between cycles, 2 while marking is under way */
    int sort;
};

static void moves(const char *what, const struct way *deny_now, int sort)
{
    unsigned i;

    mover_begin(sort);
    for (i = 0; i < MOVER_ITEMS; i++) {
        mover_step(i);
        (void)mover_move(i, mover_root.holder[i] + i % 8, mover_plain);
        if (i == MOVER_ITEMS / 4 && deny_now != NULL
            && !deny(deny_now->call, deny_now->argument, deny_now->value, deny_now->error))
            exit(77);
    }
    mover_end();
    mover_audit(what);
    mover_litter(3000);
    mover_audit(what);
}

static int child(void *arg)
{
    const struct plan *plan = (const struct plan *)arg;
    const struct way *w = plan->way;
    unsigned i, k;
    int before;

    if (plan->when == 0 && !deny(w->call, w->argument, w->value, w->error))
        return 77;
    GC_INIT();
    GC_set_on_collection_event(vdb_event);
    GC_enable_incremental();
    before = vdb_at_work();
#ifdef GC_VDB_UFFD
    check_note("dirty bits by %s", vdb_name(GC_get_actual_vdb()));
    if (plan->when == 0)
        EXPECT(strcmp(vdb_name(GC_get_actual_vdb()), w->provider) != 0,
               "a provider that cannot work is said to");
#endif
    mover_open(41);
    for (i = 0; i < MOVER_ITEMS; i++)
        mover_root.holder[i] = (void **)GC_malloc(64);
    moves("before", NULL, MOVER_BESIDE);
    if (plan->when == 1 && !deny(w->call, w->argument, w->value, w->error))
        return 77;
    moves("as it is taken away", plan->when == 2 ? w : NULL, plan->sort);
    for (k = 0; k < 4; k++) {
        /* The heap grows: more memory to watch. */
        memset(GC_malloc((size_t)3 << 20), 1, (size_t)3 << 20);
        moves("after", NULL, (int)(k % MOVER_SORTS));
    }
    GC_gcollect();
    mover_audit("in the end");
#ifdef GC_VDB_UFFD
    check_note("in the end dirty bits by %s", vdb_name(GC_get_actual_vdb()));
    if (before && plan->when > 0 && strcmp(w->name, "registering is refused") != 0)
        EXPECT(strcmp(vdb_name(GC_get_actual_vdb()), w->provider) != 0,
               "a provider that has failed is said to work");
#endif
    return check_open_failures != 0;
}

int main(void)
{
    static const char *const moment[] = {"before the start", "between cycles", "during marking"};
    const char *provider = getenv("GC_VDB");
    struct plan plan;
    char text[4000], name[200];
    size_t i;
    int tried = 0;

    check_start();
    if (provider == NULL || strcmp(provider, "none") == 0)
        provider = "uffd"; /* whatever is denied then, nothing may change */
    for (i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(ways[i].provider, provider) != 0)
            continue;
        plan.way = &ways[i];
        for (plan.when = 0; plan.when < (ways[i].at_start ? 1 : 3); plan.when++) {
            for (plan.sort = 0; plan.sort < MOVER_SORTS; plan.sort++) {
                int status = check_child(child, &plan, text, sizeof text);

                if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
                    check_unsupported("no system call filters");
                    return check_done();
                }
                tried++;
                EXPECT(check_child_ok(status), "status %x: %s", (unsigned)status, text);
            }
            snprintf(name, sizeof name, "%s %s", ways[i].name, moment[plan.when]);
            VERDICT(name);
        }
    }
    if (tried == 0)
        check_unsupported("nothing to take away");
    return check_done();
}
#endif
