/* SPDX-License-Identifier: Apache-2.0
 * cmd_key_share.c: what feeds that came later cannot open and this node could give them; and giving it. The daemon does
 * that by itself (node/sharing.h), in an order that leaves most of it to one node; here a person may ask for all. */
#include "base/text.h"
#include "cmd_int.h"
#include "log/kinds.h"
#include "node/sharing.h"
#include "tools/client.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/table.h"

#define DRAFTS_MAX 1024u /* of KEY_SHARE_ROWS_MAX channels each */

/* Whom the word names: a feed by its number, or all of a member; without a word everybody. */
struct wanted {
	bool all;
	uint64_t feed;
	struct member_no member;
};

static struct wanted read_word(struct ctx *ctx)
{
	struct field f = names_word(ctx, 0, "FEED");
	struct wanted w = {.all = f.text.len == 0, .feed = ROSTER_NONE, .member = {ROSTER_NONE}};

	if (w.all)
		return w;
	if (text_u64(f.text, UINT32_MAX, &w.feed) == ERR_OK)
		(void)names_feed(ctx, f);
	else
		w.member = names_member(ctx, f);
	return w;
}

static bool begin(struct ctx *ctx, const struct wanted *w, struct member_no *member, struct sharing *s)
{
	struct sharing_ask ask = {.own = ctx->feed, .scope = SHARING_ALL};
	uint32_t kept = 0;

	if (!sharing_next_member(ctx->txn, ctx->feed, member))
		return false;
	ask.member = *member;
	sharing_begin(s, ctx->txn, &ask);
	for (uint32_t i = 0; i < s->readers_count; i++) {
		const struct feed_no no = s->readers[i];
		if (w->all || no.n == w->feed || ctx->roster->feeds[no.n].member.n == w->member.n)
			s->readers[kept++] = no;
	}
	s->readers_count = kept;
	member->n++;
	return true;
}

/* How many channels the one feed lacks. */
static uint64_t count_lacked(const struct sharing *all, struct feed_no reader)
{
	static struct key_share_row rows[KEY_SHARE_ROWS_MAX];
	struct sharing s = *all;
	struct view_at at = {0};
	uint64_t count = 0;
	bool done = false;

	s.readers_count = 1;
	s.readers[0] = reader;
	while (!done)
		count += sharing_collect(&s, &at, UINT32_MAX, rows, &done);
	bytes_wipe(rows, sizeof rows);
	return count;
}

static const struct column columns[] = {
        {"number", N_("Feed"), CELL_COUNT},
        {"member", N_("Member"), CELL_TEXT},
        {"roles", N_("Roles"), CELL_CODES},
        {"channels", N_("Channels that it cannot open"), CELL_COUNT},
};

static void add_rows(struct ctx *ctx, struct sharing *s, json_t *rows)
{
	for (uint32_t i = 0; i < s->readers_count; i++) {
		const struct feed_no no = s->readers[i];
		uint64_t lacked = count_lacked(s, no);
		json_t *row;
		if (lacked == 0)
			continue;
		row = row_new();
		row_count(row, "number", no.n);
		row_member(row, "member", ctx, ctx->roster->feeds[no.n].member);
		row_json(row, "roles", names_roles(roster_roles_at(ctx->roster, no, ctx->roster->size)));
		row_count(row, "channels", lacked);
		row_add(rows, row);
	}
}

static enum exit_code list(struct ctx *ctx, const struct wanted *w)
{
	json_t *rows = json_array();
	struct member_no member = {0};
	struct sharing s;

	while (begin(ctx, w, &member, &s))
		add_rows(ctx, &s, rows);
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:o}", "feeds", rows));
	table_rows(rows, COLUMNS(columns), _("Nobody lacks anything that this node could give."));
	json_decref(rows);
	return ctx_end(ctx);
}

static uint32_t add_drafts(struct ctx *ctx, struct sharing *s, struct draft *drafts, uint32_t count)
{
	static struct key_share_row rows[KEY_SHARE_ROWS_MAX];
	struct view_at at = {0};
	bool done = false;

	while (!done && count < DRAFTS_MAX) {
		struct mp_out body = client_body();
		uint32_t n = sharing_collect(s, &at, UINT32_MAX, rows, &done);
		if (n == 0)
			continue;
		key_share_pack(&body, s->member, rows, n);
		drafts[count++] = client_draft(ctx, KIND_KEY_SHARE, &body);
	}
	bytes_wipe(rows, sizeof rows);
	return count;
}

enum exit_code cmd_key_share(struct ctx *ctx)
{
	struct draft *drafts = arena_take(&ctx->arena, DRAFTS_MAX * sizeof *drafts);
	struct wanted w = read_word(ctx);
	struct member_no member = {0};
	struct sharing s;
	enum exit_code code;
	uint32_t count = 0;

	if (!ctx_need_self(ctx) || trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	if (args_has(ctx->args, OPT_DRY_RUN))
		return list(ctx, &w);
	while (begin(ctx, &w, &member, &s))
		count = add_drafts(ctx, &s, drafts, count);
	if (count == 0)
		say_note(ctx->form, "%s", _("Nobody lacks anything that this node could give."));
	code = client_finish(ctx, drafts, count);
	for (uint32_t i = 0; i < count; i++)
		ctx_forget(drafts[i].body);
	return code;
}
