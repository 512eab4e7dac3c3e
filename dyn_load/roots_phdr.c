/* roots_phdr.c - static data and thread-local modules by dl_iterate_phdr.
 *
 * First choice on ELF systems: glibc, musl, the BSDs; static programs too.  Without that function:
 * roots_linkmap.c; without any linker: roots_none.c.  The table of what was found: notes.c; blocks
 * of thread-local variables: tls_blocks.c.
 *
 * [noted-locked]    Notes are taken inside dl_iterate_phdr's callback, under the linker's lock.
 * [digest]          With the world stopped no lock may be taken, so the chain of link maps that
 *                   debuggers use is compared with its digest at noting time.
 * [delete-unsafe]   While the linker removes objects (RT_DELETE) an unmapped one may still be on
 *                   the chain: the notes count as false.  While it adds (RT_ADD) an object
 *                   appears there complete, in one store, so an equal digest is enough; a thread
 *                   that collects in the middle of its own dlopen gets past this.
 *
 * SPDX-License-Identifier: MIT
 */
#include "notes.h"

const char *const gci_roots_name = "phdr";

static struct {
    bool taken;
    bool counted;                /* this linker counts loads and unloads */
    unsigned long long adds, subs;
    const struct r_debug *debug; /* NULL in static programs */
    word digest, maps;
} noted;

struct pass {
    struct gci_notes *notes;     /* NULL: nothing changed */
    const struct link_map *next; /* expected to belong to the next object */
    bool counted;
    unsigned long long adds, subs;
};

static bool has_field(size_t info_bytes, size_t end_of_field)
{
    return info_bytes >= end_of_field;
}

#define END_OF(field) \
    (offsetof(struct dl_phdr_info, field) + sizeof(((struct dl_phdr_info *)0)->field))

/* The linker lists objects and link maps in the same order; a stranger gets no map. */
static const struct link_map *map_of(struct pass *pass, const struct dl_phdr_info *info)
{
    const struct link_map *map = pass->next;
    word most = 1 << 20;

    if (map == NULL)
        return NULL;
    if (map->l_addr != info->dlpi_addr || map->l_name != info->dlpi_name) {
        map = noted.debug->r_map;
        while (map != NULL && --most != 0
               && (map->l_addr != info->dlpi_addr || map->l_name != info->dlpi_name))
            map = map->l_next;
        if (map == NULL || most == 0)
            return NULL;
    }
    pass->next = map->l_next;
    return map;
}

/* First object of the list: has anything changed?  If so, begin. */
static bool begin_pass(struct pass *pass, const struct dl_phdr_info *info, size_t info_bytes)
{
    if (has_field(info_bytes, END_OF(dlpi_subs))) {
        pass->counted = true;
        pass->adds = info->dlpi_adds;
        pass->subs = info->dlpi_subs;
        if (noted.taken && noted.counted && noted.adds == pass->adds && noted.subs == pass->subs)
            return false;
    }
    pass->notes = gci_notes_begin();
    noted.debug = gci_notes_find_debug(info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum);
    if (noted.debug != NULL)
        pass->next = noted.debug->r_map;
    return true;
}

static int on_object(struct dl_phdr_info *info, size_t info_bytes, void *arg)
{
    struct pass *pass = arg;
    const struct link_map *map;
    word module = 0;
    void *block = NULL;

    if (pass->notes == NULL && !begin_pass(pass, info, info_bytes))
        return 1;
    if (pass->notes->objects == 0 && noted.debug != NULL)
        noted.digest = gci_notes_chain_digest(noted.debug->r_map, (word)1 << 20, &noted.maps);
    map = map_of(pass, info);
    if (has_field(info_bytes, END_OF(dlpi_tls_data))) {
        module = info->dlpi_tls_modid;
        block = info->dlpi_tls_data;
    }
    gci_notes_add_object(pass->notes, info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum,
                         info->dlpi_name, module, map);
    if (module != 0 && block != NULL && pass->notes->tls.used_bytes != 0) {
        const struct gci_note_tls *tls = pass->notes->tls.base;
        const struct gci_note_tls *last =
            tls + pass->notes->tls.used_bytes / sizeof *tls - 1;

        if (last->module == module)
            gci_tls_learn(last, block);
    }
    return pass->notes->error;
}

int gci_roots_note(void)
{
    struct pass pass = { NULL, NULL, false, 0, 0 };
    int error, saved_errno = errno;
    /* The digest belongs to the valid set; a failed pass must not leave a new one. */
    word old_digest = noted.digest, old_maps = noted.maps;

    (void)dl_iterate_phdr(on_object, &pass);
    errno = saved_errno;
    if (pass.notes == NULL)
        return noted.taken ? 0 : ENOSYS;
    error = gci_notes_publish();
    if (error != 0) {
        noted.digest = old_digest;
        noted.maps = old_maps;
        return error;
    }
    noted.counted = pass.counted;
    noted.adds = pass.adds;
    noted.subs = pass.subs;
    noted.taken = true;
    return 0;
}

bool gci_roots_still_true_stopped(void)
{
    word digest, maps;

    if (!noted.taken)
        return false;
    if (noted.debug == NULL)
        return true; /* no linker: nothing comes or goes */
    if (noted.debug->r_state == RT_DELETE)
        return false;
    digest = gci_notes_chain_digest(noted.debug->r_map, noted.maps, &maps);
    return maps == noted.maps && digest == noted.digest;
}

void gci_roots_visit_data(gci_roots_visitor visit, void *arg)
{
    gci_notes_visit_data(false, visit, arg);
}

void gci_roots_main_data(gci_roots_visitor visit, void *arg)
{
    gci_notes_visit_data(true, visit, arg);
}
