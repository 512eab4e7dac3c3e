/* vdb_mprotect.c - dirty bits by write protection and a fault handler.
 *
 * The slowest provider (5 us per first write to a unit) and the most portable one.  A system
 * call that writes into a protected page fails with EFAULT instead: note_write before it.
 *
 * [unit]      A fault makes a whole unit writable, not just a page: each writable island in
 *             protected memory costs mappings, of which the kernel allows some 65,000.  When there
 *             are many islands, units grow; when the kernel refuses, everything becomes writable.
 * [one-step]  The handler blocks all signals, so a thread is never stopped between making the unit writable
 *             and setting the bit.
 * [bit-last]  In that order, since threads that are not stopped (the collector's helpers) write too: had the
 *             bit been read and cleared before the unit became writable, nobody would learn of what
 *             they write. What is written in between is found by the next reading.
 * [exempt]    Pages that the caller exempts are not protected, as long as that costs no more mappings than
 *             MOST_STRETCHES; then all are.
 * [data-limit] Linux counts only writable memory as data (RLIMIT_DATA). A heap that grew while parts of it were
 *             protected could not be made writable any more. So with such a limit this provider is not
 *             used; one that is set later ends its use when the heap grows.
 * [foreign]   Faults elsewhere, and a fault that comes back although the page is writable, go to
 *             the handler that was there before.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/atomics.h"
#include "private/port.h"
#include "private/vdb.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define SMALL_UNIT_BYTES ((word)16 << 10)
#define LARGE_UNIT_BYTES ((word)1 << 20)
#define MOST_ISLANDS 10000
#define MOST_REPEATS 100

static int readable = PROT_READ, writable = PROT_READ | PROT_WRITE;
static bool running;
static bool limited;               /* [data-limit] */
static volatile word islands;      /* made since the last reading, at most */
static volatile word everything;   /* all is writable: the kernel refused a split */
static volatile word last_fault, repeats;
static struct sigaction old_segv, old_bus;

static bool make_all_writable(void)
{
    bool ok = true;

    for (size_t i = 0; i < gci_vdb_ranges_count(); i++) {
        struct gci_vdb_range r = gci_vdb_ranges_get(i);

        ok &= mprotect(r.lo, (size_t)(r.hi - r.lo), writable) == 0;
    }
    gci_store_release(&everything, 1); /* [bit-last] */
    return ok;
}

/* The covered pages of the unit around `address`. */
static void make_unit_writable(word address)
{
    word page = gci_mem_page_bytes();
    word unit = gci_load(&islands) < MOST_ISLANDS ? SMALL_UNIT_BYTES : LARGE_UNIT_BYTES;
    word lo, hi, first;

    if (unit < page)
        unit = page;
    first = gci_align_down(address, unit);
    lo = hi = gci_align_down(address, page);
    while (lo > first && gci_vdb_bits_is_covered_sigsafe((void *)(lo - page)))
        lo -= page;
    do {
        hi += page;
    } while (hi - first < unit && gci_vdb_bits_is_covered_sigsafe((void *)hi));
    (void)gci_fetch_add(&islands, 1);
    if (mprotect((void *)lo, hi - lo, writable) != 0)
        (void)make_all_writable(); /* joins mappings, so it cannot fail for want of them */
    (void)gci_vdb_bits_set_sigsafe((ptr_t)lo, (ptr_t)hi); /* [bit-last] */
}

/* A page whose fault returns again and again, and nobody protected it anew, has another trouble than our
   protection. */
static bool is_stuck(word address)
{
    if (gci_load(&last_fault) != address) {
        gci_store(&last_fault, address);
        gci_store(&repeats, 0);
        return false;
    }
    return gci_fetch_add(&repeats, 1) > MOST_REPEATS;
}

static void pass_on(int number, siginfo_t *info, void *context, const struct sigaction *old)
{
    if ((old->sa_flags & SA_SIGINFO) != 0 && old->sa_sigaction != NULL) {
        old->sa_sigaction(number, info, context);
    } else if (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN) {
        old->sa_handler(number);
    } else {
        /* Back to the default; the access is made again and ends the program as it should. */
        (void)sigaction(number, old, NULL);
    }
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    int saved_errno = errno;
    word address = (word)info->si_addr;

    if (gci_vdb_bits_is_covered_sigsafe((void *)address) && !is_stuck(address)) {
        make_unit_writable(address);
        errno = saved_errno;
        return;
    }
#ifdef SIGBUS
    pass_on(number, info, context, number == SIGBUS ? &old_bus : &old_segv);
#else
    pass_on(number, info, context, &old_segv);
#endif
    errno = saved_errno;
}

static int install(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_fault;
    (void)sigfillset(&action.sa_mask); /* [one-step] */
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    if (sigaction(SIGSEGV, &action, &old_segv) != 0)
        return errno;
#if defined(SIGBUS) && !defined(GCI_OS_LINUX)
    if (sigaction(SIGBUS, &action, &old_bus) != 0)
        return errno;
#endif
    return 0;
}

/* Only if it is still ours: a handler that was put on top keeps working. */
static void uninstall(void)
{
    struct sigaction now;

    if (sigaction(SIGSEGV, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) != 0
        && now.sa_sigaction == on_fault)
        (void)sigaction(SIGSEGV, &old_segv, NULL);
#if defined(SIGBUS) && !defined(GCI_OS_LINUX)
    if (sigaction(SIGBUS, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) != 0
        && now.sa_sigaction == on_fault)
        (void)sigaction(SIGBUS, &old_bus, NULL);
#endif
}

