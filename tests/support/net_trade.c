/* SPDX-License-Identifier: Apache-2.0
 * net_trade.c: trades between nodes of a net: 100 kg of paddy on credit, offered by its seller, and its acceptance. */
#include "ledger/kinds.h"
#include "ledger/trade.h"
#include "support/net.h"

enum err net_offer(struct net *net, uint32_t seller, uint32_t partner, int64_t total, struct reference *out)
{
	uint8_t body[1024];
	struct mp_out m = mp_out(body, sizeof body);
	const struct trade_line line = {.item = bytes_text("Gabah"),
	        .unit = bytes_text("kg"),
	        .price = {.quantity_milli = 100000, .unit_price_sen = 650000}};
	const struct trade_offer o = {.role = TRADE_SELLER,
	        .partner = {partner},
	        .kind = TRADE_SALE,
	        .date = {17897},
	        .lines = &line,
	        .lines_count = 1,
	        .total = {total},
	        .terms = TERMS_DAYS,
	        .days = 30,
	        .due = {17927}};
	trade_offer_pack(&m, &o);
	must(mp_out_end(&m) == ERR_OK);
	return net_append(net, seller, KIND_TRADE_OFFER, mp_written(&m), out);
}

enum err net_accept(struct net *net, uint32_t index, const struct reference *about, struct reference *out)
{
	uint8_t body[128];
	struct mp_out m = mp_out(body, sizeof body);
	const struct trade_accept a = {.about = *about, .seen = about->place.seq + 1};
	trade_accept_pack(&m, &a);
	must(mp_out_end(&m) == ERR_OK);
	return net_append(net, index, KIND_TRADE_ACCEPT, mp_written(&m), out);
}
