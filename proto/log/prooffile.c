/* SPDX-License-Identifier: Apache-2.0 */
/* prooffile.c: the text of a proof file, written and read. What it proves is prooffile_verify.c's.
 * The file is parts, each under a line "== name". The parts named "... proof" are tlog-proofs, byte for byte as C2SP
 * has them, so that cutting one out is all that another verifier needs.
 * Its twist: no line of a tlog-proof of ours can begin with "== ", so parts need no escaping. */
#include "log/prooffile.h"

#include "base/text.h"

#define FIRST_LINE "lontar-proof/v1"
#define PART "== "

/* --- writing --- */

static void put_base64_line(struct bytes_out *o, const char *name, struct bytes b)
{
	bytes_put_text(o, name);
	text_put_base64(o, b);
	bytes_put_u8(o, '\n');
}

static void put_record(struct bytes_out *o, const struct entry_header *header, struct bytes payload)
{
	uint8_t encoded[ENTRY_HEADER_BYTES];
	entry_encode(header, encoded);
	put_base64_line(o, "header ", BYTES_OF(encoded));
	put_base64_line(o, "payload ", payload);
}

static void put_entry(
        struct bytes_out *o, const char *name, const struct prooffile_entry *entry, const struct hash *key)
{
	bytes_put_text(o, PART);
	bytes_put_text(o, name);
	bytes_put_u8(o, '\n');
	put_record(o, &entry->header, entry->payload);
	if (key)
		put_base64_line(o, "key ", BYTES_OF(key->bytes));
	bytes_put_text(o, PART);
	bytes_put_text(o, name);
	bytes_put_text(o, " proof\n");
	tlogproof_put(o, &entry->proof);
	if (!entry->has_standing)
		return;
	bytes_put_text(o, PART);
	bytes_put_text(o, name);
	bytes_put_text(o, " standing\n");
	proof_put(o, &entry->standing);
}

void prooffile_put(struct bytes_out *o, const struct prooffile *file)
{
	bytes_put_text(o, FIRST_LINE "\nnetwork ");
	text_put_hex(o, BYTES_OF(file->network.bytes));
	bytes_put_u8(o, '\n');
	put_entry(o, "entry", &file->entry, file->has_key ? &file->key : NULL);
	if (file->has_feed)
		put_entry(o, "feed", &file->feed, NULL);
	bytes_put_text(o, PART "network\n");
	put_record(o, &file->found, file->found_payload);
	if (file->anchor.len > 0)
		put_base64_line(o, PART "anchor\n", file->anchor);
	bytes_put_text(o, PART "end\n");
}

/* --- reading --- */

/* Sticky, as the readers of base are: the first error stays, and nothing is taken after it. */
struct reader {
	struct bytes rest;
	enum err err;
};

static void fail(struct reader *r, enum err e)
{
	if (r->err == ERR_OK)
		r->err = e;
}

/* Is the next part the one of that name? Takes its line if so. */
static bool take_part(struct reader *r, const char *name, const char *suffix)
{
	struct bytes rest = r->rest, line;
	if (r->err != ERR_OK || !text_line(&rest, &line) || !text_prefix(&line, PART) ||
	        !text_prefix(&line, name) || !bytes_equal(line, bytes_text(suffix)))
		return false;
	r->rest = rest;
	return true;
}

static void need_part(struct reader *r, const char *name, const char *suffix)
{
	if (!take_part(r, name, suffix))
		fail(r, ERR_MALFORMED);
}

/* What follows NAME in the next line; empty after an error. */
static struct bytes take_value(struct reader *r, const char *name)
{
	struct bytes line = BYTES(NULL, 0);
	if (r->err != ERR_OK)
		return line;
	if (!text_line(&r->rest, &line) || !text_prefix(&line, name))
		fail(r, ERR_MALFORMED);
	return line;
}

static struct bytes take_base64(struct reader *r, const char *name, uint8_t *room, size_t cap)
{
	size_t len = 0;
	struct bytes text = take_value(r, name);
	if (r->err != ERR_OK)
		return BYTES(NULL, 0);
	enum err e = text_base64(text, room, cap, &len);
	if (e != ERR_OK)
		fail(r, e == ERR_TOO_LONG ? ERR_TOO_LONG : ERR_MALFORMED);
	return BYTES(room, r->err == ERR_OK ? len : 0);
}

