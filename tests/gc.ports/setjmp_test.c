/* setjmp_test.c - which ways of storing registers keep all that a caller may hold in them */
/* needs: setjmp */
/* variants: plain */
/*
 * For porters: needs neither the library nor its headers.  Each way of mach_dep/regs_*.c is tried
 * with six values that only registers hold (or the holder's frame, where there are too few); a way
 * is good when all six are then found in memory between the hot end and the holder's frame.
 */
#define _GNU_SOURCE 1
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#if !defined(_WIN32) && defined(__GLIBC__)
#  include <ucontext.h>
#  define HAVE_GETCONTEXT 1
#endif

#define VALUES 6
#define NOINLINE __attribute__((noinline))
#define LAUNDER(x) __asm__ __volatile__("" : "+r"(x) : : "memory")

static volatile uintptr_t hidden[VALUES]; /* each value's complement */
static volatile uintptr_t sink;
static char *volatile cold_end;
static int in_buffer, found;

/* How many of the values lie in [lo, hi). */
NOINLINE static int count_in(const char *lo, const char *hi)
{
    unsigned seen = 0, i;
    int n = 0;
    const char *p;

    for (p = (const char *)(((uintptr_t)lo + 1) & ~(uintptr_t)1); p + sizeof(uintptr_t) <= hi; p += 2) {
        uintptr_t w;

        memcpy(&w, p, sizeof w);
        for (i = 0; i < VALUES; i++)
            if (w == ~hidden[i])
                seen |= 1u << i;
    }
    for (i = 0; i < VALUES; i++)
        n += (seen >> i) & 1;
    return n;
}

NOINLINE static void look(const char *buffer, size_t bytes)
{
    volatile char here = 0;
    const char *hot = (const char *)&here, *cold = cold_end;

    in_buffer = count_in(buffer, buffer + bytes);
    found = hot < cold ? count_in(hot, cold) : count_in(cold, hot);
}

NOINLINE static void by_setjmp(void)
{
    jmp_buf registers;

    __asm__ __volatile__("" : : "r"(__builtin_frame_address(0)));
    memset(&registers, 0, sizeof registers);
    if (setjmp(registers) == 0) {
        __asm__ __volatile__("" : : "r"(&registers) : "memory");
        look((const char *)&registers, sizeof registers);
    }
    __asm__ __volatile__("" : : "r"(&registers) : "memory");
}

#ifdef HAVE_GETCONTEXT
NOINLINE static void by_getcontext(void)
{
    ucontext_t context;

    memset(&context, 0, sizeof context);
    (void)getcontext(&context);
    look((const char *)&context, sizeof context);
    __asm__ __volatile__("" : : "r"(&context) : "memory");
}
#endif

NOINLINE static void by_unwind(void)
{
    __builtin_unwind_init();
    look((const char *)&in_buffer, 0);
    __asm__ __volatile__("" : : : "memory");
}

NOINLINE static void hold(void (*how)(void))
{
    uintptr_t a = ~hidden[0], b = ~hidden[1], c = ~hidden[2];
    uintptr_t d = ~hidden[3], e = ~hidden[4], f = ~hidden[5];

    LAUNDER(a);
    LAUNDER(b);
    LAUNDER(c);
    LAUNDER(d);
    LAUNDER(e);
    LAUNDER(f);
    how();
    LAUNDER(a);
    LAUNDER(b);
    LAUNDER(c);
    LAUNDER(d);
    LAUNDER(e);
    LAUNDER(f);
    sink = a ^ b ^ c ^ d ^ e ^ f;
}

static void attempt(const char *name, void (*how)(void))
{
    in_buffer = found = 0;
    hold(how);
    printf("# %s: %d of %d values in its buffer, %d on the stack with that\n", name, in_buffer, VALUES,
           found);
    if (found == VALUES)
        printf("PASS: %s keeps the registers\n", name);
    else
        printf("UNSUPPORTED: %s: loses registers here\n", name);
}

int main(void)
{
    volatile char here = 0;
    unsigned i;

    cold_end = (char *)&here;
    for (i = 0; i < VALUES; i++)
        hidden[i] = ~((uintptr_t)0x5bd1e995u * (2 * i + 3));
    attempt("unwind", by_unwind);
#ifdef HAVE_GETCONTEXT
    attempt("getcontext", by_getcontext);
#else
    printf("UNSUPPORTED: getcontext: not in this C library\n");
#endif
    attempt("setjmp", by_setjmp);
    printf("DONE: registers\n");
    return 0;
}
