/* SPDX-License-Identifier: Apache-2.0
 * cmd_trade.c: offering a trade and answering one. Lists are cmd_trade_list.c's. What only warns (no partnership, over
 * the limit) is said here; what the rules refuse is refused by node/append. */
#include <stdio.h>
#include <string.h>

#include "cmd_int.h"
#include "ledger/kinds.h"
#include "storage/query.h"
#include "tools/client.h"
#include "tools/lang.h"
#include "tools/nota.h"
#include "tools/objects.h"
#include "tools/table.h"

#define DAYS_MAX 3650

static void read_lines(struct ctx *ctx, struct trade_parts *parts, struct trade_offer *offer)
{
	unsigned at = 0;
	const char *text;

	while ((text = args_each(ctx->args, OPT_LINE, &at)) && offer->lines_count < TRADE_LINES_MAX)
		nota_line(&ctx->trouble, field_of(args_name(OPT_LINE), bytes_text(text)), &ctx->arena,
		        &parts->lines[offer->lines_count++]);
	if (text)
		trouble_field(&ctx->trouble, ERR_TRADE_NO_LINES, args_name(OPT_LINE), "%s", text);
	at = 0;
	while ((text = args_each(ctx->args, OPT_CHARGE, &at)) && offer->charges_count < TRADE_CHARGES_MAX)
		nota_charge(&ctx->trouble, field_of(args_name(OPT_CHARGE), bytes_text(text)), &ctx->arena,
		        &parts->charges[offer->charges_count++]);
	if (text)
		trouble_field(&ctx->trouble, ERR_TOO_MANY, args_name(OPT_CHARGE), "%s", text);
	offer->lines = parts->lines;
	offer->charges = parts->charges;
}

/* Seller or buyer; for a return who gives now is the seller. */
static enum trade_role read_role(struct ctx *ctx)
{
	bool sell = args_has(ctx->args, OPT_SELL), buy = args_has(ctx->args, OPT_BUY);

	if (sell == buy)
		trouble_set(&ctx->trouble, ERR_USAGE, "%s", _("say whether we sell (--sell) or buy (--buy)"));
	return sell ? TRADE_SELLER : TRADE_BUYER;
}

static void read_terms(struct ctx *ctx, struct trade_offer *offer, const struct query_pair *pair)
{
	static const char *const terms[] = {"cash", "days", "harvest", "instalments", NULL};
	struct field days = args_field(ctx->args, OPT_DAYS), due = args_field(ctx->args, OPT_DUE);
	bool usual = !args_has(ctx->args, OPT_TERMS) && !field_given(days) && !field_given(due);

	if (args_has(ctx->args, OPT_TERMS))
		offer->terms = (enum trade_terms)field_choice(
		        &ctx->trouble, args_field(ctx->args, OPT_TERMS), terms);
	if (usual && pair->has_partnership)
		offer->days = pair->partnership.days;
	else if (field_given(days))
		offer->days = (uint32_t)field_count(&ctx->trouble, days, DAYS_MAX);
	if (offer->days > 0 && !args_has(ctx->args, OPT_TERMS))
		offer->terms = TERMS_DAYS;
	if (field_given(due))
		offer->due = field_date(&ctx->trouble, due);
	else
		offer->due = (struct day){offer->date.n + (int32_t)offer->days};
}

static void read_total(struct ctx *ctx, struct trade_offer *offer)
{
	struct field total = args_field(ctx->args, OPT_TOTAL), tax = args_field(ctx->args, OPT_TAX);
	struct rupiah sum;
	enum err e;

	if (field_given(tax))
		offer->tax = field_money(&ctx->trouble, tax);
	if (trouble_is(&ctx->trouble))
		return;
	e = trade_offer_total(offer, &sum);
	if (e != ERR_OK)
		trouble_field(&ctx->trouble, e, args_name(OPT_LINE), "%s", "");
	else
		offer->total = field_given(total) ? field_money(&ctx->trouble, total) : sum;
	if (!trouble_is(&ctx->trouble) && offer->total.n != sum.n)
		trouble_field(&ctx->trouble, ERR_TRADE_TOTAL, total.name, _("stated %lld, the sum is %lld"),
		        (long long)offer->total.n, (long long)sum.n);
}

