/* notes.h - what the roots_*.c files of ELF systems share: the table of noted objects, and how
 * thread-local blocks are found (notes.c, tls_blocks.c).
 *
 * Private to dyn_load: the rest of the collector sees port.h only.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_NOTES_H
#define GCI_NOTES_H

#include "private/port.h"

#include <elf.h>
#include <link.h>

#ifndef ElfW /* BSD spells it otherwise */
# if CPP_WORDSZ == 64
#  define ElfW(type) Elf64_##type
# else
#  define ElfW(type) Elf32_##type
# endif
#endif

struct gci_note_segment {
    ptr_t lo, hi;
    word name;          /* offset in the table of names */
};

struct gci_note_tls {
    word module;        /* the linker's number of this module, from 1; 0 unknown */
    word bytes, align_bytes;
    word first;         /* image address modulo alignment */
    word name;
    const void *map;    /* its struct link_map, or NULL */
    bool main_program;  /* its block's place is fixed by the ABI [main-fixed] */
};

/* A table that grows by whole pages outside of every root. */
struct gci_note_table {
    void *base;
    size_t used_bytes, size_bytes;
};

struct gci_notes {
    struct gci_note_table segments, tls, names;
    word objects;
    int error;          /* ENOMEM when a table could not grow */
};

/* Start over in the spare set; add every object; publish makes the spare set the valid one, unless
   an error occurred, which it returns. Allocator lock held. */
struct gci_notes *gci_notes_begin(void);
/* `bias` is what was added to the addresses in the headers. The first object is the main
   program. */
void gci_notes_add_object(struct gci_notes *notes, word bias, const ElfW(Phdr) *headers,
                          unsigned count, const char *name, word module, const void *map);
int gci_notes_publish(void);
const struct gci_notes *gci_notes_current(void); /* never NULL; empty at first */

void gci_notes_visit_data(bool main_only, gci_roots_visitor visit, void *arg);

/* Walks the chain of link maps: a digest of who is loaded where, and their number. Stops after
   `most` entries, so that a chain in the middle of a change ends. */
word gci_notes_chain_digest(const struct link_map *first, word most, word *count);
/* The dynamic linker's debugger interface, from the main program's dynamic section, or NULL. */
const struct r_debug *gci_notes_find_debug(word bias, const ElfW(Phdr) *headers, unsigned count);

/* ---- tls_blocks.c ------------------------------------------------------------ */

/* Compares what the linker says about the calling thread's block of a module with the layouts
   that tls_blocks.c knows. `block` may be NULL: nothing learned. */
void gci_tls_learn(const struct gci_note_tls *tls, void *block);
/* Block of the thread with thread pointer `tp`, or NULL when it has none (yet) or it cannot be
   found. Reads other threads' tables with care. */
ptr_t gci_tls_block(const struct gci_note_tls *tls, void *tp);

#endif /* GCI_NOTES_H */
