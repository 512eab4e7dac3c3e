/* fork-during.c - fork while marking is under way: the child's heap is whole, and it can collect */
/* needs: children */
/* variants: plain providers verify-uffd verify-mprotect verify-soft stress-uffd stress-mprotect deny */
/* timeout: 120 */
#include "mover.h"
#ifdef _WIN32
int main(void)
{
    check_start();
    check_unsupported("no fork");
    return check_done();
}
#else

static unsigned moved; /* so many objects have been moved */

/* Moves the rest, in whichever process. */
CHECK_NOINLINE static void move_up_to(unsigned n)
{
    for (; moved < n; moved++) {
        mover_step(moved);
        (void)mover_move(moved, mover_root.holder[moved] + moved % 8, mover_plain);
    }
}

CHECK_NOINLINE static void finish_cycle(const char *who)
{
    move_up_to(MOVER_ITEMS);
    mover_end();
    mover_audit(who);
    mover_litter(4000);
    GC_gcollect();
    mover_audit(who);
}

/* The child of a child goes through a cycle of its own. */
static int grandchild(void *unused)
{
    (void)unused;
    finish_cycle("the grandchild");
    (void)vdb_enter();
    mover_litter(2000);
    vdb_leave();
    mover_audit("the grandchild, later");
    return check_open_failures != 0;
}

static int child(void *arg)
{
    char text[2000];
    int status;

    if (arg != NULL) { /* forks again at once, mid-cycle still */
        status = check_child(grandchild, NULL, text, sizeof text);
        if (!check_child_ok(status)) {
            printf("grandchild: status %x: %s\n", (unsigned)status, text);
            return 2;
        }
    }
    finish_cycle("the child");
    moved = 0;
    mover_begin(mover_sort); /* a whole cycle that begins in the child */
    finish_cycle("the child's own cycle");
    return check_open_failures != 0;
}

static void round_of(unsigned before, int sort)
{
    char text[3000];
    int status;

    moved = 0;
    mover_begin(sort);
    move_up_to(before);
    vdb_did();
    status = check_child(child, before % 3 == 0 ? &moved : NULL, text, sizeof text);
    EXPECT(check_child_ok(status), "the child: status %x: %s", (unsigned)status, text);
    finish_cycle("the parent");
}

#ifdef GC_THREADS
static volatile int over;

/* Others go on storing and allocating in the parent. */
static void *busy(void *arg)
{
    void **mine = (void **)GC_malloc(4096);
    unsigned k;

    for (k = 0; !over; k++) {
        GC_PTR_STORE_AND_DIRTY(&mine[k % 512], GC_malloc(32));
        if (k % 4096 == 0)
            check_nap_ms(1);
    }
    return arg;
}
#endif

int main(void)
{
    unsigned i;
    long k, rounds;

    GC_set_handle_fork(1);
    if (!vdb_start())
        return check_done();
    mover_open(35);
    for (i = 0; i < MOVER_ITEMS; i++)
        mover_root.holder[i] = (void **)GC_malloc(64);
    rounds = check_work(8);
    for (k = 0; k < rounds; k++)
        round_of((unsigned)(k * 50) % MOVER_ITEMS, (int)(k % MOVER_SORTS));
    VERDICT("one thread");
#ifdef GC_THREADS
    {
        pthread_t t[2];

        for (i = 0; i < 2; i++)
            if (GC_pthread_create(&t[i], NULL, busy, NULL) != 0)
                return 3;
        for (k = 0; k < rounds; k++)
            round_of((unsigned)(k * 50) % MOVER_ITEMS, (int)(k % MOVER_SORTS));
        over = 1;
        for (i = 0; i < 2; i++)
            (void)GC_pthread_join(t[i], NULL);
        VERDICT("several threads");
    }
#endif
    vdb_judge();
    return check_done();
}
#endif
