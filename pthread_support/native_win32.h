/* native_win32.h - what the files of pthread_support/ for Windows share: handle and saved registers.
 *
 * Files: pthread_support/native_win32.c, stop_win32.c, create_win32.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_NATIVE_WIN32_H
#define GCI_NATIVE_WIN32_H

#include "private/threads.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

struct gci_native {
    CONTEXT context;         /* of the suspended thread: roots; 16-byte aligned, so first */
    HANDLE handle;
    struct gci_native *next; /* of those that wait for a thread */
};

#endif /* GCI_NATIVE_WIN32_H */
