/* SPDX-License-Identifier: Apache-2.0
 * cmd_log_int.h: an entry as a row, for the commands of the log. */
#ifndef TOOLS_CMD_LOG_INT_H
#define TOOLS_CMD_LOG_INT_H

#include "tools/ctx.h"
#include "storage/feed.h"

json_t *cmd_log_row(struct ctx *ctx, const struct entry_ref *entry);
/* For people: "at" and "by", when and by whom. */
void cmd_log_add_words(struct ctx *ctx, json_t *row, struct feed_no no);

#endif
