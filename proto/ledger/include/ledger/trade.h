/* SPDX-License-Identifier: Apache-2.0
 * trade.h: one delivery of goods or services between two members, offered by one and answered by the other.
 * docs/LEDGER.md 4. Its twist: an accept says how much of the offerer's feed it had seen, so a withdraw that
 * crossed it loses and one that it had seen wins, whatever order the two arrive in. */
#ifndef LEDGER_TRADE_H
#define LEDGER_TRADE_H

#include "ledger/answer.h"
#include "ledger/object.h"

enum trade_role { TRADE_SELLER = 0, TRADE_BUYER = 1 };
enum trade_kind {
	TRADE_SALE = 0,
	TRADE_SERVICE = 1,
	TRADE_CONSIGNMENT = 2, /* counts in no column */
	TRADE_RETURN = 3,      /* seller: who gives now; reduces the trade it refers to */
	TRADE_CORRECTION = 4,  /* likewise */
	TRADE_LOAN = 5,        /* of goods: counts in no column */
};
#define TRADE_KINDS 6u
enum trade_terms { TERMS_CASH = 0, TERMS_DAYS = 1, TERMS_HARVEST = 2, TERMS_INSTALMENTS = 3 };
#define TRADE_TERMS 4u
enum charge_kind { CHARGE_FREIGHT = 0, CHARGE_WEIGHING = 1, CHARGE_LOADING = 2, CHARGE_OTHER = 3 };
#define CHARGE_KINDS 4u

struct trade_line {
	struct bytes item, unit; /* 1..NAME_BYTES_MAX, 1..UNIT_BYTES_MAX */
	struct line_price price;
};
struct trade_charge {
	enum charge_kind kind;
	struct rupiah amount; /* may be negative */
	struct bytes label;   /* at most NAME_BYTES_MAX */
};
/* Memory for the lists of one offer, 13 KB; need not be cleared. */
struct trade_parts {
	struct trade_line lines[TRADE_LINES_MAX];
	struct trade_charge charges[TRADE_CHARGES_MAX];
};
struct trade_offer {
	enum trade_role role; /* of the author */
	struct member_no partner;
	enum trade_kind kind;
	struct day date;
	struct bytes invoice, delivery_note; /* at most TRADE_NUMBER_BYTES_MAX */
	const struct trade_line *lines;
	uint32_t lines_count; /* 1..TRADE_LINES_MAX */
	const struct trade_charge *charges;
	uint32_t charges_count;
	struct rupiah tax, total;
	enum trade_terms terms;
	uint32_t days; /* of TERMS_DAYS */
	struct day due;
	bool has_refers;
	struct reference refers; /* required for a return or correction */
	struct bytes note;       /* at most TEXT_BYTES_MAX */
};
void trade_offer_pack(struct mp_out *m, const struct trade_offer *o);
/* parts may be NULL: everything is checked, lines and charges are NULL with their counts. */
MUST_USE enum err trade_offer_unpack(struct bytes body, struct trade_parts *parts, struct trade_offer *out);
/* lines + charges + tax, of a filled struct whose total is not yet known. ERR_AMOUNT_RANGE. */
MUST_USE enum err trade_offer_total(const struct trade_offer *o, struct rupiah *out);

struct trade_accept {
	struct reference about;
	uint64_t seen; /* how many entries of the offer's feed the accepter held */
};
void trade_accept_pack(struct mp_out *m, const struct trade_accept *a);
MUST_USE enum err trade_accept_unpack(struct bytes body, struct trade_accept *out);

/* trade.decline, trade.withdraw, trade.dispute: struct answer. */

struct trade_clear {
	struct reference about;   /* the offer */
	struct reference dispute; /* the dispute that it ends */
};
void trade_clear_pack(struct mp_out *m, const struct trade_clear *c);
MUST_USE enum err trade_clear_unpack(struct bytes body, struct trade_clear *out);

enum trade_state { TRADE_PROPOSED, TRADE_DECLINED, TRADE_WITHDRAWN, TRADE_AGREED };

struct trade_record {
	struct reference ref; /* the offer */
	struct member_no seller, buyer;
	enum trade_role offered_by;
	enum trade_kind kind;
	enum trade_state state;
	bool disputed; /* only when agreed */
	struct day date, due;
	struct rupiah total;
	bool has_refers;
	struct reference refers;
	uint8_t invoice_bytes;
	char invoice[TRADE_NUMBER_BYTES_MAX];
};
MUST_USE enum err trade_record_read(struct bytes record, struct trade_record *out);
/* Does a trade of this kind count in the columns? False for consignment and loan. */
bool trade_kind_counts(enum trade_kind kind);

const char *trade_kind_code(enum trade_kind k);   /* "sale" */
const char *trade_state_code(enum trade_state s); /* "proposed" */

#endif
