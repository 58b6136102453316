/* SPDX-License-Identifier: Apache-2.0
 * cmd_invite.c: invites: one line of text, or a QR code, by which a new node finds this one and may ask to join. */
#include <stdio.h>
#include <string.h>

#include <qrencode.h>

#include "base/text.h"
#include "cmd_int.h"
#include "env/random.h"
#include "log/invite.h"
#include "log/short_text.h"
#include "node/joining.h"
#include "storage/own.h"
#include "tools/client.h"
#include "tools/joiner.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/table.h"

#define DAYS_DEFAULT 14u
#define DAYS_MAX 60u
#define DAY_S 86400u

/* Two rows of squares in one line of text, dark on light, with the quiet zone that readers want. */
static void print_qr(const char *line)
{
	QRcode *qr = QRcode_encodeString(line, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
	int width = qr ? qr->width : 0;

	for (int y = -4; y < width + 4; y += 2) {
		(void)fputs("\033[30;107m", stdout);
		for (int x = -4; x < width + 4; x++) {
			bool in = x >= 0 && x < width;
			bool upper = in && y >= 0 && y < width && (qr->data[y * width + x] & 1);
			bool lower = in && y + 1 >= 0 && y + 1 < width && (qr->data[(y + 1) * width + x] & 1);
			(void)fputs(upper ? (lower ? "\u2588" : "\u2580") : (lower ? "\u2584" : " "), stdout);
		}
		(void)fputs("\033[0m\n", stdout);
	}
	QRcode_free(qr);
}

/* Where this node can be dialled: --address, else `advertise` of lontar.conf. */
static void add_addresses(struct ctx *ctx, struct invite *invite)
{
	unsigned at = 0;
	const char *text = args_each(ctx->args, OPT_ADDRESS, &at);

	if (!text && ctx->config.advertise[0] != '\0') {
		(void)ctx_ok(ctx, invite_add_address(invite, bytes_text(ctx->config.advertise)),
		        ctx->config.advertise);
		return;
	}
	if (!text)
		trouble_field(&ctx->trouble, ERR_MISSING_FIELD, args_name(OPT_ADDRESS), "%s",
		        _("say where this node can be dialled, or set advertise in lontar.conf"));
	for (; text && !trouble_is(&ctx->trouble); text = args_each(ctx->args, OPT_ADDRESS, &at)) {
		enum err e = invite_add_address(invite, bytes_text(text));
		if (e != ERR_OK)
			trouble_field(&ctx->trouble, e, args_name(OPT_ADDRESS), "%s", text);
	}
}

static void keep(struct ctx *ctx, const struct invite *invite)
{
	struct joining_invite record = {.made_s = ctx->now_ms / 1000, .expires_s = invite->expiry_s};
	struct bytes note =
	        field_text(&ctx->trouble, args_field(ctx->args, OPT_NOTE), &ctx->arena, NAME_BYTES_MAX);
	uint8_t key[JOINING_KEY_BYTES], room[512];
	struct mp_out value = mp_out(room, sizeof room);

	if (trouble_is(&ctx->trouble) ||
	        !ctx_ok(ctx, short_text_of(note, NAME_BYTES_MAX, &record.note), "note"))
		return;
	memcpy(record.secret, invite->secret, sizeof record.secret);
	joining_key(invite->secret, key);
	joining_invite_pack(&value, &record);
	if (ctx_ok(ctx, mp_out_end(&value), "invite"))
		(void)client_keep(ctx, OWN_INVITES, BYTES_OF(key), mp_written(&value));
}

enum exit_code cmd_invite_create(struct ctx *ctx)
{
	struct field days = args_field(ctx->args, OPT_DAYS);
	uint64_t valid = field_given(days) ? field_count(&ctx->trouble, days, DAYS_MAX) : DAYS_DEFAULT;
	struct invite invite = {0};
	char line[INVITE_BYTES_MAX + 1];
	struct bytes_out o = bytes_out(line, INVITE_BYTES_MAX);

	if (!trouble_is(&ctx->trouble) && valid == 0)
		trouble_field(&ctx->trouble, ERR_BAD_NUMBER, days.name, _("1 to %u days"), DAYS_MAX);
	if (trouble_is(&ctx->trouble) || !ctx_need_self(ctx) || !own_network(ctx->txn, &invite.network))
		return ctx_end(ctx);
	memcpy(invite.link, own_keys(ctx->store)->link, sizeof invite.link);
	random_fill(invite.secret, sizeof invite.secret);
	invite.expiry_s = (uint32_t)(ctx->now_ms / 1000 + valid * DAY_S);
	add_addresses(ctx, &invite);
	if (trouble_is(&ctx->trouble) || !ctx_ok(ctx, invite_put(&o, &invite), "invite"))
		return ctx_end(ctx);
	line[bytes_written(&o).len] = '\0';
	keep(ctx, &invite);
	if (trouble_is(&ctx->trouble))
		return ctx_end(ctx);
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:s, s:s}", "invite", line, "expires",
		                                   names_instant(ctx, (uint64_t)invite.expiry_s * 1000)));
	if (args_has(ctx->args, OPT_QR))
		print_qr(line);
	(void)puts(line);
	return ctx_end(ctx);
}

