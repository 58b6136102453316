/* SPDX-License-Identifier: Apache-2.0
 * hostile.c: see hostile.h. */
#include "support/hostile.h"

#include <string.h>

#include "ledger/kinds.h"
#include "ledger/profile.h"
#include "link/frontier.h"

#define TEXT_MAX 200u

void hostile_init(struct hostile *h, struct net *net, uint32_t index)
{
	memset(h, 0, sizeof *h);
	h->keys = &net->nodes[index].keys;
	h->network = net->network;
	h->hello.agent = bytes_text("hostile");
	h->hello.registrar = frontier_head_empty();
}

static void begin(struct hostile *h, struct net *net, const uint8_t *remote_link_key)
{
	uint8_t random[32];
	for (size_t i = 0; i < sizeof random; i++)
		random[i] = (uint8_t)net_draw(net, 256);
	const struct session_options options = {.side = remote_link_key ? SESSION_DIALS : SESSION_ANSWERS,
	        .network = h->network,
	        .link_secret = h->keys->link,
	        .link_public = h->keys->public.link,
	        .remote_link_key = remote_link_key,
	        .random = random,
	        .now = {.wall_ms = net->wall_ms, .steady_ms = net->steady_ms}};
	h->live = h->closed = h->is_raw = false;
	h->bye = BYE_CODES;
	memset(h->heard, 0, sizeof h->heard);
	session_init(&h->session, &options);
}

uint32_t hostile_meet(struct hostile *h, struct net *net, uint32_t index, enum link_side side)
{
	begin(h, net, side == LINK_ACCEPTED ? net->nodes[index].keys.public.link : NULL);
	return net_link_hostile(net, h, index, side);
}

void hostile_answer(struct hostile *h, struct net *net)
{
	begin(h, net, NULL);
}

uint32_t hostile_meet_raw(struct hostile *h, struct net *net, uint32_t index, struct bytes raw)
{
	h->live = h->closed = false;
	h->is_raw = true;
	h->raw = raw;
	return net_link_hostile(net, h, index, LINK_ACCEPTED);
}

struct mp_out *hostile_say(struct hostile *h)
{
	must(session_can_send(&h->session, SESSION_CONTROL));
	return session_message(&h->session, SESSION_CONTROL);
}

void hostile_said(struct hostile *h)
{
	session_commit(&h->session);
}

static void greet(struct hostile *h)
{
	if (h->join) {
		struct join join = *h->join;
		const struct hash hash = session_handshake_hash(&h->session);
		struct join_binding binding;
		memcpy(binding.h, hash.bytes, sizeof binding.h);
		join_sign(&join, h->keys, h->invite_secret, &binding);
		message_pack_join(hostile_say(h), &join);
	} else {
		session_admit(&h->session, &h->memory);
		message_pack_hello(hostile_say(h), &h->hello);
		h->live = true;
	}
	hostile_said(h);
}

static void hear(struct hostile *h, struct message *m)
{
	struct message_feed_head head;
	struct message_list heads =
	        m->type == MESSAGE_HEADS ? m->heads.heads : (struct message_list){.left = 0};
	h->heard[m->type]++;
	if (m->type == MESSAGE_PULL)
		h->pull = m->pull;
	if (m->type == MESSAGE_PROVE)
		h->prove = m->prove;
	if (m->type == MESSAGE_HELLO)
		h->view = m->hello.yours;
	while (message_next_head(&heads, &head))
		h->view = head.checkpoint;
	if (m->type == MESSAGE_RUN) {
		h->run_from = m->run.from;
		h->run_end = m->run.from + m->run.count;
	}
	if (h->on_message)
		h->on_message(h, m);
}

static void pull_events(struct hostile *h)
{
	struct session_event e;
	while (session_next_event(&h->session, &e)) {
		switch (e.type) {
		case SESSION_GREET:
			greet(h);
			break;
		case SESSION_PEER:
			greet(h);
			hear(h, &e.message);
			break;
		case SESSION_MESSAGE:
			hear(h, &e.message);
			break;
		case SESSION_FAULT:
			break;
		case SESSION_CLOSED:
			h->live = false;
			h->closed = true;
			h->end = e.end;
			h->bye = e.bye;
			break;
		}
	}
}

