/* SPDX-License-Identifier: Apache-2.0
 * node.c: the doors: making a node, time, jobs, appends, events. What a door does is done by the file that knows; here
 * is only the order: first what came, then what to pull, then what to start. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node_int.h"

void node_emit(struct node *node, const struct node_event *event)
{
	if (node->events_count > 0) {
		uint32_t last = (node->events_first + node->events_count - 1) % EVENTS_MAX;
		if (event->type == NODE_ENTRIES && node->events[last].type == NODE_ENTRIES)
			return; /* said already */
	}
	if (node->events_count == EVENTS_MAX) {
		node->events_first = (node->events_first + 1) % EVENTS_MAX;
		node->events_count--;
	}
	node->events[(node->events_first + node->events_count++) % EVENTS_MAX] = *event;
}

void node_say(struct node *node, int level, const char *format, ...)
{
	struct node_event e = {.type = NODE_LOG, .level = level};
	va_list args;
	va_start(args, format);
	vsnprintf(e.text, sizeof e.text, format, args);
	va_end(args);
	node_emit(node, &e);
}

static void answer(struct node *node, struct node_event *out)
{
	struct request *r = node->answered;
	node->answered = r->next;
	if (!node->answered)
		node->answered_end = &node->answered;
	node->event_request = r;
	*out = (struct node_event){.type = r->err ? NODE_REFUSED : NODE_APPENDED,
	        .ticket = r->ticket,
	        .err = r->err,
	        .failed = r->failed,
	        .count = r->count,
	        .references = r->references};
}

bool node_next_event(struct node *node, struct node_event *out)
{
	request_free(node->event_request);
	node->event_request = NULL;
	if (node->answered) {
		answer(node, out);
		return true;
	}
	if (node->events_count == 0)
		return false;
	*out = node->events[node->events_first];
	node->events_first = (node->events_first + 1) % EVENTS_MAX;
	node->events_count--;
	return true;
}

uint64_t node_jitter(struct node *node, uint64_t ms)
{
	uint64_t fifth = ms / 5;
	return ms - fifth + drbg_below(&node->random, 2 * fifth + 1);
}

static enum err load_network(struct node *node)
{
	struct txn *txn;
	enum err e = txn_read(node->options.store, &txn);
	if (e)
		return e;
	bool known = own_network(txn, &node->network);
	txn_abort(txn);
	return known ? ERR_OK : ERR_NO_STORE;
}

static enum err load(struct node *node)
{
	enum err e = load_network(node);
	if (!e)
		e = feeds_load(node);
	return e ? e : joining_load(node);
}

enum err node_new(const struct node_options *options, struct node **out)
{
	struct node *node = calloc(1, sizeof *node);
	if (!node)
		return ERR_NO_MEMORY;
	node->options = *options;
	if (!node->options.witness_interval_ms)
		node->options.witness_interval_ms = WITNESS_INTERVAL_MS;
	node->now = (struct node_time){.wall_ms = options->wall_ms, .steady_ms = options->steady_ms};
	drbg_seed(&node->random, options->random_seed);
	node->ready_end = &node->ready;
	node->checked_end = &node->checked;
	node->requests_end = &node->requests;
	node->locals_end = &node->locals;
	node->answered_end = &node->answered;
	frontier_init(&node->frontier);
	node->registrar = frontier_head_empty();
	enum err e = load(node);
	if (e)
		node_free(node);
	else
		*out = node;
	return e;
}

void node_free(struct node *node)
{
	struct node_event e;
	if (!node)
		return;
	links_free(node);
	flow_free(node);
	writes_free(node);
	feeds_free(node);
	while (node_next_event(node, &e))
		;
	bytes_wipe(node, sizeof *node);
	free(node);
}

void node_work(struct node *node)
{
	peer_tell_anchor(node);
	pulls_plan(node);
	if (!node->stopping)
		catchup_settled(node);
	flow_start(node);
}

