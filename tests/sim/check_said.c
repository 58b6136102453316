/* SPDX-License-Identifier: Apache-2.0
 * check_said.c: I2: what was acknowledged to a person is on its node after any crash, or was written again elsewhere and
 * can be traced; with the words that the person typed. And what was refused is not there: every entry of a person in a
 * node's feed was asked for and not refused. */
#include <string.h>

#include "check_int.h"
#include "node/rewrites.h"

/* Its node went back in time, its feed ends before it or on another branch, or an anchor has no place for the feed: then the entry may be gone. */
static bool is_excused(const struct sim *sim, const struct sim_said *said)
{
	const struct sim_node *n = &sim->nodes[said->node];
	return said->lost || n->outside ||
	       (n->was_cut && (n->may_fork || said->reference.place.seq >= n->cut_at)) ||
	       sim->check->nodes[said->node].set_back;
}

/* An anchor may have given its feed another number since. */
static bool is_at(const struct sim *sim, struct txn *txn, const struct sim_said *said, struct reference *ref)
{
	struct entry_ref entry;
	return txn_find_feed(txn, &sim->net->nodes[said->node].keys.public.feed, &ref->place.feed) &&
	       feed_entry(txn, ref->place, &entry) && !memcmp(entry.id, ref->id, sizeof ref->id);
}

/* Its last name: it may have been written again more than once. */
static struct reference last_name(struct txn *txn, const struct reference *first)
{
	struct reference name = *first;
	struct own_at at = {0};
	struct rewrite r;
	while (rewrites_next(txn, &at, &r)) {
		if (!reference_equal(&r.was, &name) || (r.what != REWRITE_AGAIN && r.what != REWRITE_BACK))
			continue;
		name = r.now;
		at = (struct own_at){0};
	}
	return name;
}

/* It could not be written again, and is kept for the person, with its words. */
static bool is_kept(struct txn *txn, const struct sim_said *said)
{
	const struct reference name = last_name(txn, &said->reference);
	struct own_at at = {0};
	struct rewrite_refused refused;
	while (rewrites_refused(txn, &at, &refused))
		if (reference_equal(&refused.was, &name) && refused.kind == said->kind)
			return true;
	return false;
}

enum found { FOUND_THERE, FOUND_AGAIN, FOUND_REFUSED, FOUND_NOT };

static enum found find(
        const struct sim *sim, struct txn *txn, const struct sim_said *said, struct reference *out)
{
	struct rewrite r;
	*out = said->reference;
	if (is_at(sim, txn, said, out))
		return FOUND_THERE;
	if (!rewrites_find(txn, &said->reference, &r))
		return FOUND_NOT;
	*out = r.now;
	if (r.what == REWRITE_REFUSED)
		return is_kept(txn, said) ? FOUND_REFUSED : FOUND_NOT;
	return r.what != REWRITE_DROPPED && is_at(sim, txn, said, out) ? FOUND_AGAIN : FOUND_NOT;
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
	struct feed_no own;
	struct feed_info info;
	bool is_there = own_feed(txn, &own) && feed_info(txn, own, &info);
	for (uint32_t i = 0; i < sim->said_count && is_there; i++) {
		const struct sim_said *said = &sim->said[i];
		if (said->node != index || is_excused(sim, said))
			continue;
		sim->check->looked++;
		if (find(sim, txn, said, &ref) == FOUND_NOT)
			lost(sim, said, "not there");
	}
	txn_abort(txn);
}

/* It opens, and says what was typed; written again it may name other entries, by their new names. */
static void check_words(
        struct sim *sim, struct txn *txn, const struct sim_said *said, struct place place, bool again)
{
	static uint8_t memory[ENTRY_PAYLOAD_BYTES_MAX];
	struct bytes_out scratch = bytes_out(memory, sizeof memory);
	struct statement s;
	enum err e = view_statement(txn, place, &scratch, &s);
	struct hash body = hash_of(s.body);
	if (e || s.kind != said->kind || (!again && !hash_equal(&body, &said->body)))
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
		struct reference ref = said->reference;
		found = is_at(sim, txn, said, &ref);
		txn_abort(txn);
	}
	return found;
}

/* Its feed has two histories, which is said and shown; what stands in the other is not taken back. Nor is anything by who
 * has no roster: I4 says whether it should. */
static bool is_forked(struct txn *txn)
{
	struct feed_no own;
	struct feed_info info;
	return !own_feed(txn, &own) || (feed_info(txn, own, &info) && info.state == FEED_HELD);
}

static void check_one(struct sim *sim, struct txn *txn, const struct sim_said *said)
{
	struct reference ref;
	enum found found = check_spoils(sim, "I2") ? FOUND_NOT : find(sim, txn, said, &ref);
	sim->check->looked++;
	if (found == FOUND_THERE || found == FOUND_AGAIN)
		check_words(sim, txn, said, ref.place, found == FOUND_AGAIN);
	else if (found == FOUND_NOT && !is_excused(sim, said))
		lost(sim, said, "not there");
	else if (found == FOUND_NOT && sim->check->nodes[said->node].is_full && !is_forked(txn) &&
	         is_elsewhere(sim, said))
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
		if (a->state != ASKED_REFUSED && !a->must_fail && a->kind == s->kind &&
		        sim->nodes[a->node].of == sim->nodes[index].of && hash_equal(&a->body, &body))
			return true;
	}
	return false;
}

/* Written again, it says the same by other names. And what was withdrawn is named by its new name everywhere. */
static bool was_rewritten(struct sim *sim, uint32_t index, struct txn *txn, const struct statement *s)
{
	struct own_at at = {0};
	struct rewrite r;
	bool again = false;
	while (rewrites_next(txn, &at, &r)) {
		if (r.what != REWRITE_AGAIN && r.what != REWRITE_BACK)
			continue;
		/* both of this feed, whatever its number is by now */
		again |= r.now.place.seq == s->ref.place.seq && !memcmp(r.now.id, s->ref.id, sizeof r.now.id);
		if (memmem(s->body.data, s->body.len, r.was.id, sizeof r.was.id) ||
		        check_spoils(sim, "stale"))
			sim_fail(sim, "stale",
			        "node %u's entry %u.%llu, kind %u, names one that was withdrawn", index,
			        s->ref.place.feed.n, (unsigned long long)s->ref.place.seq, s->kind);
	}
	return again;
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
		/* a store that went back again has forgotten what it wrote again before */
		bool again = was_rewritten(sim, index, txn, &s) || sim->nodes[index].restores > 1;
		if ((!again && !was_asked(sim, index, &s)) || check_spoils(sim, "refusal"))
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
