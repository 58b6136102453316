/* SPDX-License-Identifier: Apache-2.0
 * line.c: bech32m, see line.h. Letters stand for 5 bits; the checksum of six letters runs over prefix and letters as
 * BIP 173 says, with the constant of BIP 350. */
#include <string.h>

#include "log/line.h"

static const char LETTERS[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
#define CHECKSUM_LETTERS 6u
#define BECH32M 0x2bc830a3u

static uint32_t step(uint32_t sum, uint32_t letter)
{
	static const uint32_t GENERATOR[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t top = sum >> 25;
	sum = (sum & 0x1ffffff) << 5 ^ letter;
	for (unsigned i = 0; i < 5; i++)
		sum ^= (top >> i & 1) != 0 ? GENERATOR[i] : 0;
	return sum;
}

static uint32_t sum_of_prefix(const char *prefix)
{
	uint32_t sum = 1;
	for (const char *p = prefix; *p != '\0'; p++)
		sum = step(sum, (uint32_t)(uint8_t)*p >> 5);
	sum = step(sum, 0);
	for (const char *p = prefix; *p != '\0'; p++)
		sum = step(sum, (uint8_t)*p & 31);
	return sum;
}

/* A line being written: letters and their sum. */
struct writer {
	struct bytes_out *out;
	uint32_t sum;
};

static void put_letter(struct writer *w, uint32_t letter)
{
	w->sum = step(w->sum, letter);
	bytes_put_u8(w->out, (uint8_t)LETTERS[letter]);
}

void line_put(struct bytes_out *o, const char *prefix, struct bytes b)
{
	struct writer w = {o, sum_of_prefix(prefix)};
	uint32_t bits = 0;
	unsigned have = 0;
	bytes_put_text(o, prefix);
	bytes_put_u8(o, '1');
	for (size_t i = 0; i < b.len; i++) {
		bits = bits << 8 | b.data[i];
		for (have += 8; have >= 5; have -= 5)
			put_letter(&w, bits >> (have - 5) & 31);
	}
	if (have > 0)
		put_letter(&w, bits << (5 - have) & 31);
	uint32_t sum = w.sum;
	for (unsigned i = 0; i < CHECKSUM_LETTERS; i++)
		sum = step(sum, 0);
	sum ^= BECH32M;
	for (unsigned i = 0; i < CHECKSUM_LETTERS; i++)
		put_letter(&w, sum >> 5 * (CHECKSUM_LETTERS - 1 - i) & 31);
}

/* A line being read. */
struct reader {
	struct bytes rest;
	bool upper, lower; /* seen so far */
};

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next character, lower-cased; -1 at the end. */
static int next(struct reader *r)
{
	while (r->rest.len > 0 && is_space(r->rest.data[0]))
		r->rest = BYTES(r->rest.data + 1, r->rest.len - 1);
	if (r->rest.len == 0)
		return -1;
	int c = r->rest.data[0];
	r->rest = BYTES(r->rest.data + 1, r->rest.len - 1);
	r->upper = r->upper || (c >= 'A' && c <= 'Z');
	r->lower = r->lower || (c >= 'a' && c <= 'z');
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool begins(struct reader *r, const char *prefix)
{
	for (const char *p = prefix; *p != '\0'; p++)
		if (next(r) != *p)
			return false;
	return next(r) == '1';
}

/* Bytes being put together from letters. The last CHECKSUM_LETTERS of a line are no data, which is known at its end:
 * so the checksum's 30 bits stay behind in `bits` until then. */
struct gather {
	uint8_t *out;
	size_t len, cap;
	uint64_t bits;
	unsigned have;
	size_t letters;
};

static enum err gather_letter(struct gather *g, uint32_t letter)
{
	g->bits = g->bits << 5 | letter;
	g->have += 5;
	g->letters++;
	if (g->have < 8 + 5 * CHECKSUM_LETTERS)
		return ERR_OK;
	if (g->len == g->cap)
		return ERR_TOO_LONG;
	g->have -= 8;
	g->out[g->len++] = (uint8_t)(g->bits >> g->have);
	return ERR_OK;
}

static enum err read_letters(struct reader *r, uint32_t *sum, struct gather *g)
{
	for (int c; (c = next(r)) >= 0;) {
		const char *at = c == 0 ? NULL : strchr(LETTERS, c);
		if (!at)
			return ERR_BAD_TEXT;
		*sum = step(*sum, (uint32_t)(at - LETTERS));
		enum err e = gather_letter(g, (uint32_t)(at - LETTERS));
		if (e != ERR_OK)
			return e;
	}
	return r->upper && r->lower ? ERR_BAD_TEXT : ERR_OK;
}

enum err line_parse(struct bytes text, const char *prefix, void *out, size_t cap, size_t *len)
{
	struct reader r = {.rest = text};
	struct gather g = {.out = out, .cap = cap};
	uint32_t sum = sum_of_prefix(prefix);
	if (!begins(&r, prefix))
		return ERR_BAD_PREFIX;
	enum err e = read_letters(&r, &sum, &g);
	if (e != ERR_OK)
		return e;
	if (sum != BECH32M || g.letters < CHECKSUM_LETTERS)
		return ERR_BAD_CHECKSUM;
	/* what is left besides the checksum: fewer bits than a letter, all zero, or the line has a second form */
	unsigned left = g.have - 5 * CHECKSUM_LETTERS;
	if (left >= 5 || (g.bits >> 5 * CHECKSUM_LETTERS & ((1u << left) - 1)) != 0)
		return ERR_MALFORMED;
	*len = g.len;
	return ERR_OK;
}
