/* measure.c - run one program once and append one line about it to a file.
 *
 *   measure [-e VAR=VALUE]... [-t SECONDS] [-l LOG] -o FILE LABEL... -- PROGRAM ARGS...
 *
 * The line is: the labels as given, then status=, wall_ns=, user_us=, sys_us=,
 * maxrss_kb=, and the key=value pairs of the last "@bench" line the program
 * printed.  status is ok, exit-N, signal-N, timeout or no-result (it ended well
 * but printed no such line).  The program's output goes to LOG (default: a
 * temporary file that is thrown away).  Exit status: 0 if status is ok, 1 if
 * not, 2 for wrong use.
 *
 * Tables and comparisons: run, table.awk.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_LABELS 32
#define LINE_BYTES 4096

static volatile sig_atomic_t timed_out;
static pid_t child;

static void die(const char *fmt, ...) __attribute__((__format__(__printf__, 1, 2), __noreturn__));
static void die(const char *fmt, ...)
{
    va_list ap;

    fputs("measure: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    exit(2);
}

static void on_signal(int sig)
{
    if (sig == SIGALRM)
        timed_out = 1;
    if (child > 0)
        kill(-child, SIGKILL); /* its process group, see run_child */
}

static uint64_t now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void catch_signal(int sig)
{
    struct sigaction sa;

    memset(&sa, 0, sizeof sa);
    sa.sa_handler = on_signal;
    sigemptyset(&sa.sa_mask);
    sigaction(sig, &sa, NULL);
}

static void run_child(char **argv, int log_fd)
{
    int null_fd = open("/dev/null", O_RDONLY);

    setpgid(0, 0);
    if (null_fd < 0 || dup2(null_fd, 0) < 0 || dup2(log_fd, 1) < 0 || dup2(log_fd, 2) < 0)
        _exit(126);
    execvp(argv[0], argv);
    fprintf(stderr, "measure: cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

/* The last @bench line of the log, without the word itself; "" if none. */
static void find_result(FILE *log, char *result)
{
    char line[LINE_BYTES];

    result[0] = '\0';
    rewind(log);
    while (fgets(line, sizeof line, log) != NULL)
        if (strncmp(line, "@bench ", 7) == 0) {
            line[strcspn(line, "\r\n")] = '\0';
            memcpy(result, line + 7, strlen(line + 7) + 1);
        }
}

static void describe_status(char *text, size_t size, int status, const char *result)
{
    if (timed_out)
        snprintf(text, size, "timeout");
    else if (WIFSIGNALED(status))
        snprintf(text, size, "signal-%d", WTERMSIG(status));
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        snprintf(text, size, "exit-%d", WEXITSTATUS(status));
    else if (result[0] == '\0')
        snprintf(text, size, "no-result");
    else
        snprintf(text, size, "ok");
}

static void copy_to_stderr(FILE *log)
{
    char line[LINE_BYTES];

    rewind(log);
    while (fgets(line, sizeof line, log) != NULL)
        fputs(line, stderr);
}

static int microseconds(const struct timeval *tv, char *text, size_t size)
{
    return snprintf(text, size, "%lld", (long long)tv->tv_sec * 1000000 + (long long)tv->tv_usec);
}

int main(int argc, char **argv)
{
    const char *out_name = NULL, *log_name = NULL, *labels[MAX_LABELS];
    int label_count = 0, i, option, status;
    unsigned timeout_s = 0;
    char result[LINE_BYTES], status_text[32], user_us[32], sys_us[32];
    struct rusage usage;
    uint64_t began_ns, wall_ns;
    FILE *out, *log;

    while ((option = getopt(argc, argv, "+e:t:l:o:")) != -1) {
        switch (option) {
        case 'e':
            if (strchr(optarg, '=') == NULL || putenv(optarg) != 0)
                die("-e wants VAR=VALUE, got %s", optarg);
            break;
        case 't':
            timeout_s = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'l':
            log_name = optarg;
            break;
        case 'o':
            out_name = optarg;
            break;
        default:
            return 2;
        }
    }
    for (i = optind; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (label_count == MAX_LABELS)
            die("too many labels");
        labels[label_count++] = argv[i];
    }
    if (out_name == NULL || i + 1 >= argc)
        die("usage: measure [-e VAR=VALUE]... [-t SECONDS] [-l LOG] -o FILE LABEL... -- PROGRAM "
            "ARGS...");
    log = log_name != NULL ? fopen(log_name, "w+") : tmpfile();
    if (log == NULL)
        die("cannot open %s: %s", log_name != NULL ? log_name : "a temporary file",
            strerror(errno));
    out = fopen(out_name, "a");
    if (out == NULL)
        die("cannot open %s: %s", out_name, strerror(errno));
    fcntl(fileno(log), F_SETFD, FD_CLOEXEC);
    fcntl(fileno(out), F_SETFD, FD_CLOEXEC);

    catch_signal(SIGALRM);
    catch_signal(SIGINT);
    catch_signal(SIGTERM);
    began_ns = now_ns();
    child = fork();
    if (child < 0)
        die("cannot fork: %s", strerror(errno));
    if (child == 0)
        run_child(argv + i + 1, fileno(log));
    setpgid(child, child); /* whoever comes first */
    alarm(timeout_s);
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR)
            die("cannot wait: %s", strerror(errno));
    wall_ns = now_ns() - began_ns;
    child = 0;
    alarm(0);

    find_result(log, result);
    describe_status(status_text, sizeof status_text, status, result);
    microseconds(&usage.ru_utime, user_us, sizeof user_us);
    microseconds(&usage.ru_stime, sys_us, sizeof sys_us);
    for (i = 0; i < label_count; i++)
        fprintf(out, "%s ", labels[i]);
    fprintf(out, "status=%s wall_ns=%llu user_us=%s sys_us=%s maxrss_kb=%ld %s\n", status_text,
            (unsigned long long)wall_ns, user_us, sys_us, usage.ru_maxrss, result);
    if (fclose(out) != 0)
        die("cannot write %s", out_name);
    if (strcmp(status_text, "ok") != 0) {
        copy_to_stderr(log);
        return 1;
    }
    return 0;
}