static void read_refers(struct ctx *ctx, struct trade_offer *offer)
{
	struct field refers = args_field(ctx->args, OPT_REFERS);
	struct view_object object;

	offer->has_refers = field_given(refers);
	if (offer->has_refers)
		offer->refers = names_object(ctx, refers, OBJECT_TRADE, &object);
	else if (offer->kind == TRADE_RETURN || offer->kind == TRADE_CORRECTION)
		trouble_field(&ctx->trouble, ERR_MISSING_FIELD, refers.name, "%s",
		        _("a return or correction names the trade that it is about"));
}

static void read_offer(
        struct ctx *ctx, const struct query_pair *pair, struct trade_parts *parts, struct trade_offer *offer)
{
	static const char *const kinds[] = {
	        "sale", "service", "consignment", "return", "correction", "loan", NULL};
	struct trouble *t = &ctx->trouble;

	offer->role = read_role(ctx);
	if (args_has(ctx->args, OPT_KIND))
		offer->kind = (enum trade_kind)field_choice(t, args_field(ctx->args, OPT_KIND), kinds);
	offer->date = ctx_day(ctx, OPT_DATE);
	offer->invoice =
	        field_text(t, args_field(ctx->args, OPT_INVOICE), &ctx->arena, TRADE_NUMBER_BYTES_MAX);
	offer->delivery_note =
	        field_text(t, args_field(ctx->args, OPT_DELIVERY), &ctx->arena, TRADE_NUMBER_BYTES_MAX);
	offer->note = field_text(t, args_field(ctx->args, OPT_NOTE), &ctx->arena, TEXT_BYTES_MAX);
	read_refers(ctx, offer);
	read_lines(ctx, parts, offer);
	read_terms(ctx, offer, pair);
	read_total(ctx, offer);
	if (!trouble_is(t) && offer->date.n > ctx_today(ctx).n)
		trouble_field(t, ERR_DATE_RANGE, args_name(OPT_DATE), "%s", _("it is after today"));
}

/* A trade needs no partnership and no room under a limit; a person may want to know. */
static void warn_of(struct ctx *ctx, const struct query_pair *pair, const struct trade_offer *offer)
{
	struct rupiah after, limit;
	bool we_sell = offer->role == TRADE_SELLER;

	if (offer->total.n < 0)
		ctx_warn(ctx, "negative_total", _("the total is negative"));
	if (!pair->has_partnership) {
		ctx_warn(ctx, "no_partnership", _("there is no partnership with %s in force"),
		        names_alias(ctx, offer->partner));
		return;
	}
	limit = partnership_limit(&pair->partnership, we_sell ? ctx->me : offer->partner);
	after.n = we_sell ? pair->balance.balance.n : -pair->balance.balance.n;
	if (trade_kind_counts(offer->kind) && after.n + offer->total.n > limit.n)
		ctx_warn(ctx, "over_limit", _("with this trade the credit limit is exceeded"));
}

enum exit_code cmd_trade_offer(struct ctx *ctx)
{
	struct query_balance ask = {.self = ctx->me, .overdue_on = ctx_today(ctx)};
	struct trade_parts *parts = arena_take(&ctx->arena, sizeof *parts);
	struct trade_offer offer = {0};
	struct query_pair *pair = NULL;
	struct mp_out body;
	struct draft draft;

	if (!ctx_need_role(ctx, ROLE_OFFICER))
		return ctx_end(ctx);
	offer.partner = ask.partner = names_partner(ctx, names_word(ctx, 0, "PARTNER"));
	if (trouble_is(&ctx->trouble) ||
	        !ctx_ok(ctx, query_pair_open(ctx->txn, &ask, &pair), names_alias(ctx, ask.partner)))
		return ctx_end(ctx);
	read_offer(ctx, pair, parts, &offer);
	if (!trouble_is(&ctx->trouble))
		warn_of(ctx, pair, &offer);
	query_pair_close(pair);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	body = client_body();
	trade_offer_pack(&body, &offer);
	draft = client_draft(ctx, KIND_TRADE_OFFER, &body);
	return client_finish(ctx, &draft, 1);
}

