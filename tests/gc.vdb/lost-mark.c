/* lost-mark.c - GC_VERIFY finds a reachable object whose mark was lost: behind a root, behind an object */
/* needs: children */
/* variants: verify-uffd verify-mprotect verify-soft */
/* timeout: 120 */
#include "vdb.h"
#include <gc/gc_mark.h>

static void **behind_root;
static void *victim; /* hidden */

/* Called when roots are pushed, static data already have been: a mark goes that marking had set. */
static void GC_CALLBACK lose_mark(void)
{
    GC_clear_mark_bit(check_reveal((GC_word)victim));
}

static int run(void *arg)
{
    int lose = *(int *)arg;

    (void)setenv("GC_VERIFY", "1", 1);
    GC_INIT();
    GC_enable_incremental();
    if (!GC_is_incremental_mode())
        return 77;
    behind_root = (void **)GC_malloc(2 * sizeof(void *));
    behind_root[0] = GC_malloc_atomic(64);
    GC_END_STUBBORN_CHANGE(behind_root);
    victim = (void *)check_hide(lose == 2 ? behind_root[0] : (void *)behind_root);
    if (lose != 0)
        GC_set_push_other_roots(lose_mark);
    (void)vdb_enter();
    vdb_leave();
    return 0;
}

int main(void)
{
    static char text[4096];
    int lose, status;

    check_start();
    for (lose = 0; lose <= 2; lose++) {
        status = check_child(run, &lose, text, sizeof text);
        if (lose == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 77) {
            check_unsupported("no incremental mode");
            return check_done();
        }
        check_note("%s", text);
        if (lose == 0)
            CHECK(check_child_ok(status), "nothing is found where nothing is lost");
        else if (lose == 1)
            CHECK(!check_child_ok(status) && strstr(text, "a root leads to") != NULL,
                  "a lost mark behind a root is found");
        else
            CHECK(!check_child_ok(status) && strstr(text, "GC_VERIFY") != NULL,
                  "a lost mark behind an object is found");
    }
    return check_done();
}
