/* grow.c - more memory from the system: reservations of address space and what is committed of them.
 *
 * On 64-bit one large reservation is made at first (its pages cost nothing until used), so that
 * the kernel sees two mappings however large the heap; where the process has a limit on its
 * address space, reservations are small and made as needed.
 *
 * [committed]  An arena is committed from `lo` upwards and never un-committed: giving pages back
 *              (release.c) leaves the mapping alone.
 * [extend]     A further reservation is asked for right behind the last one; where the first is in an
 *              empty part of the address space that succeeds, and the heap stays in one piece.
 * [limits]     The kernel does not charge a commit inside a reservation to RLIMIT_AS, so the limit is
 *              enforced here: a program that sets one expects allocation to fail.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/heap.h"
#include "private/blocks.h"
#include "private/dirty.h"
#include "private/settings.h"

struct gci_arena gci_arenas[GCI_MAX_ARENAS];
unsigned gci_arena_count;
void (*gci_heap_resized_hook)(word new_bytes);

#define MIB ((size_t)1 << 20)
#if CPP_WORDSZ == 64
# define BIG_RESERVATION ((size_t)1 << (config_large ? 41 : 38))
#else
# define BIG_RESERVATION ((size_t)(config_large ? 256 : 64) << 20)
#endif

/* [window] The window is laid around the first arena. */
static bool place_in_window(ptr_t lo, size_t bytes)
{
    word window = (word)GCI_WINDOW_CHUNKS << GCI_CHUNK_SHIFT; /* 0 when it is everything */

    if (window == 0)
        return true;
    if (gci_arena_count == 0) {
        word base = gci_align_down((word)lo, GCI_CHUNK_BYTES);

        gci_heap.window_lo = base > window / 2 ? base - window / 2 : 0;
    }
    return (word)lo >= gci_heap.window_lo && (word)lo + bytes - gci_heap.window_lo <= window;
}

/* An empty part of the address space [extend], not the same in each run; only a hint. With room for
   one large reservation the system's own choice is as good. */
static ptr_t first_hint(void)
{
#if defined(HEAP_START)
    return (ptr_t)HEAP_START;
#else
    const bool wide = CPP_WORDSZ == 64;
    word entropy = (word)&gci_heap >> 12 & (wide ? 0xffff : 0xf);

    return gci_mem_limit_bytes() == SIZE_MAX
               ? NULL
               : (ptr_t)(((word)1 << (GCI_ADDRESS_BITS - (wide ? 4 : 2)))
                         + (entropy << GCI_CHUNK_SHIFT));
#endif
}

static struct gci_arena *add_arena(ptr_t p, size_t bytes)
{
    struct gci_arena *arena = gci_arena_count > 0 ? &gci_arenas[gci_arena_count - 1] : NULL;

    if (arena != NULL && arena->end == p) { /* [extend] */
        arena->end = p + bytes;
        arena->hi = arena->end - GCI_BLOCK_BYTES;
        return arena;
    }
    if (gci_arena_count == GCI_MAX_ARENAS)
        return NULL;
    arena = &gci_arenas[gci_arena_count++];
    arena->lo = arena->committed = p;
    arena->end = p + bytes;
    arena->hi = arena->end - GCI_BLOCK_BYTES; /* [apart] */
    return arena;
}

static struct gci_arena *new_arena(size_t bytes)
{
    ptr_t hint = gci_arena_count > 0 ? gci_arenas[gci_arena_count - 1].end : first_hint(), p;
    size_t page = gci_mem_page_bytes(), unit = page > GCI_BLOCK_BYTES ? page : GCI_BLOCK_BYTES;
    struct gci_arena *arena;

