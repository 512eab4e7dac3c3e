/* budget.c - scattered stores all over a large heap leave the number of mappings small */
/* variants: vdb-mprotect vdb-uffd vdb-soft vdb-none */
/* timeout: 180 */
#include "vdb.h"
#ifndef __linux__
int main(void)
{
    check_start();
    check_unsupported("no /proc/self/maps");
    return check_done();
}
#else

/* At 100 percent 400 MB, in objects of a page and a half each. */
#define OBJECTS 66000
#define OBJECT_BYTES 6000

static void ***object;
static check_rng rng;

static long count_mappings(void)
{
    FILE *f = fopen("/proc/self/maps", "r");
    long n = 0;
    int c;

    if (f == NULL)
        return 0;
    while ((c = getc(f)) != EOF)
        n += c == '\n';
    fclose(f);
    return n;
}

static long limit(void)
{
    FILE *f = fopen("/proc/sys/vm/max_map_count", "r");
    long n = 65530;

    if (f != NULL) {
        if (fscanf(f, "%ld", &n) != 1)
            n = 65530;
        fclose(f);
    }
    return n;
}

int main(void)
{
    long objects, i, k, rounds, most = 0, quiet, now, bad = 0;

    if (!vdb_start())
        return check_done();
    check_rng_seed(&rng, 40);
    objects = check_work(2 * OBJECTS); /* the variants do half */
    rounds = 6;
    object = (void ***)GC_malloc((size_t)objects * sizeof *object);
    for (i = 0; i < objects; i++) {
        void **p = (void **)GC_malloc(OBJECT_BYTES);

        p[0] = (void *)i;
        GC_PTR_STORE_AND_DIRTY(&object[i], p);
    }
    GC_gcollect();
    quiet = count_mappings();
    for (k = 0; k < rounds; k++) {
        (void)vdb_enter();
        for (i = 0; i < objects; i++) { /* alternate objects: no two neighbouring pages */
            long at = k % 2 ? (long)check_below(&rng, (unsigned)objects) : (i * 7919) % objects;

            GC_PTR_STORE_AND_DIRTY(&object[at][1 + k], object[(at + 1) % objects]);
            vdb_did();
            if (i % 4096 == 0) {
                now = count_mappings();
                if (now > most)
                    most = now;
            }
        }
        vdb_leave();
        now = count_mappings();
        if (now > most)
            most = now;
    }
    for (i = 0; i < objects; i++)
        bad += object[i][0] != (void *)i;
    check_note("%lu MB, %ld mappings before, at most %ld; the system allows %ld",
               (unsigned long)(GC_get_heap_size() >> 20), quiet, most, limit());
    CHECK(bad == 0, "the objects are whole");
    CHECK(most < limit() / 2, "half the mappings are left to the program");
#ifdef GC_VDB_UFFD
    if (GC_get_actual_vdb() == GC_VDB_UFFD || GC_get_actual_vdb() == GC_VDB_SOFT)
        CHECK(most < quiet + 200, "asking the kernel splits no mapping");
    if (getenv("GC_TEST_VDB_WORKS") != NULL)
        CHECK(vdb_is_right(getenv("GC_VDB")), "the provider is at work to the end");
#endif
    vdb_judge();
    return check_done();
}
#endif
