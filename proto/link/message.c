/* SPDX-License-Identifier: Apache-2.0
 * message.c: the table of messages, and reading one: a function a type, each over the same cursor, in the order of
 * docs/PROTOCOL.md 5. Packing is message_pack.c's, field for field in the same order.
 * The twist: a list is read twice. First while the message is read, so that no half of a bad one is ever seen; then
 * by its owner, from a copy of the cursor. */
#include "link/message.h"

#include <string.h>

#include "log/short_text.h"

#define CHECKPOINT_BIN_BYTES (32u + 64u) /* root, signature */

static const struct row {
	const char *name;
	enum message_sender sender;
	enum message_place place;
	size_t bytes_max;
} rows[] = {
#define X(number, name, lower, sender, place, max) {#name, MESSAGE_BY_##sender, MESSAGE_##place, max},
        MESSAGE_TABLE(X)
#undef X
};

static const struct row *row_of(enum message_type type)
{
	must(type < MESSAGE_UNKNOWN);
	return &rows[type];
}

const char *message_name(enum message_type type)
{
	return row_of(type)->name;
}

enum message_sender message_sender(enum message_type type)
{
	return row_of(type)->sender;
}

enum message_place message_place(enum message_type type)
{
	return row_of(type)->place;
}

size_t message_bytes_max(enum message_type type)
{
	return row_of(type)->bytes_max;
}

const char *message_bye_text(uint32_t code)
{
	static const char *const texts[] = {
#define X(number, name, text) text,
	        BYE_TABLE(X)
#undef X
	};
	return code < BYE_CODES ? texts[code] : "unknown";
}

/* Fields */

static struct feed_no take_feed(struct mp_in *m)
{
	return (struct feed_no){(uint32_t)mp_uint(m, FEEDS_MAX - 1)};
}

static uint64_t take_above(struct mp_in *m, uint64_t least, uint64_t max)
{
	uint64_t n = mp_uint(m, max);
	if (mp_error(m) == ERR_OK && n < least)
		mp_fail(m, ERR_OUT_OF_RANGE);
	return n;
}

static uint64_t take_size(struct mp_in *m, uint64_t least)
{
	return take_above(m, least, FEED_SIZE_HELD - 1);
}

static void take_hash(struct mp_in *m, struct hash *out)
{
	mp_bin_fixed(m, out->bytes, sizeof out->bytes);
}

/* Size, then root and signature as one string, which is empty when the size is 0. */
static void take_checkpoint(struct mp_in *m, uint64_t least, struct checkpoint *out)
{
	uint8_t both[CHECKPOINT_BIN_BYTES] = {0};
	out->head.size = take_size(m, least);
	mp_bin_fixed(m, both, out->head.size > 0 ? sizeof both : 0);
	memcpy(out->head.root.bytes, both, 32);
	memcpy(out->signature, both + 32, 64);
}

/* One line for people, which cannot move a terminal's cursor. */
static struct bytes take_line(struct mp_in *m, size_t max)
{
	struct short_text line;
	struct bytes text = mp_text(m, max);
	if (short_text_of(text, max, &line) != ERR_OK)
		mp_fail(m, ERR_MALFORMED);
	return text;
}

static struct bytes take_fingerprints(struct mp_in *m)
{
	struct bytes b = mp_bin(m, 8u * FRONTIER_BLOCKS_MAX);
	if (b.len % 8 != 0)
		mp_fail(m, ERR_MALFORMED);
	return b;
}

/* COUNT, the fields after the type, must be N. */
static void fields(struct mp_in *m, uint32_t count, uint32_t n)
{
	if (mp_error(m) == ERR_OK && count != n)
		mp_fail(m, ERR_MALFORMED);
}

/* COUNT fields in items of WIDTH; how many items, 0 after an error. */
static uint32_t items(struct mp_in *m, uint32_t count, uint32_t width, uint32_t max)
{
	if (mp_error(m) == ERR_OK && (count == 0 || count % width != 0))
		mp_fail(m, ERR_MALFORMED);
	if (mp_error(m) == ERR_OK && count / width > max)
		mp_fail(m, ERR_TOO_MANY);
	return mp_error(m) == ERR_OK ? count / width : 0;
}

