/* stackbase_heuristic.c - the main stack's cold end where the system does not tell.
 *
 * In the order of certainty: STACKBOTTOM of gcconfig.h; the thread library's word
 * (GCI_PTHREAD_STACKBOTTOM); HEURISTIC2, a walk to the first page that cannot be read;
 * HEURISTIC1, our own address rounded to STACK_GRAN.  With none the program must set
 * GC_stackbottom before GC_INIT.  Linux has stackbase_linux.c, Windows stackbase_win32.c.
 *
 * [main-first]  The guesses start from the caller's frame, so the first call must come from the
 *               main thread; it does, GC_init is that call.
 * [one-end]     The thread library may have another opinion of where that stack ends: both functions
 *               tell the guess.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

#if defined(UNIX_LIKE)
# include <pthread.h>
#endif
#if defined(GCI_OS_FREEBSD) || defined(GCI_OS_OPENBSD)
# include <pthread_np.h>
#endif

#ifdef STACK_GROWS_UP
static const bool grows_up = true;
#else
static const bool grows_up = false;
#endif

static bool from_thread_library(void **lo, void **hi)
{
#if defined(GCI_OS_DARWIN)
    size_t bytes = pthread_get_stacksize_np(pthread_self());

    *hi = pthread_get_stackaddr_np(pthread_self());
    *lo = (char *)*hi - bytes;
    return *hi != NULL && bytes != 0;
#elif defined(GCI_OS_OPENBSD)
    stack_t stack;

    if (pthread_stackseg_np(pthread_self(), &stack) != 0)
        return false;
    *hi = stack.ss_sp;
    *lo = (char *)stack.ss_sp - stack.ss_size;
    return true;
#elif defined(GCI_OS_FREEBSD) || defined(GCI_OS_NETBSD) || defined(GCI_OS_HURD) \
    || defined(GCI_OS_HAIKU) || defined(GCI_OS_LINUX)
    pthread_attr_t attributes;
    void *address = NULL;
    size_t bytes = 0;
    bool ok;

    if (pthread_attr_init(&attributes) != 0)
        return false;
# if defined(GCI_OS_FREEBSD)
    ok = pthread_attr_get_np(pthread_self(), &attributes) == 0;
# else
    ok = pthread_getattr_np(pthread_self(), &attributes) == 0;
# endif
    ok = ok && pthread_attr_getstack(&attributes, &address, &bytes) == 0;
    (void)pthread_attr_destroy(&attributes);
    *lo = address;
    *hi = (char *)address + bytes;
    return ok && address != NULL && bytes != 0;
#else
    (void)lo;
    (void)hi;
    return false;
#endif
}

GCI_UNUSED GCI_NOINLINE static ptr_t here(void)
{
    return (ptr_t)__builtin_frame_address(0);
}

GCI_UNUSED static void *heuristic1(void)
{
    word address = (word)here();

    return (void *)(grows_up ? gci_align_down(address, STACK_GRAN)
                             : gci_align_up(address, STACK_GRAN));
}

/* The first unreadable page ends the stack; neighbours that happen to be readable make the range
   too long, which costs time but loses nothing. */
GCI_UNUSED static void *heuristic2(void)
{
    ptr_t start = here();
    word span = (word)1 << (CPP_WORDSZ == 64 ? 33 : 29);
    word bound = grows_up ? ((word)start > span ? (word)start - span : 0)
                          : ((word)start < UINTPTR_MAX - span ? (word)start + span : UINTPTR_MAX);

    return gci_fault_find_limit(start, !grows_up, (ptr_t)bound);
}

static volatile word main_base;   /* 0: not asked yet, or unknown */
static void *main_by_library;     /* the thread library's word for the same [one-end] */

static void **cold_of(void **lo, void **hi)
{
    return grows_up ? lo : hi;
}

static void remember(word base)
{
    void *lo, *hi;

    if (base != 0 && from_thread_library(&lo, &hi))
        main_by_library = *cold_of(&lo, &hi);
    main_base = base;
}

void *gci_stack_main_base(void)
{
    word base = main_base;

    if (base != 0)
        return (void *)base;
#if defined(STACKBOTTOM)
    base = (word)(STACKBOTTOM);
#else
# if defined(GCI_PTHREAD_STACKBOTTOM)
    {
        void *lo, *hi;

        if (from_thread_library(&lo, &hi))
            base = (word)*cold_of(&lo, &hi);
    }
# endif
# if defined(HEURISTIC2)
    if (base == 0)
        base = (word)heuristic2();
# elif defined(HEURISTIC1)
    if (base == 0)
        base = (word)heuristic1();
# endif
#endif
    remember(base);
    return (void *)base;
}

bool gci_stack_of_this_thread(void **lo, void **hi)
{
    void **cold = cold_of(lo, hi);

    if (!from_thread_library(lo, hi))
        return false;
    if (main_base != 0 && *cold == main_by_library)
        *cold = (void *)main_base;
    return true;
}

void *gci_stack_lowest_readable(void *lo, void *cold)
{
    (void)cold;
    return lo;
}
