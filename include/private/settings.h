/* settings.h - what the program has set and what no exported variable holds.
 *
 * Files: collector/api/variables.c, settings.c.  Data only, so every floor may include it; the
 * exported variables (GC_free_space_divisor...) are in gc.h and gc_mark.h and are read directly.
 *
 * [live]  The program may assign to an exported variable at any moment: read it once per decision.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_SETTINGS_H
#define GCI_SETTINGS_H

#include "private/base.h"
#include "gc/gc_mark.h"

struct gci_settings {
    /* pacing and phases */
    word allocd_bytes_per_finalizer;
    size_t min_bytes_allocd;             /* never 0 */
    int rate;                            /* pages per GC_collect_a_little; never 0 or less */
    int max_prior_attempts;
    int disable_automatic_collection;
    unsigned long time_limit_nsec;       /* on top of GC_time_limit (ms); below 1000000 */
    GC_stop_func stop_func;              /* never NULL; gci_never_stop unless set */
    unsigned markers_count;              /* GC_MARKERS, else GC_set_markers_count; 0: decide */
    int force_unmap_on_gcollect;
    int pages_executable;
    int manual_vdb_allowed, mprotect_vdb_allowed;
    /* pointers as the program stores them: (word & mask) << shift */
    word pointer_mask;
    unsigned pointer_shift;
    /* callbacks; NULL means none. GC_push_other_roots, GC_on_heap_resize, GC_oom_fn,
       GC_finalizer_notifier are exported variables. */
    GC_start_callback_proc start_callback;
    GC_on_collection_event_proc on_collection_event;
#ifdef GC_THREADS
    GC_on_thread_event_proc on_thread_event;
#endif
    GC_on_os_get_mem_proc on_os_get_mem;
    GC_on_mark_stack_empty_proc on_mark_stack_empty;
    GC_push_regs_and_stack_proc push_regs_and_stack;
    GC_await_finalize_proc await_finalize;
    GC_toggleref_func toggleref;
    unsigned interrupt_finalizers;       /* finalizers per GC_invoke_finalizers, 0 all */
};
extern struct gci_settings gci_settings;

/* In no header of libgc either, but exported by it. */
GC_API GC_push_other_roots_proc GC_push_other_roots;

/* Always 0: the stop function nobody has set. */
int GC_CALLBACK gci_never_stop(void);

/* From GC_init, after gci_options_read and before the heap is used: the environment overrides what
   the program has set. Subscribes GC_on_heap_resize to gci_heap_resized_hook. */
void gci_settings_init(void);

/* GC_debug_header_size: libgc's, so that offsets compiled into programs stay right. The debugging
   allocator asserts that its header fits. */
#define GCI_DEBUG_HEADER_BYTES (4 * GCI_WORD_BYTES)

/* [no-roots] This library's own copy of GC_arrays, never written and no root: whoever scans
   static data skips it. Only ELF programs can have been linked to libgc's. */
#ifndef __ELF__
# define GCI_ARRAYS_BYTES ((size_t)16)
#elif CPP_WORDSZ == 64
# define GCI_ARRAYS_BYTES ((size_t)0x2c9f0)
#else
# define GCI_ARRAYS_BYTES ((size_t)0x164f8)
#endif
extern char gci_arrays[GCI_ARRAYS_BYTES];

#endif /* GCI_SETTINGS_H */
