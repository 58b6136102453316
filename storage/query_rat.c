/* SPDX-License-Identifier: Apache-2.0 */
/* query_rat.c: what the ledger must be told to say where a member stands with its RAT: the attestations of the year with
 * the days on which they and their withdrawals were received, the letters, the policy, when the member was heard. */
#include <stdlib.h>

#include "storage/query.h"

struct rat_memory {
	struct query_rat rat; /* first: it is what the caller has */
	struct policy policy;
	struct rat_record *records;
	struct day *withdrawals; /* RAT_WITHDRAWALS_COUNTED_MAX for each record */
};

static struct day never(void)
{
	return (struct day){.n = DAY_MAX + 1};
}

static struct day received_on(struct txn *txn, struct place place)
{
	uint64_t time_ms;
	if (!query_received(txn, place, &time_ms))
		return never();
	return date_of_ms(time_ms, txn_roster(txn)->network.zone_minutes);
}

static void count(struct txn *txn, const struct view_year *which, size_t *attestations, size_t *notices)
{
	struct view_at at = {.len = 0};
	struct view_object object;
	*attestations = 0;
	*notices = 0;
	while (view_year_next(txn, which, &at, &object))
		object.type == OBJECT_NOTICE ? ++*notices : ++*attestations;
}

static bool allocate(struct rat_memory *m, size_t attestations, size_t notices)
{
	m->rat.items = calloc(attestations + 1, sizeof *m->rat.items);
	m->rat.notices = calloc(notices + 1, sizeof *m->rat.notices);
	m->records = calloc(attestations + 1, sizeof *m->records);
	m->withdrawals = calloc(attestations * RAT_WITHDRAWALS_COUNTED_MAX + 1, sizeof *m->withdrawals);
	return m->rat.items != NULL && m->rat.notices != NULL && m->records != NULL && m->withdrawals != NULL;
}

static enum err read_attestation(struct txn *txn, const struct view_object *object, struct rat_memory *m)
{
	size_t n = m->rat.items_count++;
	struct rat_record *record = &m->records[n];
	struct day *withdrawals = &m->withdrawals[n * RAT_WITHDRAWALS_COUNTED_MAX];
	enum err e = rat_record_read(object->record, record);
	if (e != ERR_OK)
		return e;
	for (uint32_t i = 0; i < record->withdrawals_count; i++)
		withdrawals[i] = received_on(txn, record->withdrawals[i]);
	struct day received = received_on(txn, object->place);
	m->rat.items[n] = (struct rat_item){.record = record,
	        .has_received = received.n <= DAY_MAX,
	        .received = received,
	        .withdrawals_received = withdrawals};
	return ERR_OK;
}

static enum err read_year(struct txn *txn, const struct view_year *which, struct rat_memory *m)
{
	size_t attestations, notices;
	struct view_at at = {.len = 0};
	struct view_object object;
	count(txn, which, &attestations, &notices);
	if (!allocate(m, attestations, notices))
		return ERR_NO_MEMORY;
	while (view_year_next(txn, which, &at, &object)) {
		enum err e = object.type == OBJECT_NOTICE ? rat_notice_record_read(object.record,
		                                                    &m->rat.notices[m->rat.notices_count++])
		                                          : read_attestation(txn, &object, m);
		if (e != ERR_OK)
			return ERR_STORE_DAMAGED;
	}
	return txn_error(txn);
}

/* The number of the RAT of the year before, as its last attestation that was received by the day says. */
static uint32_t previous_number(struct txn *txn, const struct query_year *ask)
{
	struct view_year which = {.member = ask->member, .year = ask->year - 1};
	struct view_at at = {.len = 0};
	struct view_object object;
	struct rat_record record;
	uint32_t number = 0;
	while (view_year_next(txn, &which, &at, &object)) {
		if (object.type != OBJECT_ATTESTATION || rat_record_read(object.record, &record) != ERR_OK)
			continue;
		if (record.number != 0 && (ask->own || received_on(txn, object.place).n <= ask->as_of.n))
			number = record.number;
	}
	return number;
}

static enum err answer(struct txn *txn, const struct query_year *ask, struct rat_memory *m)
{
	struct query_rat *rat = &m->rat;
	query_policy(txn, ask->year, &m->policy);
	rat->has_heard = query_heard(txn, ask->member, ask->as_of, &rat->heard);
	struct rat_question question = {.member = ask->member,
	        .year = ask->year,
	        .as_of = ask->as_of,
	        .profile = roster_profile(txn_roster(txn), ask->member, ask->year),
	        .policy = &m->policy,
	        .items = rat->items,
	        .items_count = rat->items_count,
	        .notices = rat->notices,
	        .notices_count = rat->notices_count,
	        .has_heard = rat->has_heard,
	        .heard = rat->heard,
	        .previous_number = previous_number(txn, ask),
	        .own = ask->own};
	if (txn_error(txn) != ERR_OK)
		return txn_error(txn);
	if (question.profile == NULL)
		return ERR_NO_SUCH_MEMBER;
	status_of(&question, &rat->answer);
	return ERR_OK;
}

enum err query_rat_open(struct txn *txn, const struct query_year *ask, struct query_rat **out)
{
	struct view_year which = {.member = ask->member, .year = ask->year};
	if (roster_member(txn_roster(txn), ask->member) == NULL)
		return ERR_NO_SUCH_MEMBER;
	struct rat_memory *m = calloc(1, sizeof *m);
	if (m == NULL)
		return ERR_NO_MEMORY;
	enum err e = read_year(txn, &which, m);
	if (e == ERR_OK)
		e = answer(txn, ask, m);
	if (e != ERR_OK) {
		query_rat_close(&m->rat);
		return e;
	}
	*out = &m->rat;
	return ERR_OK;
}

void query_rat_close(struct query_rat *rat)
{
	if (rat == NULL)
		return;
	struct rat_memory *m = (struct rat_memory *)rat;
	free(m->rat.items);
	free(m->rat.notices);
	free(m->records);
	free(m->withdrawals);
	free(m);
}
