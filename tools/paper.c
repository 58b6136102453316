/* SPDX-License-Identifier: Apache-2.0
 * paper.c: writing and reading the paper. A row of digits ends in a check of four more, so that a misread digit is
 * found in its row by whoever types it. */
#include "tools/paper.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "tools/lang.h"

#define ROW_DIGITS 32u
#define GROUP_DIGITS 4u
#define CHECK_BYTES 2u
#define PLAIN_ROWS 2u  /* 32 bytes; a key or an id has as many */
#define SEALED_ROWS 4u /* salt, seed and tag */

static void put_check(struct bytes_out *o, struct bytes digits)
{
	struct hash h = hash_of(digits);

	text_put_hex(o, BYTES(h.bytes, CHECK_BYTES));
}

static void put_digits(struct bytes_out *o, const char *word, struct bytes digits)
{
	for (size_t at = 0; at < digits.len; at += ROW_DIGITS) {
		size_t n = digits.len - at < ROW_DIGITS ? digits.len - at : ROW_DIGITS;
		bytes_put_text(o, word);
		bytes_put_text(o, ":");
		for (size_t i = 0; i < n; i += GROUP_DIGITS) {
			bytes_put_text(o, " ");
			bytes_put(o, digits.data + at + i, n - i < GROUP_DIGITS ? n - i : GROUP_DIGITS);
		}
		bytes_put_text(o, " / ");
		put_check(o, BYTES(digits.data + at, n));
		bytes_put_text(o, "\n");
	}
}

static void put_hex_row(struct bytes_out *o, const char *word, struct bytes b)
{
	char hex[128];
	struct bytes_out h = bytes_out(hex, sizeof hex);

	text_put_hex(&h, b);
	put_digits(o, word, bytes_written(&h));
}

void paper_put(struct bytes_out *o, const struct paper *p)
{
	struct bytes rest = bytes_text(p->seed_line), word = text_split(&rest, ' ');
	char form[64];

	(void)snprintf(form, sizeof form, "%.*s", (int)word.len, (const char *)word.data);
	bytes_put_text(o, "LONTAR\n");
	put_digits(o, form, text_trim(rest));
	if (p->has_network)
		put_hex_row(o, "network", BYTES_OF(p->network.bytes));
	for (unsigned i = 0; i < p->peers_count; i++) {
		bytes_put_text(o, "peer: ");
		bytes_put_text(o, p->peers[i].address);
		bytes_put_text(o, "\n");
		put_hex_row(o, "peer-key", BYTES_OF(p->peers[i].link_key));
	}
}

