/* SPDX-License-Identifier: Apache-2.0
 * joiner.c: finding a request to join and its end. */
#include "tools/joiner.h"

#include <stdio.h>
#include <string.h>

#include "log/join.h"
#include "storage/own.h"
#include "tools/client.h"
#include "tools/lang.h"
#include "tools/names.h"

#define LINE_BEGINS "lontarjoin1"

/* Which of our open invites does the pasted line prove to know? */
static void find_invite(struct ctx *ctx, const struct join *join, struct joiner *out)
{
	const struct join_binding nothing = {{0}};
	struct own_at at = {0};
	struct bytes key, value;
	struct joining_invite i;

	while (own_next(ctx->txn, OWN_INVITES, &at, &key, &value)) {
		if (joining_invite_unpack(value, &i) != ERR_OK || i.state != JOINING_OPEN ||
		        i.expires_s < ctx->now_ms / 1000 || !join_has_secret(join, i.secret, &nothing))
			continue;
		joining_key(i.secret, out->joining.invite);
		out->has_invite = true;
	}
}

static void read_line(struct ctx *ctx, struct field f, struct joiner *out)
{
	const struct join_binding nothing = {{0}};
	struct join *join = arena_take(&ctx->arena, sizeof *join);
	enum err e = join_parse(f.text, join);

	if (e == ERR_OK)
		e = join_verify(join, &nothing);
	if (e != ERR_OK) {
		trouble_field(&ctx->trouble, e, f.name, "%s",
		        _("copy the whole line, from lontarjoin1 to its end"));
		return;
	}
	out->joining.keys = join->keys;
	out->joining.name = join->name;
	find_invite(ctx, join, out);
	if (!out->has_invite)
		ctx_warn(ctx, "no_invite", "%s",
		        _("the request proves no invite of this node that is still open"));
}

void joiner_find(struct ctx *ctx, struct field f, struct joiner *out)
{
	struct own_at at = {0};
	struct bytes key, value;
	unsigned found = 0;

	memset(out, 0, sizeof *out);
	if (f.text.len > strlen(LINE_BEGINS) && memcmp(f.text.data, LINE_BEGINS, strlen(LINE_BEGINS)) == 0) {
		read_line(ctx, f, out);
		return;
	}
	while (f.text.len > 0 && own_next(ctx->txn, OWN_JOINS, &at, &key, &value)) {
		const char *hex = names_hex(ctx, key);
		if (f.text.len > strlen(hex) || memcmp(hex, f.text.data, f.text.len) != 0 ||
		        joining_request_unpack(value, &out->joining) != ERR_OK)
			continue;
		out->waits = out->has_invite = true;
		found++;
	}
	if (found != 1)
		trouble_field(&ctx->trouble, ERR_NOT_FOUND, f.name,
		        _("\"%.*s\" begins the feed id of %u requests; `lontar member requests` lists them"),
		        (int)f.text.len, (const char *)f.text.data, found);
}

bool joiner_keys(struct ctx *ctx, struct feed_keys *keys, struct joiner *out)
{
	struct field given = args_field(ctx->args, OPT_KEYS), asked = args_field(ctx->args, OPT_REQUEST);

	memset(out, 0, sizeof *out);
	if (field_given(asked)) {
		joiner_find(ctx, asked, out);
		*keys = out->joining.keys;
	} else if (field_given(given)) {
		names_keys(ctx, given, keys);
	}
	return field_given(asked) || field_given(given);
}

bool joiner_node(struct ctx *ctx, struct roster_add *add, struct joiner *out)
{
	add->roles = ROLE_OFFICER;
	if (args_has(ctx->args, OPT_ROLES))
		add->roles = names_roles_of(ctx, args_field(ctx->args, OPT_ROLES));
	return joiner_keys(ctx, &add->keys, out);
}

