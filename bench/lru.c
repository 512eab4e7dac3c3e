/* lru.c - a cache of a million entries: lru [entries] [requests] [latency]
 *
 * A hash table and a doubly linked list in order of use, strings as keys,
 * pointer-free values of 200 to 424 bytes: some 400 MB live.  Requests prefer
 * popular keys; a miss evicts the entry unused for longest.  With a third argument of 1 the clock
 * is read around every request.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

struct entry {
    struct entry *newer, *older; /* order of use */
    struct entry *chain;         /* same bucket */
    char *key;
    uint32_t *value; /* value[0] words, the others value[0] ^ hash */
    uint64_t hash;
};

static struct entry **buckets, *newest, *oldest;
static size_t bucket_mask, entry_count, entry_limit;
static uint64_t hits, misses;
static struct bench_times latency;

static uint64_t hash_string(const char *s)
{
    uint64_t h = 1469598103934665603u;

    while (*s != '\0')
        h = (h ^ (unsigned char)*s++) * 1099511628211u;
    return h ^ (h >> 29);
}

static uint32_t *make_value(uint64_t hash)
{
    uint32_t i, words = 50 + (uint32_t)(hash >> 8) % 57;
    uint32_t *v = bench_need(GC_MALLOC_ATOMIC(words * sizeof(uint32_t)));

    v[0] = words;
    for (i = 1; i < words; i++)
        v[i] = words ^ (uint32_t)hash;
    return v;
}

static void check_value(const struct entry *e)
{
    uint32_t words = e->value[0];

    if (words != 50 + (uint32_t)(e->hash >> 8) % 57
        || e->value[words / 2] != (words ^ (uint32_t)e->hash)
        || e->value[words - 1] != (words ^ (uint32_t)e->hash) || hash_string(e->key) != e->hash)
        bench_fail("entry %p (key %.40s) is damaged", (const void *)e, e->key);
}

static void unlink_entry(struct entry *e)
{
    if (e->newer != NULL)
        e->newer->older = e->older;
    else
        newest = e->older;
    if (e->older != NULL)
        e->older->newer = e->newer;
    else
        oldest = e->newer;
}

static void link_newest(struct entry *e)
{
    e->newer = NULL;
    e->older = newest;
    if (newest != NULL)
        newest->newer = e;
    else
        oldest = e;
    newest = e;
}

static void evict_oldest(void)
{
    struct entry *e = oldest, **p = &buckets[e->hash & bucket_mask];

    check_value(e);
    while (*p != e) {
        if (*p == NULL)
            bench_fail("entry %p is missing from its bucket", (void *)e);
        p = &(*p)->chain;
    }
    *p = e->chain;
    unlink_entry(e);
    e->chain = e->newer = e->older = NULL;
    entry_count--;
}

static void request(size_t id)
{
    char key[48];
    struct entry *e;
    uint64_t hash;
    size_t length = (size_t)snprintf(key, sizeof key, "user:%08zx:profile", id);

    hash = hash_string(key);
    for (e = buckets[hash & bucket_mask]; e != NULL; e = e->chain)
        if (e->hash == hash && strcmp(e->key, key) == 0)
            break;
    if (e != NULL) {
        check_value(e);
        unlink_entry(e);
        hits++;
    } else {
        if (entry_count == entry_limit)
            evict_oldest();
        e = bench_need(GC_MALLOC(sizeof(struct entry)));
        e->key = bench_need(GC_MALLOC_ATOMIC(length + 1));
        memcpy(e->key, key, length + 1);
        e->hash = hash;
        e->value = make_value(hash);
        e->chain = buckets[hash & bucket_mask];
        buckets[hash & bucket_mask] = e;
        entry_count++;
        misses++;
    }
    link_newest(e);
}

static void timed_request(size_t id)
{
    uint64_t before = bench_now_ns();

    request(id);
    bench_times_add(&latency, bench_now_ns() - before);
}

int main(int argc, char **argv)
{
    uint64_t seed = 11, i, requests;
    size_t bucket_count = 1;
    void (*serve)(size_t);
    char text[1000] = "";

    bench_init("lru");
    entry_limit = (size_t)bench_arg(argc, argv, 1, 1000000);
    requests = bench_arg(argc, argv, 2, 800000);
    serve = bench_arg(argc, argv, 3, 0) != 0 ? timed_request : request;
    while (bucket_count < entry_limit)
        bucket_count *= 2;
    bucket_mask = bucket_count - 1;
    buckets = bench_need(GC_MALLOC_IGNORE_OFF_PAGE(bucket_count * sizeof(struct entry *)));
    for (i = 0; i < entry_limit; i++)
        serve((size_t)i);
    for (i = 0; i < requests; i++) { /* the smaller of two draws: popular ids are small */
        size_t a = bench_below(&seed, 3 * entry_limit), b = bench_below(&seed, 3 * entry_limit);

        serve(a < b ? a : b);
    }
    for (i = 0; oldest != NULL; i++)
        evict_oldest();
    if (i != entry_limit)
        bench_fail("%" PRIu64 " entries at the end", i);
    if (latency.n > 0) {
        bench_times_print(&bench_pause_times, "stop", text, 500);
        bench_times_print(&latency, "op", text + strlen(text), 500);
    }
    bench_done(bench_mix(hits, misses), text);
    return 0;
}
