/* winmain.c - GC_WINMAIN_REDIRECT: the library starts the collector, then the program */
/* needs: winmain */
/* variants: plain verify */
/* threads: required */
/* args: one "two three" */
#if defined(_WIN32)
#  include <windows.h>
#endif
#define GC_WINMAIN_REDIRECT 1
#include "check.h"

CHECK_NOINLINE static void *held_by_stack(void)
{
    void **volatile p = (void **)GC_malloc(sizeof *p);

    *p = GC_malloc(100);
    memset(*p, 0x55, 100);
    check_collect(2);
    return *p;
}

int WINAPI WinMain(HINSTANCE program, HINSTANCE before, LPSTR command_line, int show)
{
    check_start();
    (void)before;
    (void)show;
    CHECK(GC_is_init_called(), "the collector is initialized");
    CHECK(GC_thread_is_registered(), "the thread is registered");
    CHECK(program == GetModuleHandleA(NULL), "the program is told which it is");
    CHECK(strstr(command_line, "one") != NULL && strstr(command_line, "three") != NULL,
          "and its arguments");
    CHECK(check_all_bytes(held_by_stack(), 100, 0x55), "its stack is searched");
    return check_done();
}
