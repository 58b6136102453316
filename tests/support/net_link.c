/* SPDX-License-Identifier: Apache-2.0
 * net_link.c: links of a net: chunks of bytes that wait in queues until they arrive, and what may happen to them on the
 * way. A link that ended is used again only when all others were, so that a test may look at it. */
#include <stdlib.h>
#include <string.h>

#include "support/net_int.h"
#include "support/random.h"

#define CHUNK_BYTES 4096u
#define SOCKET_BYTES (64u << 10) /* on their way, one way, before the sender must wait */
#define LOST_MIN_MS 200u         /* a lost packet holds the stream back so long, */
#define LOST_DOUBLINGS 5u        /* or as often doubled */

static struct session_time now(const struct net *net)
{
	return (struct session_time){.wall_ms = net->wall_ms, .steady_ms = net->steady_ms};
}

static uint32_t other_end(const struct net_link *l, unsigned way)
{
	return way ? l->from : l->to;
}

static uint32_t end_of(const struct net_link *l, unsigned way)
{
	return way ? l->to : l->from;
}

static void drop_chunks(struct net_way *w)
{
	while (w->first) {
		struct net_chunk *c = w->first;
		w->first = c->next;
		free(c);
	}
	w->end = &w->first;
	w->bytes = 0;
}

/* The end that speaks on that way hears that the link is closed. */
static void close_end(struct net *net, uint32_t link, unsigned way)
{
	struct net_link *l = &net->links[link];
	uint32_t index = end_of(l, way);
	if (l->ways[way].over)
		return;
	l->ways[way].over = true;
	if (index == NET_STRANGER)
		l->hostile->closed = true;
	else if (net_node_at(net, index)) {
		node_link_closed(net_node_at(net, index), (struct link_id){l->id});
		net_touch(net, index);
	}
}

static void end_link(struct net *net, uint32_t link)
{
	struct net_link *l = &net->links[link];
	l->open = false;
	drop_chunks(&l->ways[0]);
	drop_chunks(&l->ways[1]);
	net->ended[(net->ended_first + net->ended_count++) % NET_LINKS_MAX] = link;
}

void net_close_link(struct net *net, uint32_t link)
{
	close_end(net, link, 0);
	close_end(net, link, 1);
	if (net->links[link].open)
		end_link(net, link);
}

static uint32_t new_slot(struct net *net)
{
	if (net->links_count < NET_LINKS_MAX)
		return net->links_count++;
	must(net->ended_count > 0);
	uint32_t slot = net->ended[net->ended_first];
	net->ended_first = (net->ended_first + 1) % NET_LINKS_MAX;
	net->ended_count--;
	return slot;
}

static uint32_t new_link(struct net *net, uint32_t from, uint32_t to, struct hostile *hostile)
{
	uint32_t slot = new_slot(net);
	struct net_link *l = &net->links[slot];
	uint32_t id = l->id ? l->id + NET_LINKS_MAX : slot + NET_LINKS_MAX;
	*l = (struct net_link){.open = true,
	        .id = id,
	        .from = from,
	        .to = to,
	        .hostile = hostile,
	        .latency_ms = net->latency_ms,
	        .jitter_ms = net->jitter_ms};
	l->ways[0].end = &l->ways[0].first;
	l->ways[1].end = &l->ways[1].first;
	return slot;
}

static bool open_ends(struct net *net, uint32_t link)
{
	const struct net_link *l = &net->links[link];
	struct link_open open = {.id = {l->id}, .side = LINK_DIALLED};
	if (l->from != NET_STRANGER) {
		const struct secret_keys *keys = l->hostile ? l->hostile->keys : &net->nodes[l->to].keys;
		memcpy(open.remote_link_key, keys->public.link, sizeof open.remote_link_key);
		struct node *dialler = net_door(net, l->from);
		if (!dialler || node_link_open(dialler, &open) != ERR_OK)
			return false;
	}
	if (l->to == NET_STRANGER)
		return true;
	struct node *answerer = net_door(net, l->to);
	open.side = LINK_ACCEPTED;
	memcpy(open.address_hash, &l->from, sizeof l->from);
	return answerer && l->open && node_link_open(answerer, &open) == ERR_OK;
}