static struct message_list list_of(const struct mp_in *m, uint32_t left)
{
	return (struct message_list){.in = *m, .left = left};
}

/* Items of lists */

static void take_feed_size(struct mp_in *m, struct message_feed_size *out)
{
	out->feed = take_feed(m);
	out->size = take_size(m, 1);
}

static void take_feed_head(struct mp_in *m, struct message_feed_head *out)
{
	out->feed = take_feed(m);
	take_checkpoint(m, 1, &out->checkpoint);
}

/* An entry's time travels as what it is later than the one before it. */
static void take_entry(struct mp_in *m, uint64_t *time_ms, struct run_item *out)
{
	mp_array_fixed(m, 4);
	out->audience = (enum audience)mp_uint(m, AUDIENCE_SEALED);
	out->kind = (uint16_t)mp_uint(m, UINT16_MAX);
	if (mp_error(m) == ERR_OK && !entry_form_ok(out->audience, out->kind))
		mp_fail(m, ERR_MALFORMED);
	*time_ms += mp_uint(m, UINT64_MAX - *time_ms);
	out->time_ms = *time_ms;
	out->payload = mp_bin(m, ENTRY_PAYLOAD_BYTES_MAX);
	mp_array_end(m);
}

bool message_next_size(struct message_list *sizes, uint64_t *out)
{
	if (sizes->left == 0)
		return false;
	sizes->left--;
	*out = mp_uint(&sizes->in, UINT64_MAX);
	must(mp_error(&sizes->in) == ERR_OK);
	return true;
}

bool message_next_head(struct message_list *heads, struct message_feed_head *out)
{
	if (heads->left == 0)
		return false;
	heads->left--;
	take_feed_head(&heads->in, out);
	must(mp_error(&heads->in) == ERR_OK);
	return true;
}

bool message_next_have(struct message_list *feeds, struct message_feed_size *out)
{
	if (feeds->left == 0)
		return false;
	feeds->left--;
	take_feed_size(&feeds->in, out);
	must(mp_error(&feeds->in) == ERR_OK);
	return true;
}

void message_run_items(const struct message_run *run, struct run_item out[RUN_ENTRIES_MAX])
{
	struct mp_in m = run->entries.in;
	uint64_t time_ms = 0;
	for (uint32_t i = 0; i < run->count; i++)
		take_entry(&m, &time_ms, &out[i]);
	must(mp_error(&m) == ERR_OK);
}

/* Types. COUNT is how many fields follow the type. */

static void read_hello(struct mp_in *m, uint32_t count, struct message_hello *out)
{
	if (count == 0)
		mp_fail(m, ERR_MALFORMED);
	if (mp_uint(m, UINT32_MAX) != PROTOCOL_VERSION)
		mp_fail(m, ERR_BAD_VERSION); /* before anything of another version is looked at */
	fields(m, count, 8);
	out->agent = take_line(m, AGENT_BYTES_MAX);
	out->anchor_number = mp_uint(m, UINT64_MAX);
	out->registrar.size = take_size(m, 0);
	take_hash(m, &out->registrar.root);
	out->fingerprints = take_fingerprints(m);
	take_checkpoint(m, 0, &out->yours);
}

static void read_frontier(struct mp_in *m, uint32_t count, struct message_frontier *out)
{
	fields(m, count, 3);
	out->registrar.size = take_size(m, 0);
	take_hash(m, &out->registrar.root);
	out->fingerprints = take_fingerprints(m);
}

static void read_sizes(struct mp_in *m, uint32_t count, struct message_sizes *out)
{
	uint32_t n = items(m, count > 0 ? count - 1 : 0, 1, FEED_BLOCK);
	out->block = (uint32_t)mp_uint(m, FRONTIER_BLOCKS_MAX - 1);
	out->sizes = list_of(m, n);
	for (uint32_t i = 0; i < n; i++)
		(void)mp_uint(m, UINT64_MAX);
}

