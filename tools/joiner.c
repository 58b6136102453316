/* SPDX-License-Identifier: Apache-2.0
 * joiner.c: finding a request to join and its end. */
#include "tools/joiner.h"

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

/* The drawer's record with another state. */
static bool used_up(
        struct ctx *ctx, const uint8_t key[JOINING_KEY_BYTES], uint8_t *room, size_t cap, struct bytes *out)
{
	struct joining_invite i;
	struct bytes value;
	struct mp_out m = mp_out(room, cap);

	if (!own_get(ctx->txn, OWN_INVITES, BYTES(key, JOINING_KEY_BYTES), &value) ||
	        joining_invite_unpack(value, &i) != ERR_OK)
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
