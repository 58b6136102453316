/* SPDX-License-Identifier: Apache-2.0
 * cmd_why.c: why something is not there, or has no effect, and what to do: of an entry, of a member, or of this node.
 * Every answer is a code, words, and a way out. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cmd_int.h"
#include "node/joining.h"
#include "storage/own.h"
#include "storage/query.h"
#include "tools/commands.h"
#include "tools/conflicts.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/standing.h"

#define WAY_OUT_BYTES 512u

struct answers {
	struct ctx *ctx;
	json_t *list;
};

static void why_cut(struct answers *a, struct feed_no no, const struct feed_info *info)
{
	struct fork fork;

	row_say(a->list, "cut",
	        feed_fork(a->ctx->txn, no, &fork)
	                ? _("Its two histories are proven, so that stays; the member goes on with a new feed "
	                    "(`lontar feed add`).")
	                : _("The registrar lifts a cutoff with `lontar feed resolve`."),
	        _("the feed counts up to %llu entries only"), (unsigned long long)info->cutoff.size);
}

/* Nobody but this node makes what comes next in its own feed. An old copy may lack some. */
static bool is_made_nowhere(const struct answers *a, struct place place)
{
	return a->ctx->has_feed && a->ctx->feed.n == place.feed.n && own_trust(a->ctx->txn) == OWN_SETTLED;
}

/* Why nothing more comes of a feed. False: more may come. */
static bool why_stopped(struct answers *a, struct feed_no no, const struct feed_info *info)
{
	if (info->state == FEED_HELD)
		row_say(a->list, "held",
		        _("The registrar decides with `lontar feed cut`; `lontar audit forks` shows the "
		          "proof."),
		        "%s", _("the feed has conflicting records, so nothing more is taken of it"));
	if (info->state == FEED_CUT)
		why_cut(a, no, info);
	return info->state == FEED_HELD || (info->state == FEED_CUT && info->head.size >= info->cutoff.size);
}

/* What may come: of others by itself, of our own only what an old copy lacks. */
static const char *way_of_missing(const struct answers *a, struct place place, bool stopped)
{
	if (stopped)
		return NULL;
	if (a->ctx->has_feed && a->ctx->feed.n == place.feed.n)
		return _("Nobody else makes an entry of ours. This store may be an old copy: where other "
		         "nodes hold "
		         "more of ours, it comes back from them; `lontar why` says more.");
	return _("It comes with the next synchronisation; `lontar status` shows the links.");
}

static void why_not_held(struct answers *a, struct place place)
{
	const struct roster_feed *feed = roster_feed(a->ctx->roster, place.feed);
	json_t *stops = json_array();
	struct answers why = {a->ctx, stops};
	struct feed_info info;

	if (!feed || !feed_info(a->ctx->txn, place.feed, &info)) {
		row_say(a->list, "unknown_feed",
		        _("Is the registrar's feed up to date? `lontar status` says with whom we are in "
		          "step."),
		        _("feed %u is not in the roster held here"), (unsigned)place.feed.n);
		json_decref(stops);
		return;
	}
	bool stopped = why_stopped(&why, place.feed, &info);
	row_say(a->list, "not_held", way_of_missing(a, place, stopped),
	        _("there is no entry %u.%llu here: %llu entries of that feed of %s are held"),
	        (unsigned)place.feed.n, (unsigned long long)place.seq, (unsigned long long)info.head.size,
	        names_alias(a->ctx, feed->member));
	must(json_array_extend(a->list, stops) == 0);
	json_decref(stops);
}

static bool waits(struct answers *a, struct place place)
{
	struct view_at at = {0};
	struct view_waiting w;

	while (view_waiting_next(a->ctx->txn, &at, &w)) {
		if (place_compare(w.place, place) != 0)
			continue;
		row_say(a->list, "waits", _("It counts as soon as that entry comes and can be opened."),
		        _("it is about %u.%llu, which is not here or not open to us"),
		        (unsigned)w.about.feed.n, (unsigned long long)w.about.seq);
		return true;
	}
	return false;
}

