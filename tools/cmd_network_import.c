/* SPDX-License-Identifier: Apache-2.0
 * cmd_network_import.c: an anchor is brought to a node: what it would make void here is said before, and needs a yes. How
 * far the node follows it is said after. */
#include <string.h>

#include "base/text.h"
#include "cmd_int.h"
#include "cmd_network_int.h"
#include "storage/feed.h"
#include "tools/client.h"
#include "tools/control.h"
#include "tools/lang.h"
#include "tools/row.h"

bool cmd_network_open(struct ctx *ctx)
{
	if (!ctx_open(ctx))
		return false;
	if (!ctx->roster->founded)
		trouble_set(&ctx->trouble, ERR_NOT_FOUND, "%s",
		        _("this node does not know the network's members yet; use another member's. Where "
		          "the node "
		          "that invited this one is lost, let it dial another: `lontar peer add HOST:PORT "
		          "LINKKEY`"));
	return !trouble_is(&ctx->trouble);
}

const char *cmd_network_state(struct ctx *ctx)
{
	switch (feed_anchored(ctx->txn)) {
	case FEED_ANCHOR_NONE:
		return "none";
	case FEED_ANCHOR_FOLLOWED:
		return "followed";
	case FEED_ANCHOR_AWAITS:
		return "awaits";
	case FEED_ANCHOR_LEAVES:
		return "leaves";
	case FEED_ANCHOR_BARRED:
		return "barred";
	}
	return "none";
}

void cmd_network_warn(struct ctx *ctx)
{
	switch (feed_anchored(ctx->txn)) {
	case FEED_ANCHOR_NONE:
	case FEED_ANCHOR_FOLLOWED:
		break;
	case FEED_ANCHOR_AWAITS:
		ctx_warn(ctx, "anchor_awaits", "%s",
		        _("an anchor is known, but this node lacks entries of the old registrar that it lets "
		          "stand; they come from other nodes"));
		break;
	case FEED_ANCHOR_LEAVES:
		ctx_warn(ctx, "anchor_leaves", "%s",
		        _("an anchor is known that lets another history of the registrar stand than is held "
		          "here; it comes from other nodes, and until then the old one is shown"));
		break;
	case FEED_ANCHOR_BARRED:
		ctx_warn(ctx, "anchor_barred", "%s",
		        _("the newest anchor names keys that a member has already: there is no registrar "
		          "until "
		          "a higher one is signed"));
		break;
	}
}

/* What would become of the registrars' entries held here. */
struct weighed {
	uint64_t voided, lacking;
	bool other_branch;
};

static void weigh_feed(
        struct ctx *ctx, struct feed_no no, const struct anchor_feed *named, struct weighed *out)
{
	struct head held;
	struct tree tree;
	uint64_t stands = named ? named->head.size : 0;

	if (!feed_roster_head(ctx->txn, no, &held))
		return;
	out->voided += held.size > stands ? held.size - stands : 0;
	out->lacking += stands > held.size ? stands - held.size : 0;
	if (!named || held.size < stands || !feed_tree_at(ctx->txn, no, stands, &tree))
		return;
	struct hash root = tree_root(&tree);
	out->other_branch |= !hash_equal(&root, &named->head.root);
}

static struct weighed weigh(struct ctx *ctx, const struct anchor *a)
{
	const struct roster *r = ctx->roster;
	struct weighed w = {0};

	for (uint32_t i = 0; i < r->registrars_count; i++) {
		const struct feed_keys *keys = &roster_feed(r, r->registrars[i].feed)->keys;
		bool named = i < a->feeds_count && keys_clash(keys, &a->feeds[i].keys);
		if (i == a->feeds_count && keys_clash(keys, &a->successor))
			continue; /* it goes on */
		weigh_feed(ctx, r->registrars[i].feed, named ? &a->feeds[i] : NULL, &w);
	}
	return w;
}

/* Void is void on every node: a person says that it is meant. */
static void confirm(struct ctx *ctx, const struct weighed *w)
{
	if (w->lacking > 0)
		ctx_warn(ctx, "lacking",
		        _("%llu entries of the old registrar stand that this node does not hold; they come "
		          "from other nodes"),
		        (unsigned long long)w->lacking);
	if (w->other_branch)
		ctx_warn(ctx, "other_branch", "%s",
		        _("another history of the registrar stands than the one held here"));
	if (w->voided > 0)
		ctx_warn(ctx, "voids",
		        _("%llu entries of the registrar that are held here become void, on every node"),
		        (unsigned long long)w->voided);
	if ((w->voided == 0 && !w->other_branch) || args_has(ctx->args, OPT_YES))
		return;
	if (!ctx_is_person(ctx) || !say_ask(_("Is that meant?")))
		trouble_set(&ctx->trouble, ERR_NOT_CONFIRMED, "%s",
		        _("nothing was done; where it is meant, give --yes"));
}

