/* system_posix.c - processors, clock, yielding, and reading memory that may not be there.
 *
 * Counterpart: system_win32.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/atomics.h"
#include "private/port.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef GCI_OS_LINUX
# include <sys/syscall.h>
# include <sys/uio.h>
#endif

unsigned gci_sys_cpu_count(void)
{
    int saved_errno = errno;
    long count = 0;

#if defined(GCI_OS_LINUX) && defined(SYS_sched_getaffinity)
    /* The system call, not the library: it tells how many bytes it filled, and machines with
       more than 1,024 processors exist. */
    unsigned long mask[16384 / (8 * sizeof(unsigned long))];
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);

    if (bytes > 0 && (size_t)bytes <= sizeof mask) {
        const unsigned char *byte = (const unsigned char *)mask;

        for (long i = 0; i < bytes; i++)
            count += __builtin_popcount(byte[i]);
    }
#endif
#ifdef _SC_NPROCESSORS_ONLN
    if (count <= 0)
        count = sysconf(_SC_NPROCESSORS_ONLN);
#endif
    errno = saved_errno;
    return count <= 0 ? 1 : count > 16384 ? 16384 : (unsigned)count;
}

uint64_t gci_sys_now_ns(void)
{
    struct timespec now;

#ifdef CLOCK_MONOTONIC
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
#endif
        (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void gci_sys_yield(void)
{
    (void)sched_yield();
}

/* The kernel copies through a pipe and tells EFAULT instead of raising a signal. */
static bool read_by_pipe(char *dst, const char *src, size_t bytes)
{
    int ends[2];
    bool ok = true;

    if (pipe(ends) != 0)
        return false;
    while (ok && bytes > 0) {
        size_t piece = bytes < 4096 ? bytes : 4096; /* fits an empty pipe everywhere */
        ssize_t n = write(ends[1], src, piece);
        ssize_t got = 0;

        if (n < 0 && errno == EINTR)
            continue;
        ok = n > 0;
        while (ok && got < n) {
            ssize_t m = read(ends[0], dst + got, (size_t)(n - got));

            if (m < 0 && errno == EINTR)
                continue;
            ok = m > 0;
            got += m;
        }
        if (ok) {
            src += n;
            dst += n;
            bytes -= (size_t)n;
        }
    }
    close(ends[0]);
    close(ends[1]);
    return ok;
}

bool gci_sys_safe_read(void *dst, const void *src, size_t bytes)
{
    int saved_errno = errno;
    bool ok;

    if (bytes == 0)
        return true;
    if ((uintptr_t)src + bytes < (uintptr_t)src)
        return false;
#if defined(GCI_OS_LINUX) && defined(SYS_process_vm_readv)
    static volatile word refused; /* by a sandbox or an emulator: do not ask again */

    if (gci_load(&refused) == 0) {
        struct iovec to = { dst, bytes }, from = { (void *)(uintptr_t)src, bytes };
        long n = syscall(SYS_process_vm_readv, getpid(), &to, 1UL, &from, 1UL, 0UL);

        if (n >= 0 || errno == EFAULT) {
            errno = saved_errno;
            return n >= 0 && (size_t)n == bytes;
        }
        if (errno == ENOSYS || errno == EPERM || errno == EACCES)
            gci_store(&refused, 1);
    }
#endif
    ok = read_by_pipe(dst, src, bytes);
    errno = saved_errno;
    return ok;
}
