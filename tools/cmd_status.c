/* SPDX-License-Identifier: Apache-2.0
 * cmd_status.c: health in one screen: who we are, what we hold, what is published, who is linked, and what a person
 * should do about what is not well. A daemon that runs is asked; without one the store answers. */
#include <stdio.h>
#include <string.h>

#include "cmd_int.h"
#include "node/joining.h"
#include "node/rewrites.h"
#include "storage/feed.h"
#include "storage/own.h"
#include "tools/control.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/standing.h"
#include "tools/table.h"

static const struct {
	const char *code, *words;
} warnings[] = {
        {"no_daemon", N_("No lontard runs here: nothing is sent or received. Start it with `lontard`.")},
        {"fence_off",
                N_("The copy of the mark is off (fence = off): a restored backup would not be noticed.")},
        {"not_admitted", N_("This node is not in the roster yet. An officer of the network must admit it, "
                            "and compares these words with you by voice.")},
        {"join_refused",
                N_("The request to join was refused: the invite may be used up, expired or revoked, or an "
                   "officer refused it. Talk to an officer of the network, who can give another invite.")},
        {"not_known",
                N_("The nodes of the network do not know this node's key, so nothing is to be fetched by it; "
                   "`lontar why` says what to do.")},
        {"recovering", N_("This node came back from paper or an old copy: our records are fetched from other "
                          "members. Nothing is to be done, but it needs a link to one of them.")},
        {"no_link",
                N_("No other node is linked. Is the network there? `lontar peer add` names one to dial.")},
        {"clock_differs", N_("This machine's clock and another node's differ by more than two minutes.")},
        {"not_published", N_("Some own entries were not sent to anybody yet.")},
        {"conflicting_records", N_("A feed has conflicting records; see `lontar audit forks`.")},
        {"feed_cut",
                N_("Our own feed is cut: nothing more of it counts. Go on with a new one; `lontar why` says "
                   "more.")},
        {"registrar_forked",
                N_("Conflicting records of the registrar: the list of members stands still until an "
                   "anchor settles it; see `lontar network anchor`.")},
        {"anchor_awaits",
                N_("A new registrar is named; entries of the old one that stand are still to come.")},
        {"anchor_leaves",
                N_("A new registrar is named, and another history of the old one stands than is held "
                   "here: it is fetched, and until then the old list of members is shown.")},
        {"anchor_barred", N_("The newest anchor names keys that a member has already: there is no registrar "
                             "until a higher one is signed.")},
        {"no_network", N_("This node knows no network yet.")},
        {"no_seed", N_("The node's seed is missing: nothing can be signed. `lontar key recover` brings it "
                       "back from paper.")},
};

static const char *warning_words(const char *code)
{
	for (size_t i = 0; i < sizeof warnings / sizeof warnings[0]; i++) {
		if (strcmp(warnings[i].code, code) == 0)
			return _(warnings[i].words);
	}
	return code;
}

static void warn(json_t *list, const char *code)
{
	must(json_array_append_new(list, json_string(code)) == 0);
}

static bool is_cut(struct ctx *ctx)
{
	struct feed_info info;

	return ctx->has_feed && feed_info(ctx->txn, ctx->feed, &info) && info.state == FEED_CUT;
}

static void warn_of_registrar(struct ctx *ctx, json_t *list)
{
	struct feed_info info;

	if (ctx->roster->founded && feed_info(ctx->txn, roster_registrar(ctx->roster), &info) &&
	        info.state == FEED_HELD)
		warn(list, "registrar_forked");
	switch (feed_anchored(ctx->txn)) {
	case FEED_ANCHOR_NONE:
	case FEED_ANCHOR_FOLLOWED:
		return;
	case FEED_ANCHOR_AWAITS:
		warn(list, "anchor_awaits");
		return;
	case FEED_ANCHOR_LEAVES:
		warn(list, "anchor_leaves");
		return;
	case FEED_ANCHOR_BARRED:
		warn(list, "anchor_barred");
		return;
	}
}

