/* SPDX-License-Identifier: Apache-2.0
 * names.c: names of members, feeds and entries, both ways. */
#include "tools/names.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "storage/view.h"
#include "tools/lang.h"

static void unknown(struct ctx *ctx, enum err e, struct field f)
{
	trouble_field(&ctx->trouble, e, f.name, "\"%.*s\"", (int)(f.text.len > 80 ? 80 : f.text.len),
	        (const char *)f.text.data);
}

struct member_no names_member(struct ctx *ctx, struct field f)
{
	struct member_no no = {0};
	enum err e;

	if (trouble_is(&ctx->trouble))
		return no;
	e = roster_find_member(ctx->roster, f.text, &no);
	if (e == ERR_TOO_MANY)
		trouble_field(&ctx->trouble, ERR_BAD_TEXT, f.name, _("several members are called \"%.*s\""),
		        (int)(f.text.len > 80 ? 80 : f.text.len), (const char *)f.text.data);
	else if (e != ERR_OK)
		unknown(ctx, ERR_NO_SUCH_MEMBER, f);
	return no;
}

struct member_no names_partner(struct ctx *ctx, struct field f)
{
	struct member_no no = names_member(ctx, f);

	if (!trouble_is(&ctx->trouble) && ctx->has_feed && no.n == ctx->me.n)
		unknown(ctx, ERR_SAME_PARTY, f);
	return no;
}

static bool first_feed_of(const struct roster *roster, struct member_no member, struct feed_no *out)
{
	for (uint32_t i = 0; i < roster->feeds_count; i++) {
		if (roster->feeds[i].member.n == member.n && !roster->feeds[i].is_void) {
			out->n = i;
			return true;
		}
	}
	return false;
}

struct feed_no names_feed(struct ctx *ctx, struct field f)
{
	struct feed_no no = {0};
	struct member_no member;
	struct feed_id id;
	uint64_t n;

	if (trouble_is(&ctx->trouble))
		return no;
	if (text_u64(f.text, UINT32_MAX, &n) == ERR_OK && n < ctx->roster->feeds_count)
		return (struct feed_no){(uint32_t)n};
	if (text_hex(f.text, id.bytes, sizeof id.bytes) == ERR_OK && txn_find_feed(ctx->txn, &id, &no))
		return no;
	if (roster_find_member(ctx->roster, f.text, &member) != ERR_OK ||
	        !first_feed_of(ctx->roster, member, &no))
		unknown(ctx, ERR_NO_SUCH_FEED, f);
	return no;
}

bool names_begins(const struct reference *given, unsigned digits, const struct reference *held)
{
	size_t whole = digits / 2;

	if (digits > 2 * REFERENCE_ID_BYTES || memcmp(given->id, held->id, whole) != 0)
		return false;
	return digits % 2 == 0 || (given->id[whole] & 0xf0) == (held->id[whole] & 0xf0);
}

struct reference names_held(struct ctx *ctx, struct place place)
{
	struct entry_ref entry;

	return feed_entry(ctx->txn, place, &entry) ? feed_reference(&entry)
	                                           : (struct reference){.place = place};
}

static bool find_held(struct ctx *ctx, const struct reference *given, unsigned digits, struct reference *out)
{
	struct entry_ref entry;

	if (!feed_entry(ctx->txn, given->place, &entry))
		return false;
	*out = feed_reference(&entry);
	return names_begins(given, digits, out);
}

bool names_rewrite(struct ctx *ctx, struct field f, struct rewrite *out)
{
	struct reference given, held;
	struct own_at at = {0};
	struct rewrite step;
	unsigned digits = 0;

	if (reference_parse(f.text, &given, &digits) != ERR_OK || find_held(ctx, &given, digits, &held))
		return false;
	while (rewrites_next(ctx->txn, &at, &step)) {
		if (place_compare(step.was.place, given.place) == 0 &&
		        names_begins(&given, digits, &step.was))
			return rewrites_find(ctx->txn, &step.was, out);
	}
	return false;
}

struct reference names_entry(struct ctx *ctx, struct field f)
{
	struct reference given = {0}, held = {0};
	struct rewrite rewrite;
	unsigned digits = 0;

