/* roots_win32.c - static data and thread-local variables of Windows images.
 *
 * Images are found by walking the address space with VirtualQuery: no loader lock is needed, with
 * the world stopped or not.  A thread's variables: its array of blocks by the images' TLS index,
 * and its TlsAlloc slots.  Compilers that emulate thread-local variables (MinGW's gcc) keep them in
 * the C heap, where nobody finds them: GC_malloc_uncollectable serves such programs.
 *
 * [images]  The digest is of the images' bases. Pages change from copy-on-write to writable when
 *           first written; both count as writable, so that is no change.
 * [resources]  An image's resources are no roots.  GNU tools leave them writable, and on 32 bits
 *           text looks like pointers: the system's own libraries have megabytes of it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../os_dep/mem_win32.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#define PSAPI_VERSION 2 /* from the kernel's library */
#include <psapi.h>
#if defined(__GNUC__) && !defined(__clang__)
# pragma GCC diagnostic ignored "-Warray-bounds" /* MinGW's access to the thread's block */
#endif

#include <string.h>

const char *const gci_roots_name = "win32";

struct image_range {
    ptr_t lo, hi;
    word base;           /* of the image */
    char name[MAX_PATH]; /* its file */
};

struct image_part {
    ptr_t lo, hi;
};

struct image_tls {
    word base, bytes;
    const DWORD *index;
};

struct table {
    void *items;
    size_t used_bytes, size_bytes;
};

static struct table ranges[2], locals[2];
static unsigned valid;
static bool taken;
static word digest;
static word main_base; /* noted too: asking may need the loader's lock */

static void *add_item(struct table *table, size_t bytes)
{
    void *item;

    if (table->used_bytes + bytes > table->size_bytes) {
        size_t size = gci_align_up(2 * table->size_bytes + bytes, gci_mem_page_bytes());
        void *larger = gci_mem_map(size);

        if (larger == NULL)
            return NULL;
        if (table->items != NULL) {
            memcpy(larger, table->items, table->used_bytes);
            gci_mem_release(table->items, table->size_bytes);
        }
        table->items = larger;
        table->size_bytes = size;
    }
    item = (char *)table->items + table->used_bytes;
    table->used_bytes += bytes;
    return item;
}

static bool is_writable(DWORD protection)
{
    const DWORD any = PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE
                      | PAGE_EXECUTE_WRITECOPY;

    return (protection & any) != 0 && (protection & (PAGE_GUARD | PAGE_NOACCESS)) == 0;
}

/* Calls visit for every region of an image, ascending; stops at an error and returns it. */
static int walk_images(int (*visit)(const MEMORY_BASIC_INFORMATION *info, void *arg), void *arg)
{
    MEMORY_BASIC_INFORMATION info;
    ptr_t at = NULL;
    int error = 0;

    while (error == 0) {
        ptr_t next;

        at = gci_mem_past_reservation(at);
        if (VirtualQuery(at, &info, sizeof info) != sizeof info)
            break;
        next = (ptr_t)info.BaseAddress + info.RegionSize;

        if (info.State == MEM_COMMIT && info.Type == MEM_IMAGE)
            error = visit(&info, arg);
        if (next <= at)
            break;
        at = next;
    }
    return error;
}

static int mix_base(const MEMORY_BASIC_INFORMATION *info, void *arg)
{
    word *sum = arg;

    if (info->BaseAddress == info->AllocationBase)
        *sum = (*sum ^ (word)info->AllocationBase ^ (*sum >> 15)) * (word)0x9e3779b1u;
    return 0;
}

/* Where an image has the part that entry `which` of its header is for; zeros if it has none. */
static IMAGE_DATA_DIRECTORY part_of(word base, unsigned which)
{
    const IMAGE_DATA_DIRECTORY none = {0, 0};
    IMAGE_DOS_HEADER dos;
    IMAGE_NT_HEADERS headers;

    if (!gci_sys_safe_read(&dos, (void *)base, sizeof dos) || dos.e_magic != IMAGE_DOS_SIGNATURE
        || !gci_sys_safe_read(&headers, (void *)(base + (word)dos.e_lfanew), sizeof headers)
        || headers.Signature != IMAGE_NT_SIGNATURE
        || headers.OptionalHeader.Magic != IMAGE_NT_OPTIONAL_HDR_MAGIC
        || headers.OptionalHeader.NumberOfRvaAndSizes <= which
        || headers.OptionalHeader.DataDirectory[which].VirtualAddress == 0)
        return none;
    return headers.OptionalHeader.DataDirectory[which];
}

static int note_tls(word base)
{
    const IMAGE_DATA_DIRECTORY entry = part_of(base, IMAGE_DIRECTORY_ENTRY_TLS);
    IMAGE_TLS_DIRECTORY directory;
    struct image_tls *item;
    word bytes;

    if (entry.VirtualAddress == 0
        || !gci_sys_safe_read(&directory, (void *)(base + entry.VirtualAddress), sizeof directory))
        return 0;
    bytes = directory.EndAddressOfRawData - directory.StartAddressOfRawData
            + directory.SizeOfZeroFill;
    if (bytes == 0 || directory.AddressOfIndex == 0)
        return 0;
    item = add_item(&locals[valid ^ 1], sizeof *item);
    if (item == NULL)
        return ENOMEM;
    item->base = base;
    item->bytes = bytes;
    item->index = (const DWORD *)(word)directory.AddressOfIndex;
    return 0;
}

/* Asks the kernel about the mapping, not the loader about the module: that needs its lock. */
static void note_name(struct image_range *range)
{
    if (range->base == main_base
        || GetMappedFileNameA(GetCurrentProcess(), (void *)range->base, range->name,
                              sizeof range->name) == 0)
        range->name[0] = '\0';
    range->name[sizeof range->name - 1] = '\0';
}