/* The command that writes such an entry, with what it is about where that counts. NULL: none does, or it is sealed. */
static const char *command_of(struct ctx *ctx, const struct aside_item *item)
{
	const struct kind_info *info = item->opened == ERR_OK ? kind_info(item->statement.kind) : NULL;
	char *noun = info ? arena_text(&ctx->arena, bytes_text(info->name)) : NULL;
	char *verb = noun ? strchr(noun, '.') : NULL, *text = arena_take(&ctx->arena, WAY_OUT_BYTES);
	struct entry_ref held;

	if (!verb)
		return NULL;
	*verb++ = '\0';
	noun = strcmp(noun, "partnership") == 0 ? "partner" : noun;
	if (!commands_find(noun, verb))
		return NULL;
	bool counts = info->part == PART_ABOUT && item->objects_count > 0 &&
	              feed_entry(ctx->txn, item->objects[0].place, &held);
	struct reference there = counts ? feed_reference(&held) : (struct reference){.id = {0}};
	counts = counts && reference_equal(&there, &item->objects[0]);
	(void)snprintf(text, WAY_OUT_BYTES, "lontar %s %s%s%s", noun, verb, counts ? " " : "",
	        counts ? names_reference(ctx, &there) : "");
	return text;
}

/* Nobody but its author can write it again; the other one answers it then. */
static const char *write_again(struct ctx *ctx, const struct aside_item *item)
{
	const char *command = command_of(ctx, item), *author = names_alias(ctx, item->statement.author);
	bool ours = ctx->has_feed && item->statement.author.n == ctx->me.n;
	char *text = arena_take(&ctx->arena, WAY_OUT_BYTES);

	if (!command)
		return _(
		        "Agree with the partner what holds, and write that again; `lontar audit forks` shows "
		        "both branches.");
	if (ours)
		(void)snprintf(text, WAY_OUT_BYTES,
		        _("Agree with the partner whether it holds, and then write it again: `%s`. `lontar "
		          "audit "
		          "forks` shows both branches."),
		        command);
	else
		(void)snprintf(text, WAY_OUT_BYTES,
		        _("Agree with %s whether it holds; %s then writes it again (`%s`), with a feed that "
		          "counts, and you answer that. `lontar audit forks` shows both branches."),
		        author, author, command);
	return text;
}

/* Does the word, whole or not, name what is held at its place? */
static bool is_held(struct ctx *ctx, struct bytes text)
{
	struct reference given, held;
	struct entry_ref entry;
	unsigned digits;

	if (reference_parse(text, &given, &digits) != ERR_OK || !feed_entry(ctx->txn, given.place, &entry))
		return false;
	held = feed_reference(&entry);
	return names_begins(&given, digits, &held);
}

/* A void entry, or one about which something void was said. True: it is void itself. What is held goes before what is
 * void at the same place. */
static bool conflicts_with(struct answers *a, struct bytes text, const struct conflicts *conflicts)
{
	const struct aside_item *item = is_held(a->ctx, text) ? NULL : conflicts_entry(conflicts, text);
	size_t from = 0;
	struct feed_info info = {.cutoff = {.size = 0}};
	struct reference ref;
	unsigned digits;

	if (item && feed_info(a->ctx->txn, item->statement.ref.place.feed, &info))
		row_say(a->list, "void", write_again(a->ctx, item),
		        _("conflicting records: it is not among the %llu entries that count of this feed, so "
		          "it "
		          "has no effect"),
		        (unsigned long long)info.cutoff.size);
	if (item || !conflicts || reference_parse(text, &ref, &digits) != ERR_OK)
		return item != NULL;
	ref = names_held(a->ctx, ref.place);
	while ((item = aside_about(conflicts->aside, &ref, &from)))
		row_say(a->list, "conflicting", write_again(a->ctx, item),
		        _("conflicting records: %s of %s is about it, and is void"),
		        names_reference(a->ctx, &item->statement.ref),
		        names_alias(a->ctx, item->statement.author));
	return false;
}

