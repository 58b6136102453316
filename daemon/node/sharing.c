/* SPDX-License-Identifier: Apache-2.0
 * sharing.c: see sharing.h, and the node that gives what is its own to give, a key.share at a time, some channels a look,
 * so that a large log never holds up the loop. Its twist: nothing is remembered of what was given: a key.share of
 * whomever, in the log, that gives the right secret to that reader, is all there is to know. */
#include "node/sharing.h"

#include <string.h>

#include "ledger/object.h"
#include "log/kinds.h"
#include "node_int.h"

static struct member_no member_of(const struct roster *r, struct feed_no feed)
{
	return r->feeds[feed.n].member;
}

static uint32_t roles_now(const struct roster *r, struct feed_no feed)
{
	return roster_roles_at(r, feed, r->size);
}

/* Not the member's first: something may have come before it. */
static bool came_later(const struct roster *r, struct feed_no feed)
{
	for (uint32_t n = 0; n < feed.n; n++)
		if (r->feeds[n].member.n == member_of(r, feed).n)
			return true;
	return false;
}

bool sharing_next_member(struct txn *txn, struct feed_no own, struct member_no *member)
{
	const struct roster *r = txn_roster(txn);
	struct member_no next = {ROSTER_NONE};
	if (!roster_feed(r, own))
		return false;
	bool auditor = (roles_now(r, own) & ROLE_AUDITOR) != 0;
	for (uint32_t n = 0; n < r->feeds_count; n++) {
		const struct feed_no no = {n};
		const struct member_no of = member_of(r, no);
		bool ours = of.n == member_of(r, own).n;
		if (of.n >= member->n && of.n < next.n &&
		        (ours || (auditor && (roles_now(r, no) & ROLE_OFFICER) && came_later(r, no))))
			next = of;
	}
	if (next.n != ROSTER_NONE)
		*member = next;
	return next.n != ROSTER_NONE;
}

static bool is_ours(const struct sharing *s)
{
	return s->member.n == member_of(txn_roster(s->txn), s->own).n;
}

void sharing_begin(struct sharing *s, struct txn *txn, const struct sharing_ask *ask)
{
	const struct roster *r = txn_roster(txn);
	*s = (struct sharing){.txn = txn, .own = ask->own, .scope = ask->scope, .member = ask->member};
	must(roster_feed(r, ask->own) != NULL);
	for (uint32_t n = 0; n < r->feeds_count && s->readers_count < SHARING_READERS_MAX; n++) {
		const struct feed_no no = {n};
		uint32_t roles = roles_now(r, no);
		bool officer = (roles & ROLE_OFFICER) && r->feeds[n].member.n == ask->member.n;
		if (n != ask->own.n && (officer || (is_ours(s) && (roles & ROLE_AUDITOR))))
			s->readers[s->readers_count++] = no;
		s->has_officers |= officer && n != ask->own.n;
	}
}

