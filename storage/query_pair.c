/* SPDX-License-Identifier: Apache-2.0 */
/* query_pair.c: the records of one pair, read by the index into arrays of the size that the sums know beforehand, and
 * the ledger's computation over them. */
#include <stdlib.h>

#include "storage/own.h"
#include "storage/query.h"

struct pair_memory {
	struct query_pair pair; /* first: it is what the caller has */
	uint32_t *scratch;
	struct partnership_record *partnerships;
	size_t partnerships_count;
};

static uint64_t unopened(struct txn *txn, struct member_no member, bool foreign_too)
{
	const struct roster *r = txn_roster(txn);
	uint64_t count = 0;
	for (struct feed_no no = {.n = 0}; no.n < r->feeds_count; no.n++) {
		if (r->feeds[no.n].member.n != member.n)
			continue;
		struct view_sealed sealed = view_sealed(txn, no);
		count += sealed.broken + (foreign_too ? sealed.not_for_us : 0);
	}
	return count;
}

/* What a partner seals to others is none of ours; what our own member's feeds seal and we cannot open is. Whoever looks
 * at other members' pairs, an auditor above all, should open everything. */
static uint64_t unopened_of(struct txn *txn, const struct query_balance *ask)
{
	const struct roster *r = txn_roster(txn);
	struct feed_no own;
	bool known = own_feed(txn, &own);
	bool auditor = known && (roster_roles_at(r, own, r->size) & ROLE_AUDITOR) != 0;
	uint32_t member = known ? r->feeds[own.n].member.n : UINT32_MAX;
	bool ours = !auditor && (member == ask->self.n || member == ask->partner.n);
	return unopened(txn, ask->self, !ours || member == ask->self.n) +
	       unopened(txn, ask->partner, !ours || member == ask->partner.n);
}

static bool allocate(struct pair_memory *m, const struct view_sum *sum)
{
	struct query_pair *pair = &m->pair;
	size_t trades = sum->objects[OBJECT_TRADE], payments = sum->objects[OBJECT_PAYMENT];
	size_t partnerships = sum->objects[OBJECT_PARTNERSHIP];
	pair->trades = calloc(trades + 1, sizeof *pair->trades);
	pair->payments = calloc(payments + 1, sizeof *pair->payments);
	m->scratch = calloc(balance_scratch(trades, payments) + 1, sizeof *m->scratch);
	m->partnerships = calloc(partnerships + 1, sizeof *m->partnerships);
	return pair->trades != NULL && pair->payments != NULL && m->scratch != NULL &&
	       m->partnerships != NULL;
}

/* Records of other types of the pair (closings) are not needed here. */
static enum err read_record(struct pair_memory *m, const struct view_object *object)
{
	struct query_pair *pair = &m->pair;
	switch (object->type) {
	case OBJECT_TRADE:
		return trade_record_read(object->record, &pair->trades[pair->trades_count++].record);
	case OBJECT_PAYMENT:
		return payment_view_read(object->record, &pair->payments[pair->payments_count++]);
	case OBJECT_PARTNERSHIP:
		return partnership_record_read(object->record, &m->partnerships[m->partnerships_count++]);
	case OBJECT_NONE:
	case OBJECT_ATTESTATION:
	case OBJECT_NOTICE:
	case OBJECT_CLOSING:
	case OBJECT_TYPES:
		break;
	}
	return ERR_OK;
}

static enum err read_records(struct txn *txn, const struct query_balance *ask, struct pair_memory *m)
{
	struct view_pair which = {.a = ask->self, .b = ask->partner, .type = OBJECT_NONE};
	struct view_sum sum = {.partner = ask->partner};
	if (!view_sum(txn, ask->self, ask->partner, &sum))
		sum = (struct view_sum){.partner = ask->partner};
	if (!allocate(m, &sum))
		return ERR_NO_MEMORY;
	struct view_at at = {.len = 0};
	struct view_object object;
	uint64_t left = 0;
	for (unsigned type = OBJECT_NONE; type < OBJECT_TYPES; type++)
		left += sum.objects[type];
	while (view_pair_next(txn, &which, &at, &object)) {
		if (left-- == 0 || read_record(m, &object) != ERR_OK)
			return ERR_STORE_DAMAGED;
	}
	return txn_error(txn);
}

static enum err compute(const struct query_balance *ask, struct pair_memory *m)
{
	struct query_pair *pair = &m->pair;
	struct balance_ask question = {.self = ask->self,
	        .partner = ask->partner,
	        .has_as_of = ask->has_as_of,
	        .as_of = ask->as_of,
	        .overdue_on = ask->overdue_on,
	        .trades = pair->trades,
	        .trades_count = pair->trades_count,
	        .payments = pair->payments,
	        .payments_count = pair->payments_count,
	        .scratch = m->scratch};
	const struct partnership_record *holds =
	        partnership_of(m->partnerships, m->partnerships_count, ask->overdue_on);
	pair->has_partnership = holds != NULL;
	if (holds != NULL)
		pair->partnership = *holds;
	return balance_of(&question, &pair->balance);
}

enum err query_pair_open(struct txn *txn, const struct query_balance *ask, struct query_pair **out)
{
	const struct roster *r = txn_roster(txn);
	if (roster_member(r, ask->self) == NULL || roster_member(r, ask->partner) == NULL)
		return ERR_NO_SUCH_MEMBER;
	struct pair_memory *m = calloc(1, sizeof *m);
	if (m == NULL)
		return ERR_NO_MEMORY;
	enum err e = read_records(txn, ask, m);
	if (e == ERR_OK)
		e = compute(ask, m);
	m->pair.unopened = unopened_of(txn, ask);
	if (e == ERR_OK)
		e = txn_error(txn);
	if (e != ERR_OK) {
		query_pair_close(&m->pair);
		return e;
	}
	*out = &m->pair;
	return ERR_OK;
}

void query_pair_close(struct query_pair *pair)
{
	if (pair == NULL)
		return;
	struct pair_memory *m = (struct pair_memory *)pair;
	free(m->pair.trades);
	free(m->pair.payments);
	free(m->scratch);
	free(m->partnerships);
	free(m);
}
