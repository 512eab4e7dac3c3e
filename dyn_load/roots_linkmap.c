/* roots_linkmap.c - static data by walking the dynamic linker's chain of link maps.
 *
 * For ELF systems whose linker keeps the debugger's chain but has no dl_iterate_phdr
 * (roots_phdr.c).  Of thread-local variables only the main program's are found: the chain does not
 * tell module numbers.
 *
 * [twice]  No lock protects the chain while notes are taken: its digest before and after must
 *          agree, and headers are read through the kernel (elf_image.h).
 *
 * SPDX-License-Identifier: MIT
 */
#include "elf_image.h"

#include <dlfcn.h>
#ifdef GCI_OS_LINUX
# include <sys/auxv.h>
#endif

const char *const gci_roots_name = "linkmap";

#define MOST_MAPS ((word)1 << 16)
#define ATTEMPTS 8

static const struct r_debug *debug;
static const struct link_map *first_map;
static bool taken;
static word digest, maps;

#ifdef GCI_OS_LINUX
/* The kernel tells where the main program's headers are. */
static bool main_image(struct gci_elf_image *image)
{
    word at = (word)getauxval(AT_PHDR);
    word count = (word)getauxval(AT_PHNUM);
    bool found = false;

    if (at == 0 || count == 0 || count > GCI_MOST_HEADERS)
        return false;
    image->count = (unsigned)count;
    image->bias = 0;
    memcpy(image->headers, (const void *)at, count * sizeof image->headers[0]);
    for (unsigned i = 0; i < count && !found; i++) {
        if (image->headers[i].p_type == PT_PHDR) {
            image->bias = at - image->headers[i].p_vaddr;
            found = true;
        }
    }
    return true; /* without a PT_PHDR: a program at a fixed address */
}
#else
static bool main_image(struct gci_elf_image *image)
{
    struct link_map *map = NULL;

# ifdef RTLD_DI_LINKMAP
    if (dlinfo(RTLD_SELF, RTLD_DI_LINKMAP, &map) != 0)
        return false;
# endif
    while (map != NULL && map->l_prev != NULL)
        map = map->l_prev;
    first_map = map;
    return map != NULL && map->l_addr != 0
           && gci_elf_image_read((word)map->l_addr, image);
}
#endif

static void add_others(struct gci_notes *notes)
{
    const struct link_map *map = first_map;
    word n = 0;

    for (map = map == NULL ? NULL : map->l_next; map != NULL && n < MOST_MAPS;
         map = map->l_next, n++) {
        struct gci_elf_image image;

        if (map->l_addr != 0 && gci_elf_image_read((word)map->l_addr, &image))
            gci_notes_add_object(notes, image.bias, image.headers, image.count, map->l_name, 0,
                                 map);
    }
}

int gci_roots_note(void)
{
    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct gci_elf_image image;
        struct gci_notes *notes;
        word before, count, after;
        int error;

        if (!main_image(&image))
            return ENOSYS;
        debug = gci_notes_find_debug(image.bias, image.headers, image.count);
        if (debug != NULL)
            first_map = debug->r_map;
        before = gci_notes_chain_digest(first_map, MOST_MAPS, &count);
        if (taken && before == digest && count == maps)
            return 0;
        notes = gci_notes_begin();
        gci_notes_add_object(notes, image.bias, image.headers, image.count, "", 0, first_map);
        add_others(notes);
        after = gci_notes_chain_digest(first_map, MOST_MAPS, &count);
        if (after == before && (debug == NULL || debug->r_state != RT_DELETE)) {
            error = gci_notes_publish();
            if (error == 0) {
                digest = after;
                maps = count;
                taken = true;
            }
            return error;
        }
        gci_sys_yield();
    }
    return EAGAIN;
}

bool gci_roots_still_true_stopped(void)
{
    word count, now;

    if (!taken || (debug != NULL && debug->r_state == RT_DELETE))
        return false;
    now = gci_notes_chain_digest(first_map, maps, &count);
    return now == digest && count == maps;
}

void gci_roots_visit_data(gci_roots_visitor visit, void *arg)
{
    gci_notes_visit_data(false, visit, arg);
}

void gci_roots_main_data(gci_roots_visitor visit, void *arg)
{
    gci_notes_visit_data(true, visit, arg);
}