	if (trouble_is(&ctx->trouble))
		return given;
	if (reference_parse(f.text, &given, &digits) != ERR_OK)
		unknown(ctx, ERR_BAD_TEXT, f);
	else if (find_held(ctx, &given, digits, &held))
		return held;
	else if (!names_rewrite(ctx, f, &rewrite))
		unknown(ctx, ERR_NOT_FOUND, f);
	else if (rewrites_has_successor(&rewrite))
		return rewrite.now;
	else
		trouble_field(&ctx->trouble, ERR_NOT_FOUND, f.name, "%s",
		        _("it was withdrawn and not appended again; `lontar log show` says why"));
	return given;
}

struct reference names_object(struct ctx *ctx, struct field f, enum object_type type, struct view_object *out)
{
	struct reference ref = names_entry(ctx, f);

	if (trouble_is(&ctx->trouble))
		return ref;
	if (!view_object(ctx->txn, ref.place, out) || out->type != type)
		unknown(ctx, ERR_NO_SUCH_OBJECT, f);
	return ref;
}

struct field names_word(const struct ctx *ctx, unsigned i, const char *name)
{
	const char *word = i < ctx->args->words_count ? ctx->args->words[i] : "";

	return field_of(name, bytes_text(word));
}

#define KEYS_HEX 256u

void names_keys(struct ctx *ctx, struct field f, struct feed_keys *out)
{
	char digits[KEYS_HEX];
	uint8_t raw[KEYS_HEX / 2];
	size_t n = 0;

	if (trouble_is(&ctx->trouble))
		return;
	for (size_t i = 0; i < f.text.len; i++) {
		if (f.text.data[i] == ':')
			continue;
		if (n == KEYS_HEX) {
			n++;
			break;
		}
		digits[n++] = (char)f.text.data[i];
	}
	if (n != KEYS_HEX || text_hex(BYTES(digits, n), raw, sizeof raw) != ERR_OK) {
		trouble_field(&ctx->trouble, ERR_BAD_TEXT, f.name, "%s",
		        _("four keys of 64 hex digits are needed"));
		return;
	}
	memcpy(out->feed.bytes, raw, 32);
	memcpy(out->cosigner, raw + 32, 32);
	memcpy(out->link, raw + 64, 32);
	memcpy(out->seal, raw + 96, 32);
	if (keys_check(out) != ERR_OK)
		trouble_field(&ctx->trouble, ERR_BAD_KEY, f.name, "%s", "");
}

const char *names_words(struct ctx *ctx, const struct feed_id *feed)
{
	char *text = arena_take(&ctx->arena, 128);
	struct bytes_out o = bytes_out(text, 127);

	text_put_words(&o, BYTES_OF(feed->bytes));
	must(bytes_out_end(&o) == ERR_OK);
	return text;
}

const char *names_keys_text(struct ctx *ctx, const struct feed_keys *keys)
{
	char *text = arena_take(&ctx->arena, KEYS_HEX + 4);
	struct bytes_out o = bytes_out(text, KEYS_HEX + 3);

	text_put_hex(&o, BYTES_OF(keys->feed.bytes));
	bytes_put_text(&o, ":");
	text_put_hex(&o, BYTES_OF(keys->cosigner));
	bytes_put_text(&o, ":");
	text_put_hex(&o, BYTES_OF(keys->link));
	bytes_put_text(&o, ":");
	text_put_hex(&o, BYTES_OF(keys->seal));
	must(bytes_out_end(&o) == ERR_OK);
	return text;
}

/* The next character that counts, in lower case; 0 at the end. */
static uint8_t next_folded(struct bytes *b)
{
	while (b->len > 0) {
		uint8_t c = b->data[0];
		*b = BYTES(b->data + 1, b->len - 1);
		if (c != ' ' && c != '\t')
			return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
	}
	return 0;
}

bool names_alike(struct bytes a, struct bytes b)
{
	uint8_t x, y;

	do {
		x = next_folded(&a);
		y = next_folded(&b);
	} while (x == y && x != 0);
	return x == y;
}

static struct bytes short_bytes(const struct short_text *t)
{
	return BYTES(t->text, t->len);
}