    /* [apart] costs a whole page where pages are longer: commits are whole pages. */
    bytes = gci_align_up(bytes, unit) + unit;
    p = gci_mem_reserve(bytes, GCI_BLOCK_BYTES, hint);
    if (p == NULL && hint != NULL)
        p = gci_mem_reserve(bytes, GCI_BLOCK_BYTES, NULL);
    if (p == NULL)
        return NULL;
    arena = place_in_window(p, bytes) ? add_arena(p, bytes) : NULL;
    if (arena == NULL)
        gci_mem_release(p, bytes);
    return arena;
}

/* A reservation for at least `need` bytes, as large as the process may have. */
static struct gci_arena *reserve_for(size_t need)
{
    size_t limit = gci_mem_limit_bytes(), want = BIG_RESERVATION;
    struct gci_arena *arena;

    if (limit != SIZE_MAX) {
        want = limit / 64;
        want = want < MIB ? MIB : want > 64 * MIB ? 64 * MIB : want;
    }
    for (want = want < need ? need : want; want > need; want = want / 2 < need ? need : want / 2)
        if ((arena = new_arena(want)) != NULL)
            return arena;
    return new_arena(need);
}

/* Every chunk that [lo, hi) touches gets its array of descriptors. */
static bool describe_chunks(word lo, word hi)
{
    word chunk = (lo - gci_heap.window_lo) >> GCI_CHUNK_SHIFT;
    word last = (hi - 1 - gci_heap.window_lo) >> GCI_CHUNK_SHIFT;

    for (; chunk <= last; chunk++)
        if (gci_heap.chunks[chunk] == NULL) {
            size_t bytes = gci_align_up(sizeof(struct gci_chunk), gci_mem_page_bytes());
            struct gci_chunk *array = gci_mem_reserve(bytes, GCI_CHUNK_ARRAY_ALIGN, NULL);

            if (array == NULL)
                return false;
            if (gci_mem_commit(array, bytes, false) != 0) {
                gci_mem_release(array, bytes);
                return false;
            }
            __atomic_store_n(&gci_heap.chunks[chunk], array->blocks, __ATOMIC_RELEASE);
        }
    return true;
}

static void widen_bounds(word lo, word hi)
{
    if (gci_heap.span == 0) {
        gci_heap.lo = lo;
        gci_heap.span = hi - lo;
    } else if (lo < gci_heap.lo) {
        gci_store(&gci_heap.span, gci_heap.span + (gci_heap.lo - lo)); /* [window] span first */
        gci_store_release(&gci_heap.lo, lo);
    } else if (hi - gci_heap.lo > gci_heap.span) {
        gci_store(&gci_heap.span, hi - gci_heap.lo);
    }
    /* One off, so that these variables, which may lie in the program's data, keep no object. */
    GC_least_plausible_heap_addr = (void *)(gci_heap.lo - 1);
    GC_greatest_plausible_heap_addr = (void *)(gci_heap.lo + gci_heap.span + 1);
}

/* [limits] Would `bytes` more committed memory keep the process within RLIMIT_AS? */
static bool within_limits(size_t bytes)
{
    size_t limit = gci_mem_limit_bytes(), used, reserved_only = 0;
    unsigned i;

    if (limit == SIZE_MAX)
        return true;
    for (i = 0; i < gci_arena_count; i++)
        reserved_only += (size_t)(gci_arenas[i].hi - gci_arenas[i].committed);
    used = gci_mem_used_bytes();
    used = used > reserved_only ? used - reserved_only : 0;
    return used < limit && bytes <= limit - used;
}

/* [huge] A heap of this size wants huge pages: page faults and TLB misses are most of what is left
   of an allocation's cost. What a partly used huge page may waste is small beside the heap. */
#define HUGE_FROM_BYTES ((size_t)16 << 20)

static void advise_huge(const struct gci_arena *arena)
{
    word lo = gci_align_up((word)arena->lo, GCI_REGION_BYTES);
    word hi = gci_align_down((word)arena->committed, GCI_REGION_BYTES);

    if (gci_heap.committed_bytes >= HUGE_FROM_BYTES && lo < hi)
        gci_mem_advise_huge((void *)lo, hi - lo, true);
}

