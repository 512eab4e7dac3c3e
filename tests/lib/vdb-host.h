/* vdb-host.h - what dirty bits this machine has, found without the collector.
 *
 * Each function returns NULL when they work here, or why they do not.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef VDB_HOST_H
#define VDB_HOST_H

#include <errno.h>
#include <stdint.h>
#include <string.h>

#ifdef __linux__
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* userfaultfd with UFFD_FEATURE_WP_ASYNC, and PAGEMAP_SCAN: one page written, clean, written. */
static const char *host_uffd(void)
{
#ifndef SYS_userfaultfd
    return "no system call userfaultfd";
#else
    uint64_t api[3] = {0xAA, (uint64_t)1 << 15 | (uint64_t)1 << 13, 0}, range[4], scan[12], out[3];
    long page = sysconf(_SC_PAGESIZE);
    int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | 1), map, i;
    const char *why = NULL;
    volatile char *p;

    if (fd < 0)
        return "the kernel refuses userfaultfd";
    map = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    p = (volatile char *)mmap(NULL, (size_t)page, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    range[0] = (uintptr_t)p;
    range[1] = (uint64_t)page;
    range[2] = 2; /* write protection */
    if (ioctl(fd, _IOC(_IOC_READ | _IOC_WRITE, 0xAA, 0x3F, 24), api) != 0)
        why = "the kernel has no asynchronous write protection";
    else if (map < 0 || p == MAP_FAILED
             || ioctl(fd, _IOC(_IOC_READ | _IOC_WRITE, 0xAA, 0, 32), range) != 0)
        why = "memory cannot be registered with userfaultfd";
    for (i = 0; i < 3 && why == NULL; i++) {
        memset(scan, 0, sizeof scan);
        scan[0] = sizeof scan;
        scan[1] = 1 | 2;
        scan[2] = (uintptr_t)p;
        scan[3] = (uintptr_t)p + (uint64_t)page;
        scan[5] = (uintptr_t)out;
        scan[6] = 1;
        scan[9] = scan[11] = 2;
        if (i != 1)
            *p = 1;
        if (ioctl(map, _IOC(_IOC_READ | _IOC_WRITE, 'f', 16, 96), scan) != (i == 1 ? 0 : 1))
            why = "the pagemap does not tell which pages were written";
    }
    if (p != MAP_FAILED)
        munmap((void *)p, (size_t)page);
    if (map >= 0)
        close(map);
    close(fd);
    return why;
#endif
}

static const char *host_soft(void)
{
    long page = sysconf(_SC_PAGESIZE);
    int map = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    int clear = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC), i;
    const char *why = map < 0 || clear < 0 ? "no pagemap or clear_refs in /proc" : NULL;
    volatile char *p = (volatile char *)mmap(NULL, (size_t)page, PROT_READ | PROT_WRITE,
                                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    for (i = 0; i < 2 && why == NULL; i++) {
        uint64_t entry = 0, want = i == 0 ? 0 : (uint64_t)1 << 55;

        *p = 1;
        if (write(clear, "4\n", 2) != 2)
            why = "clear_refs cannot be written";
        if (i == 1)
            *p = 2;
        if (why == NULL
            && (pread(map, &entry, 8, (off_t)((uintptr_t)p / (uintptr_t)page * 8)) != 8
                || (entry & (uint64_t)1 << 55) != want))
            why = "the kernel has no soft-dirty bits";
    }
    munmap((void *)p, (size_t)page);
    if (map >= 0)
        close(map);
    if (clear >= 0)
        close(clear);
    return why;
}

static sigjmp_buf host_back;

static void host_fault(int sig)
{
    siglongjmp(host_back, sig);
}

static const char *host_mprotect(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct sigaction sa, old;
    volatile char *p = (volatile char *)mmap(NULL, page, PROT_READ | PROT_WRITE,
                                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile int caught = 0;

    memset(&sa, 0, sizeof sa);
    sa.sa_handler = host_fault;
    sigaction(SIGSEGV, &sa, &old);
    if (sigsetjmp(host_back, 1) != 0) {
        caught = 1;
    } else {
        *p = 1;
        if (mprotect((void *)p, page, PROT_READ) == 0)
            *p = 2;
    }
    sigaction(SIGSEGV, &old, NULL);
    munmap((void *)p, page);
    return caught ? NULL : "writing to protected memory raises no signal";
}
#else
static const char *host_uffd(void) { return "not Linux"; }
static const char *host_soft(void) { return "not Linux"; }
# ifdef _WIN32
static const char *host_mprotect(void) { return "not on this system"; }
# else
static const char *host_mprotect(void) { return NULL; }
# endif
#endif

static const char *host_gww(void)
{
#ifdef _WIN32
    return NULL;
#else
    return "not Windows";
#endif
}

static const char *host_proc(void)
{
#ifdef __sun
    return NULL;
#else
    return "not Solaris";
#endif
}

static const char *host_nothing(void) { return NULL; }

static const struct {
    const char *name;
    const char *(*why_not)(void);
} host_vdbs[] = {{"uffd", host_uffd},   {"soft", host_soft},       {"mprotect", host_mprotect},
                 {"gww", host_gww},     {"proc", host_proc},       {"manual", host_nothing},
                 {"none", host_nothing}};

#endif /* VDB_HOST_H */
