/* pthread_np.h - what the collector calls of FreeBSD's and OpenBSD's, for tools/check-syntax.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef PORT_HEADERS_PTHREAD_NP_H
#define PORT_HEADERS_PTHREAD_NP_H

#include <pthread.h>
#include <signal.h>

int pthread_attr_get_np(pthread_t, pthread_attr_t *);
int pthread_stackseg_np(pthread_t, stack_t *);

#endif /* PORT_HEADERS_PTHREAD_NP_H */