static bool read_record(struct ctx *ctx, struct field f, struct trade_record *record)
{
	struct view_object object;

	(void)names_object(ctx, f, OBJECT_TRADE, &object);
	return !trouble_is(&ctx->trouble) && ctx_ok(ctx, trade_record_read(object.record, record), "trade");
}

static struct member_no offerer(const struct trade_record *r)
{
	return r->offered_by == TRADE_SELLER ? r->seller : r->buyer;
}

/* An accept of what this node holds: it says how much of the offerer's feed it had seen. */
static struct draft accept_of(struct ctx *ctx, const struct trade_record *record)
{
	struct trade_accept accept = {.about = record->ref};
	struct feed_info info;
	struct mp_out body = client_body();

	if (record->state != TRADE_PROPOSED)
		trouble_set(&ctx->trouble, ERR_EXISTS, _("%s is %s already"),
		        names_reference(ctx, &record->ref), lang_code(trade_state_code(record->state)));
	else if (offerer(record).n == ctx->me.n)
		trouble_set(&ctx->trouble, ERR_NOT_A_PARTY,
		        _("%s is our own proposal; the partner accepts it"),
		        names_reference(ctx, &record->ref));
	else if (feed_info(ctx->txn, record->ref.place.feed, &info))
		accept.seen = info.head.size;
	trade_accept_pack(&body, &accept);
	return client_draft(ctx, KIND_TRADE_ACCEPT, &body);
}

#define ACCEPTS_MAX 4096u

/* Every proposal of one partner. */
static enum exit_code accept_all(struct ctx *ctx)
{
	struct objects all = objects_of(ctx->me, OBJECT_TRADE);
	struct draft *drafts = arena_take(&ctx->arena, ACCEPTS_MAX * sizeof *drafts);
	struct view_object object;
	struct trade_record record;
	struct rupiah sum = {0};
	uint32_t count = 0;
	char question[200];

	objects_only(ctx, &all, args_field(ctx->args, OPT_ALL_FROM));
	while (!trouble_is(&ctx->trouble) && count < ACCEPTS_MAX && objects_next(ctx->txn, &all, &object)) {
		if (!ctx_ok(ctx, trade_record_read(object.record, &record), "trade"))
			break;
		if (record.state != TRADE_PROPOSED || offerer(&record).n == ctx->me.n)
			continue;
		sum.n += record.total.n;
		drafts[count++] = accept_of(ctx, &record);
	}
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	if (count == 0) {
		trouble_field(&ctx->trouble, ERR_NOT_FOUND, args_name(OPT_ALL_FROM), "%s",
		        _("nothing is proposed"));
		return ctx_end(ctx);
	}
	(void)snprintf(question, sizeof question, _("Accept and sign %u trades, Rp%lld in all?"),
	        (unsigned)count, (long long)sum.n);
	return ctx_confirm(ctx, question) ? client_finish(ctx, drafts, count) : ctx_end(ctx);
}

enum exit_code cmd_trade_accept(struct ctx *ctx)
{
	struct draft drafts[CLIENT_DRAFTS_MAX];
	struct trade_record record;
	uint32_t count = 0;

	if (!ctx_need_self(ctx))
		return ctx_end(ctx);
	if (args_has(ctx->args, OPT_ALL_FROM))
		return accept_all(ctx);
	if (ctx->args->words_count == 0)
		trouble_set(&ctx->trouble, ERR_USAGE, "%s", _("name the trades, or give --all-from PARTNER"));
	for (unsigned i = 0; i < ctx->args->words_count && i < CLIENT_DRAFTS_MAX; i++) {
		if (read_record(ctx, names_word(ctx, i, "ENTRY"), &record))
			drafts[count++] = accept_of(ctx, &record);
	}
	return trouble_is(&ctx->trouble) ? ctx_end(ctx) : client_finish(ctx, drafts, count);
}

