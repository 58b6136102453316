/* SPDX-License-Identifier: Apache-2.0
 * sharing.c: see sharing.h, and the node that gives what is its own to give, a key.share at a time, some channels a look,
 * so that a large log never holds up the loop. Its twist: nothing is remembered of what was given: a key.share of
 * whomever, in the log, that gives the right secret to that reader, is all there is to know. */
#include "node/sharing.h"

#include <string.h>

#include "log/kinds.h"
#include "node_int.h"

void sharing_begin(struct sharing *s, struct txn *txn, struct feed_no own, enum sharing_scope scope)
{
	const struct roster *r = txn_roster(txn);
	const struct roster_feed *self = roster_feed(r, own);
	*s = (struct sharing){.txn = txn, .own = own, .scope = scope};
	for (uint32_t n = 0; self && n < r->feeds_count && s->readers_count < SHARING_READERS_MAX; n++) {
		uint32_t roles = roster_roles_at(r, (struct feed_no){n}, r->size);
		bool fellow = (roles & ROLE_OFFICER) && r->feeds[n].member.n == self->member.n;
		if (n != own.n && (fellow || (roles & ROLE_AUDITOR)))
			s->readers[s->readers_count++] = (struct feed_no){n};
	}
}

/* A channel that we can open. */
struct known {
	struct place place;
	uint64_t at; /* position of the registrar's history at which its readers were chosen */
	struct channel_secret secret;
};

static bool position_of(struct txn *txn, struct place channel, uint64_t *out)
{
	struct entry_ref entry;
	struct channel_open open;
	if (!feed_entry(txn, channel, &entry) || seal_channel_unpack(entry.payload, &open))
		return false;
	*out = open.registrar_size;
	return true;
}

static struct member_no member_of(const struct roster *r, struct feed_no feed)
{
	return r->feeds[feed.n].member;
}

/* Does who may read what AUTHOR seals for its own member include the reader, at that position? */
static bool reads(const struct roster *r, struct feed_no reader, struct feed_no author, uint64_t at)
{
	uint32_t roles = roster_roles_at(r, reader, at);
	return reader.n == author.n || (roles & ROLE_AUDITOR) ||
	       ((roles & ROLE_OFFICER) && member_of(r, reader).n == member_of(r, author).n);
}

static bool was_given(const struct sharing *s, const struct known *k, struct feed_no reader)
{
	struct view_at at = {0};
	struct view_shared shared;
	bool given = false;
	while (!given && view_shared_next(s->txn, k->place, &at, &shared)) {
		uint64_t position;
		given = memcmp(&shared.secret, &k->secret, sizeof k->secret) == 0 &&
		        position_of(s->txn, shared.channel, &position) &&
		        reads(txn_roster(s->txn), reader, shared.share.feed, position);
	}
	bytes_wipe(&shared, sizeof shared);
	return given;
}

/* A party's officer had a wrap; we know of our own member's only that it is a party, where we are no auditor. */
static bool has(const struct sharing *s, const struct known *k, struct feed_no reader)
{
	const struct roster *r = txn_roster(s->txn);
	bool officer = (roster_roles_at(r, reader, k->at) & ROLE_OFFICER) &&
	               member_of(r, reader).n == member_of(r, s->own).n;
	return officer || reads(r, reader, k->place.feed, k->at) || was_given(s, k, reader);
}

/* The first of the auditors that has it gives it to another; where there is none, its author does. */
static bool gives_to_auditor(const struct sharing *s, const struct known *k, struct feed_no reader)
{
	const struct roster *r = txn_roster(s->txn);
	const struct feed_no in_force = roster_registrar(r);
	struct feed_no first = k->place.feed;
	bool found = false;
	for (uint32_t n = 0; n < r->feeds_count; n++) {
		const struct feed_no no = {n};
		if (n == reader.n || !(roster_roles_at(r, no, r->size) & ROLE_AUDITOR) ||
		        (n != s->own.n && !has(s, k, no)))
			continue;
		if (!found || n == in_force.n)
			first = no;
		found = true;
	}
	return s->scope == SHARING_ALL || first.n == s->own.n;
}

/* What an auditor reads is not all its member's business. */
static bool gives_to_fellow(const struct sharing *s, const struct known *k)
{
	const struct roster *r = txn_roster(s->txn);
	uint32_t roles = roster_roles_at(r, s->own, k->at) | roster_roles_at(r, s->own, r->size);
	return !(roles & ROLE_AUDITOR) || member_of(r, k->place.feed).n == member_of(r, s->own).n;
}

