/* SPDX-License-Identifier: Apache-2.0
 * check_names.c: I2, its other half: what was appended again names others as they are called now. No such entry says an old
 * name for which there is a new one, and none was refused because it did. */
#include <string.h>

#include "check_int.h"
#include "node/rewrites.h"

static bool says(struct bytes body, const struct reference *ref)
{
	const uint8_t *data = body.data;
	for (size_t at = 0; at + sizeof ref->id <= body.len; at++)
		if (!memcmp(data + at, ref->id, sizeof ref->id))
			return true;
	return false;
}

/* An old name that stands in it. */
static bool find_old(struct txn *txn, struct bytes body, struct reference *out)
{
	struct own_at at = {0};
	struct rewrite r, last;
	while (rewrites_next(txn, &at, &r)) {
		if (!says(body, &r.was) || !rewrites_find(txn, &r.was, &last))
			continue;
		bool has_new = last.what == REWRITE_AGAIN || last.what == REWRITE_BACK;
		*out = r.was;
		if (has_new && !reference_equal(&last.now, &r.was))
			return true;
	}
	return false;
}

static void look(struct sim *sim, uint32_t index, struct txn *txn, struct bytes body)
{
	struct reference old;
	sim->check->looked++;
	if (find_old(txn, body, &old))
		sim_fail(sim, "I2",
		        "at node %u an entry that was to be appended again calls another %u.%llu, its old "
		        "name",
		        index, old.place.feed.n, (unsigned long long)old.place.seq);
}

static void look_at_new(struct sim *sim, uint32_t index, struct txn *txn, struct place place)
{
	static uint8_t memory[ENTRY_PAYLOAD_BYTES_MAX];
	struct bytes_out scratch = bytes_out(memory, sizeof memory);
	struct statement s;
	if (!view_statement(txn, place, &scratch, &s))
		look(sim, index, txn, s.body);
}

void check_names(struct sim *sim, uint32_t index)
{
	struct txn *txn = check_read(sim, index);
	struct own_at at = {0};
	struct rewrite r;
	struct rewrite_refused refused;
	while (rewrites_next(txn, &at, &r))
		if (r.what == REWRITE_AGAIN)
			look_at_new(sim, index, txn, r.now.place);
	at = (struct own_at){0};
	while (rewrites_refused(txn, &at, &refused))
		if (refused.why == ERR_NO_SUCH_OBJECT)
			look(sim, index, txn, refused.body);
	txn_abort(txn);
}
