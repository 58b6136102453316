/* SPDX-License-Identifier: Apache-2.0 */
/* query.c: the small questions. A pair's balance is query_pair.c's, a member's RAT query_rat.c's. */
#include "storage/query.h"

#include "base/bug.h"
#include "db_int.h"
#include "entries_int.h"
#include "txn_int.h"
#include "witnessed_int.h"

bool query_received(struct txn *txn, struct place place, uint64_t *time_ms)
{
	struct entry_ref entry;
	txn_settle(txn);
	if (!muster_is_registrar(txn->muster, place.feed) && !BUG(AUTHORS_CLOCK))
		return witnessed_received(txn, place, time_ms);
	if (!entries_get(txn, place, &entry))
		return false;
	*time_ms = entry.time_ms;
	return true;
}

bool query_covered(struct txn *txn, struct feed_no feed, struct head *out)
{
	txn_settle(txn);
	return witnessed_newest(txn, feed, out);
}

bool query_stated(struct txn *txn, struct feed_no feed, struct checkpoint *out)
{
	txn_settle(txn);
	return witnessed_stated(txn, feed, out);
}

bool query_heard(struct txn *txn, struct member_no member, struct day up_to, struct day *out)
{
	const struct roster *r = txn_roster(txn);
	bool found = false;
	struct day latest = {.n = INT32_MIN}, day;
	txn_settle(txn);
	for (struct feed_no no = {.n = 0}; no.n < r->feeds_count; no.n++) {
		if (r->feeds[no.n].member.n != member.n ||
		        (roster_roles_at(r, no, r->size) & ROLE_OFFICER) == 0)
			continue;
		if (!witnessed_heard(txn, no, up_to, &day) || day.n < latest.n)
			continue;
		latest = day;
		found = true;
	}
	if (found)
		*out = latest;
	return found;
}

/* Keys are (from year, place): the last row of a year that is not after the one asked for holds. */
void query_policy(struct txn *txn, int32_t year, struct policy *out)
{
	struct key after = keys_policy(year < INT32_MAX ? year + 1 : year, (struct place){.seq = 0});
	struct row row;
	struct entry_ref entry;
	txn_settle(txn);
	policy_default(out);
	if (!db_before(txn, TABLE_POLICY, &after, &row) ||
	        !entries_get(txn, keys_get_place(row.key, 4), &entry))
		return;
	if (policy_unpack(entry.payload, out) != ERR_OK)
		txn_fail(txn, ERR_STORE_DAMAGED); /* it passed when it was judged */
}