static bool commit(struct gci_arena *arena, size_t bytes)
{
    ptr_t lo = arena->committed;

    bytes = gci_align_up(bytes, gci_mem_page_bytes() > GCI_BLOCK_BYTES ? gci_mem_page_bytes()
                                                                      : GCI_BLOCK_BYTES);
    if (bytes > (size_t)(arena->hi - lo) || !within_limits(bytes)
        || !gci_dirty_may_grow_locked()
        || !describe_chunks((word)lo, (word)lo + bytes)
        || gci_mem_commit(lo, bytes, gci_settings.pages_executable != 0) != 0)
        return false;
    gci_dirty_cover_locked(lo, lo + bytes);
    arena->committed = lo + bytes;
    if (gci_settings.on_os_get_mem != NULL)
        gci_settings.on_os_get_mem(lo, bytes);
    widen_bounds((word)lo, (word)lo + bytes);
    GCI_WRITE(gci_heap.committed_bytes, gci_heap.committed_bytes + bytes);
    advise_huge(arena);
    gci_blocks_give_locked(gci_heap_block((word)lo), lo, bytes >> GCI_BLOCK_SHIFT);
    if (gci_heap_resized_hook != NULL)
        gci_heap_resized_hook(gci_heap.committed_bytes);
    return true;
}

/* Free blocks at the committed end count towards a request: the commit joins them. */
static size_t free_tail_bytes(const struct gci_arena *arena)
{
    const struct gci_block *b;

    if (arena->committed == arena->lo)
        return 0;
    b = gci_heap_block((word)arena->committed - GCI_BLOCK_BYTES);
    return GCI_READ(b->state) == GCI_BLOCK_FREE ? (size_t)b->back_blocks << GCI_BLOCK_SHIFT : 0;
}

/* Commits `step` bytes or, where they cannot be had, what `need` takes; never more than `most`. */
static bool grow_to_fit(size_t need, size_t step, size_t most)
{
    struct gci_arena *arena = gci_arena_count > 0 ? &gci_arenas[gci_arena_count - 1] : NULL;

    if (arena != NULL) {
        size_t tail = free_tail_bytes(arena), least = need - (tail < need ? tail : need);

        if (least <= most && least <= (size_t)(arena->hi - arena->committed))
            return (step > least && commit(arena, step)) || commit(arena, least);
    }
    if (need > most)
        return false;
    arena = reserve_for(need);
    return arena != NULL && ((step > need && commit(arena, step)) || commit(arena, need));
}

bool gci_heap_grow_locked(size_t n)
{
    size_t need = n << GCI_BLOCK_SHIFT, step = gci_heap.committed_bytes / 8, most = SIZE_MAX;

    if (n == 0 || need >> GCI_BLOCK_SHIFT != n || need > (size_t)PTRDIFF_MAX)
        return false;
    step = gci_align_down(step < MIB / 4 ? MIB / 4 : step > 64 * MIB ? 64 * MIB : step,
                          GCI_BLOCK_BYTES);
    step = step > need ? step : need;
    if (gci_heap.max_bytes != 0)
        most = gci_heap.max_bytes > gci_heap.committed_bytes
                   ? gci_align_down(gci_heap.max_bytes - gci_heap.committed_bytes, GCI_BLOCK_BYTES)
                   : 0;
    return grow_to_fit(need, step < most ? step : most, most);
}

bool gci_heap_expand_locked(size_t n)
{
    size_t tail = gci_arena_count > 0
                      ? free_tail_bytes(&gci_arenas[gci_arena_count - 1]) >> GCI_BLOCK_SHIFT
                      : 0;

    return n + tail >= n && gci_heap_grow_locked(n + tail);
}

int gci_heap_init(void)
{
    if (gci_arena_count != 0)
        return 0;
    gci_sizeclass_init();
    return reserve_for(MIB) != NULL ? 0 : ENOMEM;
}
