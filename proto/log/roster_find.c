/* SPDX-License-Identifier: Apache-2.0
 * roster_find.c: looking things up in a roster: by number, by key, and by what people write. */
#include <string.h>

#include "base/text.h"
#include "roster_int.h"

#define FEED_PREFIX_DIGITS_MIN 8u

const struct roster_feed *roster_feed(const struct roster *r, struct feed_no no)
{
	return no.n < r->feeds_count ? &r->feeds[no.n] : NULL;
}

const struct roster_member *roster_member(const struct roster *r, struct member_no no)
{
	return no.n < r->members_count ? &r->members[no.n] : NULL;
}

const struct profile *roster_profile(const struct roster *r, struct member_no no, int32_t year)
{
	const struct roster_member *m = roster_member(r, no);
	uint32_t at = m ? m->newest_profile : ROSTER_NONE;
	while (at != ROSTER_NONE && r->profiles[at].from_year > year)
		at = r->profiles[at].before;
	return at == ROSTER_NONE ? NULL : &r->profiles[at].profile;
}

const struct profile *roster_shown(const struct roster *r, struct member_no no)
{
	return roster_profile(r, no, INT32_MAX);
}

bool roster_find_feed(const struct roster *r, const struct feed_id *id, struct feed_no *out)
{
	for (struct feed_no no = {0}; no.n < r->feeds_count; no.n++) {
		const struct roster_feed *f = roster_living(r, no);
		if (f && memcmp(f->keys.feed.bytes, id->bytes, sizeof id->bytes) == 0) {
			*out = no;
			return true;
		}
	}
	return false;
}

bool roster_find_link(const struct roster *r, const uint8_t link[32], struct feed_no *out)
{
	for (struct feed_no no = {0}; no.n < r->feeds_count; no.n++) {
		const struct roster_feed *f = roster_living(r, no);
		if (f && memcmp(f->keys.link, link, 32) == 0) {
			*out = no;
			return true;
		}
	}
	return false;
}

/* A text read letter by letter as it is compared: ASCII letters upper-cased, and, where spaces are folded, runs of
 * them as one and none at the ends. -1 at the end. */
static int next_letter(struct bytes *rest)
{
	if (rest->len == 0)
		return -1;
	int c = rest->data[0];
	*rest = BYTES(rest->data + 1, rest->len - 1);
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

static bool same_letters(struct bytes a, struct bytes b)
{
	int x;
	do {
		x = next_letter(&a);
		if (x != next_letter(&b))
			return false;
	} while (x >= 0);
	return true;
}

static struct bytes next_word(struct bytes *rest)
{
	struct bytes word;
	*rest = text_trim(*rest);
	word = text_split(rest, ' ');
	*rest = text_trim(*rest);
	return word;
}

static bool same_words(struct bytes a, struct bytes b)
{
	do {
		if (!same_letters(next_word(&a), next_word(&b)))
			return false;
	} while (a.len > 0 || b.len > 0);
	return true;
}

/* How a name names a member. */
typedef bool names_member(const struct roster *r, struct member_no no, struct bytes name);

static bool by_alias(const struct roster *r, struct member_no no, struct bytes name)
{
	return same_letters(short_text_bytes(&roster_shown(r, no)->alias), name);
}

static bool by_legal_no(const struct roster *r, struct member_no no, struct bytes name)
{
	const struct short_text *legal_no = &roster_shown(r, no)->legal_no;
	return legal_no->len > 0 && same_words(short_text_bytes(legal_no), name);
}

static bool begins_feed(const struct roster_feed *f, struct bytes digits)
{
	char hex[2 * sizeof f->keys.feed.bytes];
	struct bytes_out o = bytes_out(hex, sizeof hex);
	text_put_hex(&o, BYTES_OF(f->keys.feed.bytes));
	return digits.len <= sizeof hex && same_letters(BYTES(hex, digits.len), digits);
}

static bool by_feed(const struct roster *r, struct member_no no, struct bytes name)
{
	for (uint32_t i = 0; i < r->feeds_count; i++)
		if (r->feeds[i].member.n == no.n && begins_feed(&r->feeds[i], name))
			return true;
	return false;
}

static enum err find(const struct roster *r, names_member *names, struct bytes name, struct member_no *out)
{
	enum err found = ERR_NOT_FOUND;
	for (struct member_no no = {0}; no.n < r->members_count; no.n++) {
		if (!names(r, no, name))
			continue;
		if (found == ERR_OK)
			return ERR_TOO_MANY;
		found = ERR_OK;
		*out = no;
	}
	return found;
}

enum err roster_find_member(const struct roster *r, struct bytes name, struct member_no *out)
{
	struct member_no no = {0};
	name = text_trim(name);
	if (name.len == 0)
		return ERR_NOT_FOUND;
	enum err e = find(r, by_alias, name, &no);
	if (e == ERR_NOT_FOUND)
		e = find(r, by_legal_no, name, &no);
	if (e == ERR_NOT_FOUND && name.len >= FEED_PREFIX_DIGITS_MIN)
		e = find(r, by_feed, name, &no);
	if (e == ERR_OK)
		*out = no;
	return e;
}
