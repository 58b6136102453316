/* SPDX-License-Identifier: Apache-2.0
 * status.c: how the node is, in one object: what is in the store, who is linked, and what a person should know. Form:
 * docs/CONTROL.md. */
#include <string.h>

#include "base/text.h"
#include "daemon_int.h"
#include "env/clock.h"
#include "node/joining.h"
#include "storage/feed.h"
#include "storage/own.h"

#define PEERS_MAX (LINKS_MAX + HANDSHAKES_HALF_OPEN_MAX)
#define HEADS_AT_ONCE 64u
#define CLOCK_DIFFERENCE_MAX_MS 120000

static json_t *hex(const uint8_t bytes[32])
{
	char text[64];
	struct bytes_out o = bytes_out(text, sizeof text);
	text_put_hex(&o, BYTES(bytes, 32));
	return json_stringn(text, o.len);
}

static json_t *alias(const struct roster *r, struct feed_no no)
{
	const struct roster_feed *feed = roster_feed(r, no);
	const struct profile *shown = feed ? roster_shown(r, feed->member) : NULL;
	return shown ? json_stringn(shown->alias.text, shown->alias.len) : json_null();
}

static json_t *peer_json(const struct roster *r, const struct node_peer *p)
{
	json_t *since = p->in_step_wall_ms ? json_integer((json_int_t)p->in_step_wall_ms) : json_null();
	return json_pack("{s:o, s:o, s:s, s:s, s:o, s:I, s:I, s:I, s:I}", "member",
	        p->has_feed ? alias(r, p->feed) : json_null(), "feed",
	        p->has_feed ? json_integer(p->feed.n) : json_null(), "side",
	        p->side == LINK_DIALLED ? "dialled" : "accepted", "state", p->state, "in_step_as_of", since,
	        "rtt_ms", (json_int_t)p->rtt_ms, "clock_difference_ms", (json_int_t)p->clock_difference_ms,
	        "bytes_in", (json_int_t)p->bytes_in, "bytes_out", (json_int_t)p->bytes_out);
}

struct peers {
	struct node_peer list[PEERS_MAX];
	uint32_t count;
};

static void read_peers(const struct daemon *d, struct peers *out)
{
	out->count = node_peers(d->node, out->list, PEERS_MAX);
	if (out->count > PEERS_MAX)
		out->count = PEERS_MAX;
}

static json_t *peers_json(const struct roster *r, const struct peers *peers)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < peers->count; i++)
		(void)json_array_append_new(list, peer_json(r, &peers->list[i]));
	return list;
}

json_t *status_peers(struct daemon *d)
{
	struct txn *txn;
	struct peers peers;
	if (txn_read(d->store, &txn))
		return json_array();
	read_peers(d, &peers);
	json_t *list = peers_json(txn_roster(txn), &peers);
	txn_abort(txn);
	return list;
}

bool status_is_own(struct daemon *d, const char *name)
{
	struct txn *txn;
	struct feed_no own;
	if (txn_read(d->store, &txn))
		return false;
	json_t *known = own_feed(txn, &own) ? alias(txn_roster(txn), own) : json_null();
	txn_abort(txn);
	bool same = json_is_string(known) && strcmp(json_string_value(known), name) == 0;
	json_decref(known);
	return same;
}

static uint64_t count_entries(struct txn *txn)
{
	struct head heads[HEADS_AT_ONCE];
	uint64_t all = 0;
	uint32_t first = 0, n;
	do {
		n = feed_heads(txn, (struct feed_no){first}, HEADS_AT_ONCE, heads);
		for (uint32_t i = 0; i < n; i++)
			all += heads[i].size;
		first += n;
	} while (n == HEADS_AT_ONCE);
	return all;
}

static void put_network(json_t *out, struct txn *txn)
{
	const struct roster *r = txn_roster(txn);
	struct network_id network;
	if (own_network(txn, &network))
		(void)json_object_set_new(out, "network", hex(network.bytes));
	if (r->founded)
		(void)json_object_set_new(
		        out, "network_name", json_stringn(r->network.name.text, r->network.name.len));
	(void)json_object_set_new(out, "members", json_integer(r->members_count));
	(void)json_object_set_new(out, "roster_size", json_integer(r->feeds_count));
	(void)json_object_set_new(out, "entries", json_integer((json_int_t)count_entries(txn)));
}

