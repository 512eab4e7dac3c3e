/* attempt.h - calls with nonsense, each in a process of its own.
 *
 * A table of struct attempt says what has to come of each: the process ends with a message, or a
 * message is printed and the call has no effect, or there is a documented result.  A message names
 * the function and the address, or other value, that the call was given.  Where the process goes
 * on, its heap is used afterwards.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#include "check.h"

enum outcome {
    ABORTS, /* SIGABRT after a message */
    SAYS,   /* goes on after a message */
    GIVES   /* goes on; fn has looked at the result and returns 0 */
};

struct attempt {
    const char *function, *what;
    int (*fn)(void);
    enum outcome outcome;
};

/* Memory that is no object: static, aligned. */
static union {
    void *align;
    char bytes[256];
} attempt_foreign;

/* Says what the message has to name, and passes it on so that no compiler knows it. */
CHECK_NOINLINE CHECK_UNUSED static void *attempt_with(void *p)
{
    printf("target 0x%llx\n", (unsigned long long)(uintptr_t)p);
    fflush(stdout);
    return p;
}

CHECK_NOINLINE CHECK_UNUSED static long attempt_number(long n)
{
    printf("target %ld\n", n);
    fflush(stdout);
    return n;
}

CHECK_UNUSED static int attempt_child(void *arg)
{
    int wrong = ((const struct attempt *)arg)->fn();

    return wrong != 0 ? 100 + wrong : check_heap();
}

/* Does the text have the function's name and, if one was announced, the value? */
CHECK_UNUSED static int attempt_named(const struct attempt *a, const char *text)
{
    char value[40] = "";
    const char *line = text, *rest = text;

    /* At the beginning of a line: emulators speak of targets too. */
    while (line != NULL && sscanf(line, "target %39s", value) != 1) {
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    if (line != NULL)
        rest = strchr(line, '\n');
    return rest != NULL && strstr(rest, a->function) != NULL && strstr(rest, value) != NULL;
}

CHECK_UNUSED static void attempt_all(const struct attempt *a, size_t n)
{
    static char text[8000];

    for (; n-- > 0; a++) {
        char name[200];
        int status = check_child(attempt_child, (void *)(uintptr_t)a, text, sizeof text), ok;

        if (a->outcome == ABORTS)
            ok = status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT
                 && attempt_named(a, text);
        else
            ok = check_child_ok(status) && (a->outcome != SAYS || attempt_named(a, text));
        if (!ok)
            check_note("status %x, said: %.600s", (unsigned)status, text);
        snprintf(name, sizeof name, "%s: %s", a->function, a->what);
        check_verdict(ok, name, __FILE__, __LINE__,
                      a->outcome == ABORTS ? "should end the process with a message"
                      : a->outcome == SAYS ? "should say so and go on"
                                           : "another result, or the heap is damaged");
    }
}

#define ATTEMPTS(table) attempt_all(table, sizeof(table) / sizeof *(table))

#endif /* ATTEMPT_H */
