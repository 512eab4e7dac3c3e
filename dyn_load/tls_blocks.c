/* tls_blocks.c - where a thread's thread-local variables are, one block per loaded module.
 *
 * The list of modules: notes.c.  Three ways, the surest first:
 *
 * [main-fixed]  The main program's block lies at a distance from the thread pointer that the
 *               ABI fixes, since its code has that distance compiled in.
 * [map-field]   glibc keeps the distance of a statically placed block in its link map, behind the
 *               public part.  Where in there is learned from a module whose block is known: four
 *               neighbouring words must agree.  What is not found so is not used.
 * [dtv]         The thread's table of blocks by module number.  Its layout is believed only after
 *               it gave the linker's own answer for the calling thread, and even then every word is
 *               read through the kernel, since a stopped thread may be in the middle of replacing
 *               its table; a block counts only if all its pages can be read.
 *
 * SPDX-License-Identifier: MIT
 */
#include "notes.h"

#include <string.h>

#define LARGEST_OFFSET ((word)16 << 20)
#define MOST_MODULES ((word)1 << 20)

/* Words per module in the table, and where it keeps its capacity. */
#ifdef __GLIBC__
# define DTV_STRIDE 2
# define DTV_CAPACITY_INDEX (-2)
#else
# define DTV_STRIDE 1
# define DTV_CAPACITY_INDEX 0
#endif
/* musl stores addresses with the offset its relocations assume. */
#if !defined(__GLIBC__) && (defined(GCI_CPU_MIPS) || defined(GCI_CPU_POWERPC) \
    || defined(GCI_CPU_M68K))
# define DTV_BIAS ((word)0x8000)
#elif !defined(__GLIBC__) && defined(GCI_CPU_RISCV)
# define DTV_BIAS ((word)0x800)
#else
# define DTV_BIAS ((word)0)
#endif

static const bool zero_is_a_place = !GCI_TLS_BELOW_TP && GCI_TLS_GAP == 0;

#define MAP_BYTES (256 * sizeof(word)) /* glibc's link map has some 150 words, 200 on MIPS */

static enum { UNKNOWN, CONFIRMED, REFUTED } dtv_layout;
static size_t map_field_bytes; /* [map-field] from the map's start; 0: not learned */

static ptr_t base_of(void *tp)
{
    return (ptr_t)tp - GCI_TLS_BIAS;
}

/* Offsets count towards the blocks, as glibc's do: downwards when they lie below. */
static ptr_t at_offset(void *tp, word offset)
{
    return GCI_TLS_BELOW_TP ? base_of(tp) - offset : base_of(tp) + offset;
}

static word offset_of(void *tp, const void *block)
{
    return GCI_TLS_BELOW_TP ? (word)base_of(tp) - (word)block : (word)block - (word)base_of(tp);
}

static word main_offset(const struct gci_note_tls *tls)
{
    word mask = tls->align_bytes - 1;

    if (GCI_TLS_BELOW_TP) {
        word before = (0 - tls->first) & mask;

        return gci_align_up(tls->bytes + before, tls->align_bytes) - before;
    }
    return (word)GCI_TLS_GAP + ((tls->first - (word)GCI_TLS_GAP) & mask);
}

static bool read_word(const void *p, word *value)
{
    return gci_sys_safe_read(value, p, sizeof *value);
}

/* The block of `module` by the thread's table, or 0. */
static word dtv_entry(void *tp, word module)
{
#ifdef GCI_TLS_DTV
    word table, capacity, block;

    if (!read_word(&GCI_TLS_DTV(tp), &table) || table == 0 || (table & (sizeof(word) - 1)) != 0)
        return 0;
    if (!read_word((word *)table + DTV_CAPACITY_INDEX, &capacity) || module > capacity
        || capacity > MOST_MODULES)
        return 0;
    if (!read_word((word *)table + DTV_STRIDE * module, &block))
        return 0;
    return block + 1 <= 1 ? 0 : block - DTV_BIAS; /* 0: none; all ones: not allocated yet */
#else
    (void)tp;
    (void)module;
    return 0;
#endif
}

