/* SPDX-License-Identifier: Apache-2.0
 * bodies.c: any bytes as the body of any kind, and as any record. The first byte is the kind. A body that is taken is
 * written again and read again: the same bytes from then on. One that opens an object folds, and its record reads. */
#include "fuzz.h"

#include <string.h>

#include "ledger/closing.h"
#include "ledger/kinds.h"
#include "ledger/partnership.h"
#include "ledger/payment.h"
#include "ledger/policy.h"
#include "ledger/rat.h"
#include "ledger/trade.h"

#define MEMBERS 8

static uint8_t first[1 << 16], second[1 << 16];
static _Alignas(max_align_t) uint8_t memory[OBJECT_FOLD_BYTES];
static struct trade_parts trade_parts;
static struct rat_parts rat_parts;
static struct allocation allocations[PAYMENT_ALLOCATIONS_MAX];

/* Unpack BODY as KIND and pack what was read into M. False when it is refused, or of a kind not tried here. */
static bool again(uint16_t kind, struct bytes body, struct mp_out *m)
{
	union {
		struct trade_offer trade;
		struct payment_record_body payment;
		struct partnership_offer partnership;
		struct closing closing;
		struct rat_attest rat;
		struct rat_verdict verdict;
		struct policy policy;
	} u;
	switch (kind) {
	case KIND_TRADE_OFFER:
		if (trade_offer_unpack(body, &trade_parts, &u.trade) != ERR_OK)
			return false;
		trade_offer_pack(m, &u.trade);
		return true;
	case KIND_PAYMENT_RECORD:
		if (payment_record_unpack(body, allocations, &u.payment) != ERR_OK)
			return false;
		payment_record_pack(m, &u.payment);
		return true;
	case KIND_PARTNERSHIP_OFFER:
		if (partnership_offer_unpack(body, &u.partnership) != ERR_OK)
			return false;
		partnership_offer_pack(m, &u.partnership);
		return true;
	case KIND_BALANCE_CLOSE:
		if (closing_unpack(body, &u.closing) != ERR_OK)
			return false;
		closing_pack(m, &u.closing);
		return true;
	case KIND_RAT_ATTEST:
	case KIND_RAT_RECORD:
		if (rat_attest_unpack(kind, body, &rat_parts, &u.rat) != ERR_OK)
			return false;
		rat_attest_pack(m, &u.rat);
		return true;
	case KIND_RAT_VERDICT:
		if (rat_verdict_unpack(body, &u.verdict) != ERR_OK)
			return false;
		rat_verdict_pack(m, &u.verdict);
		return true;
	case KIND_POLICY_SET:
		if (policy_unpack(body, &u.policy) != ERR_OK)
			return false;
		policy_pack(m, &u.policy);
		return true;
	}
	return false;
}

static void prove_again(uint16_t kind, struct bytes body)
{
	struct mp_out once = mp_out(first, sizeof first), twice = mp_out(second, sizeof second);
	if (!again(kind, body, &once))
		return;
	must(mp_out_end(&once) == ERR_OK);
	must(again(kind, mp_written(&once), &twice));
	must(bytes_equal(mp_written(&once), mp_written(&twice)));
}

static bool record_reads(enum object_type type, struct bytes record)
{
	union {
		struct partnership_record partnership;
		struct trade_record trade;
		struct payment_view payment;
		struct rat_record rat;
		struct rat_notice_record notice;
		struct closing_record closing;
	} u;
	switch (type) {
	case OBJECT_PARTNERSHIP:
		return partnership_record_read(record, &u.partnership) == ERR_OK;
	case OBJECT_TRADE:
		return trade_record_read(record, &u.trade) == ERR_OK;
	case OBJECT_PAYMENT:
		return payment_view_read(record, &u.payment) == ERR_OK;
	case OBJECT_ATTESTATION:
		return rat_record_read(record, &u.rat) == ERR_OK;
	case OBJECT_NOTICE:
		return rat_notice_record_read(record, &u.notice) == ERR_OK;
	case OBJECT_CLOSING:
		return closing_record_read(record, &u.closing) == ERR_OK;
	case OBJECT_NONE:
	case OBJECT_TYPES:
		break;
	}
	return false;
}

static void prove_fold(const struct kind_info *info, struct bytes body)
{
	static struct roster_member members[MEMBERS];
	static struct object_view view;
	struct roster roster = {.members = members, .members_count = MEMBERS};
	struct ledger_context ctx = {.roster = &roster};
	struct reference about = {0};
	struct statement s = {.author = {1},
	        .roles = ROLE_ALL,
	        .audience = info->audience,
	        .kind = info->kind,
	        .body = body};
	if (object_check(&ctx, &s, &about) != ERR_OK || info->part != PART_OPENS)
		return;
	struct object_fold *fold = object_begin(memory, &ctx, &s);
	object_end(fold, &view);
	must(view.type == info->object && record_reads(view.type, BYTES(view.record, view.record_bytes)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0 || len > ENTRY_PAYLOAD_BYTES_MAX)
		return 0;
	struct bytes body = BYTES(data + 1, len - 1);
	const struct kind_info *info = kind_info(data[0] & 0x7f);
	if ((data[0] & 0x80) != 0)
		(void)record_reads((enum object_type)(data[0] & 7), body);
	else if (info != NULL && info->kind >= KIND_POLICY_SET) {
		prove_again(info->kind, body);
		prove_fold(info, body);
	}
	return 0;
}
