/* gc_cpp.h - the collector for C++ classes.
 * SPDX-License-Identifier: MIT
 *
 * Link with libgccpp, whose global operator new makes uncollectable objects that
 * the collector searches; so ordinary C++ objects may point to collected ones.
 *
 *     class A : public gc {};             new A             collected
 *                                         new (NoGC) A      uncollectable
 *     class B : public gc_cleanup {};     new B             collected, destructor runs
 *     struct C {};                        new (UseGC) C     collected
 *                                         new (PointerFreeGC) C   the same, not searched
 *                                         new (UseGC, f, d) C     f(object, d) at the end
 *
 * GC is another name of UseGC unless GC_NAME_CONFLICT is defined; GC_NAMESPACE
 * puts the names into namespace boehmgc.  delete works on all of them at once,
 * but not on an object that was given a clean-up function.
 *
 * Clean-up runs in order: an object reachable from another with clean-up waits
 * for that one, a cycle of such objects waits forever; pointers of an object to
 * itself do not count.  An array has one clean-up, so destructors of its elements
 * do not run unless a clean-up function runs them.
 *
 * Running out of memory throws std::bad_alloc, by GC_throw_bad_alloc of libgccpp
 * or libgctba unless GC_INCLUDE_NEW says that <new> may be included here.  With
 * GC_NEW_ABORTS_ON_OOM the program ends instead.
 */

#ifndef GC_CPP_H
#define GC_CPP_H

#include "gc.h"

#ifdef GC_NAMESPACE
# define GC_NS_QUALIFY(T) boehmgc::T
#else
# define GC_NS_QUALIFY(T) T
#endif

#ifdef THINK_CPLUS
# define GC_cdecl _cdecl
#else
# define GC_cdecl GC_CALLBACK
#endif

/* Compilers before the C++ standard: no operator new[], no placement delete. */
#if !defined(GC_NO_OPERATOR_NEW_ARRAY) && !defined(_ENABLE_ARRAYNEW) \
    && ((defined(__BORLANDC__) && __BORLANDC__ < 0x450) \
        || (defined(__GNUC__) && !GC_GNUC_PREREQ(2, 6)) \
        || (defined(_MSC_VER) && _MSC_VER <= 1020) \
        || (defined(__WATCOMC__) && __WATCOMC__ < 1050))
# define GC_NO_OPERATOR_NEW_ARRAY
#endif
#if !defined(GC_NO_OPERATOR_NEW_ARRAY) && !defined(GC_OPERATOR_NEW_ARRAY)
# define GC_OPERATOR_NEW_ARRAY
#endif
#if !defined(GC_PLACEMENT_DELETE) && !defined(__sgi) && !defined(__WATCOMC__) \
    && (!defined(__BORLANDC__) || __BORLANDC__ > 0x0620) \
    && (!defined(_MSC_VER) || _MSC_VER > 1020)
# define GC_PLACEMENT_DELETE
#endif

#if defined(GC_NEW_ABORTS_ON_OOM) || defined(_LIBCPP_NO_EXCEPTIONS)
# define GC_OP_NEW_OOM_CHECK(obj) do { if (!(obj)) GC_abort_on_oom(); } while (0)
#elif defined(GC_INCLUDE_NEW)
# include <new>
# define GC_OP_NEW_OOM_CHECK(obj) do { if (!(obj)) throw std::bad_alloc(); } while (0)
#else
  /* Throws std::bad_alloc, from a library that may include <new>. */
  GC_API void GC_CALL GC_throw_bad_alloc();
# define GC_OP_NEW_OOM_CHECK(obj) do { if (!(obj)) GC_throw_bad_alloc(); } while (0)
#endif

#ifdef GC_NAMESPACE
namespace boehmgc {
#endif

enum GCPlacement {
    UseGC,
#ifndef GC_NAME_CONFLICT
    GC = UseGC,
#endif
    NoGC,
    PointerFreeGC
#ifdef GC_ATOMIC_UNCOLLECTABLE
    , PointerFreeNoGC
#endif
};

/* Objects of derived classes are collected. */
class gc {
public:
    inline void *operator new(size_t size);
    inline void *operator new(size_t size, GCPlacement placement);
    inline void *operator new(size_t size, void *place) GC_NOEXCEPT;
    inline void operator delete(void *obj) GC_NOEXCEPT;
#ifdef GC_PLACEMENT_DELETE /* called when a constructor throws */
    inline void operator delete(void *obj, GCPlacement) GC_NOEXCEPT;
    inline void operator delete(void *obj, void *place) GC_NOEXCEPT;
#endif
#ifdef GC_OPERATOR_NEW_ARRAY
    inline void *operator new[](size_t size);
    inline void *operator new[](size_t size, GCPlacement placement);
    inline void *operator new[](size_t size, void *place) GC_NOEXCEPT;
    inline void operator delete[](void *obj) GC_NOEXCEPT;
# ifdef GC_PLACEMENT_DELETE
    inline void operator delete[](void *obj, GCPlacement) GC_NOEXCEPT;
    inline void operator delete[](void *obj, void *place) GC_NOEXCEPT;
# endif
#endif
};

/* The same, and the destructor runs when the object, or the one it is a part of,
 * has become unreachable.
 */
class gc_cleanup : virtual public gc {
public:
    inline gc_cleanup();
    inline virtual ~gc_cleanup();

private:
    inline static void GC_cdecl cleanup(void *obj, void *displacement);
};

extern "C" {
    typedef void (GC_CALLBACK *GCCleanUpFunc)(void *obj, void *clientData);
}

#ifdef GC_NAMESPACE
} /* namespace boehmgc */
#endif

