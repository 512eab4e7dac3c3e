/* strings.c - words, an intern table and lines of text: strings [lines]
 *
 * As an interpreter or a text tool does: nearly everything is pointer-free and
 * short, words are interned, lines are made by repeated joining.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

#define BUCKETS 65536
#define WORDS_PER_LINE 16
#define KEPT_LINES 20000

struct symbol {
    struct symbol *chain;
    char *text;
    uint64_t uses;
};

struct line {
    char *text;
    uint64_t hash;
};

static struct symbol *table[BUCKETS];
static struct line *kept;

static uint64_t hash_text(const char *s)
{
    uint64_t h = 14695981039346656037u;

    while (*s != '\0')
        h = (h ^ (unsigned char)*s++) * 1099511628211u;
    return h ^ (h >> 31);
}

/* A fresh word of 2 to 9 letters; common ones are drawn more often. */
static char *random_word(uint64_t *seed)
{
    uint64_t word_seed = bench_below(seed, 4) ? bench_below(seed, 2000) : bench_below(seed, 200000);
    size_t i, length = 2 + bench_below(&word_seed, 8);
    char *w = bench_need(GC_MALLOC_ATOMIC(length + 1));

    for (i = 0; i < length; i++)
        w[i] = (char)('a' + bench_below(&word_seed, 26));
    w[length] = '\0';
    return w;
}

static struct symbol *intern(const char *text)
{
    struct symbol **place = &table[hash_text(text) % BUCKETS], *s;

    for (s = *place; s != NULL; s = s->chain)
        if (strcmp(s->text, text) == 0)
            return s;
    s = bench_need(GC_MALLOC(sizeof(struct symbol)));
    s->text = bench_need(GC_STRDUP(text));
    s->chain = *place;
    *place = s;
    return s;
}

static char *join(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    char *r = bench_need(GC_MALLOC_ATOMIC(la + lb + 2));

    memcpy(r, a, la);
    r[la] = ' ';
    memcpy(r + la + 1, b, lb + 1);
    return r;
}

static char *random_line(uint64_t *seed)
{
    char *text = random_word(seed);
    unsigned i;

    for (i = 1; i < WORDS_PER_LINE; i++) {
        struct symbol *s = intern(random_word(seed));

        s->uses++;
        text = join(text, s->text);
    }
    return text;
}

int main(int argc, char **argv)
{
    uint64_t seed = 5, i, lines, work = 0, uses = 0;
    const struct symbol *s;

    bench_init("strings");
    lines = bench_arg(argc, argv, 1, 300000);
    kept = bench_need(GC_MALLOC(KEPT_LINES * sizeof(struct line)));
    for (i = 0; i < lines; i++) {
        struct line *k = &kept[bench_below(&seed, KEPT_LINES)];

        if (k->text != NULL) {
            if (hash_text(k->text) != k->hash)
                bench_fail("line \"%.60s\" is damaged", k->text);
            work = bench_mix(work, k->hash);
        }
        k->text = random_line(&seed);
        k->hash = hash_text(k->text);
    }
    for (i = 0; i < BUCKETS; i++)
        for (s = table[i]; s != NULL; s = s->chain) {
            if (hash_text(s->text) % BUCKETS != i)
                bench_fail("symbol \"%.20s\" is damaged", s->text);
            uses += s->uses;
        }
    if (uses != lines * (WORDS_PER_LINE - 1))
        bench_fail("%" PRIu64 " uses counted", uses);
    bench_done(bench_mix(work, uses), "");
    return 0;
}