static void put_own(json_t *out, const struct daemon *d, struct txn *txn)
{
	struct feed_no own;
	struct feed_info info;
	struct head mark;
	bool is_member = own_feed(txn, &own);
	bool held = is_member && feed_info(txn, own, &info);
	own_mark(txn, &mark);
	(void)json_object_set_new(out, "feed", hex(d->keys.public.feed.bytes));
	(void)json_object_set_new(out, "feed_number", is_member ? json_integer(own.n) : json_null());
	(void)json_object_set_new(out, "member", is_member ? alias(txn_roster(txn), own) : json_null());
	(void)json_object_set_new(out, "own_size", json_integer(held ? (json_int_t)info.head.size : 0));
	(void)json_object_set_new(out, "published", json_integer((json_int_t)mark.size));
}

/* Codes; the command has the words. */
static const char *state_code(enum node_own_state state)
{
	switch (state) {
	case NODE_OWN_UNKNOWN:
		return "unknown";
	case NODE_OWN_SETTLED:
		return "settled";
	case NODE_OWN_RESTORED:
		return "restored";
	case NODE_OWN_TAKEN_BACK:
		return "taken_back";
	case NODE_OWN_FORKED:
		break;
	}
	return "forked";
}

static json_t *standing(const struct daemon *d)
{
	struct node_own own;
	node_own(d->node, &own);
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:b, s:I}", "state", state_code(own.state), "size",
	        (json_int_t)own.size, "mark", (json_int_t)own.mark, "copy", (json_int_t)own.copy, "shown",
	        (json_int_t)own.shown, "registrar_compared", own.registrar_compared, "members_compared",
	        (json_int_t)own.members_compared);
}

static bool in_step(const struct peers *peers)
{
	for (uint32_t i = 0; i < peers->count; i++)
		if (strcmp(peers->list[i].state, "in step") == 0)
			return true;
	return false;
}

static bool clock_differs(const struct node_peer *p)
{
	return p->clock_difference_ms > CLOCK_DIFFERENCE_MAX_MS ||
	       p->clock_difference_ms < -CLOCK_DIFFERENCE_MAX_MS;
}

/* Codes; the command has the words. */
static json_t *warnings(const struct daemon *d, struct txn *txn, const struct peers *peers)
{
	json_t *list = json_array();
	struct feed_no own;
	bool differs = false;
	for (uint32_t i = 0; i < peers->count; i++)
		differs |= clock_differs(&peers->list[i]);
	bool restored = own_trust(txn) == OWN_RESTORED;
	struct bytes note;
	if (restored)
		(void)json_array_append_new(list, json_string("restored"));
	if (!d->config.fence)
		(void)json_array_append_new(list, json_string("fence_off"));
	if (!own_feed(txn, &own))
		(void)json_array_append_new(list, json_string(restored ? "recovering" : "not_admitted"));
	bool refused =
	        !own_feed(txn, &own) && own_get(txn, OWN_NOTES, bytes_text(JOINING_REFUSED_NOTE), &note);
	if (restored && !own_feed(txn, &own) && (refused || in_step(peers)))
		(void)json_array_append_new(list, json_string("not_known"));
	else if (refused)
		(void)json_array_append_new(list, json_string("join_refused"));
	if (peers->count == 0)
		(void)json_array_append_new(list, json_string("no_link"));
	if (differs)
		(void)json_array_append_new(list, json_string("clock_differs"));
	return list;
}

json_t *status_json(struct daemon *d)
{
	struct txn *txn;
	struct peers peers;
	const struct store_size size = store_size(d->store);
	json_t *out = json_pack("{s:n, s:n, s:b, s:{s:I, s:I}, s:s, s:I}", "network", "network_name",
	        "publishing", node_publishing(d->node), "store", "bytes", (json_int_t)size.bytes, "map_bytes",
	        (json_int_t)size.map_bytes, "listen", d->listens_on, "time_ms", (json_int_t)clock_wall_ms());
	if (!out || txn_read(d->store, &txn))
		return out;
	read_peers(d, &peers);
	put_network(out, txn);
	put_own(out, d, txn);
	(void)json_object_set_new(out, "peers", peers_json(txn_roster(txn), &peers));
	(void)json_object_set_new(out, "in_step", json_boolean(in_step(&peers)));
	(void)json_object_set_new(out, "standing", standing(d));
	(void)json_object_set_new(out, "warnings", warnings(d, txn, &peers));
	txn_abort(txn);
	return out;
}