static void read_heads(struct mp_in *m, uint32_t count, struct message_heads *out)
{
	struct message_feed_head head;
	uint32_t n = items(m, count, 3, FEED_BLOCK);
	out->heads = list_of(m, n);
	for (uint32_t i = 0; i < n; i++)
		take_feed_head(m, &head);
}

static void read_have(struct mp_in *m, uint32_t count, struct message_have *out)
{
	struct message_feed_size feed;
	uint32_t n = items(m, count, 2, HAVE_FEEDS_MAX);
	out->feeds = list_of(m, n);
	for (uint32_t i = 0; i < n; i++)
		take_feed_size(m, &feed);
}

static void read_pull(struct mp_in *m, uint32_t count, struct message_pull *out)
{
	fields(m, count, 3);
	out->feed = take_feed(m);
	out->from = take_size(m, 0);
	out->to = take_size(m, 0);
	if (mp_error(m) == ERR_OK && out->from >= out->to)
		mp_fail(m, ERR_OUT_OF_RANGE);
}

static void read_entries(struct mp_in *m, struct message_run *out)
{
	struct run_item item;
	uint64_t time_ms = 0;
	size_t total = 0;
	out->count = mp_array(m, RUN_ENTRIES_MAX);
	out->entries = list_of(m, out->count);
	for (uint32_t i = 0; i < out->count; i++) {
		take_entry(m, &time_ms, &item);
		total += ENTRY_HEADER_BYTES + item.payload.len;
	}
	mp_array_end(m);
	if (mp_error(m) == ERR_OK && out->count == 0)
		mp_fail(m, ERR_MALFORMED);
	if (mp_error(m) == ERR_OK && out->count > 1 && total > RUN_BYTES_MAX)
		mp_fail(m, ERR_TOO_LONG);
}

static void read_run(struct mp_in *m, uint32_t count, struct message_run *out)
{
	fields(m, count, 4);
	out->feed = take_feed(m);
	out->from = take_size(m, 0);
	read_entries(m, out);
	if (mp_error(m) == ERR_OK && out->count > FEED_SIZE_HELD - 1 - out->from)
		mp_fail(m, ERR_OUT_OF_RANGE);
	struct bytes signature = mp_bin(m, sizeof out->signature);
	out->has_signature = signature.len > 0;
	memset(out->signature, 0, sizeof out->signature);
	if (signature.len == sizeof out->signature)
		memcpy(out->signature, signature.data, sizeof out->signature);
	else if (signature.len > 0)
		mp_fail(m, ERR_MALFORMED);
}

static void read_prove(struct mp_in *m, uint32_t count, struct message_prove *out)
{
	fields(m, count, 3);
	out->feed = take_feed(m);
	out->old_size = take_size(m, 1);
	out->new_size = take_size(m, 1);
	if (mp_error(m) == ERR_OK && out->old_size >= out->new_size)
		mp_fail(m, ERR_OUT_OF_RANGE);
}

static void read_proof(struct mp_in *m, uint32_t count, struct message_proof *out)
{
	fields(m, count, 5);
	out->feed = take_feed(m);
	out->old_size = take_size(m, 1);
	take_checkpoint(m, 1, &out->newer);
	if (mp_error(m) == ERR_OK && out->old_size >= out->newer.head.size)
		mp_fail(m, ERR_OUT_OF_RANGE);
	proof_unpack(m, &out->path);
	if (mp_error(m) == ERR_OK && out->path.count == 0)
		mp_fail(m, ERR_MALFORMED);
}

static void read_anchor(struct mp_in *m, uint32_t count, struct message_anchor *out)
{
	fields(m, count, 1);
	out->anchor = mp_raw(m);
	if (out->anchor.len > ANCHOR_BYTES_MAX)
		mp_fail(m, ERR_TOO_LONG);
}

static void read_blob_pull(struct mp_in *m, uint32_t count, struct message_blob_pull *out)
{
	fields(m, count, 2);
	take_hash(m, &out->document);
	out->part = (uint32_t)mp_uint(m, BLOB_BYTES_MAX / BLOB_PART_BYTES - 1);
}

