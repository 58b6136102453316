/* SPDX-License-Identifier: Apache-2.0
 * peer.c: one link: its session, who is at the other end, and each message to the file that knows what it means.
 * Nothing is spent on a stranger but the session itself; frames' memory and the table of sizes come when the roster
 * knows the key. What a message borrows dies with the next event. */
#include <stdlib.h>
#include <string.h>

#include "node_int.h"

struct peer *peer_find(const struct node *node, struct link_id id)
{
	for (struct peer *p = node->peers; p; p = p->next)
		if (p->id.n == id.n)
			return p;
	return NULL;
}

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

void peer_bye(struct node *node, struct peer *p, enum bye_code code, const char *text)
{
	(void)node;
	session_bye(&p->session, code, text);
	p->state = PEER_CLOSING;
	p->touched = true;
}

static void shun(struct node *node, const struct peer *p)
{
	dialler_postpone(node, p->link_key, DIAL_AFTER_FAULT);
	if (p->has_feed && p->feed.n < node->feeds_count)
		node->feeds[p->feed.n].shunned_ms = node->now.steady_ms + PEER_SHUNNED_MS;
}

static bool is_shunned(const struct node *node, const struct peer *p)
{
	return p->has_feed && p->feed.n < node->feeds_count &&
	       node->now.steady_ms < node->feeds[p->feed.n].shunned_ms;
}

void peer_fault(struct node *node, struct link_id id, enum err err)
{
	struct peer *p = peer_find(node, id);
	if (!p)
		return;
	node_say(node, 4, "link %u: %s", id.n, err_text(err));
	shun(node, p);
	peer_bye(node, p, BYE_FAULT, err_code(err));
}

void peer_knows(struct peer *p, struct feed_no feed, uint64_t size)
{
	if (feed.n < p->sizes_cap && p->sizes[feed.n] < size)
		p->sizes[feed.n] = size;
}

enum err peer_grow(struct peer *p, uint32_t feeds)
{
	if (feeds <= p->sizes_cap)
		return ERR_OK;
	uint32_t cap = (feeds + FEED_BLOCK - 1) / FEED_BLOCK * FEED_BLOCK;
	uint64_t *sizes = realloc(p->sizes, cap * sizeof *sizes);
	if (!sizes)
		return ERR_NO_MEMORY;
	memset(sizes + p->sizes_cap, 0, (cap - p->sizes_cap) * sizeof *sizes);
	p->sizes = sizes;
	p->sizes_cap = cap;
	return ERR_OK;
}

void peer_free(struct node *node, struct peer *p)
{
	struct peer **at = &node->peers;
	catchup_drop(node, p);
	dialler_closed(node, p->link_key);
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	node->peers_count--;
	session_deinit(&p->session);
	if (p->memory)
		bytes_wipe(p->memory, sizeof *p->memory);
	free(p->memory);
	free(p->sizes);
	free(p);
}

/* The roster's word on a link key. ERR_REFUSED: known, but not to be spoken with. */
static enum err look_up(struct node *node, struct peer *p)
{
	struct txn *txn;
	struct feed_no no;
	enum err e = txn_read(node->options.store, &txn);
	if (e)
		return e;
	const struct roster *r = txn_roster(txn);
	if (roster_find_link(r, p->link_key, &no)) {
		const struct roster_feed *feed = roster_feed(r, no);
		const struct roster_member *member = roster_member(r, feed->member);
		bool gone = feed->is_void || feed->is_cut || !member || member->state == MEMBER_LEFT;
		p->has_feed = true;
		p->feed = no;
		e = gone ? ERR_REFUSED : ERR_OK;
	} else {
		e = ERR_NOT_FOUND;
	}
	txn_abort(txn);
	return e;
}

