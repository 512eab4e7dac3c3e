/* dyld_images.h - stands in for the system's header where a compiler for macOS comes without it.
 *
 * Only to compile and link against (tools/check-ports): the members that dyld_load/roots_dyld.c
 * reads, at the places where they are.  A Mac has the real one.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef PORT_HEADERS_DYLD_IMAGES_H
#define PORT_HEADERS_DYLD_IMAGES_H

#include <mach-o/loader.h>
#include <stdint.h>

struct dyld_image_info {
    const struct mach_header *imageLoadAddress;
    const char *imageFilePath;
    uintptr_t imageFileModDate;
};

struct dyld_all_image_infos {
    uint32_t version;
    uint32_t infoArrayCount;
    const struct dyld_image_info *infoArray;
};

#endif /* PORT_HEADERS_DYLD_IMAGES_H */
