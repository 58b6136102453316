/* SPDX-License-Identifier: Apache-2.0
 * message_pack.c: packing messages, field for field as message.c reads them. A field out of its bounds is our bug;
 * the buffer's end is the writer's business (mp_out_end). */
#include "link/message.h"

#include <string.h>

static void begin(struct mp_out *m, enum message_type type, uint32_t fields)
{
	mp_put_array(m, 1 + fields);
	mp_put_uint(m, type);
}

static void put_feed(struct mp_out *m, struct feed_no feed)
{
	must(feed.n < FEEDS_MAX);
	mp_put_uint(m, feed.n);
}

static void put_size(struct mp_out *m, uint64_t size)
{
	must(size < FEED_SIZE_HELD);
	mp_put_uint(m, size);
}

static void put_checkpoint(struct mp_out *m, const struct checkpoint *c)
{
	uint8_t both[32 + 64];
	memcpy(both, c->head.root.bytes, 32);
	memcpy(both + 32, c->signature, 64);
	put_size(m, c->head.size);
	mp_put_bin(m, BYTES(both, c->head.size > 0 ? sizeof both : 0));
}

static void put_fingerprints(struct mp_out *m, struct bytes fingerprints)
{
	must(fingerprints.len % 8 == 0 && fingerprints.len <= 8u * FRONTIER_BLOCKS_MAX);
	mp_put_bin(m, fingerprints);
}

void message_pack_hello(struct mp_out *m, const struct message_hello *hello)
{
	must(hello->agent.len <= AGENT_BYTES_MAX);
	begin(m, MESSAGE_HELLO, 8);
	mp_put_uint(m, PROTOCOL_VERSION);
	mp_put_text(m, hello->agent);
	mp_put_uint(m, hello->anchor_number);
	put_size(m, hello->registrar.size);
	mp_put_bin(m, BYTES_OF(hello->registrar.root.bytes));
	put_fingerprints(m, hello->fingerprints);
	put_checkpoint(m, &hello->yours);
}

void message_pack_frontier(struct mp_out *m, const struct message_frontier *frontier)
{
	begin(m, MESSAGE_FRONTIER, 3);
	put_size(m, frontier->registrar.size);
	mp_put_bin(m, BYTES_OF(frontier->registrar.root.bytes));
	put_fingerprints(m, frontier->fingerprints);
}

void message_pack_sizes(struct mp_out *m, uint32_t block, const uint64_t *sizes, uint32_t count)
{
	must(block < FRONTIER_BLOCKS_MAX && count >= 1 && count <= FEED_BLOCK);
	begin(m, MESSAGE_SIZES, 1 + count);
	mp_put_uint(m, block);
	for (uint32_t i = 0; i < count; i++)
		mp_put_uint(m, sizes[i]);
}

void message_pack_heads(struct mp_out *m, const struct message_feed_head *heads, uint32_t count)
{
	must(count >= 1 && count <= FEED_BLOCK);
	begin(m, MESSAGE_HEADS, 3 * count);
	for (uint32_t i = 0; i < count; i++) {
		must(heads[i].checkpoint.head.size > 0);
		put_feed(m, heads[i].feed);
		put_checkpoint(m, &heads[i].checkpoint);
	}
}

void message_pack_have(struct mp_out *m, const struct message_feed_size *feeds, uint32_t count)
{
	must(count >= 1 && count <= HAVE_FEEDS_MAX);
	begin(m, MESSAGE_HAVE, 2 * count);
	for (uint32_t i = 0; i < count; i++) {
		must(feeds[i].size > 0);
		put_feed(m, feeds[i].feed);
		put_size(m, feeds[i].size);
	}
}

void message_pack_pull(struct mp_out *m, const struct message_pull *pull)
{
	must(pull->from < pull->to);
	begin(m, MESSAGE_PULL, 3);
	put_feed(m, pull->feed);
	put_size(m, pull->from);
	put_size(m, pull->to);
}