/* [exempt] */
#define MOST_STRETCHES 20000
static bool (*is_exempt)(const void *page);
static word stretches; /* protected since the last start, at most */

static int protect_all(ptr_t lo, ptr_t hi)
{
    return lo == hi || mprotect(lo, (size_t)(hi - lo), readable) == 0 ? 0 : errno;
}

static int protect(ptr_t lo, ptr_t hi)
{
    size_t page = gci_mem_page_bytes();
    ptr_t from = lo;
    int error = 0;

    for (; is_exempt != NULL && stretches < MOST_STRETCHES && lo < hi && error == 0; lo += page)
        if (is_exempt(lo)) {
            stretches += from < lo;
            error = protect_all(from, lo);
            from = lo + page;
        }
    return error != 0 ? error : protect_all(from, hi);
}

static void set_exempt(bool (*exempt)(const void *page))
{
    is_exempt = exempt;
    stretches = 0;
}

/* [data-limit] */
static bool data_is_limited(void)
{
#ifdef RLIMIT_DATA
    struct rlimit limit;

    return getrlimit(RLIMIT_DATA, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
#else
    return false;
#endif
}

static bool may_grow(void)
{
    int saved_errno = errno;
    bool ok = true;

    if (data_is_limited()) {
        limited = true;
        ok = make_all_writable();
    }
    errno = saved_errno;
    return ok;
}

static bool probe(void)
{
    size_t page = gci_mem_page_bytes();
    ptr_t p = data_is_limited() ? NULL : gci_mem_map(page);
    bool ok;
    int saved_errno = errno;

    if (p == NULL)
        return false;
    ok = mprotect(p, page, readable) == 0 && mprotect(p, page, writable) == 0;
    gci_mem_release(p, page);
    errno = saved_errno;
    return ok;
}

static int add(ptr_t lo, ptr_t hi)
{
    int error = gci_vdb_bits_cover(lo, hi);

    if (error == 0 && (error = gci_vdb_ranges_add(lo, hi)) != 0)
        gci_vdb_bits_uncover(lo, hi);
    return error;
}

/* New memory is about to be written anyway: it counts as written, and is protected when next
   read. */
static int cover(ptr_t lo, ptr_t hi)
{
    int error = add(lo, hi);

    if (error == 0)
        (void)gci_vdb_bits_set_sigsafe(lo, hi);
    return error;
}

static void uncover(ptr_t lo, ptr_t hi)
{
    int saved_errno = errno;

    gci_vdb_bits_uncover(lo, hi);
    (void)gci_vdb_ranges_remove(lo, hi);
    (void)mprotect(lo, (size_t)(hi - lo), writable);
    errno = saved_errno;
}

static void stop(void)
{
    int saved_errno = errno;

    (void)make_all_writable();
    while (gci_vdb_ranges_count() != 0) {
        struct gci_vdb_range r = gci_vdb_ranges_get(0);

        gci_vdb_bits_uncover(r.lo, r.hi);
        (void)gci_vdb_ranges_remove(r.lo, r.hi);
    }
    if (running)
        uninstall();
    running = false;
    errno = saved_errno;
}

static int start(ptr_t lo, ptr_t hi)
{
    int saved_errno = errno;
    int error = install();

    running = error == 0;
    limited = false;
    gci_store(&islands, 0);
    gci_store(&everything, 0);
    gci_store(&repeats, 0);
    if (error == 0)
        error = add(lo, hi);
    if (error == 0 && lo < hi)
        error = protect(lo, hi);
    if (error != 0)
        stop();
    errno = saved_errno;
    return error;
}

struct reading {
    gci_vdb_dirty dirty;
    void *arg;
    int error;
};

static void protect_and_report(ptr_t lo, ptr_t hi, void *arg)
{
    struct reading *r = arg;

    if (r->error == 0)
        r->error = protect(lo, hi);
    r->dirty(lo, hi, r->arg);
}

static int read_and_rearm(ptr_t lo, ptr_t hi, gci_vdb_dirty dirty, void *arg)
{
    struct reading reading = { dirty, arg, 0 };
    int saved_errno = errno;

    if (limited)
        return EPERM;
    if (gci_load(&everything) != 0) {
        for (size_t i = 0; i < gci_vdb_ranges_count(); i++)
            (void)gci_vdb_bits_set_sigsafe(gci_vdb_ranges_get(i).lo, gci_vdb_ranges_get(i).hi);
        gci_store(&everything, 0);
        lo = NULL;
        hi = (ptr_t)UINTPTR_MAX;
    }
    gci_vdb_bits_take(lo, hi, protect_and_report, &reading);
    gci_store(&islands, 0);
    gci_store(&repeats, 0);
    errno = saved_errno;
    return reading.error;
}

static void note_write(const void *p)
{
    int saved_errno = errno;

    if (running && gci_vdb_bits_is_covered_sigsafe(p))
        make_unit_writable((word)p);
    errno = saved_errno;
}

static void set_executable(bool yes)
{
    readable = PROT_READ | (yes ? PROT_EXEC : 0);
    writable = readable | PROT_WRITE;
}

const struct gci_vdb_provider gci_vdb_mprotect = {
    .name = "mprotect",
    .public_flag = GC_VDB_MPROTECT,
    .probe = probe,
    .start = start,
    .cover = cover,
    .uncover = uncover,
    .read_and_rearm = read_and_rearm,
    .stop = stop,
    .note_write = note_write,
    .set_exempt = set_exempt,
    .may_grow = may_grow,
    .set_executable = set_executable
};
