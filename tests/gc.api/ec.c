/* ec.c - ec.h: cords that grow by characters; the handler for lack of memory */
/* needs: children */
/* variants: plain verify */
/* libs: cord */
/* only: tidemark */
/* purpose: CORD_ec gives what was appended; CORD_set_oom_fn's function is called */
#include "check.h"
#include <gc/ec.h>

static void on_oom(void)
{
    printf("handler called\n");
    fflush(stdout);
    _exit(5);
}

static int run_out(void *unused)
{
    CORD x;

    (void)unused;
    GC_set_warn_proc(GC_ignore_warn_proc);
    GC_set_max_heap_size(GC_get_heap_size() + 4000000);
    CORD_set_oom_fn(on_oom);
    x = CORD_chars('x', 1000000000);
    (void)CORD_to_char_star(x);
    return 0;
}

int main(void)
{
    CORD_ec b;
    CORD x;
    char text[200];
    long i, n = 100000;
    int status;

    check_start();
    GC_INIT();
    CORD_ec_init(b);
    CHECK(CORD_ec_to_cord(b) == CORD_EMPTY, "empty at first");
    for (i = 0; i < n; i++)
        CORD_ec_append(b, 'a' + i % 26);
    CORD_ec_append_cord(b, "--end--");
    CORD_ec_append(b, '.');
    x = CORD_balance(CORD_ec_to_cord(b));
    CHECK(CORD_len(x) == (size_t)n + 8, "the length is right");
    for (i = 0; i < n; i += 97)
        EXPECT(CORD_fetch(x, (size_t)i) == 'a' + i % 26, "character %ld", i);
    VERDICT("the characters are right");
    CHECK(CORD_cmp(CORD_substr(x, (size_t)n, 8), "--end--.") == 0, "a cord among them");
    CORD_ec_append(b, '!');
    CHECK(CORD_len(CORD_ec_to_cord(b)) == (size_t)n + 9 && CORD_len(x) == (size_t)n + 8,
          "appending may go on");
    CHECK(CORD_get_oom_fn() == 0, "no handler at first");
    CORD_set_oom_fn(on_oom);
    CHECK(CORD_get_oom_fn() == on_oom && CORD_oom_fn == on_oom, "CORD_set_oom_fn");
    CORD_set_oom_fn(0);
    status = check_child(run_out, NULL, text, sizeof text);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5 && strstr(text, "handler called") != NULL,
          "the handler is called");
    return check_done();
}
