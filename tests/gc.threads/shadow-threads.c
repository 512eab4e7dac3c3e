/* shadow-threads.c - a model per thread, threads born and dying, messages between them */
/* threads: required */
/* variants: plain verify stress incremental nomarkers markers4 */
/* timeout: 180 */
#include "shadow-threads.h"

int main(void)
{
    check_start();
    GC_INIT();
    GC_allow_register_threads();
    shadow_generations(6, check_work(40000));
    return check_done();
}
