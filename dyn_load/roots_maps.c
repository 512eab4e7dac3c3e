/* roots_maps.c - static data by /proc/self/maps, where the linker tells nothing.
 *
 * A read-only mapping of a file's beginning that holds an ELF header is an object if every writable
 * segment its headers promise is really mapped writable; files merely mapped as data fail that.
 * Better where it exists: roots_phdr.c.  Thread-local variables: the main program's only.
 *
 * [no-heap]  Only segments of objects are roots: neither the break nor anonymous mappings, which a
 *            scan of all writable mappings could not tell from our own heap.
 *
 * SPDX-License-Identifier: MIT
 */
#include "elf_image.h"
#include "private/maps.h"

#include <sys/auxv.h>

const char *const gci_roots_name = "maps";

static bool taken;
static word digest;

static void mix(word *sum, word value)
{
    *sum = (*sum ^ value ^ (*sum >> 15)) * (word)0x9e3779b1u;
}

static bool digest_files(const struct gci_map *map, void *arg)
{
    if (map->inode != 0) {
        mix(arg, map->lo);
        mix(arg, map->hi);
        mix(arg, (word)map->inode);
        mix(arg, map->write);
    }
    return true;
}

struct cover {
    word reached, hi;
};

/* Advances while mappings that can be read and written follow each other without a hole. */
static bool extend_cover(const struct gci_map *map, void *arg)
{
    struct cover *cover = arg;

    if (map->hi <= cover->reached)
        return true;
    if (map->lo > cover->reached || !map->read || !map->write)
        return false;
    cover->reached = map->hi;
    return cover->reached < cover->hi;
}

/* Pages that are read-only after relocation need not be writable [relro-cut]. */
static bool segments_are_mapped(const struct gci_elf_image *image)
{
    word page = gci_mem_page_bytes(), relro_hi = 0;

    for (unsigned i = 0; i < image->count; i++)
        if (image->headers[i].p_type == PT_GNU_RELRO)
            relro_hi = gci_align_down(image->bias + image->headers[i].p_vaddr
                                      + image->headers[i].p_memsz, page);
    for (unsigned i = 0; i < image->count; i++) {
        const ElfW(Phdr) *header = &image->headers[i];
        struct cover cover;

        if (header->p_type != PT_LOAD || (header->p_flags & PF_W) == 0)
            continue;
        cover.reached = gci_align_down(image->bias + header->p_vaddr, page);
        cover.hi = image->bias + header->p_vaddr + header->p_memsz;
        if (cover.reached < relro_hi && relro_hi <= cover.hi)
            cover.reached = relro_hi;
        if (gci_maps_walk(extend_cover, &cover) != 0 || cover.reached < cover.hi)
            return false;
    }
    return true;
}

struct pass {
    struct gci_notes *notes;
    word main_headers; /* address of the main program's headers */
    bool want_main;
};

static bool add_object(const struct gci_map *map, void *arg)
{
    struct pass *pass = arg;
    struct gci_elf_image image;
    char name[512];
    size_t length = map->path_bytes < sizeof name ? map->path_bytes : sizeof name - 1;
    bool is_main = map->lo <= pass->main_headers && pass->main_headers < map->hi;

    if (!map->read || map->write || map->offset_bytes != 0 || map->inode == 0
        || is_main != pass->want_main)
        return true;
    memcpy(name, map->path, length);
    name[length] = '\0';
    if (gci_elf_image_read(map->lo, &image) && segments_are_mapped(&image))
        gci_notes_add_object(pass->notes, image.bias, image.headers, image.count, name, 0, NULL);
    return pass->notes->error == 0;
}

int gci_roots_note(void)
{
    struct pass pass;
    word now = 0;
    int error = gci_maps_walk(digest_files, &now);

    if (error != 0)
        return error;
    if (taken && now == digest)
        return 0;
    pass.notes = gci_notes_begin();
    pass.main_headers = (word)getauxval(AT_PHDR);
    for (unsigned round = 0; round < 2; round++) {
        pass.want_main = round == 0; /* the main program comes first */
        error = gci_maps_walk(add_object, &pass);
        if (error != 0)
            return error;
        if (pass.notes->objects == 0)
            return ENOSYS; /* and not some library in its place */
    }
    error = gci_notes_publish();
    if (error == 0) {
        digest = now;
        taken = true;
    }
    return error;
}

bool gci_roots_still_true_stopped(void)
{
    word now = 0;

    return taken && gci_maps_walk(digest_files, &now) == 0 && now == digest;
}

void gci_roots_visit_data(gci_roots_visitor visit, void *arg)
{
    gci_notes_visit_data(false, visit, arg);
}

void gci_roots_main_data(gci_roots_visitor visit, void *arg)
{
    gci_notes_visit_data(true, visit, arg);
}
