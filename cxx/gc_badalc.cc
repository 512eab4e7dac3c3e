// gc_badalc.cc - throws std::bad_alloc for gc_cpp.h, which does not include <new>.
// SPDX-License-Identifier: MIT
//
// In both libgccpp and libgctba.  libgctba has nothing else: it is for programs
// that use gc_cpp.h but keep the ordinary global operator new.

#ifndef GC_BUILD
# define GC_BUILD
#endif

#include <new>

#define GC_INCLUDE_NEW // else the declaration below is in gc_cpp.h
#include "gc/gc_cpp.h"

GC_API void GC_CALL GC_throw_bad_alloc();

void GC_CALL GC_throw_bad_alloc()
{
    GC_OP_NEW_OOM_CHECK(static_cast<void *>(0));
}