/* Entries held of all feeds, and whether one has two histories. */
static uint64_t count_entries(struct ctx *ctx, bool *conflict)
{
	uint64_t all = 0;
	struct feed_info info;

	for (uint32_t i = 0; i < ctx->roster->feeds_count; i++) {
		if (!feed_info(ctx->txn, (struct feed_no){i}, &info))
			continue;
		all += info.head.size;
		*conflict |= info.state == FEED_HELD;
	}
	return all;
}

static void put_own(struct ctx *ctx, json_t *object, json_t *list)
{
	struct feed_info info = {0};
	struct head mark;
	bool recovering = own_trust(ctx->txn) == OWN_RESTORED;
	struct bytes note;

	own_mark(ctx->txn, &mark);
	if (ctx->has_feed)
		(void)feed_info(ctx->txn, ctx->feed, &info);
	else
		warn(list, recovering ? "recovering" : "not_admitted");
	if (!ctx->has_feed && own_get(ctx->txn, OWN_NOTES, bytes_text(JOINING_REFUSED_NOTE), &note))
		warn(list, recovering ? "not_known" : "join_refused");
	row_string(object, "words",
	        ctx->has_feed || recovering ? NULL : names_words(ctx, &own_keys(ctx->store)->feed));
	row_string(object, "member", ctx->has_feed ? names_alias(ctx, ctx->me) : NULL);
	row_hex(object, "feed", ctx, BYTES_OF(own_keys(ctx->store)->feed.bytes));
	row_count(object, "own_size", info.head.size);
	row_count(object, "published", mark.size);
	if (info.head.size > mark.size)
		warn(list, "not_published");
}

/* What the store says by itself. */
static json_t *from_store(struct ctx *ctx)
{
	struct store_size size = store_size(ctx->store);
	json_t *object = row_new(), *list = json_array(), *store = row_new();
	struct network_id network;
	bool conflict = false, known = own_network(ctx->txn, &network);

	row_string(object, "network", known ? names_hex(ctx, BYTES_OF(network.bytes)) : NULL);
	row_text(
	        object, "network_name", BYTES(ctx->roster->network.name.text, ctx->roster->network.name.len));
	put_own(ctx, object, list);
	row_count(object, "members", ctx->roster->members_count);
	row_count(object, "roster_size", ctx->roster->feeds_count);
	row_count(object, "entries", count_entries(ctx, &conflict));
	if (!known)
		warn(list, "no_network");
	if (conflict)
		warn(list, "conflicting_records");
	if (is_cut(ctx))
		warn(list, "feed_cut");
	warn_of_registrar(ctx, list);
	if (own_trust(ctx->txn) == OWN_RESTORED)
		warn(list, "restored");
	if (!ctx->config.fence)
		warn(list, "fence_off");
	if (!home_has_seed(&ctx->home))
		warn(list, "no_seed");
	row_json(object, "peers", json_array());
	row_yes(object, "in_step", false);
	row_yes(object, "publishing", false);
	row_yes(object, "daemon", false);
	row_count(store, "bytes", size.bytes);
	row_count(store, "map_bytes", size.map_bytes);
	row_json(object, "store", store);
	row_json(object, "warnings", list);
	return object;
}

static bool holds(const json_t *list, const char *code)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (strcmp(json_string_value(item), code) == 0)
			return true;
	}
	return false;
}

/* The daemon's word goes over the store's, but for warnings, which add up, and the standing, which is read with it. */
static void ask_daemon(struct ctx *ctx, json_t *object)
{
	json_t *list = json_object_get(object, "warnings"), *result, *theirs, *item;
	struct control *daemon = control_open(ctx);
	size_t i;

	if (!daemon) {
		warn(list, "no_daemon");
		return;
	}
	result = control_call(ctx, daemon, "status", NULL, NULL);
	control_close(daemon);
	if (!result)
		return;
	theirs = json_object_get(result, "warnings");
	json_array_foreach(theirs, i, item)
	{
		if (json_is_string(item) && !holds(list, json_string_value(item)))
			must(json_array_append(list, item) == 0);
	}
	(void)json_object_del(result, "warnings");
	(void)json_object_set(object, "said", json_object_get(result, "standing"));
	(void)json_object_del(result, "standing");
	must(json_object_update(object, result) == 0);
	row_yes(object, "daemon", true);
	json_decref(result);
}

