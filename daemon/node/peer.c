/* SPDX-License-Identifier: Apache-2.0
 * peer.c: one link: its session, who is at the other end, and each message to the file that knows what it means.
 * Nothing is spent on a stranger but the session itself; frames' memory and the tables of feeds come when the roster
 * knows the key. What a message borrows dies with the next event. */
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "node_int.h"

bool peer_is_live(const struct peer *p)
{
	return p->state == PEER_CATCHING_UP || p->state == PEER_IN_STEP;
}

struct mp_out *peer_write(struct peer *p)
{
	if (!session_can_send(&p->session, SESSION_CONTROL))
		return NULL;
	return session_message(&p->session, SESSION_CONTROL);
}

void peer_sent(struct peer *p)
{
	session_commit(&p->session);
	p->touched = true;
}

/* From here on nothing is expected of it. */
static void end(struct node *node, struct peer *p)
{
	p->state = PEER_CLOSING;
	p->touched = true;
	p->serves_count = 0;
	pulls_drop(node, p);
	forks_forget(node, p);
}

void peer_bye(struct node *node, struct peer *p, enum bye_code code, const char *text)
{
	session_bye(&p->session, code, text);
	end(node, p);
}

void peer_fault(struct node *node, struct link_id id, enum err err)
{
	struct peer *p = links_find(node, id);
	if (!p || p->state == PEER_CLOSING)
		return;
	node_say(node, 4, "link %u: feed %u is at fault: %s", id.n, p->feed.n, err_text(err));
	links_blame(node, p->link_key);
	peer_bye(node, p, BYE_FAULT, err_code(err));
}

void peer_knows(struct node *node, struct peer *p, struct feed_no feed, uint64_t size)
{
	if (feed.n >= p->feeds_cap || p->feeds[feed.n].size >= size)
		return;
	p->feeds[feed.n].size = size;
	if (feed.n >= node->feeds_count || size > node->feeds[feed.n].tip)
		pulls_consider(node, feed.n);
}

enum err peer_grow(struct peer *p, uint32_t feeds)
{
	if (feeds <= p->feeds_cap)
		return ERR_OK;
	uint32_t blocks = (feeds + FEED_BLOCK - 1) / FEED_BLOCK, cap = blocks * FEED_BLOCK;
	struct peer_block *more_blocks = realloc(p->blocks, blocks * sizeof *more_blocks);
	if (!more_blocks)
		return ERR_NO_MEMORY;
	p->blocks = more_blocks;
	struct peer_feed *more = realloc(p->feeds, cap * sizeof *more);
	if (!more)
		return ERR_NO_MEMORY;
	p->feeds = more;
	uint32_t before = p->feeds_cap / FEED_BLOCK;
	memset(more + p->feeds_cap, 0, (cap - p->feeds_cap) * sizeof *more);
	memset(more_blocks + before, 0, (blocks - before) * sizeof *more_blocks);
	p->feeds_cap = cap;
	return ERR_OK;
}

/* The roster's word on a link key. ERR_REFUSED: known, but not to be spoken with. */
static enum err identify(struct node *node, struct txn *txn, struct peer *p)
{
	const struct roster *r = txn_roster(txn);
	struct feed_no no;
	if (!memcmp(p->link_key, node->options.keys->public.link, sizeof p->link_key))
		return ERR_REFUSED; /* it is this node itself */
	if (!roster_find_link(r, p->link_key, &no))
		return ERR_NOT_FOUND;
	const struct roster_feed *feed = roster_feed(r, no);
	const struct roster_member *member = roster_member(r, feed->member);
	p->has_feed = true;
	p->feed = no;
	p->member = feed->member;
	p->is_limited = feed->is_cut;
	p->of_registrar = (roster_roles_at(r, no, r->size) & ROLE_REGISTRAR) != 0;
	return !member || member->state == MEMBER_LEFT ? ERR_REFUSED : ERR_OK;
}

static enum err look_up(struct node *node, struct peer *p)
{
	struct txn *txn;
	enum err e = txn_read(node->options.store, &txn);
	if (e)
		return e;
	e = identify(node, txn, p);
	txn_abort(txn);
	return e;
}

void peer_follow_roster(struct node *node, struct txn *txn)
{
	for (struct peer *p = node->peers; p; p = p->next)
		if (peer_is_live(p) && identify(node, txn, p) == ERR_REFUSED)
			peer_bye(node, p, BYE_REFUSED, "");
}

