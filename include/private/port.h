/* port.h - what a port owes the collector: memory, registers, stack bounds, roots, faults.
 *
 * Files: os_dep/, mach_dep/, dyn_load/. Contracts, not policy: a port returns facts and error
 * codes (errno values); it never logs, locks or reads options. Configure links exactly one
 * file per mechanism from the row of the triplet (configure.host).
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_PORT_H
#define GCI_PORT_H

#include "private/base.h"

/* ---- os_dep/mem_*.c: address space and pages ------------------------------- */

/* Name of the mechanism, for the log: "mmap", "sbrk", "win32". */
extern const char *const gci_mem_name;
/* Bytes of a page; a power of two; constant. */
size_t gci_mem_page_bytes(void);
/* Reserves inaccessible address space of `bytes` (multiple of the page), aligned to
   `align_bytes` (a power of two >= page), near `hint` if possible. NULL when refused. */
void *gci_mem_reserve(size_t bytes, size_t align_bytes, void *hint);
/* Makes [p, p+bytes), page aligned inside a reservation, readable and writable (and executable
   when `executable`), zero-filled on first commit. 0 or an errno value (ENOMEM). Idempotent. */
int gci_mem_commit(void *p, size_t bytes, bool executable);
/* Gives the physical pages back; the range stays committed and reads as zero afterwards.
   0, or an errno value when the system cannot (then contents are unchanged). */
int gci_mem_discard(void *p, size_t bytes);
/* Ends a reservation or part of one (page aligned). */
void gci_mem_release(void *p, size_t bytes);
/* Fresh committed zeroed pages, or NULL. Release with gci_mem_release. */
void *gci_mem_map(size_t bytes);
/* Largest address space the process may have (RLIMIT_AS), SIZE_MAX if unlimited; and how much is in
   use now, as the system counts it for that limit (0 if unknown). Reads a limit set a moment ago. */
size_t gci_mem_limit_bytes(void);
size_t gci_mem_used_bytes(void);
/* The limit on private writable memory (RLIMIT_DATA) and what is charged to it. */
size_t gci_mem_data_limit_bytes(void);
size_t gci_mem_data_used_bytes(void);
/* Advice only: may the kernel use huge pages here? */
void gci_mem_advise_huge(void *p, size_t bytes, bool yes);

/* ---- os_dep/system_*.c ----------------------------------------------------- */

unsigned gci_sys_cpu_count(void);  /* processors this process may use (affinity), at least 1 */
uint64_t gci_sys_now_ns(void);     /* monotonic */
void gci_sys_yield(void);
/* Copies `bytes` from src, which may be unmapped; false when it faulted (dst undefined). */
bool gci_sys_safe_read(void *dst, const void *src, size_t bytes);

/* ---- os_dep/stackbase_*.c -------------------------------------------------- */

/* Cold end of the main thread's stack; NULL when unknown. Callable from any thread. */
void *gci_stack_main_base(void);
/* The calling thread's whole stack mapping [*lo, *hi); false when unknown. */
bool gci_stack_of_this_thread(void **lo, void **hi);
/* Of a stack mapping [lo, cold): from where on it can be read, which is lo unless the system commits
   stacks piecemeal. World stopped. */
void *gci_stack_lowest_readable(void *lo, void *cold);

/* ---- os_dep/fault_*.c ------------------------------------------------------ */

/* Walks from `start` in direction `up` until a read faults; returns the first unreadable page
   boundary's readable side; `bound` ends the walk. Not thread-safe; used during GC_init only. */
ptr_t gci_fault_find_limit(ptr_t start, bool up, ptr_t bound);

/* ---- mach_dep/regs_*.c ----------------------------------------------------- */

extern const char *const gci_regs_name;
/* Stores every callee-saved register in this thread's stack, then calls fn(hot_end, arg):
   [hot_end, cold end) holds all registers and frames of the caller. */
void gci_regs_call(void (*fn)(ptr_t hot_end, void *arg), void *arg);

/* ---- dyn_load/roots_*.c ---------------------------------------------------- */

extern const char *const gci_roots_name;
/* A data segment or a thread-local block of an object that the dynamic linker loaded.
   `name` is the object's path or "" for the main program. */
typedef void (*gci_roots_visitor)(ptr_t lo, ptr_t hi, const char *name, void *arg);
/* Takes note of what is loaded now: writable segments (without the part that is read-only after
   relocation) and thread-local blocks of every object. World running, allocator lock held;
   may take the dynamic linker's own lock. Keeps its notes in storage that is no root and does not
   call malloc. 0 or an errno value; with an error the last notes stay. Cheap when nothing was
   loaded or unloaded since (say by dlpi_adds/dlpi_subs). */
int gci_roots_note(void);
/* World stopped: are the notes still true and the linker's list consistent? Takes no lock. When
   false the caller restarts the world, notes again and retries. */
bool gci_roots_still_true_stopped(void);
/* Calls visit for each noted data segment. */
void gci_roots_visit_data(gci_roots_visitor visit, void *arg);
/* Calls visit for each thread-local block (static or dynamic) of the thread whose thread
   pointer is `tp` (from gci_roots_thread_pointer() in that thread). Reads other threads' tables:
   world stopped or own thread. */
void gci_roots_visit_tls(void *tp, gci_roots_visitor visit, void *arg);
void *gci_roots_thread_pointer(void);
/* Data of the main program by linker symbols or by search, for ports whose linker lists nothing. */
void gci_roots_main_data(gci_roots_visitor visit, void *arg);

#endif /* GCI_PORT_H */
