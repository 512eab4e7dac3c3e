/* locked.c - memory that is locked, huge-page-backed, or forbidden to be, under cycles */
/* variants: plain providers verify-uffd verify-mprotect */
/* timeout: 120 */
#include "mover.h"
#ifndef __linux__
int main(void)
{
    check_start();
    check_unsupported("no mlock and madvise as on Linux");
    return check_done();
}
#else
#include <sys/mman.h>

#define LARGE ((size_t)6 << 20)

static char *large[4]; /* objects so large that huge pages fit */

static void moves(const char *what)
{
    unsigned i;
    int sort;

    for (sort = 0; sort < MOVER_SORTS; sort++) {
        mover_begin(sort);
        for (i = 0; i < MOVER_ITEMS; i++) {
            /* every other object into a page of its own, or into the small holders */
            void **where = i & 2 ? (void **)(large[i % 4] + (size_t)i * 11000) : mover_root.holder[i];

            mover_step(i);
            (void)mover_move(i, where, mover_plain);
        }
        mover_end();
        mover_litter(3000);
        mover_audit(what);
    }
    VERDICT(what);
}

static void advise(int advice, const char *what)
{
    size_t i, page = (size_t)sysconf(_SC_PAGESIZE);
    int failed = 0;

    for (i = 0; i < 4; i++) {
        uintptr_t lo = ((uintptr_t)large[i] + page - 1) & ~(uintptr_t)(page - 1);
        uintptr_t hi = ((uintptr_t)large[i] + LARGE) & ~(uintptr_t)(page - 1);

        failed += madvise((void *)lo, hi - lo, advice) != 0;
        memset(large[i] + LARGE / 2, 0, LARGE / 2); /* populated */
    }
    if (failed)
        check_note("madvise is refused: %s", strerror(errno));
    moves(what);
}

int main(void)
{
    struct rlimit limit;
    unsigned i;

    if (!vdb_start())
        return check_done();
    mover_open(38);
    for (i = 0; i < 4; i++)
        large[i] = (char *)GC_malloc(LARGE);
    for (i = 0; i < MOVER_ITEMS; i++)
        mover_root.holder[i] = (void **)GC_malloc(64);
    moves("as it comes");
#ifdef MADV_HUGEPAGE
    advise(MADV_HUGEPAGE, "huge pages");
    advise(MADV_NOHUGEPAGE, "no huge pages");
#endif
    for (i = 0; i < 4; i++)
        if (mlock(large[i], LARGE) != 0)
            break;
    if (i < 4) {
        getrlimit(RLIMIT_MEMLOCK, &limit);
        check_note("only %lu bytes may be locked", (unsigned long)limit.rlim_cur);
        check_unsupported("so much memory cannot be locked");
    } else {
        moves("locked");
        if (mlockall(MCL_CURRENT | MCL_FUTURE) == 0) {
            for (i = 0; i < 16; i++) /* the heap grows, locked */
                large[i % 4] = (char *)GC_malloc(LARGE);
            moves("everything locked");
            munlockall();
        }
    }
    moves("and as it was");
    vdb_judge();
    return check_done();
}
#endif