static uint32_t open_link(struct net *net, uint32_t from, uint32_t to, struct hostile *hostile)
{
	uint32_t link = new_link(net, from, to, hostile);
	if (!open_ends(net, link))
		net_close_link(net, link);
	net->hostile |= hostile != NULL;
	if (hostile && net->links[link].open)
		net_at(net, net->steady_ms, NET_HOSTILE, link, net->links[link].id);
	net_leave(net);
	return link;
}

uint32_t net_link(struct net *net, uint32_t from, uint32_t to)
{
	return open_link(net, from, to, NULL);
}

uint32_t net_link_hostile(struct net *net, struct hostile *hostile, uint32_t index, enum link_side side)
{
	return side == LINK_ACCEPTED ? open_link(net, NET_STRANGER, index, hostile)
	                             : open_link(net, index, NET_STRANGER, hostile);
}

void net_cut(struct net *net, uint32_t link)
{
	if (net->links[link].open)
		net_close_link(net, link);
}

static void wake(struct net *net, uint32_t link, unsigned way, uint64_t due_ms)
{
	struct net_way *w = &net->links[link].ways[way];
	if (due_ms < net->steady_ms)
		due_ms = net->steady_ms;
	if (w->wake_ms && w->wake_ms <= due_ms)
		return;
	w->wake_ms = due_ms;
	net_at(net, due_ms, NET_CHUNK, link * 2 + way, net->links[link].id);
}

void net_block(struct net *net, uint32_t link, unsigned way, uint64_t ms)
{
	struct net_way *w = &net->links[link].ways[way];
	if (w->blocked_ms < net->steady_ms + ms)
		w->blocked_ms = net->steady_ms + ms;
}

void net_unblock(struct net *net, uint32_t link)
{
	for (unsigned way = 0; way < 2; way++) {
		struct net_way *w = &net->links[link].ways[way];
		w->blocked_ms = w->free_ms = w->wake_ms = 0;
		wake(net, link, way, w->first ? w->first->due_ms : net->steady_ms);
	}
}

static bool is_parted(const struct net *net, const struct net_link *l)
{
	return l->from != NET_STRANGER && l->to != NET_STRANGER &&
	       net->nodes[l->from].part != net->nodes[l->to].part;
}

void net_reparted(struct net *net)
{
	for (uint32_t i = 0; i < net->links_count; i++)
		for (unsigned way = 0; way < 2; way++)
			if (net->links[i].open && net->links[i].ways[way].held &&
			        !is_parted(net, &net->links[i]))
				wake(net, i, way, net->steady_ms);
}

/* At its end, or before the last one. */
static void put(struct net *net, uint32_t link, unsigned way, struct net_chunk *c, bool first)
{
	struct net_way *w = &net->links[link].ways[way];
	struct net_chunk **at = w->end;
	if (first)
		for (at = &w->first; (*at)->next; at = &(*at)->next)
			;
	if (first)
		c->due_ms = (*at)->due_ms;
	c->next = *at;
	*at = c;
	if (!c->next)
		w->end = &c->next;
	w->bytes += c->len;
	if (w->first == c)
		wake(net, link, way, c->due_ms);
}

static struct net_chunk *chunk_of(struct net *net, struct bytes b, uint64_t due_ms)
{
	net_leave(net);
	struct net_chunk *c = malloc(sizeof *c + b.len);
	must(c);
	*c = (struct net_chunk){.due_ms = due_ms, .len = b.len};
	memcpy(c->bytes, b.data, b.len);
	return c;
}

/* When a chunk that is sent now arrives. */
static uint64_t arrival_ms(struct net *net, uint32_t link, unsigned way, size_t len, enum net_fate fate)
{
	struct net_link *l = &net->links[link];
	struct net_way *w = &l->ways[way];
	if (w->free_ms < net->steady_ms)
		w->free_ms = net->steady_ms;
	if (l->rate)
		w->free_ms += (len * NET_STEP_MS + l->rate - 1) / l->rate;
	if (fate == NET_DELAYED)
		w->free_ms += (uint64_t)LOST_MIN_MS << random_below(&net->wire, LOST_DOUBLINGS + 1);
	uint64_t due = w->free_ms + l->latency_ms;
	return l->jitter_ms ? due + random_below(&net->wire, l->jitter_ms + 1) : due;
}

