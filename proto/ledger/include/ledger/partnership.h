/* SPDX-License-Identifier: Apache-2.0
 * partnership.h: two members agree to trade on account: limits, days, goods, from when to when.
 * docs/LEDGER.md 3. A trade needs none; a partnership only sets what a command warns of. */
#ifndef LEDGER_PARTNERSHIP_H
#define LEDGER_PARTNERSHIP_H

#include "ledger/answer.h"
#include "ledger/object.h"

struct partnership_offer {
	struct member_no partner;
	struct rupiah limit_partner; /* the most the partner may owe the offerer; 0: no credit */
	struct rupiah limit_self;    /* the most the offerer may owe the partner */
	uint32_t days;               /* usual days until due, 0..3650 */
	struct bytes goods;          /* at most TEXT_BYTES_MAX */
	struct day from;
	bool has_to;
	struct day to; /* the last day; not before from */
};
void partnership_offer_pack(struct mp_out *m, const struct partnership_offer *o);
MUST_USE enum err partnership_offer_unpack(struct bytes body, struct partnership_offer *out);

/* partnership.accept, partnership.decline: struct answer. */

struct partnership_end {
	struct answer answer;
	bool has_last;
	struct day last; /* the last day on which it still holds; absent: it holds no more */
};
void partnership_end_pack(struct mp_out *m, const struct partnership_end *e);
MUST_USE enum err partnership_end_unpack(struct bytes body, struct partnership_end *out);

enum partnership_state { PARTNERSHIP_PROPOSED, PARTNERSHIP_DECLINED, PARTNERSHIP_LIVE, PARTNERSHIP_ENDED };

struct partnership_record {
	struct reference ref; /* the offer */
	struct member_no offerer, partner;
	enum partnership_state state; /* not of a day: LIVE may be over or not yet begun */
	struct rupiah limit_partner, limit_offerer;
	uint32_t days;
	struct day from, to; /* to: DAY_MAX when open; already cut to the last day that an end named */
};
MUST_USE enum err partnership_record_read(struct bytes record, struct partnership_record *out);
/* Does it hold on that day? */
bool partnership_holds(const struct partnership_record *r, struct day day);
/* Of those that hold on the day: the latest valid-from, then the greatest reference. NULL: none. */
const struct partnership_record *partnership_of(
        const struct partnership_record *all, size_t count, struct day day);
/* The most the other side may owe `member`. */
struct rupiah partnership_limit(const struct partnership_record *r, struct member_no member);

const char *partnership_state_code(enum partnership_state s);

#endif
