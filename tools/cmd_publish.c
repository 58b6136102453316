/* SPDX-License-Identifier: Apache-2.0
 * cmd_publish.c: may our entries leave, and a person's word where they may not and nobody can be asked. That word goes
 * to a daemon that runs, for only it knows whether somebody linked now shows what is missing here. */
#include <stdio.h>
#include <string.h>

#include "cmd_int.h"
#include "tools/control.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/standing.h"

static void say_facts(struct ctx *ctx, const struct standing *s)
{
	json_t *list = json_array(), *item;
	size_t i;

	standing_say(ctx, s, list);
	json_array_foreach(list, i, item)
	        say_note(ctx->form, "%s", json_string_value(json_object_get(item, "text")));
	json_decref(list);
}

static void say_risk(struct ctx *ctx)
{
	say_note(ctx->form, "%s",
	        _("The risk: if any node holds entries of ours that are not here, our feed then has two "
	          "histories, for good. "
	          "Nothing of it is taken any more, the registrar must cut it, and this member begins anew "
	          "with another feed. "
	          "Do it only when nobody who may hold them can ever be reached."));
}

static enum exit_code show(struct ctx *ctx, json_t *row, const struct standing *s)
{
	bool settled = standing_is_settled(s);

	if (ctx->form == SAY_JSON) {
		row_yes(row, "publishing", settled);
		(void)ctx_print_json(ctx, row);
		return trouble_is(&ctx->trouble) ? ctx_end(ctx) : settled ? EXIT_DONE : EXIT_NO;
	}
	if (settled)
		(void)printf("%s\n", _("Our entries leave as they are made; nothing is to be decided."));
	else
		say_facts(ctx, s);
	json_decref(row); /* what was refused stands in it */
	if (settled)
		return ctx_end(ctx);
	if (strcmp(s->state, "forked") != 0 && ctx->has_feed) {
		say_risk(ctx);
		say_note(ctx->form, _("Then type: lontar publish --anyway %s --reason \"...\""),
		        names_alias(ctx, ctx->me));
	}
	return EXIT_NO;
}

static void check_name(struct ctx *ctx)
{
	struct field f = args_field(ctx->args, OPT_ANYWAY);
	struct member_no no;

	if (!ctx_need_self(ctx))
		return;
	no = names_member(ctx, f);
	if (!trouble_is(&ctx->trouble) && no.n != ctx->me.n)
		trouble_field(&ctx->trouble, ERR_BAD_TEXT, f.name,
		        _("it is another member's name; this node is that of %s"), names_alias(ctx, ctx->me));
}

static void check_standing(struct ctx *ctx, const struct standing *s, bool runs)
{
	if (standing_is_settled(s))
		trouble_set(&ctx->trouble, ERR_NOT_FOUND, "%s",
		        _("our entries leave as they are made; nothing is to be decided"));
	else if (strcmp(s->state, "forked") == 0)
		trouble_set(&ctx->trouble, ERR_FORKED, "%s",
		        _("nobody can override that; the registrar cuts the feed"));
	else if (!runs)
		trouble_set(&ctx->trouble, ERR_UNREACHABLE, "%s",
		        _("it is decided while lontard runs, which has tried to ask the others"));
}

/* Nobody is there to be asked: what a person would answer is on the command line. */
static void check_said(struct ctx *ctx)
{
	struct field reason = args_field(ctx->args, OPT_REASON);

	if (ctx_is_person(ctx) || trouble_is(&ctx->trouble))
		return;
	if (!args_has(ctx->args, OPT_YES))
		trouble_field(&ctx->trouble, ERR_MISSING_FIELD, args_name(OPT_YES), "%s",
		        _("there is no terminal to ask on: give --yes and --reason \"...\""));
	else if (!field_given(reason) || reason.text.len == 0)
		trouble_field(&ctx->trouble, ERR_MISSING_FIELD, reason.name, "%s",
		        _("there is no terminal to ask on: give --yes and --reason \"...\""));
}

static void override(struct ctx *ctx)
{
	const char *reason = args_get(ctx->args, OPT_REASON);
	json_t *params =
	        json_pack("{s:s, s:s}", "member", names_alias(ctx, ctx->me), "reason", reason ? reason : "");

	json_decref(control_ask(ctx, "publish_anyway", params));
}

enum exit_code cmd_publish(struct ctx *ctx)
{
	struct standing s;
	json_t *row = row_new();
	bool runs = standing_ask(ctx, row, &s);

	if (!trouble_is(&ctx->trouble) && !args_has(ctx->args, OPT_ANYWAY))
		return show(ctx, row, &s);
	check_name(ctx);
	if (!trouble_is(&ctx->trouble))
		check_standing(ctx, &s, runs);
	check_said(ctx);
	if (!trouble_is(&ctx->trouble))
		say_facts(ctx, &s);
	json_decref(row);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	say_risk(ctx);
	if (ctx_confirm(ctx, _("Publish anyway?")))
		override(ctx);
	if (!trouble_is(&ctx->trouble) && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:b}", "publishing", 1));
	if (!trouble_is(&ctx->trouble))
		(void)printf("%s\n",
		        _("Our entries leave from now on. It is on record that a person decided it."));
	return ctx_end(ctx);
}
