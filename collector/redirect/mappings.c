/* mappings.c - memory that the program maps for itself is a root.
 *
 * Interpreters and compilers build heaps of their own on mmap and keep in them pointers to what
 * malloc gave them. So anonymous mappings of the program are noted here, and what of them can
 * be read at the time of a collection and was ever written is scanned.
 *
 * [noted]     The table says what the program mapped and has not unmapped, in ascending order and
 *             disjoint; it is changed in a no-stop region, so it is whole when the world is stopped.
 * [kernel]    Whether a noted page can be read is the kernel's knowledge: it is asked for the
 *             mappings of the process at each collection, with the world stopped.
 * [touched]   Pages of long mappings that were never written are skipped: scanning them would
 *             make them exist.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/redirect.h"
#include "private/maps.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LONG_BYTES ((size_t)1 << 20) /* [touched] */

struct mapping {
    word lo, hi;
};
static struct gci_lock lock = GCI_LOCK_INITIALIZER;
static struct mapping *table;
static size_t count, room;
static bool incomplete; /* the table could not grow: every anonymous mapping counts then */

/* ---- the system calls themselves: the functions of these names are ours ------------------------- */

static void *map(void *address, size_t bytes, int protection, int flags, int fd, off_t offset)
{
#ifdef SYS_mmap2
    return (void *)syscall(SYS_mmap2, address, bytes, protection, flags, fd, offset >> 12);
#else
    return (void *)syscall(SYS_mmap, address, bytes, protection, flags, fd, offset);
#endif
}

static int unmap(void *address, size_t bytes)
{
    return (int)syscall(SYS_munmap, address, bytes);
}

/* ---- the table: lock held ------------------------------------------------------------------------ */

