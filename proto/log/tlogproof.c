/* SPDX-License-Identifier: Apache-2.0 */
/* tlogproof.c: C2SP's file of an inclusion proof and the checkpoint it leads to, and the check of both at once.
 * Which keys are to be trusted is the caller's to know.
 * Its twist: the checkpoint stands at the end, verbatim, so whoever makes such a file needs no signature of its own. */
#include "log/tlogproof.h"

#include "base/text.h"
#include "log/checkpoint.h"

#define FIRST_LINE "c2sp.org/tlog-proof@v1"
#define EXTRA_BYTES_MAX 1024u

/* An optional line: *line goes on to the next one when it was there. */
static enum err parse_extra(struct bytes *rest, struct bytes *line, struct bytes *extra)
{
	uint8_t decoded[EXTRA_BYTES_MAX];
	size_t len;
	*extra = BYTES(NULL, 0);
	if (!text_prefix(line, "extra "))
		return ERR_OK;
	enum err e = text_base64(*line, decoded, sizeof decoded, &len);
	if (e != ERR_OK)
		return e == ERR_TOO_LONG ? ERR_TOO_LONG : ERR_MALFORMED;
	*extra = *line;
	return extra->len > 0 && text_line(rest, line) ? ERR_OK : ERR_MALFORMED;
}

static enum err parse_path(struct bytes *rest, struct proof *path)
{
	struct bytes line;
	size_t len;
	path->count = 0;
	for (;;) {
		if (!text_line(rest, &line))
			return ERR_MALFORMED;
		if (line.len == 0)
			return ERR_OK;
		if (path->count == PROOF_HASHES_MAX)
			return ERR_TOO_MANY;
		struct hash *h = &path->hashes[path->count++];
		if (text_base64(line, h->bytes, sizeof h->bytes, &len) != ERR_OK || len != sizeof h->bytes)
			return ERR_MALFORMED;
	}
}

enum err tlogproof_parse(struct bytes text, struct tlogproof *out)
{
	struct tlogproof p;
	struct bytes rest = text, line;
	if (!text_line(&rest, &line) || !bytes_equal(line, bytes_text(FIRST_LINE)) ||
	        !text_line(&rest, &line))
		return ERR_MALFORMED;
	enum err e = parse_extra(&rest, &line, &p.extra);
	if (e != ERR_OK)
		return e;
	if (!text_prefix(&line, "index ") || text_u64(line, UINT64_MAX, &p.index) != ERR_OK)
		return ERR_MALFORMED;
	e = parse_path(&rest, &p.path);
	if (e != ERR_OK)
		return e;
	p.checkpoint = rest;
	*out = p;
	return ERR_OK;
}

void tlogproof_put(struct bytes_out *o, const struct tlogproof *proof)
{
	bytes_put_text(o, FIRST_LINE "\n");
	if (proof->extra.len > 0) {
		bytes_put_text(o, "extra ");
		bytes_put(o, proof->extra.data, proof->extra.len);
		bytes_put_u8(o, '\n');
	}
	bytes_put_text(o, "index ");
	bytes_put_decimal(o, proof->index);
	bytes_put_u8(o, '\n');
	proof_put(o, &proof->path);
	bytes_put_u8(o, '\n');
	bytes_put(o, proof->checkpoint.data, proof->checkpoint.len);
}

enum err tlogproof_verify(const struct tlogproof *proof, const struct hash *id, const struct note_key *keys,
        uint32_t keys_count, struct note_seen *seen, struct head *head)
{
	struct note note;
	struct bytes origin;
	struct head h;
	enum err e = note_parse(proof->checkpoint, &note);
	if (e != ERR_OK)
		return e;
	e = note_verify(&note, keys, keys_count, seen);
	if (e != ERR_OK)
		return e;
	e = checkpoint_parse_text(note.text, &origin, &h);
	if (e != ERR_OK)
		return e;
	if (!seen[0].signed_it || !bytes_equal(origin, keys[0].name))
		return ERR_BAD_SIGNATURE;
	e = proof_check_inclusion(&proof->path, proof->index, id, &h);
	if (e == ERR_OK && head != NULL)
		*head = h;
	return e;
}
