/* SPDX-License-Identifier: Apache-2.0
 * query.h: questions that need several views at once: a pair's balance with its cover and overdue, where a member
 * stands with its RAT, when an entry was received, when a member was heard. docs/LEDGER.md 6, 8; docs/PROTOCOL.md 10.
 * Results that are *_open()ed borrow from the transaction: close them before it ends. */
#ifndef STORAGE_QUERY_H
#define STORAGE_QUERY_H

#include "ledger/balance.h"
#include "ledger/partnership.h"
#include "ledger/policy.h"
#include "ledger/status.h"
#include "storage/view.h"

struct query_balance {
	struct member_no self, partner;
	bool has_as_of;
	struct day as_of;      /* documents dated up to it */
	struct day overdue_on; /* as_of where there is one, else today */
};
struct query_pair {
	struct balance balance;
	struct balance_trade *trades; /* by reference, with what is open of each */
	size_t trades_count;
	struct payment_view *payments; /* likewise */
	size_t payments_count;
	bool has_partnership; /* one that holds on overdue_on */
	struct partnership_record partnership;
	uint64_t unopened; /* entries that may concern the pair and could not be opened */
};
/* ERR_NO_SUCH_MEMBER, ERR_AMOUNT_RANGE, ERR_NO_MEMORY, or the transaction's error. */
MUST_USE enum err query_pair_open(struct txn *txn, const struct query_balance *ask, struct query_pair **out);
void query_pair_close(struct query_pair *pair);

/* When the first statement of the registrar covered the entry; of the registrar's own entries their header time.
 * Never earlier than the statement before it. False: not yet. */
bool query_received(struct txn *txn, struct place place, uint64_t *time_ms);
/* The size of the feed that the newest statement of the registrar covers, and its root: what is "safe". */
bool query_covered(struct txn *txn, struct feed_no feed, struct head *out);
/* Likewise, with the signature there as the registrar says that the feed's author made it; nobody verified it here. */
bool query_stated(struct txn *txn, struct feed_no feed, struct checkpoint *out);
/* The latest day up to D at which the registrar's witness.heard names an uncut officer feed of the member. */
bool query_heard(struct txn *txn, struct member_no member, struct day up_to, struct day *out);
/* The policy that holds for a book year; the default where none is. Texts of exceptions are borrowed. */
void query_policy(struct txn *txn, int32_t year, struct policy *out);

struct query_year {
	struct member_no member;
	int32_t year;
	struct day as_of;
	bool own; /* own node: what was not received counts as issued */
};
struct query_rat {
	struct rat_answer answer; /* answer.head points into items */
	struct rat_item *items;
	size_t items_count;
	struct rat_notice_record *notices;
	size_t notices_count;
	bool has_heard;
	struct day heard;
};
/* ERR_NO_SUCH_MEMBER, ERR_NO_MEMORY, or the transaction's error. */
MUST_USE enum err query_rat_open(struct txn *txn, const struct query_year *ask, struct query_rat **out);
void query_rat_close(struct query_rat *rat);

#endif
