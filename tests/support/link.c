/* SPDX-License-Identifier: Apache-2.0
 * link.c: see link.h. */
#include "support/link.h"

#include <sodium.h>
#include <string.h>

struct link_keys link_keys_of(uint8_t seed)
{
	struct link_keys keys;
	memset(keys.secret, seed, sizeof keys.secret);
	must(crypto_scalarmult_base(keys.public, keys.secret) == 0);
	return keys;
}

static void sizes_again(struct mp_out *m, struct message_sizes sizes)
{
	uint64_t items[FEED_BLOCK];
	uint32_t count = 0;
	while (message_next_size(&sizes.sizes, &items[count]))
		count++;
	message_pack_sizes(m, sizes.block, items, count);
}

static void heads_again(struct mp_out *m, struct message_heads heads)
{
	struct message_feed_head items[FEED_BLOCK + 1];
	uint32_t count = 0;
	while (message_next_head(&heads.heads, &items[count]))
		count++;
	message_pack_heads(m, items, count);
}

static void have_again(struct mp_out *m, struct message_have have)
{
	struct message_feed_size items[HAVE_FEEDS_MAX + 1];
	uint32_t count = 0;
	while (message_next_have(&have.feeds, &items[count]))
		count++;
	message_pack_have(m, items, count);
}

static void run_again(struct mp_out *m, const struct message_run *read)
{
	struct run_item items[RUN_ENTRIES_MAX];
	struct run run = {.from = read->from, .count = read->count, .items = items};
	message_run_items(read, items);
	memcpy(run.signature, read->signature, sizeof run.signature);
	message_pack_run(
	        m, read->feed, &run, read->has_signature ? MESSAGE_RUN_SIGNED : MESSAGE_RUN_AT_CUTOFF);
}

void link_pack_again(struct mp_out *m, const struct message *message)
{
	switch (message->type) {
	case MESSAGE_HELLO:
		message_pack_hello(m, &message->hello);
		break;
	case MESSAGE_FRONTIER:
		message_pack_frontier(m, &message->frontier);
		break;
	case MESSAGE_SIZES:
		sizes_again(m, message->sizes);
		break;
	case MESSAGE_HEADS:
		heads_again(m, message->heads);
		break;
	case MESSAGE_HAVE:
		have_again(m, message->have);
		break;
	case MESSAGE_PULL:
		message_pack_pull(m, &message->pull);
		break;
	case MESSAGE_RUN:
		run_again(m, &message->run);
		break;
	case MESSAGE_PROVE:
		message_pack_prove(m, &message->prove);
		break;
	case MESSAGE_PROOF:
		message_pack_proof(m, &message->proof);
		break;
	case MESSAGE_ANCHOR:
		message_pack_anchor(m, message->anchor.anchor);
		break;
	case MESSAGE_BLOB_PULL:
		message_pack_blob_pull(m, &message->blob_pull);
		break;
	case MESSAGE_BLOB:
		message_pack_blob(m, &message->blob);
		break;
	case MESSAGE_PING:
		message_pack_ping(m, &message->ping);
		break;
	case MESSAGE_PONG:
		message_pack_pong(m, &message->pong);
		break;
	case MESSAGE_BYE:
		message_pack_bye(m, message->bye.code, message->bye.text);
		break;
	case MESSAGE_JOIN:
		message_pack_join(m, &message->join);
		break;
	case MESSAGE_UNKNOWN:
		mp_put_raw(m, message->raw);
		break;
	}
}

enum err link_message_property(struct bytes b)
{
	static uint8_t room[FRAME_PLAINTEXT_BYTES_MAX];
	struct mp_out m = mp_out(room, sizeof room);
	struct message message;
	enum err e = message_read(b, &message);
	if (e != ERR_OK)
		return e;
	must(bytes_equal(message.raw, b));
	if (message.type == MESSAGE_UNKNOWN)
		return mp_check(b);
	must(b.len <= message_bytes_max(message.type));
	link_pack_again(&m, &message);
	must(mp_out_end(&m) == ERR_OK && bytes_equal(mp_written(&m), b));
	return ERR_OK;
}
