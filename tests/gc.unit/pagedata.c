/* pagedata.c - the parser of Solaris' /proc page data, with data made by hand */
/* variants: plain */
/* only: tidemark */
#include "check.h"
#include "../../os_dep/pagedata.c"

#define PAGE 4096u

static char buffer[4096];
static size_t used;

static void begin(unsigned long maps)
{
    struct gci_pagedata_header h = {1, 2, 0, 0};

    h.maps = maps;
    memset(buffer, 0x5A, sizeof buffer);
    memcpy(buffer, &h, sizeof h);
    used = sizeof h;
}

/* Adds a mapping whose pages are in the states that the digits tell. */
static void add(uintptr_t address, int page_bytes, const char *states)
{
    struct gci_pagedata_map m;
    size_t i, n = strlen(states);

    memset(&m, 0, sizeof m);
    m.address = address;
    m.pages = n;
    m.page_bytes = page_bytes;
    memcpy(buffer + used, &m, sizeof m);
    used += sizeof m;
    for (i = 0; i < n; i++)
        buffer[used + i] = (char)(states[i] - '0');
    used += (n + 7) / 8 * 8;
}

static char said[400];

static void note(ptr_t lo, ptr_t hi, void *arg)
{
    EXPECT(arg == (void *)said, "the argument is not the caller's");
    sprintf(said + strlen(said), "%lx-%lx ", (unsigned long)(uintptr_t)lo,
            (unsigned long)(uintptr_t)hi);
}

static int walk(size_t bytes, uintptr_t lo, uintptr_t hi)
{
    said[0] = '\0';
    return gci_pagedata_walk(buffer, bytes, (ptr_t)lo, (ptr_t)hi, note, said);
}

static void whole(void)
{
    begin(3);
    add(0x100000, PAGE, "01234567");  /* bit 0 is "modified", 1 and 2 say other things */
    add(0x108000, PAGE, "11100");     /* goes on where the first ends; padded */
    add(0x400000, 2 * PAGE, "001");
    CHECK(walk(used, 0, UINTPTR_MAX) == 0
              && strcmp(said, "101000-102000 103000-104000 105000-106000 107000-10b000 "
                              "404000-406000 ") == 0,
          "runs of modified pages, joined across mappings");
    CHECK(walk(used, 0x100000, 0x108000) == 0
              && strcmp(said, "101000-102000 103000-104000 105000-106000 107000-108000 ") == 0,
          "only what was asked for");
    CHECK(walk(used, 0x109000, 0x10a000) == 0 && strcmp(said, "109000-10a000 ") == 0,
          "a piece of a run");
    CHECK(walk(used, 0x200000, 0x300000) == 0 && said[0] == '\0', "nothing there");
    begin(0);
    CHECK(walk(used, 0, UINTPTR_MAX) == 0 && said[0] == '\0', "no mapping at all");
}

static void bad(void)
{
    size_t n, end;
    struct gci_pagedata_map m;

    begin(2);
    add(0x100000, PAGE, "11");
    add(0x200000, PAGE, "111");
    end = used - 5; /* the padding of the last one may be missing */
    CHECK(walk(end, 0, UINTPTR_MAX) == 0, "complete but for the last padding");
    for (n = 0; n < end; n++)
        EXPECT(walk(n, 0, UINTPTR_MAX) == EINVAL, "cut to %lu bytes", (unsigned long)n);
    VERDICT("cut short anywhere");
    for (n = 0; n < 5; n++) {
        begin(1);
        add(0x100000, PAGE, "11");
        memcpy(&m, buffer + sizeof(struct gci_pagedata_header), sizeof m);
        switch (n) {
        case 0:
            m.page_bytes = 0;
            break;
        case 1:
            m.page_bytes = -4096;
            break;
        case 2:
            m.page_bytes = 5000;
            break;
        case 3:
            m.pages = ~0ul;
            break;
        default:
            m.address = 0x100010;
        }
        memcpy(buffer + sizeof(struct gci_pagedata_header), &m, sizeof m);
        EXPECT(walk(used, 0, UINTPTR_MAX) == EINVAL && said[0] == '\0', "bad field %lu",
               (unsigned long)n);
    }
    VERDICT("fields that cannot be");
}

int main(void)
{
    check_start();
    whole();
    bad();
    return check_done();
}
