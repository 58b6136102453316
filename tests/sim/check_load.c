/* SPDX-License-Identifier: Apache-2.0
 * check_load.c: I6: what a node has under way stays under the limits, its memory is what limits.h gives it for what it
 * holds, and its store is not much larger than that. */
#include "check_int.h"
#include "link/session.h"
#include "memory.h"

#define STORE_BASE_BYTES (2u << 20)
#define STORE_BYTES_PER_BYTE 24u /* of headers and payloads: rows of views, free pages of batches */

static void bound(struct sim *sim, uint32_t index, const char *what, uint64_t value, uint64_t max)
{
	sim->check->looked++;
	if (check_spoils(sim, "I6"))
		max = 0;
	if (value > max)
		sim_fail(sim, "I6", "node %u has %llu %s, above %llu", index, (unsigned long long)value, what,
		        (unsigned long long)max);
}

/* Links that are told to go may still be there. */
static void check_node(struct sim *sim, uint32_t index)
{
	struct node_load load;
	node_load(sim->net->nodes[index].node, &load);
	bound(sim, index, "links", load.links, 2 * LINKS_MAX + HANDSHAKES_HALF_OPEN_MAX);
	bound(sim, index, "admitted links", load.admitted, 2 * LINKS_MAX);
	bound(sim, index, "pulls", load.pulls, PULLS_IN_FLIGHT_MAX);
	bound(sim, index, "pulls of a link", load.link_pulls, PULLS_IN_FLIGHT_MAX);
	bound(sim, index, "pulls of a link to answer", load.link_serves, SERVES_MAX);
	/* what was read before it stopped reading: a frame a link */
	bound(sim, index, "bytes of runs under way", load.intake_bytes,
	        2 * PULL_BYTES_IN_FLIGHT_MAX + load.links * FRAME_PLAINTEXT_BYTES_MAX);
	bound(sim, index, "bytes to send on a link", load.link_queued_bytes,
	        SEND_QUEUE_BYTES_MAX + SESSION_OUT_BYTES);
}

static void check_store(struct sim *sim, uint32_t index)
{
	struct txn *txn = check_read(sim, index);
	struct feed_info info;
	struct entry_ref entry;
	uint64_t bytes = 0;
	for (struct place place = {.seq = 0}; feed_info(txn, place.feed, &info); place.feed.n++)
		for (place.seq = 0; feed_entry(txn, place, &entry); place.seq++)
			bytes += ENTRY_HEADER_BYTES + entry.payload.len;
	txn_abort(txn);
	bound(sim, index, "bytes in its store", store_size(sim->net->nodes[index].store).bytes,
	        STORE_BASE_BYTES + STORE_BYTES_PER_BYTE * bytes);
}

/* What came and went since it was looked at: a link, and runs. */
#define LATE_BYTES (LINK_BYTES_MAX + PULL_BYTES_IN_FLIGHT_MAX)

/* Bytes that the node may have, by what it holds now. */
static uint64_t allowance(struct sim *sim, uint32_t index)
{
	struct node_load load;
	struct feed_info info;
	struct txn *txn = check_read(sim, index);
	const struct roster *r = txn_roster(txn);
	const uint64_t feeds = r->feeds_count, profiles = r->profiles_count;
	uint64_t entries = 0;
	for (struct feed_no no = {0}; feed_info(txn, no, &info); no.n++)
		entries += info.next;
	txn_abort(txn);
	node_load(sim->net->nodes[index].node, &load);
	return NODE_BYTES_MAX + feeds * NODE_FEED_BYTES_MAX + profiles * NODE_PROFILE_BYTES_MAX +
	       entries * NODE_ENTRY_BYTES_MAX + load.links * (LINK_BYTES_MAX + feeds * LINK_FEED_BYTES_MAX) +
	       load.intake_bytes;
}

static void check_memory(struct sim *sim, uint32_t index)
{
	struct node_model *n = &sim->check->nodes[index];
	const struct memory_use use = memory_of(index);
	const uint64_t now = allowance(sim, index), before = n->allowance;
	bound(sim, index, "bytes of memory", use.bytes, now);
	if (use.peak > n->memory_peak)
		bound(sim, index, "bytes of memory for a moment", use.peak,
		        (now > before ? now : before) + LATE_BYTES);
	n->memory_peak = use.peak;
	n->allowance = now;
}

void check_load_memory(struct sim *sim, uint32_t index)
{
	if (memory_of(index).peak > sim->check->nodes[index].memory_peak)
		check_memory(sim, index);
}

void check_load_again(struct sim *sim, uint32_t index)
{
	check_memory(sim, index);
	memory_again(index);
	sim->check->nodes[index].memory_peak = memory_of(index).peak;
}

void check_load_of(struct sim *sim, uint32_t index)
{
	check_node(sim, index);
	if (sim_draw(sim, SIM_CHECKS, 64) == 0)
		check_store(sim, index);
}
