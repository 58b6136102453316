/* SPDX-License-Identifier: Apache-2.0
 * cmd_member.c: who the members are: listing them, and what the registrar says of them. Files are
 * cmd_member_import.c's. */
#include <string.h>

#include "cmd_int.h"
#include "log/kinds.h"
#include "log/roster_body.h"
#include "node/joining.h"
#include "storage/own.h"
#include "storage/query.h"
#include "tools/client.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/profile_form.h"
#include "tools/joiner.h"
#include "tools/row.h"
#include "tools/table.h"

#define NIK_DIGITS 13

static struct bytes short_of(const struct short_text *t)
{
	return BYTES(t->text, t->len);
}

static const char *state_code(enum member_state state)
{
	static const char *const codes[] = {
	        [MEMBER_ACTIVE] = "active", [MEMBER_SUSPENDED] = "suspended", [MEMBER_LEFT] = "left"};

	return codes[state];
}

static json_t *feeds_json(struct ctx *ctx, struct member_no no)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < ctx->roster->feeds_count; i++) {
		const struct roster_feed *feed = &ctx->roster->feeds[i];
		json_t *row;
		if (feed->member.n != no.n)
			continue;
		row = row_new();
		row_count(row, "number", i);
		row_hex(row, "feed", ctx, BYTES_OF(feed->keys.feed.bytes));
		row_json(row, "roles",
		        names_roles(roster_roles_at(ctx->roster, (struct feed_no){i}, ctx->roster->size)));
		row_yes(row, "void", feed->is_void);
		row_add(list, row);
	}
	return list;
}

static json_t *row_of(struct ctx *ctx, struct member_no no)
{
	static const char *const forms[] = {
	        [FORM_PRIMER] = "primer", [FORM_SEKUNDER] = "sekunder", [FORM_OTHER] = "other"};
	const struct profile *p = roster_shown(ctx->roster, no);
	json_t *row = row_new();

	row_count(row, "number", no.n);
	row_text(row, "alias", short_of(&p->alias));
	row_text(row, "name", short_of(&p->name));
	row_text(row, "legal_no", short_of(&p->legal_no));
	row_text(row, "nik", short_of(&p->nik));
	row_string(row, "form", forms[p->form]);
	row_text(row, "type", short_of(&p->type));
	row_text(row, "kecamatan", short_of(&p->kecamatan));
	row_text(row, "desa", short_of(&p->desa));
	row_string(row, "founded", p->has_founded ? names_date(ctx, p->founded) : NULL);
	row_integer(row, "closing_month", p->closing_month);
	row_integer(row, "closing_day", p->closing_day);
	row_string(row, "state", state_code(roster_member(ctx->roster, no)->state));
	return row;
}

static const struct column columns[] = {
        {"alias", N_("Alias"), CELL_TEXT},
        {"name", N_("Name"), CELL_TEXT},
        {"legal_no", N_("Legal number"), CELL_TEXT},
        {"form", N_("Form"), CELL_CODE},
        {"type", N_("Type"), CELL_TEXT},
        {"kecamatan", N_("Kecamatan"), CELL_TEXT},
        {"desa", N_("Village"), CELL_TEXT},
        {"state", N_("State"), CELL_CODE},
};

enum exit_code cmd_member_list(struct ctx *ctx)
{
	struct bytes kecamatan = args_field(ctx->args, OPT_KECAMATAN).text;
	json_t *rows = json_array();

	for (uint32_t i = 0; i < ctx->roster->members_count; i++) {
		const struct profile *p = roster_shown(ctx->roster, (struct member_no){i});
		if (kecamatan.len == 0 || names_alike(kecamatan, short_of(&p->kecamatan)))
			row_add(rows, row_of(ctx, (struct member_no){i}));
	}
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:o}", "members", rows));
	table_rows(rows, COLUMNS(columns), _("No members yet."));
	json_decref(rows);
	return ctx_end(ctx);
}

static const struct column show_columns[] = {
        {"alias", N_("Alias"), CELL_TEXT},
        {"name", N_("Name"), CELL_TEXT},
        {"legal_no", N_("Legal number"), CELL_TEXT},
        {"nik", N_("NIK"), CELL_TEXT},
        {"form", N_("Form"), CELL_CODE},
        {"type", N_("Type"), CELL_TEXT},
        {"kecamatan", N_("Kecamatan"), CELL_TEXT},
        {"desa", N_("Village"), CELL_TEXT},
        {"founded", N_("Founded"), CELL_TEXT},
        {"state", N_("State"), CELL_CODE},
        {"heard", N_("Heard"), CELL_TEXT},
};

static const struct column feed_columns[] = {
        {"number", N_("Feed"), CELL_COUNT},
        {"roles", N_("Roles"), CELL_CODES},
        {"feed", N_("Feed id"), CELL_TEXT},
};

