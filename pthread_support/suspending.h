/* suspending.h - between the part of stopping threads from outside that all systems share, and theirs.
 *
 * Files: pthread_support/suspending.c calls what stop_win32.c and stop_mach.c define.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_SUSPENDING_H
#define GCI_SUSPENDING_H

#include "private/threads.h"

enum gci_suspending {
    GCI_SUSPENDING_ASKED,   /* it stands still, or is about to */
    GCI_SUSPENDING_STOPPED, /* it stands still, its registers are known */
    GCI_SUSPENDING_HELD,    /* it is in a blocking region, and will not leave it */
    GCI_SUSPENDING_BUSY,    /* try again */
    GCI_SUSPENDING_GONE     /* there is no such thread any more */
};

/* ASKED, BUSY or GONE. Never waits for the thread. */
enum gci_suspending gci_suspending_ask(struct gci_thread *t);
/* Waits until a thread that was asked stands still and notes its stack_hot, regs_lo and regs_hi:
   STOPPED, or BUSY or GONE, when it is not suspended any more. */
enum gci_suspending gci_suspending_await(struct gci_thread *t);
void gci_suspending_let_go(struct gci_thread *t);
/* Threads that may not leave a blocking region pass no closed gate; waiting ends by itself after some
   milliseconds. */
void gci_suspending_gate(bool open);
void gci_suspending_wait_at_gate(void);
void gci_suspending_nap(void); /* about a millisecond */

#endif /* GCI_SUSPENDING_H */
