/* syscalls.c - system calls that write into the heap work while pages are watched */
/* variants: plain providers vdb-manual */
#include "vdb.h"
#ifdef _WIN32
int main(void)
{
    check_start();
    check_unsupported("no pipes");
    return check_done();
}
#else

#define MANY 400

static unsigned char *buffer[MANY];
static void **holder[MANY];

int main(void)
{
    int fds[2], i, round, failed = 0;
    unsigned char out[512];
    long rounds;

    if (!vdb_start())
        return check_done();
    if (pipe(fds) != 0)
        return 2;
    for (i = 0; i < MANY; i++) {
        buffer[i] = (unsigned char *)GC_malloc_atomic(512);
        holder[i] = (void **)GC_malloc(64 * sizeof(void *));
    }
    rounds = check_work(60);
    for (round = 0; round < rounds; round++) {
        GC_gcollect();
        (void)GC_collect_a_little();
        for (i = 0; i < MANY; i++) {
            ssize_t n;

            memset(out, (round + i) & 0xFF, sizeof out);
            if (write(fds[1], out, sizeof out) != (ssize_t)sizeof out)
                return 3;
            n = read(fds[0], buffer[i], sizeof out);
            if (n < 0 && errno == EFAULT) {
                /* Write protection does this; a program is told to touch the page first. */
                failed++;
                buffer[i][0] = 0;
                n = read(fds[0], buffer[i], sizeof out);
            }
            EXPECT(n == (ssize_t)sizeof out
                       && check_all_bytes(buffer[i], 512, (round + i) & 0xFF),
                   "reading into the heap gave %ld", (long)n);
            holder[i][round % 64] = GC_malloc_atomic(16);
            GC_END_STUBBORN_CHANGE(holder[i]);
            memset(holder[i][round % 64], 0x77, 16);
        }
    }
    for (i = 0; i < MANY; i++)
        EXPECT(check_all_bytes(holder[i][(rounds - 1) % 64], 16, 0x77), "lost");
    check_note("%d reads failed with EFAULT", failed);
    VERDICT("reading into pointer-free objects");
    if (!check_is_stock)
        CHECK(failed == 0, "pointer-free objects are not protected");
    return check_done();
}
#endif
