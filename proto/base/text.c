/* SPDX-License-Identifier: Apache-2.0
 * text.c: bytes as text and back. Decoders look at everything before they write, so that OUT is untouched when
 * they refuse; they accept only what the encoder beside them writes. */
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

/* The bytes of the UTF-8 character that begins at b (len > 0), 0 when there is none. Table 3-7 of Unicode, which
 * is RFC 3629: the second byte's range keeps overlong forms, surrogates and what is over U+10FFFF out. */
static size_t character(const uint8_t *b, size_t len)
{
	size_t n = b[0] < 0x80 ? 1 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : 4;
	if (n == 1)
		return b[0] != 0;
	if (b[0] < 0xc2 || b[0] > 0xf4 || n > len)
		return 0;
	uint8_t low = b[0] == 0xe0 ? 0xa0 : b[0] == 0xf0 ? 0x90 : 0x80;
	uint8_t high = b[0] == 0xed ? 0x9f : b[0] == 0xf4 ? 0x8f : 0xbf;
	if (b[1] < low || b[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((b[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

bool text_is_utf8(struct bytes b)
{
	for (size_t at = 0, n = 0; at < b.len; at += n) {
		n = character(b.data + at, b.len - at);
		if (n == 0)
			return false;
	}
	return true;
}

static const char HEX[] = "0123456789abcdef";

void text_put_hex(struct bytes_out *o, struct bytes b)
{
	for (size_t i = 0; i < b.len; i++) {
		bytes_put(o, HEX + (b.data[i] >> 4), 1);
		bytes_put(o, HEX + (b.data[i] & 15), 1);
	}
}

/* Where C stands among the first LEN characters of ALPHABET; LEN when it does not. */
static unsigned place(uint8_t c, const char *alphabet, unsigned len)
{
	const char *at = memchr(alphabet, c, len);
	return at ? (unsigned)(at - alphabet) : len;
}

enum err text_hex(struct bytes text, void *out, size_t len)
{
	if (text.len % 2 != 0 || text.len / 2 != len)
		return ERR_BAD_TEXT;
	for (size_t i = 0; i < text.len; i++)
		if (place(text.data[i], HEX, 16) == 16)
			return ERR_BAD_TEXT;
	uint8_t *to = out;
	for (size_t i = 0; i < len; i++)
		to[i] = (uint8_t)(place(text.data[2 * i], HEX, 16) * 16 +
		                  place(text.data[2 * i + 1], HEX, 16));
	return ERR_OK;
}

static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char BASE64URL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The one to three bytes at b as two to four characters. */
static void put_quantum(struct bytes_out *o, const uint8_t *b, size_t len, const char *alphabet)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < 3; i++)
		bits = bits << 8 | (i < len ? b[i] : 0u);
	for (size_t i = 0; i <= len; i++)
		bytes_put(o, alphabet + (bits >> (18 - 6 * i) & 63), 1);
}

static void put_base64(struct bytes_out *o, struct bytes b, const char *alphabet)
{
	for (size_t at = 0; at < b.len; at += 3)
		put_quantum(o, b.data + at, b.len - at < 3 ? b.len - at : 3, alphabet);
}

void text_put_base64(struct bytes_out *o, struct bytes b)
{
	static const char PADS[] = "==";
	put_base64(o, b, BASE64);
	bytes_put(o, PADS, (3 - b.len % 3) % 3);
}

void text_put_base64url(struct bytes_out *o, struct bytes b)
{
	put_base64(o, b, BASE64URL);
}

/* Is it unpadded base64, and are the bits that no byte comes from zero? */
static bool is_base64(struct bytes text, const char *alphabet)
{
	for (size_t i = 0; i < text.len; i++)
		if (place(text.data[i], alphabet, 64) == 64)
			return false;
	if (text.len % 4 == 0)
		return true;
	unsigned unused = text.len % 4 == 2 ? 15 : 3;
	return text.len % 4 != 1 && (place(text.data[text.len - 1], alphabet, 64) & unused) == 0;
}

static enum err get_base64(struct bytes text, const char *alphabet, struct bytes_out to, size_t *len)
{
	if (!is_base64(text, alphabet))
		return ERR_BAD_TEXT;
	size_t size = text.len / 4 * 3 + text.len % 4 * 3 / 4;
	if (size > to.cap)
		return ERR_TOO_LONG;
	uint32_t bits = 0;
	for (size_t i = 0; i < text.len; i++) {
		bits = bits << 6 | place(text.data[i], alphabet, 64);
		if (i % 4 != 0)
			bytes_put_u8(&to, (uint8_t)(bits >> (6 - 2 * (i % 4))));
	}
	*len = size;
	return bytes_out_end(&to);
}

enum err text_base64(struct bytes text, void *out, size_t cap, size_t *len)
{
	if (text.len % 4 != 0)
		return ERR_BAD_TEXT;
	for (int pads = 0; pads < 2 && text.len > 0 && text.data[text.len - 1] == '='; pads++)
		text.len--;
	return get_base64(text, BASE64, bytes_out(out, cap), len);
}

enum err text_base64url(struct bytes text, void *out, size_t cap, size_t *len)
{
	return get_base64(text, BASE64URL, bytes_out(out, cap), len);
}

enum err text_u64(struct bytes text, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;
	if (text.len == 0 || (text.len > 1 && text.data[0] == '0'))
		return ERR_BAD_NUMBER;
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = place(text.data[i], HEX, 10);
		if (digit == 10 || n > (UINT64_MAX - digit) / 10)
			return ERR_BAD_NUMBER;
		n = 10 * n + digit;
	}
	if (n > max)
		return ERR_BAD_NUMBER;
	*out = n;
	return ERR_OK;
}

struct bytes text_split(struct bytes *rest, char sep)
{
	const uint8_t *at = rest->len > 0 ? memchr(rest->data, sep, rest->len) : NULL;
	size_t len = at ? (size_t)(at - rest->data) : rest->len;
	size_t gone = at ? len + 1 : len;
	struct bytes front = BYTES(rest->data, len);
	if (gone > 0)
		*rest = BYTES(rest->data + gone, rest->len - gone);
	return front;
}

bool text_line(struct bytes *rest, struct bytes *line)
{
	if (rest->len == 0 || memchr(rest->data, '\n', rest->len) == NULL)
		return false;
	*line = text_split(rest, '\n');
	return true;
}

bool text_prefix(struct bytes *rest, const char *prefix)
{
	struct bytes p = bytes_text(prefix);
	if (rest->len < p.len || !bytes_equal(BYTES(rest->data, p.len), p))
		return false;
	*rest = BYTES(rest->data + p.len, rest->len - p.len);
	return true;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

struct bytes text_trim(struct bytes b)
{
	while (b.len > 0 && is_blank(b.data[b.len - 1]))
		b.len--;
	while (b.len > 0 && is_blank(b.data[0]))
		b = BYTES(b.data + 1, b.len - 1);
	return b;
}

bool text_is_address(struct bytes text)
{
	size_t at = text.len;
	uint64_t port = 0;
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] <= ' ' || text.data[i] == 0x7f)
			return false;
	while (at > 0 && text.data[at - 1] != ':')
		at--;
	return at >= 2 && text_u64(BYTES(text.data + at, text.len - at), UINT16_MAX, &port) == ERR_OK &&
	       port > 0 && text_is_utf8(text);
}

/* A word is a first syllable, by the high half of the byte, and a second, by the low half. Within a table each
 * consonant stands once, those that are easily misheard for each other (b p, d t, g k, c j, l r, m n) have
 * different vowels, and e is not used, since it is written for two sounds. */
static const char FIRST[16][3] = {
        "ba", "ci", "du", "go", "ha", "ju", "ki", "lo", "ma", "ni", "pu", "ra", "so", "ti", "wi", "ya"};
static const char SECOND[16][3] = {
        "bo", "ca", "do", "gu", "hi", "jo", "ka", "la", "mo", "nu", "pa", "ri", "su", "tu", "wo", "yu"};

void text_put_words(struct bytes_out *o, struct bytes b)
{
	struct hash h = hash_of(b);
	for (size_t i = 0; i < 8; i++) {
		bytes_put_text(o, i == 0 ? "" : " ");
		bytes_put_text(o, FIRST[h.bytes[i] >> 4]);
		bytes_put_text(o, SECOND[h.bytes[i] & 15]);
	}
}