#ifdef _MSC_VER
# pragma warning(disable : 4291) /* no delete that matches a placement new */
# pragma warning(disable : 4595) /* inline replacement of a global operator */
#endif

/* For every type.  A clean-up function is not for NoGC nor for gc_cleanup. */
inline void *operator new(size_t size, GC_NS_QUALIFY(GCPlacement) placement,
                          GC_NS_QUALIFY(GCCleanUpFunc) cleanup = 0, void *clientData = 0);
#ifdef GC_PLACEMENT_DELETE
inline void operator delete(void *obj, GC_NS_QUALIFY(GCPlacement), GC_NS_QUALIFY(GCCleanUpFunc),
                            void *) GC_NOEXCEPT;
#endif
#ifdef GC_OPERATOR_NEW_ARRAY
inline void *operator new[](size_t size, GC_NS_QUALIFY(GCPlacement) placement,
                            GC_NS_QUALIFY(GCCleanUpFunc) cleanup = 0, void *clientData = 0);
# ifdef GC_PLACEMENT_DELETE
inline void operator delete[](void *obj, GC_NS_QUALIFY(GCPlacement),
                              GC_NS_QUALIFY(GCCleanUpFunc), void *) GC_NOEXCEPT;
# endif
#endif

/* ---- The global operators, where a library cannot replace them ---- */

#if !defined(GC_NO_INLINE_STD_NEW) \
    && (defined(_MSC_VER) || defined(__DMC__) \
        || ((defined(__BORLANDC__) || defined(__CYGWIN__) || defined(__CYGWIN32__) \
             || defined(__MINGW32__) || defined(__WATCOMC__)) \
            && !defined(GC_BUILD) && !defined(GC_NOT_DLL)))
inline void *operator new(size_t size)
{
    void *obj = GC_MALLOC_UNCOLLECTABLE(size);
    GC_OP_NEW_OOM_CHECK(obj);
    return obj;
}
inline void operator delete(void *obj) GC_NOEXCEPT { GC_FREE(obj); }
# ifdef GC_OPERATOR_NEW_ARRAY
inline void *operator new[](size_t size) { return operator new(size); }
inline void operator delete[](void *obj) GC_NOEXCEPT { GC_FREE(obj); }
# endif
# if __cplusplus >= 201402L || (defined(_MSVC_LANG) && _MSVC_LANG >= 201402L)
inline void operator delete(void *obj, size_t) GC_NOEXCEPT { GC_FREE(obj); }
#   ifdef GC_OPERATOR_NEW_ARRAY
inline void operator delete[](void *obj, size_t) GC_NOEXCEPT { GC_FREE(obj); }
#   endif
# endif
# ifdef _MSC_VER
/* Debug builds of that compiler call these. */
inline void *operator new(size_t size, int, const char *file, int line)
{
#   ifdef GC_DEBUG
    void *obj = GC_debug_malloc_uncollectable(size, file, line);
#   else
    void *obj = GC_malloc_uncollectable(size);
    (void)file;
    (void)line;
#   endif
    GC_OP_NEW_OOM_CHECK(obj);
    return obj;
}
#   ifdef GC_OPERATOR_NEW_ARRAY
inline void *operator new[](size_t size, int use, const char *file, int line)
{
    return operator new(size, use, file, line);
}
#   endif
# endif
#elif defined(_MSC_VER) /* GC_NO_INLINE_STD_NEW: the program defines them */
void *operator new(size_t size);
void operator delete(void *obj);
void *operator new(size_t size, int, const char *file, int line);
# ifdef GC_OPERATOR_NEW_ARRAY
void *operator new[](size_t size);
void operator delete[](void *obj);
# endif
#endif

/* ---- Definitions ---- */

