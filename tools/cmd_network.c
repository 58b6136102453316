/* SPDX-License-Identifier: Apache-2.0
 * cmd_network.c: which network this is, by whom it was founded, and who we are in it. */
#include <string.h>

#include "cmd_int.h"
#include "cmd_network_int.h"
#include "storage/own.h"
#include "tools/lang.h"
#include "tools/names.h"
#include "tools/row.h"
#include "tools/table.h"

static const struct column columns[] = {
        {"name", N_("Network"), CELL_TEXT},
        {"network", N_("Network id"), CELL_TEXT},
        {"dinas", N_("District office"), CELL_TEXT},
        {"currency", N_("Currency"), CELL_TEXT},
        {"members", N_("Members"), CELL_COUNT},
        {"feeds", N_("Feeds"), CELL_COUNT},
        {"registrar", N_("Registrar's feed"), CELL_TEXT},
        {"registrar_size", N_("Registrar's entries"), CELL_COUNT},
        {"anchor_number", N_("Anchor"), CELL_COUNT},
        {"member", N_("We are"), CELL_TEXT},
        {"feed", N_("Our feed"), CELL_TEXT},
};

enum exit_code cmd_network_show(struct ctx *ctx)
{
	const struct roster *r = ctx->roster;
	struct network_id id;
	json_t *row = row_new();

	row_string(row, "network", own_network(ctx->txn, &id) ? names_hex(ctx, BYTES_OF(id.bytes)) : NULL);
	row_text(row, "name", BYTES(r->network.name.text, r->network.name.len));
	row_text(row, "dinas", BYTES(r->network.dinas.text, r->network.dinas.len));
	row_string(row, "currency", r->network.currency);
	row_integer(row, "zone_minutes", r->network.zone_minutes);
	row_count(row, "members", r->members_count);
	row_count(row, "feeds", r->feeds_count);
	row_string(row, "registrar",
	        r->founded ? names_hex(ctx, BYTES_OF(roster_feed(r, roster_registrar(r))->keys.feed.bytes))
	                   : NULL);
	row_count(row, "registrar_size", r->size);
	row_count(row, "anchor_number", r->anchor_number);
	row_string(row, "anchor_state", cmd_network_state(ctx));
	cmd_network_warn(ctx);
	row_string(row, "member", ctx->has_feed ? names_alias(ctx, ctx->me) : NULL);
	row_hex(row, "feed", ctx, BYTES_OF(own_keys(ctx->store)->feed.bytes));
	if (ctx->form == SAY_JSON)
		return ctx_print_json(ctx, row);
	table_object(row, COLUMNS(columns));
	json_decref(row);
	return ctx_end(ctx);
}