static bool read_anchor(struct ctx *ctx, struct anchor *out)
{
	struct bytes text;
	enum err e;

	if (!cmd_network_argument(ctx, OPT_IMPORT, &text))
		return false;
	e = anchor_line_parse(text, out);
	if (e == ERR_BAD_PREFIX)
		trouble_field(&ctx->trouble, ERR_BAD_TEXT, args_name(OPT_IMPORT), "%s",
		        cmd_network_begins(text, "lontardraft1")
		                ? _("this is a draft that was not signed yet: lontar network anchor --sign")
		                : _("this is no anchor: its line begins with lontaranchor1"));
	else if (e != ERR_OK)
		trouble_field(&ctx->trouble, e, args_name(OPT_IMPORT), "%s",
		        _("copy the whole line, from lontaranchor1 to its end"));
	return e == ERR_OK;
}

enum known { KNOWN_NEW, KNOWN_SAME };

/* Is it this network's, may its successor enter, and does it win? */
static enum known check(struct ctx *ctx, const struct anchor *a)
{
	const struct roster *r = ctx->roster;
	struct anchor known;
	bool has = feed_anchor(ctx->txn, &known);
	enum err e = anchor_verify(a, r->network.recovery);

	if (e != ERR_OK) {
		trouble_field(&ctx->trouble, e, args_name(OPT_IMPORT),
		        _("it was not signed with the recovery key of \"%.*s\""), (int)r->network.name.len,
		        r->network.name.text);
		return KNOWN_NEW;
	}
	if (has && !anchor_wins(a, &known)) {
		if (!anchor_wins(&known, a))
			return KNOWN_SAME;
		trouble_field(&ctx->trouble, ERR_EXISTS, args_name(OPT_IMPORT),
		        _("anchor number %llu is known here already, and wins over this one"),
		        (unsigned long long)known.number);
	} else if (cmd_network_taken(r, a)) {
		trouble_field(&ctx->trouble, ERR_KEY_TAKEN, args_name(OPT_IMPORT), "%s",
		        _("a member has the new registrar's keys; sign another with keys of their own"));
	}
	return KNOWN_NEW;
}

static enum err accept_here(struct ctx *ctx, struct txn *txn, void *argument)
{
	(void)ctx;
	return feed_anchor_accept(txn, argument);
}

static void give(struct ctx *ctx, struct anchor *a, const char *line)
{
	struct control *daemon = control_open(ctx);

	if (daemon)
		json_decref(control_call(ctx, daemon, "anchor", json_pack("{s:s}", "line", line), NULL));
	else
		(void)client_write(ctx, accept_here, a);
	control_close(daemon);
	ctx_close(ctx); /* to see what became of it */
	if (!trouble_is(&ctx->trouble))
		(void)ctx_open(ctx);
}

static enum exit_code report(struct ctx *ctx, const struct anchor *a, enum known known)
{
	json_t *row = cmd_network_json(ctx, a);

	cmd_network_warn(ctx);
	row_string(row, "state", cmd_network_state(ctx));
	row_yes(row, "new", known == KNOWN_NEW);
	row_json(row, "warnings", json_incref(ctx->warnings));
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, row);
	json_decref(row);
	(void)printf(_("Anchor number %llu\n"), (unsigned long long)a->number);
	if (known == KNOWN_SAME)
		say_note(ctx->form, "%s", _("This anchor is known here already."));
	else
		say_note(ctx->form, "%s",
		        _("It is kept here and told to every node, first of all, on each link."));
	if (feed_anchored(ctx->txn) == FEED_ANCHOR_FOLLOWED)
		say_note(ctx->form, "%s",
		        _("The new registrar is in force. Start `lontard` on its machine, if it does not "
		          "run."));
	return ctx_end(ctx);
}

enum exit_code cmd_network_import(struct ctx *ctx)
{
	struct anchor *a = arena_take(&ctx->arena, sizeof *a);
	struct weighed w;
	enum known known;

	if (!cmd_network_open(ctx) || !read_anchor(ctx, a))
		return ctx_end(ctx);
	known = check(ctx, a);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	cmd_network_explain(ctx, a);
	if (known == KNOWN_SAME)
		return report(ctx, a, known);
	w = weigh(ctx, a);
	confirm(ctx, &w);
	if (!trouble_is(&ctx->trouble))
		give(ctx, a, cmd_network_line(ctx, a));
	return trouble_is(&ctx->trouble) ? ctx_end(ctx) : report(ctx, a, known);
}
