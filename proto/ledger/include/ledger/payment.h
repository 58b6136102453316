/* SPDX-License-Identifier: Apache-2.0
 * payment.h: money (or goods as payment) from one member to another, recorded by either. docs/LEDGER.md 5.
 * Its twist: who is the poorer by a record makes it count: the payee's own record counts at once, the payer's
 * when the payee confirms it. */
#ifndef LEDGER_PAYMENT_H
#define LEDGER_PAYMENT_H

#include "ledger/answer.h"
#include "ledger/object.h"

enum payment_role { PAYMENT_PAYER = 0, PAYMENT_PAYEE = 1 };
enum payment_method { PAYMENT_CASH = 0, PAYMENT_TRANSFER = 1, PAYMENT_GOODS = 2 };
#define PAYMENT_METHODS 3u

struct allocation {
	struct reference trade; /* its offer */
	struct rupiah amount;   /* > 0 */
};
struct payment_record_body {
	enum payment_role role; /* of the author */
	struct member_no partner;
	struct rupiah amount; /* > 0 */
	struct day date;
	enum payment_method method;
	struct bytes number;                  /* of the receipt; at most TRADE_NUMBER_BYTES_MAX */
	struct bytes note;                    /* at most TEXT_BYTES_MAX */
	const struct allocation *allocations; /* distinct trades, sum <= amount */
	uint32_t allocations_count;           /* at most PAYMENT_ALLOCATIONS_MAX */
};
void payment_record_pack(struct mp_out *m, const struct payment_record_body *p);
MUST_USE enum err payment_record_unpack(
        struct bytes body, struct allocation parts[PAYMENT_ALLOCATIONS_MAX], struct payment_record_body *out);

/* payment.deny, payment.withdraw: struct answer. */

struct payment_confirm {
	struct reference about;
	bool has_withdraw;
	struct reference withdraw; /* the payer confirms this withdrawal of the payee's record */
};
void payment_confirm_pack(struct mp_out *m, const struct payment_confirm *c);
MUST_USE enum err payment_confirm_unpack(struct bytes body, struct payment_confirm *out);

enum payment_state { PAYMENT_PENDING, PAYMENT_COUNTS, PAYMENT_DENIED, PAYMENT_WITHDRAWN };

/* Allocations of a record lie in its bytes; read them one by one with payment_allocation(). */
struct payment_view {
	struct reference ref; /* the record's entry */
	struct member_no payer, payee;
	enum payment_role recorded_by;
	enum payment_method method;
	enum payment_state state;
	bool confirmed;      /* the other side confirmed it */
	bool withdraw_asked; /* a payee's withdrawal waits for the payer */
	struct day date;
	struct rupiah amount;
	uint32_t allocations_count;
	struct bytes allocations; /* borrowed from the record */
	uint8_t number_bytes;
	char number[TRADE_NUMBER_BYTES_MAX];
};
MUST_USE enum err payment_view_read(struct bytes record, struct payment_view *out);
/* i < allocations_count. */
struct allocation payment_allocation(const struct payment_view *p, uint32_t i);

const char *payment_method_code(enum payment_method m);
const char *payment_state_code(enum payment_state s);

#endif