static const struct column columns[] = {
        {"id", N_("Invite"), CELL_TEXT},
        {"note", N_("For"), CELL_TEXT},
        {"made", N_("Made"), CELL_TEXT},
        {"expires", N_("Expires"), CELL_TEXT},
        {"state", N_("State"), CELL_CODE},
};

enum exit_code cmd_invite_list(struct ctx *ctx)
{
	struct own_at at = {0};
	struct bytes key, value;
	json_t *rows = json_array();

	while (own_next(ctx->txn, OWN_INVITES, &at, &key, &value)) {
		struct joining_invite i;
		json_t *row;
		if (joining_invite_unpack(value, &i) != ERR_OK)
			continue;
		row = row_new();
		row_hex(row, "id", ctx, key);
		row_text(row, "note", BYTES(i.note.text, i.note.len));
		row_string(row, "made", names_instant(ctx, i.made_s * 1000));
		row_string(row, "expires", names_instant(ctx, i.expires_s * 1000));
		row_string(row, "state", joiner_invite_state(ctx, &i));
		row_add(rows, row);
	}
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:o}", "invites", rows));
	table_rows(rows, COLUMNS(columns), _("No invites. Make one with `lontar invite create`."));
	json_decref(rows);
	return ctx_end(ctx);
}

/* The invite whose key begins so; false: none, or several. */
static bool find(struct ctx *ctx, struct field f, uint8_t key[JOINING_KEY_BYTES], struct joining_invite *out)
{
	struct own_at at = {0};
	struct bytes name, value;
	unsigned found = 0;

	while (own_next(ctx->txn, OWN_INVITES, &at, &name, &value)) {
		const char *hex = names_hex(ctx, name);
		if (name.len != JOINING_KEY_BYTES || f.text.len == 0 || f.text.len > strlen(hex) ||
		        memcmp(hex, f.text.data, f.text.len) != 0 ||
		        joining_invite_unpack(value, out) != ERR_OK)
			continue;
		memcpy(key, name.data, JOINING_KEY_BYTES);
		found++;
	}
	if (found != 1)
		trouble_field(&ctx->trouble, found ? ERR_BAD_TEXT : ERR_NOT_FOUND, f.name, "\"%.*s\"",
		        (int)f.text.len, (const char *)f.text.data);
	return found == 1;
}

enum exit_code cmd_invite_revoke(struct ctx *ctx)
{
	struct joining_invite invite;
	uint8_t key[JOINING_KEY_BYTES], room[512];
	struct mp_out value = mp_out(room, sizeof room);

	if (!find(ctx, names_word(ctx, 0, "INVITE"), key, &invite))
		return ctx_end(ctx);
	invite.state = JOINING_REVOKED;
	joining_invite_pack(&value, &invite);
	if (ctx_ok(ctx, mp_out_end(&value), "invite"))
		(void)client_keep(ctx, OWN_INVITES, BYTES_OF(key), mp_written(&value));
	if (!trouble_is(&ctx->trouble) && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:b}", "done", 1));
	if (!trouble_is(&ctx->trouble))
		(void)printf("%s\n", _("Revoked: nobody can ask to join with this invite any more."));
	return ctx_end(ctx);
}
