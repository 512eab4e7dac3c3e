/* unwinding.h - calls that may never return: what undoes a callback's state when it is cancelled, ends
 * its thread or throws. To be included before anything that includes pthread.h.
 *
 * [two-ways] Threads that end run what pthread_cleanup_push was told, in the form that needs no
 *            unwinder: this file is the reason why the other one, which -fexceptions asks for, is not
 *            taken. Exceptions of C++ run the cleanup attribute. Both may come: the second does nothing.
 * [weak]     A program that throws has an unwinder with it; for one in C it would be a library more.
 *            So its names are weak. Where it comes after this library, by dlopen, exceptions pass by
 *            and nothing is undone. ARM's tables need it whether anything is thrown or not.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_UNWINDING_H
#define GCI_UNWINDING_H

#ifdef __EXCEPTIONS
# undef __EXCEPTIONS /* [two-ways] */
# if defined(__ELF__) && !defined(__arm__)
__asm__(".weak _Unwind_Resume\n\t.weak __gcc_personality_v0"); /* [weak] */
# endif
#endif

#endif /* GCI_UNWINDING_H */