void hostile_write(
        struct hostile *h, struct net *net, uint32_t author, uint32_t to, const struct run_item *item)
{
	static struct run_effect effect;
	struct branch own;
	struct txn *txn;
	branch_init(&own, &net->nodes[author].keys, &net->network);
	must(txn_read(net->nodes[to].store, &txn) == ERR_OK);
	must(feed_base(txn, (struct feed_no){author}, &own.tree, &own.time_ms));
	txn_abort(txn);
	struct run run = {.feed = own.keys->public.feed, .from = own.tree.size, .count = 1, .items = item};
	const struct run_base base = {.tree = &own.tree, .last_time_ms = own.time_ms};
	must(run_extend(&run, &base, &effect) == ERR_OK);
	own.tree = effect.tree;
	const struct checkpoint head = branch_head(&own);
	memcpy(run.signature, head.signature, sizeof run.signature);
	hostile_init(h, net, author);
	uint32_t link = hostile_meet(h, net, to, LINK_ACCEPTED);
	net_run(net, 100);
	hostile_send_run(h, (struct feed_no){author}, &run);
	net_run(net, 500);
	must(h->live && net_held(net, to, (struct feed_no){author}) == own.tree.size);
	net_cut(net, link);
	session_deinit(&h->session);
}

void hostile_receive(struct hostile *h, struct bytes b, struct session_time now)
{
	while (b.len > 0 && !h->closed && !h->is_raw) {
		size_t taken = session_receive(&h->session, b, now);
		b = BYTES(b.data + taken, b.len - taken);
		pull_events(h);
	}
}

static size_t send_raw(struct hostile *h, void *out, size_t cap)
{
	size_t len = h->raw.len < cap ? h->raw.len : cap;
	if (len == 0)
		return 0;
	memcpy(out, h->raw.data, len);
	h->raw = BYTES(h->raw.data + len, h->raw.len - len);
	return len;
}

size_t hostile_send(struct hostile *h, void *out, size_t cap)
{
	if (h->is_raw)
		return send_raw(h, out, cap);
	size_t len = session_send(&h->session, out, cap);
	session_drained(&h->session);
	pull_events(h);
	return len;
}

uint64_t hostile_tick(struct hostile *h, struct session_time now)
{
	if (h->is_raw || h->closed)
		return UINT64_MAX;
	uint64_t due = session_tick(&h->session, now);
	pull_events(h);
	return due;
}

void branch_init(struct branch *b, const struct secret_keys *keys, const struct network_id *network)
{
	*b = (struct branch){.keys = keys, .network = *network, .time_ms = 1546300800000u};
	tree_init(&b->tree);
}

struct checkpoint branch_head(const struct branch *b)
{
	struct checkpoint c = {.head = {.size = b->tree.size, .root = tree_root(&b->tree)}};
	checkpoint_sign(&b->network, &b->keys->public.feed, b->keys->feed, &c.head, c.signature);
	return c;
}

void branch_write(struct branch *b, const char *text, uint32_t count, struct run *out)
{
	static uint8_t body[TEXT_MAX + 16];
	static struct run_item items[RUN_ENTRIES_MAX];
	static struct run_effect effect;
	struct mp_out m = mp_out(body, sizeof body);
	const struct profile_set profile = {.goods = bytes_text(text)};
	profile_set_pack(&m, &profile);
	must(mp_out_end(&m) == ERR_OK && count >= 1 && count <= RUN_ENTRIES_MAX);
	for (uint32_t i = 0; i < count; i++)
		items[i] = (struct run_item){
		        .kind = KIND_PROFILE_SET, .time_ms = b->time_ms, .payload = mp_written(&m)};
	*out = (struct run){
	        .feed = b->keys->public.feed, .from = b->tree.size, .count = count, .items = items};
	const struct run_base base = {.tree = &b->tree, .last_time_ms = b->time_ms};
	must(run_extend(out, &base, &effect) == ERR_OK);
	b->tree = effect.tree;
	const struct checkpoint head = branch_head(b);
	memcpy(out->signature, head.signature, sizeof out->signature);
}

void hostile_send_run(struct hostile *h, struct feed_no feed, const struct run *run)
{
	message_pack_run(hostile_say(h), feed, run, MESSAGE_RUN_SIGNED);
	hostile_said(h);
}
