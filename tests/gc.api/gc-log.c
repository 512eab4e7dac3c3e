/* gc-log.c - gc.h: GC_set_log_fd redirects the log */
/* variants: plain */
/* env: GC_PRINT_STATS=1 */
/* purpose: what statistics print goes to the descriptor that was set, nothing before */
#include "check.h"

int main(void)
{
    FILE *f = tmpfile();
    off_t at_first;

    check_start();
    GC_INIT();
    GC_gcollect();
    at_first = lseek(fileno(f), 0, SEEK_END);
    GC_set_log_fd(fileno(f));
    GC_gcollect();
    CHECK(at_first == 0 && lseek(fileno(f), 0, SEEK_END) > 0, "the log goes to its descriptor");
    GC_set_log_fd(2);
    fclose(f);
    return check_done();
}
