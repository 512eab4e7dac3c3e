/* callers.c - who calls malloc: the program, or the C library, the dynamic linker, the collector?
 *
 * A return address is looked up in the text of those objects; they are loaded before anything
 * calls malloc and stay. [system] [program] in redirect.h.
 *
 * [static]  In a static program all text is one object: everybody is the program, and what only
 *           the C library points to must be reachable. That holds for glibc's data, but not for
 *           what it hides; shared linking is what redirection is made for.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/redirect.h"

#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <sys/auxv.h>

#define MOST_OBJECTS 4

struct text {
    word lo, span;
};
static struct text system_text[MOST_OBJECTS];
static volatile word system_count; /* 0: not asked yet; one more than there are */

struct search {
    word inside[MOST_OBJECTS]; /* an address in each of the objects wanted */
    struct text found[MOST_OBJECTS];
    word count;
    unsigned objects;
};

static int look_at(struct dl_phdr_info *info, size_t bytes GCI_UNUSED, void *arg)
{
    struct search *search = arg;
    word lo = ~(word)0, hi = 0, i;

    search->objects++;
    for (i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];

        if (header->p_type != PT_LOAD)
            continue;
        if (info->dlpi_addr + header->p_vaddr < lo)
            lo = info->dlpi_addr + header->p_vaddr;
        if (info->dlpi_addr + header->p_vaddr + header->p_memsz > hi)
            hi = info->dlpi_addr + header->p_vaddr + header->p_memsz;
    }
    for (i = 0; i < MOST_OBJECTS; i++)
        if (search->inside[i] - lo < hi - lo) {
            search->found[search->count++] = (struct text){ lo, hi - lo };
            return 0;
        }
    return 0;
}

static GCI_COLD word find_system(void)
{
    struct search search = { .inside = { (word)(uintptr_t)&find_system, (word)(uintptr_t)&getauxval,
                                         getauxval(AT_BASE), (word)(uintptr_t)&pthread_key_create } };
    word i;

    (void)dl_iterate_phdr(look_at, &search);
    if (search.objects <= 1)
        search.count = 0; /* [static] */
    for (i = 0; i < search.count; i++)
        system_text[i] = search.found[i]; /* racing threads store the same */
    gci_store_release(&system_count, search.count + 1);
    return search.count + 1;
}

bool gci_redirect_is_system(word caller)
{
    word count = gci_load_acquire(&system_count), i;

    if (gci_unlikely(count == 0))
        count = find_system();
    for (i = 0; i + 1 < count; i++)
        if (caller - system_text[i].lo < system_text[i].span)
            return true;
    return false;
}

void *gci_redirect_next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}
