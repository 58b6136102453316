/* SPDX-License-Identifier: Apache-2.0 */
/* note.c: signed notes as C2SP has them, read strictly and checked against known keys.
 * What a cosignature signs is cosignature.c's; what a checkpoint's text says is checkpoint.c's.
 * Its twist: only the pair (name, key id) makes a line a known key's. Lines of all others are ignored but must have
 * the form of a line, so one note has one reading everywhere. */
#include "log/note.h"

#include <sodium.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "log/cosignature.h"

#define LINE_START "\xe2\x80\x94 " /* em dash, space */
#define LINE_START_BYTES 4u

/* --- names and keys --- */

void note_key_id(const struct note_key *key, uint8_t id[NOTE_KEY_ID_BYTES])
{
	uint8_t tail[2 + sizeof key->key] = {'\n', (uint8_t)key->type};
	memcpy(tail + 2, key->key, sizeof key->key);
	struct hash h = hash_of2(key->name, BYTES_OF(tail));
	memcpy(id, h.bytes, NOTE_KEY_ID_BYTES);
}

/* The Unicode spaces of two and three bytes, as UTF-8 (U+0085, A0, 1680, 2000..200A, 2028, 2029, 202F, 205F, 3000). */
static bool is_space(const uint8_t *at, size_t left)
{
	static const char *const spaces[] = {" ", "\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x80",
	        "\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85",
	        "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a",
	        "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};
	for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
		size_t len = strlen(spaces[i]);
		if (len <= left && memcmp(at, spaces[i], len) == 0)
			return true;
	}
	return false;
}

