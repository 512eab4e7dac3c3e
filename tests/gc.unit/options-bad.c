/* options-bad.c - every environment variable of the table: nonsense is named and changes nothing, limits are accepted */
/* only: tidemark */
/* variants: plain */
/* needs: fork */
/* timeout: 120 */
#include "check.h"
#include <limits.h>

/* ---- the collector's own table ---- */

enum kind {
    KIND_FLAG, KIND_SWITCH, KIND_INT, KIND_UNSIGNED, KIND_WORD, KIND_SIZE, KIND_TEXT, KIND_ADDRESS,
    KIND_LEVEL, KIND_IN_LIST
};

struct option {
    const char *name;
    enum kind kind;
    uintmax_t least, most;
    const char *item;
};

#define OPTION(name, kind, field, dflt, least, most, doc) {#name, KIND_##kind, least, most, NULL},
#define OPTION_LEVEL(name, field, level, doc) {#name, KIND_LEVEL, 0, 1, NULL},
#define OPTION_WORD(name, item, field, doc) {#name, KIND_IN_LIST, 0, 0, item},
static const struct option table[] = {
#include "../../collector/ground/options.def"
};

enum { OPTIONS = sizeof table / sizeof *table };

/* ---- what can be seen of the settings ---- */

static struct {
    char name[64], value[100];
} setting;

/* In a process of its own, with the variable set. */
static int look(void *unused)
{
    (void)unused;
    if (setting.name[0] != '\0')
        setenv(setting.name, setting.value, 1);
    GC_INIT();
    printf("divisor %lu frequency %d time %lu disabled %d leak %d interior %d unmap %d\n",
           (unsigned long)GC_get_free_space_divisor(), GC_get_full_freq(), GC_get_time_limit(),
           GC_is_disabled(), GC_get_find_leak(), GC_get_all_interior_pointers(),
           GC_get_force_unmap_on_gcollect());
    printf("heap %lu incremental %d vdb %u", (unsigned long)GC_get_heap_size(),
           GC_is_incremental_mode(), GC_get_actual_vdb());
#ifdef GC_THREADS
    printf(" markers %d", GC_get_parallel());
#endif
    printf("\n");
    fflush(stdout);
    memset(GC_malloc(1000), 1, 1000);
    GC_gcollect();
    printf("collections %lu\n", (unsigned long)GC_get_gc_no());
    return 0;
}

static char usual[4000], text[100000];

static int child(const char *name, const char *value)
{
    snprintf(setting.name, sizeof setting.name, "%s", name);
    snprintf(setting.value, sizeof setting.value, "%s", value);
    return check_child(look, NULL, text, sizeof text);
}

/* Takes the first line that names the variable and its value out of the text. */
static int take_warning(const char *name, const char *value)
{
    char wanted[200], *at, *line, *end;

    snprintf(wanted, sizeof wanted, "%s=\"%s\"", name, value);
    if ((at = strstr(text, wanted)) == NULL)
        return 0;
    for (line = at; line > text && line[-1] != '\n';)
        line--;
    end = strchr(at, '\n');
    if (end == NULL)
        *line = '\0';
    else
        memmove(line, end + 1, strlen(end + 1) + 1);
    return 1;
}

static void malformed(const char *name, const char *value)
{
    int status = child(name, value);

    EXPECT(check_child_ok(status), "%s=%s: status %x: %.300s", name, value, (unsigned)status, text);
    EXPECT(take_warning(name, value), "%s=\"%s\" is not warned of: %.300s", name, value, text);
    EXPECT(strcmp(text, usual) == 0, "%s=\"%s\" changes something: %.600s", name, value, text);
}

static void well_formed(const char *name, const char *value)
{
    int status = child(name, value);

    EXPECT(check_child_ok(status), "%s=%s: status %x: %.300s", name, value, (unsigned)status, text);
    EXPECT(!take_warning(name, value), "%s=%s is warned of", name, value);
    EXPECT(strstr(text, "collections ") != NULL, "%s=%s: %.300s", name, value, text);
}

/* ---- values ---- */