static void take_base64_fixed(struct reader *r, const char *name, uint8_t *out, size_t len)
{
	if (take_base64(r, name, out, len).len != len)
		fail(r, ERR_MALFORMED);
}

static void take_record(struct reader *r, struct entry_header *header, uint8_t *room, struct bytes *payload)
{
	uint8_t encoded[ENTRY_HEADER_BYTES];
	take_base64_fixed(r, "header ", encoded, sizeof encoded);
	*payload = take_base64(r, "payload ", room, ENTRY_PAYLOAD_BYTES_MAX);
	if (r->err == ERR_OK)
		fail(r, entry_decode(encoded, header));
}

/* Everything up to the next part's line. */
static struct bytes take_block(struct reader *r)
{
	struct bytes rest = r->rest, line;
	const uint8_t *start = rest.data;
	for (;;) {
		struct bytes at = rest;
		if (r->err != ERR_OK || !text_line(&rest, &line)) {
			fail(r, ERR_MALFORMED);
			return BYTES(NULL, 0);
		}
		if (text_prefix(&line, PART)) {
			r->rest = at;
			return BYTES(start, (size_t)(at.data - start));
		}
	}
}

static void take_standing(struct reader *r, struct prooffile_entry *entry)
{
	struct bytes rest = take_block(r), line;
	size_t len;
	entry->has_standing = true;
	while (text_line(&rest, &line)) {
		if (entry->standing.count == PROOF_HASHES_MAX) {
			fail(r, ERR_TOO_MANY);
			return;
		}
		struct hash *h = &entry->standing.hashes[entry->standing.count++];
		if (text_base64(line, h->bytes, sizeof h->bytes, &len) != ERR_OK || len != sizeof h->bytes)
			fail(r, ERR_MALFORMED);
	}
}

static void take_proofs(struct reader *r, const char *name, struct prooffile_entry *entry)
{
	need_part(r, name, " proof");
	struct bytes block = take_block(r);
	if (r->err == ERR_OK)
		fail(r, tlogproof_parse(block, &entry->proof));
	if (take_part(r, name, " standing"))
		take_standing(r, entry);
}

static bool next_is(const struct reader *r, const char *start)
{
	struct bytes rest = r->rest;
	return r->err == ERR_OK && text_prefix(&rest, start);
}

static void take_first_lines(struct reader *r, struct prooffile *f)
{
	if (!bytes_equal(take_value(r, ""), bytes_text(FIRST_LINE)))
		fail(r, ERR_BAD_VERSION);
	struct bytes hex = take_value(r, "network ");
	if (r->err == ERR_OK && text_hex(hex, f->network.bytes, sizeof f->network.bytes) != ERR_OK)
		fail(r, ERR_MALFORMED);
}

enum err prooffile_parse(struct bytes text, struct prooffile_room *room, struct prooffile *out)
{
	struct prooffile f = {0};
	struct reader r = {.rest = text, .err = text.len > PROOFFILE_BYTES_MAX ? ERR_TOO_LONG : ERR_OK};
	take_first_lines(&r, &f);
	need_part(&r, "entry", "");
	take_record(&r, &f.entry.header, room->payload, &f.entry.payload);
	f.has_key = next_is(&r, "key ");
	if (f.has_key)
		take_base64_fixed(&r, "key ", f.key.bytes, sizeof f.key.bytes);
	take_proofs(&r, "entry", &f.entry);
	f.has_feed = take_part(&r, "feed", "");
	if (f.has_feed) {
		take_record(&r, &f.feed.header, room->feed_payload, &f.feed.payload);
		take_proofs(&r, "feed", &f.feed);
	}
	need_part(&r, "network", "");
	take_record(&r, &f.found, room->found_payload, &f.found_payload);
	if (take_part(&r, "anchor", ""))
		f.anchor = take_base64(&r, "", room->anchor, sizeof room->anchor);
	need_part(&r, "end", "");
	if (r.err == ERR_OK && r.rest.len > 0)
		fail(&r, ERR_TRAILING);
	if (r.err == ERR_OK)
		*out = f;
	return r.err;
}