/* Digits without the spaces between them, in small letters. False: more than there is room for. */
static bool gather(struct bytes from, char *out, size_t cap, size_t *used)
{
	for (size_t i = 0; i < from.len; i++) {
		uint8_t c = from.data[i];
		if (c == ' ' || c == '\t')
			continue;
		if (*used == cap)
			return false;
		out[(*used)++] = (char)(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
	}
	return true;
}

/* The digits of a row; false when its check is not theirs. */
static bool take_digits(struct bytes row, char *out, size_t cap, size_t *used)
{
	struct bytes rest = row, digits = text_split(&rest, '/');
	size_t from = *used, written = 0;
	char check[2 * CHECK_BYTES], typed[2 * CHECK_BYTES];
	struct bytes_out o = bytes_out(check, sizeof check);

	if (!gather(digits, out, cap, used) || !gather(rest, typed, sizeof typed, &written))
		return false;
	put_check(&o, BYTES(out + from, *used - from));
	return bytes_equal(bytes_written(&o), BYTES(typed, written));
}

struct reading {
	struct trouble *t;
	struct paper paper;
	char digits[256];
	size_t used;
	char word[64]; /* of the digits gathered */
	unsigned row;  /* of that word's, as they stand on the paper */
};

static bool is_known(const char *word)
{
	return strcmp(word, "network") == 0 || strcmp(word, "peer-key") == 0 ||
	       strcmp(word, "lontar-seed-1") == 0 || strcmp(word, "lontar-seed-1-sealed") == 0;
}

/* A row that was left out has no check that would tell. */
static void check_rows(struct reading *r)
{
	bool sealed = strcmp(r->word, "lontar-seed-1-sealed") == 0;
	unsigned rows = sealed ? SEALED_ROWS : PLAIN_ROWS;

	if (r->used != rows * ROW_DIGITS)
		trouble_field(r->t, ERR_BAD_TEXT, r->word,
		        _("it has %u rows on a paper, and %u are here: type all of them"), rows, r->row);
}

/* A word's rows are complete: what were they? */
static void finish(struct reading *r)
{
	struct bytes digits = BYTES(r->digits, r->used);
	enum err e = ERR_OK;

	if (r->used == 0)
		return;
	if (is_known(r->word))
		check_rows(r);
	if (strcmp(r->word, "network") == 0) {
		e = text_hex(digits, r->paper.network.bytes, 32);
		r->paper.has_network = true;
	} else if (strcmp(r->word, "peer-key") == 0 && r->paper.peers_count > 0) {
		e = text_hex(digits, r->paper.peers[r->paper.peers_count - 1].link_key, 32);
	} else if (strncmp(r->word, "lontar-seed-1", 13) == 0) {
		(void)snprintf(r->paper.seed_line, sizeof r->paper.seed_line, "%.48s %.*s", r->word,
		        (int)digits.len, (const char *)digits.data);
	}
	if (e != ERR_OK)
		trouble_field(r->t, e, r->word, "%s", "");
	r->used = 0;
	r->row = 0;
}

static void take_peer(struct reading *r, struct bytes address)
{
	address = text_trim(address);
	if (r->paper.peers_count == PAPER_PEERS_MAX || address.len >= ADDRESS_BYTES_MAX) {
		trouble_field(r->t, ERR_TOO_MANY, "peer", "%s", "");
		return;
	}
	memcpy(r->paper.peers[r->paper.peers_count].address, address.data, address.len);
	r->paper.peers_count++;
}

static void take_row(struct reading *r, struct bytes row)
{
	struct bytes rest = row, word = text_trim(text_split(&rest, ':'));
	bool same = word.len == strlen(r->word) && memcmp(word.data, r->word, word.len) == 0;

	if (word.len == row.len || word.len >= sizeof r->word || word.len == 0)
		return; /* a heading, or what somebody wrote beside it */
	if (!same) {
		finish(r);
		memcpy(r->word, word.data, word.len);
		r->word[word.len] = '\0';
		r->row = 0;
	}
	r->row++;
	if (strcmp(r->word, "peer") == 0)
		take_peer(r, rest);
	else if (!take_digits(rest, r->digits, sizeof r->digits, &r->used))
		trouble_field(r->t, ERR_BAD_TEXT, r->word,
		        _("row %u of those that begin so does not match its check"), r->row);
}

static struct bytes next_row(struct bytes *text)
{
	struct bytes row = text_trim(text_split(text, '\n'));

	if (row.len > 0 && row.data[row.len - 1] == '\r')
		row.len--;
	return row;
}

enum err paper_read(struct bytes text, struct trouble *t, struct paper *out)
{
	struct reading r = {.t = t};

	while (text.len > 0 && !trouble_is(t))
		take_row(&r, next_row(&text));
	if (!trouble_is(t))
		finish(&r);
	if (!trouble_is(t) && r.paper.seed_line[0] == '\0')
		trouble_set(t, ERR_BAD_TEXT, "%s", _("there is no seed on it"));
	if (!trouble_is(t))
		*out = r.paper;
	bytes_wipe(&r, sizeof r);
	return t->err;
}

#define RECOVERY "recovery"
#define RECOVERY_DIGITS ((size_t)2 * 32)

void paper_put_recovery(struct bytes_out *o, const uint8_t seed[32])
{
	put_hex_row(o, RECOVERY, BYTES(seed, 32));
}

/* A row of it, with its check, or the whole of it without one. Other rows are headings. */
static void take_recovery(struct bytes row, struct reading *r)
{
	struct bytes rest = row, word = text_trim(text_split(&rest, ':'));
	char whole[RECOVERY_DIGITS];
	size_t n = 0;

	if (word.len == row.len && r->used == 0 && gather(row, whole, sizeof whole, &n) &&
	        n == sizeof whole) {
		memcpy(r->digits, whole, sizeof whole);
		r->used = sizeof whole;
	}
	bytes_wipe(whole, sizeof whole);
	if (!bytes_equal(word, bytes_text(RECOVERY)) || word.len == row.len)
		return;
	r->row++;
	if (!take_digits(rest, r->digits, RECOVERY_DIGITS, &r->used))
		trouble_field(r->t, ERR_BAD_TEXT, RECOVERY,
		        _("row %u of those that begin so does not match its check"), r->row);
}

enum err paper_read_recovery(struct bytes text, struct trouble *t, uint8_t out[32])
{
	struct reading r = {.t = t};
	uint8_t seed[32];

	while (text.len > 0 && !trouble_is(t) && r.used < RECOVERY_DIGITS)
		take_recovery(next_row(&text), &r);
	if (!trouble_is(t) &&
	        (r.used != RECOVERY_DIGITS || text_hex(BYTES(r.digits, r.used), seed, sizeof seed) != ERR_OK))
		trouble_field(t, ERR_BAD_TEXT, RECOVERY, "%s", _("the recovery key has 64 digits in all"));
	if (!trouble_is(t))
		memcpy(out, seed, sizeof seed);
	bytes_wipe(&r, sizeof r);
	bytes_wipe(seed, sizeof seed);
	return t->err;
}
