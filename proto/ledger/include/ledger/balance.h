/* SPDX-License-Identifier: Apache-2.0
 * balance.h: what two members owe each other: position, cover of each trade, advances, overdue.
 * docs/LEDGER.md 6. The caller supplies the records of one pair and the memory; nothing here depends on the
 * order it gives them in. Its twist: each direction (the sales of one side) is covered on its own; what the
 * other side paid too much is an advance, never silently set against what it sells. */
#ifndef LEDGER_BALANCE_H
#define LEDGER_BALANCE_H

#include "ledger/payment.h"
#include "ledger/trade.h"

/* One trade of the pair, and what the computation leaves in it. */
struct balance_trade {
	struct trade_record record;  /* in */
	struct rupiah open, covered; /* out: of trades that count by as_of, else 0; covered <= total */
	uint32_t position;           /* scratch */
};
struct balance_ask {
	struct member_no self, partner;
	bool has_as_of; /* only trades and payments dated up to as_of count */
	struct day as_of;
	struct day overdue_on; /* overdue is reckoned at this day; as_of where there is one, else today */
	struct balance_trade *trades; /* sorted by reference on return */
	size_t trades_count;
	struct payment_view *payments; /* sorted by date and reference on return */
	size_t payments_count;
	uint32_t *order; /* scratch, trades_count entries */
};
enum overdue_bucket {
	OVERDUE_NOT_DUE,
	OVERDUE_1_30,
	OVERDUE_31_60,
	OVERDUE_61_90,
	OVERDUE_OVER_90,
	OVERDUE_BUCKETS
};
struct balance_side {
	struct rupiah open;     /* of the sales of this side */
	struct rupiah advances; /* that this side holds: paid to it and not used */
	struct rupiah overdue[OVERDUE_BUCKETS];
};
struct balance {
	struct rupiah balance;                             /* = position; > 0: the partner owes us */
	struct rupiah pending, pending_payments, disputed; /* signed, seen from self */
	struct balance_side ours, theirs;                  /* sales of self, sales of the partner */
};
/* ERR_AMOUNT_RANGE when a sum leaves int64. */
MUST_USE enum err balance_of(const struct balance_ask *ask, struct balance *out);
struct rupiah balance_receivable(const struct balance *b);
struct rupiah balance_payable(const struct balance *b);

enum trade_cover { COVER_NONE, COVER_PART, COVER_SETTLED };
enum trade_cover balance_cover(const struct balance_trade *t);

#endif
