/* SPDX-License-Identifier: Apache-2.0
 * cmd_feed.c: the registrar's word on feeds: adding one, its roles, a cutoff, and lifting one. */
#include "base/text.h"
#include "cmd_int.h"
#include "log/kinds.h"
#include "log/roster_body.h"
#include "storage/feed.h"
#include "tools/client.h"
#include "tools/lang.h"
#include "tools/names.h"

enum exit_code cmd_feed_add(struct ctx *ctx)
{
	struct roster_add add = {
	        .member = names_member(ctx, names_word(ctx, 0, "MEMBER")), .roles = ROLE_OFFICER};
	struct mp_out body = client_body();
	struct draft draft;

	field_need(&ctx->trouble, args_field(ctx->args, OPT_KEYS));
	names_keys(ctx, args_field(ctx->args, OPT_KEYS), &add.keys);
	if (args_has(ctx->args, OPT_ROLES))
		add.roles = names_roles_of(ctx, args_field(ctx->args, OPT_ROLES));
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	roster_body_add_pack(&body, &add);
	draft = client_draft(ctx, KIND_FEED_ADD, &body);
	return client_finish(ctx, &draft, 1);
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

static struct bytes reason(struct ctx *ctx)
{
	return field_text(&ctx->trouble, args_field(ctx->args, OPT_REASON), &ctx->arena, TEXT_BYTES_MAX);
}

enum exit_code cmd_feed_cut(struct ctx *ctx)
{
	struct field size = args_field(ctx->args, OPT_SIZE);
	struct roster_cut cut = {.feed = names_feed(ctx, names_word(ctx, 0, "FEED")), .reason = reason(ctx)};
	struct mp_out body = client_body();
	struct feed_info info;
	struct tree tree;
	struct draft draft;

	if (trouble_is(&ctx->trouble) || !feed_info(ctx->txn, cut.feed, &info))
		return ctx_end(ctx);
	cut.head = info.head;
	if (!field_given(size) && info.head.size == 0)
		trouble_field(&ctx->trouble, ERR_MISSING_FIELD, size.name, "%s",
		        _("nothing of this feed is held; 0 makes all of it void"));
	if (field_given(size)) {
		cut.head.size = field_count(&ctx->trouble, size, INT64_MAX);
		if (!trouble_is(&ctx->trouble) && !feed_tree_at(ctx->txn, cut.feed, cut.head.size, &tree))
			trouble_field(&ctx->trouble, ERR_OUT_OF_RANGE, size.name, _("%llu entries are held"),
			        (unsigned long long)info.head.size);
		else if (!trouble_is(&ctx->trouble))
			cut.head.root = tree_root(&tree);
	}
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	roster_body_cut_pack(&body, &cut);
	draft = client_draft(ctx, KIND_FEED_CUT, &body);
	return client_finish(ctx, &draft, 1);
}

enum exit_code cmd_feed_resolve(struct ctx *ctx)
{
	struct roster_resolve resolve = {
	        .feed = names_feed(ctx, names_word(ctx, 0, "FEED")), .reason = reason(ctx)};
	struct mp_out body = client_body();
	struct draft draft;

	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	roster_body_resolve_pack(&body, &resolve);
	draft = client_draft(ctx, KIND_FEED_RESOLVE, &body);
	return client_finish(ctx, &draft, 1);
}
