/* gc_allocator.h - allocators for the containers of the C++ library.
 * SPDX-License-Identifier: MIT
 *
 * gc_allocator<T>         collected memory; not searched if GC_DECLARE_PTRFREE(T)
 * gc_allocator_ignore_off_page<T>  the same, with the promise of
 *                         GC_malloc_ignore_off_page: for large arrays
 * traceable_allocator<T>  memory that is searched but not collected: for
 *                         containers which live outside the collected heap and
 *                         hold pointers into it
 *
 * They have no state and all compare equal.  A failure throws std::bad_alloc, or
 * ends the program under GC_NEW_ABORTS_ON_OOM.
 */

#ifndef GC_ALLOCATOR_H
#define GC_ALLOCATOR_H

#include "gc.h"
#include <new>

#if !defined(GC_NO_MEMBER_TEMPLATES) && defined(_MSC_VER) && _MSC_VER <= 1200
# define GC_NO_MEMBER_TEMPLATES
#endif

#if defined(GC_NEW_ABORTS_ON_OOM) || defined(_LIBCPP_NO_EXCEPTIONS)
# define GC_ALLOCATOR_THROW_OR_ABORT() GC_abort_on_oom()
#else
# define GC_ALLOCATOR_THROW_OR_ABORT() throw std::bad_alloc()
#endif

/* Which types hold no pointers.  Programs may declare more of them. */
struct GC_true_type {};
struct GC_false_type {};

template <class GC_tp>
struct GC_type_traits {
    GC_false_type GC_is_ptr_free;
};

#define GC_DECLARE_PTRFREE(T) \
    template <> struct GC_type_traits<T> { GC_true_type GC_is_ptr_free; }

GC_DECLARE_PTRFREE(char);
GC_DECLARE_PTRFREE(signed char);
GC_DECLARE_PTRFREE(unsigned char);
GC_DECLARE_PTRFREE(signed short);
GC_DECLARE_PTRFREE(unsigned short);
GC_DECLARE_PTRFREE(signed int);
GC_DECLARE_PTRFREE(unsigned int);
GC_DECLARE_PTRFREE(signed long);
GC_DECLARE_PTRFREE(unsigned long);
GC_DECLARE_PTRFREE(float);
GC_DECLARE_PTRFREE(double);
GC_DECLARE_PTRFREE(long double);

/* n bytes for objects with pointers or, by the specialization, without. */
template <class GC_Tp>
inline void *GC_selective_alloc(size_t n, GC_Tp, bool ignore_off_page)
{
    void *obj = ignore_off_page ? GC_MALLOC_IGNORE_OFF_PAGE(n) : GC_MALLOC(n);
    if (obj == 0)
        GC_ALLOCATOR_THROW_OR_ABORT();
    return obj;
}

template <>
inline void *GC_selective_alloc<GC_true_type>(size_t n, GC_true_type, bool ignore_off_page)
{
    void *obj = ignore_off_page ? GC_MALLOC_ATOMIC_IGNORE_OFF_PAGE(n) : GC_MALLOC_ATOMIC(n);
    if (obj == 0)
        GC_ALLOCATOR_THROW_OR_ABORT();
    return obj;
}

/* What the three have in common. */
template <class GC_Tp>
class GC_allocator_base {
public:
    typedef size_t size_type;
    typedef ptrdiff_t difference_type;
    typedef GC_Tp *pointer;
    typedef const GC_Tp *const_pointer;
    typedef GC_Tp &reference;
    typedef const GC_Tp &const_reference;
    typedef GC_Tp value_type;

    pointer address(reference GC_x) const { return &GC_x; }
    const_pointer address(const_reference GC_x) const { return &GC_x; }

    size_type max_size() const GC_NOEXCEPT { return static_cast<size_t>(-1) / sizeof(GC_Tp); }

