/* buffers.c - pointer-free buffers of 32 KiB to 2 MiB: buffers [count] [live]
 *
 * As a program reading files does: a new buffer replaces a random one of the
 * live ones; one word per page is written and later checked.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

#define STRIDE 4096

struct slot {
    char *buffer;
    size_t size_bytes;
    uint64_t number;
};

static struct slot *slots;

static uint64_t word_of(uint64_t number, size_t offset)
{
    return number * 0x9E3779B97F4A7C15u ^ offset;
}

static uint64_t check(const struct slot *s)
{
    size_t offset;
    uint64_t word;

    for (offset = 0; offset + 8 <= s->size_bytes; offset += STRIDE) {
        memcpy(&word, s->buffer + offset, 8);
        if (word != word_of(s->number, offset))
            bench_fail("buffer %p of %zu bytes is damaged at %zu", (void *)s->buffer, s->size_bytes,
                       offset);
    }
    return s->size_bytes;
}

int main(int argc, char **argv)
{
    uint64_t seed = 3, i, count, work = 0, word;
    size_t live, k, offset;

    bench_init("buffers");
    count = bench_arg(argc, argv, 1, 40000);
    live = (size_t)bench_arg(argc, argv, 2, 64);
    slots = bench_need(GC_MALLOC(live * sizeof(struct slot)));
    for (i = 0; i < count; i++) {
        struct slot *s = &slots[bench_below(&seed, live)];

        if (s->buffer != NULL)
            work = bench_mix(work, check(s));
        s->size_bytes = bench_log_size(&seed, 32768, 2097152);
        s->number = i;
        s->buffer = bench_need(GC_MALLOC_ATOMIC_IGNORE_OFF_PAGE(s->size_bytes));
        for (offset = 0; offset + 8 <= s->size_bytes; offset += STRIDE) {
            word = word_of(i, offset);
            memcpy(s->buffer + offset, &word, 8);
        }
    }
    for (k = 0; k < live; k++)
        if (slots[k].buffer != NULL)
            work = bench_mix(work, check(&slots[k]));
    bench_done(work, "");
    return 0;
}