static enum net_fate fate_of(struct net *net, uint32_t link, unsigned way, struct bytes b)
{
	const struct net_link *l = &net->links[link];
	enum net_fate fate = NET_ARRIVES;
	net_leave(net);
	if (net->hooks.fate)
		fate = net->hooks.fate(net->hooks.context, link, way, b);
	if (fate == NET_SWAPPED && !l->ways[way].first)
		fate = NET_ARRIVES;
	if (l->damage_at > l->carried && l->damage_at <= l->carried + b.len)
		fate = NET_DAMAGED;
	if (l->break_at && l->carried + b.len >= l->break_at)
		fate = NET_CUT; /* and what was on its way is lost */
	net->fates[fate]++;
	return fate;
}

/* False: the link is no more. */
static bool launch(struct net *net, uint32_t link, unsigned way, struct bytes b)
{
	struct net_link *l = &net->links[link];
	enum net_fate fate = fate_of(net, link, way, b);
	uint64_t due = arrival_ms(net, link, way, b.len, fate);
	net->bytes += b.len;
	net->chunks++;
	l->carried += b.len;
	if (fate == NET_CUT)
		net_close_link(net, link);
	if (fate == NET_CUT || fate == NET_DROPPED)
		return fate == NET_DROPPED;
	struct net_chunk *c = chunk_of(net, b, due);
	if (fate == NET_DAMAGED)
		c->bytes[random_below(&net->wire, b.len)] ^= (uint8_t)(1u << random_below(&net->wire, 8));
	if (fate == NET_REPEATED)
		put(net, link, way, chunk_of(net, b, due), false);
	put(net, link, way, c, fate == NET_SWAPPED);
	return true;
}

static size_t take(struct net *net, uint32_t link, unsigned way, uint8_t *out, size_t cap)
{
	const struct net_link *l = &net->links[link];
	uint32_t index = end_of(l, way);
	net_leave(net);
	if (index == NET_STRANGER)
		return hostile_send(l->hostile, out, cap);
	struct node *node = net_enter(net, index);
	size_t len = node ? node_link_send(node, (struct link_id){l->id}, out, cap) : 0;
	if (len > 0)
		node_link_drained(node, (struct link_id){l->id});
	return len;
}

/* The room on that way: little where it is slow, so that little waits in it. */
static size_t room(const struct net_link *l, unsigned way)
{
	size_t most = l->rate ? (size_t)l->rate * 20 + 64 : SOCKET_BYTES;
	size_t left = l->ways[way].bytes < most ? most - l->ways[way].bytes : 0;
	return left < CHUNK_BYTES ? left : CHUNK_BYTES;
}

static bool wants_close(const struct net *net, uint32_t link, unsigned way)
{
	const struct net_link *l = &net->links[link];
	uint32_t index = end_of(l, way);
	if (index == NET_STRANGER)
		return l->hostile->closed;
	return net_node_at(net, index) &&
	       node_link_wants_close(net_node_at(net, index), (struct link_id){l->id});
}

static void work_way(struct net *net, uint32_t link, unsigned way)
{
	uint8_t chunk[CHUNK_BYTES];
	struct net_link *l = &net->links[link];
	uint32_t id = l->id;
	size_t len = 0;
	while (l->open && l->id == id && !l->ways[way].over && room(l, way) > 0) {
		len = take(net, link, way, chunk, room(l, way));
		if (len == 0 || !l->open || l->id != id || !launch(net, link, way, BYTES(chunk, len)))
			break;
	}
	if (!l->open || l->id != id || len > 0 || l->ways[way].over || !wants_close(net, link, way))
		return;
	close_end(net, link, way);
	if (l->ways[!way].over)
		end_link(net, link);
	else
		wake(net, link, way,
		        l->ways[way].first ? l->ways[way].first->due_ms : net->steady_ms + l->latency_ms);
}

void net_link_work(struct net *net, uint32_t link)
{
	for (unsigned way = 0; way < 2; way++)
		if (net->links[link].open)
			work_way(net, link, way);
	/* who reads again takes what waits */
	for (unsigned way = 0; way < 2; way++)
		if (net->links[link].open && net->links[link].ways[way].held)
			wake(net, link, way, net->steady_ms);
}

void net_link_of(struct net *net, struct link_id id)
{
	uint32_t link = id.n % NET_LINKS_MAX;
	if (link < net->links_count && net->links[link].open && net->links[link].id == id.n)
		net_link_work(net, link);
}

