/* winmain.c - the WinMain of programs that were compiled with GC_WINMAIN_REDIRECT.
 *
 * Windows' start files call WinMain where a program has no main; gc.h renamed the program's own.
 * This one must be in the program, not in a DLL, so it is a member of the archives that programs
 * link with, import library included (Makefile.am): taken from there by who needs it.
 *
 * The collector starts in the thread that goes on to the program, which is thereby registered.
 *
 * SPDX-License-Identifier: MIT
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#define GC_THREADS 1
#define GC_NO_THREAD_REDIRECTS 1
#include "gc.h"

/* What gc.h refers to, so that a linker that goes through libraries once takes this member. */
extern const int GC_has_WinMain;
const int GC_has_WinMain = 1;

extern int WINAPI GC_WinMain(HINSTANCE program, HINSTANCE before, LPSTR command_line, int show);

int WINAPI WinMain(HINSTANCE program, HINSTANCE before, LPSTR command_line, int show)
{
    GC_INIT();
    return GC_WinMain(program, before, command_line, show);
}