enum exit_code cmd_member_show(struct ctx *ctx)
{
	struct member_no no =
	        ctx->args->words_count > 0 ? names_member(ctx, names_word(ctx, 0, "MEMBER")) : ctx->me;
	struct day heard;
	json_t *row, *feeds;

	if (ctx->args->words_count == 0 && !ctx_need_self(ctx))
		return ctx_end(ctx);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	row = row_of(ctx, no);
	row_string(row, "heard",
	        query_heard(ctx->txn, no, ctx_today(ctx), &heard) ? names_date(ctx, heard) : NULL);
	feeds = feeds_json(ctx, no);
	row_json(row, "feeds", json_incref(feeds));
	if (ctx->form == SAY_WORDS) {
		table_object(row, COLUMNS(show_columns));
		table_rows(feeds, COLUMNS(feed_columns), _("No feed yet."));
	}
	json_decref(feeds);
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, row);
	json_decref(row);
	return ctx_end(ctx);
}

static const struct column request_columns[] = {
        {"feed", N_("Feed id"), CELL_TEXT},
        {"name", N_("Name"), CELL_TEXT},
        {"time", N_("Time"), CELL_TEXT},
        {"words", N_("To compare by voice"), CELL_TEXT},
        {"invite_state", N_("Invite"), CELL_CODE},
};

enum exit_code cmd_member_requests(struct ctx *ctx)
{
	struct own_at at = {0};
	struct bytes key, value;
	struct joining_request r;
	json_t *rows = json_array();

	while (own_next(ctx->txn, OWN_JOINS, &at, &key, &value)) {
		json_t *row;
		if (joining_request_unpack(value, &r) != ERR_OK)
			continue;
		row = row_new();
		row_hex(row, "feed", ctx, BYTES_OF(r.keys.feed.bytes));
		row_text(row, "name", short_of(&r.name));
		row_string(row, "time", names_instant(ctx, r.time_s * 1000));
		row_string(row, "words", names_words(ctx, &r.keys.feed));
		row_string(row, "keys", names_keys_text(ctx, &r.keys));
		row_hex(row, "invite", ctx, BYTES_OF(r.invite));
		row_string(row, "invite_state", joiner_state(ctx, &r));
		row_add(rows, row);
	}
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:o}", "requests", rows));
	table_rows(rows, COLUMNS(request_columns), _("Nobody waits to be admitted."));
	json_decref(rows);
	return ctx_end(ctx);
}

/* Nobody is told: when it dials again, its invite decides. */
enum exit_code cmd_member_refuse(struct ctx *ctx)
{
	struct joiner *request = arena_take(&ctx->arena, sizeof *request);
	struct field f = names_word(ctx, 0, "REQUEST");

	joiner_find(ctx, f, request);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	if (!request->waits)
		trouble_field(&ctx->trouble, ERR_NOT_FOUND, f.name, "%s", _("it does not wait here"));
	else if (strcmp(joiner_state(ctx, &request->joining), "waiting") == 0)
		ctx_warn(ctx, "invite_open", "%s",
		        _("its invite is still open, so it may ask again; `lontar invite revoke` closes it"));
	if (!trouble_is(&ctx->trouble))
		(void)client_keep(
		        ctx, OWN_JOINS, BYTES_OF(request->joining.keys.feed.bytes), (struct bytes){0});
	if (!trouble_is(&ctx->trouble) && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:b, s:O}", "done", 1, "warnings", ctx->warnings));
	if (!trouble_is(&ctx->trouble))
		(void)printf("%s\n", _("Refused: the request waits here no more."));
	return ctx_end(ctx);
}

/* A member of that alias is there already, and is given its first node. */
static bool is_member(struct ctx *ctx, struct field alias, struct member_no *out)
{
	const struct profile *p;

	if (roster_find_member(ctx->roster, alias.text, out) != ERR_OK)
		return false;
	p = roster_shown(ctx->roster, *out);
	return p && bytes_equal(short_of(&p->alias), alias.text);
}

static bool has_feed(const struct ctx *ctx, struct member_no no)
{
	for (uint32_t i = 0; i < ctx->roster->feeds_count; i++) {
		if (ctx->roster->feeds[i].member.n == no.n)
			return true;
	}
	return false;
}