static bool is_paused(const struct net *net, const struct net_link *l, uint32_t index)
{
	const struct node *node = net_node_at(net, index);
	return node && node_link_paused(node, (struct link_id){l->id});
}

static void deliver(struct net *net, uint32_t link, unsigned way, struct bytes b)
{
	const struct net_link *l = &net->links[link];
	uint32_t index = other_end(l, way);
	if (index == NET_STRANGER) {
		hostile_receive(l->hostile, b, now(net));
		if (net->links[link].open)
			net_link_work(net, link);
		return;
	}
	struct node *node = net_door(net, index);
	if (node)
		node_link_receive(node, (struct link_id){l->id}, b);
}

/* The sender has closed, and all that it said has arrived. */
static void arrive_end(struct net *net, uint32_t link, unsigned way)
{
	struct net_link *l = &net->links[link];
	if (!l->ways[way].over || l->ways[way].first)
		return;
	close_end(net, link, !way);
	end_link(net, link);
}

/* When the way's first chunk may arrive; UINT64_MAX: it waits for something else. */
static uint64_t may_arrive_ms(struct net *net, uint32_t link, unsigned way)
{
	struct net_link *l = &net->links[link];
	struct net_way *w = &l->ways[way];
	uint64_t due = w->first ? w->first->due_ms : net->steady_ms;
	if (due < w->blocked_ms)
		due = w->blocked_ms;
	w->held = is_parted(net, l) || is_paused(net, l, other_end(l, way));
	return w->held ? UINT64_MAX : due;
}

static void arrive(struct net *net, uint32_t link, unsigned way)
{
	const struct net_link *l = &net->links[link];
	struct net_way *w = &net->links[link].ways[way];
	struct net_chunk *c = w->first;
	if (!c)
		return;
	w->first = c->next;
	if (!w->first)
		w->end = &w->first;
	w->bytes -= c->len;
	if (!l->ways[!way].over)
		deliver(net, link, way, BYTES(c->bytes, c->len));
	free(c);
}

void net_link_chunk(struct net *net, uint32_t at, uint64_t id)
{
	uint32_t link = at / 2;
	unsigned way = at % 2;
	struct net_link *l = &net->links[link];
	struct net_way *w = &l->ways[way];
	if (!l->open || l->id != id || w->wake_ms != net->steady_ms)
		return;
	w->wake_ms = 0;
	if (!w->first && !w->over)
		return;
	uint64_t due = may_arrive_ms(net, link, way);
	if (due == UINT64_MAX)
		return;
	if (due > net->steady_ms) {
		wake(net, link, way, due);
		return;
	}
	arrive(net, link, way);
	if (!l->open || l->id != id)
		return;
	if (w->first)
		wake(net, link, way, w->first->due_ms);
	work_way(net, link, way); /* there is room */
	if (l->open && l->id == id)
		arrive_end(net, link, way);
}

void net_link_hostile_work(struct net *net)
{
	for (uint32_t i = 0; i < net->links_count && net->hostile; i++)
		if (net->links[i].open && net->links[i].hostile)
			net_link_work(net, i);
}

void net_link_hostile_tick(struct net *net, uint32_t link, uint64_t id)
{
	struct net_link *l = &net->links[link];
	if (!l->open || l->id != id)
		return;
	uint64_t due = hostile_tick(l->hostile, now(net));
	net_link_work(net, link);
	if (due < net->steady_ms + NET_STEP_MS)
		due = net->steady_ms + NET_STEP_MS;
	if (l->open && l->id == id && due < UINT64_MAX)
		net_at(net, due, NET_HOSTILE, link, id);
}

void net_link_crash(struct net *net, uint32_t index)
{
	for (uint32_t i = 0; i < net->links_count; i++) {
		struct net_link *l = &net->links[i];
		if (!l->open || (l->from != index && l->to != index))
			continue;
		unsigned way = l->from != index;
		if (!is_parted(net, l) && l->latency_ms == 0) {
			net_close_link(net, i);
			continue;
		}
		drop_chunks(&l->ways[way]);
		close_end(net, i, way);
		if (l->ways[!way].over)
			end_link(net, i);
		else
			wake(net, i, way, net->steady_ms + l->latency_ms);
	}
}
