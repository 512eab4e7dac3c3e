/* syscalls.c - system calls that write into the heap work while pages are watched */
/* variants: plain providers vdb-manual */
#include "vdb.h"
#ifdef __linux__
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#endif
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

#ifdef SYS_getdents64
#define DIRECTORY_BYTES 8192

/* Does the kernel's list of a directory's entries hold "."? */
static int has_dot(const unsigned char *list, long bytes)
{
    long at = 0;

    while (at + 20 <= bytes) { /* inode, offset: 8 bytes each; length: 2; type: 1; name */
        unsigned short length;

        memcpy(&length, list + at + 16, sizeof length);
        if (length == 0)
            return 0;
        if (strcmp((const char *)list + at + 19, ".") == 0)
            return 1;
        at += length;
    }
    return 0;
}

/* Calls that the kernel copies to in many small pieces, or to a structure. */
static void directories(void)
{
    long round, rounds = check_work(60);
    struct stat *status = (struct stat *)GC_malloc_atomic(sizeof *status);
    unsigned char *list = (unsigned char *)GC_malloc_atomic(DIRECTORY_BYTES);

    for (round = 0; round < rounds; round++) {
        int fd = open("/", O_RDONLY | O_DIRECTORY);
        long n;

        GC_gcollect();
        (void)GC_collect_a_little();
        if (fd < 0) {
            check_unsupported("no root directory");
            return;
        }
        n = syscall(SYS_getdents64, fd, list, DIRECTORY_BYTES);
        EXPECT(n > 0 && has_dot(list, n), "getdents64 into the heap gave %ld, errno %d", n, errno);
        EXPECT(fstat(fd, status) == 0 && S_ISDIR(status->st_mode), "fstat into the heap, errno %d",
               errno);
        close(fd);
    }
    VERDICT("reading a directory into pointer-free objects");
}
#endif

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
#ifdef SYS_getdents64
    directories();
#endif
    if (!check_is_stock)
        CHECK(failed == 0, "pointer-free objects are not protected");
    return check_done();
}
#endif