/* A channel that we can open. */
struct known {
	struct place place;
	uint64_t at; /* position of the registrar's history at which its readers were chosen */
	struct channel_secret secret;
	bool concerns; /* the member: its officers are readers */
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

/* Between whom is what the sealed entry is about? False: it does not say. */
static bool object_of(struct txn *txn, struct place place, struct view_object *out)
{
	static uint8_t room[ENTRY_PAYLOAD_BYTES_MAX]; /* one thread */
	const struct ledger_context ctx = {.roster = txn_roster(txn)};
	struct bytes_out scratch = bytes_out(room, sizeof room);
	struct reference about = {.place = place};
	struct statement said;
	return view_statement(txn, place, &scratch, &said) == ERR_OK &&
	       object_check(&ctx, &said, &about) == ERR_OK && view_object(txn, about.place, out) &&
	       out->by_pair;
}

/* Has the member an officer that was due for its sake alone, and was no auditor since, not for a while either? Else it was
 * due anyway then, and what the author has with others may be sealed in the same channel. */
static bool has_own_reader(const struct roster *r, struct member_no member, uint64_t at)
{
	for (uint32_t n = 0; n < r->feeds_count; n++) {
		uint32_t roles = roster_roles_at(r, (struct feed_no){n}, at);
		uint32_t ever = roster_roles_since(r, (struct feed_no){n}, at);
		if (r->feeds[n].member.n == member.n && (roles & ROLE_OFFICER) && !(ever & ROLE_AUDITOR))
			return true;
	}
	return false;
}

/* Nothing about another than the author and these is in the channel: one of them is there for its own sake. */
static bool tells_parties(const struct roster *r, const struct known *k, const struct view_object *object)
{
	struct member_no author = member_of(r, k->place.feed);
	if (object->a.n != author.n && object->b.n != author.n)
		return false;
	return has_own_reader(r, object->a.n == author.n ? object->b : object->a, k->at);
}

/* The first entry of a channel that is about something near its beginning mostly tells for all of them. But what its
 * author has with members whose readers are all auditors is in one channel, since these read everything. */
static bool has_party(const struct sharing *s, const struct known *k)
{
	const struct place channel = k->place;
	struct place place = channel;
	struct view_object object;
	struct entry_ref entry;
	struct sealed sealed;
	for (uint32_t i = 0; i < SHARING_WALK_MAX; i++) {
		place.seq++;
		if (!feed_entry(s->txn, place, &entry))
			return false;
		if (entry.audience != AUDIENCE_SEALED || seal_payload_unpack(entry.payload, &sealed) ||
		        sealed.channel_seq != channel.seq || !object_of(s->txn, place, &object))
			continue;
		if (object.a.n == s->member.n || object.b.n == s->member.n)
			return true;
		if (tells_parties(txn_roster(s->txn), k, &object))
			return false;
	}
	return false;
}

/* What an auditor reads is not all its own member's business; what another reads is. */
static bool concerns(const struct sharing *s, const struct known *k)
{
	const struct roster *r = txn_roster(s->txn);
	uint32_t roles = roster_roles_at(r, s->own, k->at) | roles_now(r, s->own);
	if (member_of(r, k->place.feed).n == s->member.n)
		return true;
	return (is_ours(s) && !(roles & ROLE_AUDITOR)) || has_party(s, k);
}

/* Has the channel in which a key.share is sealed a wrap for the reader? One channel serves all who are the same readers,
 * for whatever reason they are due. */
static bool is_wrapped_for(const struct sharing *s, struct place channel, struct feed_no reader)
{
	const struct roster *r = txn_roster(s->txn);
	const uint8_t *due[] = {r->feeds[reader.n].keys.seal};
	struct channel_secret secret;
	struct channel_open open;
	struct entry_ref entry;
	if (view_channel(s->txn, channel, &secret) || !feed_entry(s->txn, channel, &entry) ||
	        seal_channel_unpack(entry.payload, &open))
		return false;
	const struct seal_audit audit = {.channel = &open,
	        .feed = &r->feeds[channel.feed.n].keys.feed,
	        .seq = channel.seq,
	        .secret = &secret};
	bool wrapped = seal_channel_audit(&audit, due, 1) == ERR_OK;
	bytes_wipe(&secret, sizeof secret);
	return wrapped;
}

/* It takes two products on the curve, and the same few channels carry thousands of secrets. */
static bool carries_wrap(struct sharing *s, struct place channel, struct feed_no reader)
{
	struct sharing_wrap *w =
	        &s->wraps[(channel.seq * 31 + channel.feed.n * 7 + reader.n) % SHARING_WRAPS];
	bool known = w->is_known && w->reader.n == reader.n && w->channel.feed.n == channel.feed.n &&
	             w->channel.seq == channel.seq;
	if (!known)
		*w = (struct sharing_wrap){.channel = channel,
		        .reader = reader,
		        .is_known = true,
		        .is_wrapped = is_wrapped_for(s, channel, reader)};
	return w->is_wrapped;
}

static bool was_given(struct sharing *s, const struct known *k, struct feed_no reader)
{
	const struct roster *r = txn_roster(s->txn);
	struct view_at at = {0};
	struct view_shared shared;
	bool given = false;
	while (!given && view_shared_next(s->txn, k->place, &at, &shared)) {
		uint64_t position = 0;
		if (memcmp(&shared.secret, &k->secret, sizeof k->secret) != 0 ||
		        !position_of(s->txn, shared.channel, &position))
			continue;
		uint32_t roles = roster_roles_at(r, reader, position);
		struct member_no of = member_of(r, reader);
		given = reader.n == shared.share.feed.n || (roles & ROLE_AUDITOR) ||
		        ((roles & ROLE_OFFICER) &&
		                (of.n == shared.member.n || of.n == member_of(r, shared.share.feed).n)) ||
		        carries_wrap(s, shared.channel, reader);
	}
	bytes_wipe(&shared, sizeof shared);
	return given;
}

static bool has(struct sharing *s, const struct known *k, struct feed_no reader)
{
	const struct roster *r = txn_roster(s->txn);
	uint32_t roles = roster_roles_at(r, reader, k->at);
	bool officer = (roles & ROLE_OFFICER) && k->concerns && member_of(r, reader).n == s->member.n;
	return officer || (roles & ROLE_AUDITOR) || reader.n == k->place.feed.n || was_given(s, k, reader);
}

/* The first of the auditors that has it: the registrar in force, or by number; where there is none, its author. */
static struct feed_no first_auditor(struct sharing *s, const struct known *k, struct feed_no reader)
{
	const struct roster *r = txn_roster(s->txn);
	const struct feed_no in_force = roster_registrar(r);
	struct feed_no first = k->place.feed;
	bool found = false;
	for (uint32_t n = 0; n < r->feeds_count; n++) {
		const struct feed_no no = {n};
		if (n == reader.n || !(roles_now(r, no) & ROLE_AUDITOR) || (n != s->own.n && !has(s, k, no)))
			continue;
		if (!found || n == in_force.n)
			first = no;
		found = true;
	}
	return first;
}

/* Is there a feed of the member, not cut, that can give it itself? */
static bool fellow_has(struct sharing *s, const struct known *k, struct feed_no reader)
{
	const struct roster *r = txn_roster(s->txn);
	for (uint32_t n = 0; n < r->feeds_count; n++)
		if (n != reader.n && r->feeds[n].member.n == s->member.n && !r->feeds[n].is_cut &&
		        has(s, k, (struct feed_no){n}))
			return true;
	return false;
}

static bool is_lacked(struct sharing *s, const struct known *k, struct feed_no reader)
{
	const struct roster *r = txn_roster(s->txn);
	bool officer = (roles_now(r, reader) & ROLE_OFFICER) && member_of(r, reader).n == s->member.n;
	if (has(s, k, reader))
		return false;
	if (officer && k->concerns && is_ours(s))
		return true;
	if (!(roles_now(r, reader) & ROLE_AUDITOR) && !(officer && k->concerns))
		return false;
	if (s->scope == SHARING_ALL)
		return true;
	return first_auditor(s, k, reader).n == s->own.n && (!officer || !fellow_has(s, k, reader));
}

/* Is anybody to be given it? */
static bool is_due(struct sharing *s, struct known *k)
{
	if (view_channel(s->txn, k->place, &k->secret) || !position_of(s->txn, k->place, &k->at))
		return false;
	k->concerns = s->has_officers && concerns(s, k);
	for (uint32_t i = 0; i < s->readers_count; i++)
		if (is_lacked(s, k, s->readers[i]))
			return true;
	return false;
}

uint32_t sharing_collect(
        struct sharing *s, struct view_at *at, uint32_t look, struct key_share_row *rows, bool *done)
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
	key_share_pack(&m, node->sharing_member, rows, count);
	must(mp_out_end(&m) == ERR_OK);
	writes_append(node, KIND_KEY_SHARE, mp_written(&m));
	node->sharing_waits = true;
	node_say(node, 5, "%u channels are opened to feeds that came later", (unsigned)count);
	bytes_wipe(body, sizeof body);
}

