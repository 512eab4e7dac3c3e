/* blacklist-quiet.c - the warning of blacklist-warn.c can be turned off */
/* only: tidemark */
/* env: GC_NO_BLACKLIST_WARNING=1 */
#define QUIET 1
#include "blacklist-warn.c"
