/* SPDX-License-Identifier: Apache-2.0
 * cmd_network_int.h: what the files of `lontar network anchor` share. */
#ifndef TOOLS_CMD_NETWORK_INT_H
#define TOOLS_CMD_NETWORK_INT_H

#include "log/anchor_line.h"
#include "tools/ctx.h"
#include "tools/names.h"

/* The store of a node that knows its network. False: said in the trouble. */
bool cmd_network_open(struct ctx *ctx);
/* "none", "followed", "awaits", "leaves", "barred": how far what is held follows the newest anchor known. */
const char *cmd_network_state(struct ctx *ctx);
void cmd_network_warn(struct ctx *ctx); /* where that is not as it should be */
json_t *cmd_network_json(struct ctx *ctx, const struct anchor *a);
void cmd_network_explain(struct ctx *ctx, const struct anchor *a); /* in words, beside the result */
const char *cmd_network_line(struct ctx *ctx, const struct anchor *a);
/* Are the successor's keys in the roster where the anchor takes effect, so that they cannot enter? */
bool cmd_network_taken(const struct roster *r, const struct anchor *a);
/* An option's value where it is a line of ours, else the text of the file that it names. */
bool cmd_network_argument(struct ctx *ctx, enum opt opt, struct bytes *out);
/* Does the line begin with that, blanks aside? */
bool cmd_network_begins(struct bytes line, const char *prefix);
enum exit_code cmd_network_import(struct ctx *ctx);

#endif
