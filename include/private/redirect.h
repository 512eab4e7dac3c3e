/* redirect.h - malloc and its relatives served by the collector: libgcmalloc.so, and libgc itself
 * with --enable-redirect-malloc.
 *
 * Files: collector/redirect/. callers.c (who calls), side.c (memory that is never collected),
 * family.c (malloc, free and theirs), mappings.c (mmap and theirs), pthreads.c (threads and
 * signal masks), redirect.c (hooks, fork).
 *
 * [system]   What the C library, the dynamic linker and the collector itself ask of malloc comes from
 *            the side heap: they call with their locks held, hide pointers (mangled, in the kernel, in
 *            thread descriptors) and may be running on behalf of the collector. The side heap
 *            is never collected and is a root.
 * [program]  Everybody else gets collectable objects, once the collector is there and this thread
 *            holds none of its locks.
 * [kernel]   A pointer that only the kernel has (epoll_event.data, a timer's sigval) or that is stored
 *            in disguise keeps nothing: such programs cannot be run this way.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_REDIRECT_H
#define GCI_REDIRECT_H

#include "private/alloc.h"
#include "private/extras.h"
#include "private/hooks.h"

#define GCI_INTERPOSE __attribute__((visibility("default")))
#define GCI_CALLER()  ((word)(uintptr_t)__builtin_return_address(0))

/* callers.c: may an object asked for from this code address be collected? Any time, even before
   the C library is ready. */
bool gci_redirect_is_system(word caller);
/* The C library's own function of this name, which ours hides; NULL if there is none. */
void *gci_redirect_next(const char *name);

/* side.c: any context in which the C library may call malloc; takes a lock of its own only. */
void *gci_side_alloc(size_t bytes, size_t align_bytes); /* zeroed; NULL: no memory */
void gci_side_free(void *p, const char *function);
size_t gci_side_usable_bytes(const void *p, const char *function);
bool gci_side_owns(const void *p);
void gci_side_visit_stopped(gci_range_visitor visit, void *arg);
void gci_side_before_fork(void);
void gci_side_after_fork(bool in_child);

/* mappings.c */
void gci_mappings_visit_stopped(gci_range_visitor visit, void *arg);
void gci_mappings_before_fork(void);
void gci_mappings_after_fork(bool in_child);

/* redirect.c: the collector is made and knows this thread, and no lock of its is held by it: an
   object may be allocated now. */
bool gci_redirect_ready(void);

#endif /* GCI_REDIRECT_H */
