/* SPDX-License-Identifier: Apache-2.0
 * mark.h: before a command shows a signature of the node's own feed, the mark is durable there (docs/PROTOCOL.md 8):
 * in the store, then in its copy outside the node's directory. */
#ifndef TOOLS_MARK_H
#define TOOLS_MARK_H

#include "log/checkpoint.h"
#include "tools/ctx.h"

/* HEAD: a signed head of the own feed. Asked of the daemon where one runs; else this is a start as a daemon's is, and the
 * store is first held against the copy. Not ERR_OK: show nothing; it is said in the trouble (ERR_RESTORED, ERR_FORKED:
 * nothing of the own feed leaves; ERR_NOT_FOUND: it made way for what came back a moment ago). What is borrowed from
 * ctx's snapshot is gone afterwards: a new one is open. */
MUST_USE enum err mark_raise(struct ctx *ctx, const struct head *head);

#endif