static bool admit(struct node *node, struct peer *p)
{
	p->memory = links_make_room(node) ? malloc(sizeof *p->memory) : NULL;
	if (!p->memory || peer_grow(p, node->feeds_count))
		return false;
	session_admit(&p->session, p->memory);
	p->state = PEER_CATCHING_UP;
	bool broke_its_word =
	        p->has_feed && p->feed.n < node->feeds_count && node->feeds[p->feed.n].broke_word;
	p->window = broke_its_word ? 1 : PULL_WINDOW_FIRST;
	p->own_shown = UINT64_MAX;
	return true;
}

/* The other side's own feed as it is held here, for its guard. */
static void view_of(struct node *node, const struct peer *p, struct checkpoint *out)
{
	struct txn *txn;
	struct feed_info info;
	*out = (struct checkpoint){.head = {0}};
	if (!p->has_feed || p->feed.n >= node->feeds_count || txn_read(node->options.store, &txn))
		return;
	struct checkpoint held;
	if (feed_info(txn, p->feed, &info) && info.head.size &&
	        feed_checkpoint(txn, p->feed, info.head.size, &held))
		*out = held;
	txn_abort(txn);
}

static void send_hello(struct node *node, struct peer *p)
{
	struct mp_out *m = peer_write(p);
	if (!m)
		return;
	struct message_hello hello = {.agent = bytes_text(node->options.agent),
	        .anchor_number = node->anchor_number,
	        .registrar = node->registrar,
	        .fingerprints = frontier_fingerprints(&node->frontier)};
	view_of(node, p, &hello.yours);
	message_pack_hello(m, &hello);
	peer_sent(p);
	p->frontier_sent = true;
	p->frontier_sent_ms = node->now.steady_ms;
	p->frontier_due_ms = node->now.steady_ms + node_jitter(node, FRONTIER_INTERVAL_MS);
}

static void send_anchor(struct node *node, struct peer *p)
{
	struct txn *txn;
	struct anchor anchor;
	uint8_t packed[ANCHOR_BYTES_MAX];
	struct mp_out a = mp_out(packed, sizeof packed);
	if (txn_read(node->options.store, &txn))
		return;
	bool found = feed_anchor(txn, &anchor);
	txn_abort(txn);
	struct mp_out *m = found ? peer_write(p) : NULL;
	if (!m)
		return;
	anchor_pack(&a, &anchor);
	must(mp_out_end(&a) == ERR_OK);
	message_pack_anchor(m, mp_written(&a));
	peer_sent(p);
}

void peer_tell_anchor(struct node *node)
{
	for (struct peer *p = node->peers; p && node->anchor_number > 0; p = p->next) {
		if (BUG(ANCHOR_UNTOLD))
			continue;
		if (!peer_is_live(p) || !p->has_view || p->anchor_number >= node->anchor_number)
			continue;
		p->anchor_number = node->anchor_number;
		send_anchor(node, p);
	}
}

static void keep_anchor(struct node *node, struct bytes packed)
{
	struct local local = {.type = LOCAL_ANCHOR, .value_bytes = (uint16_t)packed.len};
	must(packed.len <= sizeof local.value);
	memcpy(local.value, packed.data, packed.len);
	node->anchor_commit = node->commits + 1;
	writes_local(node, &local);
}

/* Whoever said that it has one, and told it before it could be verified, tells it again on its next link. */
static void hear_again(struct node *node)
{
	for (struct peer *p = node->peers; p; p = p->next) {
		if (!peer_is_live(p) || p->anchor_number <= node->anchor_number)
			continue;
		dialler_now(node, p->link_key);
		peer_bye(node, p, BYE_DONE, "your anchor did not come; dial again");
	}
}

void peer_try_anchor(struct node *node, const struct roster *r)
{
	const struct bytes packed = BYTES(node->anchor_waits, node->anchor_waits_bytes);
	struct anchor anchor;
	node->anchor_waits_bytes = 0;
	if (packed.len == 0)
		return;
	if (!anchor_unpack(packed, &anchor) && !anchor_verify(&anchor, r->network.recovery))
		keep_anchor(node, packed);
	else
		hear_again(node); /* somebody wrote another over it */
}

