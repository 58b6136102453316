/* SPDX-License-Identifier: Apache-2.0 */
/* run.c: a run hashed onto the tree it extends, and its one signature. The hot path of catch-up and ingest.
 * Everything that can be refused without hashing is refused first, so hashing cannot fail and goes straight
 * into the result. Each payload is hashed where it lies; each header is encoded once, on the stack. Its
 * twist: a signature over another root and a root that is not the signed one look the same from here. */
#include "log/run.h"

#include <string.h>

#include "base/bug.h"
size_t run_bytes(const struct run *run)
{
	size_t total = 0;
	for (uint32_t i = 0; i < run->count; i++)
		total += ENTRY_HEADER_BYTES + run->items[i].payload.len;
	return total;
}

bool run_item_equal(const struct run_item *a, const struct run_item *b)
{
	return a->audience == b->audience && a->kind == b->kind && a->time_ms == b->time_ms &&
	       bytes_equal(a->payload, b->payload);
}

static enum err check_item(const struct run_item *item, uint64_t time_before_ms)
{
	if (!entry_form_ok(item->audience, item->kind))
		return ERR_MALFORMED;
	if (item->payload.len > ENTRY_PAYLOAD_BYTES_MAX)
		return ERR_TOO_LONG;
	return item->time_ms < time_before_ms ? ERR_TIME_BACK : ERR_OK;
}

static enum err check_form(const struct run *run, const struct run_base *base)
{
	if (run->from != base->tree->size)
		return ERR_NOT_NEXT;
	if (run->count == 0)
		return ERR_MALFORMED;
	if (run->count > RUN_ENTRIES_MAX)
		return ERR_TOO_MANY;
	uint64_t time_ms = base->last_time_ms;
	for (uint32_t i = 0; i < run->count; i++) {
		enum err e = check_item(&run->items[i], time_ms);
		if (e != ERR_OK)
			return e;
		time_ms = run->items[i].time_ms;
	}
	return run->count > 1 && run_bytes(run) > RUN_BYTES_MAX ? ERR_TOO_LONG : ERR_OK;
}

static struct hash item_id(const struct run *run, uint32_t i)
{
	const struct run_item *item = &run->items[i];
	return entry_id(&(struct entry_header){
	        .audience = item->audience,
	        .kind = item->kind,
	        .seq = run->from + i,
	        .time_ms = item->time_ms,
	        .payload_bytes = (uint32_t)item->payload.len,
	        .feed = run->feed,
	        .payload = hash_of(item->payload),
	});
}

enum err run_extend(const struct run *run, const struct run_base *base, struct run_effect *out)
{
	enum err e = check_form(run, base);
	if (e != ERR_OK)
		return e;
	out->tree = *base->tree;
	out->has_subtree = false;
	for (uint32_t i = 0; i < run->count; i++) {
		out->ids[i] = item_id(run, i);
		if (tree_append(&out->tree, &out->ids[i], &out->subtree)) {
			out->has_subtree = true;
			out->subtree_index = out->tree.size / SUBTREE_LEAVES - 1;
		}
	}
	out->root = tree_root(&out->tree);
	out->last_time_ms = run->items[run->count - 1].time_ms;
	return ERR_OK;
}

enum err run_verify(const struct network_id *network, const struct run *run, const struct run_base *base,
        struct run_effect *out)
{
	struct run_effect effect;
	enum err e = run_extend(run, base, &effect);
	if (e != ERR_OK)
		return e;
	struct checkpoint end = {.head = {.size = effect.tree.size, .root = effect.root}};
	memcpy(end.signature, run->signature, sizeof end.signature);
	e = checkpoint_verify(network, &run->feed, &end);
	if (e != ERR_OK && !BUG(RUN_WITHOUT_ROOT))
		return ERR_BAD_ROOT;
	*out = effect;
	return ERR_OK;
}
