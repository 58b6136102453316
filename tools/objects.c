/* SPDX-License-Identifier: Apache-2.0
 * objects.c: loops over objects and statements that several commands share. */
#include "tools/objects.h"

#include <stdio.h>

#include "ledger/answer.h"
#include "ledger/kinds.h"
#include "tools/lang.h"
#include "tools/row.h"
#include "tools/table.h"

struct member_no objects_whose(struct ctx *ctx)
{
	struct field f = args_field(ctx->args, OPT_MEMBER);
	struct member_no whose = ctx->me;

	if (field_given(f))
		whose = names_member(ctx, f);
	else if (!ctx_need_self(ctx))
		return whose;
	if (trouble_is(&ctx->trouble) || (ctx->has_feed && whose.n == ctx->me.n))
		return whose;
	if (!ctx->has_feed || !(roster_roles_at(ctx->roster, ctx->feed, ctx->roster->size) &
	                              (ROLE_AUDITOR | ROLE_REGISTRAR)))
		trouble_field(&ctx->trouble, ERR_NO_RIGHT, f.name, "%s", names_alias(ctx, whose));
	return whose;
}

struct objects objects_of(struct member_no self, enum object_type type)
{
	return (struct objects){.self = self, .type = type};
}

void objects_only(struct ctx *ctx, struct objects *o, struct field partner)
{
	if (!field_given(partner))
		return;
	o->one_partner = o->inside = true;
	o->partner = names_member(ctx, partner);
}

bool objects_next(struct txn *txn, struct objects *o, struct view_object *out)
{
	struct view_sum sum;

	for (;;) {
		struct view_pair which = {o->self, o->partner, o->type};
		if (o->inside && view_pair_next(txn, &which, &o->pair_at, out))
			return true;
		if (o->one_partner || !view_sum_next(txn, o->self, &o->sums_at, &sum))
			return false;
		o->partner = sum.partner;
		o->pair_at = (struct view_at){0};
		o->inside = true;
	}
}

/* Why somebody declined, withdrew, disputed: of kinds whose body is an answer. */
static struct bytes reason_of(const struct statement *s)
{
	struct answer answer = {0};

	switch (s->kind) {
	case KIND_PARTNERSHIP_DECLINE:
	case KIND_TRADE_DECLINE:
	case KIND_TRADE_WITHDRAW:
	case KIND_TRADE_DISPUTE:
	case KIND_PAYMENT_DENY:
	case KIND_PAYMENT_WITHDRAW:
	case KIND_RAT_WITHDRAW:
		if (answer_unpack(s->body, &answer) == ERR_OK)
			return answer.reason;
		break;
	default: /* kinds are numbers of the wire, not an enum of ours */
		break;
	}
	return (struct bytes){0};
}

json_t *objects_statement(struct ctx *ctx, const struct statement *s, const char *effect)
{
	const struct kind_info *info = kind_info(s->kind);
	json_t *row = row_new();

	row_reference(row, "entry", ctx, &s->ref);
	row_string(row, "kind", info ? info->name : NULL);
	row_member(row, "by", ctx, s->author);
	row_string(row, "time", s->time_ms > 0 ? names_instant(ctx, s->time_ms) : NULL);
	row_text(row, "reason", reason_of(s));
	row_string(row, "effect", effect);
	return row;
}

static json_t *statement_row(struct ctx *ctx, const struct view_about *about)
{
	struct bytes_out scratch =
	        bytes_out(arena_take(&ctx->arena, ENTRY_PAYLOAD_BYTES_MAX), ENTRY_PAYLOAD_BYTES_MAX);
	const struct roster_feed *feed = roster_feed(ctx->roster, about->statement.place.feed);
	struct entry_ref entry;
	struct statement s;

	if (view_statement(ctx->txn, about->statement.place, &scratch, &s) != ERR_OK)
		s = (struct statement){.ref = about->statement,
		        .kind = about->kind,
		        .author = feed->member,
		        .time_ms = feed_entry(ctx->txn, about->statement.place, &entry) ? entry.time_ms : 0};
	return objects_statement(ctx, &s, about->err == ERR_OK ? NULL : err_code(about->err));
}

json_t *objects_statements(struct ctx *ctx, const struct conflicts *conflicts, const struct reference *object)
{
	struct view_at at = {0};
	struct view_about about;
	json_t *list = json_array();

	while (view_about_next(ctx->txn, object->place, &at, &about))
		row_add(list, statement_row(ctx, &about));
	conflicts_statements(ctx, conflicts, object, list);
	return list;
}

static const struct column statement_columns[] = {
        {"entry", N_("Entry"), CELL_TEXT},
        {"kind", N_("Statement"), CELL_TEXT},
        {"by", N_("By"), CELL_TEXT},
        {"time", N_("Time"), CELL_TEXT},
        {"reason", N_("Reason"), CELL_TEXT},
        {"effect", N_("Without effect"), CELL_TEXT},
};

void objects_print_statements(const json_t *statements)
{
	if (json_array_size(statements) == 0)
		return;
	(void)putchar('\n');
	table_rows(statements, COLUMNS(statement_columns), "");
}

bool objects_find(
        struct ctx *ctx, struct place object, uint16_t kind, struct member_no by, struct reference *out)
{
	struct view_at at = {0};
	struct view_about about;
	bool found = false;

	while (view_about_next(ctx->txn, object, &at, &about)) {
		const struct roster_feed *feed = roster_feed(ctx->roster, about.statement.place.feed);
		if (about.kind != kind || about.err != ERR_OK || !feed || feed->member.n != by.n)
			continue;
		*out = about.statement;
		found = true;
	}
	return found;
}

/* A trade with the partner by its nota number, ours or theirs, that was not taken back. */
bool objects_trade(struct ctx *ctx, struct member_no partner, struct bytes nota, struct trade_record *out)
{
	struct view_pair which = {ctx->me, partner, OBJECT_TRADE};
	struct view_at at = {0};
	struct view_object object;
	bool found = false;

	while (view_pair_next(ctx->txn, &which, &at, &object)) {
		struct trade_record r;
		if (trade_record_read(object.record, &r) != ERR_OK || r.state == TRADE_DECLINED ||
		        r.state == TRADE_WITHDRAWN || !bytes_equal(BYTES(r.invoice, r.invoice_bytes), nota))
			continue;
		*out = r;
		found = true;
	}
	return found;
}