#ifdef GC_NAMESPACE
namespace boehmgc {
#endif

inline void *gc::operator new(size_t size)
{
    void *obj = GC_MALLOC(size);
    GC_OP_NEW_OOM_CHECK(obj);
    return obj;
}

inline void *gc::operator new(size_t size, GCPlacement placement)
{
    void *obj;
    switch (placement) {
    case UseGC:
        obj = GC_MALLOC(size);
        break;
    case PointerFreeGC:
        obj = GC_MALLOC_ATOMIC(size);
        break;
#ifdef GC_ATOMIC_UNCOLLECTABLE
    case PointerFreeNoGC:
        obj = GC_MALLOC_ATOMIC_UNCOLLECTABLE(size);
        break;
#endif
    case NoGC:
    default:
        obj = GC_MALLOC_UNCOLLECTABLE(size);
        break;
    }
    GC_OP_NEW_OOM_CHECK(obj);
    return obj;
}

inline void *gc::operator new(size_t, void *place) GC_NOEXCEPT { return place; }
inline void gc::operator delete(void *obj) GC_NOEXCEPT { GC_FREE(obj); }
#ifdef GC_PLACEMENT_DELETE
inline void gc::operator delete(void *obj, GCPlacement) GC_NOEXCEPT { GC_FREE(obj); }
inline void gc::operator delete(void *, void *) GC_NOEXCEPT {}
#endif

#ifdef GC_OPERATOR_NEW_ARRAY
inline void *gc::operator new[](size_t size) { return gc::operator new(size); }
inline void *gc::operator new[](size_t size, GCPlacement placement)
{
    return gc::operator new(size, placement);
}
inline void *gc::operator new[](size_t, void *place) GC_NOEXCEPT { return place; }
inline void gc::operator delete[](void *obj) GC_NOEXCEPT { GC_FREE(obj); }
# ifdef GC_PLACEMENT_DELETE
inline void gc::operator delete[](void *obj, GCPlacement) GC_NOEXCEPT { GC_FREE(obj); }
inline void gc::operator delete[](void *, void *) GC_NOEXCEPT {}
# endif
#endif

/* The finalizer belongs to the whole object: the part constructed first decides,
 * and its offset from the object's start comes along as the finalizer's data.
 * The address is that of GC_base, hence no debugging forms here.
 */
inline gc_cleanup::gc_cleanup()
{
#ifndef GC_NO_FINALIZATION
    void *self = static_cast<void *>(this);
    void *base = GC_base(self);
    if (base != 0) {
        GC_finalization_proc first = 0;
        void *first_data = 0;
        void *displacement = reinterpret_cast<void *>(
            static_cast<char *>(self) - static_cast<char *>(base));
        GC_register_finalizer_ignore_self(base, &gc_cleanup::cleanup, displacement, &first,
                                          &first_data);
        if (first != 0)
            GC_register_finalizer_ignore_self(base, first, first_data, 0, 0);
    }
#endif
}

inline gc_cleanup::~gc_cleanup()
{
#ifndef GC_NO_FINALIZATION
    void *base = GC_base(static_cast<void *>(this));
    if (base != 0)
        GC_register_finalizer_ignore_self(base, 0, 0, 0, 0);
#endif
}

inline void GC_cdecl gc_cleanup::cleanup(void *obj, void *displacement)
{
    void *self = static_cast<char *>(obj) + reinterpret_cast<ptrdiff_t>(displacement);
    static_cast<gc_cleanup *>(self)->~gc_cleanup();
}

#ifdef GC_NAMESPACE
} /* namespace boehmgc */
#endif

inline void *operator new(size_t size, GC_NS_QUALIFY(GCPlacement) placement,
                          GC_NS_QUALIFY(GCCleanUpFunc) cleanup, void *clientData)
{
    void *obj = GC_NS_QUALIFY(gc)::operator new(size, placement);
#ifndef GC_NO_FINALIZATION
    if (cleanup != 0 && placement == GC_NS_QUALIFY(UseGC))
        GC_REGISTER_FINALIZER_IGNORE_SELF(obj, cleanup, clientData, 0, 0);
#else
    (void)cleanup;
    (void)clientData;
#endif
    return obj;
}

#ifdef GC_PLACEMENT_DELETE
inline void operator delete(void *obj, GC_NS_QUALIFY(GCPlacement), GC_NS_QUALIFY(GCCleanUpFunc),
                            void *) GC_NOEXCEPT
{
    GC_FREE(obj);
}
#endif

#ifdef GC_OPERATOR_NEW_ARRAY
inline void *operator new[](size_t size, GC_NS_QUALIFY(GCPlacement) placement,
                            GC_NS_QUALIFY(GCCleanUpFunc) cleanup, void *clientData)
{
    return ::operator new(size, placement, cleanup, clientData);
}
# ifdef GC_PLACEMENT_DELETE
inline void operator delete[](void *obj, GC_NS_QUALIFY(GCPlacement),
                              GC_NS_QUALIFY(GCCleanUpFunc), void *) GC_NOEXCEPT
{
    GC_FREE(obj);
}
# endif
#endif

#endif /* GC_CPP_H */
