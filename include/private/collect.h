/* collect.h - the phases of a cycle and when one is due.
 *
 * Files: collector/collect/cycle.c (phases), pace.c (when).  Beside the program: beside.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_COLLECT_H
#define GCI_COLLECT_H

#include "private/trace.h"

/* One whole collection with the world stopped. Allocator lock held, not inside a no-stop region.
   `stop` may abort it (returns nonzero): then nothing was reclaimed and the result is false. */
bool gci_collect_locked(GC_stop_func stop);
/* Allocation noticed that a cycle is due: takes the lock, asks again, collects. Caller holds no lock.
   True when a collection ran. */
bool gci_collect_if_due(void);
/* After the lock is dropped: finalizers and the notifier. */
void gci_collect_epilogue(void);

/* cycle.c: between the files of this room */
void gci_cycle_tell(GC_EventType event);
void gci_cycle_stop_world(void);
void gci_cycle_stop_with_true_roots(void); /* [linker] */
void gci_cycle_start_world(void);

/* pace.c */
struct gci_pace {
    volatile word allocated_bytes;   /* since the last cycle, as runs and holes are handed out */
    volatile word freed_bytes;       /* explicitly, since the last cycle */
    word threshold_bytes;            /* a cycle is due when allocated - freed exceeds it and the heap would
                                        grow, */
    word ceiling_bytes;              /*   or when it exceeds this */
    word allocated_before_bytes;     /* in all earlier cycles */
    word freed_total_bytes;
    word non_gc_before_bytes;        /* GC_non_gc_bytes at the last cycle [managed] */
    word finalizer_credit_bytes;     /* finalizers since the last cycle, each as
                                        GC_set_allocd_bytes_per_finalizer says [finalizers] */
    unsigned finalized_lately;       /* cycles from now on in which [finalizers] holds */
    word links, links_wanted;        /* registered, and with how many a cycle is due [links] */
};
extern struct gci_pace gci_pace;
void gci_pace_init(void);
GCI_INLINE void gci_pace_allocated(size_t bytes)
{
    (void)gci_fetch_add(&gci_pace.allocated_bytes, bytes);
}
/* Is a cycle due for a thread that is about to take that many bytes of free blocks? */
bool gci_pace_due(size_t fresh_bytes);
bool gci_pace_cycle_comes_first(void); /* before the heap grows */
void gci_pace_expect(word bytes); /* so much more may be allocated before the next cycle */
void gci_pace_after_cycle(void);         /* both of the following */
void gci_pace_reset_counts(void);        /* of bytes allocated and freed since the last cycle */
void gci_pace_forget_finalizers(void);   /* a cycle has looked at them */
void gci_pace_links_left(word left, word cleared); /* by a cycle, of all disappearing links [links] */
/* From gci_live. floating_bytes of it are dead by now, at most [floating]. */
void gci_pace_set_threshold(size_t floating_bytes);
void gci_pace_keep_to_room(void);        /* after a minor cycle */
word gci_pace_net_bytes(void);           /* allocated less freed since the last cycle */
/* What may be allocated in all until the end of a cycle that runs beside the program, of which net_bytes
   have been: the threshold, or more where the heap is resident anyway [resident]. */
word gci_pace_room_bytes(word net_bytes);
void gci_pace_put_off(void);             /* a cycle was given up: not due again at once */
size_t gci_pace_keep_free_bytes(void);   /* resident free blocks worth keeping */

/* Statistics of cycles */
#define GCI_PAUSE_BUCKETS 24
struct gci_cycle_stats {
    uint64_t last_pause_ns, longest_pause_ns, total_pause_ns, total_mark_ns;
    word cycles, minor_cycles;
    word pauses[GCI_PAUSE_BUCKETS]; /* [i]: less than 2^i microseconds */
    bool measuring;             /* GC_start_performance_measurement */
    uint64_t full_total_ns;     /* while measuring */
};
extern struct gci_cycle_stats gci_cycle_stats;

#endif /* GCI_COLLECT_H */