static bool admit(struct node *node, struct peer *p)
{
	p->memory = malloc(sizeof *p->memory);
	if (!p->memory || peer_grow(p, node->feeds_count))
		return false;
	session_admit(&p->session, p->memory);
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

void peer_hello(struct node *node, struct peer *p)
{
	struct mp_out *m = peer_write(p);
	if (!m)
		return;
	struct message_hello hello = {.agent = bytes_text(node->options.agent),
	        .anchor_number = node->anchor_number,
	        .registrar = node->heads[0],
	        .fingerprints = frontier_fingerprints(&node->frontier)};
	view_of(node, p, &hello.yours);
	message_pack_hello(m, &hello);
	peer_sent(p);
	p->frontier_sent = true;
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

static void on_hello(struct node *node, struct peer *p, const struct message_hello *hello)
{
	if (!guard_compare(node, p, &hello->yours)) {
		peer_fault(node, p->id, ERR_BAD_SIGNATURE);
		return;
	}
	if (node->has_own)
		peer_knows(p, node->own, hello->yours.head.size);
	if (hello->anchor_number < node->anchor_number)
		send_anchor(node, p);
	node_say(node, 6, "link %u: feed %u says hello", p->id.n, p->feed.n);
	catchup_compare(node, p, &hello->registrar, hello->fingerprints);
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
		p->state = PEER_CATCHING_UP;
		peer_hello(node, p);
	} else {
		peer_bye(node, p, BYE_TOO_MUCH, "");
	}
}

static void meet(struct node *node, struct peer *p, const struct message *first)
{
	memcpy(p->link_key, session_remote_key(&p->session), sizeof p->link_key);
	enum err e = look_up(node, p);
	if (first->type == MESSAGE_JOIN) {
		joining_answer(node, p, &first->join, e == ERR_OK);
		return;
	}
	if (!e && is_shunned(node, p)) {
		peer_bye(node, p, BYE_TOO_MUCH, "not so soon after a fault");
	} else if (e || is_surplus(node, p)) {
		peer_bye(node, p, e ? BYE_REFUSED : BYE_DONE, "");
	} else if (admit(node, p)) {
		p->state = PEER_CATCHING_UP;
		peer_hello(node, p);
		on_hello(node, p, &first->hello);
	} else {
		peer_bye(node, p, BYE_TOO_MUCH, "");
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

static void on_message(struct node *node, struct peer *p, struct message *m)
{
	switch (m->type) {
	case MESSAGE_HELLO:
		on_hello(node, p, &m->hello);
		return;
	case MESSAGE_FRONTIER:
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
		forks_prove(node, p, &m->prove);
		return;
	case MESSAGE_PROOF:
		forks_proof(node, p, &m->proof);
		return;
	case MESSAGE_BLOB_PULL:
		on_blob_pull(p, &m->blob_pull);
		return;
	case MESSAGE_ANCHOR: /* a successor of the registrar is not followed yet */
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
	p->state = PEER_CLOSING;
	p->wants_close = true;
	p->touched = true;
}

static bool pull_events(struct node *node, struct peer *p)
{
	struct session_event e;
	bool any = false;
	while (session_next_event(&p->session, &e)) {
		any = true;
		switch (e.type) {
		case SESSION_GREET:
			greet(node, p);
			break;
		case SESSION_PEER:
			meet(node, p, &e.message);
			break;
		case SESSION_MESSAGE:
			on_message(node, p, &e.message);
			break;
		case SESSION_FAULT:
			node_say(node, 4, "link %u: %s", p->id.n, err_text(e.err));
			if (e.err == ERR_NOT_DECRYPTED)
				dialler_postpone(node, p->link_key, DIAL_LATER);
			else
				shun(node, p);
			break;
		case SESSION_CLOSED:
			on_closed(node, p, &e);
			break;
		}
		p->touched = true;
	}
	return any;
}

/* Room for one more half-open handshake: the oldest one without a good message 1 makes it. */
static bool make_room(struct node *node)
{
	struct peer *oldest = NULL;
	for (struct peer *p = node->peers; p; p = p->next) /* the newest is first */
		if (p->state == PEER_HANDSHAKE && p->side == LINK_ACCEPTED && !session_has_begun(&p->session))
			oldest = p;
	if (!oldest)
		return false;
	oldest->state = PEER_CLOSING;
	oldest->wants_close = true;
	oldest->touched = true;
	return true;
}

/* What is dialled from here is never kept out by those who knock. */
static enum err count_handshakes(struct node *node, const struct link_open *open)
{
	uint32_t all = 0, same = 0;
	if (open->side == LINK_DIALLED)
		return ERR_OK;
	for (const struct peer *p = node->peers; p; p = p->next) {
		if (p->state != PEER_HANDSHAKE || p->side != LINK_ACCEPTED)
			continue;
		all++;
		same += !memcmp(p->address_hash, open->address_hash, sizeof p->address_hash);
	}
	if (node->peers_count >= LINKS_MAX + 2 * HANDSHAKES_HALF_OPEN_MAX ||
	        same >= HANDSHAKES_PER_ADDRESS_MAX)
		return ERR_TOO_MANY;
	return all < HANDSHAKES_HALF_OPEN_MAX || make_room(node) ? ERR_OK : ERR_TOO_MANY;
}

enum err node_link_open(struct node *node, const struct link_open *open)
{
	uint8_t random[32];
	enum err e = node->stopping ? ERR_REFUSED : count_handshakes(node, open);
	struct peer *p = e ? NULL : calloc(1, sizeof *p);
	if (!p)
		return e ? e : ERR_NO_MEMORY;
	p->id = open->id;
	p->side = open->side;
	p->heard_ms = node->now.steady_ms;
	memcpy(p->address_hash, open->address_hash, sizeof p->address_hash);
	if (open->side == LINK_DIALLED)
		memcpy(p->link_key, open->remote_link_key, sizeof p->link_key);
	drbg_fill(&node->random, random, sizeof random);
	const struct session_options options = {
	        .side = open->side == LINK_DIALLED ? SESSION_DIALS : SESSION_ANSWERS,
	        .network = node->network,
	        .link_secret = node->options.keys->link,
	        .link_public = node->options.keys->public.link,
	        .remote_link_key = open->side == LINK_DIALLED ? p->link_key : NULL,
	        .random = random,
	        .now = {.wall_ms = node->now.wall_ms, .steady_ms = node->now.steady_ms}};
	session_init(&p->session, &options);
	p->next = node->peers;
	node->peers = p;
	node->peers_count++;
	p->touched = true;
	if (open->side == LINK_DIALLED)
		dialler_opened(node, p->link_key);
	return ERR_OK;
}

void node_link_receive(struct node *node, struct link_id id, struct bytes b)
{
	struct peer *p = peer_find(node, id);
	const struct session_time now = {.wall_ms = node->now.wall_ms, .steady_ms = node->now.steady_ms};
	if (!p)
		return;
	p->heard_ms = now.steady_ms;
	p->touched = true; /* the session may have an answer of its own: a handshake's, a PONG */
	while (b.len > 0 && !p->wants_close) {
		size_t taken = session_receive(&p->session, b, now);
		b = BYTES(b.data + taken, b.len - taken);
		if (!pull_events(node, p) && taken == 0)
			break; /* the session is over: the rest is nobody's */
	}
	catchup_plan(node);
	flow_start(node);
}

size_t node_link_send(struct node *node, struct link_id id, void *out, size_t cap)
{
	struct peer *p = peer_find(node, id);
	if (!p)
		return 0;
	serve_fill(node, p);
	size_t len = session_send(&p->session, out, cap);
	pull_events(node, p);
	return len;
}

void node_link_drained(struct node *node, struct link_id id)
{
	struct peer *p = peer_find(node, id);
	if (p)
		session_drained(&p->session);
}

bool node_link_wants_close(const struct node *node, struct link_id id)
{
	const struct peer *p = peer_find(node, id);
	return !p || p->wants_close;
}

bool node_link_paused(const struct node *node, struct link_id id)
{
	(void)id;
	return node->intake_bytes > 2 * PULL_BYTES_IN_FLIGHT_MAX;
}

void node_link_closed(struct node *node, struct link_id id)
{
	struct peer *p = peer_find(node, id);
	if (p)
		peer_free(node, p);
}

bool node_next_link(struct node *node, struct link_id *out)
{
	for (struct peer *p = node->peers; p; p = p->next) {
		if (!p->touched)
			continue;
		p->touched = false;
		*out = p->id;
		return true;
	}
	return false;
}

/* A link on which nothing moves while we wait for runs: pull elsewhere, and believe it no more. */
static void check_stall(struct node *node, struct peer *p)
{
	if (p->pulls == 0 || node->now.steady_ms - p->heard_ms < PULL_STALLED_MS)
		return;
	for (uint32_t n = 0; n < node->feeds_count; n++)
		if (node->feeds[n].puller == p)
			p->sizes[n] = 0;
	catchup_drop(node, p);
}

void peer_tick(struct node *node, struct peer *p, uint64_t *next_ms)
{
	const struct session_time now = {.wall_ms = node->now.wall_ms, .steady_ms = node->now.steady_ms};
	size_t queued = session_numbers(&p->session).queued_bytes;
	uint64_t due = session_tick(&p->session, now);
	pull_events(node, p);
	if (peer_is_live(p)) {
		check_stall(node, p);
		if (now.steady_ms >= p->frontier_due_ms)
			catchup_frontier(node, p);
		if (due > p->frontier_due_ms)
			due = p->frontier_due_ms;
		if (p->pulls && due > p->heard_ms + PULL_STALLED_MS)
			due = p->heard_ms + PULL_STALLED_MS;
	}
	if (session_numbers(&p->session).queued_bytes != queued)
		p->touched = true;
	if (*next_ms > due)
		*next_ms = due;
}
