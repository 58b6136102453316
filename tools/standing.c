/* SPDX-License-Identifier: Apache-2.0
 * standing.c: see standing.h. Without a daemon the store and the copy of its mark answer; who was asked is then not
 * known, for that is asked anew at each start. */
#include "tools/standing.h"

#include <string.h>

#include "node/fence.h"
#include "node/rewrites.h"
#include "storage/feed.h"
#include "storage/own.h"
#include "tools/control.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"

#define REFUSED_LISTED_MAX 100u

static void read_copy(struct ctx *ctx, struct standing *s)
{
	char id[STORE_ID_TEXT_BYTES];
	struct home_mark copy;

	store_id_text(ctx->store, id);
	if (ctx->config.fence && home_mark_read(&ctx->home, &ctx->config, id, &copy) == ERR_OK)
		s->copy = copy.head.size;
}

static void read_override(struct ctx *ctx, struct standing *s)
{
	struct fence_override o;

	s->has_override = fence_override(ctx->txn, &o);
	if (!s->has_override)
		return;
	s->override_ms = o.wall_ms;
	s->override_reason = arena_text(&ctx->arena, BYTES(o.reason.text, o.reason.len));
}

static json_t *refused(struct ctx *ctx)
{
	struct own_at at = {0};
	struct rewrite_refused r;
	json_t *list = json_array();

	while (json_array_size(list) < REFUSED_LISTED_MAX && rewrites_refused(ctx->txn, &at, &r))
		must(json_array_append_new(list, json_string(names_reference(ctx, &r.was))) == 0);
	return list;
}

static void read_store(struct ctx *ctx, struct standing *s)
{
	struct feed_info info = {0};
	struct head mark;
	bool restored = own_trust(ctx->txn) == OWN_RESTORED;

	if (ctx->has_feed)
		(void)feed_info(ctx->txn, ctx->feed, &info);
	own_mark(ctx->txn, &mark);
	s->size = info.head.size;
	s->mark = mark.size;
	s->state = restored ? "restored" : ctx->has_feed ? "settled" : "unknown";
	if (ctx->has_feed && info.state == FEED_HELD)
		s->state = "forked";
	s->is_registrar =
	        ctx->has_feed &&
	        (roster_roles(ctx->roster, (struct place){ctx->feed, info.head.size}) & ROLE_REGISTRAR);
}

static uint64_t number(const json_t *said, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(said, key));

	return n > 0 ? (uint64_t)n : 0;
}

/* A daemon knows who was asked, and more than the store of what it saw. */
static void read_said(struct ctx *ctx, const json_t *said, struct standing *s)
{
	const char *state = json_string_value(json_object_get(said, "state"));

	if (!state)
		return;
	if (strcmp(s->state, "forked") != 0)
		s->state = arena_text(&ctx->arena, bytes_text(state));
	s->size = number(said, "size");
	s->mark = number(said, "mark");
	s->copy = number(said, "copy") > s->copy ? number(said, "copy") : s->copy;
	s->shown = number(said, "shown");
	s->registrar_compared = json_is_true(json_object_get(said, "registrar_compared"));
	s->members_compared = number(said, "members_compared");
}

static void put(struct ctx *ctx, json_t *row, const struct standing *s)
{
	json_t *object = row_new(), *override = s->has_override ? row_new() : json_null();

	row_string(object, "state", s->state);
	row_count(object, "size", s->size);
	row_count(object, "mark", s->mark);
	row_count(object, "copy", s->copy);
	row_count(object, "shown", s->shown);
	row_yes(object, "registrar_compared", s->registrar_compared);
	row_count(object, "members_compared", s->members_compared);
	if (s->has_override) {
		row_string(override, "at", names_instant(ctx, s->override_ms));
		row_string(override, "reason", s->override_reason);
	}
	row_json(object, "overridden", override);
	row_json(object, "refused", s->refused_ref);
	row_json(row, "standing", object);
}

void standing_read(struct ctx *ctx, const json_t *said, json_t *row, struct standing *out)
{
	struct standing s = {.state = "unknown"};

	read_store(ctx, &s);
	read_copy(ctx, &s);
	read_override(ctx, &s);
	read_said(ctx, said, &s);
	s.refused_ref = refused(ctx);
	put(ctx, row, &s);
	*out = s;
}