const char *names_alias(struct ctx *ctx, struct member_no no)
{
	const struct profile *p = roster_shown(ctx->roster, no);

	if (p && p->alias.len > 0)
		return arena_text(&ctx->arena, short_bytes(&p->alias));
	return names_full(ctx, no);
}

const char *names_full(struct ctx *ctx, struct member_no no)
{
	const struct profile *p = roster_shown(ctx->roster, no);
	char *text;

	if (p && p->name.len > 0)
		return arena_text(&ctx->arena, short_bytes(&p->name));
	text = arena_take(&ctx->arena, 24);
	(void)snprintf(text, 24, "#%u", (unsigned)no.n);
	return text;
}

#define REFERENCE_TEXT_MAX 80u

const char *names_reference(struct ctx *ctx, const struct reference *r)
{
	char *text = arena_take(&ctx->arena, REFERENCE_TEXT_MAX);
	struct bytes_out o = bytes_out(text, REFERENCE_TEXT_MAX - 1);

	reference_put(&o, r);
	must(bytes_out_end(&o) == ERR_OK);
	return text;
}

const char *names_date(struct ctx *ctx, struct day d)
{
	char *text = arena_take(&ctx->arena, 16);
	struct bytes_out o = bytes_out(text, 15);

	date_put(&o, d);
	must(bytes_out_end(&o) == ERR_OK);
	return text;
}

const char *names_instant_in(struct ctx *ctx, uint64_t unix_ms, int32_t zone_minutes)
{
	struct day d = date_of_ms(unix_ms, zone_minutes);
	unsigned s = (unsigned)((unix_ms - date_start_ms(d, zone_minutes)) / 1000);
	int32_t off = zone_minutes < 0 ? -zone_minutes : zone_minutes;
	char *text = arena_take(&ctx->arena, 48);

	(void)snprintf(text, 48, "%sT%02u:%02u:%02u%c%02d:%02d", names_date(ctx, d), s / 3600, s / 60 % 60,
	        s % 60, zone_minutes < 0 ? '-' : '+', (int)(off / 60), (int)(off % 60));
	return text;
}

const char *names_instant(struct ctx *ctx, uint64_t unix_ms)
{
	bool founded = ctx->roster && ctx->roster->founded;

	return names_instant_in(ctx, unix_ms, founded ? ctx->roster->network.zone_minutes : 0);
}

const char *names_hex(struct ctx *ctx, struct bytes b)
{
	char *text = arena_take(&ctx->arena, 2 * b.len + 1);
	struct bytes_out o = bytes_out(text, 2 * b.len);

	text_put_hex(&o, b);
	must(bytes_out_end(&o) == ERR_OK);
	return text;
}

static const struct {
	uint32_t role;
	const char *name;
} roles_names[] = {
        {ROLE_REGISTRAR, "registrar"},
        {ROLE_OFFICER, "officer"},
        {ROLE_SUPERVISOR, "supervisor"},
        {ROLE_AUDITOR, "auditor"},
        {ROLE_WITNESS, "witness"},
        {ROLE_RELAY, "relay"},
};
#define ROLES_COUNT (sizeof roles_names / sizeof roles_names[0])

json_t *names_roles(uint32_t roles)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ROLES_COUNT; i++) {
		if (roles & roles_names[i].role)
			(void)json_array_append_new(list, json_string(roles_names[i].name));
	}
	return list;
}

uint32_t names_roles_of(struct ctx *ctx, struct field f)
{
	struct bytes rest = f.text;
	uint32_t roles = 0;

	while (rest.len > 0 && !trouble_is(&ctx->trouble)) {
		struct bytes word = text_trim(text_split(&rest, ','));
		size_t i = 0;
		while (i < ROLES_COUNT && !bytes_equal(word, bytes_text(roles_names[i].name)))
			i++;
		if (i == ROLES_COUNT)
			trouble_field(&ctx->trouble, ERR_BAD_TEXT, f.name, _("\"%.*s\" is no role"),
			        (int)word.len, (const char *)word.data);
		else
			roles |= roles_names[i].role;
	}
	return roles;
}
