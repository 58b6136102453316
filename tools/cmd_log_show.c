/* SPDX-License-Identifier: Apache-2.0
 * cmd_log_show.c: one entry whole. One of ours that had to make way for what others held, and was appended again, is found
 * by its old reference too; of one that was not appended again it is said why, and what was in it; one that a cutoff set
 * aside is shown as void. */
#include <stdio.h>

#include "cmd_int.h"
#include "cmd_log_int.h"
#include "ledger/kinds.h"
#include "log/key_share.h"
#include "log/kinds.h"
#include "storage/query.h"
#include "storage/view.h"
#include "tools/conflicts.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/table.h"

/* Whose secrets they are is not for a terminal: only which channels. */
static json_t *channels_json(struct ctx *ctx, struct bytes body)
{
	struct key_share share;
	struct key_share_row shared;
	json_t *list = json_array();

	if (key_share_unpack(body, &share) != ERR_OK)
		return list;
	while (key_share_next(&share, &shared)) {
		struct entry_ref entry;
		struct reference ref = {.place = shared.channel};
		if (feed_entry(ctx->txn, shared.channel, &entry))
			ref = feed_reference(&entry);
		must(json_array_append_new(list, json_string(names_reference(ctx, &ref))) == 0);
	}
	bytes_wipe(&shared, sizeof shared);
	return list;
}

static void put_body(struct ctx *ctx, json_t *row, struct place place)
{
	struct bytes_out scratch =
	        bytes_out(arena_take(&ctx->arena, ENTRY_PAYLOAD_BYTES_MAX), ENTRY_PAYLOAD_BYTES_MAX);
	struct statement s;
	enum err e = view_statement(ctx->txn, place, &scratch, &s);

	row_string(row, "opened", e == ERR_OK ? "yes" : err_code(e));
	if (e == ERR_OK && s.kind != KIND_KEY_SHARE)
		row_base64(row, "body", ctx, s.body);
	else
		row_null(row, "body");
	if (e == ERR_OK && s.kind == KIND_KEY_SHARE)
		row_json(row, "channels", channels_json(ctx, s.body));
}

static const char *became(enum rewrite_what what)
{
	switch (what) {
	case REWRITE_AGAIN:
		return "appended_again";
	case REWRITE_BACK:
		return "came_back";
	case REWRITE_REFUSED:
		return "refused_again";
	case REWRITE_DROPPED:
		return "made_anew";
	}
	return "unknown";
}

static void put_rewrite(struct ctx *ctx, json_t *row, const struct rewrite *r)
{
	row_reference(row, "was", ctx, &r->was);
	row_string(row, "became", became(r->what));
	row_string(row, "became_at", names_instant(ctx, r->wall_ms));
}

/* The reference that it had before, if it had one: the oldest. */
static void put_before(struct ctx *ctx, json_t *row, const struct reference *now)
{
	struct own_at at = {0};
	struct rewrite step, end;
	bool found = false;

	while (!found && rewrites_next(ctx->txn, &at, &step))
		found = rewrites_find(ctx->txn, &step.was, &end) && rewrites_has_successor(&end) &&
		        reference_equal(&end.now, now);
	if (found) {
		put_rewrite(ctx, row, &end);
		return;
	}
	row_null(row, "was");
	row_null(row, "became");
	row_null(row, "became_at");
}

/* What a rule refused when it was to be appended again. */
static void put_refused(struct ctx *ctx, json_t *row, const struct reference *was)
{
	struct own_at at = {0};
	struct rewrite_refused r;
	const struct kind_info *info;

	while (rewrites_refused(ctx->txn, &at, &r)) {
		if (!reference_equal(&r.was, was))
			continue;
		info = kind_info(r.kind);
		row_string(row, "kind", info ? info->name : "sealed");
		row_string(row, "at", names_instant(ctx, r.time_ms));
		row_string(row, "rejected", err_code(r.why));
		row_string(row, "reason", _(err_text(r.why)));
		if (r.kind != KIND_KEY_SHARE)
			row_base64(row, "body", ctx, r.body);
		return;
	}
}

static const struct column withdrawn_columns[] = {
        {"was", N_("Was before"), CELL_TEXT},
        {"became", N_("Why"), CELL_CODE},
        {"became_at", N_("Since"), CELL_TEXT},
        {"kind", N_("Kind"), CELL_TEXT},
        {"at", N_("Time"), CELL_TEXT},
        {"reason", N_("Rejected"), CELL_TEXT},
        {"body", N_("Body"), CELL_TEXT},
};

static enum exit_code show_withdrawn(struct ctx *ctx, const struct rewrite *r)
{
	json_t *row = row_new();

