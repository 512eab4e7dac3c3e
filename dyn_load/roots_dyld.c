/* roots_dyld.c - static data of images loaded by macOS's dynamic linker.
 *
 * The linker publishes its list for debuggers (dyld_all_image_infos); while it changes the list the
 * array's address is NULL.  Reading it needs no lock, so notes and the check with the world stopped
 * work alike.  Thread-local variables live in malloc'ed blocks behind pthread keys and are not
 * found: keep such objects alive otherwise (GC_malloc_uncollectable).
 *
 * Written without such a system at hand; see configure.host.
 *
 * [shared]   Data of images in the shared cache is writable memory like any other.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/port.h"

#include <mach-o/dyld_images.h>
#include <mach-o/loader.h>
#include <mach/mach.h>
#include <mach/task_info.h>
#include <string.h>

const char *const gci_roots_name = "dyld";

#if CPP_WORDSZ == 64
typedef struct mach_header_64 image_header;
typedef struct segment_command_64 image_segment;
# define SEGMENT_COMMAND LC_SEGMENT_64
#else
typedef struct mach_header image_header;
typedef struct segment_command image_segment;
# define SEGMENT_COMMAND LC_SEGMENT
#endif

#define ATTEMPTS 100

struct note {
    ptr_t lo, hi;
    const char *name; /* the linker's string: valid while the notes are true */
};

static struct note *notes[2];
static size_t note_count[2], note_room[2];
static unsigned valid;
static bool taken;
static word digest;

static const struct dyld_all_image_infos *linker_list(void)
{
    static const struct dyld_all_image_infos *known;
    struct task_dyld_info info;
    mach_msg_type_number_t count = TASK_DYLD_INFO_COUNT;

    if (known == NULL
        && task_info(mach_task_self(), TASK_DYLD_INFO, (task_info_t)&info, &count) == KERN_SUCCESS)
        known = (const struct dyld_all_image_infos *)(word)info.all_image_info_addr;
    return known;
}

/* False while the list is being changed. */
static bool list_digest(word *sum)
{
    const struct dyld_all_image_infos *list = linker_list();
    const struct dyld_image_info *images;

    if (list == NULL || (images = list->infoArray) == NULL)
        return false;
    *sum = list->infoArrayCount;
    for (uint32_t i = 0; i < list->infoArrayCount; i++)
        *sum = (*sum ^ (word)images[i].imageLoadAddress ^ (*sum >> 15)) * (word)0x9e3779b1u;
    return true;
}

static int add_note(word lo, word hi, const char *name)
{
    unsigned spare = valid ^ 1;
    struct note *note;

    if (note_count[spare] == note_room[spare]) {
        size_t bytes = gci_align_up((2 * note_room[spare] + 1) * sizeof *note,
                                    gci_mem_page_bytes());
        struct note *larger = gci_mem_map(bytes);

        if (larger == NULL)
            return ENOMEM;
        if (notes[spare] != NULL) {
            memcpy(larger, notes[spare], note_count[spare] * sizeof *note);
            gci_mem_release(notes[spare], gci_align_up(note_room[spare] * sizeof *note,
                                                       gci_mem_page_bytes()));
        }
        notes[spare] = larger;
        note_room[spare] = bytes / sizeof *note;
    }
    note = &notes[spare][note_count[spare]++];
    note->lo = (ptr_t)gci_align_up(lo, ALIGNMENT);
    note->hi = (ptr_t)hi;
    note->name = name;
    return 0;
}

/* Segments that stay writable: not __DATA_CONST and its like, which the linker makes read-only. */
static int note_image(const image_header *header, const char *name)
{
    const struct load_command *command = (const struct load_command *)(header + 1);
    const struct load_command *first = command;
    word slide = 0;
    int error = 0;

    for (uint32_t i = 0; i < header->ncmds; i++) {
        const image_segment *segment = (const image_segment *)command;

        if (command->cmd == SEGMENT_COMMAND && segment->fileoff == 0 && segment->filesize != 0)
            slide = (word)header - (word)segment->vmaddr;
        command = (const struct load_command *)((const char *)command + command->cmdsize);
    }
    command = first;
    for (uint32_t i = 0; i < header->ncmds && error == 0; i++) {
        const image_segment *segment = (const image_segment *)command;

        if (command->cmd == SEGMENT_COMMAND && (segment->initprot & VM_PROT_WRITE) != 0
            && strncmp(segment->segname, "__DATA_CONST", sizeof segment->segname) != 0
            && strncmp(segment->segname, "__AUTH_CONST", sizeof segment->segname) != 0
            && strncmp(segment->segname, "__LINKEDIT", sizeof segment->segname) != 0)
            error = add_note((word)segment->vmaddr + slide,
                             (word)segment->vmaddr + slide + (word)segment->vmsize, name);
        command = (const struct load_command *)((const char *)command + command->cmdsize);
    }
    return error;
}

static int note_all(void)
{
    const struct dyld_all_image_infos *list = linker_list();
    const struct dyld_image_info *images = list->infoArray;
    int error = 0;

    note_count[valid ^ 1] = 0;
    for (uint32_t i = 0; images != NULL && i < list->infoArrayCount && error == 0; i++) {
        const image_header *header = (const image_header *)images[i].imageLoadAddress;

        error = note_image(header, header->filetype == MH_EXECUTE ? "" : images[i].imageFilePath);
    }
    return error;
}

int gci_roots_note(void)
{
    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
        word before, after;

        if (list_digest(&before)) {
            int error;

            if (taken && before == digest)
                return 0;
            error = note_all();
            if (error != 0)
                return error;
            if (list_digest(&after) && after == before) {
                valid ^= 1;
                digest = after;
                taken = true;
                return 0;
            }
        }
        gci_sys_yield();
    }
    return EAGAIN;
}

bool gci_roots_still_true_stopped(void)
{
    word now;

    return taken && list_digest(&now) && now == digest;
}

void gci_roots_visit_data(gci_roots_visitor visit, void *arg)
{
    for (size_t i = 0; i < note_count[valid]; i++)
        visit(notes[valid][i].lo, notes[valid][i].hi, notes[valid][i].name, arg);
}

void gci_roots_main_data(gci_roots_visitor visit, void *arg)
{
    for (size_t i = 0; i < note_count[valid]; i++)
        if (notes[valid][i].name[0] == '\0')
            visit(notes[valid][i].lo, notes[valid][i].hi, "", arg);
}

void gci_roots_visit_tls(void *tp, gci_roots_visitor visit, void *arg)
{
    (void)tp;
    (void)visit;
    (void)arg;
}

void *gci_roots_thread_pointer(void)
{
    return NULL;
}
