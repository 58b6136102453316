/* SPDX-License-Identifier: Apache-2.0
 * body.h: what a statement says, from its body alone: nothing of a store is asked, so members go by their numbers. */
#ifndef TOOLS_BODY_H
#define TOOLS_BODY_H

#include "ledger/trade.h"
#include "tools/ctx.h"

/* The fields of a body of this kind, by that member. NULL: a kind of which there is nothing for people to read, or a body
 * that does not keep to its form. */
json_t *body_json(struct ctx *ctx, uint16_t kind, struct member_no author, struct bytes body);
/* For people: lines "title: value", then the tables of lines and charges. */
void body_print(const json_t *said);

/* Of a trade, also where the rest of it is shown otherwise. */
json_t *body_lines(struct ctx *ctx, const struct trade_offer *offer);
json_t *body_charges(const struct trade_offer *offer);
/* The tables of "lines" and "charges" in a row; nothing of what is empty. */
void body_print_lines(const json_t *row);

#endif
