/* counting.h - callgrind's counters, switched by the program that is counted.
 *
 * Without valgrind's headers everything is empty and COUNTING is 0.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BENCH_COUNTING_H
#define BENCH_COUNTING_H

#ifdef __has_include
# if __has_include(<valgrind/callgrind.h>)
#  include <valgrind/callgrind.h>
#  define COUNTING 1
# endif
#endif

#ifdef COUNTING
# define COUNT_RUNNING() (RUNNING_ON_VALGRIND != 0)
# define COUNT_BEGIN() CALLGRIND_ZERO_STATS
# define COUNT_END(label) CALLGRIND_DUMP_STATS_AT(label)
#else
# define COUNTING 0
# define COUNT_RUNNING() 0
# define COUNT_BEGIN() ((void)0)
# define COUNT_END(label) ((void)(label))
#endif

#endif /* BENCH_COUNTING_H */
