/* links.c - disappearing links, short and long: words cleared when an object dies.
 *
 * When they are cleared, relative to finalizers: extras.c [order]. The table: table.c.
 *
 * [base]      A registration's object is the start of a heap object.
 * [writable]  A link is written only outside the heap or inside a run in use.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/extras.h"

struct link {
    struct gci_node node; /* key: the link's address */
    word hidden_obj;
};

static struct gci_table tables[2] = {
    [GCI_LINK_SHORT] = { .node_bytes = sizeof(struct link), .name = "disappearing links" },
    [GCI_LINK_LONG] = { .node_bytes = sizeof(struct link), .name = "long links" }
};

static struct link *link_at(const struct gci_table *t, uint32_t i)
{
    return (struct link *)(void *)gci_table_at(t, i);
}

static bool aligned(const void *link) { return ((word)link & (ALIGNMENT - 1)) == 0; }

static void check_link(const char *function, const void *link)
{
    if (GCI_LAUNDERED(link) == NULL || !aligned(link))
        gci_abort("%s: %p cannot be a link: it is not the address of a pointer", function, link);
}

static word count_all(void) { return tables[GCI_LINK_SHORT].count + tables[GCI_LINK_LONG].count; }

/* ---- registering ----------------------------------------------------------------- */

static int add_locked(struct gci_table *t, void **link, const void *obj)
{
    uint32_t i = gci_table_find(t, gci_table_key(link));

    if (i != 0) {
        link_at(t, i)->hidden_obj = gci_table_key(obj);
        return GC_DUPLICATE;
    }
    i = gci_table_insert(t, gci_table_key(link));
    if (i == 0)
        return GC_NO_MEMORY;
    link_at(t, i)->hidden_obj = gci_table_key(obj);
    GCI_WRITE(gci_pace.links, count_all());
    return GC_SUCCESS;
}

static int add(const char *function, enum gci_link_length length, void **link, const void *obj)
{
    const char *base;
    int result;

    check_link(function, link);
    if (GC_find_leak)
        return GC_UNIMPLEMENTED;
    base = gci_heap_object((word)obj, NULL, NULL);
    if (base == NULL)
        gci_abort("%s: %p is not an object of this heap", function, obj);
    obj = base; /* runtimes give tagged pointers */
    GCI_LOCK();
    result = add_locked(&tables[length], link, obj);
    GCI_UNLOCK();
    if (result == GC_NO_MEMORY && gci_alloc_oom(sizeof(struct link)) != NULL) {
        GCI_LOCK();
        result = add_locked(&tables[length], link, obj);
        GCI_UNLOCK();
    }
    return result;
}

GC_API int GC_CALL GC_register_disappearing_link(void **link)
{
    ptr_t base;

    check_link("GC_register_disappearing_link", link);
    base = gci_heap_object((word)link, NULL, NULL);
    if (base == NULL)
        gci_abort("GC_register_disappearing_link: %p is not inside an object", (void *)link);
    return add("GC_register_disappearing_link", GCI_LINK_SHORT, link, base);
}

GC_API int GC_CALL GC_general_register_disappearing_link(void **link, const void *obj)
{
    return add("GC_general_register_disappearing_link", GCI_LINK_SHORT, link, obj);
}

GC_API int GC_CALL GC_register_long_link(void **link, const void *obj)
{
    return add("GC_register_long_link", GCI_LINK_LONG, link, obj);
}

/* ---- unregistering and moving ------------------------------------------------------ */

static int forget(enum gci_link_length length, void **link)
{
    struct gci_table *t = &tables[length];
    uint32_t i;

    if (!aligned(link))
        return 0;
    GCI_LOCK();
    i = gci_table_find(t, gci_table_key(link));
    if (i != 0) {
        gci_table_remove(t, i);
        GCI_WRITE(gci_pace.links, count_all());
    }
    GCI_UNLOCK();
    return i != 0;
}

GC_API int GC_CALL GC_unregister_disappearing_link(void **link)
{
    return forget(GCI_LINK_SHORT, link);
}

GC_API int GC_CALL GC_unregister_long_link(void **link) { return forget(GCI_LINK_LONG, link); }

static int move_locked(struct gci_table *t, void **link, void **new_link)
{
    uint32_t i = gci_table_find(t, gci_table_key(link));

    if (i == 0)
        return GC_NOT_FOUND;
    if (link == new_link)
        return GC_SUCCESS;
    if (gci_table_find(t, gci_table_key(new_link)) != 0)
        return GC_DUPLICATE;
    gci_table_rekey(t, i, gci_table_key(new_link));
    return GC_SUCCESS;
}

static int move(const char *function, enum gci_link_length length, void **link, void **new_link)
{
    int result;

    check_link(function, new_link);
    if (!aligned(link))
        return GC_NOT_FOUND;
    GCI_LOCK();
    result = move_locked(&tables[length], link, new_link);
    GCI_UNLOCK();
    return result;
}

GC_API int GC_CALL GC_move_disappearing_link(void **link, void **new_link)
{
    return move("GC_move_disappearing_link", GCI_LINK_SHORT, link, new_link);
}

GC_API int GC_CALL GC_move_long_link(void **link, void **new_link)
{
    return move("GC_move_long_link", GCI_LINK_LONG, link, new_link);
}

/* ---- in a cycle ---------------------------------------------------------------------- */

void gci_links_clear_stopped(enum gci_link_length length)
{
    struct gci_table *t = &tables[length];
    uint32_t i;

    if (t->count == 0)
        return;
    for (i = 1; i < t->used; i++) {
        struct link *l = link_at(t, i);
        ptr_t place;

        if (!gci_table_is_linked(&l->node) || gci_extras_is_marked((ptr_t)~l->hidden_obj))
            continue;
        place = gci_table_address(&l->node);
        if (gci_heap_block((word)place) == NULL || gci_heap_run((word)place) != NULL)
            *(void **)(void *)place = NULL;
        gci_table_remove(t, i);
    }
}

void gci_links_drop_dangling_stopped(enum gci_link_length length)
{
    struct gci_table *t = &tables[length];
    uint32_t i;

    if (t->count == 0)
        return;
    for (i = 1; i < t->used; i++) {
        const struct gci_node *n = gci_table_at(t, i);
        word place = (word)gci_table_address(n);
        ptr_t base;

        if (!gci_table_is_linked(n) || gci_heap_block(place) == NULL)
            continue;
        base = gci_heap_object(place, NULL, NULL);
        if (base == NULL || !gci_extras_is_marked(base))
            gci_table_remove(t, i);
    }
}

void gci_links_settle_locked(void)
{
    const word before = gci_pace.links, left = count_all();
    unsigned length;

    gci_pace_links_left(left, before > left ? before - left : 0);
    for (length = GCI_LINK_SHORT; length <= GCI_LINK_LONG; length++) {
        gci_table_settle(&tables[length]);
        gci_table_trim(&tables[length]);
    }
}

word gci_links_count(enum gci_link_length length) { return tables[length].count; }

void gci_links_dump(enum gci_link_length length)
{
    const struct gci_table *t = &tables[length];
    uint32_t i;

    GC_printf("*** %lu %s\n", (unsigned long)t->count, t->name);
    for (i = 1; i < t->used; i++) {
        const struct link *l = link_at(t, i);

        if (gci_table_is_linked(&l->node))
            GC_printf("object %p, link at %p\n", (void *)~l->hidden_obj,
                      (void *)gci_table_address(&l->node));
    }
}
