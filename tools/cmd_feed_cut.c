/* SPDX-License-Identifier: Apache-2.0
 * cmd_feed_cut.c: up to where a feed counts, by the registrar's word. A cutoff on the wrong branch, or too low, takes
 * away what partners agreed on, so what it will do is said before; the rules judge the rest. */
#include "base/text.h"
#include "cmd_int.h"
#include "log/kinds.h"
#include "log/roster_body.h"
#include "storage/aside.h"
#include "storage/query.h"
#include "tools/client.h"
#include "tools/lang.h"
#include "tools/names.h"

#define BRANCHES_MAX 4u

static struct bytes reason(struct ctx *ctx)
{
	return field_text(&ctx->trouble, args_field(ctx->args, OPT_REASON), &ctx->arena, TEXT_BYTES_MAX);
}

/* The root at that size of what is held, else of what was set aside, if only one branch has it. */
static void find_root(struct ctx *ctx, const struct feed_info *info, struct roster_cut *cut)
{
	const char *size = args_name(OPT_SIZE);
	struct head heads[BRANCHES_MAX];
	struct tree tree;
	uint32_t count;

	if (feed_tree_at(ctx->txn, cut->feed, cut->head.size, &tree)) {
		cut->head.root = tree_root(&tree);
		return;
	}
	count = aside_heads(ctx->txn, cut->feed, cut->head.size, heads, BRANCHES_MAX);
	if (count == 1)
		cut->head = heads[0];
	else if (count > 1)
		trouble_field(&ctx->trouble, ERR_MISSING_FIELD, args_name(OPT_ROOT), "%s",
		        _("several branches that were set aside are that long; say the root of one"));
	else
		trouble_field(&ctx->trouble, ERR_OUT_OF_RANGE, size, _("%llu entries are held"),
		        (unsigned long long)info->head.size);
}

static void read_root(struct ctx *ctx, struct field root, struct roster_cut *cut)
{
	if (!trouble_is(&ctx->trouble) &&
	        text_hex(root.text, cut->head.root.bytes, sizeof cut->head.root.bytes) != ERR_OK)
		trouble_field(&ctx->trouble, ERR_BAD_TEXT, root.name, "%s",
		        _("64 hex digits are needed, as `lontar audit forks --json` shows them"));
}

static void read_head(struct ctx *ctx, const struct feed_info *info, struct roster_cut *cut)
{
	struct field size = args_field(ctx->args, OPT_SIZE), root = args_field(ctx->args, OPT_ROOT);

	cut->head = info->head;
	if (!field_given(size) && field_given(root))
		trouble_field(&ctx->trouble, ERR_MISSING_FIELD, size.name, "%s",
		        _("a root is that of one size; give both"));
	else if (!field_given(size) && info->head.size == 0)
		trouble_field(&ctx->trouble, ERR_MISSING_FIELD, size.name, "%s",
		        _("nothing of this feed is held; 0 makes all of it void"));
	if (field_given(size))
		cut->head.size = field_count(&ctx->trouble, size, INT64_MAX);
	if (trouble_is(&ctx->trouble))
		return;
	if (field_given(root))
		read_root(ctx, root, cut);
	else if (field_given(size))
		find_root(ctx, info, cut);
}

/* What people will ask about afterwards. */
static void warn_of(struct ctx *ctx, const struct feed_info *info, const struct roster_cut *cut)
{
	struct head covered;
	uint64_t stay = cut->head.size;

	if (!feed_has_head(ctx->txn, cut->feed, &cut->head) &&
	        !aside_reaches(ctx->txn, cut->feed, &cut->head, &stay)) {
		stay = 0;
		ctx_warn(ctx, "other_branch",
		        _("that branch is not held here: the entries held of it are set aside, and it counts "
		          "nothing until those of the other branch come from another node"));
	}
	if (info->head.size > stay)
		ctx_warn(ctx, "voids", _("%llu entries of %s that are held here become void"),
		        (unsigned long long)(info->head.size - stay), names_alias(ctx, info->member));
	if (query_covered(ctx->txn, cut->feed, &covered) && covered.size > cut->head.size)
		ctx_warn(ctx, "voids_received",
		        _("%llu of them were received already: the registrar's statements cover %llu "
		          "entries"),
		        (unsigned long long)(covered.size - cut->head.size),
		        (unsigned long long)covered.size);
	if (info->state == FEED_CUT)
		ctx_warn(ctx, "replaces", _("it is cut at %llu entries already; this takes its place"),
		        (unsigned long long)info->cutoff.size);
	ctx_warn(ctx, "new_feed",
	        _("from now on its node is told the registrar's feed only; the member goes on with a new "
	          "feed "
	          "(`lontar feed add`)"));
}

enum exit_code cmd_feed_cut(struct ctx *ctx)
{
	struct roster_cut cut = {.feed = names_feed(ctx, names_word(ctx, 0, "FEED")), .reason = reason(ctx)};
	struct mp_out body = client_body();
	struct feed_info info;
	struct draft draft;

	if (trouble_is(&ctx->trouble) || !ctx_need_role(ctx, ROLE_REGISTRAR) ||
	        !feed_info(ctx->txn, cut.feed, &info))
		return ctx_end(ctx);
	read_head(ctx, &info, &cut);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	warn_of(ctx, &info, &cut);
	roster_body_cut_pack(&body, &cut);
	draft = client_draft(ctx, KIND_FEED_CUT, &body);
	return client_finish(ctx, &draft, 1);
}

/* A feed whose fork is known would be held again at once, and where the registrar proved it the rules refuse. */
enum exit_code cmd_feed_resolve(struct ctx *ctx)
{
	struct roster_resolve resolve = {
	        .feed = names_feed(ctx, names_word(ctx, 0, "FEED")), .reason = reason(ctx)};
	struct mp_out body = client_body();
	struct draft draft;
	struct fork fork;

	if (!trouble_is(&ctx->trouble) && feed_fork(ctx->txn, resolve.feed, &fork))
		trouble_set(&ctx->trouble, ERR_FORKED, "%s",
		        _("its two histories are proven; the member goes on with a new feed (`lontar feed "
		          "add`)"));
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	roster_body_resolve_pack(&body, &resolve);
	draft = client_draft(ctx, KIND_FEED_RESOLVE, &body);
	return client_finish(ctx, &draft, 1);
}
