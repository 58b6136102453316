/* SPDX-License-Identifier: Apache-2.0
 * statement.h: an entry as the ledger sees it: opened, attributed, and about an object. docs/LEDGER.md.
 * One rule carries everything: the state of an object is a pure function of the set of statements about it.
 * The store gives them in the order of their places, which is not a meaning, only a fixed order. */
#ifndef LEDGER_STATEMENT_H
#define LEDGER_STATEMENT_H

#include "base/date.h"
#include "base/money.h"
#include "log/roster.h"

struct statement {
	struct reference ref;
	struct member_no author; /* the member whose feed it is */
	uint32_t roles;          /* of the feed, at that seq (roster_roles) */
	uint64_t time_ms;        /* the header's */
	enum audience audience;
	uint16_t kind;     /* the true kind */
	struct bytes body; /* plaintext msgpack, borrowed */
};

/* What every rule may look at besides the statements. Nothing of today, nothing of arrival. */
struct ledger_context {
	const struct roster *roster;
};

#endif