uint64_t node_tick(struct node *node, struct node_time now)
{
	uint64_t next_ms = now.steady_ms + FRONTIER_INTERVAL_MS;
	node->now = now;
	if (node->reload_due && feeds_load(node) && next_ms > now.steady_ms + STORE_RETRY_MS)
		next_ms = now.steady_ms + STORE_RETRY_MS;
	witnessing_tick(node, &next_ms);
	sharing_tick(node, &next_ms);
	guard_tick(node, &next_ms);
	dialler_tick(node, &next_ms);
	forks_tick(node, &next_ms);
	node_work(node);
	pulls_tick(node, &next_ms);
	live_tick(node, &next_ms);
	for (struct peer *p = node->peers; p; p = p->next)
		peer_tick(node, p, &next_ms);
	pulls_plan(node); /* a pull that stalled goes elsewhere at once */
	if (node->store_retry_ms > now.steady_ms && node->store_retry_ms < next_ms)
		next_ms = node->store_retry_ms;
	return next_ms;
}

struct job *node_next_job(struct node *node)
{
	struct job *job = node->ready;
	if (!job)
		return NULL;
	node->ready = job->next;
	if (!node->ready)
		node->ready_end = &node->ready;
	return job;
}

void node_job_done(struct node *node, struct job *job)
{
	if (job->type == JOB_VERIFY) {
		flow_checked(node, job->verify);
		free(job);
	} else {
		writes_done(node, job);
	}
	node_work(node);
}

enum err node_append(struct node *node, uint64_t ticket, const struct draft *drafts, uint32_t count)
{
	must(ticket != 0);
	if (!node->has_own)
		return ERR_UNKNOWN_FEED;
	if (node->stopping)
		return ERR_REFUSED;
	struct request *request = request_new(ticket, drafts, count);
	if (!request)
		return ERR_NO_MEMORY;
	writes_request(node, request);
	flow_start(node);
	return ERR_OK;
}

enum err node_keep(struct node *node, uint64_t ticket, const struct node_record *record)
{
	must(ticket != 0);
	if (record->key.len == 0)
		return ERR_MISSING_FIELD;
	if (record->key.len > OWN_KEY_BYTES_MAX || record->value.len > OWN_VALUE_BYTES_MAX)
		return ERR_TOO_LONG;
	struct request *request = request_new(ticket, NULL, 0);
	if (!request)
		return ERR_NO_MEMORY;
	struct local local = {.type = record->value.len ? LOCAL_PUT : LOCAL_REMOVE,
	        .ticket = ticket,
	        .drawer = record->drawer,
	        .key_bytes = (uint16_t)record->key.len,
	        .value_bytes = (uint16_t)record->value.len};
	if (record->key.len)
		memcpy(local.key, record->key.data, record->key.len);
	if (record->value.len)
		memcpy(local.value, record->value.data, record->value.len);
	writes_local(node, &local);
	writes_request(node, request);
	flow_start(node);
	return ERR_OK;
}

enum err node_publish_anyway(struct node *node, uint64_t ticket, struct bytes reason)
{
	struct local local = {.type = LOCAL_ANYWAY, .ticket = ticket};
	struct short_text text;
	must(ticket != 0);
	enum err e = short_text_of(reason, NAME_BYTES_MAX, &text);
	if (!e)
		e = node->stopping ? ERR_REFUSED : guard_may_override(node);
	if (e)
		return e;
	struct request *request = request_new(ticket, NULL, 0);
	if (!request)
		return ERR_NO_MEMORY;
	local.value_bytes = text.len;
	memcpy(local.value, text.text, text.len);
	writes_local(node, &local);
	writes_request(node, request);
	flow_start(node);
	return ERR_OK;
}

enum err node_raise_mark(struct node *node, uint64_t ticket, const struct head *head)
{
	const struct local local = {.type = LOCAL_RAISE, .ticket = ticket, .mark = *head};
	must(ticket != 0);
	if (node->stopping)
		return ERR_REFUSED;
	if (!node->has_own)
		return ERR_UNKNOWN_FEED;
	struct request *request = request_new(ticket, NULL, 0);
	if (!request)
		return ERR_NO_MEMORY;
	writes_local(node, &local);
	writes_request(node, request);
	flow_start(node);
	return ERR_OK;
}

