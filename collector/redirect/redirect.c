/* redirect.c - when the collector may be asked for an object, and the hooks that redirection needs.
 *
 * [lazy]      The first call of the program makes the collector: what it set before holds.
 * [late]      A thread that the C library made for itself (timers, asynchronous reads) is registered by
 *             its first request; libgc misses its stack.
 * [fork]      The side heap's locks are taken after those of the collector, by handlers that were
 *             registered before its own.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/redirect.h"

#include <pthread.h>

static __thread bool opening __attribute__((tls_model("initial-exec"))); /* inside GC_init */
static volatile word attached;
static ptr_t main_descriptor; /* the C library's, of the main thread */
static size_t descriptor_bytes;

static void before_fork(void)
{
    gci_side_before_fork();
    gci_mappings_before_fork();
}

static void in_parent(void)
{
    gci_mappings_after_fork(false);
    gci_side_after_fork(false);
}

static void in_child(void)
{
    gci_mappings_after_fork(true);
    gci_side_after_fork(true);
}

/* Static data by another name; the first thread's specific values lie in its descriptor, which is in
   no stack's mapping. */
static void visit_roots_stopped(gci_range_visitor visit, void *arg)
{
    gci_side_visit_stopped(visit, arg);
    gci_mappings_visit_stopped(visit, arg);
    if (descriptor_bytes != 0)
        visit(main_descriptor, main_descriptor + descriptor_bytes, arg);
}

/* In the first thread: by its first request, or before main. */
static GCI_COLD __attribute__((constructor)) void attach(void)
{
    const uint32_t *bytes;

    if (!gci_cas(&attached, 0, 1))
        return;
    bytes = gci_redirect_next("_thread_db_sizeof_pthread"); /* glibc only */
    main_descriptor = gci_roots_thread_pointer();
    if (bytes != NULL && main_descriptor != NULL)
        descriptor_bytes = gci_align_down(*bytes, sizeof(word));
    if (!GCI_TLS_BELOW_TP && descriptor_bytes != 0) /* it ends where thread-local blocks begin */
        main_descriptor -= GCI_TLS_BIAS + descriptor_bytes;
    gci_hooks.visit_more_roots_stopped = visit_roots_stopped;
    (void)pthread_atfork(before_fork, in_parent, in_child); /* [fork] */
}

static GCI_COLD void open_collector(void)
{
    opening = true;
    attach();
    GC_init();
    opening = false;
}

static GCI_COLD bool register_thread(void)
{
    bool done;

    opening = true;
    done = gci_thread_register_self(NULL, __builtin_frame_address(0), GCI_THREAD_DETACHED)
           == GC_SUCCESS;
    opening = false;
    return done;
}

bool gci_redirect_ready(void)
{
    struct gci_thread *self = gci_self();

    if (gci_unlikely(opening))
        return false;
    if (gci_unlikely(!gci_is_initialized())) {
        open_collector();
        self = gci_self();
    }
    if (gci_unlikely(gci_lock_is_mine(&gci_allocator_lock)))
        return false;
    if (gci_unlikely(self == NULL))
        return register_thread();
    return self->nostop == 0 && self->blocked == 0;
}