/* Is it worth a transaction? ERR_NOT_FOUND: nobody knows yet. */
static enum err judge_anchor(struct node *node, const struct anchor *anchor, bool *wins)
{
	struct anchor ours;
	struct txn *txn;
	*wins = false;
	enum err e = txn_read(node->options.store, &txn);
	if (e)
		return ERR_OK;
	const struct roster *r = txn_roster(txn);
	e = r->founded ? anchor_verify(anchor, r->network.recovery) : ERR_NOT_FOUND;
	*wins = !e && anchor_wins(anchor, feed_anchor(txn, &ours) ? &ours : NULL);
	txn_abort(txn);
	return e;
}

enum err peer_check_anchor(struct node *node, struct bytes packed)
{
	struct anchor anchor;
	bool wins;
	enum err e = packed.len > ANCHOR_BYTES_MAX ? ERR_TOO_LONG : anchor_unpack(packed, &anchor);
	return e ? e : judge_anchor(node, &anchor, &wins);
}

static void on_anchor(struct node *node, struct peer *p, struct bytes packed)
{
	struct anchor anchor;
	bool wins = false;
	enum err e = packed.len > ANCHOR_BYTES_MAX ? ERR_TOO_LONG : anchor_unpack(packed, &anchor);
	if (!e)
		e = judge_anchor(node, &anchor, &wins);
	if (e == ERR_NOT_FOUND) {
		memcpy(node->anchor_waits, packed.data, packed.len);
		node->anchor_waits_bytes = (uint32_t)packed.len;
	} else if (e) {
		peer_fault(node, p->id, e);
	} else {
		bool one_waits = node->anchor_commit > node->commits ||
		                 (node->committing && node->anchor_commit == node->commits);
		p->anchor_number = anchor.number;
		if (wins && !one_waits)
			keep_anchor(node, packed);
	}
}

static void on_hello(struct node *node, struct peer *p, const struct message_hello *hello)
{
	p->anchor_number = hello->anchor_number;
	p->view = hello->yours;
	p->has_view = true;
	if (!guard_compare(node, p)) {
		peer_fault(node, p->id, ERR_BAD_SIGNATURE);
		return;
	}
	if (node->has_own)
		peer_knows(node, p, node->own, hello->yours.head.size);
	node_say(node, 6, "link %u: feed %u says hello", p->id.n, p->feed.n);
	catchup_compare(node, p, &hello->registrar, hello->fingerprints);
	if (node->anchor_number > 0 && p->anchor_number == node->anchor_number && p->state != PEER_IN_STEP)
		p->anchor_number--; /* maybe another of the same number: it is told ours */
}

/* Of two links between the same nodes both sides keep the one whose dialler has the smaller key. */
static bool is_surplus(struct node *node, const struct peer *p)
{
	const uint8_t *ours = node->options.keys->public.link;
	bool ours_is_smaller = memcmp(ours, p->link_key, 32) < 0;
	for (struct peer *other = node->peers; other; other = other->next) {
		if (other == p || !peer_is_live(other) || memcmp(other->link_key, p->link_key, 32) != 0)
			continue;
		if (other->side != p->side && ours_is_smaller == (p->side == LINK_ACCEPTED))
			return true;
		peer_bye(node, other, BYE_DONE, "another link of ours is kept");
	}
	return false;
}

static void greet(struct node *node, struct peer *p)
{
	if (look_up(node, p) == ERR_REFUSED) {
		peer_bye(node, p, BYE_REFUSED, "");
	} else if (!node->has_own && joining_wanted(node)) {
		joining_ask(node, p);
	} else if (admit(node, p)) {
		send_hello(node, p);
	} else {
		peer_bye(node, p, BYE_TOO_MUCH, "");
	}
}

static void meet(struct node *node, struct peer *p, const struct message *first)
{
	memcpy(p->link_key, session_remote_key(&p->session), sizeof p->link_key);
	enum err e = look_up(node, p);
	if (links_is_blamed(node, p->link_key)) {
		peer_bye(node, p, BYE_TOO_MUCH, "not so soon after a fault");
	} else if (first->type == MESSAGE_JOIN) {
		joining_answer(node, p, &first->join, e);
	} else if (e || is_surplus(node, p)) {
		peer_bye(node, p, e ? BYE_REFUSED : BYE_DONE, "");
	} else if (admit(node, p)) {
		send_hello(node, p);
		on_hello(node, p, &first->hello);
	} else {
		peer_bye(node, p, BYE_TOO_MUCH, "too many links; dial again later");
	}
}

/* Documents do not travel yet: "not here" is the truth. */
static void on_blob_pull(struct peer *p, const struct message_blob_pull *pull)
{
	struct mp_out *m = peer_write(p);
	if (!m)
		return;
	const struct message_blob none = {.document = pull->document};
	message_pack_blob(m, &none);
	peer_sent(p);
}

