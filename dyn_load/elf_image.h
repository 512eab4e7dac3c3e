/* elf_image.h - the program headers of an ELF object in memory, read with care.
 *
 * For roots_linkmap.c and roots_maps.c, which only know where an object is; roots_phdr.c is given
 * its headers by the linker.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GCI_ELF_IMAGE_H
#define GCI_ELF_IMAGE_H

#include "notes.h"

#include <string.h>

#define GCI_MOST_HEADERS 32

struct gci_elf_image {
    word bias;   /* added to the addresses in the headers */
    unsigned count;
    ElfW(Phdr) headers[GCI_MOST_HEADERS];
};

/* The object may be unloaded by another thread meanwhile: everything is copied through the kernel
   and checked. False when no ELF header of our own class is at `start`. */
static inline bool gci_elf_image_read(word start, struct gci_elf_image *image)
{
    ElfW(Ehdr) header;

    if (!gci_sys_safe_read(&header, (const void *)start, sizeof header)
        || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0
        || header.e_ident[EI_CLASS] != (CPP_WORDSZ == 64 ? ELFCLASS64 : ELFCLASS32)
        || header.e_phentsize != sizeof image->headers[0] || header.e_phnum == 0
        || header.e_phnum > GCI_MOST_HEADERS)
        return false;
    image->count = header.e_phnum;
    if (!gci_sys_safe_read(image->headers, (const void *)(start + header.e_phoff),
                           image->count * sizeof image->headers[0]))
        return false;
    for (unsigned i = 0; i < image->count; i++) {
        if (image->headers[i].p_type == PT_LOAD && image->headers[i].p_offset == 0) {
            image->bias = start - image->headers[i].p_vaddr;
            return true;
        }
    }
    return false;
}

#endif /* GCI_ELF_IMAGE_H */