static int note_range(ptr_t lo, ptr_t hi, word base)
{
    struct table *table = &ranges[valid ^ 1];
    struct image_range *last = NULL;

    if (lo >= hi)
        return 0;
    if (table->used_bytes != 0)
        last = (struct image_range *)(void *)((char *)table->items + table->used_bytes) - 1;
    if (last != NULL && last->hi == lo && last->base == base) {
        last->hi = hi;
        return 0;
    }
    last = add_item(table, sizeof *last);
    if (last == NULL)
        return ENOMEM;
    last->lo = lo;
    last->hi = hi;
    last->base = base;
    note_name(last);
    return 0;
}

/* `arg`: where the resources are of the image that is being walked. */
static int note_region(const MEMORY_BASIC_INFORMATION *info, void *arg)
{
    struct image_part *resources = arg;
    word base = (word)info->AllocationBase;
    ptr_t lo = info->BaseAddress, hi = lo + info->RegionSize;
    int error = 0;

    if (lo == (ptr_t)base) {
        const IMAGE_DATA_DIRECTORY part = part_of(base, IMAGE_DIRECTORY_ENTRY_RESOURCE);

        resources->lo = (ptr_t)gci_align_up(base + part.VirtualAddress, sizeof(word));
        resources->hi = (ptr_t)gci_align_down(base + part.VirtualAddress + part.Size, sizeof(word));
        error = note_tls(base);
    }
    if (error == 0 && is_writable(info->Protect)) {
        bool apart = resources->hi <= lo || resources->lo >= hi;

        error = note_range(lo, apart ? hi : resources->lo, base);
        if (error == 0 && !apart) /* [resources] */
            error = note_range(resources->hi, hi, base);
    }
    return error;
}

int gci_roots_note(void)
{
    struct image_part resources = {NULL, NULL};
    word now = 0;
    int error;

    (void)walk_images(mix_base, &now);
    if (taken && now == digest)
        return 0;
    main_base = (word)GetModuleHandleA(NULL);
    ranges[valid ^ 1].used_bytes = locals[valid ^ 1].used_bytes = 0;
    error = walk_images(note_region, &resources);
    if (error != 0)
        return error;
    valid ^= 1;
    digest = now; /* an image that came in between makes the next check fail */
    taken = true;
    return 0;
}

bool gci_roots_still_true_stopped(void)
{
    word now = 0;

    (void)walk_images(mix_base, &now);
    return taken && now == digest;
}

static void visit_ranges(bool main_only, gci_roots_visitor visit, void *arg)
{
    const struct image_range *range = ranges[valid].items;
    size_t count = ranges[valid].used_bytes / sizeof *range;

    for (size_t i = 0; i < count; i++) {
        bool is_main = range[i].base == main_base;

        if (is_main || !main_only)
            visit(range[i].lo, range[i].hi,
                  is_main || range[i].name[0] != '\0' ? range[i].name : "(image)", arg);
    }
}

void gci_roots_visit_data(gci_roots_visitor visit, void *arg)
{
    visit_ranges(false, visit, arg);
}

void gci_roots_main_data(gci_roots_visitor visit, void *arg)
{
    visit_ranges(true, visit, arg);
}

/* Offsets in the thread environment block; the same in all versions of Windows. */
#define TEB_BLOCKS (CPP_WORDSZ == 64 ? 0x58 : 0x2c)
#define TEB_SLOTS (CPP_WORDSZ == 64 ? 0x1480 : 0xe10)
#define TEB_MORE_SLOTS (CPP_WORDSZ == 64 ? 0x1780 : 0xf94)
#define SLOTS 64
#define MORE_SLOTS 1024

static bool read_word(word at, word *value)
{
    return gci_sys_safe_read(value, (const void *)at, sizeof *value);
}

static bool is_readable(word lo, word bytes)
{
    MEMORY_BASIC_INFORMATION info;
    word at = lo;

    while (at < lo + bytes) {
        if (VirtualQuery((void *)at, &info, sizeof info) == 0 || info.State != MEM_COMMIT
            || (info.Protect & (PAGE_GUARD | PAGE_NOACCESS)) != 0)
            return false;
        at = (word)info.BaseAddress + info.RegionSize;
    }
    return true;
}

void gci_roots_visit_tls(void *tp, gci_roots_visitor visit, void *arg)
{
    word teb = (word)tp, blocks, block, more;
    const struct image_tls *tls = locals[valid].items;
    size_t count = locals[valid].used_bytes / sizeof *tls;

    if (tp == NULL || !is_readable(teb + TEB_SLOTS, SLOTS * sizeof(word)))
        return;
    visit((ptr_t)(teb + TEB_SLOTS), (ptr_t)(teb + TEB_SLOTS) + SLOTS * sizeof(word), "", arg);
    if (read_word(teb + TEB_MORE_SLOTS, &more) && more != 0
        && is_readable(more, MORE_SLOTS * sizeof(word)))
        visit((ptr_t)more, (ptr_t)more + MORE_SLOTS * sizeof(word), "", arg);
    if (!read_word(teb + TEB_BLOCKS, &blocks) || blocks == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        DWORD index;

        if (gci_sys_safe_read(&index, tls[i].index, sizeof index) && index < MORE_SLOTS
            && read_word(blocks + index * sizeof(word), &block) && block != 0
            && is_readable(block, tls[i].bytes))
            visit((ptr_t)gci_align_up(block, ALIGNMENT), (ptr_t)(block + tls[i].bytes),
                  tls[i].base == main_base ? "" : "(image)", arg);
    }
}

void *gci_roots_thread_pointer(void)
{
    return NtCurrentTeb();
}
