/* SPDX-License-Identifier: Apache-2.0
 * closing.h: a member's own figure of the balance with one partner at the end of a period, to be set beside
 * the partner's: a mismatch shows. docs/LEDGER.md 6. It moves nothing. */
#ifndef LEDGER_CLOSING_H
#define LEDGER_CLOSING_H

#include "ledger/answer.h"
#include "ledger/object.h"

struct closing {
	struct member_no partner;
	struct day period_end;
	struct rupiah balance; /* the author's figure; > 0: the partner owes it */
	struct bytes note;
	bool has_replaces;
	struct reference replaces; /* an earlier figure of the author for the same partner and day */
};
void closing_pack(struct mp_out *m, const struct closing *c);
MUST_USE enum err closing_unpack(struct bytes body, struct closing *out);

struct closing_record {
	struct reference ref;
	struct member_no author, partner;
	struct day period_end;
	struct rupiah balance;
	bool replaced;
};
MUST_USE enum err closing_record_read(struct bytes record, struct closing_record *out);

#endif
