/* stackbase_linux.c - where the stacks begin, on Linux with any C library.
 *
 * The main stack, best source first: glibc's note of the stack pointer at process start; the
 * mapping named [stack] (or, in a renamed or old /proc, the one that holds the program's file
 * name, which the kernel puts at the very end of the stack); that file name's address alone where
 * there is no /proc.  Other threads: the thread library's attributes.
 *
 * [grows]  The main stack's mapping grows on demand.  Its lower bound here is how far it may
 *          grow: memory between that bound and the stack pointer need not be there yet.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/maps.h"
#include "private/port.h"

#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef STACK_GROWS_UP
static const bool grows_up = true;
#else
static const bool grows_up = false;
#endif

#ifdef __GLIBC__
extern void *__libc_stack_end __attribute__((weak));
#endif

/* An address that is certainly in the main stack: of glibc's note or of the kernel's strings. */
static word address_in_main_stack(void)
{
#ifdef __GLIBC__
    if (&__libc_stack_end != NULL && __libc_stack_end != NULL)
        return (word)__libc_stack_end;
#endif
#ifdef AT_EXECFN
    return (word)getauxval(AT_EXECFN);
#else
    return 0;
#endif
}

struct main_map {
    word inside;   /* an address to look for */
    word below;    /* where the mapping before ends */
    word lo, hi;   /* the answer; hi == 0: not found */
    word above;    /* where the mapping after begins */
    bool by_name;
};

static bool look_for_main(const struct gci_map *map, void *arg)
{
    struct main_map *m = arg;

    if (m->hi != 0) {
        m->above = map->lo;
        return false;
    }
    if ((m->inside != 0 && map->lo <= m->inside && m->inside < map->hi)
        || (m->inside == 0 && gci_maps_path_is(map, "[stack]"))) {
        m->lo = map->lo;
        m->hi = map->hi;
    } else {
        m->below = map->hi;
    }
    return true;
}

static bool find_main_map(struct main_map *m)
{
    memset(m, 0, sizeof *m);
    m->inside = address_in_main_stack();
    m->above = UINTPTR_MAX;
    if (gci_maps_walk(look_for_main, m) == 0 && m->hi != 0)
        return true;
    if (m->inside == 0)
        return false;
    memset(m, 0, sizeof *m);
    return gci_maps_walk(look_for_main, m) == 0 && m->hi != 0;
}

void *gci_stack_main_base(void)
{
    static volatile word known; /* never changes: racing threads store the same */
    struct main_map m;
    word base = known;

    if (base != 0)
        return (void *)base;
#ifdef __GLIBC__
    if (&__libc_stack_end != NULL && __libc_stack_end != NULL)
        base = (word)__libc_stack_end;
#endif
    if (base == 0 && find_main_map(&m))
        base = grows_up ? m.lo : m.hi;
    if (base == 0) {
        base = address_in_main_stack();
        if (base != 0 && !grows_up)
            base = gci_align_up(base + strlen((const char *)base), gci_mem_page_bytes());
        else if (base != 0)
            base = gci_align_down(base, gci_mem_page_bytes());
    }
    known = base;
    return (void *)base;
}

/* How far the main stack may grow [grows]: the limit, or the neighbour and the gap the kernel
   keeps free before it. */
static void grow_to_limit(struct main_map *m)
{
    struct rlimit limit;
    word page = gci_mem_page_bytes();
    word bytes = UINTPTR_MAX;

    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY
        && limit.rlim_cur < UINTPTR_MAX)
        bytes = gci_align_down((word)limit.rlim_cur, page);
    if (!grows_up) {
        word lowest = bytes < m->hi ? m->hi - bytes : 0;

        if (lowest < m->below)
            lowest = m->below;
        if (lowest < m->lo)
            m->lo = lowest == 0 ? page : lowest;
    } else {
        word highest = bytes < UINTPTR_MAX - m->lo ? m->lo + bytes : UINTPTR_MAX;

        if (highest > m->above)
            highest = m->above;
        if (highest > m->hi)
            m->hi = highest;
    }
}

static bool from_thread_library(void **lo, void **hi)
{
    pthread_attr_t attributes;
    void *address = NULL;
    size_t bytes = 0, guard_bytes = 0;
    word self = (word)pthread_self();
    bool ok;

    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return false;
    ok = pthread_attr_getstack(&attributes, &address, &bytes) == 0 && address != NULL && bytes > 0;
    if (grows_up)
        (void)pthread_attr_getguardsize(&attributes, &guard_bytes);
    (void)pthread_attr_destroy(&attributes);
    *lo = address;
    *hi = (char *)address + bytes;
    /* glibc puts the control block at the high end on every machine; below it, where stacks grow
       up, comes the guard that cannot be read. */
    if (grows_up && self > (word)address && self - (word)address < bytes + ((word)1 << 20))
        *hi = (void *)gci_align_down(self - guard_bytes, gci_mem_page_bytes());
#if !defined(__GLIBC__) && defined(PTHREAD_KEYS_MAX)
    /* musl's stack ends below the thread's control block, which its thread-specific data
       follow; a rounded end stays in the page of their last byte. */
    if (ok && self - (word)*hi < (word)1 << 20)
        *hi = (void *)gci_align_up(self + 64 + PTHREAD_KEYS_MAX * sizeof(void *),
                                   gci_mem_page_bytes());
#endif
    return ok;
}

static bool holds(const void *lo, const void *hi, word address)
{
    return (word)lo <= address && address < (word)hi;
}

#define UNLIMITED_BYTES ((word)64 << 20)

/* The main stack where there is no /proc, which glibc needs as well. */
static bool without_maps(void **lo, void **hi)
{
    word base = (word)gci_stack_main_base();
    struct main_map m = { .lo = base, .hi = base, .above = UINTPTR_MAX };

    if (base == 0)
        return false;
    if (grows_up)
        m.above = base + UNLIMITED_BYTES;
    else
        m.below = base - UNLIMITED_BYTES;
    grow_to_limit(&m);
    *lo = (void *)m.lo;
    *hi = (void *)m.hi;
    return true;
}

/* A child forked by a thread is its process's first thread yet runs on that thread's stack, so
   where we are counts more than who we are.  For threads other than the first, glibc's answer
   costs a malloc and a free but reads no file. */
bool gci_stack_of_this_thread(void **lo, void **hi)
{
    char here;
    struct main_map m;
    word address = (word)&here;
    bool first = syscall(SYS_gettid) == getpid();
    bool found;

    if (!first)
        return from_thread_library(lo, hi);
    found = find_main_map(&m);
    if (found) {
        grow_to_limit(&m);
        *lo = (void *)m.lo;
        *hi = (void *)m.hi;
        if (holds(*lo, *hi, address))
            return true;
    }
    if (from_thread_library(lo, hi) && (holds(*lo, *hi, address) || !found))
        return true;
    if (!found)
        return without_maps(lo, hi) && holds(*lo, *hi, address);
    *lo = (void *)m.lo; /* on a signal stack or a coroutine's */
    *hi = (void *)m.hi;
    return true;
}

void *gci_stack_lowest_readable(void *lo, void *cold)
{
    (void)cold;
    return lo;
}