static bool name_ok(struct bytes name)
{
	if (name.len == 0 || name.len > NOTE_NAME_BYTES_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (name.data[i] < ' ' || name.data[i] == '+' || is_space(name.data + i, name.len - i))
			return false;
	return true;
}

void note_key_put(struct bytes_out *o, const struct note_key *key)
{
	uint8_t id[NOTE_KEY_ID_BYTES], blob[1 + sizeof key->key] = {(uint8_t)key->type};
	note_key_id(key, id);
	memcpy(blob + 1, key->key, sizeof key->key);
	bytes_put(o, key->name.data, key->name.len);
	bytes_put_u8(o, '+');
	text_put_hex(o, BYTES_OF(id));
	bytes_put_u8(o, '+');
	text_put_base64(o, BYTES_OF(blob));
}

static bool type_known(uint8_t type)
{
	return type == NOTE_ED25519 || type == NOTE_COSIGNATURE;
}

enum err note_key_parse(struct bytes text, struct note_key *out)
{
	uint8_t given[NOTE_KEY_ID_BYTES], id[NOTE_KEY_ID_BYTES], blob[1 + sizeof out->key];
	size_t blob_len;
	struct bytes rest = text;
	struct note_key key = {.name = text_split(&rest, '+')};
	struct bytes hex = text_split(&rest, '+');
	if (!text_is_utf8(key.name) || !name_ok(key.name) || text_hex(hex, given, sizeof given) != ERR_OK)
		return ERR_BAD_KEY;
	if (text_base64(rest, blob, sizeof blob, &blob_len) != ERR_OK || blob_len != sizeof blob)
		return ERR_BAD_KEY;
	if (!type_known(blob[0]))
		return ERR_BAD_KEY;
	key.type = (enum note_type)blob[0];
	memcpy(key.key, blob + 1, sizeof key.key);
	note_key_id(&key, id);
	if (memcmp(id, given, sizeof id) != 0)
		return ERR_BAD_KEY;
	*out = key;
	return ERR_OK;
}

/* --- reading --- */

/* Signatures of types that we do not know may be long, so the base64 is checked in pieces. The first piece holds the
 * key id. */
#define PIECE 64u
static bool base64_ok(struct bytes text, uint8_t id[NOTE_KEY_ID_BYTES])
{
	uint8_t piece[PIECE];
	size_t len, total = 0;
	if (text.len == 0)
		return false;
	for (size_t at = 0; at < text.len; at += PIECE) {
		bool last = text.len - at <= PIECE;
		struct bytes part = BYTES(text.data + at, last ? text.len - at : PIECE);
		if (text_base64(part, piece, sizeof piece, &len) != ERR_OK || (!last && len != PIECE / 4 * 3))
			return false;
		if (at == 0 && len > NOTE_KEY_ID_BYTES)
			memcpy(id, piece, NOTE_KEY_ID_BYTES);
		total += len;
	}
	return total > NOTE_KEY_ID_BYTES;
}

static enum err parse_line(struct bytes line, struct note_line *out)
{
	if (line.len < LINE_START_BYTES || memcmp(line.data, LINE_START, LINE_START_BYTES) != 0)
		return ERR_MALFORMED;
	out->blob = BYTES(line.data + LINE_START_BYTES, line.len - LINE_START_BYTES);
	out->name = text_split(&out->blob, ' ');
	return name_ok(out->name) && base64_ok(out->blob, out->key_id) ? ERR_OK : ERR_MALFORMED;
}

static enum err check_characters(struct bytes b)
{
	if (b.len > NOTE_BYTES_MAX)
		return ERR_TOO_LONG;
	if (!text_is_utf8(b))
		return ERR_NOT_UTF8;
	for (size_t i = 0; i < b.len; i++)
		if (b.data[i] < ' ' && b.data[i] != '\n')
			return ERR_MALFORMED;
	return b.len > 0 && b.data[b.len - 1] == '\n' ? ERR_OK : ERR_MALFORMED;
}

/* Where the last blank line is: the length of the text before it, 0 when there is none. */
static size_t text_len(struct bytes b)
{
	for (size_t i = b.len; i >= 2; i--)
		if (b.data[i - 1] == '\n' && b.data[i - 2] == '\n')
			return i - 1;
	return 0;
}

static enum err parse_lines(struct bytes rest, struct note *out)
{
	if (rest.len == 0)
		return ERR_MALFORMED;
	while (rest.len > 0) {
		if (out->lines_count == NOTE_SIGNATURES_MAX)
			return ERR_TOO_MANY;
		enum err e = parse_line(text_split(&rest, '\n'), &out->lines[out->lines_count]);
		if (e != ERR_OK)
			return e;
		out->lines_count++;
	}
	return ERR_OK;
}

enum err note_parse(struct bytes b, struct note *out)
{
	enum err e = check_characters(b);
	if (e != ERR_OK)
		return e;
	struct note n = {.text = BYTES(b.data, text_len(b))};
	if (n.text.len == 0)
		return ERR_MALFORMED;
	size_t lines_at = n.text.len + 1;
	e = parse_lines(BYTES(b.data + lines_at, b.len - lines_at), &n);
	if (e == ERR_OK)
		*out = n;
	return e;
}

/* --- checking --- */

static bool is_of(const struct note_line *line, const struct note_key *key)
{
	uint8_t id[NOTE_KEY_ID_BYTES];
	if (!bytes_equal(line->name, key->name))
		return false;
	note_key_id(key, id);
	return memcmp(line->key_id, id, sizeof id) == 0;
}

static void see_cosignature(struct note_seen *seen, uint64_t time_s)
{
	if (!seen->signed_it || time_s < seen->time_s)
		seen->time_s = time_s;
}

static enum err verify_line(
        struct bytes text, const struct note_line *line, const struct note_key *key, struct note_seen *seen)
{
	uint8_t blob[NOTE_KEY_ID_BYTES + NOTE_COSIGNATURE_BYTES];
	size_t len;
	if (text_base64(line->blob, blob, sizeof blob, &len) != ERR_OK)
		return ERR_BAD_SIGNATURE;
	struct bytes signature = BYTES(blob + NOTE_KEY_ID_BYTES, len - NOTE_KEY_ID_BYTES);
	struct cosignature c;
	switch (key->type) {
	case NOTE_ED25519:
		if (signature.len != NOTE_ED25519_BYTES ||
		        crypto_sign_verify_detached(signature.data, text.data, text.len, key->key) != 0)
			return ERR_BAD_SIGNATURE;
		break;
	case NOTE_COSIGNATURE:
		if (cosignature_decode(signature, &c) != ERR_OK ||
		        cosignature_verify(&c, text, key->key) != ERR_OK)
			return ERR_BAD_SIGNATURE;
		see_cosignature(seen, c.time_s);
		break;
	}
	seen->signed_it = true;
	return ERR_OK;
}

enum err note_verify(
        const struct note *note, const struct note_key *keys, uint32_t keys_count, struct note_seen *seen)
{
	bool any = false;
	for (uint32_t k = 0; k < keys_count; k++) {
		seen[k] = (struct note_seen){0};
		for (uint32_t i = 0; i < note->lines_count; i++) {
			if (!is_of(&note->lines[i], &keys[k]))
				continue;
			enum err e = verify_line(note->text, &note->lines[i], &keys[k], &seen[k]);
			if (e != ERR_OK)
				return e;
			any = true;
		}
	}
	return any ? ERR_OK : ERR_BAD_SIGNATURE;
}

/* --- writing --- */

void note_put_signature(struct bytes_out *o, const struct note_key *key, struct bytes signature)
{
	uint8_t blob[NOTE_KEY_ID_BYTES + NOTE_COSIGNATURE_BYTES];
	must(signature.len == (key->type == NOTE_ED25519 ? NOTE_ED25519_BYTES : NOTE_COSIGNATURE_BYTES));
	note_key_id(key, blob);
	memcpy(blob + NOTE_KEY_ID_BYTES, signature.data, signature.len);
	bytes_put_text(o, LINE_START);
	bytes_put(o, key->name.data, key->name.len);
	bytes_put_u8(o, ' ');
	text_put_base64(o, BYTES(blob, NOTE_KEY_ID_BYTES + signature.len));
	bytes_put_u8(o, '\n');
}