/* Held back here, with all that is known of why. False: it is not ours, or may be with others. */
static bool why_held_back(struct answers *a, struct place place)
{
	struct standing s;
	json_t *row;

	if (!a->ctx->has_feed || a->ctx->feed.n != place.feed.n)
		return false;
	row = row_new();
	(void)standing_ask(a->ctx, row, &s);
	bool held_back = !standing_is_settled(&s) && place.seq >= s.mark;
	if (held_back) {
		row_say(a->list, "held_back", NULL, "%s",
		        _("it is held back here: nothing new of ours leaves this node for now"));
		standing_say(a->ctx, &s, a->list);
	}
	json_decref(row);
	return held_back;
}

static void why_entry(struct answers *a, struct place place)
{
	struct bytes_out scratch =
	        bytes_out(arena_take(&a->ctx->arena, ENTRY_PAYLOAD_BYTES_MAX), ENTRY_PAYLOAD_BYTES_MAX);
	struct entry_ref entry;
	struct statement s;
	uint64_t received_ms;
	enum err e;

	if (!feed_entry(a->ctx->txn, place, &entry)) {
		why_not_held(a, place);
		return;
	}
	e = view_statement(a->ctx->txn, place, &scratch, &s);
	if (e == ERR_NOT_FOR_US)
		row_say(a->list, "not_for_us", _("Only its parties and the auditors read it."), "%s",
		        _("it is sealed to others"));
	else if (e != ERR_OK)
		row_say(a->list, err_code(e), trouble_way_out(e), "%s", _(err_text(e)));
	e = view_rejected(a->ctx->txn, place);
	if (e != ERR_OK)
		row_say(a->list, err_code(e), trouble_way_out(e), _("it has no effect: %s"), _(err_text(e)));
	(void)waits(a, place);
	if (!query_received(a->ctx->txn, place, &received_ms) && !why_held_back(a, place))
		row_say(a->list, "not_received",
		        _("The registrar's node states what it holds every few minutes."), "%s",
		        _("no statement of the registrar covers it yet"));
	if (json_array_size(a->list) == 0)
		row_say(a->list, "counts", NULL, _("it counts, and the registrar received it on %s"),
		        names_instant(a->ctx, received_ms));
}

static void why_reference(struct answers *a, struct field f, struct place place)
{
	struct conflicts *conflicts = conflicts_open(a->ctx);
	struct entry_ref entry;

	if (!conflicts_with(a, f.text, conflicts)) {
		if (feed_entry(a->ctx->txn, place, &entry)) /* it may be another than the one named */
			place = names_entry(a->ctx, f).place;
		else if (is_made_nowhere(a, place))
			trouble_field(&a->ctx->trouble, ERR_NOT_FOUND, f.name, "%s",
			        _("there is no such entry: our own feed is not that long"));
		if (!trouble_is(&a->ctx->trouble))
			why_entry(a, place);
	}
	conflicts_close(conflicts);
}

static void why_member(struct answers *a, struct member_no no)
{
	const struct roster_member *member = roster_member(a->ctx->roster, no);
	struct day heard;
	bool any = false;

	for (uint32_t i = 0; i < a->ctx->roster->feeds_count; i++) {
		struct feed_info info;
		if (a->ctx->roster->feeds[i].member.n != no.n ||
		        !feed_info(a->ctx->txn, (struct feed_no){i}, &info))
			continue;
		any = true;
		row_say(a->list, "feed", NULL, _("feed %u: %llu entries held here, the newest of %s"),
		        (unsigned)i, (unsigned long long)info.head.size,
		        info.last_time_ms ? names_instant(a->ctx, info.last_time_ms) : "-");
		(void)why_stopped(a, (struct feed_no){i}, &info);
	}
	if (!any)
		row_say(a->list, "no_feed", _("Give it an invite, or add its feed with `lontar feed add`."),
		        "%s", _("it has no node yet"));
	if (member->state != MEMBER_ACTIVE)
		row_say(a->list, "not_active", NULL, "%s",
		        member->state == MEMBER_LEFT ? _("it has left the network") : _("it is suspended"));
	if (query_heard(a->ctx->txn, no, ctx_today(a->ctx), &heard))
		row_say(a->list, "heard", NULL, _("the registrar's node last compared heads with it on %s"),
		        names_date(a->ctx, heard));
	else
		row_say(a->list, "never_heard",
		        _("The registrar's node states that once a day, of nodes that are linked with it; "
		          "`lontar peer list` shows our own links."),
		        "%s", _("no statement that the registrar's node compared heads with it is here yet"));
}

