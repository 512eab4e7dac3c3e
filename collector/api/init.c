/* init.c - GC_init: the rooms are opened from the ground up.
 *
 * [first]  The first call, by whichever thread, makes the collector; the others wait or return. The
 *          calling thread is registered as the main one.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/alloc.h"
#include "private/blocks.h"
#include "private/extras.h"
#include "private/hooks.h"
#include "private/settings.h"

struct gci_hooks gci_hooks = { .first_use = GC_init };

static struct gci_lock init_lock = GCI_LOCK_INITIALIZER;

static void open_rooms(void)
{
    gci_options_read();
    gci_log_open();
    gci_settings_init();
    gci_kinds_init();
    if (gci_heap_init() != 0)
        gci_abort("GC_init: no address space for the heap");
    gci_mark_init();
    gci_pace_init();
    gci_cache_init();
    gci_extras_init();
    gci_threads_init();
    gci_alloc_fork_init();
    gci_fork_init();
    gci_markers_init(gci_settings.markers_count);
}

/* As libgc, GC_init leaves a heap: programs ask for its size. */
#define INITIAL_HEAP_BLOCKS ((size_t)64 * 1024 >> GCI_BLOCK_SHIFT)

static void initial_heap(void)
{
    size_t bytes = gci_options.initial_heap_bytes;
    size_t blocks = bytes == 0 ? INITIAL_HEAP_BLOCKS
                               : gci_align_up(bytes, GCI_BLOCK_BYTES) >> GCI_BLOCK_SHIFT;
    bool done;

    gci_lock_acquire(&gci_heap.lock);
    done = gci_heap_grow_locked(blocks);
    gci_lock_release(&gci_heap.lock);
    if (!done && bytes != 0)
        gci_warn("GC_INITIAL_HEAP_SIZE: %lu bytes cannot be had", bytes);
}

GC_API void GC_CALL GC_init(void)
{
    bool first = false;

    if (gci_is_initialized() || gci_lock_is_mine(&init_lock))
        return; /* a room that is being opened asks again: others wait below */
    gci_lock_acquire(&init_lock);
    if (!gci_is_initialized()) {
        first = true;
        open_rooms();
        initial_heap();
        gci_store_release(&gci_state.initialized, 1);
        gci_log(1, "Tidemark %s: heap %s, roots %s, registers %s, filter %s\n",
                GC_tidemark_version(), gci_mem_name, gci_roots_name, gci_regs_name,
                gci_filter_in_use());
    }
    gci_lock_release(&init_lock);
    if (first && gci_options.dump_regularly)
        GC_dump();
    if (gci_options.enable_incremental && !gci_options.disable_incremental)
        GC_enable_incremental();
}

GC_API int GC_CALL GC_is_init_called(void)
{
    return gci_is_initialized();
}

/* libgc's releases what it can and may be followed by GC_init; this heap stays for whoever still
   holds pointers into it. */
GC_API void GC_CALL GC_deinit(void)
{
}

GC_API unsigned GC_CALL GC_get_version(void)
{
    return (GC_VERSION_MAJOR << 16) | (GC_VERSION_MINOR << 8) | GC_VERSION_MICRO;
}

#define TEXT_OF(x) #x
#define TEXT(x)    TEXT_OF(x)

GC_API const char *GC_CALL GC_tidemark_version(void)
{
    return TEXT(TIDEMARK_VERSION_MAJOR) "." TEXT(TIDEMARK_VERSION_MINOR) "." TEXT(
        TIDEMARK_VERSION_MICRO);
}
