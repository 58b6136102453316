/* SPDX-License-Identifier: Apache-2.0
 * cmd_audit_feeds.c: every feed of the roster as held here: how much, what root, and whether it has two histories. */
#include "cmd_audit_int.h"
#include "cmd_int.h"
#include "storage/query.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/table.h"

static const char *state_code(enum feed_state state)
{
	static const char *const codes[] = {
	        [FEED_OPEN] = "open", [FEED_HELD] = "held", [FEED_CUT] = "cut", [FEED_VOID] = "void"};

	return codes[state];
}

/* By the newest statement, if its head is not seen to be on another branch. */
static bool is_covered(struct ctx *ctx, struct feed_no no, const struct feed_info *info, struct head *out)
{
	return query_covered(ctx->txn, no, out) &&
	       (out->size > info->head.size || feed_has_head(ctx->txn, no, out));
}

json_t *cmd_audit_feed_row(struct ctx *ctx, struct feed_no no)
{
	const struct roster_feed *feed = roster_feed(ctx->roster, no);
	struct feed_info info;
	struct head covered;
	json_t *row = row_new();

	if (!feed_info(ctx->txn, no, &info)) {
		row_count(row, "number", no.n);
		return row;
	}
	row_hex(row, "feed", ctx, BYTES_OF(info.id.bytes));
	row_count(row, "number", no.n);
	row_member(row, "member", ctx, feed->member);
	row_json(row, "roles", names_roles(roster_roles_at(ctx->roster, no, ctx->roster->size)));
	row_count(row, "size", info.head.size);
	row_hex(row, "root", ctx, BYTES_OF(info.head.root.bytes));
	row_string(row, "state", state_code(info.state));
	row_string(row, "last", info.last_time_ms > 0 ? names_instant(ctx, info.last_time_ms) : NULL);
	row_count(row, "covered", is_covered(ctx, no, &info, &covered) ? covered.size : 0);
	return row;
}

static const struct column columns[] = {
        {"number", N_("Feed"), CELL_COUNT},
        {"member", N_("Member"), CELL_TEXT},
        {"roles", N_("Roles"), CELL_CODES},
        {"size", N_("Entries"), CELL_COUNT},
        {"covered", N_("Covered"), CELL_COUNT},
        {"state", N_("State"), CELL_CODE},
        {"last", N_("Newest entry"), CELL_TEXT},
};

enum exit_code cmd_audit_feeds(struct ctx *ctx)
{
	json_t *rows = json_array();

	for (uint32_t i = 0; i < ctx->roster->feeds_count; i++)
		row_add(rows, cmd_audit_feed_row(ctx, (struct feed_no){i}));
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:o}", "feeds", rows));
	table_rows(rows, COLUMNS(columns), _("The roster has no feeds yet."));
	json_decref(rows);
	return ctx_end(ctx);
}
