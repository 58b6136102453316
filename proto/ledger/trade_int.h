/* SPDX-License-Identifier: Apache-2.0
 * trade_int.h: what the fold of a trade takes from the offer's body. */
#ifndef LEDGER_TRADE_INT_H
#define LEDGER_TRADE_INT_H

#include "ledger/trade.h"

/* Role, partner, kind, date, due, total, invoice and refers of a body that trade_offer_unpack() accepted; all else
 * is zero. */
void trade_offer_head(struct bytes body, struct trade_offer *out);

#endif