/* Nobody said that it is no member, and no roster is here that lacks it. */
static bool may_be_known(struct ctx *ctx)
{
	struct bytes note;

	return !ctx->roster->founded &&
	       !own_get(ctx->txn, OWN_NOTES, bytes_text(JOINING_REFUSED_NOTE), &note);
}

static void why_not_known(struct answers *a)
{
	row_say(a->list, "not_known",
	        _("An officer looks with `lontar member show` and the start of the feed id that `lontar key "
	          "show` says here. If it is nowhere, begin in an empty home: `lontar init --join INVITE`."),
	        "%s",
	        _("The nodes of the network do not know this key: it was never admitted, or the paper is of "
	          "another node. Nothing is to be fetched by it."));
}

static void why_self(struct answers *a)
{
	struct standing s;
	json_t *row = row_new();

	(void)standing_ask(a->ctx, row, &s);
	standing_say(a->ctx, &s, a->list);
	json_decref(row);
	if (a->ctx->has_feed)
		why_member(a, a->ctx->me);
	else if (standing_is_settled(&s) || json_array_size(a->list) == 0)
		(void)ctx_need_self(a->ctx);
	else if (!may_be_known(a->ctx))
		why_not_known(a);
	else
		row_say(a->list, "no_roster",
		        _("Keep `lontard` running. Where nobody is dialled, `lontar key recover PAPER "
		          "--invite INVITE`."),
		        "%s", _("No node of the network has been reached yet."));
}

/* One of ours that was appended again. False: it was not. */
static bool why_rewritten(struct answers *a, struct field f)
{
	struct rewrite r;

	if (!names_rewrite(a->ctx, f, &r))
		return false;
	if (!rewrites_has_successor(&r)) {
		row_say(a->list, "withdrawn",
		        _("`lontar log show` with this reference shows the reason and what was in it."), "%s",
		        _("it was withdrawn when newer entries of ours came back, and not appended again"));
		return true;
	}
	row_say(a->list, "appended_again", NULL,
	        _("it had not left when newer entries of ours came back, and stands behind them as %s"),
	        names_reference(a->ctx, &r.now));
	why_entry(a, r.now.place);
	return true;
}

/* The word names what is held, and it is also the beginning of a reference that one of ours had before. */
static void why_was_here(struct answers *a, struct field f)
{
	struct own_at at = {0};
	struct rewrite step, end;
	struct reference given;
	unsigned digits;

	if (!is_held(a->ctx, f.text) || reference_parse(f.text, &given, &digits) != ERR_OK)
		return;
	while (rewrites_next(a->ctx->txn, &at, &step)) {
		if (place_compare(step.was.place, given.place) != 0 ||
		        !names_begins(&given, digits, &step.was) ||
		        !rewrites_find(a->ctx->txn, &step.was, &end) || !rewrites_has_successor(&end))
			continue;
		row_say(a->list, "was_here", NULL, _("an entry of ours that was %s is now %s"),
		        names_reference(a->ctx, &step.was), names_reference(a->ctx, &end.now));
	}
}

enum exit_code cmd_why(struct ctx *ctx)
{
	struct answers a = {ctx, json_array()};
	struct field f = names_word(ctx, 0, "MEMBER|ENTRY");
	struct reference ref;
	unsigned digits;
	const json_t *row;
	size_t i;

	if (reference_parse(f.text, &ref, &digits) == ERR_OK) {
		if (!why_rewritten(&a, f))
			why_reference(&a, f, ref.place);
		why_was_here(&a, f);
	} else if (field_given(f)) {
		struct member_no no = names_member(ctx, f);
		if (!trouble_is(&ctx->trouble))
			why_member(&a, no);
	} else {
		why_self(&a);
	}
	if (!trouble_is(&ctx->trouble) && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:o}", "answers", a.list));
	json_array_foreach(a.list, i, row)
	{
		const char *way_out = json_string_value(json_object_get(row, "way_out"));
		(void)printf("%s\n", json_string_value(json_object_get(row, "text")));
		if (way_out)
			(void)printf("  %s\n", way_out);
	}
	json_decref(a.list);
	return ctx_end(ctx);
}
