/* options.c - reads the environment into gci_options, by the table of options.def.
 *
 * What the values mean is the business of the rooms that read them; which of them override what
 * the program has set: api/settings.c.
 *
 * [defaults-stay]  A malformed value is named in a warning and changes nothing.
 * [no-environ]     Nothing points into the environment afterwards: strings are copied.
 * [privileged]     A process with raised privileges (setuid) reads no variable at all.
 *
 * Called in GC_init, by one thread.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/ground.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#if !defined(_WIN32)
# include <unistd.h>
#endif

enum kind { KIND_FLAG, KIND_SWITCH, KIND_INT, KIND_UNSIGNED, KIND_WORD, KIND_SIZE, KIND_TEXT,
            KIND_ADDRESS, KIND_LEVEL, KIND_IN_LIST };
typedef bool type_of_FLAG;
typedef int type_of_SWITCH;
typedef int type_of_INT;
typedef unsigned type_of_UNSIGNED;
typedef word type_of_WORD;
typedef size_t type_of_SIZE;
typedef const char *type_of_TEXT;
typedef const char *type_of_ADDRESS;

struct option {
    const char *name;
    enum kind kind;
    unsigned place;      /* offset in struct gci_options */
    uintmax_t least, most; /* KIND_LEVEL: least is the level */
    const char *item;    /* KIND_IN_LIST */
};

/* A field whose type does not fit the kind does not compile. */
#define HAS_TYPE(field, type) \
    __builtin_types_compatible_p(__typeof__(((struct gci_options *)0)->field), type)