enum err node_anchor(struct node *node, uint64_t ticket, struct bytes packed)
{
	must(ticket != 0);
	enum err e = peer_check_anchor(node, packed);
	if (e)
		return e;
	struct request *request = request_new(ticket, NULL, 0);
	if (!request)
		return ERR_NO_MEMORY;
	struct local local = {.type = LOCAL_ANCHOR, .ticket = ticket, .value_bytes = (uint16_t)packed.len};
	memcpy(local.value, packed.data, packed.len);
	writes_local(node, &local);
	writes_request(node, request);
	flow_start(node);
	return ERR_OK;
}

static const char *state_text(enum peer_state state)
{
	switch (state) {
	case PEER_HANDSHAKE:
		return "handshake";
	case PEER_CATCHING_UP:
		return "catching up";
	case PEER_IN_STEP:
		return "in step";
	case PEER_WAITING:
		return "waiting for admission";
	case PEER_CLOSING:
		return "closing";
	}
	return "";
}

uint32_t node_peers(const struct node *node, struct node_peer *out, uint32_t cap)
{
	uint32_t count = 0;
	for (const struct peer *p = node->peers; p && count < cap; p = p->next) {
		const struct session_numbers n = session_numbers(&p->session);
		out[count++] = (struct node_peer){.has_feed = p->has_feed,
		        .feed = p->feed,
		        .side = p->side,
		        .state = state_text(p->state),
		        .in_step_wall_ms = p->in_step_wall_ms,
		        .rtt_ms = n.rtt_ms,
		        .clock_difference_ms = n.clock_difference_ms,
		        .bytes_in = n.bytes_in,
		        .bytes_out = n.bytes_out};
	}
	return count;
}

static void most(uint64_t *out, uint64_t value)
{
	*out = *out < value ? value : *out;
}

void node_load(const struct node *node, struct node_load *out)
{
	struct node_load load = {.pulls = node->pulls, .intake_bytes = node->intake_bytes};
	uint64_t pulls = 0, serves = 0;
	for (const struct peer *p = node->peers; p; p = p->next) {
		load.links++;
		load.admitted += p->memory != NULL;
		most(&pulls, p->pulls);
		most(&serves, p->serves_count);
		most(&load.link_queued_bytes, session_numbers(&p->session).queued_bytes);
	}
	load.link_pulls = (uint32_t)pulls;
	load.link_serves = (uint32_t)serves;
	*out = load;
}

bool node_publishing(const struct node *node)
{
	return guard_publishes(node);
}

static enum node_own_state own_state(const struct node *node)
{
	const struct node_feed *own = &node->feeds[node->own.n];
	switch (node->guard) {
	case GUARD_SETTLED:
		return node->has_own ? NODE_OWN_SETTLED : NODE_OWN_UNKNOWN;
	case GUARD_RESTORED:
		return node->shown > node->mark.size ||
		                       (node->has_own && (own->puller || feeds_under_way(own)))
		               ? NODE_OWN_TAKEN_BACK
		               : NODE_OWN_RESTORED;
	case GUARD_FORKED:
		break;
	}
	return NODE_OWN_FORKED;
}

void node_own(const struct node *node, struct node_own *out)
{
	*out = (struct node_own){.state = own_state(node),
	        .size = node->own_head.size,
	        .mark = node->mark.size,
	        .copy = node->options.mark_copy_size,
	        .shown = node->shown > node->mark.size ? node->shown : 0,
	        .registrar_compared = node->vouched_registrar,
	        .members_compared = node->vouched_count};
}

void node_stop(struct node *node)
{
	node->stopping = true;
	for (struct peer *p = node->peers; p; p = p->next)
		peer_bye(node, p, BYE_GOING_DOWN, "");
}
