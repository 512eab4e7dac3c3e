/* threads-during.c - threads are born, die, block and hand objects on while marking is under way */
/* threads: required */
/* variants: plain providers verify-uffd verify-mprotect verify-soft stress-uffd stress-mprotect deny */
/* timeout: 120 */
#include "mover.h"
#include "threads.h"

#define CROWD 8

/* ---- born and dying: an object goes through stacks only ------------------------- */


/* Takes item i off the chain's end; from then on only its frame holds it, until it returns it. */
static void *carry(void *arg)
{
    unsigned i = (unsigned)(uintptr_t)arg, k;
    void *volatile mine = *mover_end_word(i);

    GC_PTR_STORE_AND_DIRTY(mover_end_word(i), NULL);
    mover_moved[i] = 1;
    vdb_did();
    for (k = 0; k < 50; k++)
        memset(GC_malloc_atomic(MOVER_BYTES), 0xEE, MOVER_BYTES);
    return mine; /* the join takes it over */
}

CHECK_NOINLINE static void hand_round(unsigned first)
{
    pthread_t tid[CROWD];
    unsigned k;

    for (k = 0; k < CROWD; k++)
        if (any_create((int)(k & 1), &tid[k], carry, (void *)(uintptr_t)(first + k)) != 0) {
            EXPECT(0, "cannot create a thread");
            return;
        }
    for (k = 0; k < CROWD; k++) {
        void *got = NULL;

        /* A raw thread that has ended is no root: its result is nobody's.  Look for it first. */
        EXPECT(any_join((int)(k & 1), tid[k], &got) == 0, "cannot join");
        GC_PTR_STORE_AND_DIRTY(mover_root.holder[first + k], got);
    }
}

static void births(int sort)
{
    unsigned i, odd = 0;

    mover_begin(sort);
    for (i = 0; i + CROWD <= MOVER_ITEMS; i += CROWD) {
        mover_step(i);
        hand_round(i);
        if (i % 64 == 0)
            (void)vdb_enter();
    }
    mover_end();
    for (i = 0; i < MOVER_ITEMS; i++) {
        if (i % CROWD & 1) /* the raw ones' results were held by nothing for a moment */
            odd += !mover_whole(i);
        else
            EXPECT(mover_whole(i), "what a thread returned was lost");
    }
    check_note("%u results of raw threads were reclaimed between end and join", odd);
}

/* ---- blocked: what a frame below GC_do_blocking holds ------------------------------- */

static volatile int stage, arrived, finish;

static void *GC_CALLBACK wait_blocked(void *arg)
{
    (void)arg;
    while (!finish)
        check_nap_ms(1);
    return NULL;
}

/* Inside a blocking region, with the collector's permission again. */
static void *GC_CALLBACK work_active(void *arg)
{
    int k;

    for (k = 0; k < 200; k++)
        memset(GC_malloc_atomic(MOVER_BYTES), 0xEE, MOVER_BYTES);
    return arg;
}

static void *GC_CALLBACK wait_and_work(void *arg)
{
    while (!finish) {
        (void)GC_call_with_gc_active(work_active, arg);
        check_nap_ms(1);
    }
    return NULL;
}

/* Takes every CROWDth object from `first` on, in two steps: before and during marking. */
static void *hold_blocked(void *arg)
{
    unsigned first = (unsigned)(uintptr_t)arg, i, n = 0;
    void *volatile mine[MOVER_ITEMS / CROWD];

    __atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST);
    while (stage == 0)
        check_nap_ms(1);
    for (i = first; i < MOVER_ITEMS; i += CROWD) {
        mover_pace(i);
        mine[n++] = *mover_end_word(i);
        GC_PTR_STORE_AND_DIRTY(mover_end_word(i), NULL);
        mover_moved[i] = 1;
        vdb_did();
    }
    __atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST);
    (void)GC_do_blocking(first & 1 ? wait_blocked : wait_and_work, NULL);
    for (i = first, n = 0; i < MOVER_ITEMS; i += CROWD)
        EXPECT(mine[n++] == check_reveal(mover_item[i]) && mover_whole(i),
               "what a blocked thread held was lost");
    return arg;
}

static void wait_for(int n)
{
    while (__atomic_load_n(&arrived, __ATOMIC_SEQ_CST) < n)
        check_nap_ms(1);
}

static void blocked(int sort)
{
    pthread_t tid[CROWD];
    unsigned k;

    stage = arrived = finish = 0;
    for (k = 0; k < CROWD; k++)
        if (any_create((int)(k & 1), &tid[k], hold_blocked, (void *)(uintptr_t)k) != 0)
            exit(3);
    wait_for(CROWD);
    mover_begin(sort);
    stage = 1;
    wait_for(2 * CROWD);
    mover_end();
    mover_litter(3000);
    (void)vdb_enter(); /* one more, blocked from beginning to end */
    vdb_leave();
    mover_litter(3000);
    finish = 1;
    for (k = 0; k < CROWD; k++)
        EXPECT(any_join((int)(k & 1), tid[k], NULL) == 0, "cannot join");
}

/* ---- the same from thread-local storage ------------------------------------------------ */

static __thread void *tls_words[MOVER_ITEMS / CROWD];

static void *hold_in_tls(void *arg)
{
    unsigned first = (unsigned)(uintptr_t)arg, i, n = 0;

    for (i = first; i < MOVER_ITEMS; i += CROWD) {
        mover_pace(i);
        tls_words[n++] = *mover_end_word(i);
        GC_PTR_STORE_AND_DIRTY(mover_end_word(i), NULL);
        vdb_did();
    }
    __atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST);
    while (!finish)
        check_nap_ms(1);
    for (i = first, n = 0; i < MOVER_ITEMS; i += CROWD)
        EXPECT(tls_words[n++] == check_reveal(mover_item[i]) && mover_whole(i),
               "what thread-local storage held was lost");
    memset(tls_words, 0, sizeof tls_words);
    return arg;
}

CHECK_UNUSED static void in_tls(int sort)
{
    pthread_t tid[CROWD];
    unsigned k;

    arrived = finish = 0;
    mover_begin(sort);
    for (k = 0; k < CROWD; k++)
        if (any_create((int)(k & 1), &tid[k], hold_in_tls, (void *)(uintptr_t)k) != 0)
            exit(3);
    wait_for(CROWD);
    mover_end();
    mover_litter(3000);
    finish = 1;
    for (k = 0; k < CROWD; k++)
        EXPECT(any_join((int)(k & 1), tid[k], NULL) == 0, "cannot join");
}

int main(void)
{
    unsigned i;
    long k, rounds;

    if (!vdb_start())
        return check_done();
    GC_allow_register_threads();
    mover_open(34);
    for (i = 0; i < MOVER_ITEMS; i++)
        mover_root.holder[i] = (void **)GC_malloc(64);
    rounds = check_work(10);
    for (k = 0; k < rounds; k++)
        births((int)(k % MOVER_SORTS));
    VERDICT("threads that are born and die");
    for (k = 0; k < rounds; k++)
        blocked((int)(k % MOVER_SORTS));
    VERDICT("blocked threads");
    if (!check_is_stock) {
#ifdef CHECK_TLS_IS_EMULATED
        check_unsupported("thread-local storage is only emulated");
#else
        for (k = 0; k < rounds; k++)
            in_tls((int)(k % MOVER_SORTS));
        VERDICT("thread-local storage");
#endif
    }
    vdb_judge();
    return check_done();
}