static bool is_lacked(const struct sharing *s, const struct known *k, struct feed_no reader)
{
	const struct roster *r = txn_roster(s->txn);
	uint32_t roles = roster_roles_at(r, reader, r->size);
	bool fellow = (roles & ROLE_OFFICER) && member_of(r, reader).n == member_of(r, s->own).n;
	if (has(s, k, reader))
		return false;
	return (fellow && gives_to_fellow(s, k)) ||
	       ((roles & ROLE_AUDITOR) && gives_to_auditor(s, k, reader));
}

/* Is anybody to be given it? */
static bool is_due(const struct sharing *s, struct known *k)
{
	if (view_channel(s->txn, k->place, &k->secret) || !position_of(s->txn, k->place, &k->at))
		return false;
	for (uint32_t i = 0; i < s->readers_count; i++)
		if (is_lacked(s, k, s->readers[i]))
			return true;
	return false;
}

uint32_t sharing_collect(
        const struct sharing *s, struct view_at *at, uint32_t look, struct key_share_row *rows, bool *done)
{
	struct known k;
	uint32_t count = 0;
	*done = s->readers_count == 0;
	while (!*done && look-- > 0 && count < KEY_SHARE_ROWS_MAX) {
		*done = !view_channel_next(s->txn, at, &k.place);
		if (!*done && is_due(s, &k))
			rows[count++] = (struct key_share_row){.channel = k.place, .secret = k.secret};
	}
	bytes_wipe(&k, sizeof k);
	return count;
}

/* The node. */

/* Others of our member wait for the first, who may be gone for good. */
static bool is_first(const struct roster *r, struct feed_no own)
{
	for (uint32_t n = 0; n < own.n; n++)
		if (r->feeds[n].member.n == r->feeds[own.n].member.n &&
		        roster_roles_at(r, (struct feed_no){n}, r->size))
			return false;
	return true;
}

static void give(struct node *node, struct key_share_row *rows, uint32_t count)
{
	static uint8_t body[ENTRY_PAYLOAD_BYTES_MAX]; /* one thread */
	struct mp_out m = mp_out(body, sizeof body);
	key_share_pack(&m, rows, count);
	must(mp_out_end(&m) == ERR_OK);
	writes_append(node, KIND_KEY_SHARE, mp_written(&m));
	node->sharing_waits = true;
	node_say(node, 5, "%u channels are opened to feeds that came later", (unsigned)count);
	bytes_wipe(body, sizeof body);
}

static void look(struct node *node, struct txn *txn)
{
	static struct key_share_row rows[KEY_SHARE_ROWS_MAX]; /* one thread */
	struct sharing s;
	bool done;
	sharing_begin(&s, txn, node->own, SHARING_OURS);
	uint32_t count = sharing_collect(&s, &node->sharing_at, SHARING_LOOK_MAX, rows, &done);
	if (count > 0)
		give(node, rows, count);
	if (done)
		node->sharing_at = (struct view_at){0};
	node->sharing_due_ms =
	        node->now.steady_ms + (done ? node_jitter(node, SHARING_INTERVAL_MS) : SHARING_PAUSE_MS);
	bytes_wipe(rows, sizeof rows);
}

/* The roster is another: begin anew, at once or after who comes first. */
static void restart(struct node *node, struct txn *txn)
{
	node->sharing_anew = false;
	node->sharing_at = (struct view_at){0};
	node->sharing_due_ms =
	        node->now.steady_ms + (is_first(txn_roster(txn), node->own) ? 0 : SHARING_PATIENCE_MS);
}

static void turn(struct node *node, struct txn *txn)
{
	if (node->sharing_anew)
		restart(node, txn);
	if (node->now.steady_ms >= node->sharing_due_ms)
		look(node, txn);
}

void sharing_answered(struct node *node, enum err err)
{
	node->sharing_waits = false;
	if (err) {
		node->sharing_at = (struct view_at){0};
		node->sharing_due_ms = node->now.steady_ms + SHARING_INTERVAL_MS;
	}
}

void sharing_tick(struct node *node, uint64_t *next_ms)
{
	struct txn *txn;
	if (!guard_publishes(node) || node->stopping || node->sharing_waits)
		return;
	bool due = node->sharing_anew || node->now.steady_ms >= node->sharing_due_ms;
	if (due && !txn_read(node->options.store, &txn)) {
		if (roster_feed(txn_roster(txn), node->own))
			turn(node, txn);
		txn_abort(txn);
	}
	if (*next_ms > node->sharing_due_ms)
		*next_ms = node->sharing_due_ms;
}
