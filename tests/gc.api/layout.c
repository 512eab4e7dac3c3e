/* layout.c - public structures and numbers that compiled programs contain */
/* variants: plain */
/* purpose: sizes, offsets, enumerators and constants are those of libgc 8.2 */
#include "check.h"
#include <gc/cord.h>
#include <gc/ec.h>
#include <gc/gc_backptr.h>
#include <gc/gc_disclaim.h>
#include <gc/gc_fast.h>
#include <gc/gc_gcj.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>
#include <gc/gc_typed.h>
#include <stddef.h>

#define W sizeof(void *)
#define SAME(a, b) EXPECT((long)(a) == (long)(b), "%s is %ld", #a, (long)(a))
#define AT(type, field, words) SAME(offsetof(type, field), (words) * W)

static void test_structures(void)
{
    SAME(sizeof(GC_word), W);
    SAME(sizeof(GC_signed_word), W);
    SAME(sizeof(GC_hidden_pointer), W);
    SAME(sizeof(GC_descr), W);
    SAME(sizeof(struct GC_prof_stats_s), 12 * W);
    AT(struct GC_prof_stats_s, heapsize_full, 0);
    AT(struct GC_prof_stats_s, free_bytes_full, 1);
    AT(struct GC_prof_stats_s, unmapped_bytes, 2);
    AT(struct GC_prof_stats_s, bytes_allocd_since_gc, 3);
    AT(struct GC_prof_stats_s, allocd_bytes_before_gc, 4);
    AT(struct GC_prof_stats_s, non_gc_bytes, 5);
    AT(struct GC_prof_stats_s, gc_no, 6);
    AT(struct GC_prof_stats_s, markers_m1, 7);
    AT(struct GC_prof_stats_s, bytes_reclaimed_since_gc, 8);
    AT(struct GC_prof_stats_s, reclaimed_bytes_before_gc, 9);
    AT(struct GC_prof_stats_s, expl_freed_bytes_since_gc, 10);
    AT(struct GC_prof_stats_s, obtained_from_os_bytes, 11);
    SAME(sizeof(struct GC_timeval_s), 2 * sizeof(unsigned long));
    SAME(offsetof(struct GC_timeval_s, tv_nsec), sizeof(unsigned long));
    SAME(offsetof(struct GC_stack_base, mem_base), 0);
    SAME(sizeof(struct GC_finalizer_closure), 2 * W);
    AT(struct GC_finalizer_closure, cd, 1);
#ifdef GC_FAST_INLINE
    AT(struct GC_fast_hole, bump, 0);
    AT(struct GC_fast_hole, end, 1);
    AT(struct GC_fast_hole, slot_bytes, 2);
    AT(struct GC_fast_hole, max_bytes, 3);
    SAME(sizeof(struct GC_fast_table), 2 * (GC_FAST_GRANULES + 1) * W);
#endif
    VERDICT("structures of the collector");

    SAME(sizeof(struct CORD_pe), 2 * W);
    AT(struct CORD_Pos, cur_pos, 0);
    AT(struct CORD_Pos, path_len, 1);
    AT(struct CORD_Pos, cur_leaf, 2);
    AT(struct CORD_Pos, cur_start, 3);
    AT(struct CORD_Pos, cur_end, 4);
    AT(struct CORD_Pos, path, 5);
    AT(struct CORD_Pos, function_buf, 5 + 2 * 49);
    SAME(sizeof(CORD_pos), (5 + 2 * 49) * W + 8);
    SAME(sizeof(CORD_ec), (2 * W + 129 + W - 1) / W * W);
    AT(struct CORD_ec_struct, ec_bufptr, 1);
    AT(struct CORD_ec_struct, ec_buf, 2);
    SAME(MAX_DEPTH, 48);
    SAME(FUNCTION_BUF_SZ, 8);
    SAME(CORD_POS_INVALID, 0x55555555);
    SAME(CORD_BUFSZ, 128);
    VERDICT("structures of cords");
}

static void test_numbers(void)
{
    SAME(GC_SUCCESS, 0);
    SAME(GC_DUPLICATE, 1);
    SAME(GC_NO_THREADS, 2);
    SAME(GC_NO_MEMORY, 2);
    SAME(GC_UNIMPLEMENTED, 3);
    SAME(GC_NOT_FOUND, 4);
    SAME(GC_TIME_UNLIMITED, 999999);
    SAME(GC_PROTECTS_POINTER_HEAP, 1);
    SAME(GC_PROTECTS_PTRFREE_HEAP, 2);
    SAME(GC_PROTECTS_STATIC_DATA, 4);
    SAME(GC_PROTECTS_STACK, 8);
    SAME(GC_EVENT_START, 0);
    SAME(GC_EVENT_MARK_START, 1);
    SAME(GC_EVENT_MARK_END, 2);
    SAME(GC_EVENT_RECLAIM_START, 3);
    SAME(GC_EVENT_RECLAIM_END, 4);
    SAME(GC_EVENT_END, 5);
    SAME(GC_EVENT_PRE_STOP_WORLD, 6);
    SAME(GC_EVENT_POST_STOP_WORLD, 7);
    SAME(GC_EVENT_PRE_START_WORLD, 8);
    SAME(GC_EVENT_POST_START_WORLD, 9);
    SAME(GC_EVENT_THREAD_SUSPENDED, 10);
    SAME(GC_EVENT_THREAD_UNSUSPENDED, 11);
    SAME(GC_TOGGLE_REF_DROP, 0);
    SAME(GC_TOGGLE_REF_STRONG, 1);
    SAME(GC_TOGGLE_REF_WEAK, 2);
    SAME(GC_UNREFERENCED, 0);
    SAME(GC_NO_SPACE, 1);
    SAME(GC_REFD_FROM_ROOT, 2);
    SAME(GC_REFD_FROM_REG, 3);
    SAME(GC_REFD_FROM_HEAP, 4);
    SAME(GC_FINALIZER_REFD, 5);
    VERDICT("enumerators and results");

    SAME(GC_PROC_BYTES, 100);
    SAME(GC_LOG_MAX_MARK_PROCS, 6);
    SAME(GC_MAX_MARK_PROCS, 64);
    SAME(GC_RESERVED_MARK_PROCS, 8);
    SAME(GC_GCJ_RESERVED_MARK_PROC_INDEX, 0);
    SAME(GC_DS_TAG_BITS, 2);
    SAME(GC_DS_TAGS, 3);
    SAME(GC_DS_LENGTH, 0);
    SAME(GC_DS_BITMAP, 1);
    SAME(GC_DS_PROC, 2);
    SAME(GC_DS_PER_OBJECT, 3);
    SAME(GC_INDIR_PER_OBJ_BIAS, 16);
    SAME(GC_MAKE_PROC(5, 3), ((3 << 6 | 5) << 2) | 2);
    SAME(GC_TYPE_DESCR_LEN, 40);
    SAME(GC_I_PTRFREE, 0);
    SAME(GC_I_NORMAL, 1);
    SAME(GC_GRANULE_BYTES, 2 * W);
    SAME(GC_TINY_FREELISTS, W == 8 ? 25 : 33);
    SAME(GC_FAST_GRANULES, 32);
    SAME(GC_WORDSZ, 8 * W);
    SAME(GC_HIDE_POINTER(0), -1);
    SAME(GC_VERSION_MAJOR, 8);
    SAME(GC_VERSION_MINOR, 2);
    SAME(GC_VERSION_MICRO, 2);
    VERDICT("constants");
}

int main(void)
{
    check_start();
    test_structures();
    test_numbers();
    return check_done();
}
