/* beside.h - the cycle that runs beside the program: incremental mode.
 *
 * Files: collector/collect/beside.c (the steps of a cycle, each taken by a thread with the allocator
 * lock), jobs.c (what goes on between them), minor.c (full or minor, and when).
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_BESIDE_H
#define GCI_BESIDE_H

#include "private/collect.h"
#include "private/dirty.h"

enum gci_phase {
    GCI_PHASE_IDLE,  /* nothing goes on; every run is settled */
    GCI_PHASE_CLEAR, /* mark bits are being cleared (full cycles only) */
    GCI_PHASE_MARK,  /* births are marked, markers mark; ends with the final stop */
    GCI_PHASE_SWEEP  /* runs are being settled */
};

struct gci_beside {
    bool on;               /* incremental mode */
    bool need_full;        /* marks are not those of a completed marking */
    bool minor;            /* the present cycle: marks of the last one stay */
    unsigned rounds;       /* of rescanning dirty pages in the present cycle */
    unsigned helpers;      /* threads that work on the phase; 0: allocating threads do it bit by bit */
    volatile word phase;   /* enum gci_phase; changes under the allocator lock */
    volatile word done;    /* the phase's work is done: the next step is due */
    volatile word debt_slices; /* of marking, due from who allocates; changes under the lock */
    word marked_from_bytes; /* allocated when the cycle began */
    word cycle_bytes, marking_bytes; /* allocated in the last cycle, and during its marking */
    struct gci_dirty_set dirty; /* pages to be rescanned: the leader's, or the stopped world's */
    uint64_t cycle_began_ns, marking_ns; /* marking: from the beginning to the final stop */
    volatile word slowed;    /* who allocates marks or waits [slowed] */
    volatile word slices_us; /* of marking by allocating threads in the present cycle */
};
extern struct gci_beside gci_beside;

/* beside.c. Allocator lock held. */
/* One step on: begins a cycle, takes its next stop, or does a bit of its work. True when a cycle was
   completed by it. Stop-the-world mode: a whole collection. */
bool gci_beside_step_locked(GC_stop_func stop);
/* Begins a cycle if none is under way. GC_dont_gc was asked. */
void gci_beside_begin_locked(void);
GCI_INLINE bool gci_beside_is_marking(void)
{
    return gci_beside.phase == GCI_PHASE_CLEAR || gci_beside.phase == GCI_PHASE_MARK;
}
/* No cycle is under way, and nothing is left of the last one. */
GCI_INLINE bool gci_beside_is_at_rest(void)
{
    word phase = gci_load(&gci_beside.phase);

    return phase == GCI_PHASE_IDLE
           || (phase == GCI_PHASE_SWEEP && gci_load_acquire(&gci_beside.done) != 0);
}
/* Ends what goes on beside the program, so that the world may be stopped for a whole collection. */
void gci_beside_halt_locked(void);
/* ... and forgets a marking that was under way. World stopped, holes retired. */
void gci_beside_forget_stopped(void);
/* After a whole collection's marking: it is the base of minor cycles. */
void gci_beside_rebase_stopped(void);
/* Pays what gci_beside.debt_slices says. Without the lock; the caller's new object is in a register. */
void gci_beside_pay(void);
/* Is a step due? Called often, without the lock. */
bool gci_beside_due(word allocated_bytes);
/* Switches the mode. World running. gci_beside_enable_locked: false if no provider works. */
bool gci_beside_enable_locked(void);
void gci_beside_disable_locked(void);
/* Around a fork: before it helpers come to rest; after it they go on, or in the child the cycle is
   given up. */
void gci_beside_quiet_locked(void);
void gci_beside_after_fork(bool in_child);

/* jobs.c */
void gci_jobs_start_locked(void);      /* the present phase's work, on helpers if there are any */
void gci_jobs_pause_locked(void);      /* helpers put down what they have */
void gci_jobs_resume_locked(void);
/* Some of the phase's work by the calling thread, for about so long. `behind`: it waits for others where
   it finds none. */
void gci_jobs_slice_locked(uint64_t ns, bool behind);
void gci_jobs_finish_sweep_locked(void);
void gci_jobs_begin_marking(void);     /* dirty is looked at first */
/* What is marked on the pages of the set will be scanned by gci_mark_drain. World stopped. */
void gci_jobs_rescan_stopped(struct gci_dirty_set *set);

/* minor.c */
bool gci_minor_choose_locked(void);    /* is the cycle that begins a minor one? */
bool gci_minor_next_is_full(void);     /* no use will be made of what is written from now on */
void gci_minor_rebase(void);           /* a whole collection was made instead */
void gci_minor_after_sweep(void);      /* what it was worth; sets the next threshold */
/* net_bytes were allocated since the last cycle. */
word gci_minor_start_bytes(word net_bytes); /* a cycle begins when it is so much */
word gci_minor_hard_bytes(word net_bytes);  /* from so much on who allocates pays in full */
void gci_minor_begin_marking(void);
void gci_minor_note_work(word objects, size_t dirty_bytes);
bool gci_minor_is_behind(word net_bytes); /* from now on who allocates helps to mark */
/* Dirty bytes that the final stop may rescan in half of its time; beyond so many times that much there
   is another round. */
#define GCI_FINAL_FACTOR 2
size_t gci_minor_final_bytes(void);
void gci_minor_note_rescan(size_t bytes, uint64_t ns); /* how fast it goes */
uint64_t gci_minor_time_limit_ns(void);

#endif /* GCI_BESIDE_H */
