/* misc.c - switches and services that belong to no single room: enabling, the lock for programs,
 * heap growth by hand, store barriers, clearing the stack.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/alloc.h"
#include "private/hooks.h"
#include "private/settings.h"

#include <string.h>
#ifdef HAVE_DLFCN_H
# include <dlfcn.h>
#endif

/* ---- enabling ---------------------------------------------------------------------- */

GC_API void GC_CALL GC_disable(void)
{
    GCI_LOCK();
    GC_dont_gc++;
    GCI_UNLOCK();
}

GC_API void GC_CALL GC_enable(void)
{
    GCI_LOCK();
    if (GC_dont_gc <= 0)
        gci_warn_text("GC_enable: called more often than GC_disable");
    else
        GC_dont_gc--;
    GCI_UNLOCK();
}

GC_API int GC_CALL GC_is_disabled(void)
{
    return GC_dont_gc != 0;
}

GC_API void GC_CALL GC_finish_and_disable(void)
{
    GCI_LOCK();
    GC_dont_gc++;
    GCI_UNLOCK();
}

/* ---- the lock ----------------------------------------------------------------------- */

GC_API void GC_CALL (GC_alloc_lock)(void)
{
    GCI_LOCK();
}

GC_API void GC_CALL (GC_alloc_unlock)(void)
{
    GCI_UNLOCK();
}

GC_API void *GC_CALL GC_call_with_alloc_lock(GC_fn_type fn, void *data)
{
    void *result;

    GCI_LOCK();
    result = fn(data);
    GCI_UNLOCK();
    return result;
}

GC_API void *GC_CALL GC_call_with_reader_lock(GC_fn_type fn, void *data, int release GCI_UNUSED)
{
    return GC_call_with_alloc_lock(fn, data);
}

/* ---- the heap by hand ----------------------------------------------------------------- */

GC_API int GC_CALL GC_expand_hp(size_t bytes)
{
    bool done;

    if (!gci_is_initialized())
        GC_init();
    if (bytes > (size_t)PTRDIFF_MAX)
        return 0;
    GCI_LOCK();
    gci_lock_acquire(&gci_heap.lock);
    done = gci_heap_expand_locked((bytes + GCI_BLOCK_BYTES - 1) >> GCI_BLOCK_SHIFT);
    gci_lock_release(&gci_heap.lock);
    if (done)
        gci_pace_expect(bytes); /* the program expects no collection before it is used */
    GCI_UNLOCK();
    return done;
}

GC_API void GC_CALL GC_incr_bytes_allocd(size_t bytes)
{
    gci_pace_allocated(bytes);
}

GC_API void GC_CALL GC_incr_bytes_freed(size_t bytes)
{
    (void)gci_fetch_add(&gci_pace.freed_bytes, bytes);
}

/* ---- keeping objects alive ------------------------------------------------------------------ */

/* The object stays reachable up to here, whatever the compiler thinks. */
GC_API void GC_CALL GC_noop1(GC_word x)
{
    __asm__ __volatile__("" : : "r"(x));
}

GC_API void GC_CALL GC_noop1_ptr(volatile void *p)
{
    GC_noop1((GC_word)p);
}

/* ---- the stack ------------------------------------------------------------------------------ */

/* Dead frames below this one may hold old pointers: a stretch is overwritten. */
GC_API void *GC_CALL GC_clear_stack(void *p)
{
    volatile word dead[256];
    unsigned i;

    for (i = 0; i < sizeof dead / sizeof dead[0]; i++)
        dead[i] = 0;
    return p;
}

/* ---- loading libraries ------------------------------------------------------------------------ */

#if defined(HAVE_DLFCN_H) && defined(GC_THREADS)
/* The list of libraries is compared after the stop (cycle.c [linker]), so dlopen needs no help. */
GC_API void *GC_CALL GC_dlopen(const char *path, int mode)
{
    return dlopen(path, mode);
}
#endif