/* Whose key it is cannot be taken back unseen: a mistyped alias must not give one cooperative's node to another. */
static void check_known(struct ctx *ctx, struct field alias, struct member_no no, bool has_node)
{
	const struct profile *p = roster_shown(ctx->roster, no);
	struct field name = args_field(ctx->args, OPT_NAME);
	static const enum opt others[] = {OPT_LEGAL_NO, OPT_NIK, OPT_TYPE, OPT_KECAMATAN, OPT_DESA, OPT_FORM,
	        OPT_FOUNDED, OPT_BOOK_YEAR_END};

	if (trouble_is(&ctx->trouble))
		return;
	if (!has_node)
		trouble_field(&ctx->trouble, ERR_EXISTS, alias.name, "%s",
		        _("it is a member already; --request or --keys adds a node"));
	else if (has_feed(ctx, no))
		trouble_field(&ctx->trouble, ERR_EXISTS, alias.name,
		        _("\"%.*s\" (%.*s) has a node already; another cooperative needs another alias, and "
		          "`lontar feed add` gives this one a second node"),
		        (int)alias.text.len, (const char *)alias.text.data, (int)p->name.len, p->name.text);
	else if (field_given(name) && !names_alike(name.text, short_of(&p->name)))
		trouble_field(&ctx->trouble, ERR_EXISTS, name.name,
		        _("the roster calls it \"%.*s\"; another cooperative needs another alias"),
		        (int)p->name.len, p->name.text);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		if (args_has(ctx->args, others[i]))
			trouble_field(&ctx->trouble, ERR_EXISTS, args_name(others[i]), "%s",
			        _("it is a member already; `lontar member update` changes what the roster "
			          "says of it"));
	}
}

static void read_profile(
        struct ctx *ctx, struct field alias, const struct joiner *request, struct profile *profile)
{
	*profile = profile_form_new();
	profile->name = request->joining.name;
	profile_form_alias(&ctx->trouble, alias, &profile->alias);
	profile_form_of_args(ctx, profile);
	if (!trouble_is(&ctx->trouble) && profile->name.len == 0)
		trouble_field(&ctx->trouble, ERR_MISSING_FIELD, args_name(OPT_NAME), "%s", _("it is empty"));
	if (profile->nik.len > 0 && profile->nik.len != NIK_DIGITS)
		ctx_warn(ctx, "nik_length", "%s", _("a NIK has 13 digits"));
}

enum exit_code cmd_member_admit(struct ctx *ctx)
{
	struct field alias = names_word(ctx, 0, "ALIAS");
	struct joiner *request = arena_take(&ctx->arena, sizeof *request);
	struct roster_add add = {.member = {ctx->roster->members_count}};
	bool has_node = joiner_node(ctx, &add, request), known = is_member(ctx, alias, &add.member);
	struct draft drafts[2];
	struct profile profile;
	uint32_t count = 0;
	struct mp_out body;
	enum exit_code code;

	if (known)
		check_known(ctx, alias, add.member, has_node);
	else
		read_profile(ctx, alias, request, &profile);
	if (!trouble_is(&ctx->trouble))
		joiner_check(ctx, request);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	if (!known) {
		body = client_body();
		roster_body_admit_pack(&body, &profile);
		drafts[count++] = client_draft(ctx, KIND_MEMBER_ADMIT, &body);
	}
	if (has_node) {
		body = client_body();
		roster_body_add_pack(&body, &add);
		drafts[count++] = client_draft(ctx, KIND_FEED_ADD, &body);
	}
	code = client_finish(ctx, drafts, count);
	if (code == EXIT_DONE)
		joiner_done(ctx, request);
	return code == EXIT_DONE ? ctx_end(ctx) : code;
}

enum exit_code cmd_member_update(struct ctx *ctx)
{
	struct field year = args_field(ctx->args, OPT_FROM_YEAR);
	struct roster_update update = {.member = names_member(ctx, names_word(ctx, 0, "MEMBER"))};
	struct mp_out body = client_body();
	struct draft draft;

	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	update.profile = *roster_shown(ctx->roster, update.member);
	update.from_year = date_parts(ctx_today(ctx)).year;
	if (field_given(year))
		update.from_year = (int32_t)field_count(&ctx->trouble, year, BOOK_YEAR_MAX);
	profile_form_of_args(ctx, &update.profile);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	roster_body_update_pack(&body, &update);
	draft = client_draft(ctx, KIND_MEMBER_UPDATE, &body);
	return client_finish(ctx, &draft, 1);
}

static enum exit_code label(struct ctx *ctx, uint16_t kind)
{
	struct roster_label l = {.member = names_member(ctx, names_word(ctx, 0, "MEMBER"))};
	struct mp_out body = client_body();
	struct draft draft;

	l.reason = field_text(&ctx->trouble, args_field(ctx->args, OPT_REASON), &ctx->arena, TEXT_BYTES_MAX);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	roster_body_label_pack(&body, &l);
	draft = client_draft(ctx, kind, &body);
	return client_finish(ctx, &draft, 1);
}

enum exit_code cmd_member_suspend(struct ctx *ctx)
{
	return label(ctx, KIND_MEMBER_SUSPEND);
}

enum exit_code cmd_member_reinstate(struct ctx *ctx)
{
	return label(ctx, KIND_MEMBER_REINSTATE);
}

enum exit_code cmd_member_leave(struct ctx *ctx)
{
	return label(ctx, KIND_MEMBER_LEAVE);
}
