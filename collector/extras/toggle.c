/* toggle.c - toggle refs: objects with a peer outside the heap, held strongly or weakly.
 *
 * Before each stop the program's callback says of each object whether to hold it, to watch it or
 * to forget it. When in a cycle: extras.c [order].
 *
 * [entry]  A strong entry is the object's address; a weak one its complement, whose lowest bit is
 *          set; 0 is an entry whose object died.
 * [asked]  The callback runs with the allocator lock held and the world running.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "private/extras.h"
#include "private/settings.h"

#define FIRST_ENTRIES 512

static word *entries;
static size_t count, capacity;

static bool is_weak(word e) { return (e & 1) != 0; }
static ptr_t object_of(word e) { return (ptr_t)(is_weak(e) ? ~e : e); }
static word entry_of(const void *obj, bool strong) { return strong ? (word)obj : ~(word)obj; }

static bool grow_locked(void)
{
    size_t wanted = capacity == 0 ? FIRST_ENTRIES : capacity * 2;
    word *bigger;

    if (wanted > SIZE_MAX / 2 / sizeof(word))
        return false;
    bigger = gci_meta_map(wanted * sizeof(word));
    if (bigger == NULL)
        return false;
    if (entries != NULL) {
        memcpy(bigger, entries, count * sizeof(word));
        gci_meta_unmap(entries, capacity * sizeof(word));
    }
    entries = bigger;
    capacity = wanted;
    return true;
}

static bool add_locked(void *obj, bool strong)
{
    if (count == capacity && !grow_locked())
        return false;
    entries[count++] = entry_of(obj, strong);
    return true;
}

GC_API int GC_CALL GC_toggleref_add(void *obj, int is_strong)
{
    int result = GC_SUCCESS;
    ptr_t base = gci_heap_object((word)obj, NULL, NULL);

    if (base == NULL || base != obj)
        gci_abort("GC_toggleref_add: %p is not the start of an object", obj);
    GCI_LOCK();
    if (gci_settings.toggleref != NULL && !add_locked(obj, is_strong != 0))
        result = GC_NO_MEMORY;
    GCI_UNLOCK();
    if (result == GC_NO_MEMORY && gci_alloc_oom(sizeof(word)) != NULL) {
        GCI_LOCK();
        result = add_locked(obj, is_strong != 0) ? GC_SUCCESS : GC_NO_MEMORY;
        GCI_UNLOCK();
    }
    GC_reachable_here(obj);
    return result;
}

GC_API int GC_CALL GC_debug_toggleref_add(void *obj, int is_strong)
{
    ptr_t base = gci_heap_object((word)obj, NULL, NULL);

    if (base == NULL || (ptr_t)obj - base != (ptrdiff_t)sizeof(struct gci_debug_header))
        gci_abort("GC_debug_toggleref_add: %p is not a debugging object", obj);
    return GC_toggleref_add(base, is_strong);
}

void gci_toggle_ask_locked(void)
{
    GC_toggleref_func ask = gci_settings.toggleref;
    size_t from, to = 0;

    for (from = 0; from < count; from++) {
        word e = entries[from];
        GC_ToggleRefStatus status = GC_TOGGLE_REF_DROP;

        if (e == 0)
            continue;
        if (ask == NULL) {
            entries[to++] = e;
            continue;
        }
        status = ask(object_of(e));
        if (status == GC_TOGGLE_REF_STRONG || status == GC_TOGGLE_REF_WEAK)
            entries[to++] = entry_of(object_of(e), status == GC_TOGGLE_REF_STRONG);
        else if (status != GC_TOGGLE_REF_DROP)
            gci_abort("toggle-ref procedure: %d for %p is no status", (int)status,
                      (void *)object_of(e));
    }
    count = to;
}

void gci_toggle_push_roots_stopped(void)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (entries[i] != 0 && !is_weak(entries[i]))
            gci_mark_word(entries[i]);
}

void gci_toggle_clear_stopped(void)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (is_weak(entries[i]) && !gci_extras_is_marked(object_of(entries[i])))
            entries[i] = 0;
}
