/* signal-probe.c - does a function go on unharmed after a signal?  Prints "WORKS", or "WHY: ...".
 *
 * No collector takes part.  A thread copies memory with the C library, whose code uses every
 * register the processor has, while another interrupts it.  An emulator that saves less of a
 * register than the library uses makes nonsense of any test in which threads are stopped by
 * signals: compiled and run by gc.exp before the first of them.
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LONGEST 1000
#define ENOUGH  400 /* signals */

static volatile sig_atomic_t signals;
static int stop;
static char elsewhere[300], copy_of_it[300];

/* A handler that is worth its name uses the library too. */
static void on_signal(int sig)
{
    (void)sig;
    memset(elsewhere, ++signals, sizeof elsewhere);
    memcpy(copy_of_it + 1, elsewhere + 2, 200);
}

static void *interrupt(void *whom)
{
    struct timespec pause = {0, 300000};

    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        (void)pthread_kill(*(pthread_t *)whom, SIGUSR1);
        (void)nanosleep(&pause, NULL);
    }
    return NULL;
}

static int copied_well(unsigned round)
{
    static unsigned char from[LONGEST + 16], to[LONGEST + 16];
    unsigned length = round % (LONGEST - 20) + 20, source = round % 13, target = round % 7, i;

    for (i = 0; i < sizeof from; i++)
        from[i] = (unsigned char)(round + i * 7 + 1);
    memset(to, 0, length + target);
    memcpy(to + target, from + source, length);
    for (i = 0; i < length; i++)
        if (to[target + i] != from[source + i])
            return 0;
    return 1;
}

int main(void)
{
    pthread_t me = pthread_self(), other;
    unsigned round = 0;
    int well = 1;
    time_t end = time(NULL) + 5;

    if (signal(SIGUSR1, on_signal) == SIG_ERR || pthread_create(&other, NULL, interrupt, &me) != 0) {
        puts("WHY: no thread can be created and sent a signal");
        return 0;
    }
    while (well && signals < ENOUGH && time(NULL) < end)
        well = copied_well(round++);
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    (void)pthread_join(other, NULL);
    puts(well ? "WORKS" : "WHY: here memcpy copies wrong bytes when a signal interrupts it");
    return 0;
}