bool standing_ask(struct ctx *ctx, json_t *row, struct standing *out)
{
	struct control *daemon = control_open(ctx);
	json_t *status = daemon ? control_call(ctx, daemon, "status", NULL, NULL) : NULL;

	control_close(daemon);
	standing_read(ctx, json_object_get(status, "standing"), row, out);
	json_decref(status);
	return daemon != NULL;
}

bool standing_is_settled(const struct standing *s)
{
	return strcmp(s->state, "settled") == 0;
}

/* Who is waited for. */
static void say_awaited(struct ctx *ctx, const struct standing *s, json_t *list)
{
	const char *way_out =
	        _("Keep `lontard` running; `lontar peer list` shows the links. Where they can never be "
	          "reached, a person may decide: `lontar publish`.");

	if (s->is_registrar)
		row_say(list, "awaited", way_out,
		        _("It waits until nodes of two members have shown what they hold of our entries; "
		          "%llu have."),
		        (unsigned long long)s->members_compared);
	else if (s->registrar_compared || s->members_compared >= 2)
		row_say(list, "awaited", way_out, "%s",
		        _("Others have shown what they hold; it waits for what is still under way, or for a "
		          "node that holds "
		          "what is known to have left."));
	else
		row_say(list, "awaited", way_out,
		        _("It waits until the node of %s, or those of two other members, have shown what "
		          "they hold of our "
		          "entries; %llu of the two have."),
		        names_alias(ctx, (struct member_no){0}), (unsigned long long)s->members_compared);
}

static void say_restored(struct ctx *ctx, const struct standing *s, json_t *list)
{
	struct bytes twin;

	row_say(list, "restored", NULL,
	        _("This store may be an old copy: it was brought back from a backup or a paper, moved or "
	          "copied. %llu of our "
	          "entries are here, of which %llu may be with others. New ones are taken and not sent."),
	        (unsigned long long)s->size, (unsigned long long)s->mark);
	if (own_get(ctx->txn, OWN_NOTES, bytes_text(FENCE_TWIN_NOTE), &twin))
		row_say(list, "twin",
		        _("Find the other directory with the same seed on this machine and keep one of the "
		          "two; then "
		          "start `lontard` for that one again."),
		        "%s",
		        _("Another store with this node's key started on this machine after this one. "
		          "Nothing leaves "
		          "from this one any more, or there would be two histories."));
	if (s->copy > s->mark)
		row_say(list, "copy_ahead",
		        _("A node that holds them gives them back; keep `lontard` running."),
		        _("The copy of the mark on this machine says that %llu had left, so %llu are missing "
		          "here."),
		        (unsigned long long)s->copy, (unsigned long long)(s->copy - s->mark));
	if (ctx->roster->founded)
		say_awaited(ctx, s, list);
}

static void say_refused(const struct standing *s, json_t *list)
{
	const char *first = json_string_value(json_array_get(s->refused_ref, 0));

	row_say(list, "refused_again",
	        _("`lontar log show` shows each by its old reference, with the reason; enter it anew where "
	          "it still holds."),
	        _("%u of our entries could not be appended again behind what came back: %s ..."),
	        (unsigned)json_array_size(s->refused_ref), first);
}

void standing_say(struct ctx *ctx, const struct standing *s, json_t *list)
{
	if (strcmp(s->state, "restored") == 0)
		say_restored(ctx, s, list);
	if (strcmp(s->state, "taken_back") == 0)
		row_say(list, "taken_back", _("Nothing is to be done; keep `lontard` running."),
		        _("Other nodes hold %llu of our entries, of which %llu are here; the rest is coming "
		          "back. What was "
		          "entered meanwhile follows behind it, and then leaves."),
		        (unsigned long long)s->shown, (unsigned long long)s->mark);
	if (strcmp(s->state, "forked") == 0)
		row_say(list, "forked",
		        _("Call the registrar, who cuts the feed; then this member goes on with a new one. "
		          "`lontar audit forks` "
		          "shows what conflicts."),
		        "%s",
		        _("Our own feed has conflicting records: two histories of it were signed, as when "
		          "two nodes run with one "
		          "seed. Nothing of it leaves any more."));
	if (s->has_override)
		row_say(list, "overridden", NULL,
		        _("On %s a person let our entries be published without comparing: %s"),
		        names_instant(ctx, s->override_ms), s->override_reason[0] ? s->override_reason : "-");
	if (json_array_size(s->refused_ref) > 0)
		say_refused(s, list);
}
