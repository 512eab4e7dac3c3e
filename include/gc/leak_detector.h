/* leak_detector.h - make a malloc program report its leaks.
 * SPDX-License-Identifier: MIT
 *
 * Include it everywhere (gcc -include gc/leak_detector.h), link with the
 * library, and run with GC_FIND_LEAK=1 in the environment.  Objects that became
 * unreachable without free are reported at CHECK_LEAKS() and at exit.
 */

#ifndef GC_LEAK_DETECTOR_H
#define GC_LEAK_DETECTOR_H

#ifndef GC_DEBUG
# define GC_DEBUG
#endif
#include "gc.h"

/* Before their functions are replaced, or the declarations would be. */
#ifndef GC_DONT_INCLUDE_STDLIB
# include <stdlib.h>
# include <string.h>
#endif

#undef malloc
#define malloc(n) GC_MALLOC(n)
#undef calloc
#define calloc(m, n) /* a product that overflows is more than there ever is */ \
        GC_MALLOC((size_t)(m) != 0 && (size_t)-1 / (size_t)(m) < (size_t)(n) \
                  ? (size_t)-1 : (size_t)(m) * (size_t)(n))
#undef realloc
#define realloc(p, n) GC_REALLOC(p, n)
#undef reallocf
#define reallocf(p, n) GC_REALLOCF(p, n)
#undef free
#define free(p) GC_FREE(p)
#undef freezero
#define freezero(p, n) GC_FREEZERO(p, n)

#undef strdup
#define strdup(s) GC_STRDUP(s)
#undef strndup
#define strndup(s, n) GC_STRNDUP(s, n)
#ifdef GC_REQUIRE_WCSDUP
# include <wchar.h>
# undef wcsdup
# define wcsdup(s) GC_WCSDUP(s)
#endif

#undef memalign
#define memalign(a, n) GC_memalign(a, n)
#undef posix_memalign
#define posix_memalign(p, a, n) GC_posix_memalign(p, a, n)
#undef valloc
#define valloc(n) GC_valloc(n)
#undef pvalloc
#define pvalloc(n) GC_pvalloc(n)

/* Report what has leaked by now. */
#ifndef CHECK_LEAKS
# define CHECK_LEAKS() GC_gcollect()
#endif

#endif /* GC_LEAK_DETECTOR_H */