static size_t first_ending_behind(word address)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (table[middle].hi <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool need_room(void)
{
    size_t more = room == 0 ? 256 : 2 * room;
    struct mapping *fresh;

    if (count + 1 < room)
        return true;
    fresh = map(NULL, more * sizeof *fresh, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0);
    if (fresh == MAP_FAILED) {
        incomplete = true;
        return false;
    }
    if (room != 0) {
        memcpy(fresh, table, count * sizeof *fresh);
        (void)unmap(table, room * sizeof *fresh);
    }
    table = fresh;
    room = more;
    return true;
}

static void insert_at(size_t i, word lo, word hi)
{
    if (!need_room())
        return;
    memmove(&table[i + 1], &table[i], (count - i) * sizeof *table);
    table[i] = (struct mapping){ lo, hi };
    count++;
}

static void remove_locked(word lo, word hi)
{
    size_t i = first_ending_behind(lo), n;

    if (i < count && table[i].lo < lo) {
        word end = table[i].hi;

        table[i++].hi = lo;
        if (end > hi) {
            insert_at(i, hi, end);
            return;
        }
    }
    for (n = i; n < count && table[n].hi <= hi; n++) { }
    memmove(&table[i], &table[n], (count - n) * sizeof *table);
    count -= n - i;
    if (i < count && table[i].lo < hi)
        table[i].lo = hi;
}

static void add_locked(word lo, word hi)
{
    size_t i;

    remove_locked(lo, hi);
    i = first_ending_behind(lo);
    if (i > 0 && table[i - 1].hi == lo) { /* touching ones become one */
        table[i - 1].hi = hi;
        if (i < count && table[i].lo == hi) {
            table[i - 1].hi = table[i].hi;
            memmove(&table[i], &table[i + 1], (--count - i) * sizeof *table);
        }
    } else if (i < count && table[i].lo == hi) {
        table[i].lo = lo;
    } else {
        insert_at(i, lo, hi);
    }
}

/* [noted] A thread that holds the lock already is a fork's handler. */
static void note(void (*change)(word lo, word hi), void *address, size_t bytes)
{
    struct gci_thread *self = gci_self();
    word lo = (word)address, hi = lo + gci_align_up(bytes, gci_mem_page_bytes());
    bool mine = gci_lock_is_mine(&lock);

    if (self != NULL)
        gci_nostop_enter(self);
    if (!mine)
        gci_lock_acquire(&lock);
    change(lo, hi);
    if (!mine)
        gci_lock_release(&lock);
    if (self != NULL)
        gci_nostop_leave(self);
}

/* ---- mmap, munmap, mremap --------------------------------------------------------------------------- */

static void *map_for(word caller, void *address, size_t bytes, int protection, int flags, int fd,
                     off_t offset)
{
    void *p;

    if (gci_redirect_is_system(caller))
        return map(address, bytes, protection, flags, fd, offset);
    p = map(address, bytes, protection, flags, fd, offset);
    if (p != MAP_FAILED) {
        int saved_errno = errno;

        note((flags & MAP_ANONYMOUS) != 0 ? add_locked : remove_locked, p, bytes);
        errno = saved_errno;
    }
    return p;
}

#undef mmap
GCI_INTERPOSE void *mmap(void *address, size_t bytes, int protection, int flags, int fd,
                         off_t offset)
{
    return map_for(GCI_CALLER(), address, bytes, protection, flags, fd, offset);
}

#if CPP_WORDSZ == 64
# undef mmap64
GCI_INTERPOSE void *mmap64(void *address, size_t bytes, int protection, int flags, int fd,
                           off64_t offset)
{
    return map_for(GCI_CALLER(), address, bytes, protection, flags, fd, offset);
}
#else
/* What is mapped beyond 4 GiB of a file is no anonymous memory: only the offset differs. */
GCI_INTERPOSE void *mmap64(void *address, size_t bytes, int protection, int flags, int fd,
                           off64_t offset)
{
    void *p;

    if ((flags & MAP_ANONYMOUS) != 0)
        return map_for(GCI_CALLER(), address, bytes, protection, flags, fd, 0);
# ifdef SYS_mmap2
    p = (void *)syscall(SYS_mmap2, address, bytes, protection, flags, fd, (word)(offset >> 12));
# else /* mips n32, x32: a register holds the whole offset */
    p = (void *)syscall(SYS_mmap, address, bytes, protection, flags, fd, offset);
# endif
    if (p != MAP_FAILED && !gci_redirect_is_system(GCI_CALLER()))
        note(remove_locked, p, bytes);
    return p;
}
#endif

/* Forgotten first: the addresses may be somebody else's the moment after. */
GCI_INTERPOSE int munmap(void *address, size_t bytes)
{
    if (!gci_redirect_is_system(GCI_CALLER()) && bytes != 0)
        note(remove_locked, address, bytes);
    return unmap(address, bytes);
}

static bool is_noted(word address)
{
    bool mine = gci_lock_is_mine(&lock), found;
    size_t i;

    if (!mine)
        gci_lock_acquire(&lock);
    i = first_ending_behind(address);
    found = i < count && table[i].lo <= address;
    if (!mine)
        gci_lock_release(&lock);
    return found;
}

GCI_INTERPOSE void *mremap(void *address, size_t old_bytes, size_t bytes, int flags, ...)
{
    bool noted;
    void *where, *p;
    va_list rest;

    va_start(rest, flags);
    where = (flags & MREMAP_FIXED) != 0 ? va_arg(rest, void *) : NULL;
    va_end(rest);
    noted = !gci_redirect_is_system(GCI_CALLER()) && is_noted((word)address);
    p = (void *)syscall(SYS_mremap, address, old_bytes, bytes, flags, where);
    if (p != MAP_FAILED && noted) {
        int saved_errno = errno;

        if (old_bytes != 0)
            note(remove_locked, address, old_bytes);
        note(add_locked, p, bytes);
        errno = saved_errno;
    }
    return p;
}

/* ---- roots ------------------------------------------------------------------------------------------- */

struct walk {
    gci_range_visitor visit;
    void *arg;
    int pagemap; /* -1: not to be had */
};

#define PAGE_PRESENT_OR_SWAPPED ((uint64_t)3 << 62)

/* [touched] */
static void visit_written(struct walk *w, word lo, word hi)
{
    static uint64_t entries[512]; /* the world is stopped: one at a time */
    word page = gci_mem_page_bytes();

    while (lo < hi) {
        word n = (hi - lo) / page, i, from = lo;
        ssize_t got;

        if (n > sizeof entries / sizeof entries[0])
            n = sizeof entries / sizeof entries[0];
        got = pread(w->pagemap, entries, n * sizeof entries[0],
                    (off_t)(lo / page * sizeof entries[0]));
        if (got != (ssize_t)(n * sizeof entries[0])) {
            w->visit((ptr_t)lo, (ptr_t)hi, w->arg);
            return;
        }
        for (i = 0; i < n; i++, lo += page)
            if ((entries[i] & PAGE_PRESENT_OR_SWAPPED) == 0) {
                if (from < lo)
                    w->visit((ptr_t)from, (ptr_t)lo, w->arg);
                from = lo + page;
            }
        if (from < lo)
            w->visit((ptr_t)from, (ptr_t)lo, w->arg);
    }
}

static bool visit_mapping(const struct gci_map *m, void *arg)
{
    struct walk *w = arg;
    size_t i;

    if (!m->read || !m->write)
        return true;
    for (i = first_ending_behind(m->lo); i < count && table[i].lo < m->hi; i++) {
        word lo = table[i].lo > m->lo ? table[i].lo : m->lo;
        word hi = table[i].hi < m->hi ? table[i].hi : m->hi;

        if (hi - lo >= LONG_BYTES && w->pagemap >= 0)
            visit_written(w, lo, hi);
        else
            w->visit((ptr_t)lo, (ptr_t)hi, w->arg);
    }
    return true;
}

/* The lock is not taken: registered threads are not stopped while they have it, and one that is
   unknown to the collector runs on, whatever is done. */
void gci_mappings_visit_stopped(gci_range_visitor visit, void *arg)
{
    struct walk w = { visit, arg, -1 };
    int saved_errno = errno;

    if (count != 0) {
        w.pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
        if (gci_maps_walk(visit_mapping, &w) != 0)
            gci_abort("malloc: the mappings of this process cannot be read, errno %d", errno);
        if (w.pagemap >= 0)
            (void)close(w.pagemap);
    }
    if (incomplete)
        gci_abort("malloc: no memory for the table of mappings (%lu entries)", (unsigned long)count);
    errno = saved_errno;
}

void gci_mappings_before_fork(void)
{
    gci_lock_acquire(&lock);
}

void gci_mappings_after_fork(bool in_child)
{
    if (in_child)
        gci_lock_reset_after_fork(&lock);
    else
        gci_lock_release(&lock);
}