	row_null(row, "entry");
	put_rewrite(ctx, row, r);
	if (r->what == REWRITE_REFUSED)
		put_refused(ctx, row, &r->was);
	if (ctx->form == SAY_JSON) {
		(void)ctx_print_json(ctx, row);
	} else {
		table_object(row, COLUMNS(withdrawn_columns));
		json_decref(row);
	}
	return trouble_is(&ctx->trouble) ? ctx_end(ctx) : EXIT_NO;
}

/* A void entry that is not held any more: what of it is kept. */
static json_t *void_row(struct ctx *ctx, const struct aside_item *item)
{
	const struct statement *s = &item->statement;
	const struct kind_info *info = kind_info(s->kind);
	bool opened = item->opened == ERR_OK;
	json_t *row = row_new();

	row_reference(row, "entry", ctx, &s->ref);
	row_yes(row, "void", true);
	row_count(row, "feed_number", s->ref.place.feed.n);
	row_count(row, "seq", s->ref.place.seq);
	row_count(row, "time", s->time_ms);
	cmd_log_add_words(ctx, row, s->ref.place.feed);
	row_string(row, "kind", !opened ? "sealed" : info ? info->name : "unknown");
	row_count(row, "audience", s->audience);
	row_string(row, "opened", opened ? "yes" : err_code(item->opened));
	if (opened && s->kind != KIND_KEY_SHARE)
		row_base64(row, "body", ctx, s->body);
	else
		row_null(row, "body");
	return row;
}

static const struct column void_columns[] = {
        {"entry", N_("Entry"), CELL_TEXT},
        {"by", N_("By"), CELL_TEXT},
        {"at", N_("Time"), CELL_TEXT},
        {"kind", N_("Kind"), CELL_TEXT},
        {"opened", N_("Opened"), CELL_CODE},
        {"body", N_("Body"), CELL_TEXT},
};

/* Of what is not held: did a cutoff set it aside? */
static enum exit_code show_void(struct ctx *ctx, struct field f)
{
	struct conflicts *conflicts = conflicts_open(ctx);
	const struct aside_item *item = conflicts_entry(conflicts, f.text);
	json_t *row = NULL;

	if (item) {
		trouble_clear(&ctx->trouble);
		row = void_row(ctx, item);
	}
	conflicts_close(conflicts);
	if (row && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, row);
	if (row) {
		table_object(row, COLUMNS(void_columns));
		(void)printf("%s\n", _("Void: it lies beyond or off the feed's cutoff and has no effect "
		                       "(`lontar why` says more)."));
	}
	json_decref(row);
	return ctx_end(ctx);
}

static const struct column columns[] = {
        {"entry", N_("Entry"), CELL_TEXT},
        {"was", N_("Was before"), CELL_TEXT},
        {"became", N_("Why"), CELL_CODE},
        {"became_at", N_("Since"), CELL_TEXT},
        {"by", N_("By"), CELL_TEXT},
        {"at", N_("Time"), CELL_TEXT},
        {"received", N_("Received"), CELL_TEXT},
        {"kind", N_("Kind"), CELL_TEXT},
        {"rejected", N_("Rejected"), CELL_TEXT},
        {"opened", N_("Opened"), CELL_CODE},
        {"id", N_("Id"), CELL_TEXT},
        {"header", N_("Header"), CELL_TEXT},
        {"body", N_("Body"), CELL_TEXT},
        {"channels", N_("Opens"), CELL_CODES},
};

enum exit_code cmd_log_show(struct ctx *ctx)
{
	struct field f = names_word(ctx, 0, "ENTRY");
	struct rewrite rewrite;
	struct entry_header header;
	struct entry_ref entry;
	uint64_t received_ms;
	struct reference ref;
	json_t *row;

	if (names_rewrite(ctx, f, &rewrite) && !rewrites_has_successor(&rewrite))
		return show_withdrawn(ctx, &rewrite);
	ref = names_entry(ctx, f);
	if (ctx->trouble.err == ERR_NOT_FOUND)
		return show_void(ctx, f);
	if (trouble_is(&ctx->trouble) || !feed_entry(ctx->txn, ref.place, &entry))
		return ctx_end(ctx);
	row = cmd_log_row(ctx, &entry);
	row_yes(row, "void", false);
	cmd_log_add_words(ctx, row, ref.place.feed);
	put_before(ctx, row, &ref);
	put_body(ctx, row, ref.place);
	row_count(row, "feed_number", ref.place.feed.n);
	row_count(row, "audience", entry.audience);
	if (feed_header(ctx->txn, &entry, &header)) {
		row_hex(row, "feed", ctx, BYTES_OF(header.feed.bytes));
		row_count(row, "payload_bytes", header.payload_bytes);
		row_hex(row, "payload_sha256", ctx, BYTES_OF(header.payload.bytes));
	}
	row_string(row, "received",
	        query_received(ctx->txn, ref.place, &received_ms) ? names_instant(ctx, received_ms) : NULL);
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, row);
	table_object(row, COLUMNS(columns));
	json_decref(row);
	return ctx_end(ctx);
}