static void bad_numbers(const struct option *o)
{
    static const char *const words[] = {"", "x", "-1", "+1", " 1", "1 ", "1x", "1e3", "0x10", "1.5",
                                        "1,2", "99999999999999999999999", "--", "%s%n"};
    char value[100];
    size_t i;

    for (i = 0; i < sizeof words / sizeof *words; i++)
        malformed(o->name, words[i]);
    if (o->least > 0) {
        snprintf(value, sizeof value, "%ju", o->least - 1);
        malformed(o->name, value);
    }
    if (o->most < UINTMAX_MAX) {
        snprintf(value, sizeof value, "%ju", o->most + 1);
        malformed(o->name, value);
    }
    if (o->kind == KIND_SIZE) {
        malformed(o->name, "k");
        malformed(o->name, "5X");
        malformed(o->name, "5kk");
        malformed(o->name, "5kB");
        malformed(o->name, "99999999999999999G");
    }
}

/* Some limits are no sensible values: they are tried where they cost nothing. */
static void good_numbers(const struct option *o)
{
    char value[100];

    snprintf(value, sizeof value, "%ju", o->least);
    well_formed(o->name, value);
    if (strcmp(o->name, "GC_MARKERS") != 0 && strcmp(o->name, "GC_INITIAL_HEAP_SIZE") != 0
        && strcmp(o->name, "GC_BACKTRACES") != 0) {
        snprintf(value, sizeof value, "%ju", o->most);
        well_formed(o->name, value);
    }
    if (o->kind == KIND_SIZE) {
        well_formed(o->name, "9M");
        well_formed(o->name, "9000k");
    }
}

static void test_option(const struct option *o)
{
    char name[100];

    switch (o->kind) {
    case KIND_FLAG: /* anything turns them on, "0" off: nothing is malformed */
    case KIND_SWITCH:
    case KIND_LEVEL:
        well_formed(o->name, "0");
        if (o->kind != KIND_SWITCH) /* 0 is not the default of a switch */
            EXPECT(strcmp(text, usual) == 0, "%s=0 changes something: %.600s", o->name, text);
        well_formed(o->name, "1");
        well_formed(o->name, "");
        well_formed(o->name, "yes");
        break;
    case KIND_INT:
    case KIND_UNSIGNED:
    case KIND_WORD:
    case KIND_SIZE:
        bad_numbers(o);
        good_numbers(o);
        break;
    case KIND_TEXT:
        malformed(o->name, "");
        break;
    case KIND_ADDRESS:
        malformed(o->name, "");
        malformed(o->name, "0x");
        malformed(o->name, "here");
        malformed(o->name, "12 ");
        malformed(o->name, "-12");
        malformed(o->name, "fffffffffffffffffffffff");
        well_formed(o->name, "0x12ab");
        well_formed(o->name, "12AB");
        break;
    case KIND_IN_LIST:
        malformed(o->name, "sleep");
        malformed(o->name, ",");
        snprintf(name, sizeof name, "%s,%s", o->item, o->item);
        malformed(o->name, name);
        snprintf(name, sizeof name, "%s,,", o->item);
        malformed(o->name, name);
        snprintf(name, sizeof name, "%sx", o->item);
        malformed(o->name, name);
        well_formed(o->name, o->item);
        break;
    }
    snprintf(name, sizeof name, "%s%s%s", o->name, o->item != NULL ? ", " : "",
             o->item != NULL ? o->item : "");
    VERDICT(name);
}

int main(void)
{
    int i;

    check_start();
    check_default_mode();
    EXPECT(check_child_ok(child("", "")), "without a variable: %.300s", text);
    snprintf(usual, sizeof usual, "%.3999s", text);
    EXPECT(strstr(usual, "divisor 3 frequency 19 time 999999 disabled 0") != NULL
               && strstr(usual, "collections 1") != NULL,
           "the defaults: %.300s", usual);
    VERDICT("defaults");
    for (i = 0; i < OPTIONS; i++)
        test_option(&table[i]);
    /* Text that names nothing there is. */
    setenv("GC_ENABLE_INCREMENTAL", "1", 1);
    (void)child("GC_VDB", "wind");
    unsetenv("GC_ENABLE_INCREMENTAL");
    CHECK(strstr(text, "GC_VDB=wind") != NULL || GC_get_supported_vdbs() == 0, "GC_VDB=wind");
    (void)child("GC_LOG_FILE", "/nowhere/to/be/found");
    CHECK(strstr(text, "GC_LOG_FILE") != NULL && strstr(text, "collections 1") != NULL,
          "a file for the log that cannot be opened");
    (void)child("GC_INITIAL_HEAP_SIZE", "9000000000000000");
    CHECK(strstr(text, "GC_INITIAL_HEAP_SIZE") != NULL && strstr(text, "collections 1") != NULL,
          "a heap that cannot be had");
    return check_done();
}