bool peer_is_patient(struct node *node, struct peer *p, uint32_t *heard, uint32_t max)
{
	if (node->now.steady_ms - p->window_ms >= FRONTIER_INTERVAL_MS) {
		p->window_ms = node->now.steady_ms;
		p->frontiers_heard = p->proves_heard = p->anchors_heard = p->doubts = 0;
	}
	if (++*heard <= max)
		return true;
	peer_bye(node, p, BYE_TOO_MUCH, "you ask too often");
	return false;
}

static void on_message(struct node *node, struct peer *p, struct message *m)
{
	switch (m->type) {
	case MESSAGE_HELLO:
		on_hello(node, p, &m->hello);
		return;
	case MESSAGE_FRONTIER:
		if (peer_is_patient(node, p, &p->frontiers_heard, FRONTIERS_HEARD_MAX))
			catchup_compare(node, p, &m->frontier.registrar, m->frontier.fingerprints);
		return;
	case MESSAGE_SIZES:
		catchup_sizes(node, p, &m->sizes);
		return;
	case MESSAGE_HEADS:
		forks_heads(node, p, &m->heads);
		return;
	case MESSAGE_HAVE:
		catchup_have(node, p, &m->have);
		return;
	case MESSAGE_PULL:
		serve_add(node, p, &m->pull);
		return;
	case MESSAGE_RUN:
		flow_run(node, p, &m->run);
		return;
	case MESSAGE_PROVE:
		if (peer_is_patient(node, p, &p->proves_heard, PROVES_HEARD_MAX))
			forks_prove(node, p, &m->prove);
		return;
	case MESSAGE_PROOF:
		forks_proof(node, p, &m->proof);
		return;
	case MESSAGE_BLOB_PULL:
		on_blob_pull(p, &m->blob_pull);
		return;
	case MESSAGE_ANCHOR:
		if (peer_is_patient(node, p, &p->anchors_heard, ANCHORS_HEARD_MAX))
			on_anchor(node, p, m->anchor.anchor);
		return;
	case MESSAGE_BLOB:
	case MESSAGE_PING:
	case MESSAGE_PONG:
	case MESSAGE_BYE:
	case MESSAGE_JOIN:
	case MESSAGE_UNKNOWN:
		return; /* the session answers the rest; nobody asked for a BLOB */
	}
}

static void on_closed(struct node *node, struct peer *p, const struct session_event *e)
{
	if (e->end == SESSION_END_BYE_HEARD) {
		node_say(node, 6, "link %u: the other side ends it: %s", p->id.n, message_bye_text(e->bye));
		joining_bye(node, p, e->bye);
	} else if (e->end == SESSION_END_HANDSHAKE || e->end == SESSION_END_SILENT) {
		node_say(node, 7, "link %u: no answer that counts", p->id.n);
	}
	end(node, p);
	p->wants_close = true;
}

static void on_fault(struct node *node, struct peer *p, enum err err)
{
	node_say(node, 4, "link %u: %s", p->id.n, err_text(err));
	if (err != ERR_NOT_DECRYPTED && err != ERR_BAD_VERSION)
		links_blame(node, p->link_key);
	end(node, p);
}

bool peer_events(struct node *node, struct peer *p)
{
	struct session_event e;
	bool any = false;
	while (session_next_event(&p->session, &e)) {
		any = true;
		p->touched = true;
		switch (e.type) {
		case SESSION_GREET:
			greet(node, p);
			break;
		case SESSION_PEER:
			meet(node, p, &e.message);
			break;
		case SESSION_MESSAGE:
			if (peer_is_live(p))
				on_message(node, p, &e.message);
			break;
		case SESSION_FAULT:
			on_fault(node, p, e.err);
			break;
		case SESSION_CLOSED:
			on_closed(node, p, &e);
			break;
		}
	}
	return any;
}

void peer_tick(struct node *node, struct peer *p, uint64_t *next_ms)
{
	size_t queued = session_numbers(&p->session).queued_bytes;
	uint64_t due = session_tick(&p->session, links_now(node));
	peer_events(node, p);
	if (peer_is_live(p))
		catchup_tick(node, p, next_ms);
	if (session_numbers(&p->session).queued_bytes != queued)
		p->touched = true;
	if (*next_ms > due)
		*next_ms = due;
}
