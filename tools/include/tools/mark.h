/* SPDX-License-Identifier: Apache-2.0
 * mark.h: before a command shows a signature of the node's own feed, the mark is durable there (docs/PROTOCOL.md 8):
 * in the store, then in its copy outside the node's directory. */
#ifndef TOOLS_MARK_H
#define TOOLS_MARK_H

#include "log/checkpoint.h"
#include "tools/ctx.h"

/* Nothing to do where the mark is there already. While a daemon runs it alone moves the mark: ERR_STORE_BUSY then. */
MUST_USE enum err mark_raise(struct ctx *ctx, const struct head *head);

#endif