static bool read_invite(struct ctx *ctx, const uint8_t key[JOINING_KEY_BYTES], struct joining_invite *out)
{
	struct bytes value;

	return own_get(ctx->txn, OWN_INVITES, BYTES(key, JOINING_KEY_BYTES), &value) &&
	       joining_invite_unpack(value, out) == ERR_OK;
}

const char *joiner_invite_state(const struct ctx *ctx, const struct joining_invite *i)
{
	static const char *const codes[] = {
	        [JOINING_OPEN] = "waiting", [JOINING_USED] = "used", [JOINING_REVOKED] = "revoked"};

	if (i->state == JOINING_OPEN && i->expires_s < ctx->now_ms / 1000)
		return "expired";
	return codes[i->state];
}

const char *joiner_state(struct ctx *ctx, const struct joining_request *r)
{
	struct joining_invite invite;

	return read_invite(ctx, r->invite, &invite) ? joiner_invite_state(ctx, &invite) : "unknown";
}

/* How many others ask by the same invite? */
static unsigned count_others(struct ctx *ctx, const struct joining_request *r)
{
	struct own_at at = {0};
	struct bytes key, value;
	struct joining_request other;
	unsigned count = 0;

	while (own_next(ctx->txn, OWN_JOINS, &at, &key, &value)) {
		count += joining_request_unpack(value, &other) == ERR_OK &&
		         memcmp(other.invite, r->invite, sizeof r->invite) == 0 &&
		         memcmp(&other.keys.feed, &r->keys.feed, sizeof r->keys.feed) != 0;
	}
	return count;
}

static bool ask_words(struct ctx *ctx, const struct joiner *r, const char *why)
{
	char question[512];

	if (!ctx_is_person(ctx) || args_has(ctx->args, OPT_YES))
		return args_has(ctx->args, OPT_YES);
	say_note(ctx->form, "%s", why);
	(void)snprintf(question, sizeof question, _("Did you hear these words from them? %s"),
	        names_words(ctx, &r->joining.keys.feed));
	return say_ask(question);
}

void joiner_check(struct ctx *ctx, const struct joiner *r)
{
	char why[256];
	const char *state = r->waits ? joiner_state(ctx, &r->joining) : "waiting";
	unsigned others = r->waits || r->has_invite ? count_others(ctx, &r->joining) : 0;

	if (trouble_is(&ctx->trouble) || (strcmp(state, "waiting") == 0 && others == 0))
		return;
	if (strcmp(state, "waiting") != 0)
		(void)snprintf(why, sizeof why, _("the invite of this request: %s"), lang_code(state));
	else
		(void)snprintf(why, sizeof why, _("others who ask by the same invite: %u"), others);
	if (ask_words(ctx, r, why))
		return;
	if (strcmp(state, "waiting") == 0 && !ctx_is_person(ctx))
		ctx_warn(ctx, "several_requests", _("%s; compare the eight words by voice"), why);
	else
		trouble_set(&ctx->trouble, ERR_INVITE_CLOSED, "%s", why);
}

/* The drawer's record with another state. */
static bool used_up(
        struct ctx *ctx, const uint8_t key[JOINING_KEY_BYTES], uint8_t *room, size_t cap, struct bytes *out)
{
	struct joining_invite i;
	struct mp_out m = mp_out(room, cap);

	if (!read_invite(ctx, key, &i) || i.state != JOINING_OPEN)
		return false;
	i.state = JOINING_USED;
	joining_invite_pack(&m, &i);
	*out = mp_written(&m);
	return mp_out_end(&m) == ERR_OK;
}

void joiner_done(struct ctx *ctx, const struct joiner *r)
{
	uint8_t room[512];
	struct bytes value;

	if (r->waits && !client_keep(ctx, OWN_JOINS, BYTES_OF(r->joining.keys.feed.bytes), (struct bytes){0}))
		return;
	if (r->has_invite && used_up(ctx, r->joining.invite, room, sizeof room, &value))
		(void)client_keep(ctx, OWN_INVITES, BYTES(r->joining.invite, JOINING_KEY_BYTES), value);
}
