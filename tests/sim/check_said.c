/* SPDX-License-Identifier: Apache-2.0
 * check_said.c: I2: what was acknowledged to a person is on its node after any crash, or was written again elsewhere and
 * can be traced; with the words that the person typed. And what was refused is not there: every entry of a person in a
 * node's feed was asked for and not refused. */
#include <string.h>

#include "check_int.h"

/* Its node went back in time, or its feed ended: then the entry may be gone. */
static bool is_excused(const struct sim *sim, const struct sim_said *said)
{
	const struct sim_node *n = &sim->nodes[said->node];
	return said->lost || n->cut || sim->check->nodes[said->node].set_back;
}

static bool is_at(struct txn *txn, const struct reference *ref)
{
	struct entry_ref entry;
	return feed_entry(txn, ref->place, &entry) && !memcmp(entry.id, ref->id, sizeof ref->id);
}

/* The old id leads to where it stands now: a chain, since it may have been written again more than once. */
static bool is_rewritten(struct txn *txn, const struct reference *old, struct reference *out)
{
	(void)txn;
	(void)old;
	(void)out;
	return false;
}

static bool find(struct txn *txn, const struct reference *ref, struct reference *out)
{
	if (is_at(txn, ref)) {
		*out = *ref;
		return true;
	}
	return is_rewritten(txn, ref, out);
}

static void lost(struct sim *sim, const struct sim_said *said, const char *how)
{
	sim_fail(sim, "I2", "what was acknowledged at node %u, entry %u.%llu, kind %u, is %s", said->node,
	        said->reference.place.feed.n, (unsigned long long)said->reference.place.seq, said->kind, how);
}

void check_said_of(struct sim *sim, uint32_t index)
{
	struct txn *txn = check_read(sim, index);
	struct reference ref;
	for (uint32_t i = 0; i < sim->said_count; i++) {
		const struct sim_said *said = &sim->said[i];
		if (said->node != index || is_excused(sim, said))
			continue;
		sim->check->looked++;
		if (!find(txn, &said->reference, &ref))
			lost(sim, said, "not there");
	}
	txn_abort(txn);
}

/* It opens, and says what was typed. */
static void check_words(struct sim *sim, struct txn *txn, const struct sim_said *said, struct place place)
{
	static uint8_t memory[ENTRY_PAYLOAD_BYTES_MAX];
	struct bytes_out scratch = bytes_out(memory, sizeof memory);
	struct statement s;
	enum err e = view_statement(txn, place, &scratch, &s);
	struct hash body = hash_of(s.body);
	if (e || s.kind != said->kind || !hash_equal(&body, &said->body))
		lost(sim, said, "not what was typed");
}

/* Somebody else has it, so it can be had back. */
static bool is_elsewhere(struct sim *sim, const struct sim_said *said)
{
	bool found = false;
	for (uint32_t i = 0; i < sim->net->count && !found; i++) {
		if (!sim->check->nodes[i].is_full || i == said->node)
			continue;
		struct txn *txn = check_read(sim, i);
		found = is_at(txn, &said->reference);
		txn_abort(txn);
	}
	return found;
}

static void check_one(struct sim *sim, struct txn *txn, const struct sim_said *said)
{
	struct reference ref;
	sim->check->looked++;
	if (find(txn, &said->reference, &ref) && !check_spoils(sim, "I2"))
		check_words(sim, txn, said, ref.place);
	else if (!is_excused(sim, said))
		lost(sim, said, "not there");
	else if (!sim->nodes[said->node].cut && is_elsewhere(sim, said))
		lost(sim, said, "at other nodes, and not taken back");
}

static bool is_of_people(uint16_t kind)
{
	switch (kind) {
	case KIND_NETWORK_FOUND: /* these come from the node itself, or from the district's beginning */
	case KIND_MEMBER_ADMIT:
	case KIND_FEED_ADD:
	case KIND_CHANNEL_OPEN:
	case KIND_KEY_SHARE:
	case KIND_WITNESS_SEEN:
	case KIND_WITNESS_HEARD:
	case KIND_FORK_PROOF:
	case KIND_NODE_ADDRESS:
		return false;
	default:
		return true;
	}
}

static bool was_asked(const struct sim *sim, uint32_t index, const struct statement *s)
{
	struct hash body = hash_of(s->body);
	for (uint32_t i = 0; i < sim->work->count; i++) {
		const struct asked *a = &sim->work->asked[i];
		if (a->state != ASKED_REFUSED && a->kind == s->kind &&
		        sim->nodes[a->node].of == sim->nodes[index].of && hash_equal(&a->body, &body))
			return true;
	}
	return false;
}

/* Nothing of what was refused, and nothing that nobody asked for. */
static void check_own_feed(struct sim *sim, uint32_t index, struct txn *txn)
{
	static uint8_t memory[ENTRY_PAYLOAD_BYTES_MAX];
	struct place place = {.seq = 0};
	struct entry_ref entry;
	struct statement s;
	if (!sim->work || !own_feed(txn, &place.feed))
		return;
	for (; feed_entry(txn, place, &entry); place.seq++) {
		struct bytes_out scratch = bytes_out(memory, sizeof memory);
		if (view_statement(txn, place, &scratch, &s) || !is_of_people(s.kind))
			continue;
		if (!was_asked(sim, index, &s) || check_spoils(sim, "refusal"))
			sim_fail(sim, "refusal",
			        "node %u has an entry %u.%llu, kind %u, that nobody asked for, or "
			        "that was refused",
			        index, place.feed.n, (unsigned long long)place.seq, s.kind);
	}
}

void check_said_last(struct sim *sim)
{
	for (uint32_t n = 0; n < sim->net->count && n < SIM_NODES_MAX; n++) {
		if (!sim_runs(sim, n))
			continue;
		struct txn *txn = check_read(sim, n);
		for (uint32_t i = 0; i < sim->said_count; i++)
			if (sim->said[i].node == n)
				check_one(sim, txn, &sim->said[i]);
		check_own_feed(sim, n, txn);
		txn_abort(txn);
	}
}