static const struct column columns[] = {
        {"words", N_("To compare by voice"), CELL_TEXT},
        {"network_name", N_("Network"), CELL_TEXT},
        {"member", N_("We are"), CELL_TEXT},
        {"members", N_("Members"), CELL_COUNT},
        {"entries", N_("Entries held"), CELL_COUNT},
        {"own_size", N_("Our own entries"), CELL_COUNT},
        {"published", N_("Of these may be with others"), CELL_COUNT},
        {"in_step", N_("In step"), CELL_YES},
};

static const struct column peer_columns[] = {
        {"member", N_("Linked with"), CELL_TEXT},
        {"state", N_("State"), CELL_CODE},
        {"since", N_("In step as of"), CELL_TEXT},
        {"rtt_ms", N_("ms"), CELL_COUNT},
        {"bytes_in", N_("In"), CELL_BYTES},
        {"bytes_out", N_("Out"), CELL_BYTES},
};

static void print_standing(struct ctx *ctx, const struct standing *s)
{
	json_t *list = json_array(), *item;
	size_t i;

	standing_say(ctx, s, list);
	json_array_foreach(list, i, item)
	{
		const char *way_out = json_string_value(json_object_get(item, "way_out"));
		(void)printf("! %s\n", json_string_value(json_object_get(item, "text")));
		if (way_out)
			(void)printf("  %s\n", way_out);
	}
	json_decref(list);
}

static void print_rewritten(const json_t *object)
{
	json_int_t count = json_integer_value(json_object_get(object, "rewritten"));

	if (count > 0)
		(void)printf(
		        _("%lld of our entries got new references in the last 7 days, behind what came back "
		          "from other nodes: %s ... The old ones go on working; `lontar log show` with one "
		          "shows "
		          "the new.\n"),
		        (long long)count, json_string_value(json_object_get(object, "rewritten_first")));
}

static void print_words(struct ctx *ctx, json_t *object, const struct standing *s)
{
	json_t *item, *peers = json_object_get(object, "peers");
	const json_t *all = json_object_get(object, "warnings");
	bool refused = holds(all, "join_refused"), unknown = holds(all, "not_known");
	size_t i;

	print_standing(ctx, s); /* it says what "restored" is */
	json_array_foreach(json_object_get(object, "warnings"), i, item)
	{
		const char *code = json_string_value(item);
		if (strcmp(code, "restored") != 0 && !(refused && strcmp(code, "not_admitted") == 0) &&
		        !(unknown && strcmp(code, "recovering") == 0))
			(void)printf("! %s\n", warning_words(code));
	}
	print_rewritten(object);
	table_object(object, COLUMNS(columns));
	json_array_foreach(peers, i, item)
	{
		const json_t *since = json_object_get(item, "in_step_as_of");
		if (json_is_integer(since))
			row_string(item, "since", names_instant(ctx, (uint64_t)json_integer_value(since)));
	}
	if (json_array_size(peers) > 0) {
		(void)putchar('\n');
		table_rows(peers, COLUMNS(peer_columns), "");
	}
}

#define REWRITTEN_SHOWN_MS (UINT64_C(7) * 24 * 3600 * 1000)

/* Own entries that came under new references of late: said for some days, and then no more. */
static void put_rewritten(struct ctx *ctx, json_t *object)
{
	struct own_at at = {0};
	struct rewrite r;
	uint64_t count = 0;

	row_null(object, "rewritten_first");
	while (rewrites_next(ctx->txn, &at, &r)) {
		if (!rewrites_has_successor(&r) || r.wall_ms + REWRITTEN_SHOWN_MS < ctx->now_ms)
			continue;
		if (count++ == 0)
			row_reference(object, "rewritten_first", ctx, &r.was);
	}
	row_count(object, "rewritten", count);
}

enum exit_code cmd_status(struct ctx *ctx)
{
	json_t *object = from_store(ctx);
	struct standing s;

	put_rewritten(ctx, object);
	ask_daemon(ctx, object);
	standing_read(ctx, json_object_get(object, "said"), object, &s);
	(void)json_object_del(object, "said");
	if (!trouble_is(&ctx->trouble) && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, object);
	if (!trouble_is(&ctx->trouble))
		print_words(ctx, object, &s);
	json_decref(object);
	return ctx_end(ctx);
}
