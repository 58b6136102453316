/* SPDX-License-Identifier: Apache-2.0
 * links.c: the doors for streams: opened, bytes in, bytes out, closed; and how many of them there may be. Half-open
 * ones are few, the oldest that said nothing good goes first; of admitted ones the one that was in step longest makes
 * room, so that all members are heard in turn. Who was at fault is not spoken with for a while. */
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "node_int.h"

struct peer *links_find(const struct node *node, struct link_id id)
{
	for (struct peer *p = node->peers; p; p = p->next)
		if (p->id.n == id.n)
			return p;
	return NULL;
}

struct session_time links_now(const struct node *node)
{
	return (struct session_time){.wall_ms = node->now.wall_ms, .steady_ms = node->now.steady_ms};
}

static bool is_too_much(const struct node *node)
{
	return node->intake_bytes > 2 * PULL_BYTES_IN_FLIGHT_MAX;
}

void links_resume(struct node *node)
{
	if (!node->paused || is_too_much(node))
		return;
	node->paused = false;
	for (struct peer *p = node->peers; p; p = p->next)
		p->touched = true; /* the owner looks at each, and reads on */
}

void links_blame(struct node *node, const uint8_t link_key[32])
{
	struct faulted *f = &node->faulted[node->faulted_next++ % FAULTED_MAX];
	memcpy(f->link_key, link_key, sizeof f->link_key);
	f->until_ms = node->now.steady_ms + PEER_SHUNNED_MS;
	dialler_after_fault(node, link_key);
}

bool links_is_blamed(const struct node *node, const uint8_t link_key[32])
{
	for (uint32_t i = 0; i < FAULTED_MAX; i++)
		if (node->faulted[i].until_ms > node->now.steady_ms &&
		        !memcmp(node->faulted[i].link_key, link_key, 32))
			return true;
	return false;
}

static bool is_older(const struct peer *p, const struct peer *than)
{
	return !than || p->opened_ms <= than->opened_ms; /* the newest is first in the list */
}

bool links_make_room(struct node *node)
{
	struct peer *oldest = NULL;
	uint32_t live = 0;
	for (struct peer *p = node->peers; p; p = p->next) {
		live += peer_is_live(p);
		bool may_go = p->state == PEER_IN_STEP && p->side == LINK_ACCEPTED &&
		              node->now.steady_ms - p->opened_ms >= LINKS_CHANGE_MS;
		if (may_go && is_older(p, oldest))
			oldest = p;
	}
	if (live < LINKS_MAX)
		return true;
	if (oldest)
		peer_bye(node, oldest, BYE_DONE, "in step; others wait for a link");
	return oldest != NULL;
}

static void end_half_open(struct peer *p)
{
	p->state = PEER_CLOSING;
	p->wants_close = true;
	p->touched = true;
}

/* Is there room for one more handshake? Where there is not, the oldest without a good message 1 makes it. */
static bool make_half_open(struct node *node, const uint8_t *address_hash, uint32_t max)
{
	struct peer *oldest = NULL;
	uint32_t count = 0;
	for (struct peer *p = node->peers; p; p = p->next) {
		if (p->state != PEER_HANDSHAKE || p->side != LINK_ACCEPTED)
			continue;
		if (address_hash && memcmp(p->address_hash, address_hash, sizeof p->address_hash) != 0)
			continue;
		count++;
		if (!session_has_begun(&p->session) && is_older(p, oldest))
			oldest = p;
	}
	if (count >= max && oldest)
		end_half_open(oldest);
	return count < max || oldest;
}

static bool may_open(struct node *node, const struct link_open *open)
{
	if (open->side == LINK_DIALLED)
		return true;
	return make_half_open(node, open->address_hash, HANDSHAKES_PER_ADDRESS_MAX) &&
	       make_half_open(node, NULL, HANDSHAKES_HALF_OPEN_MAX);
}

static void begin_session(struct node *node, struct peer *p)
{
	uint8_t random[32];
	drbg_fill(&node->random, random, sizeof random);
	const struct session_options options = {
	        .side = p->side == LINK_DIALLED ? SESSION_DIALS : SESSION_ANSWERS,
	        .network = node->network,
	        .link_secret = node->options.keys->link,
	        .link_public = node->options.keys->public.link,
	        .remote_link_key = p->side == LINK_DIALLED ? p->link_key : NULL,
	        .random = random,
	        .now = links_now(node)};
	session_init(&p->session, &options);
	bytes_wipe(random, sizeof random);
}

enum err node_link_open(struct node *node, const struct link_open *open)
{
	must(!links_find(node, open->id));
	if (node->stopping)
		return ERR_REFUSED;
	if (!may_open(node, open))
		return ERR_TOO_MANY;
	struct peer *p = calloc(1, sizeof *p);
	if (!p)
		return ERR_NO_MEMORY;
	p->id = open->id;
	p->side = open->side;
	p->opened_ms = p->heard_ms = node->now.steady_ms;
	memcpy(p->address_hash, open->address_hash, sizeof p->address_hash);
	if (open->side == LINK_DIALLED)
		memcpy(p->link_key, open->remote_link_key, sizeof p->link_key);
	begin_session(node, p);
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
	struct peer *p = links_find(node, id);
	if (!p)
		return;
	p->heard_ms = node->now.steady_ms;
	p->touched = true; /* the session may have an answer of its own: a handshake's, a PONG */
	while (b.len > 0 && !p->wants_close) {
		size_t taken = session_receive(&p->session, b, links_now(node));
		b = BYTES(b.data + taken, b.len - taken);
		if (!peer_events(node, p) && taken == 0)
			break; /* the session is over: the rest is nobody's */
	}
	node->paused |= is_too_much(node);
	node_work(node);
}

size_t node_link_send(struct node *node, struct link_id id, void *out, size_t cap)
{
	struct peer *p = links_find(node, id);
	if (!p)
		return 0;
	serve_fill(node, p);
	size_t len = session_send(&p->session, out, cap);
	peer_events(node, p);
	return len;
}

void node_link_drained(struct node *node, struct link_id id)
{
	struct peer *p = links_find(node, id);
	if (p)
		session_drained(&p->session);
}

bool node_link_wants_close(const struct node *node, struct link_id id)
{
	const struct peer *p = links_find(node, id);
	return !p || p->wants_close;
}

bool node_link_paused(const struct node *node, struct link_id id)
{
	(void)id;
	return node->paused;
}

static void free_peer(struct node *node, struct peer *p)
{
	struct peer **at = &node->peers;
	pulls_drop(node, p);
	forks_forget(node, p);
	dialler_closed(node, p->link_key);
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	node->peers_count--;
	session_deinit(&p->session);
	if (!BUG(LINK_KEPT))
		free(p->memory);
	free(p->feeds);
	free(p->blocks);
	free(p);
}

void node_link_closed(struct node *node, struct link_id id)
{
	struct peer *p = links_find(node, id);
	if (p)
		free_peer(node, p);
}

void links_free(struct node *node)
{
	while (node->peers)
		free_peer(node, node->peers);
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
