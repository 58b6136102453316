/* SPDX-License-Identifier: Apache-2.0
 * cmd_audit_int.h: what the files of `audit` share. */
#ifndef TOOLS_CMD_AUDIT_INT_H
#define TOOLS_CMD_AUDIT_INT_H

#include "tools/ctx.h"

/* A feed as held here: {"number","feed","member","roles","size","root","state","last","covered"}. */
json_t *cmd_audit_feed_row(struct ctx *ctx, struct feed_no no);

#endif
