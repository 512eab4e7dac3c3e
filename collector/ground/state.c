/* state.c - the collector's state that no single room owns, and the table of hooks.
 *
 * What a room owns stays in its own file.  Who writes the fields: ground.h, hooks.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/ground.h"
#include "private/hooks.h"

struct gci_state gci_state;
struct gci_hooks gci_hooks;
