/* atomics.h - atomic operations on words; nothing else is ever shared without a lock.
 *
 * Only word-wide operations, since those are what every machine and libatomic_ops have.
 * GCI_USE_LIBATOMIC_OPS chooses libatomic_ops, the default is the compiler's builtins.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_ATOMICS_H
#define GCI_ATOMICS_H

#include "private/base.h"

#if defined(GCI_USE_LIBATOMIC_OPS) && defined(GCI_THREADS)
# include <atomic_ops.h>
GCI_INLINE word gci_load(const volatile word *p) { return (word)AO_load((const volatile AO_t *)p); }
GCI_INLINE word gci_load_acquire(const volatile word *p)
{
    return (word)AO_load_acquire((const volatile AO_t *)p);
}
GCI_INLINE void gci_store(volatile word *p, word v) { AO_store((volatile AO_t *)p, (AO_t)v); }
GCI_INLINE void gci_store_release(volatile word *p, word v)
{
    AO_store_release((volatile AO_t *)p, (AO_t)v);
}
GCI_INLINE bool gci_cas(volatile word *p, word was, word is)
{
    return AO_compare_and_swap_full((volatile AO_t *)p, (AO_t)was, (AO_t)is) != 0;
}
GCI_INLINE word gci_fetch_add(volatile word *p, word n)
{
    return (word)AO_fetch_and_add_full((volatile AO_t *)p, (AO_t)n);
}
GCI_INLINE word gci_fetch_or(volatile word *p, word bits)
{
    word was;
    do {
        was = gci_load(p);
    } while ((was & bits) != bits && !gci_cas(p, was, was | bits));
    return was;
}
GCI_INLINE void gci_fetch_and(volatile word *p, word bits)
{
    word was;
    do {
        was = gci_load(p);
    } while (!gci_cas(p, was, was & bits));
}
GCI_INLINE void gci_fence(void) { AO_nop_full(); }
#else
GCI_INLINE word gci_load(const volatile word *p) { return __atomic_load_n(p, __ATOMIC_RELAXED); }
GCI_INLINE word gci_load_acquire(const volatile word *p)
{
    return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}
GCI_INLINE void gci_store(volatile word *p, word v) { __atomic_store_n(p, v, __ATOMIC_RELAXED); }
GCI_INLINE void gci_store_release(volatile word *p, word v)
{
    __atomic_store_n(p, v, __ATOMIC_RELEASE);
}
/* Full barrier; true when *p was `was` and is now `is`. */
GCI_INLINE bool gci_cas(volatile word *p, word was, word is)
{
    return __atomic_compare_exchange_n(p, &was, is, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}
GCI_INLINE word gci_fetch_add(volatile word *p, word n)
{
    return __atomic_fetch_add(p, n, __ATOMIC_SEQ_CST);
}
/* Relaxed: mark bits order nothing. Returns what was there. */
GCI_INLINE word gci_fetch_or(volatile word *p, word bits)
{
    return __atomic_fetch_or(p, bits, __ATOMIC_RELAXED);
}
GCI_INLINE void gci_fetch_and(volatile word *p, word bits)
{
    (void)__atomic_fetch_and(p, bits, __ATOMIC_RELAXED);
}
GCI_INLINE void gci_fence(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
#endif

/* A variable of any size up to a word's that others read or write meanwhile: any of its values will do, and
   nothing is concluded about other memory. One thread writes at a time. */
#define GCI_READ(variable)         __atomic_load_n(&(variable), __ATOMIC_RELAXED)
#define GCI_WRITE(variable, value) __atomic_store_n(&(variable), (value), __ATOMIC_RELAXED)

/* The same for a byte or two, which no compiler reads in parts: without the extra instruction. */
#define GCI_PEEK(variable) (config_thread_sanitizer ? GCI_READ(variable) : (variable))

#endif /* GCI_ATOMICS_H */