static enum exit_code answer_with(struct ctx *ctx, uint16_t kind)
{
	struct trade_record record;
	struct answer answer = {0};
	struct mp_out body = client_body();
	struct draft draft;

	if (!ctx_need_self(ctx) || !read_record(ctx, names_word(ctx, 0, "ENTRY"), &record))
		return ctx_end(ctx);
	if (kind == KIND_TRADE_WITHDRAW && record.state != TRADE_PROPOSED)
		trouble_set(&ctx->trouble, ERR_EXISTS,
		        _("%s is %s already; a correction or a return undoes what is agreed"),
		        names_reference(ctx, &record.ref), lang_code(trade_state_code(record.state)));
	answer.about = record.ref;
	answer.reason =
	        field_text(&ctx->trouble, args_field(ctx->args, OPT_REASON), &ctx->arena, TEXT_BYTES_MAX);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	answer_pack(&body, &answer);
	draft = client_draft(ctx, kind, &body);
	return client_finish(ctx, &draft, 1);
}

enum exit_code cmd_trade_decline(struct ctx *ctx)
{
	return answer_with(ctx, KIND_TRADE_DECLINE);
}

enum exit_code cmd_trade_withdraw(struct ctx *ctx)
{
	return answer_with(ctx, KIND_TRADE_WITHDRAW);
}

enum exit_code cmd_trade_dispute(struct ctx *ctx)
{
	return answer_with(ctx, KIND_TRADE_DISPUTE);
}

/* Has a clear of ours that names this dispute an effect? */
static bool is_cleared(struct ctx *ctx, struct place trade, const struct reference *dispute)
{
	struct bytes_out scratch;
	struct view_at at = {0};
	struct view_about about;
	struct statement s;
	struct trade_clear clear;

	while (view_about_next(ctx->txn, trade, &at, &about)) {
		if (about.kind != KIND_TRADE_CLEAR || about.err != ERR_OK)
			continue;
		scratch =
		        bytes_out(arena_take(&ctx->arena, ENTRY_PAYLOAD_BYTES_MAX), ENTRY_PAYLOAD_BYTES_MAX);
		if (view_statement(ctx->txn, about.statement.place, &scratch, &s) == ERR_OK &&
		        s.author.n == ctx->me.n && trade_clear_unpack(s.body, &clear) == ERR_OK &&
		        reference_equal(&clear.dispute, dispute))
			return true;
	}
	return false;
}

/* Our newest dispute about the trade that is not cleared. */
static bool open_dispute(struct ctx *ctx, struct place trade, struct reference *out)
{
	struct view_at at = {0};
	struct view_about about;
	bool found = false;

	while (view_about_next(ctx->txn, trade, &at, &about)) {
		const struct roster_feed *feed = roster_feed(ctx->roster, about.statement.place.feed);
		if (about.kind != KIND_TRADE_DISPUTE || about.err != ERR_OK || !feed ||
		        feed->member.n != ctx->me.n || is_cleared(ctx, trade, &about.statement))
			continue;
		*out = about.statement;
		found = true;
	}
	return found;
}

enum exit_code cmd_trade_clear(struct ctx *ctx)
{
	struct trade_record record;
	struct trade_clear clear = {0};
	struct mp_out body = client_body();
	struct draft draft;

	if (!ctx_need_self(ctx) || !read_record(ctx, names_word(ctx, 0, "ENTRY"), &record))
		return ctx_end(ctx);
	clear.about = record.ref;
	if (!open_dispute(ctx, record.ref.place, &clear.dispute)) {
		trouble_set(&ctx->trouble, ERR_NOT_FOUND, "%s",
		        _("there is no dispute of ours about this trade"));
		return ctx_end(ctx);
	}
	trade_clear_pack(&body, &clear);
	draft = client_draft(ctx, KIND_TRADE_CLEAR, &body);
	return client_finish(ctx, &draft, 1);
}