    void deallocate(pointer GC_p, size_type) GC_NOEXCEPT { GC_FREE(GC_p); }

#if __cplusplus >= 201103L || (defined(_MSVC_LANG) && _MSVC_LANG >= 201103L)
    template <class GC_U, class... GC_Args>
    void construct(GC_U *GC_p, GC_Args &&...GC_args)
    {
        ::new (static_cast<void *>(GC_p)) GC_U(static_cast<GC_Args &&>(GC_args)...);
    }
    template <class GC_U>
    void destroy(GC_U *GC_p)
    {
        GC_p->~GC_U();
    }
#else
    void construct(pointer GC_p, const GC_Tp &GC_val)
    {
        ::new (static_cast<void *>(GC_p)) GC_Tp(GC_val);
    }
    void destroy(pointer GC_p) { GC_p->~GC_Tp(); }
#endif

protected:
    /* Bytes of n elements; more than there can be if that overflows. */
    static size_t GC_array_bytes(size_type GC_n)
    {
        return GC_n > static_cast<size_t>(-1) / sizeof(GC_Tp) ? static_cast<size_t>(-1)
                                                              : GC_n * sizeof(GC_Tp);
    }
};

class GC_allocator_void_base {
public:
    typedef size_t size_type;
    typedef ptrdiff_t difference_type;
    typedef void *pointer;
    typedef const void *const_pointer;
    typedef void value_type;
};

#ifdef GC_NO_MEMBER_TEMPLATES
# define GC_ALLOCATOR_CONVERSION(name)
#else
# define GC_ALLOCATOR_CONVERSION(name) \
    template <class GC_Tp1> GC_ATTR_EXPLICIT name(const name<GC_Tp1> &) GC_NOEXCEPT {}
#endif

/* A class as of that name, its void form and its comparisons; `call` allocates
 * GC_bytes.  A request for 0 elements gives some address.
 */
#define GC_ALLOCATOR_CLASS(name, call) \
    template <class GC_Tp> \
    class name : public GC_allocator_base<GC_Tp> { \
    public: \
        template <class GC_Tp1> struct rebind { \
            typedef name<GC_Tp1> other; \
        }; \
        name() GC_NOEXCEPT {} \
        name(const name &) GC_NOEXCEPT : GC_allocator_base<GC_Tp>() {} \
        GC_ALLOCATOR_CONVERSION(name) \
        ~name() GC_NOEXCEPT {} \
        name &operator=(const name &) GC_NOEXCEPT { return *this; } \
        GC_Tp *allocate(size_t GC_n, const void * = 0) \
        { \
            size_t GC_bytes = GC_allocator_base<GC_Tp>::GC_array_bytes(GC_n); \
            GC_type_traits<GC_Tp> GC_traits; \
            (void)GC_traits; \
            return static_cast<GC_Tp *>(call); \
        } \
    }; \
    template <> class name<void> : public GC_allocator_void_base { \
    public: \
        template <class GC_Tp1> struct rebind { \
            typedef name<GC_Tp1> other; \
        }; \
    }; \
    template <class GC_T1, class GC_T2> \
    inline bool operator==(const name<GC_T1> &, const name<GC_T2> &) GC_NOEXCEPT \
    { \
        return true; \
    } \
    template <class GC_T1, class GC_T2> \
    inline bool operator!=(const name<GC_T1> &, const name<GC_T2> &) GC_NOEXCEPT \
    { \
        return false; \
    }

inline void *GC_traceable_alloc(size_t n)
{
    void *obj = GC_MALLOC_UNCOLLECTABLE(n);
    if (obj == 0)
        GC_ALLOCATOR_THROW_OR_ABORT();
    return obj;
}

GC_ALLOCATOR_CLASS(gc_allocator, GC_selective_alloc(GC_bytes, GC_traits.GC_is_ptr_free, false))
GC_ALLOCATOR_CLASS(gc_allocator_ignore_off_page,
                   GC_selective_alloc(GC_bytes, GC_traits.GC_is_ptr_free, true))
GC_ALLOCATOR_CLASS(traceable_allocator, GC_traceable_alloc(GC_bytes))

#undef GC_ALLOCATOR_CLASS
#undef GC_ALLOCATOR_CONVERSION

#endif /* GC_ALLOCATOR_H */
