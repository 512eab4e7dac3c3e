/* churn.c - objects of all sizes replaced at random: churn [replacements] [slots]
 *
 * Sizes 16 bytes to 8 KiB, small ones prevailing, one in three pointer-free.
 * Every object carries marks at its begin and its end that are checked when
 * it is looked at and when it is dropped.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

struct object {
    uint64_t mark;       /* mark_of() */
    struct object *peer; /* only in objects with pointers and of 24 bytes or more */
};

struct slot {
    struct object *object;
    uint64_t number; /* serial number of the object */
    uint32_t size_bytes;
    uint32_t pointer_free;
};

static struct slot *slots;

static uint64_t mark_of(uint64_t number, size_t size_bytes)
{
    return (number << 16) ^ size_bytes;
}

static int has_peer(const struct slot *s)
{
    return !s->pointer_free && s->size_bytes >= sizeof(struct object) + sizeof(uint64_t);
}

static uint64_t *last_word(const struct slot *s)
{
    return (uint64_t *)(void *)((char *)s->object + (s->size_bytes & ~(size_t)7) - 8);
}

static void check(const struct slot *s)
{
    uint64_t mark = mark_of(s->number, s->size_bytes);

    if (s->object->mark != mark || *last_word(s) != mark)
        bench_fail("object %p of %u bytes is damaged", (void *)s->object, (unsigned)s->size_bytes);
}

/* The object must be all zero if it may hold pointers. */
static void fill(struct slot *s, uint64_t number, size_t size_bytes, int pointer_free)
{
    s->number = number;
    s->size_bytes = (uint32_t)size_bytes;
    s->pointer_free = (uint32_t)pointer_free;
    if (pointer_free) {
        s->object = bench_need(GC_MALLOC_ATOMIC(size_bytes));
    } else {
        s->object = bench_need(GC_MALLOC(size_bytes));
        if (s->object->mark != 0 || *last_word(s) != 0)
            bench_fail("new object %p of %zu bytes is not clear", (void *)s->object, size_bytes);
    }
    s->object->mark = *last_word(s) = mark_of(number, size_bytes);
}

int main(int argc, char **argv)
{
    uint64_t seed = 7, i, replacements, work = 0;
    size_t slot_count, k;

    bench_init("churn");
    replacements = bench_arg(argc, argv, 1, 1800000);
    slot_count = (size_t)bench_arg(argc, argv, 2, 60000);
    slots = bench_need(GC_MALLOC(slot_count * sizeof(struct slot)));
    for (i = 0; i < replacements; i++) {
        size_t size_bytes = bench_log_size(&seed, 16, 8192);
        int pointer_free = bench_below(&seed, 3) == 0;
        struct slot *s = &slots[bench_below(&seed, slot_count)],
                    *other = &slots[bench_below(&seed, slot_count)];

        if (s->object != NULL) {
            check(s);
            work = bench_mix(work, s->object->mark);
        }
        fill(s, i + 1, size_bytes, pointer_free);
        if (other != s && other->object != NULL && has_peer(other) && has_peer(s)) {
            check(other);
            if (other->object->peer != NULL && other->object->peer->mark == 0)
                bench_fail("peer of %p is damaged", (void *)other->object);
            other->object->peer = NULL; /* else chains would keep everything */
            s->object->peer = other->object;
        }
    }
    for (k = 0; k < slot_count; k++)
        if (slots[k].object != NULL) {
            check(&slots[k]);
            work = bench_mix(work, slots[k].size_bytes);
        }
    bench_done(work, "");
    return 0;
}
