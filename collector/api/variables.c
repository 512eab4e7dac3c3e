/* variables.c - the data that libgc exports: same names, types, sizes and initial values.
 *
 * Functions that set and get them: settings.c.  GC_on_abort: ground/log.c.
 *
 * [copied]  A program that is not position-independent has its own copy of each (a copy
 *           relocation), and the library must use that one: never link with -Bsymbolic, and keep
 *           sizes as they are.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/ground.h"
#include "private/settings.h"
#include "gc/gc_gcj.h"

/* ---- What the program may set ---- */

static void *GC_CALLBACK return_null(size_t bytes GCI_UNUSED) { return NULL; }
GC_oom_func GC_oom_fn = return_null;

GC_on_heap_resize_proc GC_on_heap_resize;
GC_finalizer_notifier_proc GC_finalizer_notifier;

int GC_find_leak;
int GC_all_interior_pointers = 1;
int GC_finalize_on_demand;
int GC_java_finalization = 1;
int GC_dont_gc; /* a counter */
int GC_dont_expand;
int GC_use_entire_heap;
int GC_dont_precollect;
int GC_no_dls;
int GC_full_freq = 19;
GC_word GC_non_gc_bytes;
GC_word GC_free_space_divisor = 3;
GC_word GC_max_retries;
unsigned long GC_time_limit = GC_TIME_UNLIMITED; /* ms */
char *GC_stackbottom;

/* The default pushes nothing: stacks are pushed whether or not a client calls it. */
static void GC_CALLBACK push_nothing(void) {}
GC_API GC_push_other_roots_proc GC_push_other_roots; /* in no header of libgc either */
GC_push_other_roots_proc GC_push_other_roots = push_nothing;

/* ---- What the library tells ---- */

GC_word GC_gc_no;
#ifdef GC_THREADS
int GC_parallel; /* helpers besides the collecting thread */
#endif

/* Bounds for GC_MARK_AND_PUSH, here of an empty heap. */
void *GC_least_plausible_heap_addr = (void *)~(GC_word)0;
void *GC_greatest_plausible_heap_addr;

int GC_gcj_kind;
int GC_gcj_debug_kind;

const size_t GC_debug_header_size = GCI_DEBUG_HEADER_BYTES;

/* ---- What failed checks of pointer arithmetic call ---- */

static void GC_CALLBACK not_same_object(void *p, void *q)
{
    gci_abort("GC_same_obj: %p and %p are not in the same object", p, q);
}

static void GC_CALLBACK not_valid_displacement(void *p)
{
    gci_abort("GC_is_valid_displacement: %p points into an object where no pointer may", p);
}

static void GC_CALLBACK not_visible(void *p)
{
    gci_abort("GC_is_visible: the collector does not see the pointer stored at %p", p);
}

GC_same_obj_print_proc_t GC_same_obj_print_proc = not_same_object;
GC_valid_ptr_print_proc_t GC_is_valid_displacement_print_proc = not_valid_displacement;
GC_valid_ptr_print_proc_t GC_is_visible_print_proc = not_visible;

/* ---- libgc's insides that old programs may link to ---- */

/* Its free lists by granules.  Programs took objects from them under the allocator lock and called
   the slow path when a list was empty; here they stay empty.  Writable: programs also freed
   objects by linking them in. */
enum { LIBGC_SIZES = 4096 / 2 / GCI_GRANULE_BYTES + 1 };
static void *no_objects[4][LIBGC_SIZES];
GC_API void **const GC_objfreelist_ptr;
GC_API void **const GC_aobjfreelist_ptr;
GC_API void **const GC_uobjfreelist_ptr;
GC_API void **const GC_auobjfreelist_ptr;
void **const GC_objfreelist_ptr = no_objects[0];
void **const GC_aobjfreelist_ptr = no_objects[1];
void **const GC_uobjfreelist_ptr = no_objects[2];
void **const GC_auobjfreelist_ptr = no_objects[3];

/* Its statistics and tables in one struct.  Nothing here uses it: the bytes are reserved because a
   copy relocation carries the size.  Never touched, so never resident.  settings.h [no-roots] */
#ifdef __ELF__
GC_API char GC_arrays[GCI_ARRAYS_BYTES];
char GC_arrays[GCI_ARRAYS_BYTES] __attribute__((aligned(32)));
extern char gci_arrays[GCI_ARRAYS_BYTES]
    __attribute__((alias("GC_arrays"), visibility("hidden")));
#else
char gci_arrays[GCI_ARRAYS_BYTES];
#endif
