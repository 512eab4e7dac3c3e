/* system.h - for check.h on Windows: time limit, children that are the same program run anew.
 *
 * A child runs one function: its place in the image and its argument, which must lie in static
 * data or be NULL, are in GC_TEST_CHILD.  It starts from nothing, so it calls GC_INIT itself
 * where it needs more than what the first allocation does.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TEST_SYSTEM_H
#define TEST_SYSTEM_H

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <unistd.h>

extern char __ImageBase[];

/* As wait() codes them; abort() ends a program with 3. */
#define CHECK_STATUS(code) \
    ((code) == 3 ? SIGABRT : (code) > 255 ? SIGSEGV : (int)((code) << 8))
#define WIFEXITED(status) (((status) & 0x7f) == 0)
#define WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define WIFSIGNALED(status) (!WIFEXITED(status))
#define WTERMSIG(status) ((status) & 0x7f)

static DWORD WINAPI check_watchdog(void *seconds)
{
    static const char msg[] = "\nFAIL: watchdog (the program hung)\n";
    DWORD n;

    Sleep(1000 * (DWORD)(size_t)seconds);
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), msg, sizeof msg - 1, &n, NULL);
    TerminateProcess(GetCurrentProcess(), 1);
    return 0;
}

/* In a child: does its work and ends. */
static void check_system_start(int seconds)
{
    const char *child = getenv("GC_TEST_CHILD");
    unsigned long long fn = 0, arg = 0;
    HANDLE thread;

    _setmode(0, O_BINARY);
    _setmode(1, O_BINARY);
    _setmode(2, O_BINARY);
    thread = CreateThread(NULL, 65536, check_watchdog, (void *)(size_t)seconds, 0, NULL);
    if (thread != NULL)
        CloseHandle(thread);
    if (child != NULL && sscanf(child, "%llx %llx", &fn, &arg) == 2) {
        int status;

        SetErrorMode(SEM_NOGPFAULTERRORBOX | SEM_FAILCRITICALERRORS);
        status = ((int (*)(void *))(size_t)(__ImageBase + fn))(arg != 0 ? __ImageBase + arg : NULL);
        fflush(stdout);
        fflush(stderr);
        _exit(status);
    }
}

#define _SC_PAGESIZE 1

__attribute__((unused)) static long sysconf(int what)
{
    SYSTEM_INFO info;

    GetSystemInfo(&info);
    return what == _SC_PAGESIZE ? (long)info.dwPageSize : -1;
}

__attribute__((unused)) static void *memmem(const void *in, size_t in_bytes, const void *what, size_t bytes)
{
    const char *p = (const char *)in;

    for (; in_bytes >= bytes; p++, in_bytes--)
        if (memcmp(p, what, bytes) == 0)
            return (void *)p;
    return NULL;
}

__attribute__((unused)) static int setenv(const char *name, const char *value, int replace)
{
    return replace || getenv(name) == NULL ? _putenv_s(name, value) : 0;
}

__attribute__((unused)) static int unsetenv(const char *name)
{
    return _putenv_s(name, "");
}

static int check_in_image(const void *p)
{
    MEMORY_BASIC_INFORMATION info;

    return VirtualQuery(p, &info, sizeof info) != 0 && info.AllocationBase == (void *)__ImageBase;
}

static size_t check_read_all(HANDLE from, char *text, size_t size)
{
    char buf[512];
    DWORD got, i;
    size_t n = 0;

    while (ReadFile(from, buf, sizeof buf, &got, NULL) && got > 0)
        for (i = 0; i < got; i++)
            if (text != NULL && n + 1 < size)
                text[n++] = buf[i];
    if (text != NULL && size > 0)
        text[n] = 0;
    return n;
}

/* As the one of check.h. */
__attribute__((unused)) static int check_child(int (*fn)(void *), void *arg, char *text, size_t size)
{
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    STARTUPINFOA start = {0};
    PROCESS_INFORMATION child;
    HANDLE from, to;
    DWORD code = 0;
    char name[MAX_PATH], job[64];

    if (arg != NULL && !check_in_image(arg)) {
        printf("# a child's argument is not in static data\n");
        return -1;
    }
    fflush(stdout);
    if (!CreatePipe(&from, &to, &inherit, 0))
        return -1;
    SetHandleInformation(from, HANDLE_FLAG_INHERIT, 0);
    start.cb = sizeof start;
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    start.hStdOutput = start.hStdError = to;
    snprintf(job, sizeof job, "%llx %llx", (unsigned long long)((char *)(size_t)fn - __ImageBase),
             (unsigned long long)(arg != NULL ? (char *)arg - __ImageBase : 0));
    SetEnvironmentVariableA("GC_TEST_CHILD", job);
    GetModuleFileNameA(NULL, name, sizeof name);
    if (!CreateProcessA(name, NULL, NULL, NULL, TRUE, 0, NULL, NULL, &start, &child)) {
        SetEnvironmentVariableA("GC_TEST_CHILD", NULL);
        CloseHandle(from);
        CloseHandle(to);
        return -1;
    }
    SetEnvironmentVariableA("GC_TEST_CHILD", NULL);
    CloseHandle(to);
    check_read_all(from, text, size);
    CloseHandle(from);
    WaitForSingleObject(child.hProcess, INFINITE);
    GetExitCodeProcess(child.hProcess, &code);
    CloseHandle(child.hProcess);
    CloseHandle(child.hThread);
    return CHECK_STATUS(code);
}

#endif /* TEST_SYSTEM_H */
