// gc_cpp.cc - the global operators new and delete of libgccpp.
// SPDX-License-Identifier: MIT
//
// Their objects are uncollectable, and the collector searches them, so ordinary
// C++ objects and containers may point to collected ones.  The nothrow forms of
// the C++ library end up here.  The forms for over-aligned types are left alone:
// what they make is not searched.
//
// Out of memory: first the program's new_handler as often as it likes (C++11),
// then std::bad_alloc (gc_badalc.cc).

#ifndef GC_BUILD
# define GC_BUILD
#endif
#define GC_NO_INLINE_STD_NEW

#include <new>

#include "gc/gc_cpp.h"

#if !defined(_MSC_VER) && !defined(__DMC__)

# if __cplusplus >= 201103L
#   define CXX_THROWS_BAD_ALLOC
# else
#   define CXX_THROWS_BAD_ALLOC throw(std::bad_alloc)
# endif

static void *allocate(size_t size)
{
    for (;;) {
        void *obj = GC_MALLOC_UNCOLLECTABLE(size);
        if (obj != 0)
            return obj;
# if __cplusplus >= 201103L
        std::new_handler handler = std::get_new_handler();
        if (handler != 0) {
            handler();
            continue;
        }
# endif
        GC_throw_bad_alloc();
    }
}

void *operator new(size_t size) CXX_THROWS_BAD_ALLOC
{
    return allocate(size);
}

void operator delete(void *obj) GC_NOEXCEPT
{
    GC_FREE(obj);
}

# ifdef GC_OPERATOR_NEW_ARRAY
void *operator new[](size_t size) CXX_THROWS_BAD_ALLOC
{
    return allocate(size);
}

void operator delete[](void *obj) GC_NOEXCEPT
{
    GC_FREE(obj);
}
# endif

// Compilers of C++14 and later call these where they know the size.  Others do not
// declare them, and they must be visible all the same.
GC_API void operator delete(void *obj, size_t) GC_NOEXCEPT;
# ifdef GC_OPERATOR_NEW_ARRAY
GC_API void operator delete[](void *obj, size_t) GC_NOEXCEPT;
# endif

void operator delete(void *obj, size_t) GC_NOEXCEPT
{
    GC_FREE(obj);
}

# ifdef GC_OPERATOR_NEW_ARRAY
void operator delete[](void *obj, size_t) GC_NOEXCEPT
{
    GC_FREE(obj);
}
# endif

#endif
