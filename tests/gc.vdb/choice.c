/* choice.c - which dirty bits are used: what the machine has is taken, what GC_VDB forces, what the log says */
/* needs: children */
/* variants: plain */
/* only: tidemark */
/* timeout: 120 */
#include "vdb.h"
#include "vdb-host.h"
#ifdef _WIN32
int main(void)
{
    check_start();
    check_unsupported("no child processes");
    return check_done();
}
#else

#define KNOWN (sizeof host_vdbs / sizeof *host_vdbs)

static unsigned bit_of(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof vdb_known / sizeof *vdb_known; i++)
        if (strcmp(vdb_known[i].name, name) == 0)
            return vdb_known[i].bit;
    return 0;
}

/* Each in a fresh process: prints what is at work. */
static int child(void *name)
{
    if (name != NULL)
        setenv("GC_VDB", (const char *)name, 1);
    setenv("GC_PRINT_STATS", "1", 1);
    GC_set_manual_vdb_allowed(name != NULL && strcmp((const char *)name, "manual") == 0);
    GC_INIT();
    GC_enable_incremental();
    printf("supported=%u actual=%u mode=%d needs=%d\n", GC_get_supported_vdbs(),
           GC_get_actual_vdb(), GC_is_incremental_mode(), GC_incremental_protection_needs());
    (void)vdb_enter();
    memset(GC_malloc(100000), 1, 100000);
    vdb_leave();
    GC_gcollect();
    return 0;
}

struct answer {
    unsigned supported, actual;
    int mode, needs;
    char text[8000];
};

static int ask(const char *name, struct answer *a)
{
    int status = check_child(child, (void *)(uintptr_t)name, a->text, sizeof a->text);
    const char *line = strstr(a->text, "supported=");

    EXPECT(check_child_ok(status), "GC_VDB=%s: status %x: %s", name != NULL ? name : "",
           (unsigned)status, a->text);
    return line != NULL
           && sscanf(line, "supported=%u actual=%u mode=%d needs=%d", &a->supported, &a->actual,
                     &a->mode, &a->needs) == 4;
}

int main(void)
{
    static struct answer a;
    unsigned supported;
    size_t i;

    check_start();
    unsetenv("GC_VDB");
    unsetenv("GC_ENABLE_INCREMENTAL");
    CHECK(ask(NULL, &a), "the mode can be asked for");
    supported = a.supported;
    if (supported == GC_VDB_NONE) {
        CHECK(a.actual == GC_VDB_NONE && !a.mode, "without dirty bits the world is stopped");
        check_unsupported("this library was built without incremental mode");
        return check_done();
    }
    CHECK((a.actual & ~supported) == 0, "only what is supported is at work");
    if (host_uffd() == NULL && (supported & GC_VDB_UFFD))
        CHECK(a.actual == GC_VDB_UFFD, "the best the machine has comes first");
    else if (host_soft() == NULL && (supported & GC_VDB_SOFT))
        CHECK(a.actual == GC_VDB_SOFT, "the second best comes next");
    else if (host_mprotect() == NULL && (supported & GC_VDB_MPROTECT))
        CHECK(a.actual == GC_VDB_MPROTECT, "write protection comes last");
    for (i = 0; i < KNOWN; i++) {
        const char *why = host_vdbs[i].why_not();
        unsigned bit = bit_of(host_vdbs[i].name);
        char name[100];

        if (!(supported & bit) || bit == GC_VDB_DEFAULT)
            continue;
        EXPECT(ask(host_vdbs[i].name, &a), "no answer");
        if (why == NULL) {
            snprintf(name, sizeof name, "GC_VDB=%s forces it", host_vdbs[i].name);
            CHECK(a.actual == bit && a.mode, name);
            if (bit != GC_VDB_MPROTECT)
                EXPECT(a.needs == GC_PROTECTS_NONE, "%s protects memory", host_vdbs[i].name);
            else
                EXPECT(a.needs & GC_PROTECTS_POINTER_HEAP, "mprotect protects no memory");
        } else {
            snprintf(name, sizeof name, "GC_VDB=%s is not pretended", host_vdbs[i].name);
            CHECK(a.actual != bit, name);
            snprintf(name, sizeof name, "the log says why not %s", host_vdbs[i].name);
            CHECK(strstr(a.text, host_vdbs[i].name) != NULL, name);
        }
    }
    EXPECT(ask("none", &a), "no answer");
    CHECK(a.actual == GC_VDB_NONE || a.actual == GC_VDB_DEFAULT, "GC_VDB=none");
    EXPECT(ask("nonsense", &a), "no answer");
    CHECK(strstr(a.text, "nonsense") != NULL, "a name nobody knows is named in a warning");
    VERDICT("answers");
    return check_done();
}
#endif