#define OPTION(name, kind, field, dflt, least, most, doc) \
    _Static_assert(HAS_TYPE(field, type_of_##kind), #name ": kind and type differ");
#define OPTION_LEVEL(name, field, level, doc) \
    _Static_assert(HAS_TYPE(field, int), #name ": kind and type differ");
#define OPTION_WORD(name, item, field, doc) \
    _Static_assert(HAS_TYPE(field, bool), #name ": kind and type differ");
#include "options.def"
#undef OPTION
#undef OPTION_LEVEL
#undef OPTION_WORD

#define OPTION(name, kind, field, dflt, least, most, doc) .field = (dflt),
#define OPTION_LEVEL(name, field, level, doc)
#define OPTION_WORD(name, item, field, doc)
struct gci_options gci_options = {
#include "options.def"
};
#undef OPTION
#undef OPTION_LEVEL
#undef OPTION_WORD

#define OPTION(name, kind, field, dflt, least, most, doc) \
    { #name, KIND_##kind, offsetof(struct gci_options, field), least, most, NULL },
#define OPTION_LEVEL(name, field, level, doc) \
    { #name, KIND_LEVEL, offsetof(struct gci_options, field), level, level, NULL },
#define OPTION_WORD(name, item, field, doc) \
    { #name, KIND_IN_LIST, offsetof(struct gci_options, field), 0, 0, item },
static const struct option table[] = {
#include "options.def"
};
#undef OPTION
#undef OPTION_LEVEL
#undef OPTION_WORD

enum { TABLE_ENTRIES = sizeof(table) / sizeof(table[0]) };

const char *gci_options_getenv(const char *name)
{
#if defined(_WIN32) || defined(GCI_OS_WASI) || defined(GCI_OS_NONE) /* no users */
    return getenv(name);
#elif defined(HAVE_SECURE_GETENV) || defined(__GLIBC__)
    return secure_getenv(name);
#else
    return geteuid() == getuid() && getegid() == getgid() ? getenv(name) : NULL;
#endif
}

/* ---- Parsing: NULL, or what is wrong with the value ---- */

/* Digits of the base up to *end; false when there are none. Too large a number gives UINTMAX_MAX,
   which no option allows. */
static bool parse_digits(const char *text, unsigned base, uintmax_t *result, const char **end)
{
    const char *t = text;
    uintmax_t n = 0;

    for (;; t++) {
        unsigned digit;

        if (*t >= '0' && *t <= '9')
            digit = (unsigned)(*t - '0');
        else if (base == 16 && *t >= 'a' && *t <= 'f')
            digit = (unsigned)(*t - 'a' + 10);
        else if (base == 16 && *t >= 'A' && *t <= 'F')
            digit = (unsigned)(*t - 'A' + 10);
        else
            break;
        n = n > (UINTMAX_MAX - digit) / base ? UINTMAX_MAX : n * base + digit;
    }
    *result = n;
    *end = t;
    return t != text;
}

static const char *parse_number(const struct option *o, const char *text, uintmax_t *n)
{
    const char *end;
    unsigned shift = 0;

    if (!parse_digits(text, 10, n, &end))
        return "is not a number";
    if (o->kind == KIND_SIZE && *end != '\0') {
        switch (*end) {
        case 'k': case 'K': shift = 10; break;
        case 'm': case 'M': shift = 20; break;
        case 'g': case 'G': shift = 30; break;
        default: return "is not a size (a number and perhaps k, M or G)";
        }
        end++;
    }
    if (*end != '\0')
        return o->kind == KIND_SIZE ? "is not a size (a number and perhaps k, M or G)"
                                    : "is not a number";
    if (*n > (UINTMAX_MAX >> shift) || (*n << shift) > o->most || (*n << shift) < o->least)
        return "is out of range";
    *n <<= shift;
    return NULL;
}

static const char *parse_text(const struct option *o, const char *text, const char **copy)
{
    size_t bytes = strlen(text) + 1;
    const char *end;
    uintmax_t n;
    char *mine;

    if (o->kind == KIND_ADDRESS) {
        const char *digits = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? text + 2 : text;

        if (!parse_digits(digits, 16, &n, &end) || *end != '\0' || n >= UINTPTR_MAX)
            return "is not a hexadecimal address";
    }
    if (bytes == 1)
        return "is empty";
    mine = gci_meta_alloc(bytes);
    if (mine == NULL)
        return "cannot be kept: no memory";
    memcpy(mine, text, bytes);
    *copy = mine;
    return NULL;
}

/* Is `item` one of the words of the comma-separated list? */
static bool list_has(const char *list, const char *item)
{
    size_t length = strlen(item);

    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        if (*at == ',')
            at++;
        if (strncmp(at, item, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return false;
}

/* Every word of the list must be an item of this variable. */
static const char *check_list(const struct option *o, const char *list)
{
    size_t expected = *list == '\0' ? 0 : 1, found = 0;

    for (const char *at = list; (at = strchr(at, ',')) != NULL; at++)
        expected++;
    for (int i = 0; i < TABLE_ENTRIES; i++)
        if (table[i].kind == KIND_IN_LIST && strcmp(table[i].name, o->name) == 0)
            found += list_has(list, table[i].item);
    return found < expected ? "has an unknown or repeated word" : NULL;
}

static const char *parse(const struct option *o, const char *text)
{
    void *place = (char *)&gci_options + o->place;
    bool on = strcmp(text, "0") != 0;
    const char *wrong = NULL;
    uintmax_t n = 0;

    switch (o->kind) {
    case KIND_FLAG:
        *(bool *)place = on;
        break;
    case KIND_SWITCH:
        *(int *)place = on;
        break;
    case KIND_LEVEL:
        if (on && *(int *)place < (int)o->least)
            *(int *)place = (int)o->least;
        break;
    case KIND_IN_LIST:
        wrong = check_list(o, text);
        if (wrong == NULL)
            *(bool *)place = list_has(text, o->item);
        break;
    case KIND_INT:
    case KIND_UNSIGNED:
    case KIND_WORD:
    case KIND_SIZE:
        wrong = parse_number(o, text, &n);
        if (wrong != NULL)
            break;
        if (o->kind == KIND_INT)
            *(int *)place = (int)n;
        else if (o->kind == KIND_UNSIGNED)
            *(unsigned *)place = (unsigned)n;
        else if (o->kind == KIND_WORD)
            *(word *)place = (word)n;
        else
            *(size_t *)place = (size_t)n;
        break;
    case KIND_TEXT:
    case KIND_ADDRESS:
        wrong = parse_text(o, text, (const char **)place);
        break;
    }
    return wrong;
}

void gci_options_read(void)
{
    static bool done;
    const char *warned_of = ""; /* one warning for a list, not one per item */

    if (done)
        return;
    done = true;
    for (int i = 0; i < TABLE_ENTRIES; i++) {
        const char *text = gci_options_getenv(table[i].name);
        const char *wrong = text == NULL ? NULL : parse(&table[i], text);

        if (wrong != NULL && strcmp(warned_of, table[i].name) != 0) {
            gci_warn_text("%s=\"%.100s\" %s; ignored", table[i].name, text, wrong);
            warned_of = table[i].name;
        }
    }
    if (gci_options.no_blacklist_warning)
        gci_options.large_alloc_warn_interval = ~(word)0;
}
