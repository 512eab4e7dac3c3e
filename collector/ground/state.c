/* state.c - the collector's state that no single room owns.
 *
 * What a room owns stays in its own file.  Who writes the fields: ground.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/ground.h"

struct gci_state gci_state;
