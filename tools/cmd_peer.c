/* SPDX-License-Identifier: Apache-2.0
 * cmd_peer.c: other nodes: who is linked, and whom to dial beside the roster's addresses. What is added stands in
 * lontar.conf, and a daemon that runs is told at once. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cmd_int.h"
#include "tools/conf.h"
#include "tools/control.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/table.h"

static const struct column columns[] = {
        {"member", N_("Member"), CELL_TEXT},
        {"side", N_("Link"), CELL_TEXT},
        {"state", N_("State"), CELL_CODE},
        {"since", N_("In step as of"), CELL_TEXT},
        {"rtt_ms", N_("ms"), CELL_COUNT},
        {"bytes_in", N_("In"), CELL_BYTES},
        {"bytes_out", N_("Out"), CELL_BYTES},
};

static json_t *configured_json(struct ctx *ctx)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < ctx->config.peers_count; i++) {
		struct bytes rest = bytes_text(ctx->config.peers[i]), address = text_split(&rest, ' ');
		json_t *row = row_new();
		row_text(row, "address", address);
		row_text(row, "link_key", text_trim(rest));
		row_add(list, row);
	}
	return list;
}

static void print_words(struct ctx *ctx, json_t *peers)
{
	static const struct column configured_columns[] = {
	        {"address", N_("Address"), CELL_TEXT}, {"link_key", N_("Link key"), CELL_TEXT}};
	json_t *configured = configured_json(ctx), *peer;
	size_t i;

	json_array_foreach(peers, i, peer)
	{
		json_t *since = json_object_get(peer, "in_step_as_of");
		if (json_is_integer(since))
			row_string(peer, "since", names_instant(ctx, (uint64_t)json_integer_value(since)));
	}
	table_rows(peers, COLUMNS(columns), _("No links."));
	if (json_array_size(configured) > 0)
		table_rows(configured, COLUMNS(configured_columns), "");
	json_decref(configured);
}

enum exit_code cmd_peer_list(struct ctx *ctx)
{
	struct control *daemon = control_open(ctx);
	json_t *result = daemon ? control_call(ctx, daemon, "peers", NULL, NULL) : NULL;
	json_t *peers = result ? json_incref(json_object_get(result, "peers")) : json_array();

	control_close(daemon);
	json_decref(result);
	if (!daemon)
		say_note(ctx->form, "%s", _("No lontard runs here, so there are no links."));
	if (ctx->form == SAY_JSON && !trouble_is(&ctx->trouble))
		return ctx_print_json(ctx, json_pack("{s:o, s:o, s:b}", "peers", peers, "configured",
		                                   configured_json(ctx), "daemon", daemon != NULL));
	if (!trouble_is(&ctx->trouble))
		print_words(ctx, peers);
	json_decref(peers);
	return ctx_end(ctx);
}

/* HOST:PORT and 64 hex digits. */
static bool read_peer(struct ctx *ctx, struct field *address, struct field *key)
{
	uint8_t link_key[32];
	const uint8_t *colon;

	*address = names_word(ctx, 0, "HOST:PORT");
	*key = names_word(ctx, 1, "LINKKEY");
	colon = address->text.len > 0 ? memchr(address->text.data, ':', address->text.len) : NULL;
	if (!colon || address->text.len >= ADDRESS_BYTES_MAX)
		trouble_field(&ctx->trouble, ERR_BAD_TEXT, address->name, "\"%.*s\"", (int)address->text.len,
		        (const char *)address->text.data);
	else if (text_hex(key->text, link_key, sizeof link_key) != ERR_OK)
		trouble_field(&ctx->trouble, ERR_BAD_KEY, key->name, "%s", _("a link key has 64 hex digits"));
	return !trouble_is(&ctx->trouble);
}

static json_t *dial_params(struct field address, struct field key)
{
	return json_pack("{s:s%, s:s%}", "address", address.text.data, address.text.len, "link_key",
	        key.text.data, key.text.len);
}

static enum exit_code done(struct ctx *ctx)
{
	if (!trouble_is(&ctx->trouble) && ctx->form == SAY_JSON)
		return ctx_print_json(ctx, json_pack("{s:b}", "done", 1));
	return ctx_end(ctx);
}

enum exit_code cmd_peer_add(struct ctx *ctx)
{
	struct field address, key;
	struct control *daemon;
	char line[ADDRESS_BYTES_MAX + 80];

	if (!read_peer(ctx, &address, &key))
		return ctx_end(ctx);
	if (ctx->config.peers_count == HOME_ADDRESSES_MAX) {
		trouble_set(&ctx->trouble, ERR_TOO_MANY, _("at most %u peers"), HOME_ADDRESSES_MAX);
		return ctx_end(ctx);
	}
	(void)conf_remove(ctx, "peer", key.text);
	(void)snprintf(line, sizeof line, "%.*s %.*s", (int)address.text.len, (const char *)address.text.data,
	        (int)key.text.len, (const char *)key.text.data);
	conf_add(ctx, "peer", line);
	daemon = trouble_is(&ctx->trouble) ? NULL : control_open(ctx);
	if (daemon)
		json_decref(control_call(ctx, daemon, "dial", dial_params(address, key), NULL));
	control_close(daemon);
	return done(ctx);
}

enum exit_code cmd_peer_remove(struct ctx *ctx)
{
	struct field key = names_word(ctx, 0, "LINKKEY");
	uint8_t link_key[32];
	struct control *daemon;

	if (text_hex(key.text, link_key, sizeof link_key) != ERR_OK)
		trouble_field(&ctx->trouble, ERR_BAD_KEY, key.name, "%s", _("a link key has 64 hex digits"));
	else if (conf_remove(ctx, "peer", key.text) == 0)
		trouble_field(&ctx->trouble, ERR_NOT_FOUND, key.name, "lontar.conf");
	daemon = trouble_is(&ctx->trouble) ? NULL : control_open(ctx);
	if (daemon)
		json_decref(control_call(ctx, daemon, "forget",
		        json_pack("{s:s%}", "link_key", key.text.data, key.text.len), NULL));
	control_close(daemon);
	return done(ctx);
}

enum exit_code cmd_peer_dial(struct ctx *ctx)
{
	struct field address, key;

	if (read_peer(ctx, &address, &key))
		json_decref(control_ask(ctx, "dial", dial_params(address, key)));
	return done(ctx);
}
