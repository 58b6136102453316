/* SPDX-License-Identifier: Apache-2.0
 * cmd_feed.c: the registrar's word on feeds: adding one, and its roles. Cutoffs are cmd_feed_cut.c's. */
#include "base/text.h"
#include "cmd_int.h"
#include "log/kinds.h"
#include "log/roster_body.h"
#include "storage/feed.h"
#include "tools/client.h"
#include "tools/joiner.h"
#include "tools/lang.h"
#include "tools/names.h"

enum exit_code cmd_feed_add(struct ctx *ctx)
{
	struct joiner *request = arena_take(&ctx->arena, sizeof *request);
	struct roster_add add = {.member = names_member(ctx, names_word(ctx, 0, "MEMBER"))};
	struct mp_out body = client_body();
	struct draft draft;
	enum exit_code code;

	if (!joiner_node(ctx, &add, request))
		trouble_field(&ctx->trouble, ERR_MISSING_FIELD, args_name(OPT_REQUEST), "%s",
		        _("say which request to join it is, or give its keys with --keys"));
	if (!trouble_is(&ctx->trouble))
		joiner_check(ctx, request);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	roster_body_add_pack(&body, &add);
	draft = client_draft(ctx, KIND_FEED_ADD, &body);
	code = client_finish(ctx, &draft, 1);
	if (code == EXIT_DONE)
		joiner_done(ctx, request);
	return code == EXIT_DONE ? ctx_end(ctx) : code;
}

enum exit_code cmd_feed_roles(struct ctx *ctx)
{
	struct field size = args_field(ctx->args, OPT_SIZE);
	struct roster_regrant grant = {.feed = names_feed(ctx, names_word(ctx, 0, "FEED")),
	        .roles = names_roles_of(ctx, names_word(ctx, 1, "ROLES"))};
	struct mp_out body = client_body();
	struct feed_info info;
	struct draft draft;

	if (!trouble_is(&ctx->trouble) && feed_info(ctx->txn, grant.feed, &info))
		grant.from_size = info.head.size;
	if (field_given(size))
		grant.from_size = field_count(&ctx->trouble, size, INT64_MAX);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	roster_body_regrant_pack(&body, &grant);
	draft = client_draft(ctx, KIND_FEED_ROLES, &body);
	return client_finish(ctx, &draft, 1);
}