static word word_at(const char *p)
{
    word value;

    memcpy(&value, p, sizeof value); /* ALIGNMENT may be less than a word */
    return value;
}

/* Looks in the link map for: size, alignment, first byte, offset, module number. */
static void learn_map_field(const struct gci_note_tls *tls, word offset)
{
    const size_t w = sizeof(word);
    char copy[MAP_BYTES];
    size_t n = 0;

    while (n < MAP_BYTES && gci_sys_safe_read(copy + n, (const char *)tls->map + n, w))
        n += w;
    for (size_t i = sizeof(struct link_map) + 3 * w; i + 2 * w <= n; i += ALIGNMENT) {
        if (word_at(copy + i) == offset && word_at(copy + i + w) == tls->module
            && word_at(copy + i - 2 * w) == tls->align_bytes
            && word_at(copy + i - 3 * w) == tls->bytes) {
            map_field_bytes = i;
            return;
        }
    }
}

void gci_tls_learn(const struct gci_note_tls *tls, void *block)
{
    void *tp = gci_roots_thread_pointer();
    word entry;

    if (block == NULL || tls->module == 0 || tp == NULL)
        return;
    if (dtv_layout == UNKNOWN) {
        entry = dtv_entry(tp, tls->module);
        if (entry != 0)
            dtv_layout = entry + DTV_BIAS == (word)block || entry == (word)block ? CONFIRMED
                                                                                : REFUTED;
    }
#ifdef __GLIBC__
    if (map_field_bytes == 0 && tls->map != NULL && offset_of(tp, block) < LARGEST_OFFSET)
        learn_map_field(tls, offset_of(tp, block));
#else
    (void)learn_map_field;
    (void)offset_of;
#endif
}

/* True when a byte of every page in [lo, lo + bytes) can be read. */
static bool all_readable(word lo, word bytes)
{
    word page = gci_mem_page_bytes();
    word last = lo + bytes - 1;
    char byte;

    if (last < lo)
        return false;
    for (word p = lo; p <= last && p >= lo; p = gci_align_down(p, page) + page)
        if (!gci_sys_safe_read(&byte, (void *)p, 1))
            return false;
    return true;
}

ptr_t gci_tls_block(const struct gci_note_tls *tls, void *tp)
{
    word block;

    if (tls->main_program)
        return at_offset(tp, main_offset(tls));
    if (map_field_bytes != 0 && tls->map != NULL) {
        word offset = word_at((const char *)tls->map + map_field_bytes);

        /* Not placed yet, or forced to be dynamic: 0 where no block can be, else -1 or -2. */
        if (offset < LARGEST_OFFSET && (offset != 0 || zero_is_a_place))
            return at_offset(tp, offset);
    }
    if (dtv_layout != CONFIRMED || tls->module == 0)
        return NULL;
    block = dtv_entry(tp, tls->module);
    return block != 0 && all_readable(block, tls->bytes) ? (ptr_t)block : NULL;
}

void gci_roots_visit_tls(void *tp, gci_roots_visitor visit, void *arg)
{
    const struct gci_notes *notes = gci_notes_current();
    const struct gci_note_tls *tls = notes->tls.base;
    size_t count = notes->tls.used_bytes / sizeof *tls;

    if (tp == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        ptr_t block = gci_tls_block(&tls[i], tp);
        word lo = gci_align_up((word)block, ALIGNMENT);

        if (block != NULL && lo < (word)block + tls[i].bytes)
            visit((ptr_t)lo, block + tls[i].bytes, (const char *)notes->names.base + tls[i].name,
                  arg);
    }
}

void *gci_roots_thread_pointer(void)
{
    void *tp;

    GCI_TLS_READ_TP(tp);
    return tp;
}