static void begin(struct node *node, struct member_no member)
{
	node->sharing_member = member;
	node->sharing_at = (struct view_at){0};
}

/* True: nothing more for anybody. */
static bool look(struct node *node, struct txn *txn)
{
	static struct key_share_row rows[KEY_SHARE_ROWS_MAX]; /* one thread */
	struct sharing s;
	bool done;
	if (!sharing_next_member(txn, node->own, &node->sharing_member))
		return true;
	sharing_begin(&s, txn,
	        &(struct sharing_ask){
	                .own = node->own, .member = node->sharing_member, .scope = SHARING_OURS});
	uint32_t count = sharing_collect(&s, &node->sharing_at, SHARING_LOOK_MAX, rows, &done);
	if (count > 0)
		give(node, rows, count);
	if (done)
		begin(node, (struct member_no){node->sharing_member.n + 1});
	bytes_wipe(rows, sizeof rows);
	return false;
}

/* FNV-1a over the roles of all feeds: readers follow from these. The registrar's statements make another roster too, and
 * other readers they do not. */
static uint64_t sum_of_roles(const struct roster *r)
{
	uint64_t sum = 0xcbf29ce484222325u ^ r->anchor_number;
	for (uint32_t n = 0; n < r->feeds_count; n++)
		sum = (sum ^ roles_now(r, (struct feed_no){n})) * 0x100000001b3u;
	return sum;
}

/* Where there are other readers: begin anew, soon, or after who comes first. */
static void restart(struct node *node, const struct roster *r)
{
	uint64_t sum = sum_of_roles(r);
	node->sharing_anew = false;
	if (sum == node->sharing_roles)
		return;
	node->sharing_roles = sum;
	begin(node, (struct member_no){0});
	node->sharing_due_ms =
	        node->now.steady_ms + (is_first(r, node->own) ? SHARING_PAUSE_MS : SHARING_PATIENCE_MS);
}

static void turn(struct node *node, struct txn *txn)
{
	if (node->sharing_anew)
		restart(node, txn_roster(txn));
	if (node->now.steady_ms < node->sharing_due_ms)
		return;
	bool done = look(node, txn);
	if (done)
		begin(node, (struct member_no){0});
	node->sharing_due_ms =
	        node->now.steady_ms + (done ? node_jitter(node, SHARING_INTERVAL_MS) : SHARING_PAUSE_MS);
}

void sharing_answered(struct node *node, enum err err)
{
	node->sharing_waits = false;
	if (err) {
		begin(node, (struct member_no){0});
		node->sharing_due_ms = node->now.steady_ms + SHARING_INTERVAL_MS;
	}
}

void sharing_tick(struct node *node, uint64_t *next_ms)
{
	struct txn *txn;
	if (!guard_publishes(node) || node->stopping || node->sharing_waits ||
	        node->feeds[node->own.n].state != FEED_OPEN)
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