static void read_blob(struct mp_in *m, uint32_t count, struct message_blob *out)
{
	fields(m, count, 4);
	take_hash(m, &out->document);
	out->size_bytes = mp_uint(m, BLOB_BYTES_MAX);
	out->part = (uint32_t)mp_uint(m, BLOB_BYTES_MAX / BLOB_PART_BYTES - 1);
	out->data = mp_bin(m, BLOB_PART_BYTES);
	uint64_t before = (uint64_t)out->part * BLOB_PART_BYTES;
	uint64_t left = out->size_bytes > before ? out->size_bytes - before : 0;
	uint64_t due = left < BLOB_PART_BYTES ? left : BLOB_PART_BYTES;
	bool empty = out->size_bytes == 0 && out->part == 0;
	if (mp_error(m) == ERR_OK && (out->data.len != due || (due == 0 && !empty)))
		mp_fail(m, ERR_MALFORMED);
}

static void read_ping(struct mp_in *m, uint32_t count, struct message_ping *out)
{
	fields(m, count, 1);
	out->time_ms = mp_uint(m, UINT64_MAX);
}

static void read_pong(struct mp_in *m, uint32_t count, struct message_pong *out)
{
	fields(m, count, 2);
	out->ping_ms = mp_uint(m, UINT64_MAX);
	out->time_ms = mp_uint(m, UINT64_MAX);
}

static void read_bye(struct mp_in *m, uint32_t count, struct message_bye *out)
{
	fields(m, count, 2);
	out->code = (uint32_t)mp_uint(m, UINT8_MAX);
	out->text = take_line(m, BYE_TEXT_BYTES_MAX);
}

static void read_join(struct mp_in *m, uint32_t count, struct join *out)
{
	fields(m, count, JOIN_FIELDS);
	join_unpack_fields(m, out);
}

static void read_fields(struct mp_in *m, uint32_t count, struct message *out)
{
	switch (out->type) {
#define X(number, NAME, name, sender, place, max) \
	case MESSAGE_##NAME: \
		read_##name(m, count, &out->name); \
		return;
		MESSAGE_TABLE(X)
#undef X
	case MESSAGE_UNKNOWN:
		for (uint32_t i = 0; i < count && mp_error(m) == ERR_OK; i++)
			mp_skip(m);
		return;
	}
}

static void read_one(struct mp_in *m, struct message *out)
{
	const uint8_t *start = m->in.data + m->in.at;
	size_t before = bytes_left(&m->in);
	uint32_t count = mp_array(m, UINT32_MAX);
	if (mp_error(m) == ERR_OK && count == 0)
		mp_fail(m, ERR_MISSING_FIELD);
	uint64_t type = mp_uint(m, UINT32_MAX);
	if (mp_error(m) != ERR_OK)
		return;
	out->type = type < MESSAGE_UNKNOWN ? (enum message_type)type : MESSAGE_UNKNOWN;
	read_fields(m, count - 1, out);
	mp_array_end(m);
	out->raw = BYTES(start, before - bytes_left(&m->in));
	if (mp_error(m) == ERR_OK && out->type != MESSAGE_UNKNOWN &&
	        out->raw.len > message_bytes_max(out->type))
		mp_fail(m, ERR_TOO_LONG);
}

enum err message_take(struct bytes *rest, struct message *out)
{
	struct mp_in m = mp_in(*rest);
	struct message message; /* not cleared: it is large, and a frame can hold many */
	message.type = MESSAGE_UNKNOWN;
	message.raw = BYTES(NULL, 0);
	read_one(&m, &message);
	if (mp_error(&m) != ERR_OK)
		return mp_error(&m);
	*out = message;
	*rest = BYTES(rest->data + message.raw.len, rest->len - message.raw.len);
	return ERR_OK;
}

enum err message_read(struct bytes raw, struct message *out)
{
	struct bytes rest = raw;
	struct message message;
	enum err e = message_take(&rest, &message);
	if (e != ERR_OK)
		return e;
	if (rest.len > 0)
		return ERR_TRAILING;
	*out = message;
	return ERR_OK;
}
