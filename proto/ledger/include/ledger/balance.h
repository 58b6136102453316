/* SPDX-License-Identifier: Apache-2.0
 * balance.h: what two members owe each other: position, cover of each trade, advances, overdue. docs/LEDGER.md 6.
 * The caller supplies the records of one pair and all memory; the order in which it gives them means nothing.
 * Its twist: each direction (the sales of one side) is covered on its own; what a buyer paid too much is an advance
 * that it holds, never silently set against what it sells. */
#ifndef LEDGER_BALANCE_H
#define LEDGER_BALANCE_H

#include "ledger/payment.h"
#include "ledger/trade.h"

/* How a trade was used. */
enum balance_use {
	BALANCE_UNUSED, /* not agreed, later than as_of, or of a kind that counts in no column */
	BALANCE_SALE,   /* to be paid: has open and covered, which add up to its total */
	BALANCE_CREDIT, /* a return, a correction that gives back, or a negative total: pays for others */
};
struct balance_trade {
	struct trade_record record; /* in */
	enum balance_use use;       /* out, as all below */
	struct rupiah open, covered;
};
struct balance_ask {
	struct member_no self, partner;
	bool has_as_of; /* only trades and payments dated up to as_of */
	struct day as_of;
	struct day overdue_on;        /* the day at which overdue is reckoned */
	struct balance_trade *trades; /* of this pair, distinct references */
	size_t trades_count;
	const struct payment_view *payments; /* likewise */
	size_t payments_count;
	uint32_t *scratch; /* balance_scratch() entries */
};
enum overdue_bucket {
	OVERDUE_NOT_DUE,
	OVERDUE_1_30,
	OVERDUE_31_60,
	OVERDUE_61_90,
	OVERDUE_OVER_90,
	OVERDUE_BUCKETS
};
/* The sales of one side. */
struct balance_side {
	struct rupiah open;
	struct rupiah advances;                 /* paid to this side and not yet used */
	struct rupiah overdue[OVERDUE_BUCKETS]; /* adds up to open */
};
struct balance {
	struct rupiah balance;                             /* the position: > 0: the partner owes us */
	struct rupiah pending, pending_payments, disputed; /* signed, seen from self */
	struct balance_side ours, theirs;
	size_t trades, payments; /* how many were dated up to as_of, of any state */
};
size_t balance_scratch(size_t trades_count, size_t payments_count);
/* Also fills use, open and covered of every trade. ERR_TOO_MANY above BALANCE_ITEMS_MAX, below which no sum can
 * leave int64. */
MUST_USE enum err balance_of(const struct balance_ask *ask, struct balance *out);

struct rupiah balance_receivable(
        const struct balance *b);                       /* max(balance, 0); the credit used of the partner */
struct rupiah balance_payable(const struct balance *b); /* max(-balance, 0) */

/* The shown state of an agreed trade. */
enum trade_cover { COVER_NONE, COVER_PART, COVER_SETTLED };
enum trade_cover balance_cover(const struct balance_trade *t);

#endif