static void put_entries(struct mp_out *m, const struct run *run)
{
	uint64_t time_ms = 0;
	mp_put_array(m, run->count);
	for (uint32_t i = 0; i < run->count; i++) {
		const struct run_item *item = &run->items[i];
		must(item->time_ms >= time_ms && item->payload.len <= ENTRY_PAYLOAD_BYTES_MAX);
		must(entry_form_ok(item->audience, item->kind));
		mp_put_array(m, 4);
		mp_put_uint(m, item->audience);
		mp_put_uint(m, item->kind);
		mp_put_uint(m, item->time_ms - time_ms);
		mp_put_bin(m, item->payload);
		time_ms = item->time_ms;
	}
}

void message_pack_run(struct mp_out *m, struct feed_no feed, const struct run *run, enum message_run_end end)
{
	must(run->count >= 1 && run->count <= RUN_ENTRIES_MAX);
	must(run->count == 1 || run_bytes(run) <= RUN_BYTES_MAX);
	must(run->from < FEED_SIZE_HELD - run->count);
	begin(m, MESSAGE_RUN, 4);
	put_feed(m, feed);
	put_size(m, run->from);
	put_entries(m, run);
	mp_put_bin(m, BYTES(run->signature, end == MESSAGE_RUN_SIGNED ? sizeof run->signature : 0));
}

void message_pack_prove(struct mp_out *m, const struct message_prove *prove)
{
	must(prove->old_size > 0 && prove->old_size < prove->new_size);
	begin(m, MESSAGE_PROVE, 3);
	put_feed(m, prove->feed);
	put_size(m, prove->old_size);
	put_size(m, prove->new_size);
}

void message_pack_proof(struct mp_out *m, const struct message_proof *proof)
{
	must(proof->old_size > 0 && proof->old_size < proof->newer.head.size);
	must(proof->path.count >= 1 && proof->path.count <= PROOF_HASHES_MAX);
	begin(m, MESSAGE_PROOF, 5);
	put_feed(m, proof->feed);
	put_size(m, proof->old_size);
	put_checkpoint(m, &proof->newer);
	proof_pack(m, &proof->path);
}

void message_pack_anchor(struct mp_out *m, struct bytes anchor)
{
	must(anchor.len > 0 && anchor.len <= ANCHOR_BYTES_MAX);
	begin(m, MESSAGE_ANCHOR, 1);
	mp_put_raw(m, anchor);
}

void message_pack_blob_pull(struct mp_out *m, const struct message_blob_pull *pull)
{
	must(pull->part < BLOB_BYTES_MAX / BLOB_PART_BYTES);
	begin(m, MESSAGE_BLOB_PULL, 2);
	mp_put_bin(m, BYTES_OF(pull->document.bytes));
	mp_put_uint(m, pull->part);
}

void message_pack_blob(struct mp_out *m, const struct message_blob *blob)
{
	must(blob->size_bytes <= BLOB_BYTES_MAX && blob->data.len <= BLOB_PART_BYTES);
	must((blob->size_bytes == 0) == (blob->data.len == 0));
	begin(m, MESSAGE_BLOB, 4);
	mp_put_bin(m, BYTES_OF(blob->document.bytes));
	mp_put_uint(m, blob->size_bytes);
	mp_put_uint(m, blob->part);
	mp_put_bin(m, blob->data);
}

void message_pack_ping(struct mp_out *m, const struct message_ping *ping)
{
	begin(m, MESSAGE_PING, 1);
	mp_put_uint(m, ping->time_ms);
}

void message_pack_pong(struct mp_out *m, const struct message_pong *pong)
{
	begin(m, MESSAGE_PONG, 2);
	mp_put_uint(m, pong->ping_ms);
	mp_put_uint(m, pong->time_ms);
}

/* Not within a character: a UTF-8 text is cut before a byte that begins one. */
static struct bytes cut(struct bytes text, size_t max)
{
	size_t len = text.len < max ? text.len : max;
	while (len > 0 && len < text.len && (text.data[len] & 0xc0) == 0x80)
		len--;
	return BYTES(text.data, len);
}

void message_pack_bye(struct mp_out *m, uint32_t code, struct bytes text)
{
	must(code <= UINT8_MAX);
	begin(m, MESSAGE_BYE, 2);
	mp_put_uint(m, code);
	mp_put_text(m, cut(text, BYE_TEXT_BYTES_MAX));
}

void message_pack_join(struct mp_out *m, const struct join *join)
{
	begin(m, MESSAGE_JOIN, JOIN_FIELDS);
	join_pack_fields(m, join);
}
