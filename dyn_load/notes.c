/* notes.c - the table of loaded ELF objects: data segments and thread-local images.
 *
 * Who finds the objects: roots_phdr.c, roots_linkmap.c, roots_maps.c.  Where a thread's blocks
 * are: tls_blocks.c.
 *
 * [two-sets]   Notes are written into the spare set and swapped in only when complete.
 * [no-root]    Tables live in pages of their own: not in .data, not in the C heap.
 * [relro-cut]  The part of a segment that is read-only after relocation holds no pointer to the
 *              heap; whole pages of it are left out, the shared last page stays in.
 *
 * SPDX-License-Identifier: MIT
 */
#include "notes.h"

#include <string.h>

static struct gci_notes sets[2];
static unsigned valid_set;

static void *table_add(struct gci_notes *notes, struct gci_note_table *table, size_t bytes)
{
    void *item;

    if (table->used_bytes + bytes > table->size_bytes) {
        size_t size = gci_align_up(2 * table->size_bytes + bytes, gci_mem_page_bytes());
        void *larger = gci_mem_map(size);

        if (larger == NULL) {
            notes->error = ENOMEM;
            return NULL;
        }
        if (table->base != NULL) {
            memcpy(larger, table->base, table->used_bytes);
            gci_mem_release(table->base, table->size_bytes);
        }
        table->base = larger;
        table->size_bytes = size;
    }
    item = (char *)table->base + table->used_bytes;
    table->used_bytes += bytes;
    return item;
}

struct gci_notes *gci_notes_begin(void)
{
    struct gci_notes *notes = &sets[valid_set ^ 1];

    notes->segments.used_bytes = notes->tls.used_bytes = notes->names.used_bytes = 0;
    notes->objects = 0;
    notes->error = 0;
    return notes;
}

int gci_notes_publish(void)
{
    int error = sets[valid_set ^ 1].error;

    if (error == 0)
        valid_set ^= 1;
    return error;
}

const struct gci_notes *gci_notes_current(void)
{
    return &sets[valid_set];
}

static void add_range(struct gci_notes *notes, word lo, word hi, word name)
{
    struct gci_note_segment *segment;

    if (lo >= hi)
        return;
    segment = table_add(notes, &notes->segments, sizeof *segment);
    if (segment == NULL)
        return;
    segment->lo = (ptr_t)lo;
    segment->hi = (ptr_t)hi;
    segment->name = name;
}

/* One writable segment, less the read-only part of the object that overlaps it [relro-cut]. */
static void add_segment(struct gci_notes *notes, word lo, word hi, word relro_lo, word relro_hi,
                        word name)
{
    if (relro_lo >= relro_hi || relro_hi <= lo || relro_lo >= hi) {
        add_range(notes, lo, hi, name);
        return;
    }
    if (relro_lo > lo)
        add_range(notes, lo, relro_lo, name);
    add_range(notes, relro_hi > lo ? relro_hi : lo, hi, name);
}

static word add_name(struct gci_notes *notes, const char *name)
{
    size_t bytes = strlen(name) + 1;
    word offset = notes->names.used_bytes;
    char *copy = table_add(notes, &notes->names, bytes);

    if (copy != NULL)
        memcpy(copy, name, bytes);
    return offset;
}

static void add_tls(struct gci_notes *notes, word bias, const ElfW(Phdr) *header, word name,
                    word module, const void *map)
{
    struct gci_note_tls *tls;

    if (header->p_memsz == 0)
        return;
    tls = table_add(notes, &notes->tls, sizeof *tls);
    if (tls == NULL)
        return;
    tls->module = module;
    tls->bytes = header->p_memsz;
    tls->align_bytes = header->p_align == 0 ? 1 : header->p_align;
    tls->first = (bias + header->p_vaddr) & (tls->align_bytes - 1);
    tls->name = name;
    tls->map = map;
    tls->main_program = notes->objects == 0;
}

void gci_notes_add_object(struct gci_notes *notes, word bias, const ElfW(Phdr) *headers,
                          unsigned count, const char *name, word module, const void *map)
{
    word page = gci_mem_page_bytes();
    word relro_lo = 0, relro_hi = 0;
    word name_offset = add_name(notes, notes->objects == 0 || name == NULL ? "" : name);

    for (unsigned i = 0; i < count; i++) {
        if (headers[i].p_type == PT_GNU_RELRO) {
            word lo = bias + headers[i].p_vaddr;

            relro_lo = gci_align_down(lo, page);
            relro_hi = gci_align_down(lo + headers[i].p_memsz, page);
        }
    }
    for (unsigned i = 0; i < count; i++) {
        word lo = bias + headers[i].p_vaddr;

        if (headers[i].p_type == PT_LOAD && (headers[i].p_flags & PF_W) != 0)
            add_segment(notes, gci_align_up(lo, ALIGNMENT), lo + headers[i].p_memsz, relro_lo,
                        relro_hi, name_offset);
        else if (headers[i].p_type == PT_TLS)
            add_tls(notes, bias, &headers[i], name_offset, module, map);
    }
    notes->objects++;
}

void gci_notes_visit_data(bool main_only, gci_roots_visitor visit, void *arg)
{
    const struct gci_notes *notes = gci_notes_current();
    const struct gci_note_segment *segment = notes->segments.base;
    size_t count = notes->segments.used_bytes / sizeof *segment;

    for (size_t i = 0; i < count; i++) {
        const char *name = (const char *)notes->names.base + segment[i].name;

        /* The main program's name is the first entry of the table of names. */
        if (!main_only || segment[i].name == 0)
            visit(segment[i].lo, segment[i].hi, name, arg);
    }
}

word gci_notes_chain_digest(const struct link_map *first, word most, word *count)
{
    word digest = 0, n = 0;

    for (const struct link_map *map = first; map != NULL && n <= most; map = map->l_next, n++) {
        digest = (digest ^ (word)map) * (word)0x9e3779b1u;
        digest = (digest ^ (word)map->l_addr ^ (digest >> 15)) * (word)0x85ebca6bu;
        digest = (digest ^ (word)map->l_ld ^ (digest >> 13)) * (word)0xc2b2ae35u;
    }
    *count = n;
    return digest;
}

static const struct r_debug *debug_of_entry(const ElfW(Dyn) *entry)
{
#if defined(GCI_CPU_MIPS)
    /* Here the dynamic section is read-only, so it tells where the pointer is. */
# ifdef DT_MIPS_RLD_MAP_REL
    if (entry->d_tag == DT_MIPS_RLD_MAP_REL)
        return *(const struct r_debug *const *)((word)entry + entry->d_un.d_val);
# endif
    if (entry->d_tag == DT_MIPS_RLD_MAP)
        return *(const struct r_debug *const *)(word)entry->d_un.d_ptr;
#endif
    return entry->d_tag == DT_DEBUG ? (const struct r_debug *)(word)entry->d_un.d_ptr : NULL;
}

const struct r_debug *gci_notes_find_debug(word bias, const ElfW(Phdr) *headers, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(bias + headers[i].p_vaddr);

        if (headers[i].p_type != PT_DYNAMIC)
            continue;
        for (; entry->d_tag != DT_NULL; entry++) {
            const struct r_debug *debug = debug_of_entry(entry);

            if (debug != NULL)
                return debug->r_map != NULL ? debug : NULL;
        }
    }
    return NULL;
}
